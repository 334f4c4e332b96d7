package cleanup

import (
	"context"
	"errors"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// What a run waits for, as Waiting events say it.
const (
	WaitTypes     event.Status = "THING_TYPES_DELETABLE" // five minutes from their deprecation
	WaitJobs      event.Status = "JOBS_GONE"             // AWS deletes jobs in the background
	WaitJobSlot   event.Status = "JOB_DELETION_SLOT"     // ten jobs are being deleted already
	WaitPrincipal event.Status = "PRINCIPALS_DETACHED"   // detaching takes AWS some seconds
	WaitChildren  event.Status = "CHILD_GROUPS_GONE"     // a parent is refused for some seconds after its children
	WaitLists     event.Status = "LISTS_CURRENT"         // lists lag behind deletions
)

// runner is the state of one run.
type runner struct {
	c    *cloud.Cloud
	plan Plan
	run  *fleet.Run
	book *book

	deprecated time.Time // when this run deprecated the last thing type
}

// Run removes what p plans, in the order of dependency. The error is set only if the run could not go on; one that was
// stopped through ctx answers INTERRUPTED and no error, one in which items failed PARTIAL or, if nothing went well,
// RUN_FAILED. The report is filled in any case. Running again, with a new plan, goes on where this run ended.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	ctx, run := fleet.Begin(ctx, Workflow, st, p.Total())
	r := &runner{c: c, plan: p, run: run, book: &book{outcome: map[string]string{}}}
	seen := r.steps(ctx)
	rep := Report{Left: r.left(p, true), Foreign: p.Foreign}
	if seen != nil {
		rep.Left, rep.Foreign, rep.Looked = r.left(*seen, false), seen.Foreign, len(seen.Errors) == 0
	}
	var err error
	rep.Report, err = run.End(ctx)
	return rep, err
}

// step is one step: what it does, the kinds whose listing errors belong to it, and which step it cannot do without.
type step struct {
	id    string
	do    func(context.Context, *fleet.Step)
	kinds []string
	needs string
}

// lessons are what steps teach.
var lessons = map[string]string{StepJobs: "safe-deletion"}

func (r *runner) plannedSteps() []step {
	things := step{StepThings, r.things, []string{Thing}, ""}
	groups := step{StepGroups, r.groups, []string{Group}, ""}
	switch r.plan.Input.Scope {
	case Things:
		things.kinds = append(things.kinds, ThingType, Bucket)
		return []step{things}
	case Groups:
		return []step{groups}
	}
	return []step{
		{StepJobs, r.jobsAndTemplates, []string{Job, JobTemplate}, ""},
		{StepDeprecate, r.deprecate, []string{ThingType}, ""},
		things, groups,
		{StepPackages, r.packages, []string{Package}, ""},
		{StepSettings, r.settings, []string{Configuration, Indexing}, ""},
		{StepBuckets, r.buckets, []string{Bucket}, StepSettings}, // they keep what the settings were
		{StepRoles, r.roles, []string{Role}, StepSettings},       // the settings name one of them
		{StepTypes, r.thingTypes, nil, ""},
	}
}

// steps runs all steps and the last look; it returns what that saw, nil if it was not taken.
func (r *runner) steps(ctx context.Context) *Plan {
	failed := map[string]bool{}
	for _, s := range r.plannedSteps() {
		if ctx.Err() != nil {
			return nil
		}
		if failed[s.needs] {
			r.run.Skip(s.id, s.needs)
			continue
		}
		err := r.run.Step(ctx, s.id, lessons[s.id], func(ctx context.Context, st *fleet.Step) {
			r.lookErrors(ctx, st, s.kinds)
			s.do(ctx, st)
		})
		failed[s.id] = err != nil
	}
	var seen *Plan
	if ctx.Err() == nil {
		_ = r.run.Step(ctx, StepCheck, "", func(ctx context.Context, s *fleet.Step) { seen = r.check(ctx, s) }) // the report tells
	}
	return seen
}

// lookErrors makes a kind that could not be listed a failure of its step: there may be more of ours than the plan knows.
func (r *runner) lookErrors(ctx context.Context, s *fleet.Step, kinds []string) {
	for _, e := range r.plan.Errors {
		for _, kind := range kinds {
			if e.Resource == kind {
				s.Fail(ctx, kind, "*", e.Fault)
			}
		}
	}
}

// done reports what became of an item and keeps it for the last look.
func (r *runner) done(ctx context.Context, s *fleet.Step, kind, name string, status event.Status, err error, detail ...string) {
	switch {
	case err != nil && fleet.Stopped(ctx, err):
		return
	case err != nil:
		r.book.note(kind, name, ReasonFailed)
	default:
		r.book.note(kind, name, string(status))
	}
	s.Result(ctx, kind, name, status, err, detail...)
}

// kept reports an item that stays, and why.
func (r *runner) kept(s *fleet.Step, kind, name, reason string) {
	r.book.note(kind, name, reason)
	s.Item(kind, name, event.Kept, "reason", reason)
}

// removal is the status of a deletion: what is not there any more is gone, and fine.
func removal(err error) (event.Status, error) {
	if cloud.Is(err, cloud.NotFound) {
		return event.Gone, nil
	}
	return event.Deleted, err
}

// patience asks again until it is answered, with growing pauses, for as long as most. ask returns errAgain for a refusal
// that time mends.
func (r *runner) patience(ctx context.Context, most time.Duration, waiting func(left time.Duration), ask func() error) error {
	const first, longest = 200 * time.Millisecond, 4 * time.Second
	deadline := time.Now().Add(most)
	for pause := first; ; pause = min(2*pause, longest) {
		err := ask()
		left := time.Until(deadline)
		var again *errAgain
		if !errors.As(err, &again) {
			return err
		}
		if left <= 0 {
			return again.err
		}
		waiting(left)
		if err := fleet.Pause(ctx, min(pause, left)); err != nil {
			return err
		}
	}
}

// errAgain is a refusal that time mends.
type errAgain struct{ err error }

func (e *errAgain) Error() string { return e.err.Error() }
