package cleanup

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// childWait is how long a group whose children were just deleted may still be refused.
const childWait = 30 * time.Second

// groups deletes dynamic groups and then static ones, children before their parents. Members need not be taken out.
func (r *runner) groups(ctx context.Context, s *fleet.Step) {
	dynamic, static := r.plan.Items[DynamicGroup], r.plan.Items[Group]
	s.Expect(DynamicGroup, len(dynamic))
	s.Expect(Group, len(static))
	fleet.Each(ctx, s, fewWorkers, dynamic, func(ctx context.Context, g Item) {
		_, err := r.c.IoT.DeleteDynamicThingGroup(ctx, &iot.DeleteDynamicThingGroupInput{ThingGroupName: &g.Name})
		status, err := removal(err)
		r.done(ctx, s, DynamicGroup, g.Name, status, wrap(err, "delete dynamic thing group "+g.Name))
	})
	for _, level := range levels(static) {
		fleet.Each(ctx, s, fewWorkers, level, func(ctx context.Context, g Item) { r.group(ctx, s, g.Name) })
	}
}

// levels sorts groups by their depth, the deepest first.
func levels(groups []Item) [][]Item {
	var out [][]Item
	for depth := maxDepth; depth >= 0; depth-- {
		var level []Item
		for _, g := range groups {
			if min(g.Depth, maxDepth) == depth {
				level = append(level, g)
			}
		}
		if len(level) > 0 {
			out = append(out, level)
		}
	}
	return out
}

// maxDepth is more than how deep groups can lie (AWS General Reference, depth of a group hierarchy: 7).
const maxDepth = 10

func (r *runner) group(ctx context.Context, s *fleet.Step, name string) {
	inUse := false
	err := r.patience(ctx, childWait, func(left time.Duration) { s.Waiting(Group, name, WaitChildren, left) }, func() error {
		_, err := r.c.IoT.DeleteThingGroup(ctx, &iot.DeleteThingGroupInput{ThingGroupName: &name})
		if !cloud.Is(err, cloud.Invalid) {
			return err
		}
		var looked error
		if inUse, looked = r.hasStayingChild(ctx, name); inUse || looked != nil {
			return looked
		}
		return &errAgain{err}
	})
	if inUse {
		r.kept(s, Group, name, ReasonInUse)
		return
	}
	status, err := removal(err)
	r.done(ctx, s, Group, name, status, wrap(err, "delete thing group "+name))
}

// hasStayingChild tells whether a group has a child that is not to go, or could not.
func (r *runner) hasStayingChild(ctx context.Context, name string) (bool, error) {
	pages := iot.NewListThingGroupsPaginator(r.c.IoT, &iot.ListThingGroupsInput{ParentGroup: &name, Recursive: aws.Bool(false)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return false, wrap(err, "list the children of thing group "+name)
		}
		for _, child := range out.ThingGroups {
			if o := r.book.of(Group, aws.ToString(child.GroupName)); o != string(event.Deleted) && o != string(event.Gone) {
				return true, nil
			}
		}
	}
	return false, nil
}
