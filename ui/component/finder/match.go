package finder

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Scores of a match: a part of the text that is the same beats letters that are spread over it, the start of a word beats its middle, and
// an earlier place beats a later one.
const (
	whole     = 1000
	wordStart = 200
	spread    = 100
)

// score says how well what was typed matches the texts of an item, each word of it somewhere; ok is false when a word matches none.
func score(words []string, texts [][]rune) (sum int, ok bool) {
	for _, w := range words {
		best := -1
		for i, t := range texts {
			if s, hit := scoreWord([]rune(w), t); hit {
				best = max(best, s-i) // what is shown counts a little more than what is only searched
			}
		}
		if best < 0 {
			return 0, false
		}
		sum += best
	}
	return sum, true
}

// scoreWord matches a word as a part of a text, or its letters in their order and not too far from each other.
func scoreWord(w, t []rune) (int, bool) {
	if at := index(t, w); at >= 0 {
		s := whole - min(at, wordStart/2)
		if startsWord(t, at) {
			s += wordStart
		}
		return s, true
	}
	span := shortest(w, t)
	if span < 0 || span > 3*len(w)+2 {
		return 0, false
	}
	return max(1, spread-span+len(w)), true
}

func index(t, w []rune) int {
	for i := 0; i+len(w) <= len(t); i++ {
		if slices.Equal(t[i:i+len(w)], w) {
			return i
		}
	}
	return -1
}

func startsWord(t []rune, at int) bool {
	return at == 0 || !unicode.IsLetter(t[at-1]) && !unicode.IsDigit(t[at-1])
}

// shortest is how many runes the shortest part of t has in which the letters of w follow each other, from the start of a word on; -1 if
// there is none.
func shortest(w, t []rune) int {
	best := -1
	for i := range t {
		if t[i] != w[0] || !startsWord(t, i) {
			continue
		}
		at := 1
		for j := i + 1; j < len(t) && at < len(w); j++ {
			if t[j] == w[at] {
				at++
			}
			if at == len(w) && (best < 0 || j-i+1 < best) {
				best = j - i + 1
			}
		}
	}
	return best
}

// fold makes texts comparable however they were typed: in small letters, full-width letters as half-width ones, and katakana as hiragana.
func fold(s string) string {
	const first, last, apart = 'ァ', 'ヶ', 'ァ' - 'ぁ'
	return strings.Map(func(r rune) rune {
		if r >= first && r <= last {
			return r - apart
		}
		return unicode.ToLower(r)
	}, norm.NFKC.String(s))
}
