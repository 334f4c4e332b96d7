package learn

import (
	"context"
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
		g.SetMode(Express)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if err := <-pass(t.Context(), g); err != nil {
			t.Fatal("express waits for nobody")
		}
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
