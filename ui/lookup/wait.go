package lookup

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// Patience is how long something may go on in the background before the screen says so. What comes sooner would only flash.
const Patience = 200 * time.Millisecond

// Wait is how long something has been under way. The zero value has always been.
type Wait struct{ since time.Time }

// patientMsg has the screen drawn again once patience has an end.
type patientMsg struct{}

// Begin begins anew: now is the time. The command has the screen drawn again when it may have become slow.
func (w *Wait) Begin(now time.Time) tea.Cmd {
	w.since = now
	return tea.Tick(Patience, func(time.Time) tea.Msg { return patientMsg{} })
}

// Slow reports that it takes long enough to say so.
func (w *Wait) Slow(now time.Time) bool { return now.Sub(w.since) >= Patience }

// Waited is how long it takes so far, in whole seconds.
func (w *Wait) Waited(now time.Time) time.Duration { return now.Sub(w.since).Truncate(time.Second) }
