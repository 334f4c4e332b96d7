// Package chart draws how a number grows over time: devices told of a job and devices done, minute by minute.
package chart

import (
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Point is a value from a moment on.
type Point struct {
	At    time.Duration // since the beginning
	Value float64       // not below zero
}

// Series is one line or area. It goes straight from point to point, or in steps.
type Series struct {
	Label  string
	Style  lipgloss.Style
	Points []Point // by time, not going back
	Area   bool    // the ground below is dotted and no line drawn, so that two series differ without colour
	Steps  bool    // a value holds until the next point
}

// Mark is a moment that matters: an upright line with a label.
type Mark struct {
	At    time.Duration
	Label string
	Style lipgloss.Style
}

// Chart is what is drawn. Areas should come before lines: what comes later is drawn over what came before.
type Chart struct {
	Series []Series
	Marks  []Mark
	Most   float64       // the upright axis goes at least up to here
	End    time.Duration // the level axis goes at least to here
}

// View draws c on exactly h rows of w columns: a legend, the plot with its axes, and times below. What there is no room for is
// left out or cut; from 30 columns and 6 rows all of it is there. From 8 rows on the labels of marks stand above them, else beside them in
// the plot where it is empty, else in the legend. A chart without points says so.
func View(t *theme.Theme, p *locale.Printer, c Chart, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	if c.empty() {
		row := text.Center(t.Style.Muted.Render(text.Cut(p.T("chart.none"), w)), w)
		return text.Block(append(make([]string, (h-1)/2), row), w, h)
	}
	d := drawing{theme: t, printer: p, Chart: c, w: w}
	d.arrange(h)
	var rows []string
	if d.legend {
		rows = append(rows, d.legendRow())
	}
	if d.labels {
		rows = append(rows, text.Spaces(d.gutter)+d.markRow())
	}
	rows = append(rows, d.plot()...)
	if d.axis {
		rows = append(rows, d.axisRow(), d.timesRow())
	}
	return text.Block(rows, w, h)
}

func (c Chart) empty() bool {
	for _, s := range c.Series {
		if len(s.Points) > 0 {
			return false
		}
	}
	return true
}

// drawing is a chart in a size.
type drawing struct {
	Chart
	theme   *theme.Theme
	printer *locale.Printer
	w       int

	legend, labels, axis bool // which rows there are
	gutter               int  // columns in front of the plot, with the axis; 0 without
	cols, rows           int  // the plot
	values               scale
	times                clock
	canvas               *canvas
	inside               map[int]int // labels in the first row of the plot: from a column on, that of a mark
}

// leastPlot is the least columns of a plot beside an upright axis.
const leastPlot = 10

// arrange shares the rows and columns out.
func (d *drawing) arrange(h int) {
	d.axis, d.legend, d.labels = h >= 3, h >= 5, h >= 8 && len(d.Marks) > 0
	d.rows = h
	if d.axis {
		d.rows -= 2
	}
	if d.legend {
		d.rows--
	}
	if d.labels {
		d.rows--
	}
	d.values = newScale(d.most(), max(1, min(5, d.rows/3)))
	d.gutter = text.Width(d.printer.Number(d.values.top)) + 1
	if !d.axis || d.w < d.gutter+leastPlot {
		d.gutter = 0
	}
	d.cols = d.w - d.gutter
	d.times = newClock(d.end(), max(1, d.cols/8))
	d.canvas = newCanvas(d.theme.Symbol.Dots, d.cols, d.rows)
	for i, s := range d.Series {
		d.draw(i, s)
	}
	if !d.labels {
		d.label()
	}
}

// label finds room in the first row of the plot for the labels of marks, as near to them as there is some.
func (d *drawing) label() {
	d.inside = map[int]int{}
	taken := make([]bool, d.cols)
	for _, m := range d.Marks {
		taken[d.column(m.At)] = true
	}
	for i, m := range d.Marks {
		w := text.Width(m.Label)
		from, ok := d.near(taken, d.column(m.At), w)
		if w == 0 || !ok {
			continue
		}
		d.inside[from] = i
		for c := from; c < from+w; c++ {
			taken[c] = true
		}
	}
}

// near is where w columns are blank in the first row of the plot, at the left or at the right of col and at most a few columns away.
func (d *drawing) near(taken []bool, col, w int) (from int, ok bool) {
	const away = 3
	for gap := range away {
		for _, from := range []int{col - w - gap, col + 1 + gap} {
			if d.blank(taken, from, from+w) {
				return from, true
			}
		}
	}
	return 0, false
}

// blank reports whether nothing is drawn in the first row of the plot from one column up to another.
func (d *drawing) blank(taken []bool, from, to int) bool {
	if from < 0 || to > d.cols {
		return false
	}
	for c := from; c < to; c++ {
		if taken[c] || d.canvas.bits[c] != 0 {
			return false
		}
	}
	return true
}

// labelled reports whether a mark's label is in the plot.
func (d *drawing) labelled(mark int) bool {
	for _, m := range d.inside {
		if m == mark {
			return true
		}
	}
	return false
}

func (d *drawing) most() float64 {
	most := d.Most
	for _, s := range d.Series {
		for _, p := range s.Points {
			most = max(most, p.Value)
		}
	}
	return most
}

func (d *drawing) end() time.Duration {
	end := d.End
	for _, s := range d.Series {
		if n := len(s.Points); n > 0 {
			end = max(end, s.Points[n-1].At)
		}
	}
	for _, m := range d.Marks {
		end = max(end, m.At)
	}
	return max(end, time.Second)
}

// legendRow is what the series are called, and the marks where they have no labels of their own.
func (d *drawing) legendRow() string {
	var parts []string
	for _, s := range d.Series {
		if s.Label != "" {
			parts = append(parts, s.Style.Render(d.canvas.sample(d.theme, s.Area))+" "+s.Label)
		}
	}
	for i, m := range d.Marks {
		if m.Label != "" && !d.labels && !d.labelled(i) {
			parts = append(parts, m.Style.Render(d.theme.Symbol.Axis.Mark)+" "+m.Label)
		}
	}
	return strings.Join(parts, "  ")
}

// markRow is the labels of the marks above them, each at the right of its line where it fits and else at the left of it.
// Where two would meet, the later one is left out.
func (d *drawing) markRow() string {
	row, used := "", 0
	for _, m := range d.Marks {
		col := d.column(m.At)
		label := text.Cut(m.Label, d.cols)
		from := max(0, min(col, d.cols-text.Width(label)))
		if used > 0 && from <= used {
			continue
		}
		row += text.Spaces(from-used) + m.Style.Render(label)
		used = from + text.Width(label)
	}
	return row
}

// column is the column of the plot that a moment is in.
func (d *drawing) column(at time.Duration) int {
	return min(d.cols-1, d.canvas.x(float64(at)/float64(d.times.end))/d.canvas.dx)
}
