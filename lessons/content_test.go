package lessons

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// panelWidth is the columns a lesson has in the narrowest panel; a drawing and an inline code span
// cannot be wrapped, so neither may be wider.
const panelWidth = 34

// rules are what differs from one language to the next. Lengths leave out drawings: English is counted
// in words, Japanese in characters other than spaces; names of calls and states weigh more there.
var rules = map[string]struct {
	headings     [3]string         // of all lessons: first, second and last
	does         map[string]string // the third heading, by workflow
	right, wrong string
	length       func(string) int
	least, most  int
}{
	"en": {[3]string{"The idea", "Why a fleet needs it", "Question"},
		map[string]string{"provision": "What this step does", "job-create": "What you choose here",
			"simulate": "What the simulation does", "cleanup": "What clean-up does"},
		"**Right.**", "**Not right.**", words, 150, 250},
	"ja": {[3]string{"考え方", "フリートに必要な理由", "問い"},
		map[string]string{"provision": "このステップで行うこと", "job-create": "ここで選ぶこと",
			"simulate": "シミュレーションが行うこと", "cleanup": "クリーンアップが行うこと"},
		"**正解。**", "**不正解。**", characters, 300, 760},
}

// each runs a test on every lesson of every language.
func each(t *testing.T, test func(t *testing.T, lang string, l Lesson)) {
	t.Helper()
	for _, lang := range Languages() {
		if _, known := rules[lang]; !known {
			t.Fatalf("language %s has no rules; add them to the table", lang)
		}
		for _, l := range mustAll(t, lang) {
			t.Run(lang+"/"+l.ID, func(t *testing.T) { t.Parallel(); test(t, lang, l) })
		}
	}
}

// split parts a body into the lines of its drawings and its other lines.
func split(t *testing.T, body string) (drawing, prose []string) {
	t.Helper()
	inside := false
	for line := range strings.Lines(body) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = !inside
			if line != "```" {
				t.Errorf("%q opens a drawing with more than ```", line)
			}
		case inside:
			drawing = append(drawing, line)
		default:
			prose = append(prose, line)
		}
	}
	if inside {
		t.Error("a drawing is not closed")
	}
	return drawing, prose
}

func words(s string) int {
	n := 0
	for _, w := range strings.Fields(s) {
		if strings.ContainsFunc(w, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }) {
			n++
		}
	}
	return n
}

func characters(s string) int {
	return utf8.RuneCountInString(strings.Join(strings.Fields(s), ""))
}

func TestLength(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, lang string, l Lesson) {
		_, prose := split(t, l.Body)
		r := rules[lang]
		if n := r.length(strings.Join(prose, "\n")); n < r.least || n > r.most {
			t.Errorf("length %d, want %d to %d", n, r.least, r.most)
		}
	})
}

func TestDrawingsFitThePanel(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ string, l Lesson) {
		drawing, _ := split(t, l.Body)
		if len(drawing) < 3 || len(drawing) > 14 {
			t.Errorf("the drawing has %d lines, want 3 to 14", len(drawing))
		}
		for _, line := range drawing {
			if n := utf8.RuneCountInString(line); n > panelWidth {
				t.Errorf("%q has %d columns, want %d at most", line, n, panelWidth)
			}
			if strings.TrimRight(line, " ") != line {
				t.Errorf("%q ends in spaces", line)
			}
			if i := strings.IndexFunc(line, notDrawable); i >= 0 {
				t.Errorf("%q holds %q; draw with ASCII and light box lines, which are one column wide", line, line[i:])
			}
		}
	})
}

// notDrawable tells runes that are not certain to be one column wide.
func notDrawable(r rune) bool {
	return (r < ' ' || r > '~') && !strings.ContainsRune("─│┌┐└┘├┤┬┴┼", r)
}

// forbidden tells runes that terminals measure differently or that have no place in a text.
func forbidden(r rune) bool {
	switch {
	case r == '\n':
		return false
	case r == '\uFE0F', r == '\uFE0E', r == '\u200D', r == '\uFFFD', unicode.Is(unicode.Mn, r):
		return true
	case r >= 0x2190 && r <= 0x24FF, r >= 0x25A0 && r <= 0x2BFF: // arrows, symbols, dingbats
		return true
	case r >= 0xFF61 && r <= 0xFFDC: // half-width kana and hangul
		return true
	}
	return r > 0xFFFF || !unicode.IsPrint(r) && r != '\u3000'
}

func TestForbiddenSymbols(t *testing.T) {
	t.Parallel()
	for _, r := range "\u26A0\uFE0F\u2705\u2192\U0001F600\uFF76\t\r\x1b\u200D" {
		if !forbidden(r) {
			t.Fatalf("the rule lets %U pass", r)
		}
	}
	each(t, func(t *testing.T, _ string, l Lesson) {
		text := l.Title + l.Question + l.Body
		if !utf8.ValidString(text) {
			t.Error("not UTF-8")
		}
		for _, r := range text {
			if forbidden(r) {
				t.Errorf("holds %U %q", r, r)
			}
		}
	})
}

var span = regexp.MustCompile("`[^`\n]*`")

func TestNothingIsTooWideToWrap(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, lang string, l Lesson) {
		_, prose := split(t, l.Body)
		text := strings.Join(prose, "\n")
		unbreakable := span.FindAllString(text, -1)
		if lang == source {
			unbreakable = append(unbreakable, strings.Fields(text)...)
		}
		for _, s := range unbreakable {
			if n := utf8.RuneCountInString(s); n > panelWidth {
				t.Errorf("%s has %d columns, want %d at most", s, n, panelWidth)
			}
		}
		if strings.Count(text, "`")%2 != 0 {
			t.Error("a code span is not closed")
		}
	})
}

