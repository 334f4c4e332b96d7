package simulate

import (
	"strings"
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/simulate"
)

// fill fills in a field as a person does.
func (s *stage) fill(field, value string) {
	s.form.Set(field, value)
	s.form.OnChange(field)
}

func TestSeveralJobsAreMarkedAndChosen(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.offer(jobs())
	uitest.Press(s.Update, " ", "G", " ", "enter")
	if s.phase != asking || s.in.Job != newest+",collect-logs" || !strings.Contains(s.View(), "2 jobs") {
		t.Errorf("phase %v, jobs %q:\n%s", s.phase, s.in.Job, s.View())
	}
	if n, known := s.devices(); n != 140 || !known {
		t.Errorf("%d devices, want those of both jobs", n)
	}
}

func TestOnlyJobsWithWorkCanBeMarked(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.offer(jobs())
	for _, c := range []struct{ id, why string }{{"rotate-certificates", "starts 2026-12-01T02:00"}, {"fleetlab-ota-20261122-090000", "Nothing waits"}} {
		s.jobs.SetCursor(c.id)
		for _, key := range []string{" ", "enter"} {
			toast, ok := s.Update(uitest.Key(key))().(screen.ToastMsg)
			if !ok || !strings.Contains(toast.Text, c.why) || s.phase != choosing || len(s.jobs.Marked()) > 0 {
				t.Errorf("%q on %s: %#v, want the reason %q", key, c.id, toast, c.why)
			}
		}
	}
}

func TestNoMoreJobsThanCanBePlayed(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	var list []job
	for i := range simulate.MaxJobs + 1 {
		j := jobs()[0]
		j.ID += string(rune('a' + i))
		list = append(list, j)
	}
	s.offer(list)
	uitest.Press(s.Update, "g")
	for range simulate.MaxJobs {
		uitest.Press(s.Update, " ")
	}
	if _, ok := s.Update(uitest.Key(" "))().(screen.ToastMsg); !ok || len(s.jobs.Marked()) != simulate.MaxJobs {
		t.Errorf("%d jobs are marked", len(s.jobs.Marked()))
	}
}

func TestAMarkedJobThatHasNothingToDoAnyMoreIsUnmarked(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.offer(jobs())
	uitest.Press(s.Update, " ")
	list := jobs()
	list[0].Counts.Queued, list[0].Counts.InProgress = 0, 0
	if s.offer(list); len(s.jobs.Marked()) != 0 {
		t.Error("a job that is idle now is still marked")
	}
}

func TestFieldsFold(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	shows := func(label string, want bool) {
		t.Helper()
		if got := strings.Contains(s.View(), label); got != want {
			t.Errorf("%q shown: %v, want %v", label, got, want)
		}
	}
	shows("Offline for", false)
	s.fill(simulate.FieldOffline, "10")
	shows("Offline for", true)
	shows("low battery", false)
	s.fill(simulate.FieldFailures, mixOwn)
	shows("low battery", true)
	s.fill(simulate.FieldSuccessRate, "100")
	shows("low battery", false)
	shows("Kinds of failure", false)
}

func TestWeightsAreWhatWasTyped(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	s.fill(simulate.FieldFailures, mixEven)
	for _, kind := range simulate.Kinds() {
		want := 1
		if kind == simulate.Silent { // the job has no timeout
			want = 0
		}
		if got := s.in.Failures.Of(kind); got != want {
			t.Errorf("%s weighs %d among all alike, want %d", kind, got, want)
		}
	}
	s.fill(simulate.FieldFailures, mixOwn)
	s.fill(weightField+simulate.LowBattery, "7")
	if got := s.in.Failures.Of(simulate.LowBattery); got != 7 {
		t.Errorf("low battery weighs %d, want what was typed", got)
	}
	s.fill(weightField+simulate.LowBattery, "many")
	if got := s.in.Failures.Of(simulate.NoSpace); got != 1 || s.form.OK() {
		t.Errorf("a wrong weight is taken, or the others are lost: %v", s.in.Failures)
	}
	for _, kind := range s.kinds() {
		s.fill(weightField+kind, "0")
	}
	if s.form.Focus(planButton); s.form.OK() {
		t.Error("devices are to fail, but in no way")
	}
	if uitest.Press(s.Update, "enter"); s.phase != asking {
		t.Error("the plan is made although no failure has any weight")
	}
}

func TestSilenceTakesATimeout(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.offer(jobs())
	s.ask(jobs()[4])
	s.fill(simulate.FieldFailures, mixEven)
	if got := s.in.Failures.Of(simulate.Silent); got != 1 {
		t.Errorf("silent weighs %d although the job has a timeout", got)
	}
	if s.ask(jobs()[0]); s.in.Failures.Of(simulate.Silent) != 0 {
		t.Error("silent devices are left for a job without a timeout")
	}
}

func TestThePlanIsFiltered(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	s.planEnds(plan(100), nil)
	uitest.Press(s.Update, "/")
	if !s.Capturing() {
		t.Fatal("letters are not text while a filter is typed")
	}
	uitest.Press(s.Update, "BATTERY", "enter")
	if view := s.View(); strings.Contains(view, "SUCCESS") || !strings.Contains(view, "[8/100]") || s.phase != planned {
		t.Errorf("the filter shows other lines, or enter ran the plan:\n%s", view)
	}
	uitest.Press(s.Update, "/", "x")
	if view := s.View(); !strings.Contains(view, "No line has that in it") {
		t.Errorf("nothing is found, and nobody says so:\n%s", view)
	}
	if _, stayed := s.Back(); !stayed || s.lines.count() != 100 {
		t.Error("esc does not show all lines again")
	}
}
