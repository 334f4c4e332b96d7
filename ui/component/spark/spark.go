// Package spark draws the last samples of a number as small columns: updates a second, for one.
package spark

import (
	"strings"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Capacity is how many samples are kept when nothing else is said: ten minutes of seconds.
const Capacity = 600

// Model keeps the last samples of a number and draws them.
type Model struct {
	theme   *theme.Theme
	printer *locale.Printer
	brush   theme.Kept[theme.Brush]
	ring    []float64
	next    int     // where in ring the next sample goes
	count   int     // samples in ring
	peak    float64 // the largest sample there has been, kept or not
	w, h    int
}

// New makes a sparkline that keeps capacity samples, Capacity if 0.
func New(t *theme.Theme, p *locale.Printer, capacity int) *Model {
	if capacity <= 0 {
		capacity = Capacity
	}
	return &Model{theme: t, printer: p, brush: theme.Keep(func() theme.Brush { return theme.NewBrush(t.Style.Running) }), ring: make([]float64, capacity)}
}

// SetSize sets the size that View draws. More rows show finer differences.
func (m *Model) SetSize(w, h int) { m.w, m.h = w, h }

// Push adds a sample. Below zero counts as zero.
func (m *Model) Push(v float64) {
	v = max(0, v)
	m.ring[m.next] = v
	m.next = (m.next + 1) % len(m.ring)
	m.count = min(m.count+1, len(m.ring))
	m.peak = max(m.peak, v)
}

// Len is how many samples are kept now.
func (m *Model) Len() int { return m.count }

// Current is the last sample, 0 when there is none.
func (m *Model) Current() float64 {
	if m.count == 0 {
		return 0
	}
	return m.at(m.count - 1)
}

// at is the i-th of the samples kept, the oldest first.
func (m *Model) at(i int) float64 {
	return m.ring[(m.next-m.count+i+len(m.ring))%len(m.ring)]
}

// View is exactly the size that SetSize said: the columns, then the last sample and the peak. Where that is too much,
// the peak goes first, then the last sample.
func (m *Model) View() string {
	if m.w <= 0 || m.h <= 0 {
		return ""
	}
	if m.count == 0 {
		return text.Block([]string{m.theme.Style.Muted.Render(text.Cut(m.printer.T("spark.none"), m.w))}, m.w, m.h)
	}
	facts := m.facts()
	room := m.w - text.Width(facts)
	rows := m.columns(room)
	for i := range rows {
		rows[i] = text.Pad(rows[i], room)
	}
	rows[m.h-1] += facts
	return text.Block(rows, m.w, m.h)
}

// leastColumns is the fewest samples that tell anything.
const leastColumns = 8

// facts is what stands behind the columns: as much as leaves room for them.
func (m *Model) facts() string {
	now := m.printer.Rate(m.Current())
	for _, words := range []string{m.printer.T("spark.now", "Rate", now, "Peak", m.printer.Rate(m.peak)), now} {
		if text.Width(words)+1+leastColumns <= m.w {
			return " " + words
		}
	}
	return ""
}

// columns draws the last w samples on h rows, top row first.
func (m *Model) columns(w int) []string {
	rows := make([]string, m.h)
	n := min(m.count, max(0, w))
	most := 0.0
	for i := m.count - n; i < m.count; i++ {
		most = max(most, m.at(i))
	}
	levels := len(m.theme.Symbol.Spark)
	for r := range rows {
		var b strings.Builder
		base := (m.h - 1 - r) * levels // levels below this row
		for i := m.count - n; i < m.count; i++ {
			b.WriteString(m.cell(m.at(i), most, base))
		}
		rows[r] = text.Spaces(w-n) + m.brush.Now().Paint(b.String())
	}
	return rows
}

// cell is one sample's part of a row that begins base levels above the ground. Zero is the lowest sign, not a blank,
// so that quiet seconds differ from those not yet lived.
func (m *Model) cell(v, most float64, base int) string {
	levels := len(m.theme.Symbol.Spark)
	top := levels * m.h
	level := 1
	if most > 0 {
		level = 1 + int(v/most*float64(top-1)+0.5)
	}
	if level <= base {
		return " "
	}
	return m.theme.Symbol.Spark[min(level-base, levels)-1]
}
