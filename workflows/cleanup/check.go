package cleanup

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// book keeps what became of every item, by kind and name.
type book struct {
	mu      sync.Mutex
	outcome map[string]string // a status, or the reason why it is left
}

func (b *book) note(kind, name, outcome string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.outcome[kind+"\x00"+name] = outcome
}

func (b *book) of(kind, name string) string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.outcome[kind+"\x00"+name]
}

// reason is why an item of ours is still there.
func (b *book) reason(kind, name string) string {
	switch o := b.of(kind, name); o {
	case "":
		return ReasonNotReached
	case ReasonInUse, ReasonFailed, ReasonDeleting:
		return o
	}
	return ReasonThere
}

// left is what a plan still holds of ours. A plan that was made before the run also holds what the run removed.
func (r *runner) left(p Plan, before bool) []Left {
	var out []Left
	add := func(kind, name string) {
		if reason := r.book.reason(kind, name); !before || reason != ReasonThere {
			out = append(out, Left{kind, name, reason})
		}
	}
	for _, kind := range slices.Sorted(maps.Keys(p.Items)) {
		for _, item := range p.Items[kind] {
			add(kind, item.Name)
		}
	}
	for _, s := range p.Settings {
		add(s.Resource, s.Resource)
	}
	return out
}

// Lists lag behind deletions by some seconds (AWS IoT developer guide), so a last look that sees something which was
// removed looks again.
const (
	looks     = 5
	lookPause = 2 * time.Second
)

// check looks at the account anew and reports what of ours is left without a reason.
func (r *runner) check(ctx context.Context, s *fleet.Step) *Plan {
	for n := 1; ; n++ {
		seen, err := Prepare(ctx, r.c, r.plan.Input, r.run.Stage)
		if err != nil {
			s.Fail(ctx, StepCheck, "*", err)
			return nil
		}
		lagging := slices.ContainsFunc(r.left(seen, false), func(l Left) bool { return l.Reason == ReasonThere })
		if !lagging || n == looks {
			r.report(ctx, s, seen)
			return &seen
		}
		s.Waiting(StepCheck, "*", WaitLists, time.Duration(looks-n)*lookPause)
		if fleet.Pause(ctx, lookPause) != nil {
			return nil
		}
	}
}

// report makes a failure of everything that is left and was not reported before.
func (r *runner) report(ctx context.Context, s *fleet.Step, seen Plan) {
	for _, l := range r.left(seen, false) {
		switch l.Reason {
		case ReasonThere, ReasonNotReached:
			s.Fail(ctx, l.Resource, l.Name, &event.Fault{Class: ClassLeft, Message: l.Resource + " " + l.Name + " is still there: run clean-up again"})
		case ReasonDeleting:
			s.Fail(ctx, l.Resource, l.Name, &event.Fault{Class: ClassLeft, Message: l.Resource + " " + l.Name + " is still being deleted: run clean-up again in a few minutes"})
		}
	}
	for _, e := range seen.Errors {
		if !slices.ContainsFunc(r.plan.Errors, func(o LookError) bool { return o.Resource == e.Resource }) {
			s.Fail(ctx, e.Resource, "*", e.Fault)
		}
	}
}

// ClassLeft is the fault of something of ours that is still there after all.
const ClassLeft = "left"
