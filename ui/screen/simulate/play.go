package simulate

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// Keys once the devices were played.
var (
	keyRest    = keys.New("r", "simulate.keys.rest", "r")
	keySave    = keys.New("s", "simulate.keys.save", "s")
	keySaved   = keys.New("s", "simulate.keys.saved", "s")
	keyBack    = keys.New("b", "simulate.keys.back", "b")
	keyAnother = keys.New("n", "simulate.keys.another", "n")
	keyCleanup = keys.New("u", "simulate.keys.cleanup", "u")
)

// play runs the plan and shows it.
func (s *Screen) play(plan simulate.Plan) tea.Cmd {
	c, sim, rec := s.d.Cloud, simulate.New(plan), newRecord(s.d)
	return s.show(sim, plan, rec, s.d.Runs.Start(simulate.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil // the plan was seen: nothing more to ask
		return rec.run(ctx, c, sim, plan, st)
	}))
}

// show watches a run.
func (s *Screen) show(sim *simulate.Simulation, plan simulate.Plan, rec *record, r *run.Run) tea.Cmd {
	s.phase = playing
	s.watch = newWatch(s.d, sim, plan, runview.New(s.d, s.spec(), r))
	s.watch.record = rec
	s.watch.setSize(s.w, s.h)
	return s.watch.start()
}

// spec is how the run is shown.
func (s *Screen) spec() runview.Spec {
	return runview.Spec{
		Words: "simulate.result", Steps: []string{simulate.StepExecutions}, Kinds: []string{simulate.Execution},
		Facts: s.facts, Faults: unplanned, Ending: s.ending, Actions: s.actions,
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

// unfinished reports that devices of the jobs still have something to do.
func unfinished(o runview.Outcome) bool {
	r, ok := o.Result.(simulate.Report)
	if !ok || o.Err != nil {
		return true
	}
	for _, j := range r.Jobs {
		if r.Checked && j.Status == inProgress && (j.Counts.Pending() > 0 || j.Reaching != "") {
			return true
		}
	}
	_, over := jobEnded(r)
	return r.Unfinished > 0 && !over
}

// actions are what can be done after a run.
func (s *Screen) actions(o runview.Outcome) []runview.Action {
	var list []runview.Action
	if _, ok := o.Result.(simulate.Report); ok {
		key := keySave
		if s.watch.record.paths != nil {
			key = keySaved
		}
		list = append(list, runview.Action{Key: key, Do: s.save})
	}
	if j, ok := updated(o); ok {
		list = append(list, runview.Action{Key: keyBack, Do: func() tea.Cmd { return s.takeBackPlayed(j) }})
	}
	list = append(list, []runview.Action{
		{Key: keyAnother, Do: s.load},
		{Key: keyJob, Do: newJob},
		{Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }},
	}...)
	if !unfinished(o) {
		return list
	}
	rest := runview.Action{Key: keyRest, Do: s.makePlan}
	return append([]runview.Action{rest}, list...)
}
