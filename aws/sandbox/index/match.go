package index

import (
	"database/sql/driver"
	"strings"
	"unicode"

	"modernc.org/sqlite"
)

// SQLite compares without regard to case for ASCII only, and knows no words. These functions do the rest; the
// conditions call them for values with other characters only, since calling Go from SQLite costs.
const (
	foldFunction = "fleet_fold"  // (value): folded
	wordFunction = "fleet_words" // (value, folded words): whether the words stand in the value side by side
	likeFunction = "fleet_like"  // (value, folded pattern of LIKE): whether the value or one of its words fits
)

func init() {
	register := func(name string, args int32, fn func([]string) driver.Value) {
		sqlite.MustRegisterDeterministicScalarFunction(name, args, func(_ *sqlite.FunctionContext, values []driver.Value) (driver.Value, error) {
			texts := make([]string, len(values))
			for i, v := range values {
				s, ok := v.(string)
				if !ok {
					return nil, nil // only texts are folded, and only they have words
				}
				texts[i] = s
			}
			return fn(texts), nil
		})
	}
	register(foldFunction, 1, func(a []string) driver.Value { return fold(a[0]) })
	register(wordFunction, 2, func(a []string) driver.Value { return hasWords(a[0], a[1]) })
	register(likeFunction, 2, func(a []string) driver.Value { return isLike(a[0], a[1]) })
}

// hard is a pattern of GLOB for values that SQLite cannot compare by itself: with white space or characters that are not
// ASCII.
const hard = `'*[^!-~]*'`

// fold maps letters that differ in case only to the same text. ASCII letters become small ones, as in SQLite's NOCASE.
func fold(s string) string { return strings.Map(foldRune, s) }

func foldRune(r rune) rune {
	if r < unicode.MaxASCII {
		if 'A' <= r && r <= 'Z' {
			return r + ('a' - 'A')
		}
		return r
	}
	first, other := r, unicode.SimpleFold(r)
	if other == r {
		return r
	}
	for ; other != r; other = unicode.SimpleFold(other) {
		first = min(first, other)
	}
	return unicode.ToLower(first)
}

// words folds a text and puts one space between its words, which white space separates (AWS IoT developer guide, query
// syntax: as Java's Character.isWhitespace finds it; Go's also counts no-break spaces).
func words(s string) string { return strings.Join(strings.Fields(fold(s)), " ") }

func hasWords(value, wanted string) bool {
	return wanted != "" && strings.Contains(" "+words(value)+" ", " "+wanted+" ")
}

func isLike(value, pattern string) bool {
	folded, p := fold(value), []rune(pattern)
	if like([]rune(folded), p) {
		return true
	}
	for _, w := range strings.Fields(folded) {
		if like([]rune(w), p) {
			return true
		}
	}
	return false
}

// like is SQL's LIKE with \ for escapes. It goes back to the last % only, so it is at worst quadratic.
func like(s, p []rune) bool {
	i, j, star, from := 0, 0, -1, 0
	for i < len(s) {
		literal := j < len(p) && p[j] == '\\'
		at := j
		if literal {
			at++
		}
		switch {
		case j < len(p) && p[j] == '%':
			star, from = j, i
			j++
		case at < len(p) && (p[at] == s[i] || !literal && p[at] == '_'):
			i, j = i+1, at+1
		case star >= 0:
			from++
			i, j = from, star+1
		default:
			return false
		}
	}
	for j < len(p) && p[j] == '%' {
		j++
	}
	return j == len(p)
}
