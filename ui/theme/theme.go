// Package theme is how things look: colours by meaning and the symbols that say the same without colour.
// No other package names a colour or draws a state sign.
package theme

import (
	"strings"
	"sync/atomic"

	"github.com/charmbracelet/lipgloss"
)

// Name is a theme that can be chosen.
type Name string

// The themes. Contrast and Colorblind come for dark and for light backgrounds.
const (
	Auto       Name = "auto"       // Dark or Light, by the terminal's background
	Dark       Name = "dark"       // for a dark background
	Light      Name = "light"      // for a light background
	Contrast   Name = "contrast"   // high contrast: 7 to 1 at least
	Colorblind Name = "colorblind" // states that people who cannot tell red from green, or blue from yellow, can tell apart
)

// Names are the themes, in the order in which they are offered.
var Names = []Name{Auto, Dark, Light, Contrast, Colorblind}

// Choices are the names as a message lists them.
func Choices() string {
	words := make([]string, len(Names))
	for i, n := range Names {
		words[i] = string(n)
	}
	return strings.Join(words, ", ")
}

// Theme is what everything that draws is given. It is read only but for Become, which belongs to the update loop.
type Theme struct {
	Style  Styles
	Symbol Symbols
	ASCII  bool // symbols and borders are plain ASCII

	name     Name
	isDark   bool // the terminal's background
	noColor  bool
	renderer *lipgloss.Renderer
}

// Options choose a theme.
type Options struct {
	Name     Name               // "": Auto
	Dark     bool               // the terminal's background is dark
	NoColor  bool               // attributes such as bold, but no colours
	ASCII    bool               // symbols and borders of plain ASCII
	Renderer *lipgloss.Renderer // nil: the default one, for standard output
}

// New makes a theme.
func New(o Options) *Theme {
	t := &Theme{Symbol: newSymbols(o.ASCII), ASCII: o.ASCII, isDark: o.Dark, noColor: o.NoColor, renderer: o.Renderer}
	if t.renderer == nil {
		t.renderer = lipgloss.DefaultRenderer()
	}
	t.dress(o.Name)
	return t
}

// Name is the theme in use.
func (t *Theme) Name() Name { return t.name }

// Become turns t into another theme where it is: everything that has been given t draws with the new colours from the next frame on.
// What keeps something drawn looks at Changes. Whether there are colours at all, and which symbols, stays.
func (t *Theme) Become(name Name) {
	t.dress(name)
	changes.Add(1)
}

func (t *Theme) dress(name Name) {
	if name == "" {
		name = Auto
	}
	t.name = name
	t.Style = newStyles(maker{r: t.renderer, noColor: t.noColor}, paletteOf(name, t.isDark))
}

// changes counts the calls of Become.
var changes atomic.Uint64

// Changes is how often a theme has become another one. What keeps drawn text, or brushes, keeps this number with it and draws anew
// when it has changed.
func Changes() uint64 { return changes.Load() }
