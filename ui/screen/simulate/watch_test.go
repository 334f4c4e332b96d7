package simulate

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/runview"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

func running(t *testing.T, w, h int) *stage {
	t.Helper()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.SetSize(w, h)
	s.enterForm()
	s.midway(t)
	s.View()
	return s
}

func TestEveryStateOfADeviceIsDrawnAndNamed(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		p := uitest.Printer(t, lang)
		for i := range simulate.NumStates {
			state := simulate.State(i)
			if !p.Has("simulate.device." + state.String()) {
				t.Errorf("%s has no word for %s", lang, state)
			}
			if state.Ended() && shown[state] < theme.Succeeded && state != simulate.Unfinished {
				t.Errorf("%s has ended but is drawn as %d", state, shown[state])
			}
		}
	}
}

func TestTheBarIsTheCloudsOwnCounts(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	t.Cleanup(s.started(plan(100), nil, nil))
	want := execution.Counts{theme.Queued: 98, theme.InProgress: 2}
	if s.watch.counts != want {
		t.Errorf("before the first sample %v, want the job's counts %v", s.watch.counts, want)
	}
	s.watch.take(middle(100), samples())
	want = execution.Counts{theme.Queued: 42, theme.InProgress: 21, theme.Succeeded: 9, theme.Failed: 3, theme.Waiting: 25}
	if s.watch.counts != want {
		t.Errorf("counts %v, want %v: the cloud's, and those not reached", s.watch.counts, want)
	}
	n := s.watch.spark.Len()
	if s.watch.take(middle(100), samples()); s.watch.spark.Len() != n || n != len(samples()) {
		t.Errorf("%d samples drawn, then %d: each must be drawn once", n, s.watch.spark.Len())
	}
}

func TestTabGoesThroughTheParts(t *testing.T) {
	t.Parallel()
	s := running(t, 60, 13)
	shows := func(want string) {
		t.Helper()
		if view := s.View(); !strings.Contains(view, "> "+want) {
			t.Errorf("%s does not have the keys:\n%s", want, view)
		}
	}
	shows("Devices")
	uitest.Press(s.Update, "tab")
	shows("Log")
	uitest.Press(s.Update, "tab")
	shows("Devices")
	uitest.Press(s.Update, "f")
	shows("Log")
	if view := s.View(); strings.Contains(view, "SUCCEEDED") || !strings.Contains(view, "Vehicle-VIN-004: Job execution FAILED") {
		t.Errorf("f does not show the failures:\n%s", view)
	}
	if _, stayed := s.Back(); !stayed || !strings.Contains(s.View(), "SUCCEEDED") {
		t.Errorf("esc does not show all lines again:\n%s", s.View())
	}
	if _, stayed := s.Back(); stayed {
		t.Error("esc keeps the screen although nothing is open")
	}
}

func TestAllPartsCanBeReachedAfterTheRun(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 60, H: 13}, {W: 80, H: 22}, {W: 120, H: 38}, {W: 200, H: 58}} {
		s := newStage(t, uitest.Printer(t, "en"), nil, nil)
		s.SetSize(size.W, size.H)
		scenes["done"](t, s)
		for i, c := range []struct{ key, want string }{
			{"", "Result"}, {"tab", "Log"}, {"tab", "Devices"}, {"tab", "Result"}, {"shift+tab", "Devices"}, {"shift+tab", "Log"}, {"shift+tab", "Result"}, {"shift+tab", "Devices"},
		} {
			if c.key != "" {
				s.Update(uitest.Key(c.key))
			}
			if view := s.View(); !strings.Contains(view, "> "+c.want) {
				t.Errorf("%dx%d, %d: after %q the keys are not at %s, or that is not in view:\n%s", size.W, size.H, i, c.key, c.want, view)
			}
		}
		s.Update(uitest.Key("enter"))
		if s.watch.story == nil {
			t.Errorf("%dx%d: enter on a device does not open its story", size.W, size.H)
			continue
		}
		s.watch.story.reading.Stop()
	}
}

