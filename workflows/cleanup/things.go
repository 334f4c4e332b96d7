package cleanup

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// detachWait is how long a detached principal may keep a thing from being deleted (AWS IoT API reference,
// DetachThingPrincipal: it is asynchronous).
const detachWait = 30 * time.Second

// things deletes each thing with its shadows, which AWS would keep.
func (r *runner) things(ctx context.Context, s *fleet.Step) {
	all := r.plan.Items[Thing]
	s.Expect(Thing, len(all))
	fleet.Each(ctx, s, thingWorker, all, func(ctx context.Context, t Item) {
		shadows, err := r.shadows(ctx, t.Name)
		detached, status := 0, event.Deleted
		if err == nil {
			detached, status, err = r.thing(ctx, s, t.Name)
		}
		r.done(ctx, s, Thing, t.Name, status, err, "shadows", number(shadows), "detached", number(detached))
	})
}

// number is "" for zero, so that the detail is left out.
func number(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// shadows deletes all shadows of a thing and counts them.
func (r *runner) shadows(ctx context.Context, thing string) (int, error) {
	names, err := r.shadowNames(ctx, thing)
	if err != nil {
		return 0, err
	}
	n := 0
	for _, name := range names {
		_, err := r.c.Data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: &thing, ShadowName: name})
		switch {
		case err == nil:
			n++
		case !cloud.Is(err, cloud.NotFound):
			return n, fmt.Errorf("delete shadow %q of thing %s: %w", aws.ToString(name), thing, err)
		}
	}
	return n, nil
}

// shadowNames are the names of a thing's shadows; nil stands for the classic one, which no list tells of.
func (r *runner) shadowNames(ctx context.Context, thing string) ([]*string, error) {
	names := []*string{nil}
	in := &iotdataplane.ListNamedShadowsForThingInput{ThingName: &thing}
	for {
		out, err := r.c.Data.ListNamedShadowsForThing(ctx, in)
		if cloud.Is(err, cloud.NotFound) {
			return append(names, aws.String(fleet.PackageShadow)), nil // the thing went, its shadows may be there
		}
		if err != nil {
			return nil, fmt.Errorf("list the shadows of thing %s: %w", thing, err)
		}
		for _, name := range out.Results {
			names = append(names, &name)
		}
		if aws.ToString(out.NextToken) == "" {
			return names, nil
		}
		in.NextToken = out.NextToken
	}
}

// thing deletes a thing. One that AWS refuses to delete because certificates are attached is freed of them first; the
// certificates stay.
func (r *runner) thing(ctx context.Context, s *fleet.Step, name string) (detached int, _ event.Status, _ error) {
	remove := func() error {
		_, err := r.c.IoT.DeleteThing(ctx, &iot.DeleteThingInput{ThingName: &name})
		return err
	}
	err := remove()
	if cloud.Is(err, cloud.Invalid) || cloud.Is(err, cloud.Conflict) {
		n, freed := r.detach(ctx, name)
		if freed != nil {
			return n, "", freed
		}
		detached = n
		err = r.patience(ctx, detachWait, func(left time.Duration) { s.Waiting(Thing, name, WaitPrincipal, left) }, func() error {
			err := remove()
			if n > 0 && (cloud.Is(err, cloud.Invalid) || cloud.Is(err, cloud.Conflict)) {
				return &errAgain{err}
			}
			return err
		})
	}
	status, err := removal(err)
	return detached, status, wrap(err, "delete thing "+name)
}

func (r *runner) detach(ctx context.Context, thing string) (int, error) {
	n := 0
	pages := iot.NewListThingPrincipalsPaginator(r.c.IoT, &iot.ListThingPrincipalsInput{ThingName: &thing})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return n, fmt.Errorf("list the principals of thing %s: %w", thing, err)
		}
		for _, principal := range out.Principals {
			_, err := r.c.IoT.DetachThingPrincipal(ctx, &iot.DetachThingPrincipalInput{ThingName: &thing, Principal: &principal})
			if err != nil && !cloud.Is(err, cloud.NotFound) {
				return n, fmt.Errorf("detach %s from thing %s: %w", principal, thing, err)
			}
			n++
		}
	}
	return n, nil
}
