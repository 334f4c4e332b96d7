package packages

import (
	"testing"
	"time"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/lookup"
	"fleetlab/workflows/catalog"
)

func TestReadingDoesNotFlash(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	defer s.reading.Stop()
	uitest.PatientReading(t, uitest.Patience{
		Words: "Reading the packages", After: lookup.Patience, View: s.View,
		Clock:  func(d time.Duration) { s.d.Now = func() time.Time { return at.Add(d) } },
		Start:  func() { s.Init() },
		Answer: func() { s.take(catalog.Catalog{}, errRefused) },
		Again:  func() { s.load() },
	})
}
