package runview

import (
	"strings"

	"fleetlab/ui/text"
)

// cell is a name with its values, or a text alone.
type cell struct {
	left   string
	values []string
}

// between stands between two values.
const between = "  "

func (c cell) right() string { return strings.Join(c.values, between) }

// Two columns of cells stand side by side from a width on at which both can be read.
const (
	columnsFrom = 72
	columnGap   = 4
)

// inColumns lays cells out in rows of w columns, two beside each other where there is room, read from left to right. A cell that needs
// the whole width gets it: nothing is cut as long as it fits in one row or another.
func inColumns(cells []cell, w int) []string {
	if w < columnsFrom || len(cells) == 1 {
		return single(cells, w)
	}
	left := (w - columnGap) / 2
	right := w - columnGap - left
	var rows []string
	for i := 0; i < len(cells); i++ {
		if i+1 < len(cells) && cells[i].fits(left) && cells[i+1].fits(right) {
			rows = append(rows, text.Edges(cells[i].left, cells[i].right(), left)+text.Spaces(columnGap)+text.Edges(cells[i+1].left, cells[i+1].right(), right))
			i++
			continue
		}
		part := left
		if !cells[i].fits(left) {
			part = w
		}
		rows = append(rows, cells[i].rows(part)...)
	}
	return rows
}

func single(cells []cell, w int) []string {
	var rows []string
	for _, c := range cells {
		rows = append(rows, c.rows(w)...)
	}
	return rows
}

// fits reports that a cell can be read in w columns.
func (c cell) fits(w int) bool {
	n := text.Width(c.left) + text.Width(c.right())
	if len(c.values) > 0 {
		n += len(between)
	}
	return n <= w
}

// rows is a cell in w columns, its values below its name where both are too long; a value is never parted.
func (c cell) rows(w int) []string {
	if c.fits(w) {
		return []string{text.Edges(c.left, c.right(), w)}
	}
	rows := []string{text.Cut(c.left, w)}
	line := ""
	for _, v := range c.values {
		if line != "" && text.Width(line)+len(between)+text.Width(v) > w {
			rows = append(rows, text.PadLeft(line, w))
			line = ""
		}
		if line != "" {
			line += between
		}
		line += v
	}
	return append(rows, text.PadLeft(line, w))
}
