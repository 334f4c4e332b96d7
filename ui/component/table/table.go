// Package table draws rows of values in columns and lets one or several be chosen. The cursor stays on
// its row when rows come and go, and a sign marks it as well as a colour.
package table

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/component/input"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// Column is one column of rows of type T.
type Column[T any] struct {
	Title string
	Min   int                    // columns of the terminal it needs
	Flex  int                    // share of what is left over
	Right bool                   // numbers: aligned to the right
	Cell  func(T) string         // one line
	Style func(T) lipgloss.Style // nil: plain
}

// Model is a table of rows of type T.
type Model[T any] struct {
	// OnEnter is called with the row under the cursor when enter is pressed; nil: nothing happens.
	OnEnter func(T) tea.Cmd
	// Group names the group of a row: a heading stands above the first row of each. Rows of a group stand together. Set it before the
	// rows; nil: no headings.
	Group func(T) string
	// Multi lets rows be marked with space.
	Multi bool

	theme   *theme.Theme
	printer *locale.Printer
	id      func(T) string
	columns []Column[T]
	notice  panel.Notice

	rows   []T
	shown  []int // rows that pass the filter
	cursor int   // in shown
	lines  []int // what is drawn of shown where there are headings: a row, or ^row for the heading above it
	top    int   // first line in view
	marked map[string]bool
	filter *input.Line
	typing bool
	w, h   int
}

// New makes a table; id tells rows apart.
func New[T any](t *theme.Theme, p *locale.Printer, id func(T) string, columns ...Column[T]) *Model[T] {
	return &Model[T]{theme: t, printer: p, id: id, columns: columns, marked: map[string]bool{}, filter: input.New(0)}
}

// SetNotice says what stands in a table without rows: nothing yet, loading, or an error.
func (m *Model[T]) SetNotice(n panel.Notice) { m.notice = n }

// SetSize sets the size that View draws.
func (m *Model[T]) SetSize(w, h int) {
	m.w, m.h = w, h
	m.scroll()
}

// SetRows replaces the rows; the cursor stays on the row with the same id, or where it was.
func (m *Model[T]) SetRows(rows []T) {
	at, had := m.Selected()
	m.rows = rows
	m.apply()
	if had {
		m.SetCursor(m.id(at))
	}
}

// Rows are all rows, also those that the filter hides.
func (m *Model[T]) Rows() []T { return m.rows }

// Selected is the row under the cursor.
func (m *Model[T]) Selected() (row T, ok bool) {
	if m.cursor < 0 || m.cursor >= len(m.shown) {
		return row, false
	}
	return m.rows[m.shown[m.cursor]], true
}

// SetCursor moves the cursor to the row with an id, if it is shown.
func (m *Model[T]) SetCursor(id string) {
	i := slices.IndexFunc(m.shown, func(r int) bool { return m.id(m.rows[r]) == id })
	if i >= 0 {
		m.cursor = i
		m.scroll()
	}
}

// Marked are the rows marked, in their order.
func (m *Model[T]) Marked() []T {
	var out []T
	for _, r := range m.rows {
		if m.marked[m.id(r)] {
			out = append(out, r)
		}
	}
	return out
}

// Mark marks or unmarks the row with an id.
func (m *Model[T]) Mark(id string, on bool) { m.marked[id] = on }

// Capturing reports that a filter is being typed.
func (m *Model[T]) Capturing() bool { return m.typing }

// Back leaves the filter, if there is one.
func (m *Model[T]) Back() bool {
	if !m.typing && m.filter.Value() == "" {
		return false
	}
	m.typing = false
	m.filter.Set("")
	m.refilter()
	return true
}

// Keys is what the keys do.
func (m *Model[T]) Keys() keys.Group {
	g := keys.Group{Title: keys.List.Title, Bindings: slices.Clone(keys.List.Bindings)}
	if m.Multi {
		g.Bindings = append(g.Bindings, keys.Mark.InBar())
	}
	return g
}

// Update moves the cursor, marks rows or types the filter.
func (m *Model[T]) Update(msg tea.Msg) tea.Cmd {
	k, isKey := msg.(tea.KeyMsg)
	if isKey && m.typing {
		return m.filter.Filter(k, &m.typing, m.refilter)
	}
	if by, ok := keys.Scroll(msg, m.body()); ok {
		m.move(by)
		return nil
	}
	switch {
	case keys.Filter.Matches(msg):
		m.typing = true
		m.scroll()
	case keys.Mark.Matches(msg) && m.Multi:
		m.toggle()
	case keys.Enter.Matches(msg):
		return m.enter()
	}
	return nil
}

func (m *Model[T]) enter() tea.Cmd {
	row, ok := m.Selected()
	if !ok || m.OnEnter == nil {
		return nil
	}
	return m.OnEnter(row)
}

func (m *Model[T]) toggle() {
	if row, ok := m.Selected(); ok {
		id := m.id(row)
		m.marked[id] = !m.marked[id]
		m.move(1)
	}
}

func (m *Model[T]) move(by int) {
	m.cursor += by
	m.scroll()
}

// refilter applies a changed filter and keeps the cursor on its row where that is still shown.
func (m *Model[T]) refilter() {
	at, had := m.Selected()
	m.apply()
	if had {
		m.SetCursor(m.id(at))
	}
}

// apply finds the rows that pass the filter.
func (m *Model[T]) apply() {
	m.shown = m.shown[:0]
	want := strings.ToLower(m.filter.Value())
	for i, r := range m.rows {
		if want == "" || m.contains(r, want) {
			m.shown = append(m.shown, i)
		}
	}
	m.group()
	m.scroll()
}

// group places the headings.
func (m *Model[T]) group() {
	m.lines = m.lines[:0]
	if m.Group == nil {
		return
	}
	for i, r := range m.shown {
		if i == 0 || m.Group(m.rows[r]) != m.Group(m.rows[m.shown[i-1]]) {
			m.lines = append(m.lines, ^i)
		}
		m.lines = append(m.lines, i)
	}
}

// line is what is drawn in a line: a row of shown, or ^row for a heading.
func (m *Model[T]) line(i int) int {
	if m.Group == nil {
		return i
	}
	return m.lines[i]
}

// height is how many lines there are.
func (m *Model[T]) height() int {
	if m.Group == nil {
		return len(m.shown)
	}
	return len(m.lines)
}

func (m *Model[T]) contains(row T, want string) bool {
	return slices.ContainsFunc(m.columns, func(c Column[T]) bool {
		return strings.Contains(strings.ToLower(c.Cell(row)), want)
	})
}

// scroll keeps the cursor on a row and the row in view.
func (m *Model[T]) scroll() {
	m.cursor = max(0, min(m.cursor, len(m.shown)-1))
	body := max(1, m.body())
	at := m.cursor
	if m.Group != nil {
		at = slices.Index(m.lines, m.cursor)
	}
	first := at // what is to be in view above the cursor: the heading of a group whose first row it is on
	if body > 1 && at > 0 && m.line(at-1) < 0 {
		first--
	}
	m.top = max(0, min(m.top, first, m.height()-body))
	if at >= m.top+body {
		m.top = at - body + 1
	}
}
