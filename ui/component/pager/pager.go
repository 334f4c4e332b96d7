// Package pager shows finished text that may be longer than the screen: lessons, reports, documents.
package pager

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Model is a text that scrolls.
type Model struct {
	printer *locale.Printer
	render  func(w int) []string
	rows    []string
	top     int
	w, h    int
	themes  uint64 // theme.Changes when the rows were laid out: their colours are those of that time
}

// New makes an empty pager.
func New(p *locale.Printer) *Model { return &Model{printer: p} }

// SetContent shows another text from its start. render lays it out for a width; it is called again only
// when the width or a theme changes.
func (m *Model) SetContent(render func(w int) []string) {
	m.render, m.top = render, 0
	m.layout()
}

// Reload lays a text that has changed out anew; the place in it is kept.
func (m *Model) Reload() { m.layout() }

// SetText shows plain text, wrapped.
func (m *Model) SetText(s string) {
	clean := text.Clean(s, false)
	m.SetContent(func(w int) []string { return text.Wrap(clean, w) })
}

// SetSize sets the size that View draws; the place in the text is kept.
func (m *Model) SetSize(w, h int) {
	if w == m.w && h == m.h {
		return
	}
	share := 0.0
	if len(m.rows) > 0 {
		share = float64(m.top) / float64(len(m.rows))
	}
	again := w != m.w
	m.w, m.h = w, h
	if again {
		m.layout()
		m.top = int(share * float64(len(m.rows)))
	}
	m.scroll(0)
}

func (m *Model) layout() {
	if m.render == nil || m.w <= 0 {
		return
	}
	m.rows, m.themes = m.render(m.w), theme.Changes()
	m.scroll(0)
}

// Keys is what the keys do.
func (m *Model) Keys() keys.Group { return keys.Text }

// Update scrolls.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	if by, ok := keys.Scroll(msg, m.h); ok {
		m.scroll(by)
	}
	return nil
}

func (m *Model) scroll(by int) {
	m.top = max(0, min(m.top+by, len(m.rows)-m.h))
}

// AtEnd reports that nothing is left below.
func (m *Model) AtEnd() bool { return m.top+m.h >= len(m.rows) }

// Len is how many rows the text has.
func (m *Model) Len() int { return len(m.rows) }

// Sees reports that a row is in view.
func (m *Model) Sees(row int) bool { return row >= m.top && row < m.top+m.h }

// Reveal brings rows into view, the first of them at least, and moves no further than it must.
func (m *Model) Reveal(from, to int) {
	m.scroll(max(0, to-(m.top+m.h)))
	m.scroll(min(0, from-m.top))
}

// Position is which rows are in view, "" when all are: 1-20 of 80.
func (m *Model) Position() string {
	if len(m.rows) <= m.h || m.h <= 0 {
		return ""
	}
	return m.printer.T("pager.position", "From", m.top+1, "To", min(len(m.rows), m.top+m.h), "Total", len(m.rows))
}

// Brief is Position in few words: the last row in view, and how many there are.
func (m *Model) Brief() string {
	if len(m.rows) <= m.h || m.h <= 0 {
		return ""
	}
	return m.printer.T("progress.count", "Done", min(len(m.rows), m.top+m.h), "Total", len(m.rows))
}

// View is exactly the size that SetSize said.
func (m *Model) View() string {
	if m.themes != theme.Changes() {
		m.layout()
	}
	return text.Block(m.rows[min(m.top, len(m.rows)):], m.w, m.h)
}
