package theme

import (
	"slices"
	"testing"

	"github.com/muesli/termenv"
)

func TestBecomeChangesWhatEverybodyHas(t *testing.T) {
	r := renderer(termenv.TrueColor)
	th := New(Options{Dark: true, ASCII: true, Renderer: r})
	made := 0
	kept := Keep(func() Brush { made++; return NewBrush(th.Style.OK) })
	before := kept.Now().Paint("x")
	if kept.Now(); made != 1 || th.Name() != Auto {
		t.Errorf("made %d times for theme %s", made, th.Name())
	}
	seen := []string{before}
	for _, name := range []Name{Light, Contrast, Colorblind} {
		th.Become(name)
		got := kept.Now().Paint("x")
		if want := th.Style.OK.Render("x"); got != want {
			t.Errorf("%s: what is kept paints %q, want %q", name, got, want)
		}
		if slices.Contains(seen, got) {
			t.Errorf("%s looks like another theme", name)
		}
		seen = append(seen, got)
		if th.Name() != name || th.Symbol != asciiSymbols || !th.ASCII {
			t.Errorf("%s: called %s, or the signs have changed", name, th.Name())
		}
	}
	if th.Become(Auto); kept.Now().Paint("x") != before {
		t.Error("auto is not what it was")
	}
}

func TestBecomeStaysWithoutColour(t *testing.T) {
	th := New(Options{NoColor: true, Renderer: renderer(termenv.ANSI)})
	th.Become(Contrast)
	if got := th.Style.OK.Render("x"); got != "x" {
		t.Errorf("a colour is there: %q", got)
	}
}

func TestTheBackgroundDecidesUnlessTheThemeDoes(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name   Name
		isDark bool
		want   palette
	}{{Auto, true, dark}, {Auto, false, light}, {"", true, dark}, {Dark, false, dark}, {Light, true, light}, {Contrast, true, contrastDark},
		{Contrast, false, contrastLight}, {Colorblind, true, colorblindDark}, {Colorblind, false, colorblindLight}} {
		if paletteOf(c.name, c.isDark) != c.want {
			t.Errorf("%s on dark %v is another palette", c.name, c.isDark)
		}
	}
	if got := Choices(); got != "auto, dark, light, contrast, colorblind" {
		t.Errorf("choices are %q", got)
	}
}

func TestDetectReadsTheEnvironment(t *testing.T) {
	for _, name := range []string{"NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "LC_ALL", "LC_CTYPE"} {
		t.Setenv(name, "")
	}
	for _, c := range []struct {
		name, value string
		wish        Wish
		want        Options
	}{
		{"LANG", "en_GB.UTF-8", Wish{}, Options{}},
		{"LANG", "ja_JP.utf8", Wish{Name: Contrast}, Options{Name: Contrast}},
		{"LANG", "en_US", Wish{}, Options{}},
		{"LANG", "C", Wish{}, Options{ASCII: true}},
		{"LANG", "C.UTF-8", Wish{ASCII: true}, Options{ASCII: true}},
		{"LANG", "ja_JP.eucJP", Wish{}, Options{ASCII: true}},
		{"LC_ALL", "POSIX", Wish{}, Options{ASCII: true}},
		{"TERM", "linux", Wish{}, Options{ASCII: true}},
		{"TERM", "xterm-256color", Wish{}, Options{}},
		{"NO_COLOR", "1", Wish{}, Options{NoColor: true}},
		{"CLICOLOR", "0", Wish{}, Options{NoColor: true}},
		{"CLICOLOR", "1", Wish{NoColor: true}, Options{NoColor: true}},
	} {
		t.Run(c.name+"="+c.value, func(t *testing.T) {
			t.Setenv("LANG", "C.UTF-8")
			t.Setenv("TERM", "xterm")
			t.Setenv(c.name, c.value)
			got := Detect(c.wish)
			if got.Dark = false; got != c.want {
				t.Errorf("got %+v, want %+v", got, c.want)
			}
		})
	}
	t.Setenv("LANG", "C.UTF-8")
	t.Setenv("CLICOLOR", "0")
	t.Setenv("CLICOLOR_FORCE", "1")
	if Detect(Wish{}).NoColor {
		t.Error("CLICOLOR_FORCE does not bring the colours back")
	}
}
