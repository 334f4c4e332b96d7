package progress

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/text"
)

func TestBarTellsMostImportantFirst(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	s := State{Done: 640, Total: 1000, Rate: 79.83, Left: 4500 * time.Millisecond}
	for _, c := range []struct {
		w    int
		want string
	}{
		{60, "640/1000 ▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓▓░░░░░░░░░░ 64 % · 79.8/s · 5s left"},
		{36, "640/1000 ▓▓▓▓▓▓▓▓░░░░░ 64 % · 79.8/s"},
		{20, "640/1000 ▓▓▓░░░ 64 %"},
		{10, "640/1000"},
	} {
		got := Bar(uitest.Theme(), p, s, c.w)
		if strings.TrimRight(got, " ") != c.want || text.Width(got) != c.w {
			t.Errorf("at %d columns: %q, want %q", c.w, got, c.want)
		}
	}
}

func TestEverythingIsExact(t *testing.T) {
	t.Parallel()
	th, p := uitest.ColorTheme(), uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		w := rapid.IntRange(1, 120).Draw(t, "w")
		s := State{
			Done: rapid.IntRange(0, 2000).Draw(t, "done"), Total: rapid.IntRange(0, 2000).Draw(t, "total"), Failed: rapid.IntRange(0, 9).Draw(t, "failed"),
			Rate: rapid.Float64Range(0, 5000).Draw(t, "rate"), Left: time.Duration(rapid.Int64Range(0, 1e14).Draw(t, "left")),
		}
		for name, got := range map[string]string{
			"Bar": Bar(th, p, s, w), "Fill": Fill(th, s.Done, s.Total, w),
		} {
			if text.Width(got) != w {
				t.Fatalf("%s is %d columns, want %d: %q", name, text.Width(got), w, got)
			}
		}
	})
}

func TestFillIsFullOnlyWhenAllIsDone(t *testing.T) {
	t.Parallel()
	th := uitest.Theme()
	for _, c := range []struct {
		done, total int
		want        string
	}{
		{0, 1000, "░░░░░"}, {1, 1000, "▓░░░░"}, {999, 1000, "▓▓▓▓░"}, {1000, 1000, "▓▓▓▓▓"}, {5, 0, "▓░░░░"}, {2000, 1000, "▓▓▓▓▓"},
	} {
		if got := Fill(th, c.done, c.total, 5); got != c.want {
			t.Errorf("%d of %d: %s, want %s", c.done, c.total, got, c.want)
		}
	}
}
