package theme

import (
	"strings"

	"github.com/charmbracelet/lipgloss"
)

// Brush is a style made ready for many short texts: rendering a style anew takes microseconds and a dozen
// allocations, which dozens of rows thirty times a second would feel. It suits colours and attributes,
// not widths, borders or underlines.
type Brush struct{ before, after string }

// NewBrush makes a brush of a style.
func NewBrush(s lipgloss.Style) Brush {
	const mark = "x"
	before, after, _ := strings.Cut(s.Render(mark), mark)
	return Brush{before: before, after: after}
}

// Paint gives one line of text the brush's style.
func (b Brush) Paint(s string) string {
	if b.before == "" || s == "" {
		return s
	}
	return b.before + s + b.after
}

// Append appends n times sign to buf, painted as one piece: cells side by side that look the same.
func (b Brush) Append(buf []byte, sign string, n int) []byte {
	if n <= 0 {
		return buf
	}
	buf = append(buf, b.before...)
	for range n {
		buf = append(buf, sign...)
	}
	return append(buf, b.after...)
}
