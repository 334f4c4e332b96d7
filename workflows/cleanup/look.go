package cleanup

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"sync"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/pool"
)

// Bounds on how many items are worked on at once, and how many names of foreign resources a plan gives.
const (
	fewWorkers  = 8
	thingWorker = 80
	fewNames    = 5
)

// look is a look at the account; it changes nothing.
type look struct {
	c        *cloud.Cloud
	st       event.Stage
	ownTypes map[string]bool
	usage    map[string]int // things that stay, by thing type

	mu   sync.Mutex
	plan Plan
	seen map[string]int
}

// Prepare looks through the account and plans what would go. It only reads, so a plan that is not run is a dry run. It
// tells st how far it is by Progress events. A kind that cannot be listed is an entry of Errors; the error is set only
// for an input that does not validate, when ctx ends, or when no call could be made at all.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, st event.Stage) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	l := &look{c: c, st: st, ownTypes: map[string]bool{}, usage: map[string]int{}, seen: map[string]int{},
		plan: Plan{Input: in, Account: c.Account, Region: c.Region, Items: map[string][]Item{}, Foreign: map[string]Foreign{}}}
	for _, part := range l.parts(in.Scope) {
		if err := part.see(ctx); err != nil {
			if ctx.Err() != nil {
				return l.plan, context.Cause(ctx)
			}
			if fleet.Hopeless(err) {
				return l.plan, err
			}
			l.plan.Errors = append(l.plan.Errors, LookError{part.resource, fleet.Fault(err)})
		}
	}
	l.sort()
	l.plan.Work, l.plan.Wait = l.plan.work(c.Pace), l.plan.wait()
	return l.plan, nil
}

// part is the look at one kind of resource.
type part struct {
	resource string
	see      func(context.Context) error
}

// parts are the looks that a scope takes. Thing types come first, because things are told by them.
func (l *look) parts(scope string) []part {
	things := []part{{ThingType, l.thingTypes}, {Bucket, l.buckets}, {Thing, l.things}}
	switch scope {
	case Things:
		return things
	case Groups:
		return []part{{Group, l.groups}}
	}
	return append(things, part{ThingType, l.typesInUse}, part{Group, l.groups}, part{Package, l.packages}, part{Job, l.jobs}, part{JobTemplate, l.templates},
		part{Role, l.roles}, part{Configuration, l.configuration}, part{Indexing, l.indexing})
}

// ours adds an item to the plan.
func (l *look) ours(resource string, item Item) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.plan.Items[resource] = append(l.plan.Items[resource], item)
}

// foreign counts something that stays.
func (l *look) foreign(resource, name string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.plan.Foreign[resource]
	f.Count++
	if len(f.Names) < fewNames {
		f.Names = append(f.Names, name)
	}
	l.plan.Foreign[resource] = f
}

// progress says that n more of a kind were looked at.
func (l *look) progress(resource string, n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.seen[resource] += n
	l.st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Resource: resource, Done: l.seen[resource]})
}

// sort puts the plan into one order, since the workers' is not.
func (l *look) sort() {
	for _, items := range l.plan.Items {
		slices.SortFunc(items, func(a, b Item) int { return cmp.Compare(a.Name, b.Name) })
	}
	for _, f := range l.plan.Foreign {
		slices.Sort(f.Names)
	}
}

// tagged is a resource of the IoT registry whose tags decide whose it is.
type tagged struct{ name, arn string }

// sortOut reads the tags of all and hands each resource to ours or counts it as foreign. Resources whose tags cannot be
// read are foreign.
func (l *look) sortOut(ctx context.Context, resource string, all []tagged, ours func(context.Context, tagged) error) error {
	return l.each(ctx, all, func(ctx context.Context, t tagged) error {
		defer l.progress(resource, 1)
		tags, err := fleet.ResourceTags(ctx, l.c, t.arn)
		if err != nil || !fleet.Ours(tags) {
			l.foreign(resource, t.name)
			return err
		}
		return ours(ctx, t)
	})
}

// each calls fn for all, a few at a time, and joins the first errors.
func (l *look) each(ctx context.Context, all []tagged, fn func(context.Context, tagged) error) error {
	const few = 3 // errors of one kind resemble each other
	var mu sync.Mutex
	var errs []error
	err := pool.Each(ctx, l.st.Workers(fewWorkers), slices.Values(all), func(ctx context.Context, t tagged) {
		if err := fn(ctx, t); err != nil {
			mu.Lock()
			defer mu.Unlock()
			if len(errs) < few {
				errs = append(errs, err)
			}
		}
	})
	return errors.Join(append(errs, err)...)
}
