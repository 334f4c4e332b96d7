package text

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/charmbracelet/x/ansi"
)

// tabWidth is how far apart tab stops are, in columns.
const tabWidth = 4

// Clean makes s safe to print: escape sequences and control characters go, tabs become spaces, and
// characters whose width terminals disagree about become ones they agree about. Line feeds stay. With
// keepStyle the colours and attributes (SGR sequences) stay as well.
func Clean(s string, keepStyle bool) string {
	if plain(s) {
		return s
	}
	var b strings.Builder
	b.Grow(len(s))
	col := 0
	var state byte
	for s != "" {
		seq, width, n, next := ansi.DecodeSequence(s, state, nil)
		state = next
		s = s[n:]
		switch {
		case seq == "\n":
			b.WriteByte('\n')
			col = 0
		case seq == "\t":
			stop := tabWidth - col%tabWidth
			b.WriteString(Spaces(stop))
			col += stop
		case width > 0:
			c := settle(seq)
			b.WriteString(c)
			col += Width(c)
		case keepStyle && isStyle(seq):
			b.WriteString(seq)
		case isMark(seq):
			b.WriteString(settle(seq))
		}
	}
	return b.String()
}

// Line is Clean for one row: without styles, and with line breaks as spaces.
func Line(s string) string {
	if plain(s) {
		return s
	}
	return strings.ReplaceAll(Clean(s, false), "\n", " ")
}

// isMark reports whether seq is an accent or another mark that joins the letter before it.
func isMark(seq string) bool {
	r, _ := utf8.DecodeRuneInString(seq)
	return unicode.In(r, unicode.Mn, unicode.Mc, unicode.Me)
}

// isStyle reports whether seq is an SGR sequence: ESC [ digits and separators m.
func isStyle(seq string) bool {
	body, ok := strings.CutPrefix(seq, "\x1b[")
	if !ok || !strings.HasSuffix(body, "m") {
		return false
	}
	return strings.Trim(body[:len(body)-1], "0123456789;:") == ""
}

const (
	emojiSelector = '\uFE0F'
	textSelector  = '\uFE0E'
	flagA, flagZ  = '\U0001F1E6', '\U0001F1FF' // regional indicators
	voiced        = '\uFF9E'                   // half-width marks that join the letter before them
	semiVoiced    = '\uFF9F'
	lightSkin     = '\U0001F3FB' // modifiers of the emoji before them
	darkSkin      = '\U0001F3FF'
)

// settle replaces the characters of a cluster that terminals measure differently: it drops variation
// selectors and skin tones, spells flags as letters and gives half-width voicing marks their own full-width form. What joins a flag to
// something else joins no letter, and goes too.
func settle(cluster string) string {
	spelled := strings.IndexFunc(cluster, isFlag) >= 0
	return strings.Map(func(r rune) rune {
		switch {
		case r == emojiSelector || r == textSelector || r >= lightSkin && r <= darkSkin || hidden(r):
			return -1
		case isFlag(r):
			return 'A' + r - flagA
		case spelled && !unicode.In(r, unicode.Mn, unicode.Mc, unicode.Me):
			return -1
		case r == voiced:
			return '゛'
		case r == semiVoiced:
			return '゜'
		}
		return r
	}, valid(cluster))
}

// isFlag reports one of the two halves of a flag.
func isFlag(r rune) bool { return r >= flagA && r <= flagZ }

// valid replaces bytes that are not UTF-8.
func valid(s string) string { return strings.ToValidUTF8(s, string(utf8.RuneError)) }

// hidden reports characters that change the order or the breaks of a line without being seen.
func hidden(r rune) bool {
	return r >= '\u202A' && r <= '\u202E' || r >= '\u2066' && r <= '\u2069' || r == '\u2028' || r == '\u2029'
}

// Unsafe returns the first character of s that must not stand in a catalogue or a lesson, because
// terminals disagree about its width (style guide, C4 row 12): emoji variation selectors, regional
// indicators, half-width voicing marks, tabs and control characters other than the line feed.
func Unsafe(s string) (rune, bool) {
	for _, r := range s {
		switch {
		case r == '\n':
		case r < ' ' || r >= 0x7f && r < 0xa0:
			return r, true
		case r == emojiSelector || r >= lightSkin && r <= darkSkin || r == voiced || r == semiVoiced || hidden(r):
			return r, true
		case isFlag(r):
			return r, true
		}
	}
	return 0, false
}
