package chart

import (
	"strings"
	"time"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// plot is the rows of the plot with the upright axis.
func (d *drawing) plot() []string {
	labels := d.valueLabels()
	marks := make([]int, d.cols) // the mark in a column, from 1
	for i, m := range d.Marks {
		marks[d.column(m.At)] = i + 1
	}
	brushes := make([]theme.Brush, 0, len(d.Series)+len(d.Marks)+1)
	brushes = append(brushes, theme.Brush{})
	for _, s := range d.Series {
		brushes = append(brushes, theme.NewBrush(s.Style))
	}
	for _, m := range d.Marks {
		brushes = append(brushes, theme.NewBrush(m.Style))
	}
	rows := make([]string, d.rows)
	for r := range rows {
		rows[r] = labels[r] + d.plotRow(r, marks, brushes)
	}
	return rows
}

// plotRow is one row of the plot; what looks alike side by side is painted as one.
func (d *drawing) plotRow(row int, marks []int, brushes []theme.Brush) string {
	var out []byte
	var run strings.Builder
	now := 0
	for col := 0; col < d.cols; col++ {
		sign, who := d.cell(row*d.cols+col, marks[col])
		if m, ok := d.inside[col]; ok && row == 0 {
			sign, who = d.Marks[m].Label, len(d.Series)+m+1
			col += text.Width(sign) - 1
		}
		if who != now {
			out = brushes[now].Append(out, run.String(), min(1, run.Len()))
			run.Reset()
			now = who
		}
		run.WriteString(sign)
	}
	return string(brushes[now].Append(out, run.String(), min(1, run.Len())))
}

// cell is what stands in a column of the plot, and whose it is: 0 for nothing, then the series, then the marks. A mark is
// drawn over areas, and lines over a mark.
func (d *drawing) cell(at, mark int) (sign string, who int) {
	who = int(d.canvas.who[at])
	area := who > 0 && d.Series[who-1].Area
	switch {
	case mark > 0 && (who == 0 || area):
		return d.theme.Symbol.Axis.Mark, len(d.Series) + mark
	case who == 0:
		return " ", 0
	}
	return d.canvas.sign(d.theme, at, area), who
}

// valueLabels is what stands in front of each row of the plot: a number and a tick where one belongs, else the axis.
func (d *drawing) valueLabels() []string {
	out := make([]string, d.rows)
	if d.gutter == 0 {
		return out
	}
	axis, muted := d.theme.Symbol.Axis, theme.NewBrush(d.theme.Style.Muted)
	line := theme.NewBrush(d.theme.Style.Border)
	for i := range out {
		out[i] = text.Spaces(d.gutter-1) + line.Paint(axis.Vertical)
	}
	for v := d.values.step; v <= d.values.top; v += d.values.step {
		row := d.rows - 1 - d.canvas.y(float64(v)/float64(d.values.top))/d.canvas.dy
		out[row] = muted.Paint(text.PadLeft(d.printer.Number(v), d.gutter-1)) + line.Paint(axis.TickY)
	}
	return out
}

// axisRow is the level axis.
func (d *drawing) axisRow() string {
	axis := d.theme.Symbol.Axis
	row := make([]string, d.cols)
	for i := range row {
		row[i] = axis.Horizontal
	}
	for at := d.times.step; at <= d.times.end; at += d.times.step {
		row[d.column(at)] = axis.TickX
	}
	line := strings.Join(row, "")
	if d.gutter > 0 {
		line = text.Spaces(d.gutter-1) + axis.Corner + line
	}
	return d.theme.Style.Border.Render(line)
}

// timesRow is the moments below the level axis and their unit at its end. Labels that would meet another are left out.
func (d *drawing) timesRow() string {
	unit := d.printer.T(d.times.unitID())
	room := d.cols - text.Width(unit) - 1
	row := text.Spaces(d.gutter)
	used := 0
	for at := time.Duration(0); at <= d.times.end; at += d.times.step {
		label := d.times.label(at)
		from := max(0, d.column(at)-len(label)/2)
		if used > 0 && from <= used || from+len(label) > room {
			continue
		}
		row += text.Spaces(from-used) + label
		used = from + len(label)
	}
	return d.theme.Style.Muted.Render(text.Edges(row, unit, d.w))
}
