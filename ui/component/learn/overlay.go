package learn

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// readable is how wide the lines of a lesson are at most: longer ones are hard to follow.
const readable = 84

// Overlay is a lesson over the screen; it is a screen.Overlay.
type Overlay struct {
	theme   *theme.Theme
	printer *locale.Printer
	reader  *Reader
}

// NewOverlay shows a lesson.
func NewOverlay(t *theme.Theme, p *locale.Printer, l Lesson, h Hooks) *Overlay {
	o := &Overlay{theme: t, printer: p, reader: NewReader(t, p, h)}
	o.reader.Show(l)
	return o
}

// Update scrolls and answers; what opened the lesson closes it again, and so do esc and q.
func (o *Overlay) Update(msg tea.Msg) (tea.Cmd, bool) {
	for _, k := range []keys.Binding{keys.Back, keys.Quit, keys.Lesson, keys.Panel} {
		if k.Matches(msg) {
			return o.reader.Seen(), true
		}
	}
	if keys.Enter.Matches(msg) {
		if o.reader.AtEnd() {
			return o.reader.WentOn(), true
		}
		msg = tea.KeyMsg{Type: tea.KeyPgDown}
	}
	cmd, _ := o.reader.Update(msg)
	return cmd, false
}

// Keys is what the keys do.
func (o *Overlay) Keys() []keys.Group {
	g := o.reader.Keys()
	g.Bindings = append([]keys.Binding{keys.Enter.Named("learn.keys.on").InBar()}, g.Bindings...)
	g.Bindings = append(g.Bindings, keys.Back.Named("keys.close").InBar())
	return []keys.Group{g}
}

// View is the lesson, at most w columns and h rows.
func (o *Overlay) View(w, h int) string {
	w = min(w, readable+4)
	iw, ih := panel.Inner(w, h)
	o.reader.SetSize(iw, max(0, ih-1))
	h = min(h, o.reader.body.Len()+3)
	_, ih = panel.Inner(w, h)
	o.reader.SetSize(iw, max(0, ih-1))
	hints := append(Hints(o.printer, o.reader), o.printer.T("learn.close"))
	foot := o.theme.Style.Key.Render(text.Cut(strings.Join(hints, " "+o.theme.Symbol.Dot+" "), iw))
	f := panel.Frame{
		Title: Title(o.printer, o.reader.Lesson()), Info: o.theme.Style.Muted.Render(o.reader.Position()),
		Body: text.Below(o.reader.View(), text.Pad(foot, iw)), Focused: true,
	}
	return panel.Render(o.theme, f, w, h)
}

// Hints are what can be done with a lesson just now, the likeliest first.
func Hints(p *locale.Printer, r *Reader) []string {
	var hints []string
	if !r.AtEnd() {
		hints = append(hints, p.T("learn.further"))
	}
	if n := len(r.Lesson().Answers); n > 0 && !r.Solved() {
		hints = append(hints, p.T("learn.answer", "Keys", answerKey(n).Show))
	}
	return hints
}
