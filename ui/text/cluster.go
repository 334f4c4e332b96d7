package text

import (
	"strings"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// First is the length in bytes of the first character of s as a person sees it: a letter with its accents, an emoji
// of several parts, one line break. It is 0 for an empty s.
func First(s string) int {
	if len(s) < 2 {
		return len(s)
	}
	if n := simple(s); n > 0 && simple(s[n:]) > 0 {
		return n
	}
	cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
	return max(1, len(cluster))
}

// simple is the length of the first code point of s if it never joins another simple one, 0 if it may: ASCII, kana and the common
// ideographs. The general rules take a hundred times as long, and Japanese texts are of these throughout.
func simple(s string) int {
	if s == "" {
		return 0
	}
	if s[0] < utf8.RuneSelf {
		return 1
	}
	if r, n := utf8.DecodeRuneInString(s); wide(r) {
		return n
	}
	return 0
}

// wide reports kana and the common ideographs; they take two columns.
func wide(r rune) bool {
	return r >= 'ぁ' && r <= 'ゖ' || r >= 'ァ' && r <= 'ヺ' || r >= '一' && r <= '\u9FFF' || r >= '、' && r <= '〃'
}

// unseen stands for a character that has no sign of its own.
const unseen = "?"

// Glyph is how the character c looks when column col of its line comes next: safe to print, and its width in columns,
// at least 1. A tab goes to the next tab stop; what cannot be seen shows as a question mark.
func Glyph(c string, col int) (shown string, width int) {
	if len(c) == 1 && c[0] >= ' ' && c[0] <= '~' {
		return c, 1
	}
	if r, n := utf8.DecodeRuneInString(c); n == len(c) && wide(r) {
		return c, 2
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
