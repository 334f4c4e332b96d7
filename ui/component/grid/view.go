package grid

import (
	"strconv"
	"strings"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/component/stack"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// brushes are the styles of cells, made ready: a style is too slow for ten thousand of them thirty times a second.
type brushes struct {
	state [theme.Executions]theme.Brush
	aim   theme.Brush
}

func newBrushes(t *theme.Theme) brushes {
	b := brushes{aim: theme.NewBrush(t.Style.Cursor)}
	for i, s := range t.Style.Execution {
		b.state[i] = theme.NewBrush(s)
	}
	return b
}

// View is exactly the size that SetSize said: cells, the device or devices under the cursor, and the legend.
func (m *Model) View() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	if len(m.states) == 0 {
		return text.Block([]string{m.theme.Style.Muted.Render(text.Cut(m.printer.T("grid.none"), m.w))}, m.w, m.h)
	}
	l := m.layout()
	m.buf = m.buf[:0]
	for r := range l.body {
		if r > 0 {
			m.buf = append(m.buf, '\n')
		}
		if r%l.pitch > 0 {
			m.buf = append(m.buf, text.Spaces(m.w)...)
			continue
		}
		m.row(l, m.top+r/l.pitch)
	}
	for i, row := range m.footer(l) {
		if i > 0 || l.body > 0 {
			m.buf = append(m.buf, '\n')
		}
		m.buf = append(m.buf, row...)
	}
	return string(m.buf)
}

// row appends a row of cells, exactly as wide as the grid. Cells side by side that look the same are painted as one.
func (m *Model) row(l layout, row int) {
	first, used := row*l.cols, 0
	last := min(first+l.cols, l.cells)
	aim := m.cursor / l.per
	gap := ""
	if l.stride > l.signs {
		gap = " "
	}
	for cell := first; cell < last; {
		if cell > first {
			m.buf = append(m.buf, gap...)
			used += len(gap)
		}
		if cell == aim && !m.blurred {
			m.buf = m.brush.Now().aim.Append(m.buf, m.theme.Symbol.Aim, l.signs)
			cell++
			used += l.signs
			continue
		}
		state := m.cell(l, cell)
		end := cell + 1
		for end < last && (end != aim || m.blurred) && m.cell(l, end) == state {
			end++
		}
		m.run(state, end-cell, l.signs, gap)
		used += (end-cell)*l.stride - len(gap)
		cell = end
	}
	m.buf = append(m.buf, text.Spaces(m.w-used)...)
}

// run appends n cells of one state, each of so many signs.
func (m *Model) run(state theme.Execution, n, signs int, gap string) {
	sign, brush := m.theme.Symbol.Execution[state], m.brush.Now().state[state]
	if signs > 1 {
		sign = strings.Repeat(sign, signs)
	}
	if gap != "" && n > 1 {
		m.buf = brush.Append(m.buf, sign+gap, n-1)
		n = 1
	}
	m.buf = brush.Append(m.buf, sign, n)
}

// severity is which state a cell of many shows: the one with the highest number.
var severity = [theme.Executions]uint8{
	theme.Failed: 8, theme.TimedOut: 7, theme.Rejected: 6, theme.Canceled: 5, theme.Removed: 4,
	theme.InProgress: 3, theme.Queued: 2, theme.Waiting: 1, theme.Succeeded: 0,
}

// cell is the state that a cell shows.
func (m *Model) cell(l layout, cell int) theme.Execution {
	from := cell * l.per
	if l.per == 1 {
		return m.states[from]
	}
	devices := m.states[from:min(from+l.per, len(m.states))]
	if m.usual {
		return usual(devices)
	}
	worst := devices[0]
	for _, s := range devices {
		if severity[s] > severity[worst] {
			worst = s
		}
	}
	return worst
}

// usual is the most frequent state; of several the worst.
func usual(devices []theme.Execution) theme.Execution {
	counts := execution.Count(devices)
	at := devices[0]
	for i, n := range counts {
		s := theme.Execution(i)
		if n > counts[at] || n == counts[at] && severity[s] > severity[at] {
			at = s
		}
	}
	return at
}

// footer is the rows below the cells, each exactly as wide as the grid.
func (m *Model) footer(l layout) []string {
	if l.foot == 0 {
		return nil
	}
	here := ""
	if !m.blurred {
		here = m.here()
	}
	meaning := m.meaning(l)
	if text.Width(here)+1+text.Width(meaning) > m.w {
		meaning = m.printer.T("grid.brief", "Count", l.per)
	}
	rows := make([]string, l.foot)
	rows[0] = text.Edges(here, m.theme.Style.Muted.Render(meaning), m.w)
	for i, r := range m.legend(l.foot - 1) {
		rows[i+1] = r
	}
	for i := 1; i < l.foot; i++ {
		rows[i] = text.Pad(rows[i], m.w)
	}
	return rows
}

// meaning is what a cell stands for.
func (m *Model) meaning(l layout) string {
	switch {
	case l.per == 1:
		return m.printer.T("grid.one")
	case m.usual:
		return m.printer.T("grid.usual", "Count", l.per)
	}
	return m.printer.T("grid.worst", "Count", l.per)
}

// here is the device under the cursor with its state, or how many of those of its cell are in which, and who they are.
func (m *Model) here() string {
	from, to := m.Selected()
	lead := m.theme.Symbol.Aim + " "
	if to-from == 1 {
		s := m.states[from]
		sign := m.theme.Style.Execution[s].Render(m.theme.Symbol.Execution[s])
		return lead + m.theme.Style.Strong.Render(m.device(from)) + " " + sign + " " + execution.Label(m.printer, s)
	}
	out := lead
	for s, n := range execution.Count(m.states[from:to]) {
		if n > 0 {
			out += m.theme.Style.Execution[s].Render(m.theme.Symbol.Execution[s]) + " " + m.printer.Number(n) + " "
		}
	}
	out += m.theme.Style.Strong.Render(m.printer.T("grid.range", "From", m.device(from), "To", m.device(to-1)))
	return out
}

// device is what a device is called.
func (m *Model) device(i int) string {
	if m.name == nil {
		return strconv.Itoa(i + 1)
	}
	return text.Line(m.name(i))
}

// legend is rows made for counts and a size, kept because counts often stay for many frames.
type legend struct {
	counts execution.Counts
	w, h   int
	rows   []string
}

func (m *Model) legend(h int) []string {
	counts := execution.Count(m.states)
	if m.rest.rows == nil || m.rest.counts != counts || m.rest.w != m.w || m.rest.h != h {
		m.rest = legend{counts: counts, w: m.w, h: h, rows: stack.Legend(m.theme, m.printer, stack.Executions(m.theme, m.printer, counts), m.w, h)}
	}
	return m.rest.rows
}
