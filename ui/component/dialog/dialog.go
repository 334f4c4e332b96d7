// Package dialog asks before something is done.
package dialog

import (
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/input"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Settle is how long a dialog that opened by itself ignores keys, so that what was typed for something
// else does not answer it.
const Settle = 400 * time.Millisecond

// wordLimit is more than any word to be typed needs.
const wordLimit = 64

// Question is what a dialog asks.
type Question struct {
	Title  string
	Body   string  // may be several paragraphs
	Yes    tea.Cmd // what happens on yes
	No     tea.Cmd // what happens on no or esc; nil: nothing
	Word   string  // to be typed to say yes, such as DELETE; "": yes and no as buttons, No chosen first
	Danger bool    // cannot be undone
	Sudden bool    // opens by itself: ignores keys for a moment
}

// Dialog is a question over the screen; it is a screen.Overlay.
type Dialog struct {
	theme   *theme.Theme
	printer *locale.Printer
	q       Question
	yes     bool // the Yes button is chosen
	input   *input.Line
	wrong   bool // a wrong word was entered
	since   time.Time
	now     func() time.Time
}

// New makes a dialog.
func New(t *theme.Theme, p *locale.Printer, q Question) *Dialog {
	d := &Dialog{theme: t, printer: p, q: q, now: time.Now, input: input.New(wordLimit)}
	d.since = d.now()
	return d
}

// Update answers the question; done closes the dialog.
func (d *Dialog) Update(msg tea.Msg) (cmd tea.Cmd, done bool) {
	k, ok := msg.(tea.KeyMsg)
	if !ok || d.q.Sudden && d.now().Sub(d.since) < Settle {
		return nil, false
	}
	if keys.Back.Matches(k) {
		return d.q.No, true
	}
	if d.q.Word != "" {
		return d.typeWord(k)
	}
	return d.choose(k)
}

func (d *Dialog) choose(k tea.KeyMsg) (tea.Cmd, bool) {
	switch {
	case keys.Yes.Matches(k):
		return d.q.Yes, true
	case keys.No.Matches(k):
		return d.q.No, true
	case keys.Left.Matches(k), keys.Right.Matches(k), keys.Next.Matches(k), keys.Prev.Matches(k):
		d.yes = !d.yes
	case keys.Enter.Matches(k):
		if d.yes {
			return d.q.Yes, true
		}
		return d.q.No, true
	}
	return nil, false
}

func (d *Dialog) typeWord(k tea.KeyMsg) (tea.Cmd, bool) {
	if keys.Enter.Matches(k) {
		if strings.TrimSpace(d.input.Value()) == d.q.Word {
			return d.q.Yes, true
		}
		d.wrong = true
		return nil, false
	}
	d.wrong = false
	cmd, _ := d.input.Update(k)
	return cmd, false
}

// Keys is what the keys do.
func (d *Dialog) Keys() []keys.Group {
	g := keys.Group{Title: "keys.group.dialog", Bindings: []keys.Binding{keys.Enter.Named("keys.accept").InBar()}}
	if d.q.Word == "" {
		g.Bindings = append(g.Bindings, keys.Yes.InBar(), keys.No.InBar())
	}
	g.Bindings = append(g.Bindings, keys.Back.Named("keys.cancel").InBar())
	return []keys.Group{g}
}

// View is the dialog, at most w columns and h rows.
func (d *Dialog) View(w, h int) string {
	bw := min(w, 64)
	iw, _ := panel.Inner(bw, 3)
	rows := text.Wrap(text.Clean(d.q.Body, false), iw)
	answer := d.buttons(iw)
	if d.q.Word != "" {
		answer = d.field(iw)
	}
	if most := h - 2 - len(answer) - 1; len(rows) > most && most > 0 {
		rows = rows[:most]
		rows[most-1] = text.Cut(rows[most-1], iw-1) + text.Ellipsis
	}
	rows = append(append(rows, ""), answer...)
	f := panel.Frame{Title: d.q.Title, Body: strings.Join(rows, "\n"), Focused: true, Danger: d.q.Danger}
	return panel.Render(d.theme, f, bw, min(h, len(rows)+2))
}

func (d *Dialog) buttons(w int) []string {
	yes, no := "  "+d.printer.T("dialog.yes")+"  ", "  "+d.printer.T("dialog.no")+"  "
	mark := func(s string, chosen bool) string {
		if !chosen {
			return "  " + s
		}
		return d.theme.Symbol.Cursor + " " + d.theme.Style.Cursor.Render(s)
	}
	return []string{text.Pad(mark(no, !d.yes)+"  "+mark(yes, d.yes), w)}
}

func (d *Dialog) field(w int) []string {
	ask := d.printer.T("dialog.type-word", "Word", d.q.Word)
	rows := text.Wrap(ask, w)
	rows = append(rows, d.theme.Symbol.Cursor+" "+d.input.View(d.theme, w-2, true))
	note := ""
	if d.wrong {
		note = d.theme.Style.Error.Render(d.theme.Symbol.Failed + " " + d.printer.T("dialog.wrong-word", "Word", d.q.Word))
	}
	return append(rows, note)
}
