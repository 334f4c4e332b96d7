package lessons

import (
	"slices"
	"strconv"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/lessons"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
)

// newLessons is the screen with all lessons, none of them read.
func newLessons(t *testing.T, p *locale.Printer, th *theme.Theme) *Screen {
	t.Helper()
	return opened(t, p, th, nil)
}

func opened(t *testing.T, p *locale.Printer, th *theme.Theme, args any) *Screen {
	t.Helper()
	kept, err := lessons.OpenProgress("")
	if err != nil {
		t.Fatal(err)
	}
	return New(&screen.Deps{Printer: p, Theme: th, Lessons: uitest.Lessons(t, p), Learning: kept}, args).(*Screen)
}

// play sends keys and does what they lead to, as the program does.
func play(s *Screen, names ...string) {
	for _, n := range names {
		do(s, s.Update(uitest.Key(n)))
	}
}

func do(s *Screen, cmd tea.Cmd) {
	if cmd == nil {
		return
	}
	switch msg := cmd().(type) {
	case nil:
	case tea.BatchMsg:
		for _, c := range msg {
			do(s, c)
		}
	default:
		do(s, s.Update(msg))
	}
}

// right is the key of the right answer of the lesson that is open.
func right(s *Screen) string { return strconv.Itoa(s.d.Lessons[s.open].Right() + 1) }

// wrong is the key of another one.
func wrong(s *Screen) string {
	if s.d.Lessons[s.open].Right() == 0 {
		return "2"
	}
	return "1"
}

// scenes bring the screen into each of its states, by keys alone.
var scenes = uitest.Scenes[*Screen]{
	"list":     func(_ *testing.T, s *Screen) { play(s, "down") },
	"reader":   func(_ *testing.T, s *Screen) { play(s, "down", "down", "enter") },
	"question": func(_ *testing.T, s *Screen) { play(s, "enter", "end") },
	"wrong": func(_ *testing.T, s *Screen) {
		play(s, "enter", "end")
		play(s, wrong(s))
	},
	"right": func(_ *testing.T, s *Screen) {
		play(s, "enter", "end")
		play(s, wrong(s), right(s))
	},
	"progress": func(_ *testing.T, s *Screen) {
		play(s, "enter", "end")
		play(s, right(s), "n", "end")
		back, _ := s.Back()
		do(s, back)
	},
	"all-done": func(_ *testing.T, s *Screen) {
		for i := range s.d.Lessons {
			s.show(i)
			play(s, "end")
			play(s, right(s))
		}
		_, _ = s.Back()
	},
}

func TestViews(t *testing.T)            { scenes.Golden(t, newLessons) }
func TestExactAtEverySize(t *testing.T) { t.Parallel(); scenes.Exact(t, newLessons) }

func TestEmptyView(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
		s := New(&screen.Deps{Printer: p, Theme: uitest.Theme()}, nil)
		s.SetSize(size.W, size.H-2)
		uitest.Press(s.Update, "enter", "r")
		uitest.Golden(t, s.View(), size.W, size.H-2)
	})
}

// The end of every lesson, with its question answered, can be read in the smallest terminal.
func TestEveryLessonIsExact(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		s := newLessons(t, uitest.Printer(t, lang), uitest.ColorTheme())
		s.SetSize(60, 13)
		for i, l := range s.d.Lessons {
			s.show(i)
			play(s, "end")
			play(s, wrong(s), right(s), "end")
			uitest.Exact(t, s.View(), 60, 13)
			if !s.d.Learning.Done(l.ID) || !s.reader.Solved() {
				t.Errorf("%s %s was read and answered, and is not done", lang, l.ID)
			}
		}
	}
}

func TestNextAndPreviousStopAtTheEnds(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"), uitest.Theme())
	s.SetSize(80, 22)
	play(s, "enter", "p")
	if s.open != 0 {
		t.Errorf("p before the first lesson opens %d", s.open)
	}
	play(s, "n")
	if s.open != 1 || s.reader.Solved() {
		t.Errorf("n opens %d, solved %v, want the second lesson with its question open", s.open, s.reader.Solved())
	}
	for range s.d.Lessons {
		play(s, "n")
	}
	if s.open != len(s.d.Lessons)-1 {
		t.Errorf("n at the end opens %d", s.open)
	}
	if _, stayed := s.Back(); !stayed {
		t.Error("esc leaves the screen instead of the lesson")
	}
	if row, _ := s.list.Selected(); row.ID != s.d.Lessons[len(s.d.Lessons)-1].ID {
		t.Errorf("the list is at %s, want the lesson that was read", row.ID)
	}
	if _, stayed := s.Back(); stayed {
		t.Error("esc does not leave the list")
	}
}

// Enter reads all lessons from the first to the last, page by page.
func TestEnterReadsOn(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"), uitest.Theme())
	s.SetSize(80, 22)
	for range 200 {
		play(s, "enter")
	}
	for _, l := range s.d.Lessons {
		if s.d.Learning.State(l.ID).Read.IsZero() {
			t.Errorf("%s was not read", l.ID)
		}
		if s.d.Learning.Done(l.ID) {
			t.Errorf("%s is done without an answer", l.ID)
		}
	}
}

func TestResetAsksFirst(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"), uitest.Theme())
	s.SetSize(80, 22)
	if s.Update(uitest.Key("r")) != nil {
		t.Error("there is nothing to forget, yet it asks")
	}
	play(s, "enter", "end")
	play(s, right(s))
	_, _ = s.Back()
	first := s.d.Lessons[0].ID
	open, asked := s.Update(uitest.Key("r"))().(screen.OpenMsg)
	if !asked || !s.d.Learning.Done(first) {
		t.Fatal("r must ask, and forget nothing before the answer")
	}
	if view := open.Overlay.View(76, 20); !strings.Contains(view, "1 lesson is done") {
		t.Errorf("the question does not say what would be lost:\n%s", view)
	}
	cmd, _ := open.Overlay.Update(uitest.Key("y"))
	if do(s, cmd); s.d.Learning.Done(first) {
		t.Error("what was learnt is still there")
	}
}

func TestOpensTheLessonAskedFor(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	s := opened(t, p, uitest.Theme(), "abort")
	if s.open < 0 || s.d.Lessons[s.open].ID != "abort" {
		t.Errorf("lesson %d is open, want abort", s.open)
	}
	if s := opened(t, p, uitest.Theme(), "no-such-lesson"); s.open >= 0 {
		t.Error("an unknown lesson must leave the list")
	}
}

func TestFilterTakesLettersAsText(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"), uitest.Theme())
	s.SetSize(80, 22)
	play(s, "/")
	if !s.Capturing() {
		t.Fatal("the filter does not take letters")
	}
	play(s, "S", "3", "enter", "enter")
	if s.open < 0 || !strings.Contains(s.d.Lessons[s.open].Title, "S3") {
		t.Error("enter after the filter does not open the S3 lesson")
	}
}

// Lessons of a workflow stand together: the list has one heading for each.
func TestGroupsStandTogether(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"), uitest.Theme())
	var seen []string
	for _, l := range s.d.Lessons {
		if len(seen) == 0 || seen[len(seen)-1] != l.Workflow {
			seen = append(seen, l.Workflow)
		}
	}
	if unique := slices.Compact(slices.Sorted(slices.Values(seen))); len(unique) != len(seen) {
		t.Errorf("headings %v", seen)
	}
}
