package createjob

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/keys"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

// step is a part of the form.
type step int

const (
	what     step = iota // what devices get
	targets              // who gets it
	delivery             // how it gets to them
	steps
)

// stepNames are the ids of the steps' names; the last is the review, which has no form.
var stepNames = []string{"createjob.step.what", "createjob.step.targets", "createjob.step.delivery", "createjob.step.review"}

// Keys to go through the steps from any field. In a text of several lines they move in the text.
var (
	keyForward = keys.New("pgdn", "createjob.keys.forward", "pgdown")
	keyBehind  = keys.New("pgup", "createjob.keys.behind", "pgup")
)

// onwards is the button at the end of a step.
const onwards = "onwards"

// makeForms makes the forms of all steps from the choices so far.
func (s *Screen) makeForms() {
	makers := [steps]func() []form.Field{what: s.whatFields, targets: s.targetFields, delivery: s.deliveryFields}
	var forms [steps]*form.Form
	for i, fields := range makers {
		button := form.Field{ID: onwards, Kind: form.Button, Label: s.d.T("createjob.onwards", "Step", s.d.T(stepNames[i+1]))}
		if step(i) == delivery {
			button.Label = s.d.T("createjob.to-review")
		}
		forms[i] = form.New(s.d.Theme, s.d.Printer, append(fields(), button)...)
		forms[i].OnChange, forms[i].OnSubmit = s.changed, s.pressed
	}
	s.forms = forms
	s.refresh()
	s.layout()
}

// form is the form of the step on show.
func (s *Screen) form() *form.Form { return s.forms[s.step] }

// owner is the form that has a field; false when none shows it.
func (s *Screen) owner(id string) (step, bool) {
	for i, f := range s.forms {
		if f != nil && f.Has(id) {
			return step(i), true
		}
	}
	return 0, false
}

// value is what a field of the forms holds; "" before they are made.
func (s *Screen) value(id string) string {
	for _, f := range s.forms {
		if f == nil {
			continue
		}
		if v := f.Value(id); v != "" {
			return v
		}
	}
	return ""
}

// set replaces what a field of the forms holds.
func (s *Screen) set(id, value string) {
	for _, f := range s.forms {
		f.Set(id, value)
	}
}

// show shows or hides a field of the forms.
func (s *Screen) show(id string, shown bool) {
	for _, f := range s.forms {
		f.Show(id, shown)
	}
}

// changed keeps a value that can be used and brings what depends on it up to date.
func (s *Screen) changed(id string) {
	s.touched = true
	s.forgive(&s.refused)
	switch {
	case id == createjob.FieldType:
		s.changeType()
	case id == createjob.FieldPackage, strings.HasPrefix(id, versionOf):
		s.in.Packages = s.packageItems(s.value(createjob.FieldPackage))
	case id == createjob.FieldPreset:
		s.changePreset()
	case id == createjob.FieldDocument:
		s.in.Document = s.value(id)
		s.docs[s.in.Preset] = s.in.Document
	case id == foundThings:
		s.takeFound()
	case isDelivery(id):
		s.takeDelivery()
	default:
		// What cannot be used is told under its field; the last value that could be stays.
		_ = s.in.Set(id, s.value(id))
	}
	s.refresh()
}

// refresh shows the fields that apply, and checks all anew: what one may hold depends on others.
func (s *Screen) refresh() {
	s.refreshWhat()
	s.refreshTargets()
	s.refreshDelivery()
	for _, f := range s.forms {
		f.Recheck()
	}
}

// job is the choices as they are handed on: what does not apply is left out, though the form keeps it.
func (s *Screen) job() createjob.Input {
	in := s.in
	if in.Type == createjob.OTA {
		in.Document, in.Preset = "", ""
	}
	if !in.Applies(createjob.FieldEndBehavior) {
		in.Schedule.EndBehavior = createjob.StopRollout
	}
	if !in.Applies(createjob.FieldWindows) {
		in.Schedule.Windows = nil
	}
	in.Narrow = in.Narrow && len(in.Packages) == 1
	return in
}

