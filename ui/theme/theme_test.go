package theme

import (
	"io"
	"reflect"
	"testing"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"

	"fleetlab/ui/text"
)

func renderer(p termenv.Profile) *lipgloss.Renderer {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(p)
	return r
}

// each calls fn with every string in v, whatever its depth.
func each(v reflect.Value, fn func(string)) {
	switch v.Kind() {
	case reflect.String:
		fn(v.String())
	case reflect.Struct:
		for i := range v.NumField() {
			each(v.Field(i), fn)
		}
	case reflect.Array:
		for i := range v.Len() {
			each(v.Index(i), fn)
		}
	}
}

func TestEverySymbolIsOneColumn(t *testing.T) {
	t.Parallel()
	for _, ascii := range []bool{false, true} {
		s := New(Options{ASCII: ascii, Renderer: renderer(termenv.Ascii)}).Symbol
		each(reflect.ValueOf(s), func(sign string) {
			if text.Width(sign) != 1 {
				t.Errorf("%q is %d columns", sign, text.Width(sign))
			}
			if r, bad := text.Unsafe(sign); bad {
				t.Errorf("%U is shown differently by terminals", r)
			}
			if ascii && (sign[0] < ' ' || sign[0] > '~') {
				t.Errorf("%q is not ASCII", sign)
			}
		})
	}
}

func TestStatesDifferWithoutColour(t *testing.T) {
	t.Parallel()
	for _, ascii := range []bool{false, true} {
		s := New(Options{ASCII: ascii, Renderer: renderer(termenv.Ascii)}).Symbol
		seen := map[string]bool{}
		for _, sign := range []string{s.OK, s.Failed, s.Running, s.Pending, s.Warning, s.Skipped} {
			if seen[sign] {
				t.Errorf("%q stands for two states", sign)
			}
			seen[sign] = true
		}
		told := map[string]bool{s.Aim: true}
		for _, sign := range s.Execution {
			if told[sign] {
				t.Errorf("%q stands for two states of an update", sign)
			}
			told[sign] = true
		}
		if s.Sandbox == s.RealAccount || s.Checked == s.Unchecked {
			t.Error("opposites must differ by sign")
		}
	}
}

func TestNoColorKeepsAttributes(t *testing.T) {
	t.Parallel()
	s := New(Options{NoColor: true, Renderer: renderer(termenv.ANSI)}).Style
	if got := s.Cursor.Render("x"); got != "\x1b[1;7mx\x1b[0m" {
		t.Errorf("the cursor is %q, want bold and reversed without a colour", got)
	}
	if got := s.OK.Render("x"); got != "x" {
		t.Errorf("a colour is left: %q", got)
	}
}

func TestBrushPaintsLikeItsStyle(t *testing.T) {
	t.Parallel()
	for _, p := range []termenv.Profile{termenv.Ascii, termenv.ANSI, termenv.TrueColor} {
		for _, dark := range []bool{true, false} {
			s := New(Options{Dark: dark, Renderer: renderer(p)}).Style
			for _, style := range []lipgloss.Style{s.Text, s.OK, s.Failed, s.Warning, s.Muted, s.Cursor, s.Strong, s.Running} {
				if got, want := NewBrush(style).Paint("車両 a"), style.Render("車両 a"); got != want {
					t.Errorf("painted %q, rendered %q", got, want)
				}
				if got, want := string(NewBrush(style).Append([]byte("a"), "■", 3)), "a"+style.Render("■■■"); got != want {
					t.Errorf("appended %q, want %q", got, want)
				}
			}
		}
	}
}
