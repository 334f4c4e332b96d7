package text

import (
	"strings"
	"unicode/utf8"
)

// lookalikes are the signs that a screen, a catalogue or a lesson may hold, and an ASCII character that stands for each. Both are one
// column wide, so that everything stays where it is.
var lookalikes = pairs("…~ ·. •* ‹< ›> ←< →> ↑^ ↓v ▲^ ▼v ▶> ◀< ✓v ✗x ●* ○o ◎@ ◆# ◇o ◦_ ■# □_ ▓# ▒+ ░- –- —- ×x ‘' ’' “\" ”\"" +
	" ─- ━- ┄- ┈- ═- │| ┃| ┆| ┊| ║| ┌+ ┐+ └+ ┘+ ├+ ┤+ ┬+ ┴+ ┼+ ╭+ ╮+ ╰+ ╯+ ╔+ ╗+ ╚+ ╝+ ╠+ ╣+ ╦+ ╩+ ╬+")

func pairs(list string) map[rune]rune {
	m := map[rune]rune{}
	for _, p := range strings.Fields(list) {
		from, n := utf8.DecodeRuneInString(p)
		m[from] = rune(p[n])
	}
	return m
}

// ASCII writes what is drawn for terminals that show nothing but ASCII: frames, arrows and signs become what looks most like them, as wide
// as they were. Letters stay, because nothing can stand for them: names that a user gave, and texts in other languages.
func ASCII(s string) string {
	if !beyondASCII(s) {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r < utf8.RuneSelf:
			return r
		case r == '\u00a0':
			return ' '
		case r >= '▁' && r <= '█':
			return '#'
		case r >= '\u2800' && r <= '\u28ff': // dots of a chart
			return '*'
		}
		if look, ok := lookalikes[r]; ok {
			return look
		}
		return r
	}, s)
}

func beyondASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return true
		}
	}
	return false
}
