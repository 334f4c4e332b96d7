package pool

import (
	"context"
	"errors"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestEveryItemOnce(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n, workers := rapid.IntRange(0, 200).Draw(t, "items"), rapid.IntRange(-1, 20).Draw(t, "workers")
		items := make([]int, n)
		for i := range items {
			items[i] = i
		}
		var mu sync.Mutex
		var got []int
		if err := Each(context.Background(), workers, slices.Values(items), func(_ context.Context, i int) {
			mu.Lock()
			defer mu.Unlock()
			got = append(got, i)
		}); err != nil {
			t.Fatal(err)
		}
		slices.Sort(got)
		if !slices.Equal(got, items) {
			t.Fatalf("%v", got)
		}
	})
}

func TestNoMoreThanWorkersAtOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var now, most atomic.Int32
		start := time.Now()
		if err := Each(t.Context(), 4, slices.Values(make([]int, 20)), func(context.Context, int) {
			n := now.Add(1)
			for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
			}
			time.Sleep(time.Second) // of the bubble's clock
			now.Add(-1)
		}); err != nil {
			t.Fatal(err)
		}
		if most.Load() != 4 || time.Since(start) != 5*time.Second {
			t.Errorf("%d at once, %s in all", most.Load(), time.Since(start))
		}
	})
}

func TestStopStartsNothingMore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stop := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		var started, finished atomic.Int32
		time.AfterFunc(2500*time.Millisecond, func() { cancel(stop) })
		err := Each(ctx, 3, slices.Values(make([]int, 100)), func(context.Context, int) {
			started.Add(1)
			time.Sleep(time.Second)
			finished.Add(1)
		})
		if !errors.Is(err, stop) {
			t.Errorf("got %v, want the reason of the stop", err)
		}
		if started.Load() != 9 || finished.Load() != 9 {
			t.Errorf("%d started, %d finished, want 9: those in progress finish and no other starts", started.Load(), finished.Load())
		}
	})
}

func TestStopAfterTheLastItemIsNoError(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	if err := Each(ctx, 1, slices.Values([]int{1}), func(context.Context, int) { cancel() }); err != nil {
		t.Errorf("nothing was left out, but: %v", err)
	}
}

func TestPanicComesBack(t *testing.T) {
	t.Parallel()
	err := Each(t.Context(), 2, slices.Values(make([]int, 50)), func(context.Context, int) { panic("boom") })
	var p *Panic
	if !errors.As(err, &p) || p.Value != "boom" || len(p.Stack) == 0 {
		t.Errorf("got %v", err)
	}
}
