package simulate

import (
	"context"
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/dialog"
	"fleetlab/ui/feed"
	"fleetlab/ui/lookup"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

// planRun is the name of the run that lists the executions and makes the plan.
const planRun = "simulate-plan"

// makePlan makes the plan in the background: listing the executions of thousands of devices takes a while.
func (s *Screen) makePlan() tea.Cmd {
	c, in := s.d.Cloud, s.in
	s.before, s.phase = s.phase, planning
	return s.prepare.Start(s.d.Now(), s.d.Runs, planRun, func(ctx context.Context, st event.Stage) (simulate.Plan, error) {
		return simulate.Prepare(ctx, c, in, st)
	})
}

// takeBatch takes the events of the runs to where they are shown.
func (s *Screen) takeBatch(b feed.BatchMsg) tea.Cmd {
	var cmd tea.Cmd
	if s.watch != nil {
		cmd = s.watch.batch(b)
	}
	if s.back != nil {
		cmd = tea.Batch(cmd, s.back.Take(b))
	}
	if !s.prepare.Take(b) {
		return cmd
	}
	plan, err := s.prepare.Result()
	switch {
	case err == nil:
		s.plan, s.phase = plan, planned
		s.lines.set(plan)
		s.layout()
		return tea.Batch(cmd, s.lines.stream())
	case lookup.Stopped(err):
		s.phase = asking
		return nil
	}
	return s.refused(err)
}

// refused goes back to what is wrong: a field, or the job.
func (s *Screen) refused(err error) tea.Cmd {
	fe, refused := fleet.AsFieldError(err)
	switch {
	case refused && fe.Field == simulate.FieldJob:
		// Its devices have finished meanwhile, or it is gone: the jobs as they are now say more.
		return tea.Batch(s.load(), screen.ToastError(s.d.T("simulate.job-over", "Job", s.in.Job)))
	case refused:
		s.phase = asking
		s.form.Focus(fe.Field)
		s.form.SetError(fe.Field, fe)
		return nil
	}
	s.phase, s.problem = stuck, err
	return nil
}

// confirm starts the run, in a real account after a question.
func (s *Screen) confirm() tea.Cmd {
	plan := s.plan
	if s.d.Cloud.Kind == cloud.Sandbox {
		return s.play(plan)
	}
	body := s.d.T("simulate.confirm", "Job", s.names(plan.Jobs), "Account", plan.Account, "Region", plan.Region, "Count", len(plan.Devices),
		"Calls", plan.Estimate.Calls, "Downloads", plan.Estimate.Downloads, "Time", s.d.Least(plan.Estimate.Seconds))
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("simulate.confirm-title"), Body: body,
		Yes: func() tea.Msg { return playMsg{plan} },
	}))
}

// names are the jobs' ids.
func (s *Screen) names(list []job) string {
	var ids []string
	for _, j := range list {
		ids = append(ids, text.Line(j.ID))
	}
	return strings.Join(ids, ", ")
}

// totals are the plan's numbers.
func (s *Screen) totals(w int) []string {
	p, t := s.plan, s.d.Theme
	rows := s.planJobs(w)
	rows = append(rows,
		s.d.Fact("simulate.fact.devices", s.d.T("simulate.of", "Done", len(p.Devices), "Total", p.Pending), w),
		s.d.Fact("simulate.fact.successes", s.d.Printer.Number(p.Successes), w),
		s.d.Fact("simulate.fact.failures", s.d.Printer.Number(p.Failures), w))
	rows = append(rows, s.reasonRows(p.Reasons, w)...)
	rows = append(rows, s.partFacts(w)...)
	if p.Started > 0 {
		rows = append(rows, runview.Wrapped(s.d.T("simulate.taken-over", "Count", p.Started), w, t.Style.Warning)...)
	}
	rows = append(append(rows, ""), s.estimateFacts(w)...)
	if !p.Download {
		rows = append(rows, runview.Wrapped(s.d.T("simulate.no-download"), w, t.Style.Muted)...)
	}
	rows = append(append(rows, ""), runview.Wrapped(s.d.T("simulate.question"), w, t.Style.Strong)...)
	return append(rows, runview.Wrapped(s.d.T("simulate.plan-note"), w, t.Style.Muted)...)
}

