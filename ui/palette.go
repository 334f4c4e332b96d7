package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/finder"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// action is something that the palette offers.
type action struct {
	finder.Item
	do func() tea.Cmd
}

// chosenMsg does what was chosen in the palette, once that is gone.
type chosenMsg struct{ do func() tea.Cmd }

// palette is the overlay that lists every screen and every action that works now.
type palette struct {
	theme   *theme.Theme
	printer *locale.Printer
	actions []action
	list    *finder.Model
}

func newPalette(t *theme.Theme, p *locale.Printer, actions []action) *palette {
	items := make([]finder.Item, len(actions))
	for i, a := range actions {
		items[i] = a.Item
	}
	return &palette{theme: t, printer: p, actions: actions, list: finder.New(t, p, items)}
}

// Update types into the filter; enter does what was chosen unless there is a reason against it, esc and the palette's own key close.
func (o *palette) Update(msg tea.Msg) (tea.Cmd, bool) {
	switch {
	case keys.Back.Matches(msg), opensPalette(msg):
		return nil, true
	case keys.Enter.Matches(msg):
		i, ok := o.list.Chosen()
		if !ok || o.actions[i].Off != "" {
			return nil, false
		}
		do := o.actions[i].do
		return func() tea.Msg { return chosenMsg{do} }, true
	}
	return o.list.Update(msg), false
}

// Keys is what the keys do.
func (o *palette) Keys() []keys.Group {
	list := append(o.list.Keys(), keys.Enter.Named("palette.keys.do").InBar(), keys.Back.Named("keys.close").InBar())
	return []keys.Group{{Title: "palette.title", Bindings: list}}
}

// View is the overlay, at most w columns and h rows.
func (o *palette) View(w, h int) string {
	const widest, highest = 84, 30
	w, h = min(w, widest), min(h, highest, o.list.Rows()+2)
	iw, ih := panel.Inner(w, h)
	body := o.list.View(iw, ih)
	f := panel.Frame{Title: o.printer.T("palette.title"), Info: o.theme.Style.Muted.Render(o.list.Position()), Body: body, Focused: true}
	return panel.Render(o.theme, f, w, h)
}

// opensPalette reports that a key opens the palette also where letters are text.
func opensPalette(msg tea.Msg) bool {
	k, ok := msg.(tea.KeyMsg)
	return ok && k.Type != tea.KeyRunes && keys.Palette.Matches(k)
}

// openPalette puts the palette over the screen, or takes it away. A question stays until it is answered.
func (m *model) openPalette() tea.Cmd {
	if n := len(m.overlays); n > 0 {
		switch m.overlays[n-1].Overlay.(type) {
		case *palette:
			m.overlays = m.overlays[:n-1]
			return nil
		case leaving, *dialog.Dialog:
			return m.say(m.t("palette.question"), false)
		}
		m.overlays = m.overlays[:n-1]
	}
	m.readEnglish()
	m.overlays = append(m.overlays, overlay{Overlay: newPalette(m.deps.Theme, m.deps.Printer, m.actions())})
	return nil
}

// readEnglish loads the words by which actions are found in other languages as well.
func (m *model) readEnglish() {
	if english := locale.Languages[0]; m.english == nil && m.deps.Printer.Lang() != english {
		m.english, _ = locale.New(english) // embedded, and tested to load
	}
}

// actions is all that can be done from here: on this screen, then the screens, then what works everywhere. Each is there once.
func (m *model) actions() []action {
	var out []action
	seen := map[string]bool{}
	for _, a := range slices.Concat(m.screenActions(), m.doors(), m.globalActions()) {
		if id := a.Words + "\x00" + a.Key; !seen[id] {
			seen[id] = true
			out = append(out, a)
		}
	}
	return out
}

// screenActions are the keys of the screen on top: the action is the key.
func (m *model) screenActions() []action {
	var out []action
	top := m.top()
	for _, g := range top.screen.Keys() {
		for _, b := range g.Bindings {
			if b.Move {
				continue
			}
			press := b.Press()
			out = append(out, m.action(b, g.Title, func() tea.Cmd { return m.tag(top, top.screen.Update(press)) }))
		}
	}
	return out
}

// action is a key as the palette offers it.
func (m *model) action(b keys.Binding, group string, do func() tea.Cmd) action {
	it := finder.Item{Words: m.t(b.Help), Group: m.t(group), Key: b.Show, Search: m.also(b.Help)}
	if b.Off != "" {
		it.Off = m.t(b.Off)
	}
	return action{it, do}
}

// also is what finds a message besides its own words: its id, the same in English, and what the catalogue adds, which in Japanese is how
// it is read.
func (m *model) also(id string) string {
	words := id
	if m.english != nil {
		words += " " + m.english.T(id)
	}
	if more := "palette.find." + id; m.deps.Printer.Has(more) {
		words += " " + m.t(more)
	}
	return words
}
