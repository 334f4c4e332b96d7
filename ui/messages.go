package ui

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// remembered is how many messages are kept to be read again.
const remembered = 200

// said is a message that was shown.
type said struct {
	at    time.Time
	words string
	err   bool
}

// messages is the overlay that shows the messages again, latest first.
type messages struct {
	sheet
	said []said // oldest first
}

func newMessages(t *theme.Theme, p *locale.Printer, list []said) *messages {
	o := &messages{said: list}
	o.sheet = newSheet(t, p, "messages.title", 84, o.rows)
	return o
}

// openMessages shows the messages again.
func (m *model) openMessages() tea.Cmd {
	m.overlays = append(m.overlays, overlay{Overlay: newMessages(m.deps.Theme, m.deps.Printer, m.said)})
	return nil
}

// Update scrolls; y copies all, esc, q and enter close.
func (o *messages) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch {
	case keys.Back.Matches(msg), keys.Quit.Matches(msg), keys.Enter.Matches(msg):
		return nil, true
	case keyCopyAll.Matches(msg):
		return screen.Copy(o.text(), o.printer.T("messages.what")), false
	}
	return o.body.Update(msg), false
}

var keyCopyAll = keys.New("y", "messages.keys.copy", "y").InBar()

// Keys is what the keys do.
func (o *messages) Keys() []keys.Group {
	list := []keys.Binding{keys.Up.InBar(), keys.Down.InBar(), keyCopyAll, keys.Back.Named("keys.close").InBar()}
	return []keys.Group{{Title: keys.Text.Title, Bindings: list}}
}

// rows is the messages for a width.
func (o *messages) rows(w int) []string {
	var rows []string
	for i := len(o.said) - 1; i >= 0; i-- {
		s := o.said[i]
		sign, style := o.theme.Symbol.Bullet, o.theme.Style.Value
		if s.err {
			sign, style = o.theme.Symbol.Failed, o.theme.Style.Failed
		}
		lead := o.theme.Style.Muted.Render(s.at.Format(time.TimeOnly)) + " " + style.Render(sign) + " "
		for _, l := range text.Wrap(s.words, max(2, w-text.Width(lead))) {
			rows = append(rows, lead+style.Render(l))
			lead = text.Spaces(text.Width(lead))
		}
	}
	return rows
}

// text is the messages as plain text, oldest first.
func (o *messages) text() string {
	var out strings.Builder
	for _, s := range o.said {
		out.WriteString(s.at.Format(time.DateTime) + " " + s.words + "\n")
	}
	return out.String()
}
