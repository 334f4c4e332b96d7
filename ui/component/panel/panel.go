// Package panel draws frames with a title, and what stands in an empty one.
package panel

import (
	"strings"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Frame is a framed part of the screen.
type Frame struct {
	Title   string // upper left, in the frame
	Info    string // upper right, in the frame; may be styled
	Body    string // rows; cut or padded to the inside
	Focused bool   // another border and a mark in front of the title
	Danger  bool   // the border of what cannot be undone
}

// Inner is the size of the inside of a frame of w columns and h rows: the frame takes one column and one
// row on each side, and a blank column stands inside it left and right.
func Inner(w, h int) (iw, ih int) { return max(0, w-4), max(0, h-2) }

// Render draws f as exactly h rows of exactly w columns. Without room for a frame it is the body alone.
func Render(t *theme.Theme, f Frame, w, h int) string {
	rows := strings.Split(f.Body, "\n")
	iw, ih := Inner(w, h)
	if iw < 1 || ih < 1 {
		return text.Block(rows, w, h)
	}
	b, border := t.Symbol.Border, t.Style.Border
	if f.Focused {
		border = t.Style.FocusBorder
	}
	if f.Danger {
		border = t.Style.Danger
	}
	var out strings.Builder
	out.WriteString(top(t, f, w))
	side := border.Render(b.Vertical)
	for i := range ih {
		row := ""
		if i < len(rows) {
			row = rows[i]
		}
		out.WriteString("\n" + side + " " + text.Pad(row, iw) + " " + side)
	}
	out.WriteString("\n" + border.Render(b.BottomLeft+strings.Repeat(b.Horizontal, w-2)+b.BottomRight))
	return out.String()
}

// top is the upper edge: ┌ Title ──── Info ┐.
func top(t *theme.Theme, f Frame, w int) string {
	b, border, title := t.Symbol.Border, t.Style.Border, t.Style.Title
	name := f.Title
	if f.Focused {
		border, title = t.Style.FocusBorder, t.Style.FocusTitle
		name = t.Symbol.Cursor + " " + name
	}
	if f.Danger {
		border, title = t.Style.Danger, t.Style.Danger
	}
	room := w - 4 // corners and one line on each side of them
	left, right := "", ""
	if f.Title != "" && room > 4 {
		left = " " + text.Cut(name, room-2) + " "
	}
	if rest := room - text.Width(left) - 1; text.Width(f.Info) > 0 && rest >= text.Width(f.Info)+2 {
		right = " " + f.Info + " "
	}
	fill := room - text.Width(left) - text.Width(right)
	return border.Render(b.TopLeft) + title.Render(left) + border.Render(strings.Repeat(b.Horizontal, fill+1)) + right + border.Render(b.Horizontal+b.TopRight)
}

// Note is what stands in a frame that has nothing to show: what is missing, why, and what to do next.
// symbol and style say whether that is an error, a wait or simply nothing yet.
func Note(t *theme.Theme, n Notice, w, h int) string {
	style := t.Style.Strong
	if n.Error {
		style = t.Style.Failed
	}
	var rows []string
	head := n.Title
	if n.Symbol != "" {
		head = n.Symbol + " " + head
	}
	for _, l := range text.Wrap(head, max(2, w-4)) {
		rows = append(rows, style.Render(l))
	}
	if n.Next != "" {
		rows = append(rows, "")
		for _, l := range text.Wrap(n.Next, max(2, w-4)) {
			rows = append(rows, t.Style.Muted.Render(l))
		}
	}
	for i, r := range rows {
		rows[i] = text.Center(r, w)
	}
	blank := make([]string, max(0, (h-len(rows))/2))
	return text.Block(append(blank, rows...), w, h)
}

// Notice is the words of a Note.
type Notice struct {
	Symbol string
	Title  string
	Next   string
	Error  bool
}
