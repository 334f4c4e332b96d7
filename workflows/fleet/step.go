package fleet

import (
	"context"
	"errors"
	"sync"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/pool"
)

// Step is one step of a Run while it is under way. It is safe for concurrent use.
type Step struct {
	run *Run
	id  string

	mu     sync.Mutex
	counts event.Counts
	done   map[string]int
	total  map[string]int
}

// Expect says how many items of a kind the step will report.
func (s *Step) Expect(resource string, n int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.total[resource] += n
}

// Item reports one item. detail are pairs of a name and a value; empty values are left out.
func (s *Step) Item(resource, subject string, status event.Status, detail ...string) {
	s.item(event.Event{Resource: resource, Subject: subject, Status: status, Detail: details(detail)})
}

// Fail reports one item that failed, unless err only says that the run was stopped. An error that every further call
// would meet as well ends the run.
func (s *Step) Fail(ctx context.Context, resource, subject string, err error, detail ...string) {
	if Stopped(ctx, err) {
		return
	}
	s.item(event.Event{Resource: resource, Subject: subject, Status: event.Failed, Detail: details(detail), Fault: Fault(err)})
	if Hopeless(err) {
		s.run.Stop(err)
	}
}

// Result is Fail for an error and Item otherwise.
func (s *Step) Result(ctx context.Context, resource, subject string, status event.Status, err error, detail ...string) {
	if err != nil {
		s.Fail(ctx, resource, subject, err, detail...)
		return
	}
	s.Item(resource, subject, status, detail...)
}

// item sends e in the order of its count, which is why the lock is held: Emit does not block.
func (s *Step) item(e event.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.counts.Add(e.Resource, e.Status)
	s.done[e.Resource]++
	e.Kind, e.Step, e.Done, e.Total = event.Item, s.id, s.done[e.Resource], s.total[e.Resource]
	s.run.Emit(e)
}

// Waiting says what the step waits for and how long at most.
func (s *Step) Waiting(resource, subject string, status event.Status, most time.Duration) {
	s.run.Emit(event.Event{Kind: event.Waiting, Step: s.id, Resource: resource, Subject: subject, Status: status, Seconds: most.Seconds()})
}

// Warn tells of something that is no item's failure.
func (s *Step) Warn(resource, subject string, status event.Status, err error) {
	s.run.Emit(event.Event{Kind: event.Warning, Step: s.id, Resource: resource, Subject: subject, Status: status, Fault: Fault(err)})
}

// Each works on items with at most workers at once, or one after the other in debug mode. A panic ends the run.
func Each[T any](ctx context.Context, s *Step, workers int, items []T, fn func(context.Context, T)) {
	err := pool.Each(ctx, s.run.Stage.Workers(workers), func(yield func(T) bool) {
		for _, item := range items {
			if !yield(item) {
				return
			}
		}
	}, fn)
	var p *pool.Panic
	if errors.As(err, &p) {
		s.run.Stop(p)
	}
}

func details(pairs []string) map[string]string {
	var d map[string]string
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i+1] == "" {
			continue
		}
		if d == nil {
			d = map[string]string{}
		}
		d[pairs[i]] = pairs[i+1]
	}
	return d
}
