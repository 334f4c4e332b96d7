package lessons

import (
	"regexp"
	"strings"
	"testing"

	"fleetlab/lessons"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
)

func newLessons(t *testing.T, p *locale.Printer) *Screen {
	t.Helper()
	all, err := lessons.All(p.Lang())
	if err != nil {
		t.Fatal(err)
	}
	return New(&screen.Deps{Printer: p, Theme: uitest.Theme(), Lessons: all}, nil).(*Screen)
}

// scenes bring the screen into each of its states, by keys alone.
var scenes = map[string][]string{
	"list":     {"down"},
	"reader":   {"down", "down", "enter"},
	"answered": {"enter", "enter"},
}

func TestViews(t *testing.T) {
	for name, pressed := range scenes {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
				s := newLessons(t, p)
				s.SetSize(size.W, size.H-2)
				uitest.Press(s.Update, pressed...)
				uitest.Golden(t, s.View(), size.W, size.H-2)
			})
		})
	}
}

func TestEmptyView(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
		s := New(&screen.Deps{Printer: p, Theme: uitest.Theme()}, nil)
		s.SetSize(size.W, size.H-2)
		uitest.Press(s.Update, "enter")
		uitest.Golden(t, s.View(), size.W, size.H-2)
	})
}

// Every size from the smallest terminal to a very large one is filled exactly, at every place of every lesson.
func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		s := newLessons(t, uitest.Printer(t, lang))
		s.d.Theme = uitest.ColorTheme()
		for i := range s.d.Lessons {
			s.show(i)
			s.answer()
			for w := 60; w <= 200; w += 20 {
				for h := 13; h <= 58; h += 15 {
					s.SetSize(w, h)
					uitest.Exact(t, s.View(), w, h)
					uitest.Press(s.Update, "pgup")
					uitest.Exact(t, s.View(), w, h)
				}
			}
		}
	}
}

// bold is a verdict: the only bold text in a lesson's question.
var bold = regexp.MustCompile(`\*\*[^*]+\*\*`)

func TestAnswersAreHiddenUntilAskedFor(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		s := newLessons(t, uitest.Printer(t, lang))
		for _, l := range s.d.Lessons {
			at := strings.LastIndex(l.Body, section)
			answers := strings.Count(l.Body[at:], "\n"+answer)
			if answers < 2 || len(bold.FindAllString(l.Body[at:], -1)) != answers {
				t.Fatalf("%s %s: the question is not a list of answers with a verdict each", lang, l.ID)
			}
			hidden := withoutAnswers(l.Body)
			if bold.MatchString(hidden[at:]) {
				t.Errorf("%s %s: a verdict shows:\n%s", lang, l.ID, hidden[at:])
			}
			if strings.Count(hidden[at:], "\n"+answer) != answers || hidden[:at] != l.Body[:at] || !strings.Contains(hidden, l.Question) {
				t.Errorf("%s %s: more than the verdicts is gone:\n%s", lang, l.ID, hidden)
			}
		}
	}
}

func TestWithoutAnswersDropsVerdictsOverSeveralLines(t *testing.T) {
	t.Parallel()
	in := "Text **bold**.\n\n## Question\n\nWhich?\n\n- This one. **Right.** Because\n  of that.\n- None.\n  **Not right.**\n\nThe end"
	want := "Text **bold**.\n\n## Question\n\nWhich?\n\n- This one.\n- None.\n\nThe end"
	if got := withoutAnswers(in); got != want {
		t.Errorf("got:\n%s\nwant:\n%s", got, want)
	}
	if got := withoutAnswers("No section"); got != "No section" {
		t.Errorf("a text without sections became %q", got)
	}
}

func TestNextAndPreviousStopAtTheEnds(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"))
	s.SetSize(80, 22)
	uitest.Press(s.Update, "enter", "p")
	if s.open != 0 {
		t.Errorf("p before the first lesson opens %d", s.open)
	}
	uitest.Press(s.Update, "enter", "n")
	if s.open != 1 || s.answered {
		t.Errorf("n opens %d with answers %v, want the second lesson without", s.open, s.answered)
	}
	for range s.d.Lessons {
		uitest.Press(s.Update, "n")
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

func TestFilterTakesLettersAsText(t *testing.T) {
	t.Parallel()
	s := newLessons(t, uitest.Printer(t, "en"))
	s.SetSize(80, 22)
	uitest.Press(s.Update, "/")
	if !s.Capturing() {
		t.Fatal("the filter does not take letters")
	}
	uitest.Press(s.Update, "S", "3", "enter", "enter")
	if s.open < 0 || !strings.Contains(s.d.Lessons[s.open].Title, "S3") {
		t.Error("enter after the filter does not open the S3 lesson")
	}
}
