package simulate

import (
	"testing"
	"time"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/lookup"
)

func TestReadingDoesNotFlash(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	defer s.reading.Stop()
	uitest.PatientReading(t, uitest.Patience{
		Words: "Reading the active jobs", After: lookup.Patience, View: s.View,
		Clock:  func(d time.Duration) { s.d.Now = func() time.Time { return at.Add(d) } },
		Start:  func() { s.Init() },
		Answer: func() { s.takeJobs(nil, errRefused) },
		Again:  func() { s.load() },
	})
}
