package theme

import "github.com/charmbracelet/lipgloss"

// shade is a colour for terminals of 16 million, of 256 and of 16 colours.
type shade struct{ rgb, x256, x16 string }

// hue is a colour that is near enough to its nearest of the 256. The sixteen have none that would be, and every terminal paints them as it
// likes, so that they are chosen by hand.
func hue(rgb, x16 string) shade { return shade{rgb: rgb, x256: rgb, x16: x16} }

// among256 is for what the nearest of the 256 would make too pale, or the same as another.
func (s shade) among256(n string) shade {
	s.x256 = n
	return s
}

func (s shade) color() lipgloss.CompleteColor {
	return lipgloss.CompleteColor{TrueColor: s.rgb, ANSI256: s.x256, ANSI: s.x16}
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
	text: hue("#D6DCE5", own), muted: hue("#8B96A8", white), strong: hue("#FFFFFF", lightWhite), accent: hue("#7FC8FF", lightCyan),
	border: hue("#6C7686", white), focus: hue("#5BB0F5", lightCyan),
	ok: hue("#5FD7A7", lightGreen), running: hue("#7FC8FF", lightCyan), warning: hue("#F2C94C", lightYellow),
	failed: hue("#FF8A73", lightRed), sandbox: hue("#5FD7A7", lightGreen),
	code: hue("#C8B6FF", lightMagenta), link: hue("#8FD3FF", lightCyan),
	timedOut: hue("#F2C94C", lightYellow), rejected: hue("#F29BE0", lightMagenta), canceled: hue("#B7A58A", white),
	cursor:      pair{hue("#FFFFFF", lightWhite), hue("#24405F", blue)},
	match:       pair{hue("#111111", black), hue("#F2C94C", cyan)},
	realAccount: pair{hue("#111111", lightWhite), hue("#FF9E4A", magenta)},
	errorToast:  pair{hue("#111111", lightWhite), hue("#FF8A73", red)},
}

// On light backgrounds the sixteen hold few colours that can be read: green, yellow and cyan cannot.
var light = palette{
	text: hue("#22272E", own), muted: hue("#5E6875", own), strong: hue("#000000", black), accent: hue("#0B5CAD", blue),
	border: hue("#848E9C", grey), focus: hue("#0B5CAD", blue),
	ok: hue("#0A7A4B", blue).among256("22"), running: hue("#0B5CAD", magenta), warning: hue("#8A5A00", red),
	failed: hue("#B3261E", red), sandbox: hue("#0A7A4B", blue).among256("22"),
	code: hue("#5B3FA8", magenta), link: hue("#0B5CAD", blue),
	timedOut: hue("#8A5A00", red), rejected: hue("#9C2C86", magenta), canceled: hue("#6B5C43", own),
	cursor:      pair{hue("#000000", lightWhite), hue("#CFE5FA", blue)},
	match:       pair{hue("#111111", black), hue("#FFD95A", cyan)},
	realAccount: pair{hue("#FFFFFF", lightWhite), hue("#B84700", magenta)},
	errorToast:  pair{hue("#FFFFFF", lightWhite), hue("#B3261E", red)},
}
