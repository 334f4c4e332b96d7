package finder

import (
	"fmt"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
)

func items() []Item {
	out := []Item{{Words: "Create a job", Group: "Screens", Search: "palette.screen.job-create"}, {Words: "ジョブを停止", Off: "進行中の作業はありません", Key: "ctrl+c"}}
	for i := range 40 {
		out = append(out, Item{Words: fmt.Sprintf("action %d of the screen", i), Group: "This screen", Key: "a"})
	}
	return out
}

func TestEveryViewIsExact(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	rapid.Check(t, func(r *rapid.T) {
		m := New(uitest.Theme(), p, items())
		for range rapid.IntRange(0, 12).Draw(r, "keys") {
			m.Update(uitest.Key(rapid.SampledFrom([]string{"up", "down", "pgup", "pgdown", "a", "1", "停", "backspace", " "}).Draw(r, "key")))
			w, h := rapid.IntRange(20, 90).Draw(r, "w"), rapid.IntRange(8, 30).Draw(r, "h")
			uitest.Exact(t, m.View(w, h), w, h)
		}
		m.Update(tea.MouseMsg{Button: tea.MouseButtonWheelDown})
		if i, ok := m.Chosen(); ok && i >= len(items()) {
			r.Errorf("item %d is chosen", i)
		}
	})
}

func TestScore(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		typed, text string
		want        bool
	}{
		{"job", "Create a job", true}, {"crjob", "Create a job", true}, {"caj", "Create a job", true}, {"bcrj", "Create a job", false},
		{"てい", "テイシ", true}, {"ＪＯＢ", "job", true}, {"rob", "Create a job", false},
	} {
		if _, got := scoreWord([]rune(fold(c.typed)), []rune(fold(c.text))); got != c.want {
			t.Errorf("%q finds %q: %v, want %v", c.typed, c.text, got, c.want)
		}
	}
	start, _ := scoreWord([]rune("job"), []rune("a job"))
	middle, _ := scoreWord([]rune("job"), []rune("ajob"))
	if start <= middle {
		t.Errorf("the start of a word is worth %d, its middle %d", start, middle)
	}
}
