// Package bars draws how many of a whole have which value: a bar for each value, the largest first.
package bars

import (
	"strings"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Row is a value and how many have it.
type Row struct {
	Label string
	Count int
	More  bool // there may be more than Count

	rest bool // several values in one row: it has no bar, which would dwarf the others
}

// Sizes of the parts, in columns and rows.
const (
	leastBar   = 6 // the shortest bar that tells anything
	percentage = 6 // a blank and "100 %"
	mostPitch  = 5 // rows that one value takes where there is room: its bar and a blank one
	bigPitch   = 3 // from here on a bar is as thick as its rows allow
)

// View is the values as bars, exactly h rows of w columns; the longest bar is the largest value's. Shares are of total; 0 leaves them
// out. Where there are more values than rows, the last row is the rest of them; where there are more rows, the bars are thicker.
func View(t *theme.Theme, p *locale.Printer, rows []Row, total, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	c := chart{theme: t, printer: p, total: total, w: w}
	shown := c.fold(rows, h)
	c.measure(shown)
	pitch := min(mostPitch, h/max(1, len(shown)))
	thick := 1
	if pitch >= bigPitch {
		thick = pitch - 1
	}
	var out []string
	for _, r := range shown {
		out = append(out, c.row(r, thick)...)
		out = append(out, make([]string, max(0, pitch-thick))...)
	}
	return text.Block(out, w, h)
}

// chart is one drawing.
type chart struct {
	theme   *theme.Theme
	printer *locale.Printer
	total   int
	w       int

	label, number, share, bar int // columns; share and bar are 0 where there is no room
	most                      int // the largest count
}

// fold puts what does not fit in h rows into one row at the end.
func (c chart) fold(rows []Row, h int) []Row {
	if len(rows) <= h {
		return rows
	}
	rest := Row{rest: true, Label: c.printer.T("bars.others", "Count", len(rows)-h+1)}
	for _, r := range rows[h-1:] {
		rest.Count += r.Count
		rest.More = rest.More || r.More
	}
	return append(rows[:h-1:h-1], rest)
}

// measure shares the columns out.
func (c *chart) measure(rows []Row) {
	for _, r := range rows {
		c.label = max(c.label, text.Width(r.Label))
		c.number = max(c.number, text.Width(c.count(r)))
		if !r.rest {
			c.most = max(c.most, r.Count)
		}
	}
	c.label = min(c.label, max(c.w/2, c.w-c.number-leastBar-percentage-2))
	room := c.w - c.label - c.number - 2
	if c.total > 0 && room-percentage >= leastBar {
		c.share = percentage
	}
	if room -= c.share; room >= leastBar {
		c.bar = room
	}
}

func (c *chart) count(r Row) string {
	n := c.printer.Number(r.Count)
	if r.More {
		n += "+"
	}
	return n
}

// row is a value on so many rows: Label ▓▓▓▓▓   334  33 %, and its bar again below.
func (c *chart) row(r Row, thick int) []string {
	number := c.theme.Style.Value.Render(text.PadLeft(c.count(r), c.number))
	if c.share > 0 {
		number += c.theme.Style.Muted.Render(text.PadLeft(c.printer.Percent(r.Count, c.total), c.share))
	}
	if c.bar == 0 {
		return []string{text.Edges(r.Label, number, c.w)}
	}
	n := 0
	if c.most > 0 && !r.rest {
		n = max(r.Count*c.bar/c.most, min(r.Count, 1))
	}
	bar := c.theme.Style.BarDone.Render(strings.Repeat(c.theme.Symbol.BarDone, n)) + text.Spaces(c.bar-n)
	out := []string{text.Pad(r.Label, c.label) + " " + bar + " " + number}
	for range thick - 1 {
		out = append(out, text.Spaces(c.label+1)+bar)
	}
	return out
}
