package runview

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// beside is a run in express mode whose lesson and log are both longer than they have room for, beside each other.
func beside(t *testing.T, mode learn.Mode) *stage {
	t.Helper()
	s := newStage(t, mode, untilStopped, func(spec *Spec) {
		spec.Lesson = func(step string) (learn.Lesson, bool) {
			return learn.Lesson{ID: step, Title: step, Text: "The first row.\n\n" + strings.Repeat("More of it.\n\n", 40)}, true
		}
	})
	s.SetSize(130, 30)
	for range 100 {
		s.give(event.Event{Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-001", Status: event.Created})
	}
	t.Cleanup(func() {
		s.Run().Stop()
		s.end()
	})
	return s
}

// bound reports that the help knows a key and that it works.
func bound(groups []keys.Group, show string) bool {
	for _, g := range groups {
		for _, b := range g.Bindings {
			if b.Show == show && b.Off == "" {
				return true
			}
		}
	}
	return false
}

// The keys to move are those of the part that is marked, and tab goes from one to the other.
func TestTabGoesBetweenTheLessonAndTheLog(t *testing.T) {
	t.Parallel()
	s := beside(t, learn.Express)
	log, lesson := s.d.Theme.Symbol.Cursor+" "+s.d.T("runview.log"), s.d.Theme.Symbol.Cursor+" "+stepIDs[0]
	for _, key := range []string{"tab", "shift+tab"} {
		s.shows(log, true)
		s.shows(lesson, false)
		s.Update(uitest.Key("up"))
		if s.shows("The first row.", true); s.log.Following() {
			t.Error("up did not move in the log")
		}
		s.Update(uitest.Key("G"))
		s.Update(uitest.Key(key))
		s.shows(log, false)
		s.shows(lesson, true)
		for _, down := range []string{"j", "pgdown", "G"} {
			s.Update(uitest.Key(down))
			s.shows("The first row.", false)
			s.Update(uitest.Key("g"))
			s.shows("The first row.", true)
		}
		if !s.log.Following() {
			t.Error("the log moved, too")
		}
		s.Update(uitest.Key(key))
	}
	if !bound(s.Keys(), "tab") {
		t.Error("the help does not know of tab")
	}
	s.Update(uitest.Key("l"))
	if s.Update(uitest.Key("tab")); bound(s.Keys(), "tab") || !s.OnLog() {
		t.Error("without a lesson there is nowhere to go")
	}
	s.Update(uitest.Key("l"))
	s.shows(lesson, true)
	s.Update(uitest.Key("/"))
	s.Update(uitest.Key("enter"))
	s.shows(log, true)
}

// Reading comes first where the run waits for it, and clicks give the keys to a part.
func TestWhatHasTheKeysAtFirst(t *testing.T) {
	t.Parallel()
	for mode, onLog := range map[learn.Mode]bool{learn.Guided: false, learn.Presenter: false, learn.Express: true} {
		s := beside(t, mode)
		if s.OnLog() != onLog {
			t.Errorf("%v: the log has the keys: %v", mode, !onLog)
		}
		lw, _ := s.logSize()
		for x, want := range map[int]bool{5: false, s.w - lw + 5: true} {
			s.Update(tea.MouseMsg{X: x, Y: 20, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress})
			if s.OnLog() != want {
				t.Errorf("a click in column %d: the log has the keys: %v", x, !want)
			}
		}
	}
}

// On a projector the room reads the lesson, so that a presenter has half of the columns for it.
func TestAPresentersLessonHasHalfOfTheColumns(t *testing.T) {
	for mode, want := range map[learn.Mode]int{learn.Presenter: 65, learn.Express: 52} {
		s := beside(t, mode)
		for _, row := range strings.Split(s.View.View(), "\n") {
			if at := strings.Index(row, "┐┌"); at >= 0 && text.Width(row[:at+len("┐")]) != want {
				t.Errorf("%s: the lesson has %d columns, want %d", mode, text.Width(row[:at+len("┐")]), want)
			}
		}
	}
}
