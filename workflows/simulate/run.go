package simulate

import (
	"context"
	"crypto/rand"
	"errors"
	"strconv"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/pool"
)

// Workers is how many devices are at work at once. The pacer holds their updates to 150 a second.
const Workers = 150

// run plays the devices of the plan.
func run(ctx context.Context, c *cloud.Cloud, p Plan, b *board, st event.Stage) (Report, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := &runner{cloud: c, plan: p, board: b, st: st, stop: stop, token: rand.Text()[:tokenLength]}
	r.ledger = newLedger(st.Sink, len(p.Devices))
	r.emit(event.Event{Kind: event.RunStarted, Total: len(p.Devices)})
	rep := Report{Planned: map[string]int{string(event.Success): p.Successes, string(event.Failure): p.Failures},
		Resumed: p.Started, Unfinished: len(p.Devices), Jobs: p.Jobs, Input: p.Input, Account: p.Account, Region: p.Region}
	if st.Pass(ctx, StepExecutions) == nil {
		r.play(ctx, &rep)
	}
	r.end(ctx, &rep)
	return rep, r.ledger.fatal
}

// tokenLength is enough to tell the runs on one job apart.
const tokenLength = 12

// runner is one run. Its token goes into the status details of what it does, so that it knows its own deeds again when
// the answer to a call was lost.
type runner struct {
	cloud  *cloud.Cloud
	plan   Plan
	st     event.Stage
	stop   context.CancelCauseFunc
	token  string
	board  *board
	states states
	*ledger
	began time.Time
}

func (r *runner) emit(e event.Event) {
	e.Workflow = Workflow
	r.st.Sink.Emit(e)
}

// play runs the step and compares its result with what the cloud holds.
func (r *runner) play(ctx context.Context, rep *Report) {
	r.began = time.Now()
	r.emit(event.Event{Kind: event.StepStarted, Step: StepExecutions, Lesson: StepExecutions, Total: len(r.plan.Devices)})
	before, err := readJob(ctx, r.cloud, r.plan.Jobs[0].ID)
	if err != nil {
		r.abort(ctx, err)
	}
	err = pool.Each(ctx, r.st.Workers(Workers), r.indexes, r.device)
	var p *pool.Panic
	if errors.As(err, &p) {
		r.abort(ctx, p)
	}
	worked := time.Since(r.began).Seconds()
	r.ledger.summarize(rep, r.plan.Devices, worked)
	if ctx.Err() == nil {
		r.compare(ctx, before, rep)
	}
	r.emit(event.Event{Kind: event.StepEnded, Step: StepExecutions, Status: r.outcome(ctx), Counts: rep.Counts, Seconds: worked})
}

// indexes yields the numbers of the devices.
func (r *runner) indexes(yield func(int) bool) {
	for i := range r.plan.Devices {
		if !yield(i) {
			return
		}
	}
}

// abort ends the run because of an error that every further call would meet as well, unless it was stopped anyway.
func (r *runner) abort(ctx context.Context, err error) {
	if fleet.Stopped(ctx, err) {
		return
	}
	r.ledger.fail(err)
	r.stop(err)
}

// halted tells whether the run is over, and ends it if err is hopeless.
func (r *runner) halted(ctx context.Context, err error) bool {
	if ctx.Err() != nil {
		return true
	}
	switch cloud.Explain(err).Class {
	case cloud.Credentials, cloud.Expired, cloud.Network:
		r.abort(ctx, err)
		return true
	}
	return false
}

func (r *runner) outcome(ctx context.Context) event.Status {
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	switch {
	case r.ledger.fatal != nil:
		return event.RunFailed
	case ctx.Err() != nil:
		return event.Interrupted
	case r.ledger.unplanned > 0:
		return event.Partial
	}
	return event.Done
}

func (r *runner) end(ctx context.Context, rep *Report) {
	rep.Workflow, rep.Status = Workflow, r.outcome(ctx)
	if rep.Counts == nil {
		rep.Counts = event.Counts{}
	}
	if !r.began.IsZero() {
		rep.Seconds = time.Since(r.began).Seconds()
	}
	e := event.Event{Kind: event.RunEnded, Status: rep.Status, Counts: rep.Counts, Seconds: rep.Seconds, Fault: fleet.Fault(r.ledger.fatal)}
	e.Detail = map[string]string{"job": rep.Jobs[0].ID, "selection": rep.Jobs[0].Selection}
	if rep.Checked { // a continuous job with nothing pending stays IN_PROGRESS: that is no fault
		e.Detail["job-status"], e.Detail["pending"] = rep.Jobs[0].Status, strconv.Itoa(rep.Jobs[0].Counts.Pending())
	}
	r.emit(e)
}
