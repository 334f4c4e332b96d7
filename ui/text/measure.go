// Package text measures, cuts, pads, wraps and cleans what goes on the screen. It is the only place that
// does: libraries disagree about the width of a character, and one row that is a column too wide breaks
// the whole screen.
package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
)

// Ellipsis ends what Cut had to shorten.
const Ellipsis = "…"

// Width is the number of terminal columns s takes. Escape sequences take none; s must be one line.
func Width(s string) int {
	if plain(s) {
		return len(s)
	}
	return ansi.StringWidth(s)
}

// plain reports whether s is printable ASCII only, where columns and bytes are the same.
func plain(s string) bool {
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' {
			return false
		}
	}
	return true
}

// Cut shortens s to at most w columns; what was shortened ends in an ellipsis. Styles stay closed.
func Cut(s string, w int) string {
	if w <= 0 {
		return ""
	}
	if Width(s) <= w {
		return s
	}
	if plain(s) {
		return s[:w-1] + Ellipsis
	}
	return ansi.Truncate(s, w, Ellipsis)
}

// CutLeft shortens s to at most w columns by leaving out its beginning; it suits paths and typed text.
func CutLeft(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := Width(s)
	if n <= w {
		return s
	}
	// A wide character on the edge may cost one column more.
	for drop := n - w + 1; drop <= n; drop++ {
		if c := ansi.TruncateLeft(s, drop, Ellipsis); Width(c) <= w {
			return c
		}
	}
	return Ellipsis
}

// Pad makes s exactly w columns wide: cut if it is wider, spaces on the right if it is narrower.
func Pad(s string, w int) string {
	if w <= 0 {
		return ""
	}
	n := Width(s)
	if n > w {
		s = Cut(s, w)
		n = Width(s)
	}
	return s + Spaces(w-n)
}

// PadLeft is Pad with the spaces on the left; it suits numbers.
func PadLeft(s string, w int) string {
	if w <= 0 {
		return ""
	}
	s = Cut(s, w)
	return Spaces(w-Width(s)) + s
}

// Center is Pad with the spaces on both sides.
func Center(s string, w int) string {
	s = Cut(s, w)
	return Pad(Spaces((w-Width(s))/2)+s, w)
}

// Edges puts left at the start and right at the end of a row of exactly w columns. When both do not fit,
// left is cut first, down to a third of the row.
func Edges(left, right string, w int) string {
	if w <= 0 {
		return ""
	}
	rw := Width(right)
	switch {
	case rw == 0:
		return Pad(left, w)
	case Width(left) == 0:
		return PadLeft(right, w)
	}
	if least := min(Width(left), w/3); rw > w-least-1 {
		right = Cut(right, w-least-1)
		rw = Width(right)
	}
	if rw == 0 {
		return Pad(left, w)
	}
	return Pad(left, w-rw-1) + " " + right
}

const blank = "                                                                                "

// Spaces is n spaces, none if n is negative.
func Spaces(n int) string {
	switch {
	case n <= 0:
		return ""
	case n <= len(blank):
		return blank[:n]
	}
	return strings.Repeat(" ", n)
}

// Block lays lines out as exactly h rows of exactly w columns: rows are padded or cut, missing rows are
// blank and rows too many are left out at the end.
func Block(lines []string, w, h int) string {
	if w <= 0 || h <= 0 {
		return ""
	}
	var b strings.Builder
	b.Grow((w + 1) * h)
	for i := range h {
		if i > 0 {
			b.WriteByte('\n')
		}
		if i < len(lines) {
			b.WriteString(Pad(lines[i], w))
		} else {
			b.WriteString(Spaces(w))
		}
	}
	return b.String()
}

// Beside puts blocks of the same height next to each other.
func Beside(blocks ...string) string {
	var cols [][]string
	rows := 0
	for _, b := range blocks {
		if b == "" {
			continue
		}
		c := strings.Split(b, "\n")
		rows = max(rows, len(c))
		cols = append(cols, c)
	}
	var out strings.Builder
	for i := range rows {
		if i > 0 {
			out.WriteByte('\n')
		}
		for _, c := range cols {
			if i < len(c) {
				out.WriteString(c[i])
			} else {
				out.WriteString(Spaces(Width(c[0])))
			}
		}
	}
	return out.String()
}

// Below puts blocks of the same width under each other; empty ones are left out.
func Below(blocks ...string) string {
	keep := make([]string, 0, len(blocks))
	for _, b := range blocks {
		if b != "" {
			keep = append(keep, b)
		}
	}
	return strings.Join(keep, "\n")
}

// Overlay puts block over back with its upper left corner at column x of row y; both are plain rectangles
// of rows and what sticks out of back is left out.
func Overlay(back, block string, x, y int) string {
	rows := strings.Split(back, "\n")
	for i, line := range strings.Split(block, "\n") {
		if y+i < 0 || y+i >= len(rows) {
			continue
		}
		rows[y+i] = over(rows[y+i], line, max(0, x))
	}
	return strings.Join(rows, "\n")
}

// over puts line over row from column x. A wide character cut in half becomes a space.
func over(row, line string, x int) string {
	w, lw := Width(row), Width(line)
	x = min(x, w)
	if x+lw > w {
		line = ansi.Truncate(line, max(0, w-x), "")
		lw = Width(line)
	}
	left := Pad(ansi.Truncate(row, x, ""), x)
	right := ansi.TruncateLeft(row, x+lw, "")
	gap := w - x - lw - Width(right)
	if gap < 0 {
		right = ansi.TruncateLeft(row, x+lw+1, "")
		gap = w - x - lw - Width(right)
	}
	return left + line + Spaces(gap) + right
}
