package event

import (
	"maps"
	"slices"
	"sync"
)

// Counts holds how many items of each kind of resource ended in each status.
type Counts map[string]map[Status]int

// Add counts one more item.
func (c Counts) Add(resource string, s Status) {
	if c[resource] == nil {
		c[resource] = map[Status]int{}
	}
	c[resource][s]++
}

// Merge adds all of o.
func (c Counts) Merge(o Counts) {
	for r, m := range o {
		for s, n := range m {
			if c[r] == nil {
				c[r] = map[Status]int{}
			}
			c[r][s] += n
		}
	}
}

// Of is the number of items in status s over all resources.
func (c Counts) Of(s Status) int {
	n := 0
	for _, m := range c {
		n += m[s]
	}
	return n
}

// Resources lists the kinds counted, in alphabetical order.
func (c Counts) Resources() []string { return slices.Sorted(maps.Keys(c)) }

// Tally counts item events on their way to another sink, so that a run and its report cannot disagree.
// The zero value with a Next is ready to use.
type Tally struct {
	Next Sink

	mu     sync.Mutex
	counts Counts
	faults []Event
}

// keepFaults bounds how many failures a report carries with their reasons; the log has all of them.
const keepFaults = 1000

// onTheWay are the states that an item passes before its outcome: they are told, but only the outcome is counted.
var onTheWay = map[Status]bool{InProgress: true, Downloading: true, Downloaded: true}

// Emit counts e if it is an item's outcome and passes it on.
func (t *Tally) Emit(e Event) {
	if e.Kind == Item && !onTheWay[e.Status] {
		t.mu.Lock()
		if t.counts == nil {
			t.counts = Counts{}
		}
		t.counts.Add(e.Resource, e.Status)
		if e.Status == Failed && len(t.faults) < keepFaults {
			t.faults = append(t.faults, e)
		}
		t.mu.Unlock()
	}
	t.Next.Emit(e)
}

// Counts returns a copy of what was counted so far.
func (t *Tally) Counts() Counts {
	t.mu.Lock()
	defer t.mu.Unlock()
	c := Counts{}
	c.Merge(t.counts)
	return c
}

// Failures returns the first thousand failed items.
func (t *Tally) Failures() []Event {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.faults)
}

// Tee passes every event to several sinks.
type Tee []Sink

// Emit passes e to all of them.
func (t Tee) Emit(e Event) {
	for _, s := range t {
		s.Emit(e)
	}
}

// Recorder keeps all events; it is meant for tests and small runs.
type Recorder struct {
	mu     sync.Mutex
	events []Event
}

// Emit keeps e and numbers it.
func (r *Recorder) Emit(e Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	e.Seq = uint64(len(r.events) + 1)
	r.events = append(r.events, e)
}

// Events returns a copy of what was recorded.
func (r *Recorder) Events() []Event {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.events)
}
