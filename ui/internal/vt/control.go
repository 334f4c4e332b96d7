package vt

import (
	"github.com/charmbracelet/x/ansi"
)

// control carries out a control character or a sequence, as ECMA-48 and xterm have them.
func (s *Screen) control(seq []byte) {
	if len(seq) == 1 {
		s.character(seq[0])
		return
	}
	if !ansi.HasCsiPrefix(seq) {
		return // titles, copies and the like do not show
	}
	cmd := ansi.Cmd(s.parser.Command())
	if cmd.Prefix() == '?' {
		s.mode(cmd.Final() == 'h')
		return
	}
	if cmd.Prefix() == 0 && cmd.Intermediate() == 0 {
		s.sequence(cmd.Final())
	}
}

func (s *Screen) character(c byte) {
	switch c {
	case '\n':
		s.down()
	case '\r':
		s.x = 0
	case '\b':
		s.x = max(0, s.x-1)
	case '\t':
		s.x = min(s.w-1, s.x/8*8+8)
	}
}

// mode sets or resets the private modes that show: the cursor and the alternate screen.
func (s *Screen) mode(on bool) {
	for _, p := range s.parser.Params() {
		switch p.Param(0) {
		case 25:
			s.hidden = !on
		case 1049:
			s.switchTo(on)
		}
	}
}

func (s *Screen) switchTo(alternate bool) {
	if s.alternate == alternate {
		return
	}
	s.alternate = alternate
	if alternate {
		s.main = &saved{s.rows, s.x, s.y}
		s.rows = s.blank(s.h)
		return
	}
	s.rows, s.x, s.y = s.main.rows, s.main.x, s.main.y
	s.Resize(s.w, s.h) // it may have been another size
}

// param is a parameter of the sequence, def when it is missing or 0.
func (s *Screen) param(i, def int) int {
	n, ok := s.parser.Param(i, def)
	if !ok || n == 0 {
		return def
	}
	return n
}

func (s *Screen) sequence(final byte) {
	switch final {
	case 'A':
		s.y = max(0, s.y-s.param(0, 1))
	case 'B':
		s.y = min(s.h-1, s.y+s.param(0, 1))
	case 'C':
		s.x = min(s.w-1, s.x+s.param(0, 1))
	case 'D':
		s.x = max(0, min(s.x, s.w-1)-s.param(0, 1))
	case 'G':
		s.x = min(s.w, s.param(0, 1)) - 1
	case 'H', 'f':
		s.y, s.x = min(s.h, s.param(0, 1))-1, min(s.w, s.param(1, 1))-1
	case 'J':
		s.erase(s.param(0, 0))
	case 'K':
		s.eraseRow(s.param(0, 0))
	case 'm':
		s.style = s.style.with(s.parser.Params())
	}
}

// erase clears the screen: 0 from the cursor on, 1 up to it, 2 all of it.
func (s *Screen) erase(what int) {
	s.eraseRow(what)
	for y := range s.rows {
		if what == 2 || what == 0 && y > s.y || what == 1 && y < s.y {
			clear(s.rows[y].cells)
			s.rows[y].goes = false
		}
	}
}

// eraseRow clears the row of the cursor: 0 from the cursor on, 1 up to it, 2 all of it.
func (s *Screen) eraseRow(what int) {
	from, to := 0, s.w
	switch what {
	case 0:
		from = min(s.x, s.w)
	case 1:
		to = min(s.x+1, s.w)
	}
	clear(s.rows[s.y].cells[from:to])
	s.rows[s.y].goes = s.rows[s.y].goes && what == 1
}
