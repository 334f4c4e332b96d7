package theme

import (
	"os"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Wish is what the user asks for on the command line.
type Wish struct {
	Name    Name // "": Auto
	NoColor bool
	ASCII   bool
}

// Detect adds what the environment asks for to what the user does. It queries the terminal for its background, which must be
// done before the full-screen program starts: both would read the answer. With NO_COLOR (no-color.org) the renderer is
// told to keep attributes, because a selection shown only by style would vanish with them. CLICOLOR=0 does the same unless
// CLICOLOR_FORCE asks for colours (bixense.com/clicolors).
func Detect(w Wish) Options {
	o := Options{Name: w.Name, NoColor: w.NoColor || termenv.EnvNoColor(), ASCII: w.ASCII || !unicodeTerminal()}
	r := lipgloss.DefaultRenderer()
	o.Dark = r.HasDarkBackground()
	if o.NoColor && os.Getenv("TERM") != "dumb" {
		r.SetColorProfile(termenv.ANSI)
	}
	return o
}

// unicodeTerminal reports whether the terminal shows more than ASCII. Linux's own console does not, whatever the locale: its font has 512 signs
// at most (console_codes(4), setfont(8)), and ours are hardly among them. Elsewhere the locale says so: C and POSIX do not, nor does a
// character set that is not Unicode's. A locale that names none is taken to be a modern one.
func unicodeTerminal() bool {
	if os.Getenv("TERM") == "linux" {
		return false
	}
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := strings.ToLower(os.Getenv(name)); v != "" {
			_, set, named := strings.Cut(v, ".")
			return v != "c" && v != "posix" && (!named || strings.HasPrefix(set, "utf"))
		}
	}
	return true
}
