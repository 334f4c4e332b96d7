// Package learn is how a run teaches: lessons with their question, the panel beside the step that runs, the same as an overlay, and
// the gate that makes a run wait until its learner has read.
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
	modes
)

// String is the mode's name in the catalogue and on the command line.
func (m Mode) String() string { return [...]string{"guided", "presenter", "express"}[m] }

// ParseMode is the mode with a name; false for any other word.
func ParseMode(name string) (Mode, bool) {
	for m := range modes {
		if m.String() == name {
			return m, true
		}
	}
	return Guided, false
}

// Grace is how long a step that waits does so still after the mode became express: the pace key passes express on its way from presenter
// to guided.
const Grace = 2 * time.Second

// Countdown is how long a step waits in presenter mode unless the presenter wants it otherwise: in steps of Stride, within Shortest
// and Longest.
const (
	Countdown = 10 * time.Second
	Stride    = 5 * time.Second
	Shortest  = Stride
	Longest   = 2 * time.Minute
)

// Gate holds a run before each step, as event.Gate. It is safe for concurrent use.
type Gate struct {
	notify func() // called when what Waiting answers has changed

	mu        sync.Mutex
	keep      func(Mode, time.Duration) // told of every choice of the learner's
	counter   *Counter
	mode      Mode
	countdown time.Duration
	paused    bool
	step      string        // step that waits
	open      chan struct{} // closed to let it go on; nil when nothing waits
	changed   chan struct{} // closed when there is another way to wait
	left      time.Duration
}

// NewGate makes a gate. notify, unless nil, is called from the run's goroutine when the gate closes, opens
// or counts down a second; it must not block.
func NewGate(mode Mode, countdown time.Duration, notify func()) *Gate {
	if notify == nil {
		notify = func() {}
	}
	return &Gate{mode: mode, countdown: countdown, notify: notify, changed: make(chan struct{})}
}

// Keep has fn told of every mode and length of the countdown that the learner chooses, so that the next run can begin with them.
func (g *Gate) Keep(fn func(Mode, time.Duration)) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.keep = fn
}

// Count has a counter told of every step that begins.
func (g *Gate) Count(c *Counter) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.counter = c
}

// Mode is the mode now.
func (g *Gate) Mode() Mode {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.mode
}

// Length is how long a step waits in presenter mode.
func (g *Gate) Length() time.Duration {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.countdown
}

// Paused reports that the countdown stands still.
func (g *Gate) Paused() bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.paused
}

// Waiting says which step waits and, in presenter mode, for how long still.
func (g *Gate) Waiting() (step string, left time.Duration, ok bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	return g.step, g.left, g.open != nil
}

// SetMode changes the mode, also for the step that waits now: its countdown begins anew, and express leaves it Grace.
func (g *Gate) SetMode(m Mode) {
	g.change(func() {
		g.mode, g.left, g.paused = m, g.countdown, false
		if m == Express {
			g.left = Grace
		}
	})
}

// Lengthen makes the countdown longer, or shorter, within its limits; the one that is on keeps a second at least.
func (g *Gate) Lengthen(by time.Duration) {
	g.change(func() {
		length := max(Shortest, min(g.countdown+by, Longest))
		g.left = max(time.Second, g.left+length-g.countdown)
		g.countdown = length
	})
}

// Pause stops the countdown that is on, or lets it go on.
func (g *Gate) Pause() {
	g.change(func() { g.paused = !g.paused && g.open != nil })
}

// change changes how the gate waits, tells the step that waits, and has the choice kept.
func (g *Gate) change(fn func()) {
	g.mu.Lock()
	fn()
	close(g.changed)
	g.changed = make(chan struct{})
	keep, mode, countdown := g.keep, g.mode, g.countdown
	g.mu.Unlock()
	if keep != nil {
		keep(mode, countdown)
	}
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
		g.begin(step)
		return context.Cause(ctx)
	}
	open := make(chan struct{})
	g.open, g.step, g.left, g.paused = open, step, g.countdown, false
	g.mu.Unlock()
	g.notify()
	defer g.notify()
	defer g.leave(open)
	g.wait(ctx, open)
	g.begin(step)
	return context.Cause(ctx)
}

func (g *Gate) begin(step string) {
	g.mu.Lock()
	c := g.counter
	g.mu.Unlock()
	c.Begin(step)
}

func (g *Gate) leave(open chan struct{}) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if g.open == open {
		g.open = nil
	}
	g.step, g.left, g.paused = "", 0, false
}

// wait returns when the gate was opened, the countdown has run out or the run was stopped. It looks at the time only while it counts
// down.
func (g *Gate) wait(ctx context.Context, open <-chan struct{}) {
	for {
		g.mu.Lock()
		changed, counts := g.changed, g.mode != Guided && !g.paused
		g.mu.Unlock()
		var second <-chan time.Time
		if counts {
			second = time.After(time.Second)
		}
		select {
		case <-open:
			return
		case <-ctx.Done():
			return
		case <-changed:
		case <-second:
			if g.tick() {
				return
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
