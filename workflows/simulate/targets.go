package simulate

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// targets lists the things that a job is for, by name. A group that is gone meanwhile has none.
func targets(ctx context.Context, c *cloud.Cloud, job *iottypes.Job) (map[string]bool, error) {
	things := map[string]bool{}
	for _, arn := range job.Targets {
		if _, name, ok := strings.Cut(arn, ":thinggroup/"); ok {
			if err := members(ctx, c, name, things); err != nil && !cloud.Is(err, cloud.NotFound) {
				return nil, err
			}
			continue
		}
		if _, name, ok := strings.Cut(arn, ":thing/"); ok {
			things[name] = true
		}
	}
	return things, nil
}

// members adds the things of a group and of the groups below it.
func members(ctx context.Context, c *cloud.Cloud, group string, to map[string]bool) error {
	pages := iot.NewListThingsInThingGroupPaginator(c.IoT,
		&iot.ListThingsInThingGroupInput{ThingGroupName: &group, Recursive: true, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the things of group %s: %w", group, err)
		}
		for _, name := range page.Things {
			to[name] = true
		}
	}
	return nil
}

// scope is which things a run is about; nil: all.
func scope(ctx context.Context, c *cloud.Cloud, in Input) (map[string]bool, error) {
	if in.Group == "" {
		return nil, nil
	}
	things := map[string]bool{}
	err := members(ctx, c, in.Group, things)
	if cloud.Is(err, cloud.NotFound) {
		return nil, noGroup(ctx, c, in)
	}
	return things, err
}

// noGroup says which groups there are instead.
func noGroup(ctx context.Context, c *cloud.Cloud, in Input) error {
	const few = 5
	out, err := c.IoT.ListThingGroups(ctx, &iot.ListThingGroupsInput{MaxResults: aws.Int32(few)})
	if err != nil {
		return fmt.Errorf("list thing groups: %w", err)
	}
	choices := []string{ScopeAll}
	for _, g := range out.ThingGroups {
		choices = append(choices, ScopeGroup+aws.ToString(g.GroupName))
	}
	return fleet.Refuse(FieldScope, in.Get(FieldScope), fleet.NotInCloud, "item", in.Group, "choices", strings.Join(choices, ", "))
}