func TestOneOrAllParts(t *testing.T) {
	t.Parallel()
	for _, size := range []uitest.Size{{W: 80, H: 22}, {W: 120, H: 38}, {W: 200, H: 58}} {
		s := running(t, size.W, size.H)
		both := func() bool { return strings.Contains(s.View(), "Devices") && strings.Contains(s.View(), " Log ") }
		if !both() {
			t.Errorf("%dx%d does not show devices and lines:\n%s", size.W, size.H, s.View())
		}
		if uitest.Press(s.Update, "o"); both() {
			t.Errorf("o shows more than one part at %dx%d", size.W, size.H)
		}
		uitest.Exact(t, s.View(), size.W, size.H)
	}
}

func TestSearchingFromTheGridGoesToTheLines(t *testing.T) {
	t.Parallel()
	s := running(t, 80, 22)
	if uitest.Press(s.Update, "/"); !s.Capturing() || s.watch.part != onLines {
		t.Errorf("part %v, capturing %v", s.watch.part, s.Capturing())
	}
}

func TestEnterOpensADeviceFromGridAndLine(t *testing.T) {
	t.Parallel()
	s := running(t, 80, 22)
	uitest.Press(s.Update, "right", "right")
	s.Update(uitest.Key("enter"))
	if s.watch.title() != "Vehicle-VIN-003" || !strings.Contains(s.View(), "Planned") || s.Title() != "Simulate › Vehicle-VIN-003" {
		t.Errorf("the story of %q is open, title %q:\n%s", s.watch.title(), s.Title(), s.View())
	}
	s.watch.story.reading.Stop()
	s.give(false, event.Event{Workflow: simulate.Workflow, Kind: event.Item, Resource: simulate.Execution, Subject: "Vehicle-VIN-014", Status: event.Succeeded,
		Done: 13, Total: 100})
	if _, stayed := s.Back(); !stayed || s.watch.story != nil || s.watch.view.Run().Progress().Done != 13 {
		t.Error("the run did not go on behind the story, or esc does not close it")
	}
	uitest.Press(s.Update, "tab", "up")
	s.Update(uitest.Key("enter"))
	if s.watch.title() != "Vehicle-VIN-012" {
		t.Errorf("the line's device is %q:\n%s", s.watch.title(), s.View())
	}
	s.watch.story.reading.Stop()
	s.Back()
	uitest.Press(s.Update, "g")
	if s.Update(uitest.Key("enter")); s.watch.story != nil || !s.watch.view.Back() {
		t.Error("enter on a line that is about no device shows all of it")
	}
}

func TestAStoryThatCannotBeReadSaysWhy(t *testing.T) {
	t.Parallel()
	s := running(t, 80, 30)
	s.tell(3)
	s.watch.story.problem = errRefused
	s.watch.story.page.Reload()
	if view := s.View(); !strings.Contains(view, "connection refused") || !strings.Contains(view, "verifying the SHA-256") {
		t.Errorf("the reason is missing, or what is known anyway:\n%s", view)
	}
}

func TestTheStoryShowsWhatIsAhead(t *testing.T) {
	t.Parallel()
	s := running(t, 80, 40)
	s.watch.open(3)
	o := s.watch.story
	o.reading.Stop()
	o.steps = []simulate.Step{{State: simulate.Checking}, {State: simulate.Downloading, Seconds: 0.5}, {State: simulate.Verifying, Seconds: 0.1}}
	o.state, o.marks = simulate.Checking, []simulate.Mark{{State: simulate.Checking}}
	o.page.Reload()
	if view := s.View(); !strings.Contains(view, "takes 0.50s") || strings.Count(view, "taking the job") != 2 {
		t.Errorf("the steps to come are not shown once each:\n%s", view)
	}
}

