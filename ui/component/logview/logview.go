// Package logview shows the stream of a run: as it comes, or scrolled, filtered and searched, however many
// lines there are. Events are kept as values and put into words only when their row is drawn.
package logview

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/input"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
)

// Model is a log view.
type Model struct {
	// Copy is asked to put text on the clipboard, what being its name for the message.
	Copy func(text, what string) tea.Cmd
	// Toast is asked to show a short message.
	Toast func(text string) tea.Cmd

	theme   *theme.Theme
	brush   theme.Kept[brushes]
	printer *locale.Printer
	ring    *ring
	path    string // the complete log file
	dir     string // where w writes
	w, h    int

	follow bool
	cursor int // position of the row under the cursor
	top    int // position of the first row in view
	seen   int // events when following was left

	failures bool // only what went wrong
	detail   bool // the row under the cursor in full, below
	search   search
}

// New makes an empty log view that follows its end.
func New(t *theme.Theme, p *locale.Printer) *Model {
	return newSized(t, p, Capacity)
}

func newSized(t *theme.Theme, p *locale.Printer, capacity int) *Model {
	return &Model{theme: t, brush: theme.Keep(func() brushes { return newBrushes(&t.Style) }), printer: p, ring: newRing(capacity), follow: true, search: search{line: input.New(0)}}
}

// SetPath says where the complete record of the run is, and so where w writes its lines.
func (m *Model) SetPath(path string) { m.path = path }

// SetDir says where w writes when there is no complete record.
func (m *Model) SetDir(dir string) { m.dir = dir }

// SetSize sets the size that View draws; the row under the cursor stays in view.
func (m *Model) SetSize(w, h int) {
	m.w, m.h = w, h
	m.scroll()
}

// Append adds events at the end. A view that was scrolled does not move.
func (m *Model) Append(events []event.Event) {
	for _, e := range events {
		m.ring.push(e)
	}
	m.ring.trim()
	m.search.trim(m.ring.first())
	m.catchUp()
	m.scroll()
}

// Clear forgets everything, for the next run.
func (m *Model) Clear() {
	m.ring = newRing(m.ring.cap)
	m.search.reset()
	m.follow, m.failures, m.detail, m.cursor, m.top, m.seen = true, false, false, 0, 0, 0
}

// Len is how many events there were, kept or not.
func (m *Model) Len() int { return m.ring.total }

// Failed is how many of them tell of an item that failed.
func (m *Model) Failed() int { return m.ring.misses }

// Following reports whether the view follows its end.
func (m *Model) Following() bool { return m.follow }

// Selected is the event in the row under the cursor; false when there is none.
func (m *Model) Selected() (event.Event, bool) {
	if m.count() == 0 {
		return event.Event{}, false
	}
	return m.ring.at(m.cursor), true
}

// ShowFailures shows only what went wrong.
func (m *Model) ShowFailures() { m.setFailures(true) }

// Capturing reports that a search is being typed.
func (m *Model) Capturing() bool { return m.search.typing }

// Back leaves, one at a time, the search, the details and the failures-only view; false if there was none.
func (m *Model) Back() bool {
	switch {
	case m.search.active():
		m.search.reset()
	case m.detail:
		m.detail = false
	case m.failures:
		m.setFailures(false)
	default:
		return false
	}
	m.scroll()
	return true
}

// Keys is what the keys do.
func (m *Model) Keys() keys.Group {
	return keys.Log
}

// Status is the view's state in a few words: 1,000 lines · 3 failed · 1 warning · following. What does not fit in w columns is left out, the numbers
// first.
func (m *Model) Status(w int) string {
	parts := []string{m.printer.T("log.lines", "Count", m.ring.total)}
	if m.ring.misses > 0 {
		parts = append(parts, m.theme.Style.Failed.Render(m.printer.T("log.failed", "Count", m.ring.misses)))
	}
	if m.ring.notes > 0 {
		parts = append(parts, m.theme.Style.Warning.Render(m.printer.T("log.warnings", "Count", m.ring.notes)))
	}
	switch {
	case m.failures:
		parts = append(parts, m.printer.T("log.failures-only"))
	case m.follow:
		parts = append(parts, m.printer.T("log.following"))
	case m.ring.total == m.seen:
		parts = append(parts, m.printer.T("log.stays"))
	default:
		parts = append(parts, m.printer.T("log.new", "Count", m.ring.total-m.seen))
	}
	sep := " " + m.theme.Symbol.Dot + " "
	for len(parts) > 1 && text.Width(strings.Join(parts, sep)) > w {
		parts = parts[1:]
	}
	return strings.Join(parts, sep)
}

// Update scrolls, searches, filters and copies.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	if scan, ok := msg.(scanMsg); ok {
		return m.scan(scan)
	}
	k, isKey := msg.(tea.KeyMsg)
	switch {
	case isKey && m.search.typing:
		return m.typeSearch(k)
	case keys.Follow.Matches(msg):
		m.follow = true
		m.scroll()
		return nil
	}
	if by, ok := keys.Scroll(msg, m.body()); ok {
		m.move(by)
		return nil
	}
	return m.actKey(msg)
}

func (m *Model) actKey(msg tea.Msg) tea.Cmd {
	switch {
	case keys.Failures.Matches(msg):
		m.setFailures(!m.failures)
	case keys.Details.Matches(msg):
		m.detail = !m.detail
		m.scroll()
	case keys.Search.Matches(msg):
		m.search.typing = true
		m.scroll()
	case keys.NextMatch.Matches(msg):
		m.jump(1)
	case keys.PrevMatch.Matches(msg):
		m.jump(-1)
	case keys.CopyLine.Matches(msg):
		return m.copyLine()
	case keys.CopyScreen.Matches(msg):
		return m.copyPage()
	case keys.WriteFile.Matches(msg):
		return m.write()
	}
	return nil
}

func (m *Model) setFailures(only bool) {
	m.failures = only
	m.scroll()
}
