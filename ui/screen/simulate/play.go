package simulate

import (
	"context"
	"strconv"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// Keys once the devices were played.
var (
	keyRest    = keys.New("r", "simulate.keys.rest", "r")
	keyAnother = keys.New("n", "simulate.keys.another", "n")
	keyCleanup = keys.New("u", "simulate.keys.cleanup", "u")
)

// play runs the plan and shows it.
func (s *Screen) play(plan simulate.Plan) {
	c := s.d.Cloud
	s.phase = playing
	s.view = runview.New(s.d, s.spec(), s.d.Runs.Start(simulate.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil // the plan was seen: nothing more to ask
		return simulate.Run(ctx, c, plan, st)
	}))
	s.view.SetSize(s.w, s.h)
}

// spec is how the run is shown.
func (s *Screen) spec() runview.Spec {
	return runview.Spec{
		Words: "simulate.result", Steps: []string{simulate.StepExecutions}, Kinds: []string{simulate.Execution},
		Facts: s.facts, Faults: unplanned, Actions: s.actions,
		Report: func(result any) (event.Report, bool) {
			r, ok := result.(simulate.Report)
			return r.Report, ok
		},
	}
}

// unplanned is how many devices failed otherwise than planned: those that were to fail are no fault of the run.
func unplanned(result any) int {
	r, _ := result.(simulate.Report)
	return r.Unplanned
}

// facts is what the devices did: against the plan, why they failed, how much and how fast, and the job as the cloud holds it now.
func (s *Screen) facts(result any, w int) [][]string {
	r, ok := result.(simulate.Report)
	if !ok || len(r.Planned) == 0 {
		return nil
	}
	return [][]string{s.planFacts(r, w), s.speedFacts(r, w), s.jobNow(r, w)}
}

// planFacts are the outcome against the plan, and what was not planned.
func (s *Screen) planFacts(r simulate.Report, w int) []string {
	t, p := s.d.Theme, s.d.Printer
	both := func(planned, came int) string {
		return s.d.T("simulate.planned", "Planned", planned, "Count", came)
	}
	rows := []string{
		s.d.Fact("simulate.fact.successes", both(r.Planned[string(event.Success)], r.Counts[simulate.Execution][event.Succeeded]), w),
		s.d.Fact("simulate.fact.failures", both(r.Planned[string(event.Failure)], r.Counts[simulate.Execution][event.Failed]), w),
	}
	rows = append(rows, s.reasonRows(r.Reasons, w)...)
	if r.Resumed > 0 {
		rows = append(rows, s.d.Fact("simulate.fact.resumed", p.Number(r.Resumed), w))
	}
	if r.Unfinished > 0 {
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+s.d.T("simulate.unfinished", "Count", r.Unfinished), w, t.Style.Warning)...)
	}
	for _, state := range byCount(r.Superseded) {
		words := s.d.T("simulate.superseded", "Count", r.Superseded[state], "Status", state)
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+words, w, t.Style.Warning)...)
	}
	return rows
}

// speedFacts are how much and how fast.
func (s *Screen) speedFacts(r simulate.Report, w int) []string {
	if r.Updates == 0 {
		return nil
	}
	p := s.d.Printer
	rows := []string{
		s.d.Fact("simulate.fact.updates", s.d.T("simulate.at", "Count", r.Updates, "Rate", p.Rate(r.PerSecond)), w),
		s.d.Fact("simulate.fact.downloaded", s.d.T("simulate.bytes", "Count", r.Downloads, "Size", p.Size(r.Bytes)), w),
	}
	l := r.Latency
	if l.Max > 0 {
		rows = append(rows,
			s.d.Fact("simulate.fact.latency", "p50 "+s.took(l.P50)+"  p90 "+s.took(l.P90), w),
			text.Edges("", s.d.Theme.Style.Value.Render("p99 "+s.took(l.P99)+"  max "+s.took(l.Max)), w))
	}
	const slowest = 3
	for i, slow := range r.Slowest[:min(slowest, len(r.Slowest))] {
		label := ""
		if i == 0 {
			label = s.d.T("simulate.fact.slowest")
		}
		rows = append(rows, text.Edges(label, text.Line(slow.Thing)+"  "+s.took(slow.Seconds), w))
	}
	return rows
}

// took is a time to the tenth of a second where that makes a difference.
func (s *Screen) took(seconds float64) string {
	const short = 10
	if seconds < 1 || seconds >= short {
		return s.d.Printer.Seconds(seconds)
	}
	return strconv.FormatFloat(seconds, 'f', 1, 64) + "s"
}

// jobNow is the job as the cloud holds it after the run, where it counts otherwise than the devices, and why it may still be
// active.
func (s *Screen) jobNow(r simulate.Report, w int) []string {
	t, j := s.d.Theme, r.Jobs[0]
	if !r.Checked {
		return runview.Wrapped(s.d.T("simulate.not-checked"), w, t.Style.Muted)
	}
	rows := []string{s.d.Fact("simulate.fact.job-now", j.Status, w), s.d.Fact("simulate.fact.pending", s.d.Printer.Number(j.Counts.Pending()), w)}
	for _, d := range r.Differences {
		words := s.d.T("simulate.difference", "Status", d.Status, "Devices", d.Devices, "Cloud", d.Cloud)
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+words, w, t.Style.Warning)...)
	}
	if j.Idle() && j.Selection == continuous && j.Status == inProgress {
		rows = append(rows, runview.Wrapped(s.d.T("simulate.idle-continuous"), w, t.Style.Muted)...)
	}
	return rows
}

// inProgress is the API's word for an active job.
const inProgress = "IN_PROGRESS"

// unfinished reports that devices of the job still have something to do.
func unfinished(o runview.Outcome) bool {
	r, ok := o.Result.(simulate.Report)
	return !ok || o.Err != nil || r.Unfinished > 0 || r.Checked && r.Jobs[0].Counts.Pending() > 0
}

// actions are what can be done after a run.
func (s *Screen) actions(o runview.Outcome) []runview.Action {
	list := []runview.Action{
		{Key: keyJob, Do: newJob},
		{Key: keyAnother, Do: s.load},
		{Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }},
	}
	if !unfinished(o) {
		return list
	}
	rest := runview.Action{Key: keyRest, Do: func() tea.Cmd { s.makePlan(); return nil }}
	return append([]runview.Action{rest}, list...)
}