func TestAnAbortIsToldAsWhatHappened(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.SetSize(200, 58)
	scenes["aborted"](t, s)
	view := s.View()
	for _, want := range []string{"was canceled in the middle: 36 devices", "ABORT_CRITERIA_MET", "36 executions were canceled by the cloud"} {
		if !strings.Contains(view, want) {
			t.Errorf("the report does not say %q:\n%s", want, view)
		}
	}
	if strings.Contains(view, s.d.T("simulate.keys.rest")) {
		t.Error("there is no rest in a job that was cancelled")
	}
}

// A job that is cancelled when all its devices have begun stops none of them: nobody is said to be missing.
func TestAnAbortThatComesLateMissesNobody(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	rep := aborted()
	rep.NotReached = 0
	delete(rep.Superseded, canceled)
	if got := s.ending(runview.Outcome{Report: rep.Report, Result: rep}); !strings.Contains(got, "all its devices came to their end") || !strings.Contains(got, "ABORT_CRITERIA_MET") {
		t.Errorf("it says %q", got)
	}
}

func TestHelpHasEveryKeyOnce(t *testing.T) {
	t.Parallel()
	for name, prepare := range scenes {
		s := newStage(t, uitest.Printer(t, "en"), nil, nil)
		prepare(t, s)
		for range 3 {
			seen := map[string]bool{}
			for _, g := range s.Keys() {
				for _, b := range g.Bindings {
					if b.Off != "" {
						continue
					}
					if seen[b.Show] {
						t.Errorf("%s: %s stands twice in the help: only one of them is true", name, b.Show)
					}
					seen[b.Show] = true
				}
			}
			if s.phase != playing || s.watch.story != nil {
				break
			}
			s.watch.step(1)
		}
	}
}

func TestTheLookingEndsWithTheRun(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	end := s.started(plan(10), reported(event.Done), nil)
	id := s.watch.view.Run().ID
	if s.Update(lookMsg{id}) == nil {
		t.Error("the devices are looked at once only")
	}
	if s.Update(lookMsg{"another"}) != nil {
		t.Error("the look of another run goes on")
	}
	end()
	if s.give(true); s.Update(lookMsg{id}) != nil {
		t.Error("the looking goes on after the end")
	}
}

// BenchmarkFrame is what a batch of events costs: taking over ten thousand devices' states and drawing.
func BenchmarkFrame(b *testing.B) {
	const many = 10_000
	for _, size := range []uitest.Size{{W: 80, H: 22}, {W: 120, H: 38}, {W: 200, H: 58}} {
		b.Run(fmt.Sprintf("%dx%d", size.W, size.H), func(b *testing.B) {
			s := newStage(b, uitest.Printer(b, "en"), nil, nil)
			s.d.Theme = uitest.ColorTheme()
			s.SetSize(size.W, size.H)
			s.enterForm()
			defer s.started(plan(many), nil, nil)()
			states, list := middle(many), samples()
			lines := events()
			for i := 0; b.Loop(); i++ {
				for j := range lines {
					lines[j].Time = at.Add(time.Duration(i) * time.Millisecond)
				}
				s.give(false, lines...)
				states[i%many] = simulate.Succeeded
				s.watch.take(states, list)
				s.View()
			}
		})
	}
}

func TestADeviceIsNotCountedAsWaitingAndAsCanceled(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	t.Cleanup(s.started(plan(100), nil, nil))
	for _, c := range []struct{ canceled, waiting, want int }{{26, 10, 10}, {28, 10, 8}, {50, 10, 0}, {20, 10, 10}} {
		s.watch.counts = execution.Counts{theme.Succeeded: 44, theme.Failed: 20, theme.Canceled: c.canceled, theme.Waiting: c.waiting}
		if s.watch.settle(simulate.Report{}); s.watch.counts[theme.Waiting] != c.want {
			t.Errorf("%d canceled and %d waiting of 100 devices: %d are left, want %d", c.canceled, c.waiting, s.watch.counts[theme.Waiting], c.want)
		}
	}
}
