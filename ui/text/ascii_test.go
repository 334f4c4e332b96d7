package text

import (
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"unicode"

	"pgregory.net/rapid"
)

func TestASCII(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"":               "",
		"plain":          "plain",
		"┌─ 1 › a… ─┐":   "+- 1 > a~ -+",
		"│ ✓ 車両 · ▶ │":   "| v 車両 . > |",
		"\x1b[1m→\x1b[m": "\x1b[1m>\x1b[m",
		"É ▁█ ⠁⣿":        "É ## **",
	} {
		if got := ASCII(in); got != want {
			t.Errorf("ASCII(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestASCIIKeepsWidths(t *testing.T) {
	t.Parallel()
	for from, to := range lookalikes {
		if Width(string(from)) != 1 || to < ' ' || to > '~' {
			t.Errorf("%q becomes %q", from, to)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringOf(rapid.RuneFrom([]rune("a─│┌…✓車・▶●→\u00a0"))).Draw(t, "s")
		if Width(ASCII(s)) != Width(s) {
			t.Fatalf("%q is %d columns, %q %d", s, Width(s), ASCII(s), Width(ASCII(s)))
		}
	})
}

// All that the program says and draws in English has an ASCII look: the pictures of every screen and component, the catalogue, the lessons.
func TestEverythingOfOursCanBeASCII(t *testing.T) {
	t.Parallel()
	files := 0
	for _, root := range []string{filepath.Join("..", "..", "ui"), filepath.Join("..", "..", "lessons")} {
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !english(path) {
				return err
			}
			src, err := os.ReadFile(path)
			files++
			for _, r := range ASCII(string(src)) {
				if r > '~' && !foreign(r) {
					t.Errorf("%s: %q (%U) has no ASCII look", path, r, r)
				}
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if files < 100 {
		t.Fatalf("only %d files found: the scan looks in the wrong place", files)
	}
}

// english reports the files that hold English words of ours.
func english(path string) bool {
	path = filepath.ToSlash(path)
	switch filepath.Ext(path) {
	case ".golden":
		return strings.HasPrefix(filepath.Base(path), "en-")
	case ".json":
		return strings.Contains(path, "/locale/en/")
	case ".md":
		return strings.Contains(path, "/lessons/en/")
	}
	return false
}

// foreign reports the letters of a name that a user gave.
func foreign(r rune) bool {
	return unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana) || slices.Contains([]rune("ー、。"), r)
}
