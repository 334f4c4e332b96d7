// Package vt is a small terminal for tests and pictures: what a program writes becomes rows of cells. It knows what bubbletea and
// tmux write, no more.
package vt

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"

	"fleetlab/ui/text"
)

// Cell is one column of a row.
type Cell struct {
	Text  string // a character with its marks; "" in the second column of a wide one and where nothing was written
	Style Style
}

// Style is how a cell looks.
type Style struct {
	Fg, Bg                                       string // as #rrggbb; "": the terminal's own
	Bold, Faint, Italic, Underline, Reverse, Out bool   // Out is struck out
}

// row is cells, and whether the text goes on in the next row because it came to the edge.
type row struct {
	cells []Cell
	goes  bool
}

// Screen is a terminal of w columns and h rows. The zero value is of no use; see New.
type Screen struct {
	w, h   int
	rows   []row
	gone   []row // scrolled off at the top of the main screen
	x, y   int
	style  Style
	parser *ansi.Parser
	tail   []byte // the beginning of what has not come completely

	main      *saved // what the alternate screen covers
	hidden    bool   // the cursor is
	alternate bool
}

// saved is the main screen while the alternate one is shown.
type saved struct {
	rows []row
	x, y int
}

// New makes an empty terminal.
func New(w, h int) *Screen {
	s := &Screen{w: w, h: h, parser: ansi.NewParser()}
	s.rows = s.blank(h)
	return s
}

func (s *Screen) blank(n int) []row {
	rows := make([]row, n)
	for i := range rows {
		rows[i].cells = make([]Cell, s.w)
	}
	return rows
}

// Size is the terminal's columns and rows.
func (s *Screen) Size() (w, h int) { return s.w, s.h }

// Alternate reports whether the alternate screen is shown.
func (s *Screen) Alternate() bool { return s.alternate }

// CursorShown reports whether the cursor is visible.
func (s *Screen) CursorShown() bool { return !s.hidden }

// Row is the cells of a row, from 0 at the top.
func (s *Screen) Row(y int) []Cell { return s.rows[y].cells }

// Text is what the screen shows, a line a row, without spaces at the ends.
func (s *Screen) Text() string {
	lines := make([]string, len(s.rows))
	for i, r := range s.rows {
		lines[i] = strings.TrimRight(words(r), " ")
	}
	return strings.Join(lines, "\n")
}

// All is everything on the screen and above it, with rows joined that were one line.
func (s *Screen) All() string {
	var b strings.Builder
	for _, r := range slices.Concat(s.gone, s.rows) {
		if r.goes {
			b.WriteString(words(r))
			continue
		}
		b.WriteString(strings.TrimRight(words(r), " ") + "\n")
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// words is a row's text.
func words(r row) string {
	var b strings.Builder
	for i, c := range r.cells {
		switch {
		case c.Text != "":
			b.WriteString(c.Text)
		case i == 0 || text.Width(r.cells[i-1].Text) < 2:
			b.WriteByte(' ')
		}
	}
	return b.String()
}

// Resize changes the size; what stands outside is lost, as bubbletea draws everything anew.
func (s *Screen) Resize(w, h int) {
	old := s.rows
	s.w, s.h = w, h
	s.rows = s.blank(h)
	for y := range min(h, len(old)) {
		copy(s.rows[y].cells, old[y].cells)
	}
	s.x, s.y = min(s.x, w-1), min(s.y, h-1)
}

// Write shows what a program writes. Sequences and characters may be cut anywhere.
func (s *Screen) Write(p []byte) (int, error) {
	b := append(s.tail, p...)
	b, rest := b[:whole(b)], b[whole(b):]
	for len(b) > 0 {
		seq, width, n, state := ansi.DecodeSequence(b, ansi.NormalState, s.parser)
		if state != ansi.NormalState {
			break
		}
		if width > 0 {
			s.put(string(seq), width)
		} else {
			s.control(seq)
		}
		b = b[n:]
	}
	s.tail = slices.Concat(b, rest)
	return len(p), nil
}

// whole is how many bytes there are before a character that has not come completely.
func whole(b []byte) int {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if utf8.FullRune(b[i:]) {
				break
			}
			return i
		}
	}
	return len(b)
}

// put writes one character.
func (s *Screen) put(char string, width int) {
	if s.x+width > s.w {
		s.rows[s.y].goes = true
		s.x = 0
		s.down()
	}
	r := s.rows[s.y].cells
	r[s.x] = Cell{Text: char, Style: s.style}
	for i := 1; i < width; i++ {
		r[s.x+i] = Cell{Style: s.style}
	}
	s.x += width
}

// down moves to the next row; the text moves up at the end of the screen.
func (s *Screen) down() {
	if s.y < s.h-1 {
		s.y++
		return
	}
	if !s.alternate {
		s.gone = append(s.gone, s.rows[0])
	}
	s.rows = append(s.rows[1:], s.blank(1)...)
}
