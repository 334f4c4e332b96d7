package provision

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/screen"
	"fleetlab/workflows/provision"
)

// afreshMsg throws away what was typed once the user has agreed.
type afreshMsg struct{}

// Unfinished reports that something was typed and no fleet made of it. The screen is kept with it when it is left.
func (s *Screen) Unfinished() bool { return s.view == nil && s.touched }

// Resume tells somebody who comes back to what was typed that it is still there.
func (s *Screen) Resume() tea.Cmd {
	back := s.left && s.Unfinished()
	s.left = false
	if !back {
		return nil
	}
	return screen.Toast(s.d.T("form.draft"))
}

// askAfresh asks before what was typed is thrown away.
func (s *Screen) askAfresh() tea.Cmd {
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("form.afresh-title"), Body: s.d.T("provision.afresh"), Yes: func() tea.Msg { return afreshMsg{} },
	}))
}

// afresh shows the form as it was at first.
func (s *Screen) afresh() {
	s.in = first(s.d)
	s.touched = false
	s.ask()
}

// first is what the form holds at first.
func first(d *screen.Deps) provision.Input {
	in := provision.Defaults()
	if d.Seed != 0 {
		in.Seed = d.Seed
	}
	return in
}
