package editor

import (
	"strconv"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// brushes are the styles of text, made ready.
type brushes struct {
	number, here, wrong, cursor, more theme.Brush
	part                              [parts]theme.Brush
}

func newBrushes(t *theme.Theme) brushes {
	s := &t.Style
	b := brushes{
		number: theme.NewBrush(s.Muted), here: theme.NewBrush(s.Strong), wrong: theme.NewBrush(s.Failed),
		cursor: theme.NewBrush(s.Cursor), more: theme.NewBrush(s.Muted),
	}
	b.part[plain], b.part[name], b.part[words] = theme.NewBrush(s.Text), theme.NewBrush(s.Label), theme.NewBrush(s.OK)
	b.part[value], b.part[filled], b.part[mistake] = theme.NewBrush(s.Code), theme.NewBrush(s.Warning), b.wrong
	return b
}

// foot is how many rows stand below the text.
func (m *Model) foot() int {
	switch {
	case m.h >= 6:
		return 2
	case m.h >= 3:
		return 1
	}
	return 0
}

func (m *Model) body() int { return max(0, m.h-m.foot()) }

// gutter is the columns in front of the text: a sign, the line's number and a blank; 0 where there is no room.
func (m *Model) gutter() int {
	n := max(2, len(strconv.Itoa(len(m.doc.starts)))) + 2
	if m.w < n+leastText {
		return 0
	}
	return n
}

// leastText is the least columns of text beside line numbers.
const leastText = 8

// scroll keeps the cursor in view. The last column is kept free, and the first one once the view has moved to the right:
// there signs say that the line goes on.
func (m *Model) scroll() {
	d := &m.doc
	row, body := d.row(d.pos), max(1, m.body())
	m.top = max(0, min(m.top, row, len(d.starts)-body))
	if row >= m.top+body {
		m.top = row - body + 1
	}
	room := m.w - m.gutter()
	col := d.column(d.pos)
	need := col + m.cursorWidth(col) + 1 - room
	if need <= 0 {
		m.left = 0
		return
	}
	m.left = max(need, min(m.left, col-1))
}

// cursorWidth is how many columns the character under the cursor takes.
func (m *Model) cursorWidth(col int) int {
	d := &m.doc
	end := d.end(d.row(d.pos))
	if d.pos >= end {
		return 1
	}
	_, w := text.Glyph(d.text[d.pos:d.next(d.pos)], col)
	return w
}

// View is exactly the size that SetSize said: the text with line numbers, and below it what is wrong and where, where the
// cursor is and how long the text is.
func (m *Model) View() string {
	m.check()
	body := m.body()
	rows := make([]string, 0, m.h)
	if m.doc.text == "" && m.Placeholder != "" {
		rows = m.empty(body)
	} else {
		for row := m.top; row < min(m.top+body, len(m.doc.starts)); row++ {
			rows = append(rows, m.row(row))
		}
	}
	for len(rows) < body {
		rows = append(rows, "")
	}
	return text.Block(append(rows, m.footer()...), m.w, m.h)
}

// empty is what stands in the place of a text.
func (m *Model) empty(body int) []string {
	var rows []string
	for i, line := range strings.Split(m.Placeholder, "\n") {
		if i == body {
			break
		}
		lead := text.Spaces(m.gutter())
		if i == 0 && !m.blurred {
			lead = m.number(0) + m.brush.Now().cursor.Paint(caret)
		}
		rows = append(rows, lead+m.theme.Style.Placeholder.Render(text.Cut(text.Line(line), m.w-text.Width(lead))))
	}
	return rows
}

// caret marks where the next character goes at the end of a line, also where styles are not shown.
const caret = "_"

// number is what stands in front of a line.
func (m *Model) number(row int) string {
	w := m.gutter()
	if w == 0 {
		return ""
	}
	digits := text.PadLeft(strconv.Itoa(row+1), w-2)
	switch {
	case m.wrong() && row == m.line-1:
		return m.brush.Now().wrong.Paint(m.theme.Symbol.Failed+digits) + " "
	case !m.blurred && row == m.doc.row(m.doc.pos):
		return m.brush.Now().here.Paint(m.theme.Symbol.Cursor+digits) + " "
	}
	return m.brush.Now().number.Paint(" "+digits) + " "
}

// pen draws the part of a line that is in view, character by character; what looks alike is painted as one.
type pen struct {
	out      strings.Builder
	run      strings.Builder
	brush    theme.Brush
	from, to int // columns in view
	last     int // the column where the last character ended
}

func (p *pen) put(b theme.Brush, shown string, col, width int) {
	switch {
	case col+width <= p.from || col >= p.to:
		return
	case col < p.from || col+width > p.to: // cut in half by the edge
		shown = text.Spaces(min(col+width, p.to) - max(col, p.from))
	}
	if b != p.brush {
		p.flush()
		p.brush = b
	}
	p.run.WriteString(shown)
	p.last = min(col+width, p.to)
}

func (p *pen) flush() {
	p.out.WriteString(p.brush.Paint(p.run.String()))
	p.run.Reset()
}

// row is a line with its number.
func (m *Model) row(row int) string {
	d := &m.doc
	room := max(1, m.w-m.gutter())
	p := pen{from: m.left, to: m.left + room - 1, last: m.left}
	before := ""
	if m.left > 0 {
		p.from++
		p.last++
		before = " "
		if d.end(row) > d.starts[row] {
			before = m.brush.Now().more.Paint(m.theme.Symbol.Prev)
		}
	}
	line := d.line(row)
	kinds := m.kinds(row, line)
	col, at, caretAt := 0, 0, m.caretAt(row)
	for at < len(line) && col < p.to {
		n := text.First(line[at:])
		shown, w := text.Glyph(line[at:at+n], col)
		b := m.brush.Now().part[kinds[at]]
		if at == caretAt {
			b = m.brush.Now().cursor
		}
		p.put(b, shown, col, w)
		col, at = col+w, at+n
	}
	if at == caretAt {
		p.put(m.brush.Now().cursor, caret, col, 1)
	}
	p.flush()
	end := ""
	if at < len(line) || col > p.to {
		end = text.Spaces(p.to-p.last) + m.brush.Now().more.Paint(m.theme.Symbol.Next)
	}
	return m.number(row) + before + p.out.String() + end
}

// caretAt is where in a line the cursor is, -1 when it is elsewhere.
func (m *Model) caretAt(row int) int {
	if d := &m.doc; !m.blurred && d.row(d.pos) == row {
		return d.pos - d.starts[row]
	}
	return -1
}

// footer is the rows below the text.
func (m *Model) footer() []string {
	switch {
	case m.foot() == 0:
		return nil
	case m.foot() == 1 && m.wrong():
		return []string{m.problem()}
	case m.foot() == 1:
		return []string{m.place()}
	}
	return []string{m.problem(), m.place()}
}

// problem is what is wrong and where, or that nothing is.
func (m *Model) problem() string {
	switch {
	case m.wrong():
		words := text.Line(m.printer.Field(m.err))
		if m.line > 0 {
			words = m.printer.T("editor.wrong-at", "Line", m.line, "Column", m.col, "Reason", words)
		}
		return m.theme.Style.Error.Render(text.Cut(m.theme.Symbol.Failed+" "+words, m.w))
	case m.Check != nil && m.doc.text != "":
		return m.theme.Style.OK.Render(m.theme.Symbol.OK) + " " + text.Cut(m.printer.T("editor.right"), max(0, m.w-2))
	}
	return ""
}

// place is where the cursor is, and how long the text; in few words where room is short.
func (m *Model) place() string {
	line, col := m.doc.place(m.doc.pos)
	where := m.printer.T("editor.place", "Line", line, "Column", col)
	size, style := m.length("editor.bytes", "editor.too-long")
	if text.Width(where)+1+text.Width(size) > m.w {
		where = m.printer.T("editor.place-brief", "Line", line, "Column", col)
		size, style = m.length("editor.bytes-brief", "editor.bytes-brief")
	}
	return text.Edges(m.theme.Style.Muted.Render(where), style.Render(size), m.w)
}

// length is how long the text is and may be, and how that is drawn: with a sign when it is too long.
func (m *Model) length(id, tooLong string) (string, lipgloss.Style) {
	bytes := len(m.doc.text)
	switch {
	case m.Limit <= 0:
		return "", m.theme.Style.Muted
	case bytes > m.Limit:
		return m.theme.Symbol.Failed + " " + m.printer.T(tooLong, "Bytes", bytes, "Limit", m.Limit), m.theme.Style.Error
	}
	return m.printer.T(id, "Bytes", bytes, "Limit", m.Limit), m.theme.Style.Muted
}

// wrong reports whether there is a mistake to show: an empty text is not yet one.
func (m *Model) wrong() bool { return m.err != nil && m.doc.text != "" }
