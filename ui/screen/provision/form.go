package provision

import (
	"strconv"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/form"
	"fleetlab/ui/fieldform"
	"fleetlab/ui/screen"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

// Fields that need more than a line of text or have a lesson of their own, by the names that provision.Input gives them, and the button.
const (
	typesField     = "thing-types"
	versionsField  = "versions"
	continentField = "continent"
	countriesField = "countries"
	startButton    = "start"
)

// newForm makes one field for each of the input's.
func (s *Screen) newForm() *form.Form {
	var fields []form.Field
	for _, name := range s.in.Names() {
		f := fieldform.Text(s.d, provision.Workflow, name, s.in.Get(name), s.check(name))
		if name == continentField {
			f.Kind, f.Options = form.Choice, s.continents()
		}
		fields = append(fields, f)
	}
	fields = append(fields, form.Field{ID: startButton, Kind: form.Button, Label: s.d.T("provision.start", "Count", s.in.Devices)})
	f := form.New(s.d.Theme, s.d.Printer, fields...)
	f.OnChange, f.OnSubmit = s.changed, s.submit
	f.SetHelp(countriesField, s.countriesHelp())
	return f
}

func (s *Screen) continents() []form.Option {
	var out []form.Option
	for i, id := range fleet.Continents {
		out = append(out, form.Option{ID: strconv.Itoa(i + 1), Label: s.d.T("continent." + id)})
	}
	return out
}

// check says why a field cannot take a text, alone or together with the others.
func (s *Screen) check(field string) func(string) error {
	return func(text string) error {
		probe := s.in
		if err := probe.Set(field, text); err != nil {
			return err
		}
		if fe, refused := fleet.AsFieldError(probe.Validate()); refused && fe.Field == field {
			return fe
		}
		return nil
	}
}

// changed keeps a text that can be used and makes the plan anew.
func (s *Screen) changed(field string) {
	s.touched = true
	if s.in.Set(field, s.form.Value(field)) == nil && field == continentField {
		// Countries that were not chosen follow the continent; chosen ones are checked against it.
		text := s.form.Value(countriesField)
		if s.in.Countries == "" {
			text = s.in.Get(countriesField)
		}
		s.form.Set(countriesField, text)
		s.form.SetHelp(countriesField, s.countriesHelp())
	}
	s.form.SetLabel(startButton, s.d.T("provision.start", "Count", s.in.Devices))
	s.plan()
}

// countriesHelp names some of the continent's codes.
func (s *Screen) countriesHelp() string {
	const some = 6
	codes := fleet.Countries(s.in.Continent)
	list := strings.Join(codes[:min(some, len(codes))], ",")
	if len(codes) > some {
		list += ",…"
	}
	return s.d.T("provision.countries-help", "About", s.d.T("about.provision."+countriesField), "Codes", list, "Count", len(codes))
}

// plan counts what the input would make.
func (s *Screen) plan() { s.estimate = s.in.Estimate(s.d.Cloud.Pace) }

// submit starts the run, in a real account after a question.
func (s *Screen) submit(string) tea.Cmd {
	in := s.in
	if s.d.Cloud.Kind == cloud.Sandbox {
		s.start(in)
		return nil
	}
	body := s.d.T("provision.confirm", "Account", s.d.Cloud.Account, "Region", s.d.Cloud.Region, "Count", in.Devices,
		"Calls", s.estimate.TotalCalls, "Time", s.d.Least(s.estimate.Seconds), "Cost", s.d.Printer.Dollars(s.estimate.Cost.Total))
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("provision.confirm-title"), Body: body,
		Yes: func() tea.Msg { return startMsg{in: in} },
	}))
}
