// Package theme is how things look: colours by meaning and the symbols that say the same without colour.
// No other package names a colour or draws a state sign.
package theme

import (
	"os"
	"strings"

	"github.com/charmbracelet/lipgloss"
	"github.com/muesli/termenv"
)

// Theme is what everything that draws is given. It is read only.
type Theme struct {
	Style  Styles
	Symbol Symbols
}

// Options choose a theme.
type Options struct {
	Dark     bool               // the terminal's background is dark
	NoColor  bool               // attributes such as bold, but no colours
	ASCII    bool               // symbols and borders of plain ASCII
	Renderer *lipgloss.Renderer // nil: the default one, for standard output
}

// New makes a theme.
func New(o Options) *Theme {
	r := o.Renderer
	if r == nil {
		r = lipgloss.DefaultRenderer()
	}
	return &Theme{Style: newStyles(r, o.Dark, o.NoColor), Symbol: newSymbols(o.ASCII)}
}

// Detect reads what the environment asks for. It queries the terminal for its background, which must be
// done before the full-screen program starts: both would read the answer. With NO_COLOR the renderer is
// told to keep attributes, because a selection shown only by style would vanish with them.
func Detect(noColor bool) Options {
	o := Options{NoColor: noColor || os.Getenv("NO_COLOR") != "" || os.Getenv("CLICOLOR") == "0"}
	r := lipgloss.DefaultRenderer()
	o.Dark = r.HasDarkBackground()
	if o.NoColor && os.Getenv("TERM") != "dumb" {
		r.SetColorProfile(termenv.ANSI)
	}
	o.ASCII = !unicodeTerminal()
	return o
}

// unicodeTerminal reports whether the locale says that the terminal shows more than ASCII.
func unicodeTerminal() bool {
	for _, name := range []string{"LC_ALL", "LC_CTYPE", "LANG"} {
		if v := os.Getenv(name); v != "" {
			v = strings.ToLower(v)
			return v != "c" && v != "posix"
		}
	}
	return true
}
