package markdown

import (
	"strings"

	"github.com/yuin/goldmark/ast"

	"fleetlab/ui/text"
)

// tableGap is the blank columns between two columns of a table.
const tableGap = 2

// table lays a table out. Columns keep their natural width while they fit; otherwise the widest give way
// and their cells wrap.
func (r *renderer) table(n ast.Node, w int) {
	var rows [][]string
	for row := n.FirstChild(); row != nil; row = row.NextSibling() {
		var cells []string
		for c := row.FirstChild(); c != nil; c = c.NextSibling() {
			in := inline{theme: r.theme, source: r.source}
			in.walk(c, r.theme.Style.Text)
			cells = append(cells, in.text.String())
		}
		rows = append(rows, cells)
	}
	widths := shares(rows, w)
	for i, cells := range rows {
		r.tableRow(cells, widths, w, i == 0)
		if i == 0 {
			rule := strings.Repeat(r.theme.Symbol.Border.Horizontal, min(w, sum(widths)+tableGap*(len(widths)-1)))
			r.rows = append(r.rows, r.theme.Style.Border.Render(rule))
		}
	}
}

// shares is how wide each column may be.
func shares(rows [][]string, w int) []int {
	var widths []int
	for _, cells := range rows {
		for i, c := range cells {
			if i == len(widths) {
				widths = append(widths, 1)
			}
			widths[i] = max(widths[i], text.Width(c))
		}
	}
	for sum(widths)+tableGap*(len(widths)-1) > w {
		widest := 0
		for i := range widths {
			if widths[i] > widths[widest] {
				widest = i
			}
		}
		if widths[widest] <= 2 {
			break
		}
		widths[widest]--
	}
	return widths
}

func (r *renderer) tableRow(cells []string, widths []int, w int, head bool) {
	wrapped := make([][]string, len(cells))
	height := 0
	for i, c := range cells {
		wrapped[i] = text.Wrap(c, widths[i])
		height = max(height, len(wrapped[i]))
	}
	style := r.theme.Style.Text
	if head {
		style = r.theme.Style.Strong
	}
	for y := range height {
		var b strings.Builder
		for i := range cells {
			if i > 0 {
				b.WriteString(text.Spaces(tableGap))
			}
			cell := ""
			if y < len(wrapped[i]) {
				cell = wrapped[i][y]
			}
			b.WriteString(style.Render(text.Pad(cell, widths[i])))
		}
		// More columns than fit at two columns each are cut.
		r.rows = append(r.rows, text.Cut(strings.TrimRight(b.String(), " "), w))
	}
}

func sum(values []int) int {
	n := 0
	for _, v := range values {
		n += v
	}
	return n
}
