package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// First is the length in bytes of the first character of s as a person sees it: a letter with its accents, an emoji
// of several parts, one line break. It is 0 for an empty s.
func First(s string) int {
	if len(s) < 2 || s[0] < utf8.RuneSelf && s[1] < utf8.RuneSelf {
		return min(1, len(s))
	}
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(1, len(cluster))
}

// unseen stands for a character that has no sign of its own.
const unseen = "?"

// Glyph is how the character c looks when column col of its line comes next: safe to print, and its width in columns,
// at least 1. A tab goes to the next tab stop; what cannot be seen shows as a question mark.
func Glyph(c string, col int) (shown string, width int) {
	if len(c) == 1 && c[0] >= ' ' && c[0] <= '~' {
		return c, 1
	}
	if c == "\t" {
		n := tabWidth - col%tabWidth
		return Spaces(n), n
	}
	shown = strings.ReplaceAll(Clean(c, false), "\n", "")
	if width = Width(shown); width < 1 {
		return unseen, 1
	}
	return shown, width
}
