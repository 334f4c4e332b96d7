package provision

import (
	"context"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func (r *runner) thingTypes(ctx context.Context, s *fleet.Step) {
	s.Expect(ThingType, len(r.in.ThingTypes))
	fleet.Each(ctx, s, fewWorkers, r.in.ThingTypes, func(ctx context.Context, name string) {
		status, err := r.thingType(ctx, name)
		s.Result(ctx, ThingType, name, status, err, "foreign", r.foreign(name))
	})
}

// thingType makes one type. One that somebody else made is used as it is.
func (r *runner) thingType(ctx context.Context, name string) (event.Status, error) {
	out, err := r.c.IoT.DescribeThingType(ctx, &iot.DescribeThingTypeInput{ThingTypeName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return event.Created, r.createType(ctx, name)
	}
	if err != nil {
		return "", fmt.Errorf("look for thing type %s: %w", name, err)
	}
	tags, err := fleet.ResourceTags(ctx, r.c, aws.ToString(out.ThingTypeArn))
	if err != nil {
		return "", err
	}
	r.found(ThingType, name)
	r.setOurs(name, fleet.Ours(tags))
	if out.ThingTypeMetadata == nil || !out.ThingTypeMetadata.Deprecated {
		return event.Exists, nil
	}
	if !fleet.Ours(tags) {
		return "", fleet.Foreign("thing type", name, "it is deprecated; undo that, or choose another thing type")
	}
	_, err = r.c.IoT.DeprecateThingType(ctx, &iot.DeprecateThingTypeInput{ThingTypeName: &name, UndoDeprecate: true})
	if err != nil {
		return "", fmt.Errorf("undo the deprecation of thing type %s: %w", name, err)
	}
	return event.Repaired, nil
}

func (r *runner) createType(ctx context.Context, name string) error {
	_, err := r.c.IoT.CreateThingType(ctx, &iot.CreateThingTypeInput{
		ThingTypeName: &name,
		ThingTypeProperties: &iottypes.ThingTypeProperties{
			ThingTypeDescription: aws.String(describe(name)),
			SearchableAttributes: fleet.SearchableAttributes(),
		},
		Tags: fleet.IoTTags(),
	})
	if err != nil {
		return fmt.Errorf("create thing type %s: %w", name, err)
	}
	r.setOurs(name, true)
	return nil
}

// describe is a thing type's description: Vehicles of the category Sedan.
func describe(name string) string {
	if category := strings.TrimSuffix(name, "Vehicle"); category != "" {
		name = category
	}
	return "Vehicles of the category " + name
}

// found notes that a resource was there before this run.
func (r *runner) found(kind, name string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.old[kind+"/"+name] = true
}

func (r *runner) wasThere(kind, name string) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.old[kind+"/"+name]
}

func (r *runner) setOurs(thingType string, ours bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.typeOurs[thingType] = ours
}

// foreign is "true" for a thing type that is known not to be ours.
func (r *runner) foreign(thingType string) string {
	r.mu.Lock()
	defer r.mu.Unlock()
	if ours, known := r.typeOurs[thingType]; known && !ours {
		return "true"
	}
	return ""
}

// ownType tells whether we made a thing type, which need not be one of the plan's.
func (r *runner) ownType(ctx context.Context, name string) (bool, error) {
	r.mu.Lock()
	ours, known := r.typeOurs[name]
	r.mu.Unlock()
	if known || name == "" {
		return ours, nil
	}
	tags, err := fleet.ResourceTags(ctx, r.c, r.c.ARN("thingtype/"+name))
	if err != nil {
		return false, err
	}
	r.setOurs(name, fleet.Ours(tags))
	return fleet.Ours(tags), nil
}
