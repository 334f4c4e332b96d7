package fleet

import (
	"context"
	"errors"
	"sync"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
)

// Run plays a workflow on its stage: it opens and closes the steps, counts what becomes of every item, and says in the
// end how it went. It is safe for concurrent use.
type Run struct {
	Stage event.Stage

	workflow string
	began    time.Time
	tally    event.Tally
	abort    context.CancelCauseFunc

	mu      sync.Mutex
	held    time.Duration // waited for a person
	skipped int           // steps left out
	fatal   error
}

// Begin starts a run of total items. The context it returns ends when the run must not go on: because ctx ended, or
// because of an error that every further call would meet as well. Call End in any case.
func Begin(ctx context.Context, workflow string, st event.Stage, total int) (context.Context, *Run) {
	r := &Run{Stage: st, workflow: workflow, began: time.Now()}
	r.tally.Next = st.Sink
	ctx, r.abort = context.WithCancelCause(ctx)
	r.Emit(event.Event{Kind: event.RunStarted, Total: total})
	return ctx, r
}

// Emit adds the workflow's name to e and sends it.
func (r *Run) Emit(e event.Event) {
	e.Workflow = r.workflow
	r.tally.Emit(e)
}

// Step waits at the gate and then runs fn as the step of that id; lesson is its learning moment's id, or "". It returns nil
// only if fn came to its end and nothing failed; ErrStep says that items failed, any other error that the run stopped.
func (r *Run) Step(ctx context.Context, id, lesson string, fn func(context.Context, *Step)) error {
	if err := r.pass(ctx, id); err != nil {
		return err
	}
	s := &Step{run: r, id: id, counts: event.Counts{}, done: map[string]int{}, total: map[string]int{}}
	r.Emit(event.Event{Kind: event.StepStarted, Step: id, Lesson: lesson})
	began := time.Now()
	fn(ctx, s)
	s.mu.Lock()
	defer s.mu.Unlock()
	r.Emit(event.Event{Kind: event.StepEnded, Step: id, Counts: s.counts, Seconds: time.Since(began).Seconds(),
		Status: outcome(ctx, s.counts, 0)})
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if s.counts.Of(event.Failed) > 0 {
		return ErrStep
	}
	return nil
}

// ErrStep is what Step returns when some of its items failed.
var ErrStep = errors.New("some items of the step failed")

func (r *Run) pass(ctx context.Context, id string) error {
	began := time.Now()
	err := r.Stage.Pass(ctx, id)
	r.mu.Lock()
	defer r.mu.Unlock()
	r.held += time.Since(began)
	return err
}

// Skip says that a step is left out because another one did not do what it needs.
func (r *Run) Skip(id, because string) {
	r.mu.Lock()
	r.skipped++
	r.mu.Unlock()
	r.Emit(event.Event{Kind: event.StepStarted, Step: id})
	r.Emit(event.Event{Kind: event.StepEnded, Step: id, Status: event.Skipped, Detail: map[string]string{"because": because}})
}

// Stop ends the run because of an error that is no single item's.
func (r *Run) Stop(err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.fatal == nil {
		r.fatal = err
	}
	r.abort(err)
}

// End closes the run. The error is set only if the run could not go on; a run that was stopped is INTERRUPTED and no
// error.
func (r *Run) End(ctx context.Context) (event.Report, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	rep := event.Report{Workflow: r.workflow, Counts: r.tally.Counts(), Failures: r.tally.Failures(),
		Seconds: (time.Since(r.began) - r.held).Seconds()}
	rep.Status = outcome(ctx, rep.Counts, r.skipped)
	if r.fatal != nil {
		rep.Status = event.RunFailed
	}
	r.Emit(event.Event{Kind: event.RunEnded, Status: rep.Status, Counts: rep.Counts, Seconds: rep.Seconds, Fault: Fault(r.fatal)})
	r.abort(nil)
	return rep, r.fatal
}

// outcome is the status of a step or a run.
func outcome(ctx context.Context, c event.Counts, skipped int) event.Status {
	failed, all := c.Of(event.Failed), 0
	for _, statuses := range c {
		for _, n := range statuses {
			all += n
		}
	}
	switch {
	case ctx.Err() != nil:
		return event.Interrupted
	case failed+skipped == 0:
		return event.Done
	case all > failed:
		return event.Partial
	}
	return event.RunFailed
}

// Stopped tells whether err only says that the run was stopped before the call went out.
func Stopped(ctx context.Context, err error) bool {
	return ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx)))
}

// Hopeless tells an error that every further call would meet as well: nobody answers, or not to these credentials.
func Hopeless(err error) bool {
	switch cloud.Explain(err).Class {
	case cloud.Credentials, cloud.Expired, cloud.Network, cloud.Full:
		return true
	}
	return false
}

// Pause waits for d; it returns ctx's cause when ctx ends before.
func Pause(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-t.C:
		return nil
	}
}
