package learn

import (
	"slices"
	"sync"
	"time"
)

// Tally is what became of the calls of one operation.
type Tally struct {
	Calls     int           // calls that were answered
	Attempts  int           // requests for them: more than calls when some were sent again
	Throttles int           // answers that said to send less
	Latency   time.Duration // of all calls together, without waiting for their turn
}

// minus is what came after t was before.
func (t Tally) minus(before Tally) Tally {
	return Tally{
		Calls: t.Calls - before.Calls, Attempts: t.Attempts - before.Attempts, Throttles: t.Throttles - before.Throttles, Latency: t.Latency - before.Latency,
	}
}

// Meter says what became of all calls so far, by operation: "iot:CreateThing". It is called from the run's goroutine, too.
type Meter func() map[string]Tally

// Counter tells which calls a run has made in each of its steps. It is safe for concurrent use; a nil Counter counts nothing.
type Counter struct {
	meter Meter

	mu    sync.Mutex
	marks []mark
}

// mark is what the meter said when a step began.
type mark struct {
	step  string
	tally map[string]Tally
}

// NewCounter counts from now on.
func NewCounter(m Meter) *Counter {
	c := &Counter{meter: m}
	c.Begin("")
	return c
}

// Begin tells that a step begins.
func (c *Counter) Begin(step string) {
	if c == nil {
		return
	}
	now := mark{step, c.meter()}
	c.mu.Lock()
	c.marks = append(c.marks, now)
	c.mu.Unlock()
}

// Made is the calls of a step until the next one began, by operation; "" is the whole run. It is false for a step that has not begun.
func (c *Counter) Made(step string) (calls map[string]Tally, begun bool) {
	if c == nil {
		return nil, false
	}
	c.mu.Lock()
	marks := c.marks
	c.mu.Unlock()
	i := slices.IndexFunc(marks, func(m mark) bool { return m.step == step })
	if i < 0 {
		return nil, false
	}
	end := map[string]Tally(nil)
	if step != "" && i+1 < len(marks) {
		end = marks[i+1].tally
	} else {
		end = c.meter()
	}
	calls = make(map[string]Tally, len(end))
	for name, t := range end {
		calls[name] = t.minus(marks[i].tally[name])
	}
	return calls, true
}
