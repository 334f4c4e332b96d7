package pace

import (
	"context"
	"math/rand/v2"
	"sync"
	"time"
)

// Obstacle is what keeps every call from being answered and passes by itself, or once a person has done something about it: the
// network is gone, or the credentials are.
type Obstacle struct {
	Name string // what front ends call it, such as network or expired
	// Local is set when other calls may well be answered: only those to the same service tell whether it has passed.
	Local bool
	// Slow is set when a person has to act, so that trying again soon is of no use.
	Slow bool
}

// Held is what keeps calls back.
type Held struct {
	Obstacle
	Err     error     // what the last try met
	Since   time.Time // when it began
	Next    time.Time // when it is tried again; zero while a try is under way
	Tries   int
	Waiting int // calls that wait
}

// Hold keeps calls back while none would be answered, instead of letting each fail: one call at a time tries again, after waits
// that grow, and once it is answered all go on. It is safe for concurrent use.
type Hold struct {
	sort func(error) (Obstacle, bool)

	mu       sync.Mutex
	patience time.Duration
	gate     *gate         // nil while calls go out
	changed  chan struct{} // closed at the next change
}

// gate is a Hold that holds.
type gate struct {
	Held
	service string // whose calls tell whether it has passed; "": any
	same    int    // how many of those wait
	trying  bool
	over    bool // waited for long enough: calls fail
}

// NewHold makes a Hold. sort tells whether an error is an obstacle; patience is how long one is waited out: below 0 there is
// no end to it, and with 0 calls that meet one fail at once.
func NewHold(patience time.Duration, sort func(error) (Obstacle, bool)) *Hold {
	return &Hold{patience: patience, sort: sort, changed: make(chan struct{})}
}

// SetPatience changes how long obstacles are waited out from now on.
func (h *Hold) SetPatience(d time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.patience = d
	h.wake()
}

// State is what holds calls back now; false when nothing does.
func (h *Hold) State() (Held, bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gate == nil || h.gate.over {
		return Held{}, false
	}
	s := h.gate.Held
	if h.gate.trying {
		s.Next = time.Time{}
	}
	return s, true
}

// GaveUp tells that an obstacle outlasted the patience, and is still there as far as is known.
func (h *Hold) GaveUp() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.gate != nil && h.gate.over
}

// Changed is closed when State is no longer what it was. Ask for it before State.
func (h *Hold) Changed() <-chan struct{} {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.changed
}

// TryNow has the next try made at once.
func (h *Hold) TryNow() {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gate != nil {
		h.gate.Next = time.Now()
		h.wake()
	}
}

// Do runs fn, which asks a service for something, again and again as long as an obstacle is in its way. The calls that fn makes must
// not be held by h themselves. A nil Hold runs fn once.
func (h *Hold) Do(ctx context.Context, service string, fn func() error) error {
	for {
		if err := h.guard(ctx, service, fn); ctx.Err() != nil || !h.holds(err) {
			return err
		}
	}
}

// guard runs fn once it may go out, and takes notice of how it ended.
func (h *Hold) guard(ctx context.Context, service string, fn func() error) error {
	if h == nil {
		return fn()
	}
	probe, err := h.pass(ctx, service)
	if err != nil {
		return err
	}
	err = fn()
	if ctx.Err() != nil {
		h.release(probe)
	} else {
		h.observe(service, probe, err)
	}
	return err
}

// obstructs tells whether err is an obstacle: no time is lost with it but the Hold's.
func (h *Hold) obstructs(err error) bool {
	if err == nil || h == nil {
		return false
	}
	_, ok := h.sort(err)
	return ok
}

// holds tells whether a call that met err is to wait and to be sent again.
func (h *Hold) holds(err error) bool {
	if !h.obstructs(err) {
		return false
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.patience != 0 && (h.gate == nil || !h.gate.over)
}

// pass waits until a call may go out. probe tells that the call is the one that finds out whether the obstacle is still there.
func (h *Hold) pass(ctx context.Context, service string) (probe bool, err error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for {
		g := h.gate
		if g == nil || g.over {
			return false, nil
		}
		now := time.Now()
		wait, may := g.next(now, service, h.patience)
		switch {
		case may:
			g.trying = true
			h.wake()
			return true, nil
		case g.over:
			h.wake()
			return false, g.Err
		}
		if err := h.wait(ctx, g, service, wait); err != nil {
			return false, err
		}
		if h.gate == g && g.over {
			return false, g.Err
		}
	}
}

// next is how long a call has to wait at a gate before it looks again; may tells that it is to try now.
func (g *gate) next(now time.Time, service string, patience time.Duration) (wait time.Duration, may bool) {
	const long = time.Hour
	end := long
	if patience >= 0 {
		end = g.Since.Add(patience).Sub(now)
	}
	switch {
	case g.trying:
		return long, false // its end wakes everybody
	case end <= 0:
		g.over = true
		return 0, false
	case g.service != "" && g.service != service && g.same > 0:
		return end, false // those who know better are there
	}
	wait = g.Next.Sub(now)
	return min(max(wait, 0), end), wait <= 0
}

// wait waits for a change, for d or for ctx. h is locked before and after.
func (h *Hold) wait(ctx context.Context, g *gate, service string, d time.Duration) error {
	same := 0
	if service == g.service {
		same = 1
	}
	g.Waiting++
	g.same += same
	changed := h.changed
	h.mu.Unlock()
	t := time.NewTimer(d)
	defer t.Stop()
	var err error
	select {
	case <-ctx.Done():
		err = context.Cause(ctx)
	case <-changed:
	case <-t.C:
	}
	h.mu.Lock()
	g.Waiting--
	g.same -= same
	if err != nil && same == 1 && g.same == 0 {
		h.wake() // somebody else has to try now
	}
	return err
}

// observe takes notice of how a call ended.
func (h *Hold) observe(service string, probe bool, err error) {
	var o Obstacle
	met := false
	if err != nil {
		o, met = h.sort(err)
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	g, now := h.gate, time.Now()
	switch {
	case met && g == nil && h.patience != 0:
		g = &gate{Held: Held{Obstacle: o, Err: err, Since: now, Tries: 1}}
		h.gate = g
	case met && probe:
		g.Obstacle, g.Err, g.trying = o, err, false
		g.Tries++
	case !met && (probe || err == nil && g != nil && g.over):
		h.gate = nil
		h.wake()
		return
	default: // it was under way when others met the obstacle
		return
	}
	g.service = ""
	if o.Local {
		g.service = service
	}
	g.Next = now.Add(delay(o, g.Tries))
	h.wake()
}

// release lets another call try, since this one was stopped before it was answered.
func (h *Hold) release(probe bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if probe && h.gate != nil {
		h.gate.trying = false
		h.wake()
	}
}

// Waits between tries. A person who has to act is given a few seconds; nothing is gained by asking a service that is gone more often.
const (
	firstDelay = 500 * time.Millisecond
	slowDelay  = 5 * time.Second
	maxDelay   = 15 * time.Second
)

// delay is how long to wait after so many tries. A quarter of it is chance, so that many programs do not come back at once.
func delay(o Obstacle, tries int) time.Duration {
	d := min(firstDelay<<min(tries-1, 10), maxDelay)
	if o.Slow && tries > 1 {
		d = slowDelay
	}
	return d - time.Duration(rand.Int64N(int64(d)/4))
}

// wake tells those who wait that something has changed. h is locked.
func (h *Hold) wake() {
	close(h.changed)
	h.changed = make(chan struct{})
}
