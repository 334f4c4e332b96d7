package ui

import (
	"slices"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
)

// choose opens the palette, types and chooses what is found.
func choose(m *model, typed string) {
	press(m, "ctrl+k", typed)
	if cmd := press(m, "enter"); cmd != nil {
		m.Update(cmd())
	}
}

func TestPaletteGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, _ := testModel(t, p, s.W, s.H)
		press(m, ":")
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

// The filter finds by what is read as well as by the English words, and says why a thing cannot be done.
func TestPaletteFilterGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, _ := testModel(t, p, s.W, s.H)
		typed := "stop"
		if p.Lang() == "ja" {
			typed = "ていし"
		}
		press(m, "ctrl+k", typed)
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestPaletteFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ lang, typed, words string }{
		{"en", "prov", "Provision a fleet"}, {"en", "sim dev", "Simulate the devices"}, {"en", "exit", "Quit fleetlab"},
		{"ja", "provision", "プロビジョニング（フリートの作成）"}, {"ja", "ほーむ", "ホーム"}, {"ja", "ﾎｰﾑ", "ホーム"}, {"ja", "用意", "プロビジョニング（フリートの作成）"},
		{"ja", "しゅうりょう", "fleetlab を終了"}, {"ja", "quit", "fleetlab を終了"},
	} {
		m, _ := testModel(t, uitest.Printer(t, c.lang), 80, 24)
		press(m, "ctrl+k", c.typed)
		o := m.overlays[0].Overlay.(*palette)
		if i, ok := o.list.Chosen(); !ok || o.actions[i].Words != c.words {
			t.Errorf("%s finds %v, want %s", c.typed, o.actions[i].Words, c.words)
		}
	}
}

func TestPaletteDoesWhatIsChosen(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	home.capturing = true
	if press(m, ":"); len(m.overlays) != 0 || len(home.got) != 1 {
		t.Fatal("a colon is text in a field")
	}
	choose(m, "provision")
	if len(m.overlays) != 0 || m.top().name != screen.Provision {
		t.Fatalf("%s is on top", m.top().name)
	}
	choose(m, "keys.run")
	if got := m.top().screen.(*page).got; len(got) != 1 || got[0].(tea.KeyMsg).String() != "enter" {
		t.Errorf("the screen got %v, want the key of the action", got)
	}
	choose(m, "home")
	home.capturing = true
	if choose(m, "mouse on"); !m.mouse || len(home.got) != 1 {
		t.Error("an action must work where its key would be text")
	}
	choose(m, "express")
	r, end := play(t, m, home, halfway...)
	defer end()
	if r.Gate.Mode() != learn.Express {
		t.Errorf("the run begins %s", r.Gate.Mode())
	}
	choose(m, "stop all")
	if !r.Stopping() {
		t.Error("the work goes on")
	}
}

func TestPaletteLeavesAloneWhatCannotBe(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	press(m, "ctrl+k", "stop all", "enter")
	if len(m.overlays) != 1 || !strings.Contains(m.View(), "nothing is running") {
		t.Errorf("the reason must show:\n%s", m.View())
	}
	press(m, "ctrl+k")
	if len(m.overlays) != 0 {
		t.Error("its own key must close the palette")
	}
	press(m, "ctrl+k", "zzzz", "enter")
	if !strings.Contains(m.View(), "Nothing matches") {
		t.Errorf("nothing matches:\n%s", m.View())
	}
	press(m, "esc", "?", "ctrl+k")
	if _, is := m.overlays[len(m.overlays)-1].Overlay.(*palette); !is || len(m.overlays) != 1 {
		t.Error("the help must make room for the palette")
	}
}

func TestAQuestionComesBeforeThePalette(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	_, end := play(t, m, home, halfway...)
	defer end()
	press(m, "q", "ctrl+k")
	if len(m.overlays) != 1 || !strings.Contains(m.View(), "Answer the question first") {
		t.Errorf("the question must be answered first:\n%s", m.View())
	}
}

func TestMessagesGolden(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, s uitest.Size) {
		m, _ := testModel(t, p, s.W, s.H)
		m.deps.Now = func() time.Time { return time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC) }
		m.Update(screen.ToastMsg{Text: m.t("mouse.on")})
		m.Update(screen.ToastMsg{Text: m.t("screen.busy", "Screen", "車両 Vehicle"), Error: true})
		m.Update(screen.ToastMsg{Text: m.t("log.no-file")})
		press(m, "x")
		m.toast = toast{}
		m.openMessages()
		uitest.Golden(t, m.View(), s.W, s.H)
	})
}

func TestMessagesCanBeCopied(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	copied := ""
	m.copy = func(s string) error { copied = s; return nil }
	for range remembered + 5 {
		m.Update(screen.ToastMsg{Text: "one", Error: true})
	}
	m.Update(screen.ToastMsg{Text: "last\x1b[2J"})
	choose(m, "messages")
	if copy := press(m, "y"); copy != nil {
		_, put := m.Update(copy())
		put()
	}
	if lines := strings.Split(strings.TrimSpace(copied), "\n"); len(lines) != remembered || !strings.HasSuffix(lines[remembered-1], " last") {
		t.Errorf("%d lines, the last %q", len(lines), lines[len(lines)-1])
	}
}

func TestDraftsAreAskedFor(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"q", "ctrl+c"} {
		m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
		m.Update(screen.GoMsg{ID: screen.Provision})
		m.top().screen.(*page).typed = true
		press(m, "esc")
		if cmd := press(m, key); cmd != nil || len(m.overlays) != 1 || !strings.Contains(m.View(), "Provision") {
			t.Errorf("%s: a draft must not be lost without a word:\n%s", key, m.View())
		}
		if cmd := press(m, "ctrl+c"); cmd == nil {
			t.Error("ctrl+c again must leave")
		}
	}
}

func TestPaletteListsEveryScreen(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "en")
	for id := range screens {
		if !slices.Contains(order, id) || !p.Has("palette.screen."+id) {
			t.Errorf("the palette does not list %s, or has no word for it", id)
		}
	}
}
