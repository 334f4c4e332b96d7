package runview

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/workflows/event"
)

// waiting is what a run waits for, such as the five minutes before a thing type may be deleted.
type waiting struct {
	what    event.Event
	until   time.Time
	on      bool
	ticking bool        // a tick is under way
	logged  event.Event // the last one that went to the log
}

// news is the events without those that say once more what is waited for: a run says it every second or two, and the countdown shows it.
// The log file has them all.
func (w *waiting) news(events []event.Event) []event.Event {
	var out []event.Event
	for _, e := range events {
		last := w.logged
		if e.Kind == event.Waiting && last.Kind == e.Kind && last.Step == e.Step && last.Status == e.Status && last.Subject == e.Subject {
			continue
		}
		w.logged = e
		out = append(out, e)
	}
	return out
}

// mark notes what the run waits for, and that it waits no more once something else happens.
func (w *waiting) mark(e event.Event, now time.Time) {
	switch e.Kind {
	case event.Waiting:
		w.what, w.on = e, e.Seconds > 0
		w.until = now.Add(time.Duration(e.Seconds * float64(time.Second)))
	case event.Item, event.StepEnded, event.RunEnded:
		w.on = false
	}
}

// tickMsg moves the countdown.
type tickMsg struct{}

// tick asks for the next second of a countdown, if one is on and nobody has asked yet.
func (v *View) tick() tea.Cmd {
	if !v.wait.on || v.wait.ticking || v.ended {
		return nil
	}
	v.wait.ticking = true
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return tickMsg{} })
}

// waitLine is the countdown in words.
func (v *View) waitLine() string {
	left := max(0, v.wait.until.Sub(v.d.Now()).Round(time.Second))
	return v.d.T("runview.countdown", "Duration", left, "What", v.d.Printer.WaitingFor(v.wait.what))
}
