package table

import (
	"fleetlab/ui/component/panel"
	"fleetlab/ui/text"
)

// gap is the blank columns between two columns.
const gap = 2

// body is how many rows of values fit below the header and above the filter.
func (m *Model[T]) body() int {
	n := m.h - 1
	if m.filtering() {
		n--
	}
	return max(0, n)
}

func (m *Model[T]) filtering() bool { return m.typing || m.filter.Value() != "" }

// View is exactly the size that SetSize said.
func (m *Model[T]) View() string {
	if len(m.rows) == 0 {
		return panel.Note(m.theme, m.notice, m.w, m.h)
	}
	widths := m.widths()
	rows := make([]string, 0, m.h)
	rows = append(rows, m.header(widths))
	for i := m.top; i < min(m.height(), m.top+m.body()); i++ {
		if at := m.line(i); at < 0 {
			rows = append(rows, m.theme.Style.Heading.Render(text.Cut(m.Group(m.rows[m.shown[^at]]), m.w)))
		} else {
			rows = append(rows, m.row(at, widths))
		}
	}
	for len(rows) < m.body()+1 {
		rows = append(rows, "")
	}
	if m.filtering() {
		rows = append(rows, m.filterRow())
	}
	return text.Block(rows, m.w, m.h)
}

// lead is the columns in front of the first column: the cursor, and the mark where rows can be marked.
func (m *Model[T]) lead() int {
	if m.Multi {
		return 4
	}
	return 2
}

// widths shares the width out; columns that do not fit are left out from the end.
func (m *Model[T]) widths() []int {
	room := m.w - m.lead()
	n, used, flex := 0, 0, 0
	for i, c := range m.columns {
		need := c.Min
		if i > 0 {
			need += gap
		}
		if i > 0 && used+need > room {
			break
		}
		n, used, flex = i+1, used+need, flex+c.Flex
	}
	widths := make([]int, n)
	left := max(0, room-used)
	for i := range widths {
		c := m.columns[i]
		widths[i] = min(c.Min, room)
		if c.Flex > 0 {
			extra := left * c.Flex / flex
			widths[i] += extra
			left -= extra
			flex -= c.Flex
		}
	}
	return widths
}

func (m *Model[T]) header(widths []int) string {
	line := text.Spaces(m.lead())
	for i, w := range widths {
		if i > 0 {
			line += text.Spaces(gap)
		}
		line += m.align(m.columns[i], m.columns[i].Title, w)
	}
	return m.theme.Style.Muted.Render(text.Pad(line, m.w))
}

func (m *Model[T]) align(c Column[T], s string, w int) string {
	if c.Right {
		return text.PadLeft(s, w)
	}
	return text.Pad(s, w)
}

func (m *Model[T]) row(i int, widths []int) string {
	row := m.rows[m.shown[i]]
	here := i == m.cursor
	line := "  "
	if here {
		line = m.theme.Symbol.Cursor + " "
	}
	if m.Multi {
		line += m.mark(row) + " "
	}
	for j, w := range widths {
		c := m.columns[j]
		if j > 0 {
			line += text.Spaces(gap)
		}
		cell := m.align(c, text.Line(c.Cell(row)), w)
		if c.Style != nil && !here {
			cell = c.Style(row).Render(cell)
		}
		line += cell
	}
	if here {
		return m.theme.Style.Cursor.Render(text.Pad(line, m.w))
	}
	return line
}

func (m *Model[T]) mark(row T) string {
	if m.marked[m.id(row)] {
		return m.theme.Symbol.Checked
	}
	return m.theme.Symbol.Unchecked
}

func (m *Model[T]) filterRow() string {
	count := m.printer.T("table.shown", "Shown", len(m.shown), "Total", len(m.rows))
	w := max(1, m.w-text.Width(count)-2)
	return "/" + m.filter.View(m.theme, w-1, m.typing) + " " + m.theme.Style.Muted.Render(count)
}
