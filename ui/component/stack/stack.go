// Package stack draws how many of a whole are in which state, as one bar of several parts.
package stack

import (
	"strings"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Segment is one part of a bar.
type Segment struct {
	Symbol string // one column wide, another one for every part
	Style  lipgloss.Style
	Label  string
	Count  int
}

// Executions are the parts for the states of a job's executions: how they ended first, then what is still to come.
func Executions(t *theme.Theme, p *locale.Printer, counts execution.Counts) []Segment {
	order := []theme.Execution{
		theme.Succeeded, theme.Failed, theme.TimedOut, theme.Rejected, theme.Canceled, theme.Removed, theme.InProgress, theme.Queued, theme.Waiting,
	}
	out := make([]Segment, len(order))
	for i, s := range order {
		out[i] = Segment{Symbol: t.Symbol.Execution[s], Style: t.Style.Execution[s], Label: execution.Label(p, s), Count: counts[s]}
	}
	return out
}

// Bar is the bar alone, exactly w columns. Every part that is not zero has a column at least, as long as there are
// as many columns; a whole of nothing is an empty bar.
func Bar(t *theme.Theme, segments []Segment, w int) string {
	if w <= 0 {
		return ""
	}
	var b strings.Builder
	used := 0
	for i, n := range share(segments, w) {
		b.WriteString(segments[i].Style.Render(strings.Repeat(segments[i].Symbol, n)))
		used += n
	}
	return b.String() + t.Style.BarRest.Render(strings.Repeat(t.Symbol.BarRest, w-used))
}

// share gives every part its columns: by the largest remainder, but no part that is not zero goes without one while
// there are enough. Where there are too few, the first parts have them.
func share(segments []Segment, w int) []int {
	cols := make([]int, len(segments))
	total, parts := 0, 0
	for _, s := range segments {
		if s.Count > 0 {
			total += s.Count
			parts++
		}
	}
	if total == 0 {
		return cols
	}
	if parts >= w {
		return first(segments, cols, w)
	}
	left := w
	for i, s := range segments {
		if s.Count > 0 {
			cols[i] = max(1, s.Count*w/total)
			left -= cols[i]
		}
	}
	for ; left > 0; left-- {
		cols[most(segments, cols, total, w, 1)]++
	}
	for ; left < 0; left++ {
		cols[most(segments, cols, total, w, -1)]--
	}
	return cols
}

// first gives one column each to the first w parts that are not zero.
func first(segments []Segment, cols []int, w int) []int {
	for i, s := range segments {
		if s.Count > 0 && w > 0 {
			cols[i] = 1
			w--
		}
	}
	return cols
}

// most is the part that lacks most of its true share of the columns (sign 1) or has most above it and more than one
// column (sign -1).
func most(segments []Segment, cols []int, total, w, sign int) int {
	at, lack := -1, 0
	for i, s := range segments {
		if s.Count <= 0 || sign < 0 && cols[i] < 2 {
			continue
		}
		if d := sign * (s.Count*w - cols[i]*total); at < 0 || d > lack {
			at, lack = i, d
		}
	}
	return at
}

// Legend is what the parts mean and how many there are of each, on at most h rows of at most w columns. Parts of zero are left out.
// Where that is too much, the words are left out, and where even the numbers are, those that do not fit.
func Legend(t *theme.Theme, p *locale.Printer, segments []Segment, w, h int) []string {
	rows, ok := rowsOf(t, p, segments, w, h, true)
	if !ok {
		rows, _ = rowsOf(t, p, segments, w, h, false)
	}
	return rows
}

// rowsOf is the parts with their counts, with words or without; false if some did not fit.
func rowsOf(t *theme.Theme, p *locale.Printer, segments []Segment, w, h int, words bool) (rows []string, ok bool) {
	row, used := "", 0
	for _, s := range segments {
		if s.Count <= 0 {
			continue
		}
		label := " "
		if words {
			label = " " + s.Label + " "
		}
		number := p.Number(s.Count)
		need := text.Width(s.Symbol + label + number)
		if used > 0 && used+gap+need > w {
			rows, row, used = append(rows, row), "", 0
		}
		if len(rows) >= h || need > w {
			return rows, false
		}
		if used > 0 {
			row += text.Spaces(gap)
			used += gap
		}
		row += s.Style.Render(s.Symbol) + label + t.Style.Value.Render(number)
		used += need
	}
	if used > 0 {
		rows = append(rows, row)
	}
	return rows, len(rows) <= h
}

// gap is the columns between two parts of the legend.
const gap = 2

// View is the bar with its total and its legend below, exactly h rows of w columns. One row is the bar and the total.
func View(t *theme.Theme, p *locale.Printer, segments []Segment, w, h int) string {
	total := 0
	for _, s := range segments {
		total += max(0, s.Count)
	}
	end := p.T("stack.total", "Count", total)
	bar := text.Pad(end, w)
	if room := w - text.Width(end) - 1; room >= leastBar {
		bar = Bar(t, segments, room) + " " + t.Style.Value.Render(end)
	}
	rows := []string{bar}
	if total == 0 {
		rows = append(rows, t.Style.Muted.Render(p.T("stack.none")))
	}
	return text.Block(append(rows, Legend(t, p, segments, w, h-1)...), w, h)
}

// leastBar is the shortest bar that tells anything.
const leastBar = 8
