package simulate

import (
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

// frameful is the events of one frame at 2,000 a second, the first of them about device n.
func frameful(n int) []event.Event {
	out := make([]event.Event, 67)
	for i := range out {
		out[i] = event.Event{Workflow: simulate.Workflow, Step: simulate.StepExecutions, Kind: event.Item, Resource: simulate.Execution,
			Subject: fleet.ThingName(fleet.DefaultPrefix, n+i), Status: event.Succeeded, Done: n + i, Total: 1 << 20}
	}
	return out
}

// While 2,000 events a second come, the terminal may be resized at any time: every view fills it exactly, and the log stays at the line
// that it was scrolled to.
func TestResizingWhileDevicesReport(t *testing.T) {
	t.Parallel()
	s := running(t, 120, 38)
	uitest.Press(s.Update, "tab", "k", "k") // to the log, and up
	line, ok := s.watch.view.Selected()
	if !ok {
		t.Fatal("no line in the log has the cursor")
	}
	n := 1000
	rapid.Check(t, func(t *rapid.T) {
		s.give(false, frameful(n)...)
		n += 67
		w, h := rapid.IntRange(60, 210).Draw(t, "w"), rapid.IntRange(13, 68).Draw(t, "h")
		s.SetSize(w, h)
		if k := rapid.SampledFrom([]string{"", "", "tab", "o"}).Draw(t, "key"); k != "" {
			uitest.Press(s.Update, k)
		}
		rows := strings.Split(s.View(), "\n")
		if len(rows) != h {
			t.Fatalf("%d rows, want %d", len(rows), h)
		}
		for i, r := range rows {
			if text.Width(r) != w {
				t.Fatalf("row %d is %d columns, want %d: %q", i, text.Width(r), w, r)
			}
		}
		if e, _ := s.watch.view.Selected(); e.Subject != line.Subject || e.Status != line.Status {
			t.Fatalf("the cursor went from %v to %v by itself", line, e)
		}
	})
}
