// Package rollbackview is taking the devices back that a job has updated, as the screens that offer it show it: finding out what the
// devices had, the plan, and the run that creates the jobs.
package rollbackview

import (
	"context"
	"slices"
	"strings"

	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
)

// planRun is the name of the run that finds out what the devices had before.
const planRun = "rollback-plan"

// Planner plans the jobs that take a job's devices back: what they had is in the saved reports, in those that more makes, or in the
// cloud's earlier jobs. more may be nil.
func Planner(d *screen.Deps, job string, more func() rollback.Sources) func(context.Context, event.Stage) (rollback.Plan, error) {
	c, dir := d.Cloud, d.Reports
	return func(ctx context.Context, st event.Stage) (rollback.Plan, error) {
		var known rollback.Sources
		if dir != "" {
			known = report.Find(dir, job)
		}
		if more != nil {
			known = append(known, more()...)
		}
		return rollback.Prepare(ctx, c, rollback.Input{Job: job}, known, st)
	}
}

// create creates the jobs of a plan. Its view offers what actions says once they are there; it has no size yet.
func create(d *screen.Deps, plan rollback.Plan, actions func(runview.Outcome) []runview.Action) *runview.View {
	c := d.Cloud
	return runview.New(d, spec(plan, actions), d.Runs.Start(rollback.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil // the plan was seen: nothing more to ask
		return rollback.Run(ctx, c, plan, st)
	}))
}

func spec(plan rollback.Plan, actions func(runview.Outcome) []runview.Action) runview.Spec {
	steps := []string{rollback.StepJobs}
	if slices.ContainsFunc(plan.Moves, func(m rollback.Move) bool { return m.Group != "" }) {
		steps = []string{rollback.StepGroups, rollback.StepJobs}
	}
	return runview.Spec{
		Words: "simulate.back", Steps: steps, Kinds: []string{rollback.Group, createjob.Job},
		Report: func(result any) (event.Report, bool) {
			r, ok := result.(rollback.Report)
			return r.Report, ok
		},
		Actions: actions,
	}
}

// Created is the first of the jobs that a run has created: its devices are to be played next. false when there is none.
func Created(o runview.Outcome) (job string, ok bool) {
	r, _ := o.Result.(rollback.Report)
	if len(r.Jobs) == 0 {
		return "", false
	}
	return r.Jobs[0].Job, true
}

// problemRows say why there is no plan, and what to do next.
func problemRows(d *screen.Deps, problem error, next string, w int) []string {
	t := d.Theme
	rows := runview.Wrapped(t.Symbol.Failed+" "+text.Line(d.Problem(problem)), w, t.Style.Error)
	return append(append(rows, ""), runview.Wrapped(next, w, t.Style.Muted)...)
}

// planRows are the jobs that would be created, the question whether to, and what is left as it is and why.
func planRows(d *screen.Deps, p rollback.Plan, w int) []string {
	t := d.Theme
	rows := []string{
		d.Fact("simulate.column.job", text.Line(p.Input.Job), w), d.Fact("simulate.fact.job-now", p.Status, w),
		d.Fact("simulate.back-installed", text.Line(join(p.Packages)), w), d.Fact("simulate.back-updated", d.Printer.Number(p.Updated), w),
	}
	rows = append(rows, "")
	if len(p.Moves) == 0 {
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+d.T("rollback.nothing"), w, t.Style.Warning)...)
	} else {
		rows = append(rows, runview.Wrapped(d.T("simulate.back-question", "Count", len(p.Moves)), w, t.Style.Strong)...)
		rows = append(rows, runview.Wrapped(d.T("simulate.back-note"), w, t.Style.Muted)...)
	}
	for _, m := range p.Moves {
		rows = append(append(rows, ""), moveRows(d, m, w)...)
	}
	return append(rows, leftRows(d, p.Left, w)...)
}

// leftRows are the devices that stay as they are, and why.
func leftRows(d *screen.Deps, left []rollback.Left, w int) []string {
	if len(left) == 0 {
		return nil
	}
	t := d.Theme
	rows := []string{"", t.Style.Heading.Render(text.Cut(d.T("simulate.back-left"), w))}
	for _, l := range left {
		id := "rollback.left-" + string(l.Reason)
		if l.Reason == rollback.Unknown { // only the command line takes it from a person
			id = "rollback.left-unknown-here"
		}
		words := d.T(id, "Item", text.Line(l.Item))
		rows = append(rows, runview.Indented(d.T("simulate.devices", "Count", len(l.Things))+": "+words, w, t.Style.Warning)...)
	}
	return rows
}

// some is how many things of a move are named.
const some = 6

// moveRows are one job that takes devices back.
func moveRows(d *screen.Deps, m rollback.Move, w int) []string {
	t := d.Theme
	rows := []string{text.Edges(t.Style.Heading.Render(t.Symbol.Arrow+" "+text.Line(join(m.To))), d.T("simulate.devices", "Count", len(m.Things)), w)}
	rows = append(rows, d.Fact("simulate.back-job", text.Line(m.Input.ID), w))
	if m.Group != "" {
		rows = append(rows, runview.Indented(d.T("rollback.group", "Group", text.Line(m.Group)), w, t.Style.Muted)...)
	}
	for _, src := range []rollback.Source{rollback.FromReport, rollback.FromHistory, rollback.FromInput} {
		if n := m.Sources[src]; n > 0 {
			rows = append(rows, runview.Indented(d.T("rollback.source-"+string(src), "Count", n), w, t.Style.Muted)...)
		}
	}
	for i, thing := range m.Things[:min(some, len(m.Things))] {
		line := "  " + text.Line(thing)
		if i == some-1 && len(m.Things) > some {
			line += " ..."
		}
		rows = append(rows, t.Style.Muted.Render(text.Cut(line, w)))
	}
	return rows
}

func join(list []string) string { return strings.Join(list, ", ") }
