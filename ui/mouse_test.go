package ui

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/internal/uitest"
)

// A screen counts from the upper left of what it draws: the top line and the frame are the program's.
func TestTheMouseCountsFromTheScreen(t *testing.T) {
	t.Parallel()
	m, home := testModel(t, uitest.Printer(t, "en"), 80, 24)
	wheel := tea.MouseMsg{X: 10, Y: 7, Button: tea.MouseButtonWheelDown}
	if m.Update(wheel); len(home.got) != 0 {
		t.Fatal("the mouse is off")
	}
	press(m, "m")
	m.Update(wheel)
	if len(home.got) != 1 || home.got[0].(tea.MouseMsg).X != 8 || home.got[0].(tea.MouseMsg).Y != 5 {
		t.Errorf("the screen got %+v, want column 8 and row 5", home.got)
	}
	press(m, "?")
	if m.Update(wheel); len(home.got) != 1 {
		t.Error("the overlay has the mouse")
	}
}

// Only the wheel and what is pressed count: moving the mouse draws nothing.
func TestMovingTheMouseIsNothing(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		mouse tea.MouseMsg
		drop  bool
	}{
		{tea.MouseMsg{Button: tea.MouseButtonWheelDown, Action: tea.MouseActionPress}, false},
		{tea.MouseMsg{Button: tea.MouseButtonLeft, Action: tea.MouseActionPress}, false},
		{tea.MouseMsg{Button: tea.MouseButtonLeft, Action: tea.MouseActionRelease}, true},
		{tea.MouseMsg{Button: tea.MouseButtonLeft, Action: tea.MouseActionMotion}, true},
		{tea.MouseMsg{Button: tea.MouseButtonNone, Action: tea.MouseActionMotion}, true},
	} {
		if got := dropMouseNoise(nil, c.mouse) == nil; got != c.drop {
			t.Errorf("%v: dropped %v", c.mouse, got)
		}
	}
}

func TestTheMouseIsOnAgainAfterASuspension(t *testing.T) {
	t.Parallel()
	m, _ := testModel(t, uitest.Printer(t, "en"), 80, 24)
	count := func() int {
		_, cmd := m.Update(tea.ResumeMsg{})
		return len(cmd().(tea.BatchMsg))
	}
	off := count()
	press(m, "m")
	if on := count(); on != off+1 {
		t.Errorf("%d commands with the mouse on, %d without", on, off)
	}
}
