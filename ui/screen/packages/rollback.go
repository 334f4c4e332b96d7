package packages

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/rollbackview"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
)

// takeBack plans the rollback of the newest job that has brought a version to devices.
func (s *Screen) takeBack(v version) tea.Cmd {
	j, ok := v.Updated()
	switch {
	case ok:
		return s.reverse(s.reversal(j.ID))
	case len(v.Jobs) > 0:
		return screen.Toast(s.d.T("packages.none-updated", "Item", v.Item(), "Job", v.Jobs[0].ID))
	}
	return screen.Toast(s.d.T("packages.no-job", "Item", v.Item()))
}

// reversal is how a job's devices are taken back from here. The catalog is read anew once there may be jobs more.
func (s *Screen) reversal(job string) rollbackview.Spec {
	from := s.phase
	return rollbackview.Spec{
		Job: job, Plan: rollbackview.Planner(s.d, job, nil), Failed: "packages.back-failed-next", Retry: keyReload, Actions: s.reversalActions,
		Leave: func(ran bool) tea.Cmd {
			s.phase = from
			if ran {
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

// reversalActions are what can be done once the jobs were created: their devices are to be played.
func (s *Screen) reversalActions(o runview.Outcome) []runview.Action {
	clean := runview.Action{Key: keyCleanup, Do: func() tea.Cmd { return screen.Go(screen.Cleanup, nil) }}
	created, ok := rollbackview.Created(o)
	if !ok {
		return []runview.Action{clean}
	}
	return []runview.Action{{Key: keySimulate, Do: func() tea.Cmd { return screen.Go(screen.Simulate, created) }}, clean}
}
