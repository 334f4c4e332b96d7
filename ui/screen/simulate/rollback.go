package simulate

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/pager"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

// backRun is the name of the run that finds out what the devices had before.
const backRun = "rollback-plan"

// reversal takes the devices that a job has updated back to what they had.
type reversal struct {
	job     string
	prepare lookup.Planning[rollback.Plan]
	plan    rollback.Plan
	problem error
	page    *pager.Model
	view    *runview.View // once it runs
}

// updated is the job of a run whose devices can go back: the newest that has installed packages; false when none has.
func updated(o runview.Outcome) (job, bool) {
	r, ok := o.Result.(simulate.Report)
	if !ok || r.Counts[simulate.Execution][event.Succeeded] == 0 {
		return job{}, false
	}
	for _, j := range slices.Backward(r.Jobs) {
		if len(j.Packages) > 0 && (!r.Checked || j.Counts.Succeeded > 0) {
			return j, true
		}
	}
	return job{}, false
}

// takeBack plans the jobs that take devices back: what they had is in the report of this run, in those saved, or in the cloud's earlier
// jobs.
func (s *Screen) takeBack(j job) tea.Cmd {
	r, ok := s.watch.view.Outcome().Result.(simulate.Report)
	if !ok {
		return nil
	}
	c, rec, dir := s.d.Cloud, s.watch.record, s.d.Reports
	s.phase, s.back = reversing, &reversal{job: j.ID, page: pager.New(s.d.Printer)}
	s.back.prepare.Start(s.d.Runs, backRun, func(ctx context.Context, st event.Stage) (rollback.Plan, error) {
		known := rollback.Sources{report.New(r, &rec.failures, rec.before, rec.ended)}
		if dir != "" {
			known = append(report.Find(dir, j.ID), known...)
		}
		return rollback.Prepare(ctx, c, rollback.Input{Job: j.ID}, known, st)
	})
	return nil
}

// takeBackBatch takes the events of the reversal's runs.
func (s *Screen) takeBackBatch(b feed.BatchMsg) tea.Cmd {
	var cmd tea.Cmd
	r := s.back
	if r.view != nil {
		cmd = r.view.Take(b)
	}
	if !r.prepare.Take(b) {
		return cmd
	}
	r.plan, r.problem = r.prepare.Result()
	if lookup.Stopped(r.problem) {
		if s.phase == reversing {
			s.phase = playing
		}
		return cmd
	}
	r.page.SetContent(s.backRows)
	s.layout()
	return cmd
}

// backKey takes the keys while devices are taken back.
func (s *Screen) backKey(msg tea.Msg) tea.Cmd {
	r := s.back
	switch {
	case r.view != nil:
		return r.view.Update(msg)
	case r.prepare.On():
		if runview.Stop.Matches(msg) {
			r.prepare.Stop()
		}
		return nil
	case r.problem != nil && keyRetry.Matches(msg):
		return s.takeBack(job{ID: r.job})
	case r.problem == nil && len(r.plan.Moves) > 0 && keyRun.Matches(msg):
		return s.runBack()
	}
	return r.page.Update(msg)
}

// runBack creates the jobs that take devices back.
func (s *Screen) runBack() tea.Cmd {
	c, plan := s.d.Cloud, s.back.plan
	s.back.view = runview.New(s.d, s.backSpec(), s.d.Runs.Start(rollback.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil // the plan was seen: nothing more to ask
		return rollback.Run(ctx, c, plan, st)
	}))
	s.layout()
	return nil
}

func (s *Screen) backSpec() runview.Spec {
	steps := []string{rollback.StepJobs}
	if slices.ContainsFunc(s.back.plan.Moves, func(m rollback.Move) bool { return m.Group != "" }) {
		steps = []string{rollback.StepGroups, rollback.StepJobs}
	}
	return runview.Spec{
		Words: "simulate.back", Steps: steps, Kinds: []string{rollback.Group, createjob.Job},
		Report: func(result any) (event.Report, bool) {
			r, ok := result.(rollback.Report)
			return r.Report, ok
		},
		Actions: s.backActions,
	}
}

// backActions are what can be done once the jobs were created: their devices are to be played.
func (s *Screen) backActions(o runview.Outcome) []runview.Action {
	again := runview.Action{Key: keyAnother, Do: s.load}
	if r, ok := o.Result.(rollback.Report); ok && len(r.Jobs) > 0 {
		again = runview.Action{Key: keyAnother.Named("simulate.keys.take-back"), Do: func() tea.Cmd {
			s.wanted = r.Jobs[0].Job
			return s.load()
		}}
	}
	return []runview.Action{again, {Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }}}
}

