package learn

import (
	"context"
	"slices"
	"testing"
	"testing/synctest"
	"time"
)

func pass(ctx context.Context, g *Gate) <-chan error {
	done := make(chan error, 1)
	go func() { done <- g.Pass(ctx, "step") }()
	return done
}

func TestPresenterGoesOnAfterTheCountdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		g := NewGate(Presenter, 3*time.Second, func() { told++ })
		start := time.Now()
		done := pass(t.Context(), g)
		synctest.Wait()
		if _, left, ok := g.Waiting(); !ok || left != 3*time.Second {
			t.Errorf("waits %v, %v left", ok, left)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if d := time.Since(start); d != 3*time.Second {
			t.Errorf("went on after %v, want 3s", d)
		}
		if told < 4 {
			t.Errorf("the screen was told %d times, want the start, three seconds and the end", told)
		}
	})
}

func TestModeChangeReachesTheWaitingStep(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Guided, time.Second, nil)
		done := pass(t.Context(), g)
		synctest.Wait()
		start := time.Now()
		g.SetMode(Express)
		if err := <-done; err != nil || time.Since(start) != Grace {
			t.Fatalf("%v after %v, want to go on after the grace", err, time.Since(start))
		}
		if err := <-pass(t.Context(), g); err != nil {
			t.Fatal("express waits for nobody")
		}
	})
}

// TestPaceKeyPassesExpress: from presenter the key comes to guided by way of express, and no step may slip through on the way.
func TestPaceKeyPassesExpress(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Presenter, 10*time.Second, nil)
		done := pass(t.Context(), g)
		synctest.Wait()
		g.SetMode(Express)
		time.Sleep(Grace / 2)
		g.SetMode(Guided)
		time.Sleep(time.Hour)
		select {
		case <-done:
			t.Fatal("the step went on while the mode was chosen")
		default:
		}
		g.Release()
		<-done
	})
}

func TestGuidedDoesNotCountDown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), time.Hour)
		defer cancel()
		if err := <-pass(ctx, NewGate(Guided, time.Second, nil)); err != context.DeadlineExceeded {
			t.Errorf("error %v, want the end of the context", err)
		}
	})
}

func TestReleaseWithoutAWaitDoesNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Guided, time.Second, nil)
		g.Release()
		done := pass(t.Context(), g)
		synctest.Wait()
		select {
		case <-done:
			t.Fatal("an early release must not open a later gate")
		default:
		}
		g.Release()
		g.Release()
		<-done
	})
}

// waits fails the test unless the countdown has so long to go.
func waits(t *testing.T, g *Gate, want time.Duration) {
	t.Helper()
	if _, left, ok := g.Waiting(); !ok || left != want {
		t.Fatalf("waits %v, %v left, want %v", ok, left, want)
	}
}

func TestPauseHoldsTheCountdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		told := 0
		g := NewGate(Presenter, 10*time.Second, func() { told++ })
		start := time.Now()
		done := pass(t.Context(), g)
		time.Sleep(3500 * time.Millisecond)
		g.Pause()
		waits(t, g, 7*time.Second)
		before := told
		time.Sleep(time.Hour)
		if waits(t, g, 7*time.Second); told != before || !g.Paused() {
			t.Errorf("told %d times while paused, paused: %v", told-before, g.Paused())
		}
		g.Pause()
		<-done
		if took := time.Since(start) - time.Hour; took != 10500*time.Millisecond {
			t.Errorf("took %v beside the pause, want the rest of the countdown", took)
		}
		if g.Paused() {
			t.Error("the next step must not begin paused")
		}
	})
}

func TestEnterGoesOnFromAPause(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Presenter, 10*time.Second, nil)
		g.Pause()
		if g.Paused() {
			t.Error("nothing waits, yet something is paused")
		}
		done := pass(t.Context(), g)
		synctest.Wait()
		g.Pause()
		g.Release()
		<-done
	})
}

func TestLengthOfTheCountdown(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewGate(Presenter, 10*time.Second, nil)
		done := pass(t.Context(), g)
		time.Sleep(4500 * time.Millisecond)
		g.Lengthen(Stride)
		waits(t, g, 11*time.Second)
		g.Lengthen(-Stride)
		waits(t, g, 6*time.Second)
		g.Lengthen(-Stride)
		g.Lengthen(-Stride)
		if waits(t, g, time.Second); g.Length() != Shortest {
			t.Errorf("length %v, want the shortest", g.Length())
		}
		<-done
		for range 100 {
			g.Lengthen(Stride)
		}
		done = pass(t.Context(), g)
		synctest.Wait()
		waits(t, g, Longest)
		g.Release()
		<-done
	})
}

func TestModeBeginsItsCountdownAnew(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		type choice struct {
			Mode
			time.Duration
		}
		var kept []choice
		g := NewGate(Presenter, 10*time.Second, nil)
		g.Keep(func(m Mode, d time.Duration) { kept = append(kept, choice{m, d}) })
		done := pass(t.Context(), g)
		time.Sleep(4500 * time.Millisecond)
		g.Pause()
		g.SetMode(Guided)
		time.Sleep(time.Hour)
		g.SetMode(Presenter)
		if waits(t, g, 10*time.Second); g.Paused() {
			t.Error("another mode begins paused")
		}
		g.Lengthen(Stride)
		<-done
		if want := []choice{{Presenter, 10 * time.Second}, {Guided, 10 * time.Second}, {Presenter, 10 * time.Second}, {Presenter, 15 * time.Second}}; !slices.Equal(kept, want) {
			t.Errorf("kept %v, want %v", kept, want)
		}
	})
}

func TestParseMode(t *testing.T) {
	t.Parallel()
	for m := range modes {
		if got, ok := ParseMode(m.String()); got != m || !ok {
			t.Errorf("%s is read as %v, %v", m, got, ok)
		}
	}
	if _, ok := ParseMode("fast"); ok {
		t.Error("an unknown word is a mode")
	}
}
