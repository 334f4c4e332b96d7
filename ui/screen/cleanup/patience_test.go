package cleanup

import (
	"testing"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/lookup"
	"fleetlab/workflows/cleanup"
)

// The form stays where it is until looking has become slow.
func TestLookingDoesNotFlash(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), cloud.Sandbox)
	s.SetSize(80, 22)
	form := s.View()
	_, end := s.lookFor(cleanup.Plan{}, nil)
	defer end()
	s.look.Begin(at)
	if s.View() != form {
		t.Errorf("it flashes:\n%s", s.View())
	}
	s.d.Now = func() time.Time { return at.Add(lookup.Patience) }
	if s.View() == form {
		t.Error("it does not say that it looks")
	}
}
