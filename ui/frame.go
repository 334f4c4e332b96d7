package ui

import (
	"slices"
	"strings"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// The smallest terminal that everything can be done in.
const (
	minWidth  = 60
	minHeight = 15
)

func (m *model) tooSmall() bool { return m.w < minWidth || m.h < minHeight }

// View draws the program: exactly as many rows and columns as the terminal has. What comes from lessons, catalogues and services is
// ASCII here as well, where the theme is.
func (m *model) View() string {
	if m.deps.Theme.ASCII {
		return text.ASCII(m.draw())
	}
	return m.draw()
}

func (m *model) draw() string {
	top := m.top()
	switch {
	case m.w <= 0 || m.h <= 0:
		return ""
	case m.tooSmall():
		return m.smallView()
	case m.connecting != nil:
		return m.connectView()
	case top == nil:
		return ""
	}
	body := top.screen.View()
	if _, bare := top.screen.(screen.Unframed); !bare {
		body = panel.Render(m.deps.Theme, panel.Frame{Body: body}, m.w, m.h-2)
	}
	body = m.overlayView(body)
	return m.topLine() + "\n" + body + "\n" + m.bottomLine(top)
}

func (m *model) smallView() string {
	words := m.t("small", "Width", m.w, "Height", m.h, "MinWidth", minWidth, "MinHeight", minHeight)
	var rows []string
	for _, l := range text.Wrap(words, max(2, m.w)) {
		rows = append(rows, text.Center(l, m.w))
	}
	blank := make([]string, max(0, (m.h-len(rows))/2))
	return text.Block(append(blank, rows...), m.w, m.h)
}

// overlayView puts the overlay on top, and a message if there is one, over the screen.
func (m *model) overlayView(body string) string {
	h := m.h - 2
	if n := len(m.overlays); n > 0 {
		block := m.overlays[n-1].View(m.w-4, h-2)
		rows := strings.Split(block, "\n")
		body = text.Overlay(body, block, max(0, (m.w-text.Width(rows[0]))/2), max(0, (h-len(rows))/2))
	}
	if t := m.toastView(m.w); t != "" {
		body = text.Overlay(body, t, 1, h-strings.Count(t, "\n")-2)
	}
	return body
}

// topLine says where the user is and which cloud answers.
func (m *model) topLine() string {
	crumbs := []string{"fleetlab"}
	for i, e := range m.stack {
		if i > 0 {
			crumbs = append(crumbs, text.Line(e.screen.Title()))
		}
	}
	sep := " " + m.deps.Theme.Symbol.Crumb + " "
	right := m.rightWords(m.w - text.Width(strings.Join(crumbs, sep)) - 1)
	room := m.w - text.Width(right) - 1
	last := len(crumbs) - 1
	name := crumbs[last]
	path := crumbPath(crumbs[:last], sep, max(0, room-text.Width(name)))
	left := m.deps.Theme.Style.Crumb.Render(path) + m.deps.Theme.Style.Title.Render(text.Cut(name, max(1, room-text.Width(path))))
	return text.Edges(left, right, m.w)
}

// crumbPath is the way to a screen in at most w columns. Where they do not suffice, places between the first and the last make room, the oldest
// first.
func crumbPath(way []string, sep string, w int) string {
	if len(way) == 0 {
		return ""
	}
	for left := range len(way) {
		shown := way
		if left > 0 {
			shown = slices.Concat(way[:1], []string{text.Ellipsis}, way[left+1:])
		}
		if path := strings.Join(shown, sep) + sep; text.Width(path) <= w {
			return path
		}
	}
	return text.CutLeft(strings.Join(way, sep)+sep, w)
}

// rightWords is what the end of the top line says: as much as fits in w columns, and which cloud it is in any case.
func (m *model) rightWords(w int) string {
	c, debug := m.deps.Cloud, m.debugWords()
	if c == nil {
		t := m.deps.Theme
		return debug + t.Style.Warning.Render(t.Symbol.Pending+" "+m.t("frame.cloud.none"))
	}
	choices := [][]string{{c.Region, c.Account}, {c.Region}, {}}
	if c.Kind != cloud.Sandbox {
		choices = [][]string{{c.Region, c.Account}, {c.Account}} // whose things are changed is always told
	}
	words := ""
	for _, facts := range choices {
		if words = debug + m.cloudWords(c, facts); text.Width(words) <= w {
			break
		}
	}
	return words
}

// cloudWords tells a real account from the sandbox by sign, word and colour.
func (m *model) cloudWords(c *cloud.Cloud, list []string) string {
	t, facts := m.deps.Theme, ""
	for _, f := range list {
		facts += " " + t.Symbol.Dot + " " + f
	}
	switch c.Kind {
	case cloud.Sandbox:
		return t.Style.Sandbox.Render(t.Symbol.Sandbox+" "+m.t("frame.cloud.sandbox")) + t.Style.Muted.Render(facts)
	case cloud.Endpoint:
		return t.Style.Warning.Render(t.Symbol.RealAccount + " " + m.t("frame.cloud.endpoint") + facts)
	}
	return t.Style.RealAccount.Render(" " + t.Symbol.RealAccount + " " + m.t("frame.cloud.aws") + facts + " ")
}

// bottomLine is the work that goes on and the keys of the screen.
func (m *model) bottomLine(top *entry) string {
	list := m.barKeys(top)
	left, own := m.workWords(top)
	const gap = 2
	if own && text.Width(left)+gap+text.Width(m.keyLine(list, len(list))) > m.w {
		left = "" // the screen says it as well, and only this row says the keys
	}
	if left == "" {
		return text.Edges("", m.keyWords(list, m.w), m.w)
	}
	// Work gets at most half of the row, what is in its way two thirds, and what the keys leave over.
	share := m.w / 2
	if m.heldWords() != "" {
		share = m.w * 2 / 3
	}
	left = text.Cut(left, max(share, m.w-text.Width(m.keyWords(list, m.w))-gap))
	return text.Edges(left, m.keyWords(list, m.w-text.Width(left)-gap), m.w)
}

// workWords is what runs, above all behind other screens: the screen on top shows its own work itself, so that its progress will do
// here, and nothing at all while it waits for its reader or only looks. mine is that it is the work of the screen on top.
func (m *model) workWords(top *entry) (words string, mine bool) {
	var own, other []*run.Run
	for _, r := range m.reg.Running() {
		if r.Owner == top.id {
			own = append(own, r)
		} else {
			other = append(other, r)
		}
	}
	if held := m.heldWords(); held != "" {
		return held, false
	}
	switch {
	case len(other) > 0:
		words = m.workLine(other[0])
	case len(own) > 0:
		words = m.progressLine(own[0])
	}
	if words == "" {
		return "", false
	}
	words = m.deps.Theme.Symbol.Running + " " + words
	if more := len(other) - 1; more > 0 {
		words += " " + m.t("work.more", "Count", more)
	}
	return m.deps.Theme.Style.Running.Render(words), len(other) == 0
}

// progressLine is how far a run is, "" when that cannot be told or it waits.
func (m *model) progressLine(r *run.Run) string {
	p := r.Progress()
	if _, _, waits := r.Gate.Waiting(); waits || r.Looks || p.Total == 0 {
		return ""
	}
	return progress.Line(m.deps.Theme, m.deps.Printer, progress.State{Done: p.Done, Total: p.Total, Rate: p.Rate, Left: p.Left})
}

// barKeys is what the bottom line shows, the most general last.
func (m *model) barKeys(top *entry) []keys.Binding {
	if n := len(m.overlays); n > 0 {
		return keys.Bar(m.overlays[n-1].Keys())
	}
	list := keys.Bar(top.screen.Keys())
	if _, held := m.held(); held {
		list = append([]keys.Binding{keys.Again}, list...)
	}
	if len(m.stack) > 1 {
		list = append(list, keys.Back)
	}
	if top.screen.Capturing() {
		return typingKeys(top, list)
	}
	list = append(list, keys.Help)
	if len(m.stack) == 1 {
		list = append(list, keys.Quit.Named("keys.leave"))
	}
	return list
}

// typingKeys is what is left of the keys while characters are text, and the way to all that they would do.
func typingKeys(top *entry, list []keys.Binding) []keys.Binding {
	list = slices.DeleteFunc(list, keys.Binding.Typed)
	if lessonHere(top) != "" {
		list = slices.Insert(list, max(0, len(list)-1), keys.Lesson.Named(keys.Lesson.Tiny))
	}
	return append(list, keys.Typing)
}

// keyWords is keys with what they do, in a row of at most w columns. When not all fit, the last ones are told more briefly first, and
// then the last of the screen's own go: help and back always stay.
func (m *model) keyWords(list []keys.Binding, w int) string {
	const general = 2 // help and back, or what stands for them, at the end
	list = slices.Clone(list)
	brief := len(list)
	for {
		line := m.keyLine(list, brief)
		switch {
		case text.Width(line) <= w || len(list) <= 1:
			return text.Cut(line, w)
		case brief > 0:
			brief--
		default:
			drop := max(0, len(list)-general-1)
			list = slices.Delete(list, drop, drop+1)
		}
	}
}

// keyLine is keys with what they do, those from a place on in as few words as possible.
func (m *model) keyLine(list []keys.Binding, brief int) string {
	parts := make([]string, len(list))
	for i, b := range list {
		help := b.Help
		if i >= brief && b.Tiny != "" {
			help = b.Tiny
		}
		parts[i] = m.deps.Theme.Style.Key.Render(b.Show) + " " + m.deps.Theme.Style.KeyHelp.Render(m.t(help))
	}
	return strings.Join(parts, " "+m.deps.Theme.Symbol.Dot+" ")
}
