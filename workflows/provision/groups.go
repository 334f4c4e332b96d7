package provision

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// thingsAndGroups makes the countries' groups and then the vehicles.
func (r *runner) thingsAndGroups(ctx context.Context, s *fleet.Step) {
	s.Expect(Group, len(r.codes))
	s.Expect(Thing, r.in.Devices)
	fleet.Each(ctx, s, fewWorkers, r.codes, func(ctx context.Context, country string) {
		status, foreign, err := r.group(ctx, country)
		s.Result(ctx, Group, fleet.GroupName(country), status, err, "country", country, "foreign", yes(foreign))
	})
	if ctx.Err() == nil {
		r.things(ctx, s)
	}
	if ctx.Err() == nil {
		r.awaitIndex(ctx, s)
	}
}

// group makes the group of a country's vehicles. One that somebody else made is used as it is.
func (r *runner) group(ctx context.Context, country string) (status event.Status, foreign bool, err error) {
	name := fleet.GroupName(country)
	out, err := r.c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return event.Created, false, r.createGroup(ctx, name, country)
	}
	if err != nil {
		return "", false, fmt.Errorf("look for thing group %s: %w", name, err)
	}
	r.found(Group, name)
	tags, err := fleet.ResourceTags(ctx, r.c, aws.ToString(out.ThingGroupArn))
	if err != nil {
		return "", false, err
	}
	if out.QueryString != nil {
		return "", false, fleet.Foreign("dynamic thing group", name, "vehicles cannot be put into it; delete it, or choose another country")
	}
	return event.Exists, !fleet.Ours(tags), nil
}

func (r *runner) createGroup(ctx context.Context, name, country string) error {
	_, err := r.c.IoT.CreateThingGroup(ctx, &iot.CreateThingGroupInput{
		ThingGroupName: &name,
		ThingGroupProperties: &iottypes.ThingGroupProperties{
			ThingGroupDescription: aws.String("Vehicles that drive in " + country),
			AttributePayload:      &iottypes.AttributePayload{Attributes: map[string]string{fleet.Country: country}},
		},
		Tags: fleet.IoTTags(fleet.TagCountry, country),
	})
	if err != nil {
		return fmt.Errorf("create thing group %s: %w", name, err)
	}
	return nil
}
