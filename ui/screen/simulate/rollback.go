package simulate

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/pager"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/rollbackview"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

// backRun is the name of the run that finds out what the devices had before.
const backRun = rollbackview.PlanRun

// reversal takes the devices that a job has updated back to what they had.
type reversal struct {
	job     string
	from    phase                   // where the user was
	more    func() rollback.Sources // of what the devices had, beside the saved reports; nil: none
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

// takeBackPlayed takes back the devices that were just played. What they had is in the report of this run as well.
func (s *Screen) takeBackPlayed(j job) tea.Cmd {
	r, ok := s.watch.view.Outcome().Result.(simulate.Report)
	if !ok {
		return nil
	}
	rec := s.watch.record
	s.takeBack(j.ID, playing, func() rollback.Sources {
		return rollback.Sources{report.New(r, &rec.failures, rec.before, rec.ended)}
	})
	return nil
}

// takeBackListed takes back the devices of the job under the cursor.
func (s *Screen) takeBackListed() tea.Cmd {
	if why := s.notTakenBack(); why != "" {
		return screen.Toast(s.d.T(why))
	}
	j, _ := s.jobs.Selected()
	s.takeBack(j.ID, choosing, nil)
	return nil
}

// notTakenBack is the id of why the devices of the job under the cursor cannot be taken back; "" when they can.
func (s *Screen) notTakenBack() string {
	j, ok := s.jobs.Selected()
	if !ok || len(j.Packages) == 0 || j.Counts.Succeeded == 0 {
		return "simulate.nothing-updated"
	}
	return ""
}

// takeBack plans the jobs that take a job's devices back.
func (s *Screen) takeBack(job string, from phase, more func() rollback.Sources) {
	s.phase, s.back = reversing, &reversal{job: job, from: from, more: more, page: pager.New(s.d.Printer)}
	rollbackview.Prepare(&s.back.prepare, s.d, job, more)
	s.layout()
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
			s.phase = r.from
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
		s.takeBack(r.job, r.from, r.more)
		return nil
	case r.problem == nil && len(r.plan.Moves) > 0 && keyRun.Matches(msg):
		return s.runBack()
	}
	return r.page.Update(msg)
}

// runBack creates the jobs that take devices back.
func (s *Screen) runBack() tea.Cmd {
	s.back.view = rollbackview.Run(s.d, s.back.plan, s.backActions)
	s.layout()
	return nil
}

// backActions are what can be done once the jobs were created: their devices are to be played.
func (s *Screen) backActions(o runview.Outcome) []runview.Action {
	again := runview.Action{Key: keyAnother, Do: s.load}
	if created, ok := rollbackview.Created(o); ok {
		again = runview.Action{Key: keyAnother.Named("simulate.keys.take-back"), Do: func() tea.Cmd {
			s.wanted = created
			return s.load()
		}}
	}
	return []runview.Action{again, {Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }}}
}

// backBack goes one step back from taking devices back: a run goes on when its view is left.
func (s *Screen) backBack() tea.Cmd {
	if s.back.view != nil && s.back.view.Back() {
		return nil
	}
	s.back.prepare.Leave()
	s.phase = s.back.from
	if s.phase == choosing && s.back.view != nil { // there may be other jobs now
		return s.load()
	}
	return nil
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

// backRows are the plan, or why there is none.
func (s *Screen) backRows(w int) []string {
	if s.back.problem != nil {
		return rollbackview.ProblemRows(s.d, s.back.problem, s.d.T("simulate.back-failed-next"), w)
	}
	return rollbackview.PlanRows(s.d, s.back.plan, w)
}
