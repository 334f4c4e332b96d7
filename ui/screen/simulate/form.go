package simulate

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/fieldform"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

const planButton = "plan"

// Mixes of the kinds of failure that the form offers; own opens a field a kind.
const (
	mixUsual = "usual"
	mixEven  = "even"
	mixOwn   = "own"
)

// weightField is how the id of a kind's field begins.
const weightField = "weight:"

// ask shows the form for jobs.
func (s *Screen) ask(chosen ...job) {
	s.chosen = chosen
	var ids []string
	for _, j := range chosen {
		ids = append(ids, j.ID)
	}
	s.in.Job = strings.Join(ids, ",")
	s.phase = asking
	s.form = s.newForm()
	s.setMix()
	s.setWeights() // those of kinds that these jobs do not allow go
	s.unfold()
	s.layout()
}

func (s *Screen) newForm() *form.Form {
	list := []form.Field{
		s.text(simulate.FieldSuccessRate), s.text(simulate.FieldScope), s.speedField(), s.mixField(),
	}
	for _, kind := range s.kinds() {
		list = append(list, s.weight(kind))
	}
	list = append(list, s.text(simulate.FieldOffline), s.text(simulate.FieldOfflineFor), s.text(simulate.FieldSeed),
		form.Field{ID: planButton, Kind: form.Button, Label: s.d.T("simulate.to-plan")})
	f := form.New(s.d.Theme, s.d.Printer, list...)
	f.OnChange = s.changed
	f.OnSubmit = func(string) tea.Cmd { return s.makePlan() }
	return f
}

func (s *Screen) text(name string) form.Field {
	return fieldform.Text(s.d, simulate.Workflow, name, s.in.Get(name), fieldform.Check(&s.in, name))
}

func (s *Screen) speedField() form.Field {
	f := s.text(simulate.FieldDeviceSpeed)
	f.Kind, f.Help = form.Choice, ""
	for _, speed := range simulate.Speeds() {
		f.Options = append(f.Options, form.Option{ID: speed, Label: s.d.T("simulate.speed." + speed), Note: s.d.T("simulate.speed-note." + speed)})
	}
	return f
}

// mixField chooses how failures are mixed. It has the name of the input's field, so that what is wrong with that stands under it.
func (s *Screen) mixField() form.Field {
	f := form.Field{ID: simulate.FieldFailures, Kind: form.Choice, Label: s.d.Printer.FieldName(simulate.FieldFailures), Value: s.mix,
		Check: func(string) error { return s.noKind() }}
	for _, mix := range []string{mixUsual, mixEven, mixOwn} {
		f.Options = append(f.Options, form.Option{ID: mix, Label: s.d.T("simulate.mix." + mix), Note: s.d.T("simulate.mix-note." + mix)})
	}
	return f
}

// noKind refuses weights that leave no way to fail.
func (s *Screen) noKind() error {
	if err := s.in.Validate(); err != nil {
		if fe, ok := fleet.AsFieldError(err); ok && fe.Field == simulate.FieldFailures {
			return err
		}
	}
	return nil
}

// weight is the field of a kind of failure.
func (s *Screen) weight(kind string) form.Field {
	const digits = 4
	help := "simulate.weight-help"
	switch {
	case kind == simulate.Silent:
		help = "simulate.weight-help-silent"
	case simulate.NeedsDownload(kind):
		help = "simulate.weight-help-download"
	}
	return form.Field{ID: weightField + kind, Kind: form.Text, Label: "  " + s.d.Printer.Reason(kind), Help: s.d.T(help), Limit: digits,
		Value: s.d.Printer.Number(s.in.Failures.Of(kind)), Check: func(value string) error { return checkWeight(kind, value) }}
}

// checkWeight refuses what is no weight of a kind.
func checkWeight(kind, value string) error {
	var probe simulate.Input
	err := probe.Set(simulate.FieldFailures, kind+":"+value)
	if fe, ok := fleet.AsFieldError(err); ok && fe.Reason == simulate.BadWeight {
		return fleet.Refuse(simulate.FieldFailures, value, fleet.OutOfRange, "min", 0, "max", fe.Args["max"])
	}
	return err
}

// kinds are the ways to fail that the chosen jobs allow.
func (s *Screen) kinds() []string {
	var list []string
	for _, kind := range simulate.Kinds() {
		if kind != simulate.Silent || s.timed() {
			list = append(list, kind)
		}
	}
	return list
}

// timed reports that every job chosen has a timer that ends the executions of silent devices.
func (s *Screen) timed() bool {
	for _, j := range s.chosen {
		if j.Timeout == 0 {
			return false
		}
	}
	return true
}

// changed takes a value over. One that cannot be used is told under its field.
func (s *Screen) changed(id string) {
	switch {
	case strings.HasPrefix(id, weightField):
		s.setWeights()
	case id == simulate.FieldFailures:
		s.mix = s.form.Value(id)
		s.setMix()
		s.unfold()
	default:
		_ = s.in.Set(id, s.form.Value(id))
		s.unfold()
	}
	s.form.SetError(simulate.FieldFailures, s.noKind())
}

// setMix takes over a mix of the kinds of failure, and shows its weights in their fields.
func (s *Screen) setMix() {
	switch s.mix {
	case mixUsual:
		s.in.Failures = simulate.DefaultWeights()
	case mixEven:
		parts := s.kinds()
		for i := range parts {
			parts[i] += ":1"
		}
		_ = s.in.Set(simulate.FieldFailures, strings.Join(parts, ",")) // weights that the workflow's own kinds make
	}
	for _, kind := range s.kinds() {
		s.form.Set(weightField+kind, s.d.Printer.Number(s.in.Failures.Of(kind)))
	}
}

// setWeights takes over the weights typed, as far as they can be used.
func (s *Screen) setWeights() {
	var parts []string
	for _, kind := range s.kinds() {
		if value := s.form.Value(weightField + kind); checkWeight(kind, value) == nil {
			parts = append(parts, kind+":"+value)
		}
	}
	if len(parts) > 0 {
		_ = s.in.Set(simulate.FieldFailures, strings.Join(parts, ",")) // each was checked
	}
}

// unfold shows the fields that matter with the values of others.
func (s *Screen) unfold() {
	for _, kind := range s.kinds() {
		s.form.Show(weightField+kind, s.mix == mixOwn && s.in.SuccessRate < 100)
	}
	s.form.Show(simulate.FieldFailures, s.in.SuccessRate < 100)
	s.form.Show(simulate.FieldOfflineFor, s.in.Offline > 0)
}
