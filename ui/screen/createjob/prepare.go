package createjob

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/dialog"
	"fleetlab/ui/feed"
	"fleetlab/ui/lookup"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// planRun is the name of the run that checks the choice and makes the plan.
const planRun = "job-create-plan"

// prepareJob makes the plan in the background: counting the members of a large fleet takes a while.
func (s *Screen) prepareJob() tea.Cmd {
	c, in := s.d.Cloud, s.job()
	s.before, s.phase = s.phase, preparing
	return s.prepare.Start(s.d.Now(), s.d.Runs, planRun, func(ctx context.Context, st event.Stage) (createjob.Plan, error) {
		return createjob.Prepare(ctx, c, in, st)
	})
}

// takeBatch takes the events of the runs to where they are shown.
func (s *Screen) takeBatch(b feed.BatchMsg) (cmd tea.Cmd) {
	if s.view != nil {
		cmd = s.view.Take(b)
	}
	if s.prepare.Take(b) {
		s.prepared()
	}
	return cmd
}

// prepared goes on to the review, or back to the field that is wrong.
func (s *Screen) prepared() {
	plan, err := s.prepare.Result()
	switch {
	case err == nil:
		s.plan, s.phase = plan, reviewing
		s.showTab(s.tab)
		return
	case lookup.Stopped(err):
		s.phase = asking
		return
	}
	if fe, ok := fleet.AsFieldError(err); ok {
		s.refuse(fe)
		return
	}
	s.phase, s.problem = stuck, err
}

// confirm creates the job after a question: it says whom the job reaches, and where.
func (s *Screen) confirm() tea.Cmd {
	plan := s.plan
	id, cost := "createjob.confirm", s.d.Printer.Dollars(plan.Cost)
	if s.d.Cloud.Kind == cloud.Sandbox {
		id = "createjob.confirm-sandbox"
	}
	body := s.d.T(id, "Job", plan.Request.JobID, "Account", plan.Account, "Region", plan.Region, "Count", plan.Members,
		"Installs", plan.Installs(), "Cost", cost)
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("createjob.confirm-title"), Body: body,
		Yes: func() tea.Msg { return createMsg{plan} },
	}))
}
