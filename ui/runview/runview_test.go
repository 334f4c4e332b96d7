package runview

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// The workflow's words are those of the clean-up; its steps have lessons.
const words = "cleanup.result"

var (
	stepIDs = []string{"jobs", "things"}
	keyMore = keys.New("n", "cleanup.keys.new", "n")
	start   = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)
)

// stage is a view of a run that the test plays.
type stage struct {
	*View
	t    *testing.T
	reg  *run.Registry
	now  time.Time
	more int // times that the action was chosen
}

// newStage shows a run of fn, 80x22 as in the smallest usual terminal. spec may change what differs.
func newStage(t *testing.T, mode learn.Mode, fn run.Func, change ...func(*Spec)) *stage {
	t.Helper()
	s := &stage{t: t, reg: run.NewRegistry(t.Context(), run.Options{Mode: mode, Countdown: 3 * time.Second}), now: start}
	d := &screen.Deps{Printer: uitest.Printer(t, "en"), Theme: uitest.Theme(), Runs: s.reg.For("test#1"), Now: func() time.Time { return s.now }}
	spec := Spec{
		Words: words, Steps: stepIDs, Kinds: []string{"job", "thing"},
		Report:  func(result any) (event.Report, bool) { r, ok := result.(event.Report); return r, ok },
		Actions: func(Outcome) []Action { return []Action{{Key: keyMore, Do: func() tea.Cmd { s.more++; return nil }}} },
	}
	for _, c := range change {
		c(&spec)
	}
	s.View = New(d, spec, d.Runs.Start("cleanup", fn))
	s.SetSize(80, 22)
	return s
}

// lessons gives every step a learning moment.
func lessons(spec *Spec) {
	spec.Lesson = func(step string) (learn.Lesson, bool) {
		return learn.Lesson{ID: step, Title: "About " + step, Text: "What to know."}, true
	}
}

// give brings events to the view, as the program does.
func (s *stage) give(events ...event.Event) tea.Cmd {
	return s.Take(feed.BatchMsg{Run: s.Run().ID, Events: events})
}

// end waits for the run and shows its result.
func (s *stage) end() {
	<-s.Run().Done()
	s.Take(feed.BatchMsg{Run: s.Run().ID, Last: true})
}

func (s *stage) shows(want string, yes bool) {
	s.t.Helper()
	if view := s.View.View(); strings.Contains(view, want) != yes {
		s.t.Errorf("%q shown: want %v\n%s", want, yes, view)
	}
}

// finished is a view of a run that has ended with rep and err.
func finished(t *testing.T, rep event.Report, err error, change ...func(*Spec)) *stage {
	t.Helper()
	s := newStage(t, learn.Express, func(context.Context, event.Stage) (any, error) { return rep, err }, change...)
	s.end()
	return s
}

func untilStopped(ctx context.Context, _ event.Stage) (any, error) {
	<-ctx.Done()
	return event.Report{Status: event.Interrupted}, nil
}

func TestStopAsksFirst(t *testing.T) {
	t.Parallel()
	rest := make(chan struct{}) // calls in flight take their time
	s := newStage(t, learn.Express, func(ctx context.Context, st event.Stage) (any, error) {
		defer func() { <-rest }()
		return untilStopped(ctx, st)
	})
	s.reg.Observe(feed.BatchMsg{Run: s.Run().ID, Events: []event.Event{{Kind: event.StepStarted, Step: "things", Total: 1000}, {Kind: event.Item, Done: 412, Total: 1000}}})
	open, ok := s.Update(uitest.Key("x"))().(screen.OpenMsg)
	if !ok || s.Run().Stopping() {
		t.Fatal("x must ask, and stop nothing before the answer")
	}
	if view := open.Overlay.View(76, 20); !strings.Contains(view, "412 of 1,000") {
		t.Errorf("the question does not say how far the run is:\n%s", view)
	}
	if cmd, done := open.Overlay.Update(uitest.Key("enter")); cmd != nil || !done {
		t.Error("enter takes the default, which is No")
	}
	cmd, _ := open.Overlay.Update(uitest.Key("y"))
	s.Update(cmd())
	if s.shows("Stopping", true); s.Update(uitest.Key("x")) != nil {
		t.Error("a run that is being stopped is not asked about again")
	}
	close(rest)
	s.end()
	s.shows("Stopped", true)
}

func TestYesStopsTheRunItWasAskedAbout(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Express, untilStopped)
	other := newStage(t, learn.Express, untilStopped)
	s.Update(stopMsg{run: other.Run()})
	if s.Run().Stopping() || !other.Run().Stopping() {
		t.Error("the answer came late and stopped another run")
	}
	s.Run().Stop()
	s.end()
	other.end()
}

