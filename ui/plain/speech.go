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
	case event.StepStarted:
		s.last = e.Time
	case event.RunEnded:
		return s.end(e)
	case event.Progress:
		return s.progress(e.Time, speakable(s.Printer.Event(e)))
	}
	return speakable(s.Printer.Event(e))
}

// progress is a line unless there was one just now, or it says nothing new.
func (s *Speech) progress(at time.Time, line string) string {
	if s.last.IsZero() { // what is over at once needs no line
		s.last = at
	}
	if at.Sub(s.last) < progressEvery || line == s.told {
		return ""
	}
	s.last, s.told = at, line
	return line
}

// end is how a run has ended, and how many items of each kind how, a kind a line.
func (s *Speech) end(e event.Event) string {
	counts := e.Counts
	e.Counts = nil
	lines := []string{s.Printer.Event(e)}
	for _, resource := range counts.Resources() {
		for _, status := range slices.Sorted(maps.Keys(counts[resource])) {
			lines = append(lines, s.Printer.T("plain.count", "Status", string(status), "Count", counts[resource][status],
				"What", s.Printer.Resource(resource)))
		}
	}
	return Lines(strings.Join(lines, "\n"))
}

// details are those worth listening to; checksums and the like are for the eye.
var details = []string{"type", "country", "group", "reason"}

// item is "FAILED: thing Vehicle-VIN-0640, SedanVehicle, US, 640 of 1000".
func (s *Speech) item(e event.Event) string {
	p := s.Printer
	parts := []string{e.Subject}
	if e.Resource != "" {
		parts[0] = p.Resource(e.Resource) + " " + e.Subject
	}
	for _, name := range details {
		value := e.Detail[name]
		if name == "reason" {
			value = p.Reason(value)
		}
		if value != "" && !strings.Contains(e.Subject, value) {
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
	what := parts[0]
	for _, part := range parts[1:] {
		what = p.T("plain.with", "What", what, "More", part)
	}
	return speakable(p.T("plain.item", "Status", string(e.Status), "What", what))
}
