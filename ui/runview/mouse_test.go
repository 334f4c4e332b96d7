package runview

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/workflows/event"
)

// The wheel scrolls what the pointer is on, and a click gives the keys to it.
func TestTheMouseGoesToThePartUnderIt(t *testing.T) {
	t.Parallel()
	rep := event.Report{Workflow: "x", Status: event.Partial}
	for range 200 {
		rep.Failures = append(rep.Failures, event.Event{Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-001", Status: event.Failed})
	}
	s := finished(t, rep, nil)
	s.SetSize(150, 30)
	s.View.View()
	lw, _ := s.logSize()
	wheel := tea.MouseMsg{X: 5, Y: 20, Button: tea.MouseButtonWheelDown}
	before := s.result.Position()
	wheel.X = s.w - lw + 5
	if s.Update(wheel); s.result.Position() != before {
		t.Error("the wheel over the log moved the result")
	}
	wheel.X = 5
	if s.Update(wheel); s.result.Position() == before {
		t.Errorf("the result stays at %q", before)
	}
	click := tea.MouseMsg{X: s.w - lw + 5, Y: 20, Button: tea.MouseButtonLeft, Action: tea.MouseActionPress}
	if s.Update(click); !s.onLog {
		t.Error("a click on the log must give it the keys")
	}
	click.X = 5
	if s.Update(click); s.onLog {
		t.Error("a click on the result must give it the keys")
	}
}