func TestCountdownMovesUntilSomethingHappens(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Express, untilStopped)
	waits := event.Event{Kind: event.Waiting, Step: "things", Status: "JOBS_GONE", Seconds: 90}
	if s.give(waits) == nil {
		t.Fatal("a countdown needs a tick")
	}
	s.shows("1m30s at most", true)
	if s.give(waits) != nil {
		t.Error("one tick under way is enough")
	}
	s.now = start.Add(31 * time.Second)
	if s.Update(tickMsg{}) == nil {
		t.Error("a tick leads to the next one")
	}
	s.shows("59s at most", true)
	s.now = start.Add(5 * time.Minute)
	s.shows("0s at most", true)
	s.give(event.Event{Kind: event.Item, Step: "things", Subject: "a", Status: event.Deleted, Done: 1, Total: 2})
	s.shows("at most", false)
	if s.Update(tickMsg{}) != nil {
		t.Error("nothing is waited for any more, yet it ticks on")
	}
	s.Run().Stop()
	s.end()
}

func TestEndedActions(t *testing.T) {
	t.Parallel()
	s := finished(t, event.Report{Status: event.Done, Seconds: 2}, nil)
	s.Update(uitest.Key("n"))
	if s.more != 1 {
		t.Fatalf("n in the result acted %d times, want once", s.more)
	}
	s.Update(uitest.Key("tab"))
	if s.Update(uitest.Key("n")); s.more != 1 {
		t.Error("in the log, n is the next match")
	}
	if off := s.Keys()[0].Bindings[0]; off.Off == "" {
		t.Error("the help must say why n does nothing here")
	}
	if !s.Back() || s.Back() {
		t.Error("esc goes from the log to the result, and then lets go")
	}
	s.Update(uitest.Key("x"))
	if s.Update(uitest.Key("n")); s.more != 2 {
		t.Error("back in the result, n acts again")
	}
}

func TestLessonGate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		passed := 0
		s := newStage(t, learn.Guided, func(ctx context.Context, st event.Stage) (any, error) {
			for _, step := range stepIDs {
				if err := st.Pass(ctx, step); err != nil {
					return nil, err
				}
				passed++
			}
			return event.Report{Status: event.Done}, nil
		}, lessons)
		arrive := func() {
			synctest.Wait()
			s.give()
		}
		arrive()
		s.shows("About jobs", true)
		s.shows("enter continue", true)
		if s.Update(uitest.Key("l")); passed != 0 {
			t.Error("hiding the lesson does not go on")
		}
		s.shows("About jobs", false)
		s.shows("Waits for you: enter starts", true)
		s.Update(uitest.Key("enter"))
		arrive()
		s.shows("About things", true)
		if passed != 1 {
			t.Errorf("enter let %d steps pass, want one", passed)
		}
		s.Update(uitest.Key("p"))
		s.Update(uitest.Key("esc"))
		s.Back()
		s.shows("Goes on in 3s", true)
		time.Sleep(1500 * time.Millisecond)
		s.shows("Goes on in 2s", true)
		time.Sleep(2 * time.Second)
		s.end()
		s.shows("Done", true)
	})
}

func TestHelpHasEveryKeyOnce(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, learn.Guided, func(ctx context.Context, st event.Stage) (any, error) { return nil, st.Pass(ctx, stepIDs[0]) }, lessons)
		synctest.Wait()
		s.give()
		seen := map[string]bool{}
		for _, g := range s.Keys() {
			for _, b := range g.Bindings {
				if seen[b.Show] {
					t.Errorf("%s stands twice in the help: only one of them is true", b.Show)
				}
				seen[b.Show] = true
			}
		}
		if first := keys.Bar(s.Keys()); first[0].Show != "enter" || first[1].Show != "x" {
			t.Errorf("the bottom line begins with %s and %s", first[0].Show, first[1].Show)
		}
		s.Run().Stop()
		s.end()
	})
}

func TestLongOutcomesAreNotCut(t *testing.T) {
	t.Parallel()
	counts := event.Counts{
		"package-configuration": {event.Superseded: 12, event.Failed: 1034, event.Succeeded: 98_765},
		"thing-group":           {event.Superseded: 1, event.Interrupted: 22, event.Cancelled: 333, event.Succeeded: 4444, event.Failed: 55_555},
		"thing":                 {event.Deleted: 1},
	}
	for _, w := range []int{60, 72, 80, 108, 120, 200} {
		s := finished(t, event.Report{Status: event.Partial, Counts: counts, Seconds: 1}, nil)
		s.SetSize(w, 40)
		for _, m := range counts {
			for status, n := range m {
				s.shows(string(status)+" "+s.d.Printer.Number(n), true)
			}
		}
		uitest.Exact(t, s.View.View(), w, 40)
	}
}

func TestHeadlineSpeaksOfWhatWentWrong(t *testing.T) {
	t.Parallel()
	rep := event.Report{Status: event.Partial, Counts: event.Counts{"thing": {event.Failed: 25}}, Seconds: 1}
	finished(t, rep, nil).shows("25 items failed", true)
	finished(t, rep, nil, func(s *Spec) { s.Faults = func(any) int { return 1 } }).shows("1 item failed", true)
	finished(t, event.Report{Status: event.Partial, Seconds: 1}, nil).shows("steps were left out", true)
	broken := finished(t, event.Report{}, errors.New("disk full"))
	broken.shows("Failed", true)
	broken.shows("disk full", true)
	broken.shows("took", false)
}

