package fleet

import (
	"context"
	"errors"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/workflows/event"
)

// play runs one step and returns its outcome, the report and what was said.
func play(ctx context.Context, t *testing.T, fn func(context.Context, *Step)) (rep event.Report, said []event.Event, stepErr, runErr error) {
	t.Helper()
	rec := &event.Recorder{}
	ctx, run := Begin(ctx, "test", event.Stage{Sink: rec}, 3)
	stepErr = run.Step(ctx, "one", "lesson-one", fn)
	rep, runErr = run.End(ctx)
	return rep, rec.Events(), stepErr, runErr
}

func TestOutcomes(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	for _, tc := range []struct {
		name string
		fn   func(context.Context, *Step)
		want event.Status
		err  error
	}{
		{"nothing to do", func(context.Context, *Step) {}, event.Done, nil},
		{"all went well", func(_ context.Context, s *Step) { s.Item("thing", "a", event.Created) }, event.Done, nil},
		{"kept is well", func(_ context.Context, s *Step) { s.Item("thing", "a", event.Kept) }, event.Done, nil},
		{"some failed", func(ctx context.Context, s *Step) {
			s.Item("thing", "a", event.Created)
			s.Fail(ctx, "thing", "b", broken)
		}, event.Partial, ErrStep},
		{"all failed", func(ctx context.Context, s *Step) { s.Fail(ctx, "thing", "b", broken) }, event.RunFailed, ErrStep},
	} {
		rep, said, err, runErr := play(t.Context(), t, tc.fn)
		if err != tc.err || runErr != nil || rep.Status != tc.want {
			t.Errorf("%s: step %v, run %v, status %s", tc.name, err, runErr, rep.Status)
		}
		for _, e := range said {
			if (e.Kind == event.StepEnded || e.Kind == event.RunEnded) && e.Status != tc.want {
				t.Errorf("%s: %s says %s", tc.name, e.Kind, e.Status)
			}
			if e.Kind == event.StepStarted && e.Lesson != "lesson-one" {
				t.Errorf("%s: lesson %q", tc.name, e.Lesson)
			}
		}
	}
}

// A call that did not go out because the run was stopped is no failure; one that was refused is.
func TestStopIsNoFailure(t *testing.T) {
	t.Parallel()
	stopped := errors.New("stopped by a person")
	ctx, stop := context.WithCancelCause(t.Context())
	rep, _, err, runErr := play(ctx, t, func(ctx context.Context, s *Step) {
		stop(stopped)
		s.Fail(ctx, "thing", "a", context.Cause(ctx))
		s.Fail(ctx, "thing", "b", ctx.Err())
		s.Fail(ctx, "thing", "c", errors.New("refused"))
	})
	if !errors.Is(err, stopped) || runErr != nil || rep.Status != event.Interrupted || rep.Failed() != 1 {
		t.Errorf("step %v, run %v, status %s, %d failed", err, runErr, rep.Status, rep.Failed())
	}
}

func TestPanicEndsTheRun(t *testing.T) {
	t.Parallel()
	rep, _, _, err := play(t.Context(), t, func(ctx context.Context, s *Step) {
		Each(ctx, s, 2, []int{1, 2, 3}, func(context.Context, int) { panic("a mistake") })
	})
	if err == nil || rep.Status != event.RunFailed {
		t.Errorf("status %s, error %v", rep.Status, err)
	}
}

// Time in which a person reads is not the run's.
func TestTimeAtTheGateDoesNotCount(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, run := Begin(t.Context(), "test", event.Stage{Sink: &event.Recorder{}, Gate: slowGate{}}, 0)
		err := run.Step(ctx, "one", "", func(ctx context.Context, _ *Step) {
			if err := Pause(ctx, 2*time.Second); err != nil {
				t.Error(err)
			}
		})
		rep, _ := run.End(ctx)
		if err != nil || rep.Seconds != 2 {
			t.Errorf("%v seconds, %v", rep.Seconds, err)
		}
	})
}

type slowGate struct{}

func (slowGate) Pass(ctx context.Context, _ string) error { return Pause(ctx, time.Minute) }

func TestSkippedStepIsNoSuccess(t *testing.T) {
	t.Parallel()
	rec := &event.Recorder{}
	ctx, run := Begin(t.Context(), "test", event.Stage{Sink: rec}, 0)
	_ = run.Step(ctx, "one", "", func(_ context.Context, s *Step) { s.Item("thing", "a", event.Created) })
	run.Skip("two", "one")
	rep, err := run.End(ctx)
	if err != nil || rep.Status != event.Partial {
		t.Errorf("status %s, error %v", rep.Status, err)
	}
	if !slices.ContainsFunc(rec.Events(), func(e event.Event) bool { return e.Step == "two" && e.Detail["because"] == "one" }) {
		t.Error("the reason is not told")
	}
}

func TestForeignFault(t *testing.T) {
	t.Parallel()
	err := Foreign("role", "R", "rename it")
	if f := Fault(err); f.Class != ClassForeign || cloud.Explain(err).Message == "" {
		t.Errorf("%+v", f)
	}
}

func TestWorkTakesTheLongestBucketOfEachStep(t *testing.T) {
	t.Parallel()
	p := pace.New(pace.Config{Max: 10})
	w := WorkOf(p, []map[string]int{
		{"iot:CreateThing": 100, "iot:AddThingToThingGroup": 50},          // 10 s
		{"iot-data:UpdateThingShadow": 20, "iot-data:GetThingShadow": 30}, // 5 s, one bucket
		{"iot:UpdateIndexingConfiguration": 1, "iot:DescribeThing": 0},    // 1.25 s at 0.8 a second
	})
	if w.TotalCalls != 201 || w.Seconds != 16.25 || w.Of("iot:CreateThing") != 100 || w.Of("iot:DescribeThing") != 0 {
		t.Errorf("%+v", w)
	}
}
