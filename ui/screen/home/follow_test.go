package home

import (
	"context"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/run"
	"fleetlab/workflows/event"
)

// The lessons that are done count, and the first that is not is the next.
func TestWhatIsLeftToLearn(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 120, 38)
	show(s, states["first"])
	expect := func(words ...string) {
		t.Helper()
		for _, w := range words {
			if view := s.View(); !strings.Contains(view, w) {
				t.Errorf("%q is not in:\n%s", w, view)
			}
		}
	}
	expect("0/14", "Next: "+d.Lessons[0].Title, "Welcome to fleetlab")
	learn(t, d, 2)
	expect("2/14", "Next: "+d.Lessons[2].Title, "✓  2 "+d.Lessons[1].Title, "▶  3 "+d.Lessons[2].Title, "No fleet yet")
	if strings.Contains(s.View(), "Welcome to fleetlab") {
		t.Error("who has read a lesson is no longer new here")
	}
	learn(t, d, len(d.Lessons))
	expect("14/14", "All lessons are done")
}

// As long as the index is seen to be behind the registry, it is asked again, but not for ever.
func TestReadsAgainUntilTheIndexHasCaughtUp(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	large := fleetState{Things: count{N: 250, More: true}}
	for _, c := range []struct {
		name  string
		fleet fleetState
		total int
		again bool
	}{
		{"few things, behind", vehicles, 99, true}, {"few things, level", vehicles, 100, false},
		{"many things, grown", large, 3000, true}, {"many things, as before", large, 3000, false}, {"many things, fewer", large, 2000, true},
	} {
		index := shape{Index: indexReady, Total: c.total}
		s.pending = parts
		var last tea.Cmd
		for _, m := range answers(c.fleet, jobState{}, index, firmware{}) {
			m.gen = s.gen
			last = s.Update(m)
		}
		if (last != nil) != c.again {
			t.Errorf("%s: reading again: %v", c.name, last != nil)
		}
	}
	gen := s.gen
	if s.Update(behindMsg{gen: gen - 1}); s.gen != gen {
		t.Error("an earlier reading's wait leads to another one")
	}
	if s.Update(behindMsg{gen: gen}); s.gen != gen+1 {
		t.Error("it is not read again")
	}
	s.again = mostAgain
	if s.indexed = 0; s.catchUp() != nil {
		t.Error("it goes on for ever")
	}
}

// The cursor is on what should be done next until the user moves it, and again when the user comes back.
func TestTheCursorFollowsTheLoop(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	at := func(state string, want int) {
		t.Helper()
		if show(s, states[state]); s.cursor != want {
			t.Errorf("%s: the cursor is at %d, want %d", state, s.cursor, want)
		}
	}
	at("empty", 0)
	at("fleet", 1)
	uitest.Press(s.Update, "down", "down")
	at("job", 3)
	s.Resume()
	at("job", 2)
}

// What devices report is counted once more after a run, however it was learnt that the run has ended; looking changes nothing.
func TestCountsOnceMoreAfterARun(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	level := func() tea.Cmd {
		s.pending, s.again = parts, 0
		var last tea.Cmd
		for _, m := range states["fleet"] {
			m.gen = s.gen
			last = s.Update(m)
		}
		return last
	}
	end := func(start func(string, run.Func) *run.Run) {
		<-start("simulate", func(context.Context, event.Stage) (any, error) { return nil, nil }).Done()
		s.Resume()
	}
	if level() != nil {
		t.Error("nothing was done, and it is read again")
	}
	if end(d.Runs.Look); level() != nil {
		t.Error("looking counts as doing")
	}
	if end(d.Runs.Start); level() == nil || level() != nil {
		t.Error("after a run that ended elsewhere it must be read again, once")
	}
	if s.Update(endedMsg{}); level() == nil {
		t.Error("after a run that was watched it must be read again")
	}
}

// What was counted while a fleet was being made is not shown: the run says how far it is.
func TestAFleetInTheMakingIsNotCounted(t *testing.T) {
	t.Parallel()
	d, reg := deps(t, uitest.Printer(t, "en"))
	end := background(t, d, reg)
	s := newHome(d, 120, 38)
	show(s, states["fleet"])
	if view := s.View(); strings.Contains(view, "By thing type") || !strings.Contains(view, "A fleet is being made") || strings.Count(view, "640/1000") < 2 {
		t.Errorf("the counts of a moment ago are shown:\n%s", view)
	}
	if end(); !strings.Contains(s.View(), "By thing type") {
		t.Error("after the run the things are counted")
	}
}
