package createjob

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/form"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
)

// afreshMsg throws the draft away once the user has agreed.
type afreshMsg struct{}

// Unfinished reports that something was chosen or typed for a job that was not created yet. The screen is kept with it when it is left.
func (s *Screen) Unfinished() bool {
	if s.phase != creating {
		return s.touched
	}
	_, done := made(s.view.Outcome())
	return s.touched && !done
}

// Resume reads what there is to choose from again, where there was nothing or where a draft waits: meanwhile a fleet may have been made,
// or removed.
func (s *Screen) Resume() tea.Cmd {
	switch s.phase {
	case asking, loading, lacking, failed:
		return s.load()
	}
	return nil
}

// greet tells somebody who comes back to a draft that it is one.
func (s *Screen) greet() tea.Cmd {
	back := s.left && s.touched
	s.left = false
	if !back {
		return nil
	}
	return screen.Toast(s.d.T("form.draft"))
}

// askAfresh asks before the draft is thrown away.
func (s *Screen) askAfresh() tea.Cmd {
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("form.afresh-title"), Body: s.d.T("createjob.afresh-body"), Yes: func() tea.Msg { return afreshMsg{} },
	}))
}

// afresh starts over with nothing chosen.
func (s *Screen) afresh() tea.Cmd {
	s.stopLooking()
	s.in, s.touched, s.refused = createjob.Defaults(), false, ""
	s.docs, s.packages = map[string]string{}, map[string][]string{}
	s.find = finding{}
	s.forms = [steps]*form.Form{}
	cmd := s.load()
	s.before = loading // there are no forms to show meanwhile
	return cmd
}

// restore fills new forms with what stood in earlier ones.
func (s *Screen) restore(from [steps]*form.Form) {
	for i, f := range s.forms {
		if from[i] != nil {
			f.Restore(from[i])
		}
	}
	s.refresh()
	s.layout()
}

// dropGone takes out of the choices what there is no more.
func (s *Screen) dropGone() {
	s.in.Groups = slices.DeleteFunc(s.in.Groups, func(name string) bool {
		return !slices.ContainsFunc(s.choices.Groups, func(g createjob.Group) bool { return g.Name == name })
	})
	s.in.Packages = slices.DeleteFunc(s.in.Packages, func(item string) bool {
		name, _ := createjob.PackageVersion(item)
		return s.chosen(name).Name == ""
	})
}
