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

func TestPanelGolden(t *testing.T) {
	uitest.Each(t, []uitest.Size{{W: 48, H: 12}, {W: 64, H: 20}}, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		l := New(uitest.Theme(), p, Hooks{})
		l.SetGate(NewGate(Guided, time.Second, nil))
		l.SetSize(s.W, s.H)
		l.Show(lesson(p))
		uitest.Golden(t, l.View(), s.W, s.H)
	})
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
		if l.Update(uitest.Key("pgdown")); l.View() == before {
			t.Error("a long lesson must scroll")
		}
		if press("down") {
			t.Error("other keys are the stream's")
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
