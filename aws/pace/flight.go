package pace

import (
	"sync"
	"time"
)

// flight is the attempts that were sent and are not answered yet.
type flight struct {
	mu    sync.Mutex
	next  int
	began map[int]time.Time
}

// begin notes an attempt; end tells that it was answered, or given up.
func (f *flight) begin() (end func()) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.began == nil {
		f.began = map[int]time.Time{}
	}
	n := f.next
	f.next++
	f.began[n] = time.Now()
	return func() {
		f.mu.Lock()
		defer f.mu.Unlock()
		delete(f.began, n)
	}
}

// Unanswered is how many calls were sent at least so long ago and still wait for an answer, and how long the first of them waits.
func (p *Pacer) Unanswered(atLeast time.Duration) (calls int, longest time.Duration) {
	p.flight.mu.Lock()
	defer p.flight.mu.Unlock()
	for _, t := range p.flight.began {
		if d := time.Since(t); d >= atLeast {
			calls++
			longest = max(longest, d)
		}
	}
	return calls, longest
}
