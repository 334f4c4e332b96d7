// Package clock is the sandbox's one clock for everything that waits: thing type deprecation, timeouts,
// URL expiry. It may run faster than the wall clock, so that a demonstration need not wait five minutes.
package clock

import (
	"sync"
	"time"
)

// Clock tells the sandbox's time.
type Clock interface {
	// Now is the sandbox's time, in UTC and never going back.
	Now() time.Time
	// Speed is how many sandbox seconds pass in one second of the wall clock.
	Speed() float64
}

// Fast is a clock that runs Speed times as fast as the wall clock.
type Fast struct {
	start time.Time // sandbox time at began
	began time.Time // wall time, with its monotonic reading
	speed float64
}

// New starts a clock at the wall clock's time, or at floor when that is later: a sandbox that ran fast
// before must not see its own past as its future. A speed of zero or less is taken as 1.
func New(speed float64, floor time.Time) *Fast {
	if speed <= 0 {
		speed = 1
	}
	now := time.Now()
	start := now
	if floor.After(now) {
		start = floor
	}
	return &Fast{start: start.UTC().Round(0), began: now, speed: speed}
}

// Now implements Clock.
func (c *Fast) Now() time.Time {
	return c.start.Add(time.Duration(float64(time.Since(c.began)) * c.speed))
}

// Speed implements Clock.
func (c *Fast) Speed() float64 { return c.speed }

// Manual is a clock that moves only when told to; it makes tests exact.
type Manual struct {
	mu  sync.Mutex
	now time.Time
}

// NewManual returns a Manual clock that stands at now.
func NewManual(now time.Time) *Manual { return &Manual{now: now.UTC()} }

// Now implements Clock.
func (c *Manual) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

// Advance moves the clock forward by d.
func (c *Manual) Advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// Speed implements Clock; a manual clock counts as running at the wall clock's speed.
func (c *Manual) Speed() float64 { return 1 }
