package learn

import (
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
)

func lesson(p *locale.Printer) Lesson {
	l := Lesson{ID: "things", Title: "Things and thing groups", Number: 8, Of: 8, Calls: []string{"iot:CreateThing", "iot:AddThingToThingGroup"}}
	for i := range 12 {
		l.Text += fmt.Sprintf("%d. A thing is a device in the registry. モノはレジストリの中のデバイスです。\n\n", i+1)
	}
	if p.Lang() == "ja" {
		l.Title = "モノとモノのグループ"
	}
	return l
}

// moments bring a panel beside a run into each of its states: the mode that it starts in, and what is pressed while the step waits.
var moments = map[string]struct {
	mode    Mode
	pressed []string
}{
	"guided":   {Guided, nil},
	"wrong":    {Guided, []string{"1", "1"}}, // the first one shows the question
	"right":    {Guided, []string{"1", "2"}},
	"counting": {Presenter, nil},
	"paused":   {Presenter, []string{" ", "+"}},
	"running":  {Express, nil},
}

// stage is a panel beside a run whose second step waits, or runs in express mode. The first has made calls.
func stage(t *testing.T, p *locale.Printer, mode Mode) *Panel {
	t.Helper()
	m, now := meter()
	l, g := New(uitest.Theme(), p, Hooks{}), NewGate(mode, 10*time.Second, nil)
	c := NewCounter(m)
	g.Count(c)
	l.SetGate(g)
	l.SetCounter(c)
	l.Focus(mode != Express)
	first, second := asked(p), asked(p)
	first.ID, first.Step, first.Title, first.Calls = "types", "types", "Thing types", []string{"iot:DescribeThingType", "iot:CreateThingType"}
	second.Step, second.Calls = "things", append(second.Calls, "iot-data:UpdateThingShadow")
	c.Begin("types")
	l.Show(first)
	*now = map[string]Tally{"iot:DescribeThingType": {Calls: 3, Attempts: 3, Latency: 7 * time.Millisecond}, "iot:CreateThingType": {Calls: 3, Attempts: 5, Throttles: 2, Latency: time.Second}}
	done := pass(t.Context(), g)
	synctest.Wait()
	if mode == Express {
		<-done
		c.Begin("things")
		(*now)["iot:CreateThing"] = Tally{Calls: 12_640, Attempts: 12_700, Throttles: 60, Latency: 12_640 * 312 * time.Millisecond}
		(*now)["iot:AddThingToThingGroup"] = Tally{Calls: 639, Attempts: 639, Latency: 639 * 12 * time.Second}
	}
	l.Show(second)
	t.Cleanup(func() {
		g.Release()
		if mode != Express {
			<-done
		}
	})
	return l
}

func TestPanelGolden(t *testing.T) {
	for name, m := range moments {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, []uitest.Size{{W: 56, H: 12}, {W: 60, H: 16}, {W: 48, H: 28}, {W: 64, H: 48}}, func(t *testing.T, p *locale.Printer, s uitest.Size) {
				synctest.Test(t, func(t *testing.T) {
					l := stage(t, p, m.mode)
					l.SetSize(s.W, s.H)
					press(l.Update, m.pressed...)
					uitest.Golden(t, l.View(), s.W, s.H)
				})
			})
		})
	}
}

// Every size is filled exactly, in every state.
func TestPanelIsExact(t *testing.T) {
	for _, lang := range locale.Languages {
		for _, m := range moments {
			synctest.Test(t, func(t *testing.T) {
				l := stage(t, uitest.Printer(t, lang), m.mode)
				l.SetSize(56, 12)
				press(l.Update, m.pressed...)
				for w := 44; w <= 64; w += 4 {
					for h := 6; h <= 50; h += 11 {
						l.SetSize(w, h)
						uitest.Exact(t, l.View(), w, h)
					}
				}
			})
		}
	}
}

// The numbers are looked at a few times a second at most, and at once when a step has ended.
func TestNumbersAreLookedAtNowAndThen(t *testing.T) {
	t.Parallel()
	looks := 0
	c := NewCounter(func() map[string]Tally { looks++; return map[string]Tally{"iot:CreateThing": {Calls: looks}} })
	p := uitest.Printer(t, "en")
	l := New(uitest.Theme(), p, Hooks{})
	l.SetCounter(c)
	l.SetSize(64, 30)
	things := lesson(p)
	things.Step = ""
	l.Show(things)
	start := time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	l.Refresh(start, false)
	before := looks
	for i := range 30 { // a second of batches
		l.Refresh(start.Add(time.Duration(i+1)*time.Second/30), false)
		_ = l.View()
	}
	if got := looks - before; got < 3 || got > 4 {
		t.Errorf("looked %d times in a second", got)
	}
	before = looks
	if l.Refresh(start.Add(time.Second), true); looks == before {
		t.Error("the end of a step is not looked at")
	}
}

func TestPanelOverNarrowScreens(t *testing.T) {
	uitest.Each(t, uitest.Sizes[:2], func(t *testing.T, p *locale.Printer, s uitest.Size) {
		l := New(uitest.Theme(), p, Hooks{})
		l.Show(lesson(p))
		back := make([]string, s.H)
		for i := range back {
			back[i] = strings.Repeat("車両", s.W/4)
		}
		uitest.Golden(t, l.Over(text.Block(back, s.W, s.H), s.W, s.H), s.W, s.H)
	})
}

func TestPanelKeys(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		p := uitest.Printer(t, "en")
		g := NewGate(Guided, 3*time.Second, nil)
		l := New(uitest.Theme(), p, Hooks{})
		l.SetSize(60, 12)
		l.SetGate(g)
		l.Show(lesson(p))
		press := func(key string) bool {
			_, taken := l.Update(uitest.Key(key))
			return taken
		}
		if press("enter") {
			t.Error("while nothing waits, enter is the stream's")
		}
		done := pass(t.Context(), g)
		synctest.Wait()
		if !strings.Contains(l.View(), "enter continue") {
			t.Errorf("the panel must say how it goes on:\n%s", l.View())
		}
		l.Update(uitest.Key("p"))
		if g.Mode() != Presenter || !strings.Contains(l.View(), "goes on in 3s") {
			t.Errorf("mode %v:\n%s", g.Mode(), l.View())
		}
		if !press("enter") {
			t.Error("enter must open the gate")
		}
		<-done
		before := l.View()
		if press("down") || press("pgdown") {
			t.Error("without the focus, the keys to move are the stream's")
		}
		if l.Focus(true); !press("pgdown") || !press("down") || l.View() == before {
			t.Error("a long lesson must scroll")
		}
		if !l.Back() || l.Visible() || l.Back() {
			t.Error("esc hides the panel, once")
		}
		if l.Update(uitest.Key("l")); !l.Visible() {
			t.Error("l brings the panel back")
		}
	})
}

func TestNextLessonComesIntoView(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	l := New(uitest.Theme(), p, Hooks{})
	l.SetSize(60, 12)
	l.Show(lesson(p))
	l.Back()
	l.Show(lesson(p))
	if l.Visible() {
		t.Error("the same lesson must not come back after it was hidden")
	}
	next := lesson(p)
	next.ID = "next"
	if l.Show(next); !l.Visible() {
		t.Error("the next lesson must show")
	}
}

func TestSplit(t *testing.T) {
	t.Parallel()
	for w := range 300 {
		stream, dock := Split(w)
		if stream+dock != w || (dock > 0) != (w >= DockFrom) || dock > 64 {
			t.Errorf("%d columns are shared as %d and %d", w, stream, dock)
		}
	}
}
