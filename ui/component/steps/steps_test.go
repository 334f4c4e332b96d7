package steps

import (
	"strings"
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
)

func list() *List {
	l := New(uitest.Theme(),
		Step{ID: "a", Name: "Thing types", State: Done}, Step{ID: "b", Name: "フリートインデックス", State: Partial}, Step{ID: "c", Name: "S3 storage", State: Failed},
		Step{ID: "d", Name: "Firmware packages", State: Interrupted}, Step{ID: "e", Name: "Things and groups"}, Step{ID: "f", Name: "Last"})
	l.Mark("e", Running)
	l.Mark("no such step", Done)
	l.Note("e", "640/1000")
	return l
}

func TestGolden(t *testing.T) {
	uitest.Each(t, []uitest.Size{{W: 20, H: 8}, {W: 36, H: 3}}, func(t *testing.T, _ *locale.Printer, s uitest.Size) {
		uitest.Golden(t, list().View(s.W, s.H), s.W, s.H)
	})
}

func TestCurrentStepIsInView(t *testing.T) {
	t.Parallel()
	for h := 1; h < 8; h++ {
		if v := list().View(30, h); !strings.Contains(v, "Things and") {
			t.Errorf("the running step is out of sight in %d rows:\n%s", h, v)
		}
	}
}

func TestLine(t *testing.T) {
	t.Parallel()
	l := list()
	for _, c := range []struct {
		mark State
		want string
	}{{Running, "✓!✗!▶○ 5/6 Things and groups"}, {Pending, "✓!✗!○○ 5/6 Things and groups"}, {Done, "✓!✗!✓○ 6/6 Last"}} {
		l.Mark("e", c.mark)
		if got := l.Line(30); strings.TrimRight(got, " ") != c.want || text.Width(got) != 30 {
			t.Errorf("got %q, want %q", got, c.want)
		}
	}
	l.Mark("f", Failed)
	if got := strings.TrimRight(l.Line(30), " "); got != "✓!✗!✓✗ 6/6 Last" {
		t.Errorf("when all is over: %q", got)
	}
}
