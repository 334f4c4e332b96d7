package pager

import (
	"strings"
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/theme"
)

func TestScrollAndResize(t *testing.T) {
	t.Parallel()
	m := New(uitest.Printer(t, "en"))
	m.SetText(strings.Repeat("フリートインデックスは検索できる機能です。", 40))
	m.SetSize(20, 5)
	uitest.Exact(t, m.View(), 20, 5)
	if !strings.HasPrefix(m.Position(), "1-5 of ") {
		t.Errorf("position %q", m.Position())
	}
	uitest.Press(m.Update, "G")
	end := m.Position()
	uitest.Press(m.Update, "down", "pgdown")
	if m.Position() != end {
		t.Errorf("the end is the end: %q, then %q", end, m.Position())
	}
	m.SetSize(60, 200)
	uitest.Exact(t, m.View(), 60, 200)
	if m.Position() != "" || m.top != 0 {
		t.Errorf("all fits, yet position %q from row %d", m.Position(), m.top)
	}
	m.SetText("short")
	m.SetSize(10, 2)
	if got := m.View(); got != "short     \n          " {
		t.Errorf("got %q", got)
	}
}

func TestReloadKeepsThePlace(t *testing.T) {
	t.Parallel()
	m := New(uitest.Printer(t, "en"))
	m.SetSize(10, 2)
	rows := []string{"a", "b", "c", "d"}
	m.SetContent(func(int) []string { return rows })
	m.Update(uitest.Key("G"))
	rows = append(rows, "e")
	if m.Reload(); m.View() != "c         \nd         " {
		t.Errorf("after a row was added:\n%s", m.View())
	}
	rows = rows[:3]
	if m.Reload(); m.View() != "b         \nc         " {
		t.Errorf("after rows went:\n%s", m.View())
	}
}

// Rows that were laid out with another theme's colours are laid out anew.
func TestAnotherThemeShowsAtOnce(t *testing.T) {
	t.Parallel()
	th := uitest.ColorTheme()
	m := New(uitest.Printer(t, "en"))
	m.SetSize(5, 1)
	m.SetContent(func(int) []string { return []string{th.Style.OK.Render("words")} })
	before := m.View()
	th.Become(theme.Light)
	if got := m.View(); got == before || got != th.Style.OK.Render("words") {
		t.Errorf("it still looks like %q", got)
	}
}
