package ui

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
)

// The top line always says where the user is; of a real account it says which.
func TestTheTopLineGivesWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		kind       cloud.Kind
		w          int
		want, gone string
	}{
		{cloud.Sandbox, 120, "us-east-1 · 000000000000", "nothing"},
		{cloud.Sandbox, 70, "us-east-1", "000000000000"},
		{cloud.Sandbox, 60, "sandbox", "us-east-1"},
		{cloud.AWS, 80, "000000000000", "us-east-1"},
	} {
		m, _ := testModel(t, uitest.Printer(t, "ja"), c.w, 24)
		m.deps.Cloud = &cloud.Cloud{Kind: c.kind, Region: "us-east-1", Account: "000000000000"}
		m.Update(screen.GoMsg{ID: screen.Provision})
		m.top().screen.(*page).name = "フリートを用意する長い画面の名"
		m.Update(tea.WindowSizeMsg{Width: c.w, Height: 24})
		line, _, _ := strings.Cut(m.View(), "\n")
		if !strings.Contains(line, "fleetlab › フリートを用意する長い画面の名") || !strings.Contains(line, c.want) || strings.Contains(line, c.gone) {
			t.Errorf("%s at %d columns: %q", c.kind, c.w, line)
		}
	}
}

// While characters are text, the bottom line promises no key that is one, and names the way to all that they would do.
func TestTheBottomLineWhileTyping(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	p := m.top().screen.(*page)
	p.bar = []keys.Binding{keys.Search.InBar(), keys.Next.InBar(), keys.Mark.InBar()}
	const letters = "/ search · tab next · space choose · esc back · ? help"
	if view := m.View(); !strings.Contains(view, letters) {
		t.Fatalf("no %q:\n%s", letters, view)
	}
	p.capturing = true
	if view := m.View(); !strings.Contains(view, "  tab next · esc back · ctrl+k all actions") {
		t.Errorf("characters are promised as keys:\n%s", view)
	}
	press(m, "ctrl+k")
	if len(m.overlays) != 1 || len(home.got) != 0 {
		t.Error("ctrl+k must open the list of all actions")
	}
}

// How far the work of the screen on top is gives way to its keys: the screen shows it as well.
func TestOwnProgressGivesWayToTheKeys(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.Update(screen.GoMsg{ID: screen.Provision})
	p := m.top().screen.(*page)
	_, end := play(t, m, home, halfway...)
	defer end()
	if !strings.Contains(m.View(), "640/1000") {
		t.Errorf("there is room for the progress:\n%s", m.View())
	}
	p.bar = []keys.Binding{keys.Debug.InBar(), keys.Next.InBar()}
	if view := m.View(); strings.Contains(view, "640/1000") || !strings.Contains(view, "on or off · tab next") {
		t.Errorf("the progress takes the room of keys:\n%s", view)
	}
}

func TestTheWayGetsShorterPlaceByPlace(t *testing.T) {
	t.Parallel()
	way := []string{"fleetlab", "プロビジョニング", "Create job"}
	for w, want := range map[int]string{
		60: "fleetlab > プロビジョニング > Create job > ", 35: "fleetlab > … > Create job > ", 20: "fleetlab > … > ", 12: "…eate job > ", 0: "",
	} {
		if got := crumbPath(way, " > ", w); got != want {
			t.Errorf("%d columns: %q, want %q", w, got, want)
		}
	}
	if got := crumbPath(nil, " > ", 60); got != "" {
		t.Errorf("on the first screen the way is %q", got)
	}
}
