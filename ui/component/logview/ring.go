package logview

import (
	"slices"

	"fleetlab/workflows/event"
)

// Capacity is how many events a log view keeps; the complete record is in the log file.
const Capacity = 100_000

// ring keeps the last events as values. Positions are absolute, counted from the first event ever, so that
// an event keeps its position when older ones go.
type ring struct {
	buf    []event.Event
	cap    int
	total  int   // events ever appended; the position of the next
	failed []int // positions kept of what went wrong
	misses int   // items that failed, ever
	notes  int   // warnings, ever
}

func newRing(capacity int) *ring { return &ring{cap: capacity} }

// first is the position of the oldest event kept.
func (r *ring) first() int { return r.total - len(r.buf) }

// at is the event at a position between first and total.
func (r *ring) at(pos int) event.Event { return r.buf[pos%r.cap] }

func (r *ring) push(e event.Event) {
	if len(r.buf) < r.cap {
		r.buf = append(r.buf, e)
	} else {
		r.buf[r.total%r.cap] = e
	}
	if wrong(e) {
		r.failed = append(r.failed, r.total)
	}
	switch {
	case e.Missed():
		r.misses++
	case e.Kind == event.Warning:
		r.notes++
	}
	r.total++
}

// trim forgets the failures that are no longer kept.
func (r *ring) trim() {
	r.failed = dropBefore(r.failed, r.first())
}

// wrong reports whether an event belongs among the failures: items that failed, and calls that did. A warning without a fault is only
// good to know.
func wrong(e event.Event) bool {
	return e.Missed() || e.Status == event.Failed || e.Status == event.RunFailed || e.Fault != nil
}

// dropBefore drops the positions below first from a sorted list.
func dropBefore(list []int, first int) []int {
	i, _ := slices.BinarySearch(list, first)
	return list[i:]
}
