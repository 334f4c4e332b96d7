package simulate

import (
	"context"
	"crypto/rand"
	"errors"
	"maps"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/pool"
)

// Workers is how many devices call or download at once; any number of others may be at work by themselves. The pacer
// holds their updates to 150 a second.
const Workers = 150

// Transfers is how many of them transfer firmware at the same moment. More would be no faster over one connection to the
// network, and every one costs memory at both ends, which in the sandbox are this program.
const Transfers = 48

// tokenLength is enough to tell the runs on one job apart.
const tokenLength = 12

// runner is one run. Its token goes into the status details of what it does, so that it knows its own deeds again when
// the answer to a call was lost.
type runner struct {
	cloud  *cloud.Cloud
	plan   Plan
	board  *board
	st     event.Stage
	stop   context.CancelCauseFunc
	token  string
	states map[string]*states // by job
	began  time.Time
	queue  *queue
	slots  chan struct{} // taken by transfers
	*ledger

	mu       sync.Mutex
	lanes    map[string]*lane      // by thing
	seen     map[execKey]seen      // by thing and job
	quiet    map[*session]bool     // heard of no more
	hush     map[string]bool       // jobs with some of those that were not asked for since
	expected map[execKey]time.Time // retries that the cloud is to make, and since when
	jobs     map[string]jobState
	open     int           // executions that have not ended
	calm     chan struct{} // all that are open are quiet
}

// execKey is a device's work on one job.
type execKey struct{ thing, job string }

// seen is what is known of it: its place on the board, the newest execution, and the ends that count against its retries.
type seen struct {
	place   int
	number  int64
	attempt int
	used    used
}

// run plays the devices of the plan.
func run(ctx context.Context, c *cloud.Cloud, p Plan, b *board, st event.Stage) (Report, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	r := newRunner(c, p, b, st)
	r.stop = stop
	r.emit(event.Event{Kind: event.RunStarted, Total: len(p.Devices)})
	rep := Report{Input: p.Input, Account: p.Account, Region: p.Region, Jobs: slices.Clone(p.Jobs), Resumed: p.Started, Unfinished: len(p.Devices),
		Planned: map[string]int{string(event.Success): p.Successes, string(event.Failure): p.Failures}, Expected: p.Reasons}
	if st.Pass(ctx, StepExecutions) == nil {
		r.play(ctx, &rep)
	}
	r.end(ctx, &rep)
	return rep, r.ledger.fatal
}

func newRunner(c *cloud.Cloud, p Plan, b *board, st event.Stage) *runner {
	r := &runner{cloud: c, plan: p, board: b, st: st, token: rand.Text()[:tokenLength], ledger: newLedger(st.Sink, len(p.Devices)),
		queue: newQueue(), slots: make(chan struct{}, Transfers), lanes: map[string]*lane{}, seen: map[execKey]seen{}, quiet: map[*session]bool{}, hush: map[string]bool{},
		expected: map[execKey]time.Time{}, jobs: map[string]jobState{}, states: map[string]*states{}, calm: make(chan struct{}, 1)}
	r.ledger.several = len(p.Jobs) > 1
	for _, j := range p.Jobs {
		r.states[j.ID] = &states{}
	}
	return r
}

func (r *runner) emit(e event.Event) {
	e.Workflow = Workflow
	r.st.Sink.Emit(e)
}

// play runs the step and compares its result with what the cloud holds.
func (r *runner) play(ctx context.Context, rep *Report) {
	r.began = time.Now()
	r.board.start(r.began)
	r.emit(event.Event{Kind: event.StepStarted, Step: StepExecutions, Lesson: StepExecutions, Total: len(r.plan.Devices)})
	r.meet(ctx)
	for i, d := range r.plan.Devices {
		r.admit(d, i)
	}
	r.mu.Lock()
	r.settle() // there may be nothing to do as yet
	r.mu.Unlock()
	var watching sync.WaitGroup
	watching.Go(func() {
		defer r.queue.close()
		r.watch(ctx)
	})
	err := pool.Each(ctx, r.st.Workers(Workers), r.queue.due(ctx), r.turn)
	var p *pool.Panic
	if errors.As(err, &p) {
		r.abort(ctx, p)
	}
	r.queue.close()
	watching.Wait()
	worked := time.Since(r.began).Seconds()
	r.summarize(rep, worked)
	if ctx.Err() == nil {
		r.compare(ctx, rep)
	}
	r.emit(event.Event{Kind: event.StepEnded, Step: StepExecutions, Status: r.outcome(ctx), Counts: rep.Counts, Seconds: worked})
}

// summarize fills in the report. What has not ended goes back to where it waits.
func (r *runner) summarize(rep *Report, worked float64) {
	r.ledger.summarize(rep, worked)
	rep.NotReached = r.board.leave()
	rep.Unfinished -= rep.NotReached
	rep.Timeline = r.board.timeline()
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
	case cloud.Credentials, cloud.Expired, cloud.Network, cloud.Full:
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
	e.Detail = jobDetail(rep)
	r.emit(e)
}

// jobDetail is what became of the jobs. A continuous one with nothing pending stays IN_PROGRESS: that is no fault.
func jobDetail(rep *Report) map[string]string {
	ids, selections, statuses, pending := map[string]bool{}, map[string]bool{}, map[string]bool{}, 0
	for _, j := range rep.Jobs {
		ids[j.ID], selections[j.Selection], statuses[j.Status] = true, true, true
		pending += j.Counts.Pending()
	}
	list := func(m map[string]bool) string { return strings.Join(slices.Sorted(maps.Keys(m)), ",") }
	d := map[string]string{"job": list(ids), "selection": list(selections)}
	if rep.Checked {
		d["job-status"], d["pending"] = list(statuses), strconv.Itoa(pending)
	}
	return d
}
