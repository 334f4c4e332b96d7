package createjob

import (
	"cmp"
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/lookup"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
)

// templateMsg starts from a job template.
type templateMsg struct{ id string }

func (s *Screen) templateLabel() string {
	if s.in.Template == "" {
		return s.d.T("createjob.from-template", "Count", len(s.choices.Templates))
	}
	return s.d.T("createjob.from-template-on", "Template", s.in.Template)
}

// pickTemplate shows the job templates to choose one.
func (s *Screen) pickTemplate() tea.Cmd {
	var items []item
	for _, t := range s.choices.Templates {
		items = append(items, item{label: t.ID, note: cmp.Or(t.Description, s.d.T("createjob.no-description")), msg: templateMsg{t.ID}})
	}
	return screen.Open(newPicker(s.d, "createjob.templates", items))
}

// startFrom reads a template, whose choices replace those made.
func (s *Screen) startFrom(id string) tea.Cmd {
	c, base := s.d.Cloud, s.in
	return s.template.Start(s.d.Now(), func(ctx context.Context) (createjob.Input, error) {
		return createjob.FromTemplate(ctx, c, base, id)
	})
}

// takeTemplate fills the forms with what a template holds.
func (s *Screen) takeTemplate(a *lookup.Answer[createjob.Input]) tea.Cmd {
	if a.Err != nil {
		return screen.ToastError(s.d.Problem(a.Err))
	}
	s.in, s.touched = a.Value, true
	s.docs = map[string]string{own: s.in.Document}
	s.makeForms()
	s.form().Focus(fromTemplate)
	return screen.Toast(s.d.T("createjob.template-taken", "Template", s.in.Template))
}
