package markdown

import (
	"strconv"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fleetlab/lessons"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/text"
)

const sample = `# 学習

フリートインデックスは、数千のデバイスを一度に検索できる機能です。長い文章も正しく
折り返される必要があります。The *quick* **brown** ` + "`fox`" + ` jumps
over a [link](https://example.com/a).

- 項目その一はとても長い文章なので折り返される必要がありますよね、きっとそうでしょう
- short
  1. first
  2. second \*not emphasis\*

> A quotation that is long enough to need a second line in a narrow panel.

| 状態 | Meaning |
|---|---|
| SUCCEEDED | 正常に完了しました。長い説明も折り返します |
| QUEUED | waiting |

---

` + "```json\n{\"a\": \"日本語\", \"long\": \"xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\"}\n```\n"

func TestGolden(t *testing.T) {
	for _, w := range []int{36, 56, 76} {
		t.Run(strconv.Itoa(w), func(t *testing.T) {
			rows := Render(uitest.Theme(), sample, w)
			uitest.Golden(t, text.Block(rows, w, len(rows)), w, len(rows))
		})
	}
}

func TestNoLineIsTooWide(t *testing.T) {
	t.Parallel()
	all := []string{sample}
	for _, lang := range lessons.Languages() {
		ls, err := lessons.All(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range ls {
			all = append(all, l.Body)
		}
	}
	th := uitest.ColorTheme()
	rapid.Check(t, func(t *rapid.T) {
		src := rapid.OneOf(rapid.SampledFrom(all), rapid.String(), rapid.StringMatching("([-*>#|`_\\[\\]() a\n車。]|\n\n|- |1\\. ){0,80}")).Draw(t, "src")
		w := rapid.IntRange(4, 80).Draw(t, "w")
		for _, row := range Render(th, src, w) {
			if text.Width(row) > w {
				t.Fatalf("row %q is %d columns, want at most %d", row, text.Width(row), w)
			}
		}
	})
}

func TestLessonsDoNotLoseWordsOrCutDiagrams(t *testing.T) {
	t.Parallel()
	for _, lang := range lessons.Languages() {
		all, err := lessons.All(lang)
		if err != nil {
			t.Fatal(err)
		}
		for _, l := range all {
			for _, w := range []int{44, 56, 76} {
				if got := strings.Join(Render(uitest.Theme(), l.Body, w), "\n"); strings.Contains(got, text.Ellipsis) {
					t.Errorf("%s %s: something is cut at %d columns", lang, l.ID, w)
				}
			}
		}
	}
}

func TestInlineMarks(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ src, want string }{
		{"a *b* **c** `d`", "a b c d"},
		{"折り\n返し", "折り返し"},
		{"one\ntwo", "one two"},
		{"日本\nAWS", "日本 AWS"},
		{"a  \nb", "a|b"},
		{`\*a\* \\`, `*a* \`},
		{"<b>x</b> <https://e.com>", "x https://e.com"},
		{"[t](https://e.com)", "t (https://e.com)"},
		{"x\x1b[31my", "xy"},
	} {
		if got := strings.Join(Render(uitest.Theme(), c.src, 60), "|"); got != c.want {
			t.Errorf("%q gives %q, want %q", c.src, got, c.want)
		}
	}
}
