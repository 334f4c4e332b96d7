package provision

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/pool"
)

// What Warning events of the things tell.
const (
	WarnLists event.Status = "LISTS_UNREAD" // what exists could not be listed: vehicles that exist are counted as made
	WarnSeed  event.Status = "SEED_UNKEPT"  // clean-up will not know vehicles whose thing type is not ours
)

// things makes the vehicles that are missing and completes those that are half made.
func (r *runner) things(ctx context.Context, s *fleet.Step) {
	there, err := r.census(ctx, s)
	if err != nil {
		// Every vehicle can still be made; it is only looked at one by one what exists.
		if fleet.Stopped(ctx, err) {
			return
		}
		s.Warn(Thing, r.in.Prefix, WarnLists, err)
		there = nil
	}
	if err := r.keepSeed(ctx); err != nil && !fleet.Stopped(ctx, err) {
		s.Warn(Thing, r.in.Prefix, WarnSeed, err)
	}
	err = pool.Each(ctx, r.run.Stage.Workers(thingWorker), r.vehicles(), func(ctx context.Context, v fleet.Vehicle) {
		status, err := r.thing(ctx, v, there[v.Name])
		s.Result(ctx, Thing, v.Name, status, err, "type", v.Type, "country", v.Country, "group", v.Group)
	})
	var p *pool.Panic
	if errors.As(err, &p) {
		r.run.Stop(p)
	}
}

func (r *runner) vehicles() iter.Seq[fleet.Vehicle] {
	return func(yield func(fleet.Vehicle) bool) {
		for n := range r.in.Devices {
			if !yield(r.in.vehicle(n+1, r.codes)) {
				return
			}
		}
	}
}

// keepSeed records the seed if a thing type is not ours: then nothing but its customer id, which follows from the seed,
// tells clean-up that a vehicle of that type is ours.
func (r *runner) keepSeed(ctx context.Context) error {
	if !slices.ContainsFunc(r.in.ThingTypes, func(t string) bool { return r.foreign(t) != "" }) {
		return nil
	}
	return r.keep(ctx, func(s *fleet.Settings) bool {
		if slices.Contains(s.Seeds, r.in.Seed) {
			return false
		}
		s.Seeds = append(s.Seeds, r.in.Seed)
		return true
	})
}

// thing makes sure of one vehicle; k is what the lists say of it, nil for nothing.
func (r *runner) thing(ctx context.Context, v fleet.Vehicle, k *known) (event.Status, error) {
	if k == nil {
		return r.newThing(ctx, v)
	}
	status := event.Exists
	if !k.same {
		if err := r.correct(ctx, v, k.thingType); err != nil {
			return "", err
		}
		status = event.Repaired
	}
	moved, err := r.regroup(ctx, v, k)
	if err != nil {
		return "", err
	}
	wrote, err := r.missingShadows(ctx, v)
	if moved || wrote {
		status = event.Repaired
	}
	return status, err
}

// newThing makes a vehicle that the lists do not know. It may exist nevertheless, under another type.
func (r *runner) newThing(ctx context.Context, v fleet.Vehicle) (event.Status, error) {
	_, err := r.c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: &v.Name, ThingTypeName: &v.Type,
		AttributePayload: &iottypes.AttributePayload{Attributes: v.Attributes()}})
	if cloud.Is(err, cloud.Exists) {
		return r.adopt(ctx, v)
	}
	if err != nil {
		return "", fmt.Errorf("create thing %s: %w", v.Name, err)
	}
	if err := r.join(ctx, v); err != nil {
		return "", err
	}
	if r.wasThere(ThingType, v.Type) { // the lists lag, and a job may have written the shadow since
		_, err := r.missingShadows(ctx, v)
		return event.Created, err
	}
	if err := r.putShadow(ctx, v, "", v.ClassicShadow()); err != nil {
		return "", err
	}
	return event.Created, r.putShadow(ctx, v, fleet.PackageShadow, v.PackageShadowDocument(r.in.Versions[0]))
}

// adopt completes a vehicle that exists and differs from the plan.
func (r *runner) adopt(ctx context.Context, v fleet.Vehicle) (event.Status, error) {
	out, err := r.c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: &v.Name})
	if err != nil {
		return "", fmt.Errorf("look at thing %s: %w", v.Name, err)
	}
	if err := r.correct(ctx, v, aws.ToString(out.ThingTypeName)); err != nil {
		return "", err
	}
	if _, err := r.regroup(ctx, v, &known{country: out.Attributes[fleet.Country]}); err != nil {
		return "", err
	}
	_, err = r.missingShadows(ctx, v)
	return event.Repaired, err
}

