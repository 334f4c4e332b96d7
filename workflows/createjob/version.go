package createjob

import (
	"cmp"
	"strings"
)

// CompareVersions orders versions part by part, numbers as numbers: 1.9.0 is before 1.10.0, 2.0.0-beta before 2.0.0, and
// 1.0 before 1.0.0. Only versions spelt the same are equal.
func CompareVersions(a, b string) int {
	as, bs := parts(a), parts(b)
	for i := range max(len(as), len(bs)) {
		if c := comparePart(part(as, i), part(bs, i)); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b) // 1.01 and 1.1
}

func parts(version string) []string {
	return strings.FieldsFunc(version, func(r rune) bool { return strings.ContainsRune("._-", r) })
}

// part is the i-th part, "" past the end.
func part(parts []string, i int) string {
	if i < len(parts) {
		return parts[i]
	}
	return ""
}

// comparePart puts words (beta) before the end of a version and numbers after it.
func comparePart(a, b string) int {
	if c := cmp.Compare(rank(a), rank(b)); c != 0 {
		return c
	}
	if rank(a) == number { // of any length, so not as an integer
		a, b = strings.TrimLeft(a, "0"), strings.TrimLeft(b, "0")
		if c := cmp.Compare(len(a), len(b)); c != 0 {
			return c
		}
	}
	return strings.Compare(a, b)
}

// Ranks of parts.
const (
	word = iota
	end
	number
)

func rank(part string) int {
	switch {
	case part == "":
		return end
	case strings.Trim(part, "0123456789") == "":
		return number
	}
	return word
}