// planJobs are the jobs of the plan.
func (s *Screen) planJobs(w int) []string {
	var rows []string
	for i, j := range s.plan.Jobs {
		label := ""
		if i == 0 {
			label = s.d.T("simulate.column.job")
		}
		rows = append(rows, text.Edges(label, s.d.Theme.Style.Value.Render(text.Line(j.ID)), w))
	}
	return rows
}

// partFacts are devices that do not begin at once, and executions that are to come again.
func (s *Screen) partFacts(w int) []string {
	p := s.plan
	var rows []string
	for _, x := range []struct {
		id string
		n  int
	}{{"simulate.fact.offline", p.Offline}, {"simulate.fact.not-reached", p.NotReached}, {"simulate.fact.retries", p.Retries}} {
		if x.n > 0 {
			rows = append(rows, s.d.Fact(x.id, s.d.Printer.Number(x.n), w))
		}
	}
	return rows
}

// estimateFacts are what a run of the plan takes.
func (s *Screen) estimateFacts(w int) []string {
	e, p := s.plan.Estimate, s.d.Printer
	rows := []string{s.d.Fact("simulate.fact.duration", s.d.Least(e.Seconds), w)}
	if e.DeviceSeconds > 0 {
		rows = append(rows, s.d.Fact("simulate.fact.longest", s.took(e.DeviceSeconds), w))
	}
	if e.Rollout > 0 {
		rows = append(rows, s.d.Fact("simulate.fact.rollout", p.Seconds(e.Rollout), w))
	}
	return append(rows, s.d.Fact("simulate.fact.calls", p.Number(e.Calls), w), s.d.Fact("simulate.fact.downloads", p.Number(e.Downloads), w))
}

// reasonRows are why devices fail, the most frequent reason first.
func (s *Screen) reasonRows(reasons map[string]int, w int) []string {
	var rows []string
	for _, id := range byCount(reasons) {
		rows = append(rows, text.Edges("  "+s.d.Printer.Reason(id), s.d.Printer.Number(reasons[id]), w))
	}
	return rows
}

// byCount are the keys of counts, the largest first.
func byCount(counts map[string]int) []string {
	return slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		if counts[a] != counts[b] {
			return counts[b] - counts[a]
		}
		if a < b {
			return -1
		}
		return 1
	})
}

// totalsLines are the plan's numbers in two rows, for narrow screens, and the question.
func (s *Screen) totalsLines(w int) []string {
	p, t := s.plan, s.d.Theme
	first := s.d.T("simulate.forecast", "Devices", s.d.T("simulate.devices", "Count", len(p.Devices)), "Good", p.Successes, "Bad", p.Failures,
		"Time", s.d.Least(p.Estimate.Seconds))
	second := s.d.T("simulate.loads", "Count", p.Estimate.Downloads)
	for _, id := range byCount(p.Reasons) {
		second += " " + t.Symbol.Dot + " " + s.d.Printer.Reason(id) + " " + s.d.Printer.Number(p.Reasons[id])
	}
	if p.NotReached > 0 {
		second = s.d.T("simulate.fact.not-reached") + " " + s.d.Printer.Number(p.NotReached) + " " + t.Symbol.Dot + " " + second
	}
	if p.Started > 0 {
		second = s.d.T("simulate.taken-over", "Count", p.Started) + " " + t.Symbol.Dot + " " + second
	}
	return []string{text.Cut(first, w), t.Style.Muted.Render(text.Cut(second, w)), t.Style.Strong.Render(text.Cut(s.d.T("simulate.question"), w))}
}
