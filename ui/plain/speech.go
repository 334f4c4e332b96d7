package plain

import (
	"maps"
	"slices"
	"strings"
	"time"

	"fleetlab/ui/locale"
	"fleetlab/workflows/event"
)

// Speech puts the events of a run into lines to be listened to: the status comes first, failures are always told, and of the
// rest how far it is, once a second. It is for one goroutine at a time.
type Speech struct {
	Printer *locale.Printer
	Every   bool // tell each device as well

	last time.Time // of the last line about progress
	told string    // what it said
}

const (
	progressEvery = time.Second
	few           = 10 // so many items are told one by one anyway
)

// Line is what is said about an event; "" for nothing.
func (s *Speech) Line(e event.Event) string {
	switch e.Kind {
	case event.Item:
		if s.Every || e.Missed() || e.Total > 0 && e.Total <= few {
			return s.item(e)
		}
		if e.Total == 0 {
			return ""
		}
		return s.progress(e.Time, s.Printer.T("plain.progress", "What", s.Printer.Resource(e.Resource), "Done", e.Done, "Total", e.Total))
	case event.Plan:
		if !s.Every {
			return ""
		}
		return s.item(e)
	case event.Progress:
		return s.progress(e.Time, Speakable(s.Printer.Event(e)))
	}
	return Speakable(s.Printer.Event(e))
}

// progress is a line unless there was one just now, or it says nothing new.
func (s *Speech) progress(at time.Time, line string) string {
	if at.Sub(s.last) < progressEvery || line == s.told {
		return ""
	}
	s.last, s.told = at, line
	return line
}

// item is "FAILED: thing Vehicle-VIN-0640, SedanVehicle, US, 640 of 1000".
func (s *Speech) item(e event.Event) string {
	p := s.Printer
	parts := []string{e.Subject}
	if e.Resource != "" {
		parts[0] = p.Resource(e.Resource) + " " + e.Subject
	}
	for _, name := range slices.Sorted(maps.Keys(e.Detail)) {
		value := e.Detail[name]
		if name == "reason" {
			value = p.Reason(value)
		}
		if value != "" {
			parts = append(parts, value)
		}
	}
	if e.Bytes > 0 {
		parts = append(parts, p.Size(e.Bytes))
	}
	if e.Total > 0 {
		parts = append(parts, p.T("plain.of", "Done", e.Done, "Total", e.Total))
	}
	if e.Fault != nil {
		parts = append(parts, p.Fault(e.Fault))
	}
	return Speakable(p.T("plain.item", "Status", string(e.Status), "What", strings.Join(parts, ", ")))
}
