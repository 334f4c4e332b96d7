package apilog

import (
	"testing"

	tea "github.com/charmbracelet/bubbletea"
)

// The wheel scrolls what the pointer is on, wherever the keys are, and a click gives them to it.
func TestTheMouseGoesToThePartUnderIt(t *testing.T) {
	t.Parallel()
	s := english(t)
	s.SetSize(130, 12)
	left, right := tea.MouseMsg{X: 5, Y: 4}, tea.MouseMsg{X: s.listWidth() + 5, Y: 4}
	wheel := func(at tea.MouseMsg, button tea.MouseButton) {
		at.Button = button
		s.Update(at)
	}
	if wheel(right, tea.MouseButtonLeft); s.phase != listing {
		t.Error("there is no call yet whose details could be read")
	}
	s.take(aFleet(t))
	at, _ := s.list.selected()
	place := s.page.Position()
	wheel(right, tea.MouseButtonWheelDown)
	if now, _ := s.list.selected(); now.Seq != at.Seq || s.page.Position() == place {
		t.Errorf("the wheel over the details: call %d, then %d; rows %q, then %q", at.Seq, now.Seq, place, s.page.Position())
	}
	wheel(right, tea.MouseButtonLeft)
	if s.phase != detail || s.list.follow {
		t.Error("a click on the details must give them the keys and keep the call")
	}
	wheel(left, tea.MouseButtonWheelUp)
	if now, _ := s.list.selected(); now.Seq >= at.Seq {
		t.Error("the wheel over the calls must move in them")
	}
	if wheel(left, tea.MouseButtonLeft); s.phase != listing {
		t.Error("a click on the calls must give them the keys")
	}
}
