// Package uitest helps the tests of everything that draws: sizes are asserted before pictures are
// compared, in every language.
package uitest

import (
	"fmt"
	"io"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"
	"github.com/charmbracelet/x/exp/golden"
	"github.com/muesli/termenv"

	"fleetlab/lessons"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Size is a size of a terminal or of a part of it.
type Size struct{ W, H int }

// Sizes are those that every screen has a picture for.
var Sizes = []Size{{60, 15}, {80, 24}, {120, 40}, {200, 60}}

// Theme is a theme without colours, so that pictures hold text only.
func Theme() *theme.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return theme.New(theme.Options{Dark: true, Renderer: r})
}

// ASCIITheme is a theme without colours and with symbols of plain ASCII.
func ASCIITheme() *theme.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.Ascii)
	return theme.New(theme.Options{Dark: true, ASCII: true, Renderer: r})
}

// ColorTheme is a theme with all colours, for tests of widths with styles.
func ColorTheme() *theme.Theme {
	r := lipgloss.NewRenderer(io.Discard)
	r.SetColorProfile(termenv.TrueColor)
	return theme.New(theme.Options{Dark: true, Renderer: r})
}

// Printer is the printer of a language.
func Printer(t testing.TB, lang string) *locale.Printer {
	t.Helper()
	p, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Lessons is all lessons in the printer's language.
func Lessons(t testing.TB, p *locale.Printer) []lessons.Lesson {
	t.Helper()
	all, err := lessons.All(p.Lang())
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// Exact fails the test unless view is exactly h rows of w columns and holds no catalogue mistakes.
func Exact(t testing.TB, view string, w, h int) {
	t.Helper()
	rows := strings.Split(view, "\n")
	if len(rows) != h {
		t.Errorf("%d rows, want %d", len(rows), h)
	}
	for i, r := range rows {
		if got := text.Width(r); got != w {
			t.Errorf("row %d is %d columns, want %d: %q", i, got, w, r)
		}
	}
}

// Golden asserts the exact size of view and compares it with the test's picture in testdata.
func Golden(t *testing.T, view string, w, h int) {
	t.Helper()
	Exact(t, view, w, h)
	golden.RequireEqual(t, []byte(view))
}

// Each runs fn for every size in every language, as a subtest.
func Each(t *testing.T, sizes []Size, fn func(t *testing.T, p *locale.Printer, s Size)) {
	t.Helper()
	for _, lang := range locale.Languages {
		for _, s := range sizes {
			t.Run(fmt.Sprintf("%s-%dx%d", lang, s.W, s.H), func(t *testing.T) {
				fn(t, Printer(t, lang), s)
			})
		}
	}
}

// Key is the key that bubbletea calls name: "enter", "ctrl+c", "down", "a". Anything else is typed text.
func Key(name string) tea.KeyMsg {
	if k, ok := named[name]; ok {
		return tea.KeyMsg{Type: k}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

var named = map[string]tea.KeyType{
	"enter": tea.KeyEnter, "esc": tea.KeyEsc, "tab": tea.KeyTab, "shift+tab": tea.KeyShiftTab, "up": tea.KeyUp, "down": tea.KeyDown,
	"left": tea.KeyLeft, "right": tea.KeyRight, "home": tea.KeyHome, "end": tea.KeyEnd, "pgup": tea.KeyPgUp, "pgdown": tea.KeyPgDown,
	"ctrl+c": tea.KeyCtrlC, "ctrl+z": tea.KeyCtrlZ, "ctrl+u": tea.KeyCtrlU, "ctrl+d": tea.KeyCtrlD, "ctrl+k": tea.KeyCtrlK, "ctrl+l": tea.KeyCtrlL,
	"backspace": tea.KeyBackspace, " ": tea.KeySpace,
}

// Press sends keys to an update function, one after the other. Commands are left alone.
func Press(update func(tea.Msg) tea.Cmd, names ...string) {
	for _, n := range names {
		update(Key(n))
	}
}
