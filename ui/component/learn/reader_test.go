package learn

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
)

// asked is a lesson with a question.
func asked(p *locale.Printer) Lesson {
	l := lesson(p)
	l.Question = "How many `things` go at once?"
	l.Answers = []Answer{
		{Text: "One.", Why: "They go side by side."},
		{Text: "As many as **the limit** lets through.", Right: true, Why: "The pace is kept in one place."},
		{Text: "All.", Why: "That would be throttled."},
	}
	return l
}

// learnt notes what the hooks are told.
type learnt []string

func (n *learnt) hooks() Hooks {
	return Hooks{
		Read: func(id string) tea.Cmd { *n = append(*n, "read "+id); return nil },
		Answered: func(id string, right bool) tea.Cmd {
			*n = append(*n, map[bool]string{true: "right ", false: "wrong "}[right]+id)
			return nil
		},
	}
}

func press(update func(tea.Msg) (tea.Cmd, bool), names ...string) {
	for _, n := range names {
		update(uitest.Key(n))
	}
}

// states bring a reader into each state of its question.
var states = map[string][]string{
	"open":    {"end"},
	"wrong":   {"end", "1"},
	"right":   {"end", "1", "2"},
	"again":   {"end", "2", "0"},
	"outside": {"3"}, // which only brings the question into view
}

func TestReaderGolden(t *testing.T) {
	for name, pressed := range states {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, []uitest.Size{{W: 44, H: 20}, {W: 80, H: 24}}, func(t *testing.T, p *locale.Printer, s uitest.Size) {
				r := NewReader(uitest.Theme(), p, Hooks{})
				r.SetSize(s.W, s.H)
				r.Show(asked(p))
				press(r.Update, pressed...)
				uitest.Golden(t, r.View(), s.W, s.H)
			})
		})
	}
}

func TestAnswersSayWhy(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	var n learnt
	r := NewReader(uitest.Theme(), p, n.hooks())
	r.Show(asked(p))
	shows := func(want string, yes bool) {
		t.Helper()
		if view := r.View(); strings.Contains(view, want) != yes {
			t.Errorf("%q shown: want %v\n%s", want, yes, view)
		}
	}
	press(r.Update, "1")
	r.SetSize(60, 12)
	press(r.Update, "1")
	shows("Right.", false)
	if len(n) > 0 && n[0] != "read things" {
		t.Errorf("a question that nobody saw was answered: %v", n)
	}
	r.SetSize(60, 60)
	press(r.Update, "1")
	shows("Not right.", true)
	shows("They go side by side.", true)
	shows("The pace is kept in one place.", false)
	shows("Try again", true)
	press(r.Update, "2", "3", "4")
	for _, a := range asked(p).Answers {
		shows(a.Why, true)
	}
	if !r.Solved() {
		t.Error("the right answer does not solve the question")
	}
	press(r.Update, "0")
	shows("They go side by side.", false)
	if want := []string{"read things", "wrong things", "right things"}; !slices.Equal(n, want) {
		t.Errorf("told %v, want %v", n, want)
	}
}

func TestReadMeansToTheEnd(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	var n learnt
	r := NewReader(uitest.Theme(), p, n.hooks())
	r.SetSize(60, 12)
	r.Show(asked(p))
	if press(r.Update, "pgdown"); len(n) != 0 {
		t.Errorf("half of it was read: %v", n)
	}
	press(r.Update, "end", "up", "end")
	if want := []string{"read things"}; !slices.Equal(n, want) {
		t.Errorf("told %v, want %v", n, want)
	}
}

// What is read from afar is spaced as far as there is room: no row that could be seen makes way for a blank one.
func TestRoomIsForWordsFirst(t *testing.T) {
	t.Parallel()
	r := NewReader(uitest.Theme(), uitest.Printer(t, "en"), Hooks{})
	r.setRoomy(true)
	r.Show(Lesson{ID: "x", Text: "One.\n\nTwo."})
	for h, want := range map[int]string{3: "   One.\n\n   Two.", 4: "   One.\n\n\n   Two."} {
		r.SetSize(60, h)
		rows := strings.Split(r.View(), "\n")
		for i := range rows {
			rows[i] = strings.TrimRight(rows[i], " ")
		}
		if got := strings.Join(rows, "\n"); got != want {
			t.Errorf("in %d rows %q, want %q", h, got, want)
		}
	}
}

// Every size is filled exactly, in every state of the question, spaced or not.
func TestReaderIsExact(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		p := uitest.Printer(t, lang)
		for name, pressed := range states {
			r := NewReader(uitest.ColorTheme(), p, Hooks{})
			r.SetSize(40, 10)
			r.Show(asked(p))
			press(r.Update, pressed...)
			for w := 20; w <= 110; w += 9 {
				r.SetSize(w, 14)
				r.setRoomy(w%2 == 0)
				uitest.Exact(t, r.View(), w, 14)
			}
			if t.Failed() {
				t.Fatalf("%s %s", lang, name)
			}
		}
	}
}

func TestOverlayGolden(t *testing.T) {
	for name, pressed := range states {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
				o := NewOverlay(uitest.Theme(), p, asked(p), Hooks{})
				o.View(s.W-4, s.H-4)
				press(o.Update, pressed...)
				view := o.View(s.W-4, s.H-4)
				rows := strings.Split(view, "\n")
				if len(rows) > s.H-4 || text.Width(rows[0]) > s.W-4 {
					t.Errorf("%d columns and %d rows are more than there are", text.Width(rows[0]), len(rows))
				}
				uitest.Golden(t, view, text.Width(rows[0]), len(rows))
			})
		})
	}
}

func TestOverlayGoesOnByEnter(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	var n learnt
	o := NewOverlay(uitest.Theme(), p, asked(p), n.hooks())
	o.View(76, 20)
	for i := range 20 {
		if _, done := o.Update(uitest.Key("enter")); done {
			if i == 0 || !slices.Equal(n, []string{"read things"}) {
				t.Errorf("closed after %d keys, told %v", i, n)
			}
			break
		}
	}
	for _, key := range []string{"esc", "q", "l", "ctrl+l"} {
		if _, done := o.Update(uitest.Key(key)); !done {
			t.Errorf("%s does not close the lesson", key)
		}
	}
	if _, done := o.Update(uitest.Key("x")); done {
		t.Error("x closes the lesson")
	}
}

func TestReaderShowsLessonsWithAndWithoutAQuestion(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	r := NewReader(uitest.Theme(), p, Hooks{})
	r.SetSize(60, 12)
	for _, l := range []Lesson{asked(p), {ID: "short", Title: "Short", Text: "One line."}, asked(p)} {
		r.Show(l)
		uitest.Exact(t, r.View(), 60, 12)
	}
	if r.Solved() {
		t.Error("a question that nobody answered is solved")
	}
}