// TestParagraphsAreOneLine: a line break inside Japanese text would show as a space, so no language
// breaks its lines.
func TestParagraphsAreOneLine(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ string, l Lesson) {
		_, prose := split(t, l.Body)
		for i := 1; i < len(prose); i++ {
			above, line := prose[i-1], prose[i]
			list := strings.HasPrefix(above, "- ") && strings.HasPrefix(line, "- ")
			if above != "" && line != "" && !list {
				t.Errorf("%q goes on in the next line", above)
			}
			if line != strings.TrimSpace(line) {
				t.Errorf("%q has spaces around it", line)
			}
		}
	})
}

func TestSections(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, lang string, l Lesson) {
		_, prose := split(t, l.Body)
		var got []string
		for _, line := range prose {
			if h, is := strings.CutPrefix(line, "#"); is {
				got = append(got, strings.TrimPrefix(h, "# "))
			}
		}
		r := rules[lang]
		if want := []string{r.headings[0], r.headings[1], r.does[l.Workflow], r.headings[2]}; !slices.Equal(got, want) {
			t.Errorf("headings %q, want %q", got, want)
		}
	})
}

// TestQuestion: the text repeats the front matter's question in a section of its own, with the verdicts that the front
// matter says. Every lesson has three answers, and no two are the same.
func TestQuestion(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, lang string, l Lesson) {
		r := rules[lang]
		want := "\n\n## " + r.headings[2] + "\n\n" + l.Question + "\n"
		seen := map[string]bool{}
		for _, a := range l.Answers {
			mark := r.wrong
			if a.Right {
				mark = r.right
			}
			want += "\n- " + a.Text + " " + mark + " " + a.Why
			seen[a.Text], seen[a.Why] = true, true
		}
		if l.Body != l.Text+want {
			t.Errorf("the question section is\n%s\nwant\n%s", strings.TrimPrefix(l.Body, l.Text), want)
		}
		if len(l.Answers) != 3 || len(seen) != 6 {
			t.Errorf("%d answers with %d different texts, want 3 with 6", len(l.Answers), len(seen))
		}
	})
}

// TestTheRightAnswerIsAnywhere: a reader must not find out that it is always the same one, or the longest.
func TestTheRightAnswerIsAnywhere(t *testing.T) {
	t.Parallel()
	for _, lang := range Languages() {
		var places [3]int
		longest, all := 0, mustAll(t, lang)
		for _, l := range all {
			right := l.Right()
			places[right]++
			if slices.IndexFunc(l.Answers, func(a Answer) bool { return len(a.Text) > len(l.Answers[right].Text) }) < 0 {
				longest++
			}
		}
		if slices.Max(places[:]) > len(all)/2 || slices.Min(places[:]) < 3 {
			t.Errorf("%s: the right answers are at the places %v", lang, places)
		}
		if longest > len(all)*3/4 {
			t.Errorf("%s: %d right answers of %d are the longest", lang, longest, len(all))
		}
	}
}

// TestJapaneseIsSetOneWay holds the Japanese lessons to the rules of the catalogues in ui/locale.
func TestJapaneseIsSetOneWay(t *testing.T) {
	t.Parallel()
	wrong := regexp.MustCompile(`[()…？！：]|か\?|[Ａ-Ｚａ-ｚ０-９]|[\p{Hiragana}\p{Katakana}\p{Han}][,.:;!]|` +
		`[\p{Hiragana}\p{Katakana}\p{Han}][A-Za-z0-9]|[A-Za-z0-9][\p{Hiragana}\p{Katakana}\p{Han}]`)
	for _, l := range mustAll(t, "ja") {
		_, prose := split(t, l.Title+"\n"+l.Question+"\n"+l.Body)
		for _, line := range prose {
			if at := wrong.FindString(span.ReplaceAllString(line, "")); at != "" {
				t.Errorf("%s: %q in %q", l.ID, at, line)
			}
			if line != "" && !strings.HasPrefix(line, "#") && line != l.Title && !strings.HasSuffix(line, "。") {
				t.Errorf("%s: %q does not end in a full stop", l.ID, line)
			}
		}
	}
}

// TestTranslationsAgree: the same question stands at the same place with the same drawing, so that an
// audience with two languages sees one lesson.
func TestTranslationsAgree(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, _ string, l Lesson) {
		english, _, err := Get(source, l.ID)
		if err != nil {
			t.Fatal(err)
		}
		drawing, _ := split(t, l.Body)
		want, _ := split(t, english.Body)
		if !slices.Equal(drawing, want) {
			t.Errorf("the drawing differs from the English one")
		}
		if len(l.Answers) != len(english.Answers) || l.Right() != english.Right() {
			t.Errorf("answer %d of %d is right, in English answer %d of %d", l.Right()+1, len(l.Answers), english.Right()+1, len(english.Answers))
		}
	})
}

func TestFileNamesGiveOrderAndID(t *testing.T) {
	t.Parallel()
	names, err := fs.Glob(files, "*/*.md")
	if err != nil || len(names) == 0 {
		t.Fatalf("files: %v, %v", names, err)
	}
	for _, name := range names {
		data, err := fs.ReadFile(files, name)
		if err != nil {
			t.Fatal(err)
		}
		l, err := parse(name, data)
		if err != nil {
			t.Fatal(err)
		}
		if want := fmt.Sprintf("%02d-%s.md", l.Order, l.ID); path.Base(name) != want {
			t.Errorf("%s should be called %s", name, want)
		}
	}
}
