package ui

import (
	"context"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
)

// a opens the API log from every screen, and esc leads back; where letters are text, it is one.
func TestTheAPILogOpensFromEverywhere(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	m.factories[screen.APILog] = func(d *screen.Deps, _ any) screen.Screen { return &page{deps: d, name: "API log"} }
	m.Update(screen.GoMsg{ID: screen.Simulate})
	press(m, "a")
	if m.top().name != screen.APILog || len(m.stack) != 3 {
		t.Fatalf("on top is %s of %d", m.top().name, len(m.stack))
	}
	press(m, "a", "esc")
	if m.top().name != screen.Simulate {
		t.Errorf("esc leads to %s", m.top().name)
	}
	press(m, "esc")
	home.capturing = true
	press(m, "a", "d")
	if m.top().name != screen.Home || m.deps.Debug || len(home.got) != 2 {
		t.Errorf("a and d are no text: %v", home.got)
	}
}

// d makes the next run go one call after the other; the one under way keeps to how it began, and both are said.
func TestDebugModeHoldsFromTheNextRun(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	sequential := make(chan bool, 1)
	work := func(ctx context.Context, s event.Stage) (any, error) {
		sequential <- s.Sequential
		return nil, nil
	}
	if press(m, "d"); !strings.Contains(m.View(), "DEBUG") || !strings.Contains(m.View(), "one after the other.") {
		t.Errorf("debug mode is not said to be on:\n%s", m.View())
	}
	home.work = work
	home.Update(startMsg{})
	if !<-sequential {
		t.Error("the run is not sequential")
	}
	end := make(chan struct{})
	defer close(end)
	home.work = func(context.Context, event.Stage) (any, error) { <-end; return nil, nil }
	home.Update(startMsg{})
	if press(m, "d"); strings.Contains(m.View(), "DEBUG") || !strings.Contains(m.View(), "goes on as it began") {
		t.Errorf("it is not said what becomes of the run:\n%s", m.View())
	}
	home.work = work
	home.Update(startMsg{})
	if <-sequential {
		t.Error("the next run is still sequential")
	}
}

// --debug starts with it on.
func TestDebugModeFromTheStart(t *testing.T) {
	t.Parallel()
	p := uitest.Printer(t, "ja")
	m, err := newModel(t.Context(), Options{Deps: screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: sandbox, Debug: true}}, pages(&page{name: "Home"}))
	if err != nil {
		t.Fatal(err)
	}
	m.Update(tea.WindowSizeMsg{Width: 60, Height: 15})
	m.Init()
	if !strings.Contains(m.View(), "デバッグ") {
		t.Errorf("debug mode is not said to be on:\n%s", m.View())
	}
	uitest.Exact(t, m.View(), 60, 15)
}
