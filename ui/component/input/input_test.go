package input

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/text"
)

func TestTheCursorIsAlwaysInView(t *testing.T) {
	t.Parallel()
	th := uitest.ColorTheme()
	rapid.Check(t, func(t *rapid.T) {
		l := New(0)
		key := rapid.SampledFrom([]string{"a", "車", "left", "right", "home", "end", "backspace"})
		for range rapid.IntRange(0, 60).Draw(t, "steps") {
			l.Update(uitest.Key(key.Draw(t, "key")))
			w := rapid.IntRange(2, 30).Draw(t, "w")
			for _, focused := range []bool{true, false} {
				if got := l.View(th, w, focused); text.Width(got) != w {
					t.Fatalf("%q is %d columns, want %d", got, text.Width(got), w)
				}
			}
		}
	})
}

func TestViewFollowsTheCursor(t *testing.T) {
	t.Parallel()
	l := New(0)
	l.Placeholder = "1.0.0,1.1.0"
	if got := l.View(uitest.Theme(), 8, false); got != "1.0.0,1…" {
		t.Errorf("placeholder %q", got)
	}
	l.Set("abcdefghijkl")
	if got := l.View(uitest.Theme(), 8, true); got != "…ghijkl_" {
		t.Errorf("end %q", got)
	}
	l.Update(uitest.Key("home"))
	if got := l.View(uitest.Theme(), 8, true); got != "abcdefg…" {
		t.Errorf("start %q", got)
	}
}

func TestUpdateTellsChanges(t *testing.T) {
	t.Parallel()
	l := New(3)
	for _, c := range []struct {
		key  string
		want bool
	}{{"a", true}, {"left", false}, {"車両", true}, {"x", false}, {"backspace", true}} {
		if _, changed := l.Update(uitest.Key(c.key)); changed != c.want {
			t.Errorf("after %s: changed %v, want %v (%q)", c.key, changed, c.want, l.Value())
		}
	}
}

func TestPastedControlsAreDropped(t *testing.T) {
	t.Parallel()
	l := New(0)
	l.Update(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune("a\x1b[31mb\n"), Paste: true})
	if r, bad := text.Unsafe(l.Value()); bad || l.Value() == "" {
		t.Errorf("pasted %q with %U", l.Value(), r)
	}
}
