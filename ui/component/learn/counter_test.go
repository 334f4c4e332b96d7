package learn

import (
	"testing"
	"time"
)

// meter is a meter that a test moves.
func meter() (Meter, *map[string]Tally) {
	now := map[string]Tally{}
	return func() map[string]Tally {
		out := map[string]Tally{}
		for k, v := range now {
			out[k] = v
		}
		return out
	}, &now
}

func TestCounterTellsStepsApart(t *testing.T) {
	t.Parallel()
	m, now := meter()
	const op = "iot:CreateThing"
	(*now)[op] = Tally{Calls: 100, Attempts: 100, Latency: time.Second}
	c := NewCounter(m)
	if _, begun := c.Made("a"); begun {
		t.Error("a step that has not begun has calls")
	}
	c.Begin("a")
	(*now)[op] = Tally{Calls: 103, Attempts: 105, Throttles: 2, Latency: 4 * time.Second}
	if made, _ := c.Made("a"); made[op] != (Tally{Calls: 3, Attempts: 5, Throttles: 2, Latency: 3 * time.Second}) {
		t.Errorf("made %+v", made[op])
	}
	c.Begin("b")
	(*now)[op] = Tally{Calls: 110, Attempts: 112, Throttles: 2, Latency: 5 * time.Second}
	for step, want := range map[string]int{"a": 3, "b": 7, "": 10} {
		if made, begun := c.Made(step); made[op].Calls != want || !begun {
			t.Errorf("step %q: %d calls, %v, want %d", step, made[op].Calls, begun, want)
		}
	}
}

func TestNoCounterCountsNothing(t *testing.T) {
	t.Parallel()
	var c *Counter
	c.Begin("a")
	if _, begun := c.Made("a"); begun {
		t.Error("counted without a counter")
	}
}
