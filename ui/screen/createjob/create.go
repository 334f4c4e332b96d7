package createjob

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
)

// Keys once the job was created, or was not.
var (
	keySimulate = keys.New("s", "createjob.keys.simulate", "s")
	keyAnother  = keys.New("n", "createjob.keys.another", "n")
	keyCleanup  = keys.New("u", "createjob.keys.cleanup", "u")
	keyAgain    = keys.New("r", "createjob.keys.again", "r")
	keyEdit     = keys.New("e", "createjob.keys.edit", "e")
)

// create creates the job and shows how.
func (s *Screen) create(plan createjob.Plan) {
	c := s.d.Cloud
	s.phase = creating
	s.view = runview.New(s.d, s.spec(plan), s.d.Runs.Start(createjob.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil // the job was reviewed: nothing more to ask
		return createjob.Run(ctx, c, plan, st)
	}))
	s.view.SetSize(s.w, s.h)
}

// spec is how the creation is shown.
func (s *Screen) spec(plan createjob.Plan) runview.Spec {
	return runview.Spec{
		Words: "createjob.result", Steps: plan.Steps(), Kinds: []string{createjob.Job, createjob.DynamicGroup, createjob.JobTemplate}, Facts: s.facts,
		Lesson: s.stepLesson, Free: true,
		Actions: func(o runview.Outcome) []runview.Action { return s.actions(plan, o) },
		Report: func(result any) (event.Report, bool) {
			r, ok := result.(createjob.Report)
			return r.Report, ok
		},
	}
}

// facts are the job's names and its executions.
func (s *Screen) facts(result any, w int) [][]string {
	r, ok := result.(createjob.Report)
	if !ok || r.ARN == "" {
		return nil
	}
	rows := []string{s.d.Fact("createjob.fact.job", r.Job, w)}
	rows = append(rows, runview.Wrapped(text.Line(r.ARN), w, s.d.Theme.Style.Muted)...)
	rows = append(rows, s.d.Fact("createjob.fact.state", r.State, w))
	if r.Starts != "" {
		rows = append(rows, runview.Wrapped(s.d.T("createjob.starts", "Time", r.Starts), w, s.d.Theme.Style.Warning)...)
	}
	if n := r.Executions; n.Total() > 0 {
		rows = append(rows, s.d.Fact("createjob.fact.executions", s.d.Printer.Number(n.Total()), w),
			s.d.Fact("createjob.fact.pending", s.d.Printer.Number(n.Pending()), w))
		if n.Total() < s.plan.Members {
			rows = append(rows, runview.Wrapped(s.d.T("createjob.rolling", "Count", s.plan.Members), w, s.d.Theme.Style.Muted)...)
		}
	} else if r.Starts == "" {
		rows = append(rows, runview.Wrapped(s.d.T("createjob.no-executions"), w, s.d.Theme.Style.Muted)...)
	}
	for _, g := range r.Groups {
		rows = append(rows, s.d.Fact("createjob.fact.group", g, w))
	}
	if r.Template != "" {
		rows = append(rows, s.d.Fact("createjob.fact.template", r.Template, w))
	}
	return [][]string{rows}
}

// made is the job that a run has created.
func made(o runview.Outcome) (id string, ok bool) {
	r, ok := o.Result.(createjob.Report)
	return r.Job, ok && r.ARN != ""
}

// actions are what can be done after a run.
func (s *Screen) actions(plan createjob.Plan, o runview.Outcome) []runview.Action {
	another := runview.Action{Key: keyAnother, Do: s.another}
	clean := runview.Action{Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }}
	if id, ok := made(o); ok {
		return []runview.Action{{Key: keySimulate, Do: func() tea.Cmd { return screen.Go(screen.Simulate, id) }}, another, clean}
	}
	return []runview.Action{
		{Key: keyAgain, Do: func() tea.Cmd { s.create(plan); return nil }},
		{Key: keyEdit, Do: func() tea.Cmd { s.phase = asking; return nil }},
		another, clean,
	}
}
