package theme

import "github.com/charmbracelet/lipgloss"

// shade is a colour for terminals of 16 million and of 16 colours; for 256 the nearest is taken. The sixteen have none that would be
// near enough, and every terminal paints them as it likes, so that they are chosen by hand.
type shade struct{ rgb, x16 string }

func (s shade) color() lipgloss.CompleteColor {
	return lipgloss.CompleteColor{TrueColor: s.rgb, ANSI256: s.rgb, ANSI: s.x16}
}

// pair is a colour on a background of its own.
type pair struct{ text, back shade }

// palette is the colours themselves.
type palette struct {
	text, muted, strong, accent, border, focus shade
	ok, running, warning, failed, sandbox      shade
	code, link, timedOut, rejected, canceled   shade

	cursor, match           pair
	realAccount, errorToast pair
}

// The sixteen colours of a terminal. Bright black is left out on dark backgrounds, because some schemes make it the background itself;
// so are backgrounds beyond the first eight, which the console of Linux does not have.
const (
	own          = "" // the terminal's own, of its text
	black        = "0"
	red          = "1"
	blue         = "4"
	magenta      = "5"
	cyan         = "6"
	white        = "7"
	grey         = "8"
	lightRed     = "9"
	lightGreen   = "10"
	lightYellow  = "11"
	lightMagenta = "13"
	lightCyan    = "14"
	lightWhite   = "15"
)

// paletteOf is the palette of a theme on a dark or a light background.
func paletteOf(name Name, isDark bool) palette {
	switch name {
	case Dark:
		return dark
	case Light:
		return light
	case Contrast:
		return choose(isDark, contrastDark, contrastLight)
	case Colorblind:
		return choose(isDark, colorblindDark, colorblindLight)
	}
	return choose(isDark, dark, light)
}

func choose(isDark bool, onDark, onLight palette) palette {
	if isDark {
		return onDark
	}
	return onLight
}

// The hues of dark and light differ in brightness as well, and blue and orange stand for good and bad next to a symbol.
var dark = palette{
	text: shade{"#D6DCE5", own}, muted: shade{"#8B96A8", white}, strong: shade{"#FFFFFF", lightWhite}, accent: shade{"#7FC8FF", lightCyan},
	border: shade{"#6C7686", white}, focus: shade{"#5BB0F5", lightCyan},
	ok: shade{"#5FD7A7", lightGreen}, running: shade{"#7FC8FF", lightCyan}, warning: shade{"#F2C94C", lightYellow},
	failed: shade{"#FF8A73", lightRed}, sandbox: shade{"#5FD7A7", lightGreen},
	code: shade{"#C8B6FF", lightMagenta}, link: shade{"#8FD3FF", lightCyan},
	timedOut: shade{"#F2C94C", lightYellow}, rejected: shade{"#F29BE0", lightMagenta}, canceled: shade{"#B7A58A", white},
	cursor:      pair{shade{"#FFFFFF", lightWhite}, shade{"#24405F", blue}},
	match:       pair{shade{"#111111", black}, shade{"#F2C94C", cyan}},
	realAccount: pair{shade{"#111111", lightWhite}, shade{"#FF9E4A", magenta}},
	errorToast:  pair{shade{"#111111", lightWhite}, shade{"#FF8A73", red}},
}

// On light backgrounds the sixteen hold few colours that can be read: green, yellow and cyan cannot.
var light = palette{
	text: shade{"#22272E", own}, muted: shade{"#5E6875", own}, strong: shade{"#000000", black}, accent: shade{"#0B5CAD", blue},
	border: shade{"#848E9C", grey}, focus: shade{"#0B5CAD", blue},
	ok: shade{"#0A7A4B", blue}, running: shade{"#0B5CAD", magenta}, warning: shade{"#8A5A00", red},
	failed: shade{"#B3261E", red}, sandbox: shade{"#0A7A4B", blue},
	code: shade{"#5B3FA8", magenta}, link: shade{"#0B5CAD", blue},
	timedOut: shade{"#8A5A00", red}, rejected: shade{"#9C2C86", magenta}, canceled: shade{"#6B5C43", own},
	cursor:      pair{shade{"#000000", lightWhite}, shade{"#CFE5FA", blue}},
	match:       pair{shade{"#111111", black}, shade{"#FFD95A", cyan}},
	realAccount: pair{shade{"#FFFFFF", lightWhite}, shade{"#B84700", magenta}},
	errorToast:  pair{shade{"#FFFFFF", lightWhite}, shade{"#B3261E", red}},
}