// check says why a field cannot take a text, alone or beside the others.
func (s *Screen) check(name string) func(string) error {
	return func(text string) error {
		probe := s.job()
		if err := probe.Set(name, text); err != nil {
			return err
		}
		return problem(probe, name)
	}
}

// problem is the rule between fields that a field breaks.
func problem(in createjob.Input, field string) error {
	for _, fe := range in.Problems() {
		if fe.Field == field {
			return fe
		}
	}
	return nil
}

// portion tells of a part of a field's value what was wrong with the whole; written is how the part is to be written.
func portion(err error, text, written string) error {
	fe, ok := fleet.AsFieldError(err)
	if !ok {
		return err
	}
	switch fe.Reason {
	case fleet.BadForm, fleet.OutOfRange, fleet.NotANumber:
	default:
		return err
	}
	if text == "" {
		return fleet.Refuse(fe.Field, text, fleet.Empty)
	}
	out := fleet.Refuse(fe.Field, text, fe.Reason, "item", text, "form", written)
	for _, name := range []string{"min", "max"} {
		if v, ok := fe.Args[name]; ok {
			out.Args[name] = v
		}
	}
	return out
}

// pressed carries out what a button says.
func (s *Screen) pressed(button string) tea.Cmd {
	switch {
	case button == fromTemplate:
		return s.pickTemplate()
	case s.step == delivery:
		return s.finish()
	}
	s.step++
	return nil
}

// forward goes on to the next step if this one is right.
func (s *Screen) forward() tea.Cmd {
	if !s.form().Valid() {
		return nil
	}
	return s.pressed(onwards)
}

// backward goes back to the step before; false from the first.
func (s *Screen) backward() bool {
	if s.step == what {
		return false
	}
	s.step--
	return true
}

// finish checks the choice against the cloud, unless a step before is wrong; that ends in the review.
func (s *Screen) finish() tea.Cmd {
	for i, f := range s.forms {
		if !f.Valid() {
			s.step = step(i)
			return nil
		}
	}
	return s.prepareJob()
}

// forgive takes back what the cloud said of a field: with other choices it may not hold any more.
func (s *Screen) forgive(field *string) {
	if *field != "" {
		for _, f := range s.forms {
			f.SetError(*field, nil)
		}
	}
	*field = ""
}

// refuse goes to the field that is wrong and says why; an id that is taken comes with one that is free.
func (s *Screen) refuse(fe *fleet.FieldError) {
	at, ok := s.owner(fe.Field)
	if !ok {
		s.phase, s.problem = stuck, fe
		return
	}
	s.phase, s.step = asking, at
	s.refused = fe.Field
	f := s.form()
	f.Focus(fe.Field)
	f.SetError(fe.Field, fe)
	if free, ok := fe.Args["free"].(string); ok {
		f.Suggest(fe.Field, free)
	}
}

// strip is the names of all steps, each with how far it is.
func (s *Screen) strip(here int) string {
	t, y := s.d.Theme, s.d.Theme.Symbol
	var parts []string
	for i, id := range stepNames {
		name := s.d.T(id)
		switch {
		case i == here:
			parts = append(parts, t.Style.FocusTitle.Render(y.Running+" "+name))
		case i < int(steps) && s.forms[i] != nil && !s.forms[i].OK():
			parts = append(parts, t.Style.Error.Render(y.Failed+" "+name))
		case i < here:
			parts = append(parts, t.Style.OK.Render(y.OK)+" "+name)
		default:
			parts = append(parts, t.Style.Muted.Render(y.Pending+" "+name))
		}
	}
	return strings.Join(parts, " "+t.Style.Muted.Render(y.Crumb)+" ")
}

// stripFits is the steps' names where there is room for them beside a title, else nothing.
func (s *Screen) stripFits(here, room int) string {
	if line := s.strip(here); text.Width(line) <= room {
		return line
	}
	return s.d.T("createjob.step-of", "Step", here+1, "Steps", len(stepNames))
}
