// Package lessons is the screen of the learning moments: a list, and a reader with the question at the end.
package lessons

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/lessons"
	"fleetlab/ui/component/markdown"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/table"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// lineWidth is how wide the lines of a lesson are at most: longer ones are hard to follow.
const lineWidth = 96

// Keys of the reader.
var (
	keyNext    = keys.New("n", "lessons.keys.next", "n").InBar()
	keyPrev    = keys.New("p", "lessons.keys.prev", "p").InBar()
	keyAnswers = keys.Enter.Named("lessons.keys.answers").InBar()
)

// Screen is the lessons screen.
type Screen struct {
	d        *screen.Deps
	w, h     int
	list     *table.Model[lessons.Lesson]
	text     *pager.Model
	open     int // lesson in the reader, -1 when the list is shown
	answered bool
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
)

// New makes the lessons screen; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	s := &Screen{d: d, text: pager.New(d.Printer), open: -1}
	s.list = table.New(d.Theme, d.Printer, func(l lessons.Lesson) string { return l.ID },
		table.Column[lessons.Lesson]{Title: d.T("lessons.number"), Min: 3, Right: true, Cell: func(l lessons.Lesson) string { return strconv.Itoa(l.Order) }},
		table.Column[lessons.Lesson]{Title: d.T("lessons.name"), Min: 28, Flex: 1, Cell: func(l lessons.Lesson) string { return l.Title }},
		table.Column[lessons.Lesson]{Title: d.T("lessons.time"), Min: 8, Cell: s.minutes},
		table.Column[lessons.Lesson]{Title: d.T("lessons.calls"), Min: 24, Flex: 2, Cell: func(l lessons.Lesson) string { return strings.Join(l.Calls, ", ") }},
	)
	s.list.SetNotice(panel.Notice{Symbol: d.Theme.Symbol.Pending, Title: d.T("lessons.none"), Next: d.T("lessons.none-next")})
	s.list.OnEnter = func(l lessons.Lesson) tea.Cmd {
		s.show(s.indexOf(l.ID))
		return nil
	}
	s.list.SetRows(d.Lessons)
	return s
}

func (s *Screen) minutes(l lessons.Lesson) string {
	return s.d.T("lessons.minutes", "Count", l.Minutes)
}

func (s *Screen) indexOf(id string) int {
	for i, l := range s.d.Lessons {
		if l.ID == id {
			return i
		}
	}
	return -1
}

// Init does nothing: the lessons are in the program.
func (s *Screen) Init() tea.Cmd { return nil }

// Unframed says that the screen draws its own frame.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.T("lessons.title") }

// Capturing reports that the list's filter is typed.
func (s *Screen) Capturing() bool { return s.open < 0 && s.list.Capturing() }

// Back closes the lesson, or the filter.
func (s *Screen) Back() (tea.Cmd, bool) {
	if s.open < 0 {
		return nil, s.list.Back()
	}
	s.list.SetCursor(s.d.Lessons[s.open].ID)
	s.open = -1
	return nil, true
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	iw, ih := panel.Inner(w, h)
	s.list.SetSize(iw, ih)
	s.text.SetSize(min(iw, lineWidth), max(0, ih-1))
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	if s.open < 0 {
		g := s.list.Keys()
		return []keys.Group{{Title: g.Title, Bindings: barred(g.Bindings, keys.Enter, keys.Filter)}}
	}
	answers := keyAnswers
	if s.answered {
		answers = answers.Because("lessons.keys.answers-off")
	}
	next, prev := keyNext, keyPrev
	if s.open == len(s.d.Lessons)-1 {
		next = next.Because("lessons.keys.next-off")
	}
	if s.open == 0 {
		prev = prev.Because("lessons.keys.prev-off")
	}
	return []keys.Group{{Title: "keys.group.screen", Bindings: []keys.Binding{answers, next, prev}}, s.text.Keys()}
}

// barred marks some of a list's bindings for the bottom line.
func barred(all []keys.Binding, some ...keys.Binding) []keys.Binding {
	out := make([]keys.Binding, len(all))
	for i, b := range all {
		out[i] = b
		for _, want := range some {
			if b.Show == want.Show {
				out[i] = b.InBar()
			}
		}
	}
	return out
}

// Update moves in the list, or in the lesson that is open.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if s.open < 0 {
		return s.list.Update(msg)
	}
	switch {
	case keyAnswers.Matches(msg):
		s.answer()
	case keyNext.Matches(msg):
		s.show(min(s.open+1, len(s.d.Lessons)-1))
	case keyPrev.Matches(msg):
		s.show(max(s.open-1, 0))
	default:
		return s.text.Update(msg)
	}
	return nil
}

// show opens a lesson from its start.
func (s *Screen) show(i int) {
	if i == s.open {
		return
	}
	s.open, s.answered = i, false
	body := withoutAnswers(s.d.Lessons[i].Body)
	s.text.SetContent(func(w int) []string { return markdown.Render(s.d.Theme, body, w) })
}

// answer shows the answers, which are at the end, and goes there.
func (s *Screen) answer() {
	if s.answered {
		return
	}
	s.answered = true
	body := s.d.Lessons[s.open].Body
	s.text.SetContent(func(w int) []string { return markdown.Render(s.d.Theme, body, w) })
	s.text.Update(tea.KeyMsg{Type: tea.KeyEnd})
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	if s.open < 0 {
		f := panel.Frame{Title: s.Title(), Body: s.list.View(), Focused: true}
		return panel.Render(s.d.Theme, f, s.w, s.h)
	}
	t, l := s.d.Theme, s.d.Lessons[s.open]
	iw, _ := panel.Inner(s.w, s.h)
	return panel.Render(t, panel.Frame{
		Title:   s.d.T("lessons.head", "Number", s.open+1, "Of", len(s.d.Lessons), "Title", l.Title),
		Info:    t.Style.Muted.Render(s.text.Position()),
		Body:    text.Below(s.text.View(), text.Pad(s.hint(), iw)),
		Focused: true,
	}, s.w, s.h)
}

// hint is the last row: how the question goes on.
func (s *Screen) hint() string {
	t := s.d.Theme
	if s.answered {
		return t.Style.OK.Render(t.Symbol.OK + " " + s.d.T("lessons.answered"))
	}
	return t.Style.Key.Render(t.Symbol.Pending + " " + s.d.T("lessons.ask"))
}
