package run

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/workflows/event"
)

func TestRunLifeCycle(t *testing.T) {
	t.Parallel()
	g := NewRegistry(t.Context(), Options{LogDir: t.TempDir(), Mode: learn.Express})
	r := g.For("home#1").Start("provision", func(ctx context.Context, s event.Stage) (any, error) {
		s.Sink.Emit(event.Event{Kind: event.RunStarted, Total: 2})
		s.Sink.Emit(event.Event{Kind: event.Item, Status: event.Created, Done: 1, Total: 2})
		s.Sink.Emit(event.Event{Kind: event.Item, Status: event.Failed, Done: 2, Total: 2})
		s.Sink.Emit(event.Event{Kind: event.RunEnded, Status: event.Partial})
		return "report", nil
	})
	feeds := g.Take()
	if len(feeds) != 1 || len(g.Take()) != 0 {
		t.Fatal("a new run must be taken once")
	}
	<-r.Done()
	b := feed.Listen(t.Context(), feeds[0], 0)().(feed.BatchMsg)
	owner, ok := g.Observe(b)
	if !ok || owner != "home#1" || !b.Last {
		t.Errorf("owner %q %v, last %v", owner, ok, b.Last)
	}
	p := r.Progress()
	if p.Done != 2 || p.Total != 2 || p.Failed != 1 || p.Status != event.Partial {
		t.Errorf("progress %+v", p)
	}
	if report, err := r.Result(); report != "report" || err != nil {
		t.Errorf("result %v, %v", report, err)
	}
	log, err := os.ReadFile(r.LogPath)
	if err != nil || strings.Count(string(log), "\n") != 4 {
		t.Errorf("log %q, %v; want four lines", log, err)
	}
	if r.Running() || len(g.Running()) != 0 || !g.Wait(time.Second) {
		t.Error("the run has ended, but still counts as running")
	}
}

func TestPanicBecomesAnEventAndAnError(t *testing.T) {
	t.Parallel()
	g := NewRegistry(t.Context(), Options{})
	r := g.For("x#1").Start("simulate", func(context.Context, event.Stage) (any, error) { panic("boom") })
	<-r.Done()
	if _, err := r.Result(); err == nil || !strings.Contains(err.Error(), "boom") {
		t.Errorf("error %v", err)
	}
	events, ended := r.feed.Take()
	if len(events) != 1 || events[0].Status != event.RunFailed || events[0].Fault.Class != "panic" || !ended {
		t.Errorf("events %+v, ended %v", events, ended)
	}
}

func TestStopEndsTheContextOnce(t *testing.T) {
	t.Parallel()
	g := NewRegistry(t.Context(), Options{})
	inFlight := make(chan struct{})
	r := g.For("x#1").Start("simulate", func(ctx context.Context, s event.Stage) (any, error) {
		<-ctx.Done()
		<-inFlight
		return nil, context.Cause(ctx)
	})
	r.Stop()
	r.Stop()
	if !r.Stopping() || !r.Running() || g.Wait(0) {
		t.Error("the run must be stopping until its calls in flight are done")
	}
	close(inFlight)
	<-r.Done()
	if _, err := r.Result(); !errors.Is(err, ErrStopped) {
		t.Errorf("error %v, want %v", err, ErrStopped)
	}
	if r.Stop(); r.Stopping() {
		t.Error("a run that has ended cannot be stopping")
	}
}

func TestNoLogFileIsAWarningNotAFailure(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	g := NewRegistry(t.Context(), Options{LogDir: filepath.Join(file, "below")})
	r := g.For("x#1").Start("cleanup", func(context.Context, event.Stage) (any, error) { return nil, nil })
	<-r.Done()
	events, _ := r.feed.Take()
	if len(events) != 1 || events[0].Kind != event.Warning || r.LogPath != "" {
		t.Errorf("events %+v, path %q", events, r.LogPath)
	}
	if _, err := r.Result(); err != nil {
		t.Errorf("error %v", err)
	}
}

func TestRateAndTimeLeft(t *testing.T) {
	t.Parallel()
	var r Run
	start := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 11 {
		r.observe([]event.Event{{Kind: event.Item, Time: start.Add(time.Duration(i) * time.Second), Done: i * 80, Total: 1600}})
	}
	p := r.Progress()
	if p.Rate != 80 || p.Left != 10*time.Second {
		t.Errorf("rate %v and %v left, want 80 and 10s", p.Rate, p.Left)
	}
	r.observe([]event.Event{{Kind: event.StepStarted, Step: "b", Time: start.Add(time.Minute), Total: 10}})
	if p := r.Progress(); p.Done != 0 || p.Total != 10 || p.Rate != 0 || p.Step != "b" {
		t.Errorf("a new step begins at zero, got %+v", p)
	}
	for done, told := range []bool{1: false, early - 1: false, early: true} {
		var r Run
		r.observe([]event.Event{{Kind: event.Item, Time: start, Total: 600}})
		r.observe([]event.Event{{Kind: event.Item, Time: start.Add(time.Second), Done: done, Total: 600}})
		if left := r.Progress().Left; (left > 0) != told {
			t.Errorf("after %d of 600, %v are left", done, left)
		}
	}
}

func TestGuidedRunWaitsForItsReader(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := NewRegistry(t.Context(), Options{Mode: learn.Guided})
		passed := 0
		r := g.For("x#1").Start("provision", func(ctx context.Context, s event.Stage) (any, error) {
			for _, step := range []string{"a", "b"} {
				if err := s.Pass(ctx, step); err != nil {
					return nil, err
				}
				passed++
			}
			return nil, nil
		})
		synctest.Wait()
		if step, _, ok := r.Gate.Waiting(); !ok || step != "a" || passed != 0 {
			t.Fatalf("waits at %q (%v) after %d steps", step, ok, passed)
		}
		r.Gate.Release()
		synctest.Wait()
		if step, _, ok := r.Gate.Waiting(); !ok || step != "b" || passed != 1 {
			t.Fatalf("waits at %q (%v) after %d steps", step, ok, passed)
		}
		r.Stop()
		<-r.Done()
		if _, err := r.Result(); !errors.Is(err, ErrStopped) || passed != 1 {
			t.Errorf("error %v after %d steps", err, passed)
		}
	})
}
