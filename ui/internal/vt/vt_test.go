package vt

import (
	"strings"
	"testing"
)

func write(t *testing.T, s *Screen, parts ...string) {
	t.Helper()
	for _, p := range parts {
		if n, err := s.Write([]byte(p)); n != len(p) || err != nil {
			t.Fatalf("%d bytes of %d, %v", n, len(p), err)
		}
	}
}

func TestWritesWhereTheCursorIs(t *testing.T) {
	t.Parallel()
	s := New(10, 3)
	write(t, s, "one\r\n", "\x1b[2;5Htwo", "\x1b[1;2H\x1b[K", "\x1b[3;1H車両\tx\rU")
	if got, want := s.Text(), "o\n    two\nU 両    x"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestAnythingMayBeCutAnywhere(t *testing.T) {
	t.Parallel()
	whole := "\x1b[1;38;5;196m車\x1b[0mガイx\x1b]0;title\a\x1b[?25ly"
	a := New(12, 1)
	write(t, a, whole)
	b := New(12, 1)
	write(t, b, strings.Split(whole, "")...)
	c := New(12, 1)
	for i := range len(whole) {
		write(t, c, whole[i:i+1])
	}
	for _, s := range []*Screen{a, b, c} {
		if s.Text() != "車ガイxy" || s.CursorShown() || s.Row(0)[0].Style != (Style{Bold: true, Fg: "#ff0000"}) {
			t.Errorf("%q, %+v", s.Text(), s.Row(0)[0])
		}
	}
}

func TestLongLinesGoOnInTheNextRow(t *testing.T) {
	t.Parallel()
	s := New(4, 2)
	write(t, s, "1\r\n234567\r\n8")
	if got := s.Text(); got != "67\n8" {
		t.Errorf("on the screen is %q", got)
	}
	if got := s.All(); got != "1\n234567\n8\n" {
		t.Errorf("all is %q", got)
	}
}

func TestTheAlternateScreenLeavesTheMainOne(t *testing.T) {
	t.Parallel()
	s := New(8, 2)
	write(t, s, "before\x1b[?1049h\x1b[2J\x1b[Hfull\x1b[B\x1b[D!")
	if !s.Alternate() || s.Text() != "full\n   !" {
		t.Errorf("%q", s.Text())
	}
	s.Resize(5, 3)
	write(t, s, "\x1b[?1049l")
	if s.Alternate() || s.Text() != "befor\n\n" {
		t.Errorf("%q", s.Text())
	}
}

func TestStyles(t *testing.T) {
	t.Parallel()
	for seq, want := range map[string]Style{
		"1;2;3;4;7;9":           {Bold: true, Faint: true, Italic: true, Underline: true, Reverse: true, Out: true},
		"1;2;3;4;7;9;22;23":     {Underline: true, Reverse: true, Out: true},
		"38;2;1;2;3;48;5;16":    {Fg: "#010203", Bg: "#000000"},
		"31;41;91;101;39;49":    {},
		"91;100":                {Fg: "#ff0000", Bg: "#808080"},
		"38:2::1:2:3;4":         {Fg: "#010203", Underline: true},
		"1;38;5":                {Bold: true},
		"1;38;5;9;0":            {},
		"1;38;5;9;":             {},
		"4;24;7;27;9;29;32;1;2": {Fg: "#008000", Bold: true, Faint: true},
	} {
		s := New(2, 1)
		write(t, s, "\x1b["+seq+"mx")
		if got := s.Row(0)[0].Style; got != want {
			t.Errorf("%s: %+v, want %+v", seq, got, want)
		}
	}
}
