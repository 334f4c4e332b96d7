package stack

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fleetlab/ui/component/execution"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

var running = execution.Counts{
	theme.Succeeded: 6123, theme.Failed: 212, theme.TimedOut: 3, theme.Rejected: 41, theme.Canceled: 1, theme.InProgress: 150, theme.Queued: 470, theme.Waiting: 3000,
}

var sizes = []uitest.Size{{W: 30, H: 2}, {W: 58, H: 2}, {W: 80, H: 2}, {W: 120, H: 1}, {W: 120, H: 3}, {W: 198, H: 3}}

func TestGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		th := uitest.Theme()
		uitest.Golden(t, View(th, p, Executions(th, p, running), s.W, s.H), s.W, s.H)
	})
}

func TestASCIIGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		th := uitest.ASCIITheme()
		uitest.Golden(t, View(th, p, Executions(th, p, running), s.W, s.H), s.W, s.H)
	})
}

func TestNothing(t *testing.T) {
	t.Parallel()
	th, p := uitest.Theme(), uitest.Printer(t, "en")
	if got, want := View(th, p, Executions(th, p, execution.Counts{}), 20, 2), "░░░░░░░░░░ 0 devices\nNo device yet       "; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestShares(t *testing.T) {
	t.Parallel()
	th := uitest.Theme()
	for _, c := range []struct {
		counts []int
		w      int
		want   string
	}{
		{[]int{1, 1}, 4, "aabb"}, {[]int{999, 1}, 10, "aaaaaaaaab"}, {[]int{0, 5}, 3, "bbb"}, {[]int{1, 9999, 1}, 5, "abbbc"}, {[]int{3, 2, 1}, 2, "ab"},
		{[]int{1, 1, 1}, 4, "aabc"}, {nil, 3, "░░░"}, {[]int{7}, 0, ""}, {[]int{-4, 2}, 2, "bb"},
	} {
		var parts []Segment
		for i, n := range c.counts {
			parts = append(parts, Segment{Symbol: string(rune('a' + i)), Count: n})
		}
		if got := Bar(th, parts, c.w); got != c.want {
			t.Errorf("%v on %d columns: %q, want %q", c.counts, c.w, got, c.want)
		}
	}
}

func TestLegendLeavesOutWordsBeforeParts(t *testing.T) {
	t.Parallel()
	th, p := uitest.Theme(), uitest.Printer(t, "en")
	counts := execution.Counts{theme.Succeeded: 90, theme.Failed: 10}
	parts := Executions(th, p, counts)
	for _, c := range []struct {
		w, h int
		want string
	}{{40, 1, "■ succeeded 90  ✗ failed 10"}, {20, 2, "■ succeeded 90|✗ failed 10"}, {20, 1, "■ 90  ✗ 10"}, {8, 1, "■ 90"}, {3, 1, ""}, {40, 0, ""}} {
		if got := strings.Join(Legend(th, p, parts, c.w, c.h), "|"); got != c.want {
			t.Errorf("%dx%d: %q, want %q", c.w, c.h, got, c.want)
		}
	}
}

func TestAnyCountsAreExact(t *testing.T) {
	t.Parallel()
	th, p := uitest.ColorTheme(), uitest.Printer(t, "ja")
	plain := uitest.Theme()
	rapid.Check(t, func(t *rapid.T) {
		var counts execution.Counts
		parts := 0
		for i := range counts {
			counts[i] = rapid.OneOf(rapid.Just(0), rapid.IntRange(1, 3), rapid.IntRange(1, 2_000_000)).Draw(t, "n")
			if counts[i] > 0 {
				parts++
			}
		}
		w, h := rapid.IntRange(1, 130).Draw(t, "w"), rapid.IntRange(1, 4).Draw(t, "h")
		rows := strings.Split(View(th, p, Executions(th, p, counts), w, h), "\n")
		if len(rows) != h {
			t.Fatalf("%d rows, want %d", len(rows), h)
		}
		for _, r := range rows {
			if text.Width(r) != w {
				t.Fatalf("row %q is %d columns, want %d", r, text.Width(r), w)
			}
		}
		segments := Executions(plain, p, counts)
		bar := Bar(plain, segments, w)
		if text.Width(bar) != w {
			t.Fatalf("%q is %d columns, want %d", bar, text.Width(bar), w)
		}
		for _, s := range segments {
			n := strings.Count(bar, s.Symbol)
			if s.Count > 0 && parts <= w && n == 0 || s.Count == 0 && n > 0 {
				t.Fatalf("%d %s have %d columns in %q", s.Count, s.Label, n, bar)
			}
		}
	})
}
