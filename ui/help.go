package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// help is the overlay that lists all keys of a screen, made from the same tables the screen matches with.
type help struct {
	sheet
	groups []keys.Group
}

func newHelp(t *theme.Theme, p *locale.Printer, groups []keys.Group) *help {
	h := &help{groups: groups}
	h.sheet = newSheet(t, p, "help.title", 72, h.rows)
	return h
}

// Update scrolls; esc, ?, q and enter close.
func (h *help) Update(msg tea.Msg) (tea.Cmd, bool) {
	if keys.Back.Matches(msg) || keys.Help.Matches(msg) || keys.Quit.Matches(msg) || keys.Enter.Matches(msg) {
		return nil, true
	}
	return h.body.Update(msg), false
}

// Keys is what the keys do.
func (h *help) Keys() []keys.Group {
	return []keys.Group{{Title: keys.Text.Title, Bindings: []keys.Binding{keys.Up.InBar(), keys.Down.InBar(), keys.Back.Named("keys.close").InBar()}}}
}

// rows is the help for a width.
func (h *help) rows(w int) []string {
	show := 0
	for _, g := range h.groups {
		for _, b := range g.Bindings {
			show = max(show, text.Width(b.Show))
		}
	}
	var rows []string
	for i, g := range h.groups {
		if i > 0 {
			rows = append(rows, "")
		}
		rows = append(rows, h.theme.Style.Heading.Render(h.printer.T(g.Title)))
		for _, b := range g.Bindings {
			rows = append(rows, h.line(b, show, w)...)
		}
	}
	return rows
}

// line is one key, and why it does nothing now if so.
func (h *help) line(b keys.Binding, show, w int) []string {
	words := h.printer.T(b.Help)
	if b.Off != "" {
		words = h.theme.Symbol.Skipped + " " + words + ": " + h.printer.T(b.Off)
	}
	var rows []string
	for i, l := range text.Wrap(words, max(2, w-show-4)) {
		lead := text.Spaces(show + 4)
		if i == 0 {
			lead = "  " + h.theme.Style.Key.Render(text.Pad(b.Show, show)) + "  "
		}
		rows = append(rows, lead+h.theme.Style.KeyHelp.Render(l))
	}
	return rows
}
