// Package learn is the learning panel and the gate that makes a run wait until its learner has read.
package learn

import (
	"context"
	"sync"
	"time"
)

// Mode is how a run and its learner keep pace.
type Mode int

// The modes, in the order in which the pace key goes through them.
const (
	Guided    Mode = iota // every step waits until the learner goes on
	Presenter             // every step goes on by itself after a countdown
	Express               // no step waits; the panels stay visible
)

// String is the mode's name in the catalogue and on the command line.
func (m Mode) String() string { return [...]string{"guided", "presenter", "express"}[m] }

// Countdown is how long a step waits in presenter mode.
const Countdown = 10 * time.Second

// Gate holds a run before each step, as event.Gate. It is safe for concurrent use.
type Gate struct {
	countdown time.Duration
	notify    func() // called when what Waiting answers has changed

	mu      sync.Mutex
	mode    Mode
	step    string        // step that waits
	open    chan struct{} // closed to let it go on; nil when nothing waits
	changed chan struct{} // closed when the mode changes
	left    time.Duration
}

// NewGate makes a gate. notify, unless nil, is called from the run's goroutine when the gate closes, opens
// or counts down a second; it must not block.
func NewGate(mode Mode, countdown time.Duration, notify func()) *Gate {
	if notify == nil {
		notify = func() {}
	}
	return &Gate{mode: mode, countdown: countdown, notify: notify, changed: make(chan struct{})}
}

// Mode is the mode now.
func (g *Gate) Mode() Mode {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mode
}

// SetMode changes the mode, also for the step that waits now.
func (g *Gate) SetMode(m Mode) {
	g.mu.Lock()
	g.mode = m
	close(g.changed)
	g.changed = make(chan struct{})
	g.mu.Unlock()
}

// Waiting says which step waits and, in presenter mode, for how long still.
func (g *Gate) Waiting() (step string, left time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.step, g.left, g.open != nil
}

// Release lets the step that waits go on; it does nothing when none waits.
func (g *Gate) Release() {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open != nil {
		close(g.open)
		g.open = nil
	}
}

// Pass waits as the mode says and returns ctx's cause if the run was stopped meanwhile.
func (g *Gate) Pass(ctx context.Context, step string) error {
	g.mu.Lock()
	if g.mode == Express {
		g.mu.Unlock()
		return context.Cause(ctx)
	}
	open := make(chan struct{})
	g.open, g.step, g.left = open, step, g.countdown
	g.mu.Unlock()
	g.notify()
	defer g.notify()
	defer g.leave(open)
	return g.wait(ctx, open)
}

func (g *Gate) leave(open chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == open {
		g.open = nil
	}
	g.step, g.left = "", 0
}

// wait returns when the gate was opened, the countdown has run out or the mode became express.
func (g *Gate) wait(ctx context.Context, open <-chan struct{}) error {
	second := time.NewTicker(time.Second)
	defer second.Stop()
	for {
		g.mu.Lock()
		mode, changed := g.mode, g.changed
		g.mu.Unlock()
		if mode == Express {
			return context.Cause(ctx)
		}
		select {
		case <-open:
			return context.Cause(ctx)
		case <-ctx.Done():
			return context.Cause(ctx)
		case <-changed:
		case <-second.C:
			if mode == Presenter && g.tick() {
				return context.Cause(ctx)
			}
		}
	}
}

// tick counts one second down and reports whether that was the last one.
func (g *Gate) tick() bool {
	g.mu.Lock()
	g.left -= time.Second
	out := g.left <= 0
	g.mu.Unlock()
	g.notify()
	return out
}
