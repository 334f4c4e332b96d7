package packages

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/pager"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/rollbackview"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/rollback"
)

// reversal takes the devices back that a job has updated.
type reversal struct {
	job     string
	prepare lookup.Planning[rollback.Plan]
	plan    rollback.Plan
	problem error
	page    *pager.Model
	view    *runview.View // once it runs
}

func (r *reversal) capturing() bool { return r.view != nil && r.view.Capturing() }

// takeBack plans the rollback of the newest job that has brought a version to devices.
func (s *Screen) takeBack(v version) tea.Cmd {
	j, ok := v.Updated()
	switch {
	case ok:
		s.from = s.phase
		s.startReversal(j.ID)
		return nil
	case len(v.Jobs) > 0:
		return screen.Toast(s.d.T("packages.none-updated", "Item", v.Item(), "Job", v.Jobs[0].ID))
	}
	return screen.Toast(s.d.T("packages.no-job", "Item", v.Item()))
}

func (s *Screen) startReversal(job string) {
	s.phase, s.back = reversing, &reversal{job: job, page: pager.New(s.d.Printer)}
	rollbackview.Prepare(&s.back.prepare, s.d, job, nil)
}

// takeBatch takes the events of the reversal's runs.
func (s *Screen) takeBatch(b feed.BatchMsg) (cmd tea.Cmd) {
	r := s.back
	if r == nil {
		return nil
	}
	if r.view != nil {
		cmd = r.view.Take(b)
	}
	if !r.prepare.Take(b) {
		return cmd
	}
	r.plan, r.problem = r.prepare.Result()
	if lookup.Stopped(r.problem) {
		s.phase = s.from
		return cmd
	}
	r.page.SetContent(s.reversalRows)
	s.layout()
	return cmd
}

// reversalRows are the plan, or why there is none.
func (s *Screen) reversalRows(w int) []string {
	if s.back.problem != nil {
		return rollbackview.ProblemRows(s.d, s.back.problem, s.d.T("packages.back-failed-next"), w)
	}
	return rollbackview.PlanRows(s.d, s.back.plan, w)
}

// reversalKey takes the keys while devices are taken back.
func (s *Screen) reversalKey(msg tea.Msg) tea.Cmd {
	r := s.back
	switch {
	case r.view != nil:
		return r.view.Update(msg)
	case r.prepare.On():
		if runview.Stop.Matches(msg) {
			r.prepare.Stop()
		}
		return nil
	case r.problem != nil && keyReload.Matches(msg):
		s.startReversal(r.job)
		return nil
	case r.problem == nil && len(r.plan.Moves) > 0 && keyRun.Matches(msg):
		r.view = rollbackview.Run(s.d, r.plan, s.reversalActions)
		s.layout()
		return nil
	}
	return r.page.Update(msg)
}

// reversalActions are what can be done once the jobs were created: their devices are to be played.
func (s *Screen) reversalActions(o runview.Outcome) []runview.Action {
	clean := runview.Action{Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }}
	created, ok := rollbackview.Created(o)
	if !ok {
		return []runview.Action{clean}
	}
	return []runview.Action{{Key: keySimulate, Do: func() tea.Cmd { return screen.Go(screen.Simulate, created) }}, clean}
}

// leaveReversal goes back to where devices were to be taken back from. The catalog is read anew, since there may be jobs more.
func (s *Screen) leaveReversal() tea.Cmd {
	if s.back.view != nil && s.back.view.Back() {
		return nil
	}
	s.back.prepare.Leave()
	s.phase = s.from
	if s.back.view != nil {
		return s.load()
	}
	return nil
}

// reversalKeys is what the keys do while devices are taken back.
func (s *Screen) reversalKeys() []keys.Group {
	r := s.back
	own := keys.Group{Title: "keys.group.screen"}
	switch {
	case r.view != nil:
		return r.view.Keys()
	case r.prepare.On():
		own.Bindings = []keys.Binding{runview.Stop}
	case r.problem != nil:
		own.Bindings = []keys.Binding{keyReload}
	case len(r.plan.Moves) > 0:
		own.Bindings = []keys.Binding{keyRun}
	}
	return []keys.Group{own, r.page.Keys()}
}
