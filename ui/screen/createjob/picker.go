package createjob

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// item is one of a list to pick from.
type item struct {
	label, note string
	msg         tea.Msg // goes to the screen when the item is picked
}

// picker is a list over the screen of which one item is picked; each says what it is.
type picker struct {
	d     *screen.Deps
	title string // id of its message
	items []item
	at    int
	top   int // first row in view
	rows  int // in view
}

var _ screen.Overlay = (*picker)(nil)

func newPicker(d *screen.Deps, title string, items []item) *picker {
	return &picker{d: d, title: title, items: items}
}

// Update moves in the list, picks an item or closes.
func (p *picker) Update(msg tea.Msg) (tea.Cmd, bool) {
	if keys.Back.Matches(msg) {
		return nil, true
	}
	if keys.Enter.Matches(msg) && p.at < len(p.items) {
		picked := p.items[p.at].msg
		return func() tea.Msg { return picked }, true
	}
	if by, ok := keys.Scroll(msg, max(2, p.rows/2)); ok {
		p.at = max(0, min(p.at+by, len(p.items)-1))
	}
	return nil, false
}

// View is the list, with the item under the cursor in view.
func (p *picker) View(w, h int) string {
	const widest = 96
	w = min(w, widest)
	iw, ih := panel.Inner(w, h)
	rows, from, to := p.lay(iw)
	ih = min(ih, len(rows))
	p.rows = ih
	if to > p.top+ih {
		p.top = to - ih
	}
	p.top = max(0, min(p.top, from, len(rows)-ih))
	f := panel.Frame{Title: p.d.T(p.title), Info: p.d.Theme.Style.Muted.Render(p.d.T("createjob.pick-keys")), Focused: true,
		Body: strings.Join(rows[p.top:min(len(rows), p.top+ih)], "\n")}
	return panel.Render(p.d.Theme, f, w, ih+2)
}

// lay lays all items out for w columns and says which rows the one under the cursor has.
func (p *picker) lay(w int) (rows []string, from, to int) {
	t := p.d.Theme
	for i, it := range p.items {
		lead, style := "  ", t.Style.Strong
		if i == p.at {
			lead, style, from = t.Symbol.Cursor+" ", t.Style.Cursor, len(rows)
		}
		for j, line := range chop(text.Line(it.label), max(2, w-2)) {
			if j > 0 {
				lead = "  "
			}
			rows = append(rows, lead+style.Render(line))
		}
		for _, line := range runview.Wrapped(text.Line(it.note), max(2, w-4), t.Style.Muted) {
			rows = append(rows, text.Spaces(4)+line)
		}
		if i == p.at {
			to = len(rows)
		}
	}
	return rows, from, to
}

// Keys is what the keys do.
func (p *picker) Keys() []keys.Group {
	return []keys.Group{{Title: "keys.group.list", Bindings: []keys.Binding{
		keys.Enter.Named("createjob.keys.pick").InBar(), keys.Up, keys.Down, keys.PageUp, keys.PageDown, keys.Top, keys.Bottom, keys.Back.InBar(),
	}}}
}
