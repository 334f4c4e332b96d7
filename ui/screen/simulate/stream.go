package simulate

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"
)

// A new plan runs in line by line, as a device after the other is thought of: an audience sees that each has its own outcome. However many
// there are, it takes a second.
const (
	streamFrame  = 33 * time.Millisecond
	streamFrames = 30
)

// streamMsg brings the next lines of a plan into view. gen tells an old plan's from the new one's.
type streamMsg struct{ gen int }

// stream begins to run the lines in.
func (l *lines) stream() tea.Cmd {
	l.gen++
	l.streaming, l.came = true, 0
	return l.more()
}

func (l *lines) more() tea.Cmd {
	msg := streamMsg{l.gen}
	return tea.Tick(streamFrame, func(time.Time) tea.Msg { return msg })
}

// streamed takes the next lines in; the last of them is in view.
func (l *lines) streamed(msg streamMsg) tea.Cmd {
	if msg.gen != l.gen || !l.streaming {
		return nil
	}
	all := len(l.plan.Devices)
	l.came = min(all, l.came+max(1, all/streamFrames))
	l.streaming = l.came < all
	l.scroll(all)
	if !l.streaming {
		return nil
	}
	return l.more()
}

// settle ends the running in: all lines are there, from the first one on.
func (l *lines) settle() {
	if l.streaming {
		l.streaming, l.top = false, 0
	}
}
