package packages

import (
	"strings"
	"testing"
	"time"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/lookup"
	"fleetlab/workflows/catalog"
)

// What was on the screen stays there until reading has become slow; at first there is an empty frame.
func TestReadingDoesNotFlash(t *testing.T) {
	t.Parallel()
	const words = "Reading the packages"
	s := newStage(t, uitest.Printer(t, "en"), nil)
	defer s.reading.Stop()
	says := func(want string, yes bool) {
		t.Helper()
		if view := s.View(); strings.Contains(view, want) != yes {
			t.Errorf("%q shown: want %v\n%s", want, yes, view)
		}
	}
	after := func(d time.Duration) { s.d.Now = func() time.Time { return at.Add(d) } }
	s.Init()
	says(words, false)
	after(lookup.Patience)
	says(words, true)
	s.take(catalog.Catalog{}, errRefused)
	before := s.View()
	after(0)
	s.load()
	if s.View() != before {
		t.Errorf("it flashes:\n%s", s.View())
	}
	after(lookup.Patience)
	says(words, true)
}
