package lookup

import (
	"context"
	"errors"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/feed"
	"fleetlab/ui/run"
	"fleetlab/workflows/event"
)

// Planning makes a plan of type P in a run that only looks, since listing a large fleet takes a while. The zero value is ready to use.
type Planning[P any] struct {
	Wait
	run  *run.Run
	on   bool
	seen event.Event
}

// Start makes a plan; an earlier one counts no more. now is the time.
func (p *Planning[P]) Start(now time.Time, runs *run.Starter, name string, prepare func(context.Context, event.Stage) (P, error)) tea.Cmd {
	p.Stop()
	p.on, p.seen = true, event.Event{}
	p.run = runs.Look(name, func(ctx context.Context, st event.Stage) (any, error) { return prepare(ctx, st) })
	return p.Begin(now)
}

// Stop stops the run, if it is under way; that is its result then.
func (p *Planning[P]) Stop() {
	if p.on {
		p.run.Stop()
	}
}

// On reports that the run is under way.
func (p *Planning[P]) On() bool { return p.on }

// Stopping reports that the run was stopped and its calls in flight are not done yet.
func (p *Planning[P]) Stopping() bool { return p.on && p.run.Stopping() }

// Leave stops the run and takes no notice of it any more.
func (p *Planning[P]) Leave() {
	p.Stop()
	p.on = false
}

// Seen is how far the run is: its latest progress event.
func (p *Planning[P]) Seen() event.Event { return p.seen }

// Take takes a batch of a run's events and reports whether the plan is there, or why there is none. Batches of other runs are passed
// over.
func (p *Planning[P]) Take(b feed.BatchMsg) bool {
	if !p.on || b.Run != p.run.ID {
		return false
	}
	for _, e := range b.Events {
		if e.Kind == event.Progress && e.Done >= p.seen.Done {
			p.seen = e
		}
	}
	p.on = !b.Last
	return b.Last
}

// Result is the plan, or why there is none.
func (p *Planning[P]) Result() (plan P, err error) {
	result, err := p.run.Result()
	plan, _ = result.(P)
	return plan, err
}

// Stopped tells whether err only says that the user has stopped the run.
func Stopped(err error) bool {
	return errors.Is(err, run.ErrStopped) || errors.Is(err, context.Canceled)
}
