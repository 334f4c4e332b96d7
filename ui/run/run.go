// Package run keeps the workflows that a program has started: each with its context, its feed, its gate
// and its latest progress. Runs go on when the screen that started them is left.
package run

import (
	"context"
	"errors"
	"sync"
	"time"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/workflows/event"
)

// Func is a workflow ready to go: its input and its cloud are bound. It returns its report.
type Func func(ctx context.Context, stage event.Stage) (any, error)

// ErrStopped is the cause with which a run's context ends when a person stopped it.
var ErrStopped = errors.New("stopped by the user")

// Run is one workflow that runs or ran. Its methods are safe for concurrent use.
type Run struct {
	ID      string    // unique in the program: provision-1
	Name    string    // the workflow: provision, job-create, simulate, cleanup
	Owner   string    // id of the screen that started it
	Looks   bool      // it only reads: nothing of it stays
	Started time.Time //
	Gate    *learn.Gate
	LogPath string // the log file, "" when there is none; complete unless LogError says otherwise

	feed   *feed.Feed
	log    *feed.File
	cancel context.CancelCauseFunc
	done   chan struct{}

	mu       sync.Mutex
	progress Progress
	meter    meter
	stopping bool
	ended    bool
	result   any
	err      error
	logErr   error
}

// LogError is why the log file is not complete; nil while nothing is known against it. It is known once the run has ended.
func (r *Run) LogError() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.logErr
}

// Progress is how far a run has come, as its latest events say.
type Progress struct {
	Step   string // id of the step it is in
	Done   int    // items finished
	Total  int    // items in all, 0 when not known
	Failed int    // items failed
	Rate   float64
	Left   time.Duration // estimate, 0 when not known
	Status event.Status  // how it ended, "" while it runs
	Counts event.Counts  // at its end
}

// Stop ends the run's context: no call is started any more, those in flight finish. It returns at once.
func (r *Run) Stop() {
	r.mu.Lock()
	r.stopping = !r.ended
	r.mu.Unlock()
	r.cancel(ErrStopped)
}

// Running reports whether the workflow has not returned yet.
func (r *Run) Running() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.ended
}

// Stopping reports whether the run was told to stop and has not returned yet.
func (r *Run) Stopping() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.stopping && !r.ended
}

// Done is closed when the workflow has returned.
func (r *Run) Done() <-chan struct{} { return r.done }

// Result is what the workflow returned; it is nil, nil while it runs.
func (r *Run) Result() (any, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.result, r.err
}

// Progress is how far the run has come.
func (r *Run) Progress() Progress {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.progress
}

// observe keeps the progress up to date with a batch of the run's events.
func (r *Run) observe(events []event.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, e := range events {
		r.progress.take(e)
	}
	if len(events) > 0 && r.progress.Status == "" {
		r.progress.Rate = r.meter.rate(events[len(events)-1].Time, r.progress.Done)
		r.progress.estimate()
	}
}

func (p *Progress) take(e event.Event) {
	switch e.Kind {
	case event.RunStarted:
		p.Total = max(p.Total, e.Total)
	case event.StepStarted:
		p.Step, p.Done, p.Total = e.Step, 0, e.Total
	case event.Item, event.Progress:
		if e.Total > 0 {
			p.Done, p.Total = max(e.Done, p.Done), e.Total
		}
		if e.Missed() {
			p.Failed++
		}
	case event.RunEnded:
		p.Status, p.Counts, p.Left = e.Status, e.Counts, 0
	}
}

// early is how many items say too little about the others: the first ones of a run wait for what it needs only once.
const early = 10

// estimate says how much longer the step takes at the rate that it has now, once enough of it is done to tell.
func (p *Progress) estimate() {
	p.Left = 0
	if p.Rate > 0 && p.Done >= early && p.Total > p.Done {
		p.Left = time.Duration(float64(p.Total-p.Done) / p.Rate * float64(time.Second))
	}
}

// meter measures a rate over the last seconds, so that it follows changes without jumping about.
type meter struct {
	at   []time.Time
	done []int
}

// window is how far back the rate looks.
const window = 5 * time.Second

// rate notes that done items were finished at a time and returns the items a second, 0 when not known.
func (m *meter) rate(at time.Time, done int) float64 {
	if n := len(m.done); n > 0 && done < m.done[n-1] {
		m.at, m.done = nil, nil // a new step counts from the start
	}
	m.at, m.done = append(m.at, at), append(m.done, done)
	for len(m.at) > 2 && at.Sub(m.at[0]) > window {
		m.at, m.done = m.at[1:], m.done[1:]
	}
	seconds := at.Sub(m.at[0]).Seconds()
	if seconds <= 0 {
		return 0
	}
	return float64(done-m.done[0]) / seconds
}
