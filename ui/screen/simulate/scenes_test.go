package simulate

import (
	"errors"
	"testing"
	"time"

	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

var errRefused = errors.New("connect to 127.0.0.1: connection refused")

func ended(result any, err error) func(*testing.T, *stage) {
	return func(_ *testing.T, s *stage) {
		s.enterForm()
		s.ended(result, err)
	}
}

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*stage]{
	"loading": func(_ *testing.T, s *stage) { s.reading.Start(at.Add(-3*time.Second), nil) },
	"error":   func(_ *testing.T, s *stage) { s.takeJobs(nil, errRefused) },
	"empty":   func(_ *testing.T, s *stage) { s.offer(nil) },
	"jobs":    func(_ *testing.T, s *stage) { s.offer(jobs()) },
	"marked": func(_ *testing.T, s *stage) {
		s.offer(jobs())
		uitest.Press(s.Update, " ", "G", " ")
	},
	"scheduled": func(_ *testing.T, s *stage) {
		s.offer(jobs())
		uitest.Press(s.Update, "down", "down", "down")
	},
	"idle": func(_ *testing.T, s *stage) {
		s.offer(jobs())
		uitest.Press(s.Update, "down")
	},
	"form": func(_ *testing.T, s *stage) { s.enterForm() },
	"wrong": func(_ *testing.T, s *stage) {
		s.enterForm()
		uitest.Press(s.Update, "0")
	},
	"weights": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.form.Set(simulate.FieldOffline, "20")
		s.form.OnChange(simulate.FieldOffline)
		s.form.Focus(simulate.FieldFailures)
		uitest.Press(s.Update, "right", "right", "down", "down", "x")
	},
	"planning": func(t *testing.T, s *stage) {
		s.enterForm()
		s.hold(t)
		s.Update(feed.BatchMsg{Run: s.reg.All()[0].ID, Events: []event.Event{{Kind: event.Progress, Step: simulate.StepFind, Done: 1500, Total: 12000}}})
	},
	"stuck": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.planEnds(simulate.Plan{}, errRefused)
	},
	"plan": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.planEnds(plan(100), nil)
	},
	"streaming": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.planEnds(plan(100), nil)
		s.lines.stream()
		for range 10 {
			s.lines.streamed(streamMsg{s.lines.gen})
		}
	},
	"reversal": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.ended(reported(event.Done), nil)
		s.reversed(reversalPlan(), nil)
	},
	"nothing-back": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.ended(reported(event.Done), nil)
		p := reversalPlan()
		p.Moves = nil
		s.reversed(p, nil)
	},
	"back-stuck": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.ended(reported(event.Done), nil)
		s.reversed(rollback.Plan{}, errRefused)
	},
	"search": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.planEnds(plan(100), nil)
		uitest.Press(s.Update, "/", "checksum")
	},
	"devices": func(t *testing.T, s *stage) {
		s.enterForm()
		s.midway(t)
		s.View()
		uitest.Press(s.Update, "o", "right", "right", "right")
	},
	"lines": func(t *testing.T, s *stage) {
		s.enterForm()
		s.midway(t)
		uitest.Press(s.Update, "tab", "o", "f")
	},
	"story": func(t *testing.T, s *stage) {
		s.enterForm()
		s.midway(t)
		s.tell(3)
	},
	"running": func(t *testing.T, s *stage) {
		s.enterForm()
		s.midway(t)
	},
	"done":        ended(reported(event.Done), nil),
	"partial":     ended(reported(event.Partial), nil),
	"aborted":     ended(aborted(), nil),
	"interrupted": ended(interrupted(), nil),
	"failed": ended(simulate.Report{Report: event.Report{Status: event.RunFailed}, Jobs: jobs()[:1], Unfinished: 100,
		Planned: map[string]int{"SUCCESS": 75, "FAILURE": 25}}, errRefused),
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
	s := newStage(t, p, nil, nil)
	s.d.Theme = th
	return s
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	scenes.Exact(t, themed)
}
