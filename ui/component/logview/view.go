package logview

import (
	"strings"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
)

// detailRows is the most rows the details of a line take.
const detailRows = 6

// View is exactly the size that SetSize said.
func (m *Model) View() string {
	foot := m.footer()
	body := max(0, m.h-len(foot))
	n := m.count()
	rows := make([]string, 0, m.h)
	if n == 0 {
		rows = append(rows, m.theme.Style.Muted.Render(m.emptyWords()))
	} else {
		for i := m.indexOf(m.top); i < n && len(rows) < body; i++ {
			rows = append(rows, m.row(m.posAt(i)))
		}
	}
	for len(rows) < body {
		rows = append(rows, "")
	}
	return text.Block(append(rows[:body], foot...), m.w, m.h)
}

func (m *Model) emptyWords() string {
	if m.failures {
		return m.printer.T("log.no-failures")
	}
	return m.printer.T("log.empty")
}

// footer is what stands below the events: the details of a row and the search.
func (m *Model) footer() []string {
	var rows []string
	if m.detail && m.count() > 0 && m.h > detailRows+2 {
		lines := text.Wrap(m.printer.Event(m.ring.at(m.cursor)), max(2, m.w))
		rows = append(rows, m.theme.Style.Border.Render(strings.Repeat(m.theme.Symbol.Border.Horizontal, max(0, m.w))))
		rows = append(rows, lines[:min(len(lines), detailRows-1)]...)
	}
	if m.search.active() && m.h > 1 {
		rows = append(rows, m.searchRow())
	}
	return rows
}

func (m *Model) searchRow() string {
	count := ""
	if m.search.want != "" && !m.search.typing {
		count = m.printer.T("log.matches", "At", m.matchNumber(), "Count", len(m.search.matches))
	}
	w := max(2, m.w-text.Width(count)-1)
	return "/" + m.search.line.View(m.theme, w-1, m.search.typing) + " " + m.theme.Style.Muted.Render(count)
}

// row is one event: the cursor, a sign for its state, and its words.
func (m *Model) row(pos int) string {
	e := m.ring.at(pos)
	lead := " "
	here := pos == m.cursor && !m.follow
	if here {
		lead = m.theme.Symbol.Cursor
	}
	sign, brush := m.look(e)
	words := text.Cut(m.printer.Event(e), m.w-4)
	switch {
	case here:
		return lead + m.brush.Now().cursor.Paint(text.Pad(sign+" "+words, m.w-1))
	case m.search.want != "":
		return lead + brush.Paint(sign) + " " + m.highlight(words, brush)
	}
	return lead + brush.Paint(sign+" "+words)
}

// highlight shows where in a line the search matches.
func (m *Model) highlight(words string, brush theme.Brush) string {
	lower := strings.ToLower(words)
	if len(lower) != len(words) {
		return brush.Paint(words) // the letters changed their length, so places would be wrong
	}
	var b strings.Builder
	for {
		i := strings.Index(lower, m.search.want)
		if i < 0 {
			b.WriteString(brush.Paint(words))
			return b.String()
		}
		end := i + len(m.search.want)
		b.WriteString(brush.Paint(words[:i]))
		b.WriteString(m.brush.Now().match.Paint(words[i:end]))
		words, lower = words[end:], lower[end:]
	}
}

// brushes are the styles of rows, made ready.
type brushes struct {
	text, strong, muted, ok, warning, failed, cursor, match theme.Brush
}

func newBrushes(s *theme.Styles) brushes {
	return brushes{
		text: theme.NewBrush(s.Text), strong: theme.NewBrush(s.Strong), muted: theme.NewBrush(s.Muted), ok: theme.NewBrush(s.OK),
		warning: theme.NewBrush(s.Warning), failed: theme.NewBrush(s.Failed), cursor: theme.NewBrush(s.Cursor), match: theme.NewBrush(s.Match),
	}
}

// look is the sign and the style of an event's row.
func (m *Model) look(e event.Event) (string, theme.Brush) {
	b, y := m.brush.Now(), &m.theme.Symbol
	switch {
	case e.Kind == event.Warning:
		return y.Warning, b.warning
	case wrong(e), e.Status == event.Failure:
		return y.Failed, b.failed
	}
	switch e.Status {
	case event.Created, event.Updated, event.Repaired, event.Deleted, event.Restored, event.Success, event.Succeeded, event.Done:
		return y.OK, b.ok
	case event.Exists, event.Gone, event.Kept, event.Skipped:
		return y.Skipped, b.muted
	case event.Partial, event.Interrupted, event.Cancelled, event.Superseded:
		return y.Warning, b.warning
	}
	if e.Kind == event.StepStarted || e.Kind == event.RunStarted {
		return y.Running, b.strong
	}
	return " ", b.text
}