// correct gives a vehicle of ours the planned type and attributes. A thing whose type is not ours is left alone.
func (r *runner) correct(ctx context.Context, v fleet.Vehicle, thingType string) error {
	ours, err := r.ownType(ctx, thingType)
	if err != nil {
		return err
	}
	if !ours {
		return fleet.Foreign("thing", v.Name, "choose another prefix with --prefix")
	}
	in := &iot.UpdateThingInput{ThingName: &v.Name, AttributePayload: &iottypes.AttributePayload{Attributes: v.Attributes()}}
	if thingType != v.Type {
		in.ThingTypeName = &v.Type
		if err := r.dropShadow(ctx, v, fleet.PackageShadow); err != nil { // it names the other type's package
			return err
		}
	}
	if _, err := r.c.IoT.UpdateThing(ctx, in); err != nil {
		return fmt.Errorf("update thing %s: %w", v.Name, err)
	}
	return nil
}

// regroup puts a vehicle into its group and takes it out of the countries' groups that it is in by mistake.
func (r *runner) regroup(ctx context.Context, v fleet.Vehicle, k *known) (changed bool, err error) {
	groups := k.groups
	if k.country != v.Country { // it may be in a group that this plan does not have
		if groups, err = r.groupsOf(ctx, v); err != nil {
			return false, err
		}
	}
	if !slices.Contains(groups, v.Group) {
		changed = true
		if err := r.join(ctx, v); err != nil {
			return false, err
		}
	}
	for _, g := range groups {
		if g == v.Group || !slices.Contains(fleet.AllCountries(), strings.TrimSuffix(g, fleet.GroupName(""))) {
			continue
		}
		changed = true
		_, err := r.c.IoT.RemoveThingFromThingGroup(ctx, &iot.RemoveThingFromThingGroupInput{ThingName: &v.Name, ThingGroupName: &g})
		if err != nil {
			return false, fmt.Errorf("take thing %s out of group %s: %w", v.Name, g, err)
		}
	}
	return changed, nil
}

func (r *runner) groupsOf(ctx context.Context, v fleet.Vehicle) ([]string, error) {
	var groups []string
	pages := iot.NewListThingGroupsForThingPaginator(r.c.IoT, &iot.ListThingGroupsForThingInput{ThingName: &v.Name})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the groups of thing %s: %w", v.Name, err)
		}
		for _, g := range out.ThingGroups {
			groups = append(groups, aws.ToString(g.GroupName))
		}
	}
	return groups, nil
}

func (r *runner) join(ctx context.Context, v fleet.Vehicle) error {
	_, err := r.c.IoT.AddThingToThingGroup(ctx, &iot.AddThingToThingGroupInput{ThingName: &v.Name, ThingGroupName: &v.Group})
	if err != nil {
		return fmt.Errorf("add thing %s to group %s: %w", v.Name, v.Group, err)
	}
	return nil
}

// missingShadows writes the shadows that are not there. One that is there is left: since then a job may have put another
// version on the vehicle.
func (r *runner) missingShadows(ctx context.Context, v fleet.Vehicle) (wrote bool, err error) {
	classic, err := r.shadow(ctx, v, "")
	if err != nil {
		return false, err
	}
	if classic == nil {
		wrote = true
		if err := r.putShadow(ctx, v, "", v.ClassicShadow()); err != nil {
			return false, err
		}
	}
	packages, err := r.shadow(ctx, v, fleet.PackageShadow)
	if err != nil || packages[v.Type] != nil {
		return wrote, err
	}
	return true, r.putShadow(ctx, v, fleet.PackageShadow, v.PackageShadowDocument(r.in.Versions[0]))
}

// shadow reads what a shadow reports; nil when there is no such shadow. The classic shadow's name is empty.
func (r *runner) shadow(ctx context.Context, v fleet.Vehicle, name string) (map[string]any, error) {
	out, err := r.c.Data.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: &v.Name, ShadowName: named(name)})
	if cloud.Is(err, cloud.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read shadow %q of thing %s: %w", name, v.Name, err)
	}
	var doc struct {
		State struct {
			Reported map[string]any `json:"reported"`
		} `json:"state"`
	}
	if err := json.Unmarshal(out.Payload, &doc); err != nil {
		return nil, fmt.Errorf("read shadow %q of thing %s: %w", name, v.Name, err)
	}
	if doc.State.Reported == nil {
		return map[string]any{}, nil
	}
	return doc.State.Reported, nil
}

func (r *runner) putShadow(ctx context.Context, v fleet.Vehicle, name string, document []byte) error {
	_, err := r.c.Data.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: &v.Name, ShadowName: named(name), Payload: document})
	if err != nil {
		return fmt.Errorf("write shadow %q of thing %s: %w", name, v.Name, err)
	}
	return nil
}

func (r *runner) dropShadow(ctx context.Context, v fleet.Vehicle, name string) error {
	_, err := r.c.Data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: &v.Name, ShadowName: named(name)})
	if err != nil && !cloud.Is(err, cloud.NotFound) {
		return fmt.Errorf("delete shadow %q of thing %s: %w", name, v.Name, err)
	}
	return nil
}

func named(shadow string) *string {
	if shadow == "" {
		return nil
	}
	return &shadow
}
