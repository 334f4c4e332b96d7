package simulate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	jobs "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/workflows/fleet"
)

// lane is one device: it works on its executions one after the other. The runner's lock guards rest, busy and named; the
// others are the worker's that has it.
type lane struct {
	thing   string
	current *session
	rest    []*session
	busy    bool // it is queued or has a worker
	named   bool // it takes the executions of the jobs chosen by name, since asking for the next one gives others

	at    time.Time // in the queue
	order uint64
}

// admit takes in an execution to be played, at its device's place on the board. A device that the job has not reached is
// only noted.
func (r *runner) admit(d Device, place int) {
	r.mu.Lock()
	defer r.mu.Unlock()
	k := execKey{d.Thing, d.Job}
	x := r.seen[k]
	x.place, x.number, x.attempt = place, d.Number, d.Attempt
	r.seen[k] = x
	delete(r.expected, k)
	if d.Number == 0 {
		return
	}
	r.open++
	l := r.lanes[d.Thing]
	if l == nil {
		l = &lane{thing: d.Thing, named: !r.plan.StartNext}
		r.lanes[d.Thing] = l
	}
	l.rest = append(l.rest, &session{runner: r, place: place, device: d, steps: r.plan.timeline(d)})
	if !l.busy {
		l.busy = true
		r.queue.push(l, r.began.Add(time.Duration(d.Later*float64(time.Second))))
	}
}

// turn is a lane's time with a worker: it goes on until the device takes its time.
func (r *runner) turn(ctx context.Context, l *lane) {
	for ctx.Err() == nil {
		if l.current == nil && !r.choose(ctx, l) {
			return
		}
		if l.current == nil {
			continue
		}
		wait, over := l.current.step(ctx)
		switch {
		case over:
			r.over()
			l.current = nil
		case wait == forever:
			return
		case wait == 0:
		case r.st.Sequential:
			_ = fleet.Pause(ctx, wait) // the loop sees that it was stopped
		default:
			r.queue.push(l, time.Now().Add(wait))
			return
		}
	}
}

// over counts an execution that has ended.
func (r *runner) over() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.open--
	r.settle()
}

// settle tells the watcher when nothing is left that makes progress by itself; the caller holds mu.
func (r *runner) settle() {
	if r.open > len(r.quiet) {
		return
	}
	select {
	case r.calm <- struct{}{}:
	default:
	}
}

// choose makes the next execution the lane's current one, started. false: the lane has nothing to do now. It may return
// true without one: then an execution has ended before it began.
func (r *runner) choose(ctx context.Context, l *lane) bool {
	r.mu.Lock()
	if len(l.rest) == 0 {
		l.busy = false
		r.mu.Unlock()
		return false
	}
	named := l.named
	r.mu.Unlock()
	if !named {
		if s := r.next(ctx, l); s != nil {
			l.current = s
		}
		return true
	}
	s := r.pick(l, oldest)
	if s.take(ctx) {
		l.current = s
		return true
	}
	r.over()
	return true
}

// pick takes an execution out of a lane's rest; nil when there is no such.
func (r *runner) pick(l *lane, which func([]*session) int) *session {
	r.mu.Lock()
	defer r.mu.Unlock()
	i := which(l.rest)
	if i < 0 {
		return nil
	}
	s := l.rest[i]
	l.rest = slices.Delete(l.rest, i, i+1)
	return s
}

// oldest is the order in which AWS gives out executions: those in progress first, then by the time that they were queued
// (AWS IoT developer guide, jobs workflow).
func oldest(list []*session) int {
	best := 0
	for i, s := range list {
		b := list[best].device
		if cmp.Or(cmp.Compare(rank(b), rank(s.device)), cmp.Compare(s.device.waiting, b.waiting)) < 0 {
			best = i
		}
	}
	return best
}

// next asks for the device's next execution, as a device does that knows no job. nil: it goes on by name, or an execution
// has ended.
func (r *runner) next(ctx context.Context, l *lane) *session {
	out, err := r.cloud.Jobs.StartNextPendingJobExecution(ctx, &jobs.StartNextPendingJobExecutionInput{
		ThingName: &l.thing, StatusDetails: map[string]string{"step": Checking.String(), "run": r.token}})
	if err != nil && r.halted(ctx, fmt.Errorf("start the next execution on %s: %w", l.thing, err)) {
		return nil
	}
	if err != nil || out.Execution == nil {
		r.byName(l)
		return nil
	}
	x := out.Execution
	number := aws.ToInt64(x.ExecutionNumber)
	which := func(list []*session) int {
		return slices.IndexFunc(list, func(s *session) bool { return s.device.Job == aws.ToString(x.JobId) && s.device.Number == number })
	}
	s := r.pick(l, which)
	if s == nil { // it came since the executions were listed
		r.found(Device{Thing: l.thing, Job: aws.ToString(x.JobId), Number: number, waiting: x.QueuedAt * 1000})
		s = r.pick(l, which)
	}
	switch {
	case s == nil:
		r.byName(l)
		return nil
	case x.StatusDetails["run"] == r.token || s.device.Started:
		s.begin(x.VersionNumber, aws.ToString(x.JobDocument))
		return s
	}
	r.byName(l) // another run has it, and it would be given out again and again
	s.superseded(string(types.JobExecutionStatusInProgress))
	r.over()
	return nil
}

func (r *runner) byName(l *lane) {
	r.mu.Lock()
	defer r.mu.Unlock()
	l.named = true
}
