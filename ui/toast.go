package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// toastTime is how long a short message stays.
const toastTime = 5 * time.Second

// toastRows is the most rows a message takes.
const toastRows = 6

// toast is the short message on the screen, if any.
type toast struct {
	words  string
	err    bool
	serial int
}

// toastDoneMsg says that a message has been shown long enough.
type toastDoneMsg struct{ serial int }

// say shows a short message. Errors stay until a key is pressed.
func (m *model) say(words string, isErr bool) tea.Cmd {
	words = text.Line(words)
	m.serial++
	m.said = append(m.said, said{at: m.deps.Now(), words: words, err: isErr})
	m.said = m.said[max(0, len(m.said)-remembered):]
	m.toast = toast{words: words, err: isErr, serial: m.serial}
	if isErr {
		return nil
	}
	done := toastDoneMsg{serial: m.serial}
	return tea.Tick(toastTime, func(time.Time) tea.Msg { return done })
}

func (t *toast) expire(msg toastDoneMsg) {
	if t.serial == msg.serial {
		*t = toast{}
	}
}

func (t *toast) dismissError() {
	if t.err {
		*t = toast{}
	}
}

// view is the message as a block of rows, "" when there is none.
func (m *model) toastView(w int) string {
	if m.toast.words == "" {
		return ""
	}
	sign, style := m.deps.Theme.Symbol.Bullet, m.deps.Theme.Style.Toast
	if m.toast.err {
		sign, style = m.deps.Theme.Symbol.Failed, m.deps.Theme.Style.ToastError
	}
	lines := text.Wrap(sign+" "+m.toast.words, max(2, w-4))
	lines = lines[:min(len(lines), toastRows)]
	for i, l := range lines {
		lines[i] = style.Render(" " + text.Pad(l, w-4) + " ")
	}
	return strings.Join(lines, "\n")
}

// onCopy puts text on the clipboard and says so.
func (m *model) onCopy(msg screen.CopyMsg) tea.Cmd {
	put := m.copy
	ok, failed := m.t("copy.done", "What", msg.What), m.t("copy.failed", "What", msg.What)
	return func() tea.Msg {
		if err := put(msg.Text); err != nil {
			return screen.ToastMsg{Text: failed + " " + err.Error(), Error: true}
		}
		return screen.ToastMsg{Text: ok}
	}
}