// backBack goes one step back from taking devices back: a run goes on when its view is left.
func (s *Screen) backBack() {
	if s.back.view != nil && s.back.view.Back() {
		return
	}
	s.back.prepare.Leave()
	s.phase = playing
}

// backKeys is what the keys do while devices are taken back.
func (s *Screen) backKeys() []keys.Group {
	r := s.back
	own := keys.Group{Title: "keys.group.screen"}
	switch {
	case r.view != nil:
		return r.view.Keys()
	case r.prepare.On():
		own.Bindings = []keys.Binding{runview.Stop}
	case r.problem != nil:
		own.Bindings = []keys.Binding{keyRetry}
	case len(r.plan.Moves) > 0:
		own.Bindings = []keys.Binding{keyRun.Named("simulate.keys.back-run")}
	}
	return []keys.Group{own, r.page.Keys()}
}

// backRows are the jobs that would be created, and the question whether to.
func (s *Screen) backRows(w int) []string {
	t, p := s.d.Theme, s.back.plan
	if s.back.problem != nil {
		rows := runview.Wrapped(t.Symbol.Failed+" "+text.Line(s.d.Problem(s.back.problem)), w, t.Style.Error)
		return append(append(rows, ""), runview.Wrapped(s.d.T("simulate.back-failed-next"), w, t.Style.Muted)...)
	}
	rows := []string{
		s.d.Fact("simulate.column.job", text.Line(p.Input.Job), w), s.d.Fact("simulate.fact.job-now", p.Status, w),
		s.d.Fact("simulate.back-installed", text.Line(join(p.Packages)), w), s.d.Fact("simulate.back-updated", s.d.Printer.Number(p.Updated), w),
	}
	rows = append(rows, "")
	if len(p.Moves) == 0 {
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+s.d.T("rollback.nothing"), w, t.Style.Warning)...)
	} else {
		rows = append(rows, runview.Wrapped(s.d.T("simulate.back-question", "Count", len(p.Moves)), w, t.Style.Strong)...)
		rows = append(rows, runview.Wrapped(s.d.T("simulate.back-note"), w, t.Style.Muted)...)
	}
	for _, m := range p.Moves {
		rows = append(append(rows, ""), s.moveRows(m, w)...)
	}
	return append(rows, s.leftRows(w)...)
}

// leftRows are the devices that stay as they are, and why.
func (s *Screen) leftRows(w int) []string {
	t, p := s.d.Theme, s.back.plan
	var rows []string
	if len(p.Left) > 0 {
		rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T("simulate.back-left"), w)))
		for _, l := range p.Left {
			words := s.d.T("rollback.left-"+string(l.Reason), "Item", text.Line(l.Item))
			rows = append(rows, runview.Indented(s.d.T("simulate.devices", "Count", len(l.Things))+": "+words, w, t.Style.Warning)...)
		}
	}
	return rows
}

// moveRows are one job that takes devices back.
func (s *Screen) moveRows(m rollback.Move, w int) []string {
	t := s.d.Theme
	rows := []string{text.Edges(t.Style.Heading.Render(t.Symbol.Arrow+" "+text.Line(join(m.To))), s.d.T("simulate.devices", "Count", len(m.Things)), w)}
	rows = append(rows, s.d.Fact("simulate.back-job", text.Line(m.Input.ID), w))
	if m.Group != "" {
		rows = append(rows, runview.Indented(s.d.T("rollback.group", "Group", text.Line(m.Group)), w, t.Style.Muted)...)
	}
	for _, src := range []rollback.Source{rollback.FromReport, rollback.FromHistory, rollback.FromInput} {
		if n := m.Sources[src]; n > 0 {
			rows = append(rows, runview.Indented(s.d.T("rollback.source-"+string(src), "Count", n), w, t.Style.Muted)...)
		}
	}
	const some = 6
	for i, thing := range m.Things[:min(some, len(m.Things))] {
		line := "  " + text.Line(thing)
		if i == some-1 && len(m.Things) > some {
			line += " ..."
		}
		rows = append(rows, t.Style.Muted.Render(text.Cut(line, w)))
	}
	return rows
}
