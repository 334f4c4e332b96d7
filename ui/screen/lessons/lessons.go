// Package lessons is the screen of the lessons: a list with what is done and what is open, and a reader whose question can be answered.
package lessons

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"fleetlab/lessons"
	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/table"
	"fleetlab/ui/keys"
	"fleetlab/ui/lessonview"
	"fleetlab/ui/screen"
)

// Keys of the list and the reader.
var (
	keyReset = keys.New("r", "lessons.keys.reset", "r")
	keyOn    = keys.Enter.Named("lessons.keys.on").InBar()
	keyNext  = keys.New("n", "lessons.keys.next", "n").Briefly("lessons.keys.next-brief").InBar()
	keyPrev  = keys.New("p", "lessons.keys.prev", "p").Briefly("lessons.keys.prev-brief").InBar()
)

// Screen is the lessons screen.
type Screen struct {
	d      *screen.Deps
	w, h   int
	list   *table.Model[lessons.Lesson]
	reader *learn.Reader
	open   int // lesson in the reader, -1 when the list is shown
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
)

// New makes the lessons screen; it is a screen.Factory. args may be the id of a lesson to open.
func New(d *screen.Deps, args any) screen.Screen {
	s := &Screen{d: d, reader: learn.NewReader(d.Theme, d.Printer, lessonview.Hooks(d)), open: -1}
	s.list = table.New(d.Theme, d.Printer, func(l lessons.Lesson) string { return l.ID },
		table.Column[lessons.Lesson]{Title: d.T("lessons.number"), Min: 3, Right: true, Cell: func(l lessons.Lesson) string { return strconv.Itoa(l.Order) }},
		table.Column[lessons.Lesson]{Title: d.T("lessons.state"), Min: 8, Cell: s.state, Style: s.stateStyle},
		table.Column[lessons.Lesson]{Title: d.T("lessons.name"), Min: 26, Flex: 1, Cell: func(l lessons.Lesson) string { return l.Title }},
		table.Column[lessons.Lesson]{Title: d.T("lessons.time"), Min: 8, Cell: s.minutes},
		table.Column[lessons.Lesson]{Title: d.T("lessons.calls"), Min: 24, Flex: 2, Cell: func(l lessons.Lesson) string { return strings.Join(l.Calls, ", ") }},
	)
	s.list.Group = func(l lessons.Lesson) string { return d.Printer.Workflow(l.Workflow) }
	s.list.SetNotice(panel.Notice{Symbol: d.Theme.Symbol.Pending, Title: d.T("lessons.none"), Next: d.T("lessons.none-next")})
	s.list.OnEnter = func(l lessons.Lesson) tea.Cmd {
		s.show(s.indexOf(l.ID))
		return nil
	}
	s.list.SetRows(d.Lessons)
	if id, given := args.(string); given {
		s.show(s.indexOf(id))
	}
	return s
}

// state is what was done with a lesson, by sign and word.
func (s *Screen) state(l lessons.Lesson) string {
	y := s.d.Theme.Symbol
	switch {
	case s.d.Learning.Done(l.ID):
		return y.OK + " " + s.d.T("lessons.done")
	case !s.d.Learning.State(l.ID).Read.IsZero():
		return y.Running + " " + s.d.T("lessons.read")
	}
	return y.Pending + " " + s.d.T("lessons.open")
}

func (s *Screen) stateStyle(l lessons.Lesson) lipgloss.Style {
	if s.d.Learning.Done(l.ID) {
		return s.d.Theme.Style.OK
	}
	return s.d.Theme.Style.Pending
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
	return s.reader.Seen(), true
}

// resetMsg forgets all progress once the user has agreed.
type resetMsg struct{}

// Update moves in the list, or in the lesson that is open.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if _, agreed := msg.(resetMsg); agreed {
		return lessonview.Reset(s.d)
	}
	if s.open >= 0 {
		return s.readerKey(msg)
	}
	if keyReset.Matches(msg) && !s.list.Capturing() && s.begun() {
		return s.askReset()
	}
	return s.list.Update(msg)
}

func (s *Screen) readerKey(msg tea.Msg) tea.Cmd {
	last := len(s.d.Lessons) - 1
	switch {
	case keyOn.Matches(msg) && !s.reader.AtEnd():
		msg = tea.KeyMsg{Type: tea.KeyPgDown}
	case keyNext.Matches(msg), keyOn.Matches(msg) && s.open < last:
		cmd := s.reader.Seen()
		s.show(min(s.open+1, last))
		return cmd
	case keyPrev.Matches(msg):
		cmd := s.reader.Seen()
		s.show(max(s.open-1, 0))
		return cmd
	}
	cmd, _ := s.reader.Update(msg)
	return cmd
}

// show opens a lesson from its start; -1 opens none.
func (s *Screen) show(i int) {
	if i == s.open || i < 0 {
		return
	}
	s.open = i
	s.reader.Show(lessonview.Lesson(s.d, s.d.Lessons[i]))
}

// begun reports that there is progress to forget.
func (s *Screen) begun() bool {
	for _, l := range s.d.Lessons {
		if s.d.Learning.State(l.ID) != (lessons.State{}) {
			return true
		}
	}
	return false
}

// askReset asks before what was learnt is forgotten.
func (s *Screen) askReset() tea.Cmd {
	done, _ := s.d.Learning.Count(s.d.Lessons)
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("lessons.reset-title"), Body: s.d.T("lessons.reset", "Count", done), Danger: true,
		Yes: func() tea.Msg { return resetMsg{} },
	}))
}
