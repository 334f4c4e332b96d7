package createjob

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// targets finds the groups and the single things.
func (pr preparer) targets(ctx context.Context, p *Plan) error {
	if err := pr.groups(ctx, p); err != nil {
		return err
	}
	things := make([]Target, len(pr.in.Things))
	err := each(ctx, pr.st.Workers(lookups), len(things), func(ctx context.Context, i int) (err error) {
		things[i], err = pr.thing(ctx, pr.in.Things[i])
		return err
	})
	p.Targets = append(p.Targets, things...)
	return err
}

func (pr preparer) groups(ctx context.Context, p *Plan) error {
	names := pr.in.Groups
	if len(names)+len(pr.in.Things) == 0 {
		var err error
		if names, err = pr.countryGroups(ctx); err != nil {
			return err
		}
	}
	groups := make([]Group, len(names))
	if err := each(ctx, pr.st.Workers(lookups), len(names), func(ctx context.Context, i int) (err error) {
		groups[i], err = readGroup(ctx, pr.cloud, names[i])
		return err
	}); err != nil {
		return err
	}
	for i, g := range groups {
		if g.Name == "" {
			return pr.noGroup(ctx, names[i])
		}
		p.Targets = append(p.Targets, Target{Name: g.Name, ARN: g.ARN, Dynamic: g.Dynamic, Query: g.Query})
	}
	return nil
}

// thing reads a single thing.
func (pr preparer) thing(ctx context.Context, name string) (Target, error) {
	out, err := pr.cloud.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return Target{}, pr.noThing(ctx, name)
	}
	if err != nil {
		return Target{}, fmt.Errorf("describe thing %s: %w", name, err)
	}
	return Target{Name: name, ARN: aws.ToString(out.ThingArn), Thing: true, Type: aws.ToString(out.ThingTypeName), Members: 1}, nil
}

func (pr preparer) noThing(ctx context.Context, name string) error {
	out, err := pr.cloud.IoT.ListThings(ctx, &iot.ListThingsInput{MaxResults: aws.Int32(few)})
	if err != nil {
		return fmt.Errorf("list things: %w", err)
	}
	var names []string
	for _, t := range out.Things {
		names = append(names, aws.ToString(t.ThingName))
	}
	if out.NextToken != nil {
		names = append(names, "…")
	}
	return notInCloud(FieldThings, pr.in.Get(FieldThings), name, names)
}

// countryGroups are the groups that provisioning made.
func (pr preparer) countryGroups(ctx context.Context) ([]string, error) {
	names, err := groupNames(ctx, pr.cloud)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !countryGroup(name) })
	ours := make([]bool, len(names))
	if err := each(ctx, pr.st.Workers(lookups), len(names), func(ctx context.Context, i int) (err error) {
		ours[i], err = oursByTag(ctx, pr.cloud, pr.cloud.ARN("thinggroup/"+names[i]))
		return err
	}); err != nil {
		return nil, err
	}
	var out []string
	for i, name := range names {
		if ours[i] {
			out = append(out, name)
		}
	}
	switch {
	case len(out) == 0:
		return nil, fleet.Refuse(FieldGroups, "", fleet.NothingToDo, "step", stepProvision)
	case len(out) > MaxTargets:
		return nil, fleet.Refuse(FieldGroups, strings.Join(out, ","), fleet.TooMany, "max", MaxTargets)
	}
	return out, nil
}

func (pr preparer) noGroup(ctx context.Context, name string) error {
	names, err := groupNames(ctx, pr.cloud)
	if err != nil {
		return err
	}
	return notInCloud(FieldGroups, strings.Join(pr.in.Groups, ","), name, names)
}

// notInCloud names what there is instead, or what to do first when there is nothing.
func notInCloud(field, value, item string, choices []string) error {
	if len(choices) == 0 {
		return fleet.Refuse(field, value, fleet.NothingToDo, "step", stepProvision)
	}
	return fleet.Refuse(field, value, fleet.NotInCloud, "item", item, "choices", some(choices))
}

// few is how many choices an error names.
const few = 8

// some keeps an error one line.
func some(all []string) string {
	if len(all) <= few+1 {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s, … (%d)", strings.Join(all[:few], ", "), len(all))
}

// members counts the things of each group, and of all targets together.
func (pr preparer) members(ctx context.Context, p *Plan) error {
	var all union
	for _, t := range p.Targets {
		if t.Thing {
			all.add([]string{t.Name})
		}
	}
	err := each(ctx, pr.st.Workers(countAtOnce), len(p.Targets), func(ctx context.Context, i int) error {
		t := &p.Targets[i]
		if t.Thing {
			return nil
		}
		return members(ctx, pr.cloud, t.Name, func(things []string) {
			t.Members += len(things)
			pr.counted(all.add(things))
		})
	})
	if err != nil {
		return err
	}
	p.Members = len(all.seen)
	for _, t := range p.Targets {
		if t.Members == 0 {
			p.Warnings = append(p.Warnings, Warning{What: NoMembers, Group: t.Name})
		}
	}
	return nil
}

// counted tells how many things were counted.
func (pr preparer) counted(n int) {
	pr.st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Step: StepTargets, Resource: "thing", Done: n})
}
