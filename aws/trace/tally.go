package trace

import (
	"time"

	"fleetlab/aws/pace"
)

// Tally is what is known of all calls of one operation, also of those that are not kept any more.
type Tally struct {
	Calls     int           // calls, however often each was tried
	Errors    int           // calls that failed in the end
	Attempts  int           // requests sent
	Throttles int           // requests that were refused as too fast
	Latency   time.Duration // of all calls together, without the waits for their turn and between attempts
	Slowest   time.Duration // latency of the slowest call
}

// Mean is the latency of a call.
func (t Tally) Mean() time.Duration {
	if t.Calls == 0 {
		return 0
	}
	return t.Latency / time.Duration(t.Calls)
}

// Tally says what every operation did so far, by names as pace.Name spells them: iot:CreateThing.
func (l *Log) Tally() map[string]Tally {
	l.mu.Lock()
	defer l.mu.Unlock()
	out := make(map[string]Tally, len(l.tally))
	for op, t := range l.tally {
		out[pace.Name(op.service, op.name)] = *t
	}
	return out
}

func (l *Log) count(c *Call) {
	op := operation{c.Service, c.Operation}
	t := l.tally[op]
	if t == nil {
		t = &Tally{}
		l.tally[op] = t
	}
	t.Calls++
	t.Attempts += c.Attempts
	t.Throttles += c.Throttles
	t.Latency += c.Latency
	t.Slowest = max(t.Slowest, c.Latency)
	if c.Failed() {
		t.Errors++
	}
}
