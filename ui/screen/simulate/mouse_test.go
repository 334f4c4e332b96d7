package simulate

import (
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// A click gives the keys to the devices or to the log, and the wheel scrolls what the pointer is on without that.
func TestTheMouseGoesToThePartUnderIt(t *testing.T) {
	t.Parallel()
	s := running(t, 120, 38)
	s.View()
	devices, log := tea.MouseMsg{X: 5, Y: 20}, tea.MouseMsg{X: 100, Y: 20}
	do := func(at tea.MouseMsg, button tea.MouseButton, has string) {
		t.Helper()
		at.Button = button
		s.Update(at)
		if view := s.View(); !strings.Contains(view, "> "+has) {
			t.Errorf("%s does not have the keys:\n%s", has, view)
		}
	}
	do(log, tea.MouseButtonLeft, "Log")
	do(devices, tea.MouseButtonWheelDown, "Log")
	if from, _ := s.watch.grid.Selected(); from == 0 {
		t.Error("the wheel over the devices does not move in them")
	}
	do(devices, tea.MouseButtonLeft, "Devices")
	do(log, tea.MouseButtonWheelUp, "Devices")
	if !strings.Contains(s.View(), "G to follow") {
		t.Errorf("the wheel over the log does not scroll it:\n%s", s.View())
	}
}
