package chart

import (
	"math"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// rollout is a job of 1,000 devices that is told to more and more of them a minute and aborted in the ninth minute.
func rollout(th *theme.Theme, p *locale.Printer) Chart {
	words := map[string][3]string{"en": {"notified", "finished", "abort at 9 min"}, "ja": {"配信済み", "完了", "9 分で中断"}}[p.Lang()]
	told := Series{Label: words[0], Style: th.Style.Running, Steps: true}
	done := Series{Label: words[1], Style: th.Style.OK, Area: true}
	n, rate := 0.0, 20.0
	for minute := time.Duration(0); minute <= 9; minute++ {
		told.Points = append(told.Points, Point{At: minute * time.Minute, Value: n})
		done.Points = append(done.Points, Point{At: minute*time.Minute + 40*time.Second, Value: n * 0.8})
		n, rate = min(1000, n+rate), rate*1.5
	}
	return Chart{
		Series: []Series{done, told}, Marks: []Mark{{At: 9 * time.Minute, Label: words[2], Style: th.Style.Failed}}, Most: 1000, End: 15 * time.Minute,
	}
}

var sizes = []uitest.Size{{W: 30, H: 6}, {W: 80, H: 14}, {W: 120, H: 20}}

func TestGolden(t *testing.T) {
	uitest.Each(t, sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		th := uitest.Theme()
		uitest.Golden(t, View(th, p, rollout(th, p), s.W, s.H), s.W, s.H)
	})
}

func TestASCIIGolden(t *testing.T) {
	uitest.Each(t, sizes[:2], func(t *testing.T, p *locale.Printer, s uitest.Size) {
		th := uitest.ASCIITheme()
		view := View(th, p, rollout(th, p), s.W, s.H)
		if p.Lang() == "en" && s.W == 80 && strings.IndexFunc(view, func(r rune) bool { return r > '~' }) >= 0 {
			t.Errorf("not ASCII:\n%s", view)
		}
		uitest.Golden(t, view, s.W, s.H)
	})
}

func TestNothingToDraw(t *testing.T) {
	t.Parallel()
	th, p := uitest.Theme(), uitest.Printer(t, "en")
	for _, c := range []Chart{{}, {Series: []Series{{Label: "a"}}, Most: 10, End: time.Hour}} {
		view := View(th, p, c, 40, 6)
		uitest.Exact(t, view, 40, 6)
		if !strings.Contains(view, "Nothing to draw yet") {
			t.Errorf("got\n%s", view)
		}
	}
}

func TestALineIsWhereItsValuesAre(t *testing.T) {
	t.Parallel()
	th, p := uitest.ASCIITheme(), uitest.Printer(t, "en")
	c := Chart{Series: []Series{{Points: []Point{{0, 0}, {4 * time.Second, 4}}}}}
	if got, want := View(th, p, c, 5, 2), "   **\n***  "; got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	c.Series[0].Steps = true
	if got, want := View(th, p, c, 5, 2), "    *\n**** "; got != want {
		t.Errorf("in steps: got\n%s\nwant\n%s", got, want)
	}
	c.Series[0].Area = true
	if got, want := View(th, p, c, 5, 2), "    :\n    :"; got != want {
		t.Errorf("as an area: got\n%s\nwant\n%s", got, want)
	}
	c.Marks = []Mark{{At: 2 * time.Second}}
	if got, want := View(th, p, c, 5, 2), "  ! :\n  ! :"; got != want {
		t.Errorf("with a mark: got\n%s\nwant\n%s", got, want)
	}
}

func TestShortLabelStandsBesideItsMark(t *testing.T) {
	t.Parallel()
	th, p := uitest.Theme(), uitest.Printer(t, "ja")
	c := rollout(th, p)
	c.Marks[0].Label = "中断"
	rows := strings.Split(View(th, p, c, 30, 6), "\n")
	if !strings.Contains(rows[1], "中断") || strings.Contains(rows[0], "中断") {
		t.Errorf("the label belongs in the plot:\n%s", strings.Join(rows, "\n"))
	}
}

func TestScalesAreRound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		most  float64
		steps int
		want  scale
	}{{0, 5, scale{1, 1}}, {7, 5, scale{8, 2}}, {100, 5, scale{100, 20}}, {1000, 1, scale{1000, 1000}}, {99999, 4, scale{100000, 50000}}, {math.Inf(1), 1, scale{5000000000, 5000000000}}} {
		if got := newScale(c.most, c.steps); got != c.want {
			t.Errorf("up to %v in %d steps: %v, want %v", c.most, c.steps, got, c.want)
		}
	}
	for _, c := range []struct {
		end, step, unit time.Duration
		steps           int
	}{
		{time.Minute, 10 * time.Second, time.Second, 6}, {20 * time.Minute, 5 * time.Minute, time.Minute, 4}, {3 * time.Minute, time.Minute, time.Minute, 9},
		{10 * time.Hour, 2 * time.Hour, time.Hour, 5}, {100 * day, 20 * day, day, 5},
	} {
		if got := newClock(c.end, c.steps); got.step != c.step || got.unit != c.unit {
			t.Errorf("%v in %d steps: every %v in %v, want %v in %v", c.end, c.steps, got.step, got.unit, c.step, c.unit)
		}
	}
}

func TestAnyChartIsExact(t *testing.T) {
	t.Parallel()
	en, ja := uitest.Printer(t, "en"), uitest.Printer(t, "ja")
	rapid.Check(t, func(t *rapid.T) {
		th := rapid.SampledFrom([]*theme.Theme{uitest.ColorTheme(), uitest.ASCIITheme()}).Draw(t, "theme")
		c := Chart{Most: rapid.Float64Range(0, 1e7).Draw(t, "most"), End: time.Duration(rapid.Int64Range(0, int64(400*day)).Draw(t, "end"))}
		for range rapid.IntRange(0, 3).Draw(t, "series") {
			s := Series{Label: "配信済み", Style: th.Style.OK, Area: rapid.Bool().Draw(t, "area"), Steps: rapid.Bool().Draw(t, "steps")}
			at := time.Duration(0)
			for range rapid.IntRange(0, 20).Draw(t, "points") {
				at += time.Duration(rapid.Int64Range(0, int64(day)).Draw(t, "gap"))
				s.Points = append(s.Points, Point{At: at, Value: rapid.Float64Range(-1, 1e6).Draw(t, "value")})
			}
			c.Series = append(c.Series, s)
		}
		for range rapid.IntRange(0, 3).Draw(t, "marks") {
			c.Marks = append(c.Marks, Mark{At: time.Duration(rapid.Int64Range(0, int64(day)).Draw(t, "mark")), Label: "中断 abort", Style: th.Style.Failed})
		}
		w, h := rapid.IntRange(1, 130).Draw(t, "w"), rapid.IntRange(1, 30).Draw(t, "h")
		for _, p := range []*locale.Printer{en, ja} {
			rows := strings.Split(View(th, p, c, w, h), "\n")
			if len(rows) != h {
				t.Fatalf("%d rows, want %d", len(rows), h)
			}
			for _, r := range rows {
				if text.Width(r) != w {
					t.Fatalf("row %q is %d columns, want %d", r, text.Width(r), w)
				}
			}
		}
	})
}

func BenchmarkView(b *testing.B) {
	th, p := uitest.ColorTheme(), uitest.Printer(b, "en")
	c := rollout(th, p)
	b.ReportAllocs()
	for b.Loop() {
		View(th, p, c, 118, 20)
	}
}
