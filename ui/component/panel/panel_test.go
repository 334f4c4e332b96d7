package panel

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/text"
)

func TestRender(t *testing.T) {
	t.Parallel()
	got := Render(uitest.Theme(), Frame{Title: "デバイス", Info: "64 %", Body: "車両 Vehicle-VIN-001 is cut\nb", Focused: true}, 24, 4)
	want := "┌ > デバイス ─── 64 % ─┐\n│ 車両 Vehicle-VIN-00… │\n│ b                    │\n└──────────────────────┘"
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestEverySizeIsExact(t *testing.T) {
	t.Parallel()
	th := uitest.ColorTheme()
	rapid.Check(t, func(t *rapid.T) {
		w, h := rapid.IntRange(1, 60).Draw(t, "w"), rapid.IntRange(1, 12).Draw(t, "h")
		words := rapid.SampledFrom([]string{"", "x", "Title", "学習ポイント 8/8: とても長い題名", "a\nb\nc"})
		f := Frame{
			Title: strings.ReplaceAll(words.Draw(t, "title"), "\n", " "), Info: th.Style.OK.Render(strings.ReplaceAll(words.Draw(t, "info"), "\n", " ")),
			Body: words.Draw(t, "body"), Focused: rapid.Bool().Draw(t, "focused"), Danger: rapid.Bool().Draw(t, "danger"),
		}
		n := Notice{Symbol: "✗", Title: f.Title, Next: f.Title, Error: f.Danger}
		for name, v := range map[string]string{"Render": Render(th, f, w, h), "Note": Note(th, n, w, h)} {
			rows := strings.Split(v, "\n")
			if len(rows) != h {
				t.Fatalf("%s: %d rows, want %d", name, len(rows), h)
			}
			for _, r := range rows {
				if text.Width(r) != w {
					t.Fatalf("%s: row %q is %d columns, want %d", name, r, text.Width(r), w)
				}
			}
		}
	})
}
