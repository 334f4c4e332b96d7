package text

import (
	"testing"

	"github.com/charmbracelet/x/ansi"
	"pgregory.net/rapid"
)

func TestFirst(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int{"": 0, "a": 1, "ab": 1, "日本": 3, "e\u0301x": 3, "👨\u200d👩\u200d👧x": 18, "\n\n": 1, "\xffa": 1} {
		if got := First(s); got != want {
			t.Errorf("First(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestGlyph(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		in    string
		col   int
		want  string
		width int
	}{{"a", 3, "a", 1}, {"\t", 0, "    ", 4}, {"\t", 3, " ", 1}, {"日", 1, "日", 2}, {"\x1b", 0, "?", 1}, {"\u200b", 0, "?", 1}, {"\r", 0, "?", 1}, {"\xff", 0, "\uFFFD", 1}} {
		if got, w := Glyph(c.in, c.col); got != c.want || w != c.width {
			t.Errorf("Glyph(%q, %d) = %q, %d; want %q, %d", c.in, c.col, got, w, c.want, c.width)
		}
	}
}

// What First and Glyph take a short way for is what the long way says.
func TestSimpleCharactersAreWhatTheRulesSay(t *testing.T) {
	t.Parallel()
	letter := rapid.SampledFrom([]rune("aZ{ ぁゖァヺ一龥、〃日本が\u3099\u0301\u200d🚗ｶ\uff9e"))
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOfN(letter, 1, 6, -1).Draw(t, "s")
		cluster, _ := ansi.FirstGraphemeCluster(s, ansi.GraphemeWidth)
		if n := First(s); n != len(cluster) {
			t.Fatalf("First(%q) = %d, want %d", s, n, len(cluster))
		}
	})
	for r := rune(0); r <= 0xFFFF; r++ {
		if wide(r) && Width(string(r)) != 2 {
			t.Errorf("%U is %d columns", r, Width(string(r)))
		}
	}
}

func TestGlyphsAreAsWideAsTheySay(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.String().Draw(t, "s")
		row, col := "", 0
		for s != "" {
			n := First(s)
			shown, w := Glyph(s[:n], col)
			if w < 1 || Width(shown) != w {
				t.Fatalf("%q shows as %q, %d columns and not %d", s[:n], shown, Width(shown), w)
			}
			row, col, s = row+shown+"|", col+w+1, s[n:]
		}
		if Width(row) != col {
			t.Fatalf("%q is %d columns, want %d", row, Width(row), col)
		}
	})
}
