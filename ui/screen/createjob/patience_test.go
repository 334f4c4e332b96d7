package createjob

import (
	"testing"
	"time"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/lookup"
	"fleetlab/workflows/createjob"
)

func TestReadingDoesNotFlash(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	defer s.reading.Stop()
	uitest.PatientReading(t, uitest.Patience{
		Words: "Reading thing groups", After: lookup.Patience, View: s.View,
		Clock:  func(d time.Duration) { s.d.Now = func() time.Time { return at.Add(d) } },
		Start:  func() { s.Init() },
		Answer: func() { s.takeChoices(createjob.Choices{}, errRefused) },
		Again:  func() { s.load() },
	})
}
