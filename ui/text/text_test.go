package text

import (
	"strings"
	"testing"
	"unicode"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestWrapJapaneseKeepsBreakRules(t *testing.T) {
	t.Parallel()
	got := Wrap("ジョブを配信する。「一度に」検索できる機能です。The quick fox", 16)
	want := []string{"ジョブを配信す", "る。「一度に」検", "索できる機能で", "す。The quick", "fox"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestWrapTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in string
		w        int
		want     []string
	}{
		{"empty", "", 10, []string{""}},
		{"words", "one two three", 8, []string{"one two", "three"}},
		{"long word", "abcdefghij kl", 4, []string{"abcd", "efgh", "ij", "kl"}},
		{"breaks", "a\nb\n\nc\n", 10, []string{"a", "b", "", "c"}},
		{"spaces at the break vanish", "abcd      efgh", 6, []string{"abcd", "efgh"}},
		{"wide in a narrow column", "車両", 1, []string{"車", "両"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if d := cmp.Diff(c.want, Wrap(c.in, c.w)); d != "" {
				t.Error(d)
			}
		})
	}
}

// anyText draws text as people and services write it: words, Japanese, symbols, odd characters.
func anyText() *rapid.Generator[string] {
	piece := rapid.OneOf(
		rapid.StringMatching(`[a-zA-Z0-9,.()-]{1,12}`),
		rapid.SampledFrom([]string{" ", "  ", "\n", "\t", "。", "「", "」", "、", "車両", "フリート", "ｶﾞ", "🚀", "⚠️", "🇯🇵", "🇦", "é", "e\u0301", "👨‍👩‍👧", "\u200b", "ๆ", "กำ", "한국", "→", "…", "\x1b[31m", "\x1b[0m", "\x1b]0;t\a", "\r"}),
		rapid.String(),
	)
	return rapid.Map(rapid.SliceOfN(piece, 0, 40), func(p []string) string { return strings.Join(p, "") })
}

// ink is text without anything that may vanish at a line break.
func ink(s string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(blanks, r) {
			return -1
		}
		return r
	}, s)
}

func TestWrapNeverTooWideNothingLost(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := Clean(anyText().Draw(t, "s"), false)
		w := rapid.IntRange(2, 60).Draw(t, "w")
		lines := Wrap(s, w)
		for _, l := range lines {
			if Width(l) > w {
				t.Fatalf("line %q is %d columns, want at most %d", l, Width(l), w)
			}
		}
		if got, want := ink(strings.Join(lines, "")), ink(s); got != want {
			t.Fatalf("text changed: %q, want %q", got, want)
		}
	})
}

func TestPadAndCutAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := strings.ReplaceAll(Clean(anyText().Draw(t, "s"), true), "\n", " ")
		w := rapid.IntRange(0, 60).Draw(t, "w")
		for name, got := range map[string]string{
			"Pad": Pad(s, w), "PadLeft": PadLeft(s, w), "Center": Center(s, w), "Edges": Edges(s, s, w),
		} {
			if Width(got) != w {
				t.Fatalf("%s(%q, %d) = %q is %d columns", name, s, w, got, Width(got))
			}
		}
		for name, got := range map[string]string{"Cut": Cut(s, w), "CutLeft": CutLeft(s, w)} {
			if Width(got) > w {
				t.Fatalf("%s(%q, %d) = %q is %d columns", name, s, w, got, Width(got))
			}
		}
	})
}

func TestCleanLeavesNothingDangerous(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		got := Clean(anyText().Draw(t, "s"), false)
		if r, bad := Unsafe(got); bad {
			t.Fatalf("%U left in %q", r, got)
		}
		for _, r := range got {
			if unicode.IsControl(r) && r != '\n' {
				t.Fatalf("control %U left in %q", r, got)
			}
		}
		if again := Clean(got, false); again != got {
			t.Fatalf("Clean is not stable: %q, then %q", got, again)
		}
	})
}

func TestCleanTable(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, in, want string
		style          bool
	}{
		{"title and clear", "\x1b]0;owned\aa\x1b[2Jb", "ab", false},
		{"style goes", "\x1b[31mred\x1b[0m", "red", false},
		{"style stays", "\x1b[31mred\x1b[0m\x1b[2J", "\x1b[31mred\x1b[0m", true},
		{"tab", "a\tb", "a   b", false},
		{"carriage return", "a\rb\r\nc", "ab\nc", false},
		{"emoji selector", "⚠️", "⚠", false},
		{"flag", "🇯🇵", "JP", false},
		{"flag joined to nothing", "🇯🇵\u200c", "JP", false},
		{"half-width", "ｶﾞ", "ｶ゛", false},
		{"not UTF-8", "a\xffb", "a\uFFFDb", false},
		{"right to left override", "a\u202Eb", "ab", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := Clean(c.in, c.style); got != c.want {
				t.Errorf("Clean(%q) = %q, want %q", c.in, got, c.want)
			}
		})
	}
}

func TestOverlayKeepsTheRectangle(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		row := rapid.SampledFrom([]string{"車両車両車両車両車両", "abcdefghijabcdefghij", "a車b両c車d両e車f両gh", "\x1b[31mabcdefghij\x1b[0m車両車両車"})
		back := row.Draw(t, "a") + "\n" + row.Draw(t, "b") + "\n" + row.Draw(t, "c")
		block := rapid.SampledFrom([]string{"xx\nxx", "両\n両", "x", "\x1b[1mxyz\x1b[0m"}).Draw(t, "block")
		x, y := rapid.IntRange(0, 21).Draw(t, "x"), rapid.IntRange(-1, 3).Draw(t, "y")
		rows := strings.Split(Overlay(back, block, x, y), "\n")
		if len(rows) != 3 {
			t.Fatalf("%d rows", len(rows))
		}
		for _, r := range rows {
			if Width(r) != 20 {
				t.Fatalf("row %q is %d columns", r, Width(r))
			}
		}
	})
}

func TestBlockAndBeside(t *testing.T) {
	t.Parallel()
	left := Block([]string{"車", "abcdef"}, 4, 3)
	right := Block([]string{"1"}, 2, 3)
	want := "車  1 \nabc…  \n      "
	if got := Beside(left, "", right); got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func BenchmarkWrapJapanese(b *testing.B) {
	s := strings.Repeat("フリートインデックスは、数千のデバイスを「一度に」検索できる機能です。", 10)
	for b.Loop() {
		WrapRanges(s, 40)
	}
}
