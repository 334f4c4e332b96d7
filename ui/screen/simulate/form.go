package simulate

import (
	"math"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/fieldform"
	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/simulate"
)

const planButton = "plan"

// fields of the form, in its order; the job was chosen before.
var fields = []string{simulate.FieldSuccessRate, simulate.FieldScope, simulate.FieldSeed}

// ask shows the form for a job.
func (s *Screen) ask(j job) {
	s.job, s.in.Job = j, j.ID
	s.phase = asking
	s.form = s.newForm()
	s.layout()
}

func (s *Screen) newForm() *form.Form {
	var list []form.Field
	for _, name := range fields {
		list = append(list, fieldform.Text(s.d, simulate.Workflow, name, s.in.Get(name), fieldform.Check(&s.in, name)))
	}
	list = append(list, form.Field{ID: planButton, Kind: form.Button, Label: s.d.T("simulate.to-plan")})
	f := form.New(s.d.Theme, s.d.Printer, list...)
	f.OnChange = func(id string) { _ = s.in.Set(id, f.Value(id)) } // a value that cannot be used is told under its field
	f.OnSubmit = func(string) tea.Cmd {
		s.makePlan()
		return nil
	}
	return f
}

// devices is how many would be played, as the job was counted; false when it was not.
func (s *Screen) devices() (int, bool) {
	n := s.job.Counts.Pending()
	if s.in.Scope > 0 {
		n = min(n, s.in.Scope)
	}
	return n, s.job.Counted
}

// outcome is how many of n devices succeed at the rate chosen.
func (s *Screen) outcome(n int) int {
	return int(math.Round(float64(n) * float64(s.in.SuccessRate) / 100))
}

// seconds is the least time that n devices take: each reports twice, at the rate of that call.
func (s *Screen) seconds(n int) float64 {
	const reports = 2
	return reports * float64(n) / s.d.Cloud.Pace.Rate("iot-jobs-data", "UpdateJobExecution")
}

// forecastLine is what the values lead to, in one row.
func (s *Screen) forecastLine() string {
	n, known := s.devices()
	switch {
	case !s.form.OK():
		return s.d.T("simulate.wrong")
	case !known:
		return s.d.T("simulate.uncounted")
	}
	good := s.outcome(n)
	return s.d.T("simulate.forecast", "Devices", s.d.T("simulate.devices", "Count", n), "Good", good, "Bad", n-good, "Time", s.d.Least(s.seconds(n)))
}

// forecast is what the values lead to, and the job it is about.
func (s *Screen) forecast(w int) []string {
	t := s.d.Theme
	rows := s.jobFacts(w)
	rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T("simulate.forecast-title"), w)))
	n, known := s.devices()
	switch {
	case !s.form.OK():
		return append(rows, runview.Wrapped(s.d.T("simulate.wrong"), w, t.Style.Muted)...)
	case !known:
		return append(rows, runview.Wrapped(s.d.T("simulate.uncounted"), w, t.Style.Muted)...)
	}
	good := s.outcome(n)
	rows = append(rows,
		s.d.Fact("simulate.fact.devices", s.d.Printer.Number(n), w),
		s.d.Fact("simulate.fact.successes", s.d.Printer.Number(good), w),
		s.d.Fact("simulate.fact.failures", s.d.Printer.Number(n-good), w),
		s.d.Fact("simulate.fact.duration", s.d.Least(s.seconds(n)), w), "")
	return append(rows, runview.Wrapped(s.d.T("simulate.seed-note"), w, t.Style.Muted)...)
}

// jobFacts are the job's state in rows.
func (s *Screen) jobFacts(w int) []string {
	j := s.job
	rows := []string{s.d.Fact("simulate.column.job", j.ID, w), s.d.Fact("simulate.column.selection", j.Selection, w)}
	if len(j.Packages) > 0 {
		rows = append(rows, s.d.Fact("simulate.column.package", text.Line(packages(j)), w))
	}
	return append(rows, s.countRows(j, w)...)
}

// countRows are a job's executions by state; states that none is in are left out, but for those that a job begins with.
func (s *Screen) countRows(j job, w int) []string {
	if !j.Counted {
		return nil
	}
	n := j.Counts
	var rows []string
	for _, x := range []struct {
		status string
		n      int
		always bool
	}{
		{"QUEUED", n.Queued, true}, {"IN_PROGRESS", n.InProgress, true}, {"SUCCEEDED", n.Succeeded, true}, {"FAILED", n.Failed, true},
		{"REJECTED", n.Rejected, false}, {"TIMED_OUT", n.TimedOut, false}, {"CANCELED", n.Canceled, false}, {"REMOVED", n.Removed, false},
	} {
		if x.always || x.n > 0 {
			rows = append(rows, text.Edges("  "+x.status, s.d.Printer.Number(x.n), w))
		}
	}
	return rows
}
