package simulate

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/rollbackview"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

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
	return s.takeBack(j.ID, playing, func() rollback.Sources {
		return rollback.Sources{report.New(r, &rec.failures, rec.before, rec.ended)}
	})
}

// takeBackListed takes back the devices of the job under the cursor.
func (s *Screen) takeBackListed() tea.Cmd {
	if why := s.notTakenBack(); why != "" {
		return screen.Toast(s.d.T(why))
	}
	j, _ := s.jobs.Selected()
	return s.takeBack(j.ID, choosing, nil)
}

// notTakenBack is the id of why the devices of the job under the cursor cannot be taken back; "" when they can.
func (s *Screen) notTakenBack() string {
	j, ok := s.jobs.Selected()
	if !ok || len(j.Packages) == 0 || j.Counts.Succeeded == 0 {
		return "simulate.nothing-updated"
	}
	return ""
}

// takeBack plans the jobs that take a job's devices back. more is what the devices had, beside the saved reports; nil: none.
func (s *Screen) takeBack(job string, from phase, more func() rollback.Sources) tea.Cmd {
	return s.reverse(s.reversal(job, from, more))
}

// reversal is how a job's devices are taken back from here.
func (s *Screen) reversal(job string, from phase, more func() rollback.Sources) rollbackview.Spec {
	return rollbackview.Spec{
		Job: job, Plan: rollbackview.Planner(s.d, job, more), Failed: "simulate.back-failed-next", Retry: keyRetry, Actions: s.backActions,
		Leave: func(ran bool) tea.Cmd {
			s.phase = from
			if ran && from == choosing { // there may be other jobs now
				return s.load()
			}
			return nil
		},
	}
}

func (s *Screen) reverse(spec rollbackview.Spec) tea.Cmd {
	back, cmd := rollbackview.New(s.d, spec)
	s.phase, s.back = reversing, back
	s.layout()
	return cmd
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
