package cleanup

import (
	"context"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// AWS deletes a thing type five minutes after its deprecation at the earliest (AWS IoT developer guide, thing types). A
// run tries every few seconds whether it is so far, because a sandbox's clock may run faster, and for a while longer.
const (
	typeWait   = 5 * time.Minute
	typeGrace  = time.Minute
	oftenFor   = 30 * time.Second
	probeOften = 2 * time.Second
	probeLater = 10 * time.Second
)

// deprecate starts the five minutes of the thing types that are to go.
func (r *runner) deprecate(ctx context.Context, s *fleet.Step) {
	fleet.Each(ctx, s, fewWorkers, r.plan.Items[ThingType], func(ctx context.Context, t Item) {
		if t.State != "" {
			return
		}
		_, err := r.c.IoT.DeprecateThingType(ctx, &iot.DeprecateThingTypeInput{ThingTypeName: &t.Name})
		if cloud.Is(err, cloud.NotFound) {
			return // the step that deletes it will say so
		}
		s.Result(ctx, ThingType, t.Name, event.Deprecated, wrap(err, "deprecate thing type "+t.Name))
	})
	r.deprecated = time.Now()
}

// thingTypes deletes the thing types and waits until AWS lets it. Types that things use which are not to go stay.
func (r *runner) thingTypes(ctx context.Context, s *fleet.Step) {
	all := r.plan.Items[ThingType]
	s.Expect(ThingType, len(all))
	var mu sync.Mutex
	var refused []string
	try := func(names []string) {
		refused = nil
		fleet.Each(ctx, s, fewWorkers, names, func(ctx context.Context, name string) {
			if again := r.deleteType(ctx, s, name); again {
				mu.Lock()
				defer mu.Unlock()
				refused = append(refused, name)
			}
		})
	}
	var going []string
	for _, t := range all {
		if t.State == InUse {
			r.spare(ctx, s, t.Name, t.Since > 0)
			continue
		}
		going = append(going, t.Name)
	}
	try(going)
	refused = r.sparing(ctx, s, refused)
	began := time.Now()
	until := r.deletable()
	for len(refused) > 0 && ctx.Err() == nil {
		left := time.Until(until)
		if left+typeGrace <= 0 {
			break
		}
		s.Waiting(ThingType, refused[0], WaitTypes, max(0, left))
		if fleet.Pause(ctx, pauseFor(time.Since(began), left)) != nil {
			return
		}
		if r.deleteType(ctx, s, refused[0]) {
			continue // one is asked for all
		}
		try(refused[1:])
	}
	for _, name := range refused {
		r.givenUp(ctx, s, name)
	}
}

// pauseFor is the time until the next try: short at first, and at the end of the wait.
func pauseFor(waited, left time.Duration) time.Duration {
	if waited < oftenFor || left < probeLater {
		return probeOften
	}
	return probeLater
}

// deletable is when the last of the types should be deletable by this machine's clock.
func (r *runner) deletable() time.Time {
	last := r.deprecated
	for _, t := range r.plan.Items[ThingType] {
		if t.State == "" {
			return last.Add(typeWait)
		}
	}
	last = time.Time{} // all were deprecated before
	for _, t := range r.plan.Items[ThingType] {
		if at := time.Unix(t.Since, 0); at.After(last) {
			last = at
		}
	}
	if now := time.Now(); last.After(now) { // a clock that runs ahead
		last = now
	}
	return last.Add(typeWait)
}

// deleteType tries to delete a type; again tells that it was refused in a way that time may mend.
func (r *runner) deleteType(ctx context.Context, s *fleet.Step, name string) (again bool) {
	_, err := r.c.IoT.DeleteThingType(ctx, &iot.DeleteThingTypeInput{ThingTypeName: &name})
	if cloud.Is(err, cloud.Invalid) {
		return true
	}
	status, err := removal(err)
	r.done(ctx, s, ThingType, name, status, wrap(err, "delete thing type "+name))
	return false
}

// sparing takes those types out of names that things still use: waiting does not help them.
func (r *runner) sparing(ctx context.Context, s *fleet.Step, names []string) []string {
	var rest []string
	for _, name := range names {
		out, err := r.c.IoT.ListThings(ctx, &iot.ListThingsInput{ThingTypeName: &name, MaxResults: aws.Int32(registryPage)})
		if err != nil || !r.anyStays(out) {
			rest = append(rest, name)
			continue
		}
		r.spare(ctx, s, name, true)
	}
	return rest
}

// spare keeps a type that is in use, and usable.
func (r *runner) spare(ctx context.Context, s *fleet.Step, name string, deprecated bool) {
	if deprecated {
		_, err := r.c.IoT.DeprecateThingType(ctx, &iot.DeprecateThingTypeInput{ThingTypeName: &name, UndoDeprecate: true})
		if err != nil {
			r.done(ctx, s, ThingType, name, "", wrap(err, "undo the deprecation of thing type "+name))
			return
		}
	}
	r.kept(s, ThingType, name, ReasonInUse)
}

// anyStays tells whether a list holds a thing that this run did not delete.
func (r *runner) anyStays(out *iot.ListThingsOutput) bool {
	for _, t := range out.Things {
		if o := r.book.of(Thing, aws.ToString(t.ThingName)); o != string(event.Deleted) && o != string(event.Gone) {
			return true
		}
	}
	return false
}

// givenUp reports a type that could not be deleted although its time was over.
func (r *runner) givenUp(ctx context.Context, s *fleet.Step, name string) {
	_, err := r.c.IoT.DeleteThingType(ctx, &iot.DeleteThingTypeInput{ThingTypeName: &name})
	status, err := removal(err)
	r.done(ctx, s, ThingType, name, status, wrap(err, "delete thing type "+name+" (run clean-up again later)"))
}