func TestBatchesOfOtherRunsArePassedOver(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Express, untilStopped)
	s.Take(feed.BatchMsg{Run: "another", Events: []event.Event{{Kind: event.Waiting, Seconds: 90}}, Last: true})
	if s.Ended() {
		t.Error("the end of another run ended this view")
	}
	s.shows("at most", false)
	s.Run().Stop()
	s.end()
}

func TestFocusIsSharedWithOthers(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Express, untilStopped)
	mark := s.d.Theme.Symbol.Cursor + " " + s.d.T("runview.log")
	s.shows(mark, true)
	s.Blur(true)
	s.shows(mark, false)
	s.Blur(false)
	s.shows(mark, true)
	s.Run().Stop()
	s.end()
}

func TestTheLogCanBeGivenTheKeys(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Express, untilStopped)
	if _, ok := s.Selected(); ok {
		t.Error("an empty log has no row under the cursor")
	}
	s.give(event.Event{Kind: event.Item, Subject: "a", Status: event.Created}, event.Event{Kind: event.Item, Subject: "b", Status: event.Failed})
	if e, ok := s.Selected(); !ok || e.Subject != "b" || !s.OnLog() {
		t.Errorf("selected %+v, %v", e, ok)
	}
	s.Run().Stop()
	s.end()
	if s.OnLog() {
		t.Error("after the run the result has the keys first")
	}
	s.ShowFailures()
	if e, ok := s.Selected(); !ok || e.Subject != "b" || !s.OnLog() {
		t.Errorf("the failures are not shown: %+v, %v", e, ok)
	}
	if s.ShowLog(false); s.OnLog() {
		t.Error("the result does not get the keys back")
	}
}

func TestAnEndingOfItsOwn(t *testing.T) {
	t.Parallel()
	ending := func(s *Spec) { s.Ending = func(o Outcome) string { return "Canceled by others" } }
	rep := event.Report{Status: event.Done, Seconds: 1}
	finished(t, rep, nil, ending).shows("! Canceled by others", true)
	broken := finished(t, event.Report{}, errors.New("disk full"), ending)
	broken.shows("Canceled by others", false)
}

func TestPauseIsSaidBesideTheLog(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newStage(t, learn.Presenter, func(ctx context.Context, st event.Stage) (any, error) { return nil, st.Pass(ctx, stepIDs[0]) }, lessons)
		synctest.Wait()
		s.give()
		s.Back()
		time.Sleep(1500 * time.Millisecond)
		s.Update(uitest.Key(" "))
		s.shows("Paused with 2s left", true)
		time.Sleep(time.Hour)
		s.Update(uitest.Key(" "))
		s.shows("Goes on in 2s", true)
		s.Update(uitest.Key("+"))
		s.shows("Goes on in 7s", true)
		time.Sleep(8 * time.Second)
		s.end()
	})
}

// What was chosen for one run is how the next one begins.
func TestPaceIsKept(t *testing.T) {
	t.Parallel()
	s := newStage(t, learn.Guided, untilStopped, lessons)
	s.Update(uitest.Key("p"))
	s.Update(uitest.Key("+"))
	next := s.d.Runs.Start("cleanup", untilStopped)
	if m, length := next.Gate.Mode(), next.Gate.Length(); m != learn.Presenter || length != 8*time.Second {
		t.Errorf("the next run begins as %s with %v", m, length)
	}
	next.Stop()
	<-next.Done()
	s.Run().Stop()
	s.end()
}

// A run that waits for nobody has a lesson, but no pace, and on narrow screens the lesson does not cover the log uninvited.
func TestFreeRunsKeepTheLessonAside(t *testing.T) {
	t.Parallel()
	free := func(s *Spec) { lessons(s); s.Free = true }
	s := newStage(t, learn.Guided, untilStopped, free)
	s.shows("About jobs", false)
	s.Update(uitest.Key("p"))
	if m := s.Run().Gate.Mode(); m != learn.Guided {
		t.Errorf("p made the pace %s where there is none", m)
	}
	s.Update(uitest.Key("l"))
	s.shows("About jobs", true)
	s.shows("pace", false)
	if s.LessonShown() != "jobs" {
		t.Errorf("lesson %q", s.LessonShown())
	}
	wide := newStage(t, learn.Guided, untilStopped, free, func(*Spec) {})
	wide.View = New(wide.d, wide.spec, wide.Run())
	wide.SetSize(120, 38)
	wide.shows("About jobs", true)
	for _, s := range []*stage{s, wide} {
		s.Run().Stop()
		s.end()
		s.shows("without reading", false)
	}
}
