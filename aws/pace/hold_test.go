package pace

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"
)

var (
	errGone    = errors.New("nobody answers")
	errExpired = errors.New("expired")
)

func newTestHold(patience time.Duration) *Hold {
	return NewHold(patience, func(err error) (Obstacle, bool) {
		switch {
		case errors.Is(err, errGone):
			return Obstacle{Name: "network", Local: true}, true
		case errors.Is(err, errExpired):
			return Obstacle{Name: "expired", Slow: true}, true
		}
		return Obstacle{}, false
	})
}

// service is what calls go to.
type service struct {
	name  string
	err   atomic.Pointer[error]
	tries atomic.Int32
}

func (s *service) set(err error) { s.err.Store(&err) }

// call is one call as the SDK makes it: guarded attempts, again as long as it is held.
func (s *service) call(ctx context.Context, h *Hold) error {
	for {
		err := h.guard(ctx, s.name, func() error {
			s.tries.Add(1)
			if e := s.err.Load(); e != nil {
				return *e
			}
			return nil
		})
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if !h.holds(err) {
			return err
		}
	}
}

// start makes calls at once and returns what waits for all of them.
func start(ctx context.Context, h *Hold, s *service, calls int) func() []error {
	var wg sync.WaitGroup
	errs := make([]error, calls)
	for i := range calls {
		wg.Go(func() { errs[i] = s.call(ctx, h) })
	}
	return func() []error { wg.Wait(); return errs }
}

func TestHoldKeepsCallsUntilOneIsAnswered(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := newTestHold(-1), &service{name: "iot"}
		s.set(errGone)
		wait := start(t.Context(), h, s, 150)
		synctest.Wait()
		atOnce := s.tries.Load()
		time.Sleep(10 * time.Minute)
		synctest.Wait()
		if n := s.tries.Load() - atOnce; n < 10*60/15 || n > 10*60/10 {
			t.Errorf("%d tries in ten minutes, want one every ten to fifteen seconds", n)
		}
		held, is := h.State()
		if !is || held.Name != "network" || held.Waiting != 150 || !errors.Is(held.Err, errGone) || time.Since(held.Since) != 10*time.Minute {
			t.Errorf("held: %+v, %v", held, is)
		}
		s.set(nil)
		for _, err := range wait() {
			if err != nil {
				t.Fatalf("a call that was held failed: %v", err)
			}
		}
		if _, is := h.State(); is {
			t.Error("it still holds")
		}
	})
}

func TestHeldCallsEndWithTheirRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := newTestHold(-1), &service{name: "iot"}
		s.set(errGone)
		stop := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		wait := start(ctx, h, s, 20)
		time.Sleep(time.Minute)
		began := time.Now()
		cancel(stop)
		for _, err := range wait() {
			if !errors.Is(err, stop) {
				t.Errorf("got %v", err)
			}
		}
		if took := time.Since(began); took != 0 {
			t.Errorf("stopping took %s", took)
		}
		s.set(nil) // the calls of another run find out
		if err := s.call(t.Context(), h); err != nil {
			t.Error(err)
		}
	})
}

func TestTryNow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := newTestHold(-1), &service{name: "iot"}
		s.set(errExpired)
		wait := start(t.Context(), h, s, 3)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		before := s.tries.Load()
		h.TryNow()
		synctest.Wait()
		if n := s.tries.Load() - before; n != 1 {
			t.Fatalf("%d tries, want one", n)
		}
		if held, _ := h.State(); time.Until(held.Next) > 5*time.Second || !held.Next.After(time.Now()) {
			t.Errorf("next try in %s, want within a few seconds", time.Until(held.Next))
		}
		s.set(nil)
		h.TryNow()
		synctest.Wait()
		if _, is := h.State(); is {
			t.Error("it still holds")
		}
		wait()
	})
}

func TestPatienceEnds(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, s := newTestHold(time.Minute), &service{name: "iot"}
		s.set(errGone)
		began := time.Now()
		for _, err := range start(t.Context(), h, s, 10)() {
			if !errors.Is(err, errGone) {
				t.Errorf("got %v, want what was in the way", err)
			}
		}
		if took := time.Since(began); took != time.Minute {
			t.Errorf("given up after %s", took)
		}
		if err := s.call(t.Context(), h); !errors.Is(err, errGone) || time.Since(began) != time.Minute {
			t.Errorf("a later call: %v after %s, want it to fail at once", err, time.Since(began))
		}
		s.set(nil)
		if err := s.call(t.Context(), h); err != nil {
			t.Error(err)
		}
		s.set(errGone)
		if err := s.call(t.Context(), h); !errors.Is(err, errGone) || time.Since(began) != 2*time.Minute {
			t.Errorf("the next time: %v after %s, want a minute of patience again", err, time.Since(began))
		}
	})
}

// TestOneServiceGone: calls to the others do not end the hold, since they would be answered and say nothing.
func TestOneServiceGone(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		h, gone, there := newTestHold(-1), &service{name: "iot-data"}, &service{name: "iot"}
		gone.set(errGone)
		wait := start(t.Context(), h, gone, 2)
		synctest.Wait()
		others := start(t.Context(), h, there, 5)
		time.Sleep(time.Minute)
		synctest.Wait()
		if there.tries.Load() != 0 {
			t.Error("another service was asked meanwhile")
		}
		gone.set(nil)
		for _, err := range append(wait(), others()...) {
			if err != nil {
				t.Error(err)
			}
		}
	})
}

func TestDoTriesAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, c := range []struct {
			patience time.Duration
			tries    int
			err      error
		}{{-1, 4, nil}, {0, 1, errExpired}, {3 * time.Second, 2, errExpired}} {
			tries := 0
			err := newTestHold(c.patience).Do(t.Context(), "sts", func() error {
				if tries++; tries < 4 {
					return errExpired
				}
				return nil
			})
			if tries != c.tries || !errors.Is(err, c.err) {
				t.Errorf("patience %s: %d tries, %v; want %d, %v", c.patience, tries, err, c.tries, c.err)
			}
		}
	})
}
