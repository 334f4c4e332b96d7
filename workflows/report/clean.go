package report

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// clean is text from elsewhere as one line of characters that are seen: what is not UTF-8, controls, and marks that turn
// the direction of what follows become U+FFFD, white space becomes a blank.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\r' || r == '\t' || r == '\u2028' || r == '\u2029':
			return ' '
		case r == '\u200d': // joins emoji
			return r
		case unicode.Is(unicode.C, r) || r&0xfffe == 0xfffe:
			return utf8.RuneError
		}
		return r
	}, strings.ToValidUTF8(s, string(utf8.RuneError)))
}

// short cuts s for a place in a drawing; the table beside it has all of it.
func short(s string) string {
	const most = 26
	if r := []rune(s); len(r) > most {
		return string(r[:most-3]) + "..."
	}
	return s
}
