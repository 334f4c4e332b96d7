// Package finder is a list of things to do of which a few typed letters choose one: the palette's list.
package finder

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/input"
	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Item is something to choose.
type Item struct {
	Words  string // what it is, in the user's language
	Group  string // what it belongs to
	Key    string // the key that does the same, "" if there is none
	Off    string // why it cannot be chosen now, "" when it can
	Search string // more words that find it, each of them as good: an id, the same in another language, how it is read
}

// Model is the list and the letters typed. The zero value is not usable; call New.
type Model struct {
	theme   *theme.Theme
	printer *locale.Printer
	items   []Item
	texts   [][][]rune // what is searched of each item, folded

	line   *input.Line
	shown  []int // indexes of the items that match, best first
	cursor int   // in shown
	top    int   // first row of shown in view
	rows   int   // of shown that are in view
}

// filterLimit is more than anybody types to find something.
const filterLimit = 64

// The filter takes letters, so that only these move in the list.
var (
	up       = keys.New("↑", "keys.up", "up", "ctrl+p").Moving()
	down     = keys.New("↓", "keys.down", "down", "ctrl+n").Moving()
	pageUp   = keys.New("pgup", "keys.page-up", "pgup").Moving()
	pageDown = keys.New("pgdn", "keys.page-down", "pgdown").Moving()
)

// New makes a list of items, all shown in their order.
func New(t *theme.Theme, p *locale.Printer, items []Item) *Model {
	m := &Model{theme: t, printer: p, items: items, line: input.New(filterLimit), rows: 1}
	for _, it := range items {
		m.texts = append(m.texts, [][]rune{[]rune(fold(it.Words)), []rune(fold(it.Search)), []rune(fold(it.Group))})
	}
	m.find()
	return m
}

// Update types into the filter and moves in the list. What matches is known when it returns, so that enter never takes something else.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	if mouse, is := msg.(tea.MouseMsg); is {
		by, _ := keys.Scroll(mouse, m.rows)
		m.move(by)
		return nil
	}
	switch {
	case up.Matches(msg):
		m.move(-1)
	case down.Matches(msg):
		m.move(1)
	case pageUp.Matches(msg):
		m.move(1 - max(2, m.rows))
	case pageDown.Matches(msg):
		m.move(max(2, m.rows) - 1)
	default:
		cmd, changed := m.line.Update(msg)
		if changed {
			m.find()
		}
		return cmd
	}
	return nil
}

// Chosen is the item that the cursor is on; ok is false when nothing matches.
func (m *Model) Chosen() (i int, ok bool) {
	if len(m.shown) == 0 {
		return 0, false
	}
	return m.shown[m.cursor], true
}

// Keys is what the keys do.
func (m *Model) Keys() []keys.Binding { return []keys.Binding{up, down, pageUp, pageDown} }

// Position is how many items match, and of how many.
func (m *Model) Position() string {
	return m.printer.T("table.shown", "Shown", len(m.shown), "Total", len(m.items))
}

func (m *Model) move(by int) {
	m.cursor = max(0, min(m.cursor+by, len(m.shown)-1))
}

// find brings what is shown up to date with what was typed.
func (m *Model) find() {
	m.shown, m.cursor, m.top = m.shown[:0], 0, 0
	words := strings.Fields(fold(m.line.Value()))
	scores := make([]int, len(m.items))
	for i := range m.items {
		s, ok := score(words, m.texts[i])
		if scores[i] = s; ok {
			m.shown = append(m.shown, i)
		}
	}
	slices.SortStableFunc(m.shown, func(a, b int) int { return scores[b] - scores[a] })
}

// least is the rows that the list keeps, at least, below the filter.
const (
	headRows = 2 // the filter, and a blank row
	least    = 3
)

// Rows is how many rows View would use, if it had them.
func (m *Model) Rows() int { return headRows + len(m.items) + 2 }

// View is exactly w columns and h rows: what was typed, what matches, and why the item that the cursor is on cannot be chosen, if so.
func (m *Model) View(w, h int) string {
	rows := []string{m.theme.Symbol.Cursor + " " + m.line.View(m.theme, w-2, true), ""}
	why := m.reason(w)
	if len(why) > h-headRows-least {
		why = nil
	}
	m.rows = max(1, h-headRows-len(why))
	m.top = max(0, min(max(m.top, m.cursor-m.rows+1), m.cursor, len(m.shown)-m.rows))
	if len(m.shown) == 0 {
		rows = append(rows, m.theme.Style.Muted.Render(text.Cut(m.printer.T("palette.nothing"), w)))
	}
	key := m.keyWidth()
	for i := m.top; i < min(m.top+m.rows, len(m.shown)); i++ {
		rows = append(rows, m.row(i, w, key))
	}
	for len(rows) < h-len(why) {
		rows = append(rows, "")
	}
	return text.Block(append(rows, why...), w, h)
}

// reason is why the chosen item is off, below a blank row.
func (m *Model) reason(w int) []string {
	i, ok := m.Chosen()
	if !ok || m.items[i].Off == "" {
		return nil
	}
	rows := []string{""}
	for _, l := range text.Wrap(m.theme.Symbol.Skipped+" "+m.items[i].Off, w) {
		rows = append(rows, m.theme.Style.Warning.Render(l))
	}
	return rows
}

func (m *Model) keyWidth() int {
	w := 0
	for _, it := range m.items {
		w = max(w, text.Width(it.Key))
	}
	return w
}

// row is an item: what it is, what it belongs to and its key.
func (m *Model) row(at, w, key int) string {
	it, t := m.items[m.shown[at]], m.theme
	mark, words := "  ", it.Words
	if at == m.cursor {
		mark = t.Symbol.Cursor + " "
	}
	style := t.Style.Value
	if it.Off != "" {
		words, style = t.Symbol.Skipped+" "+words, t.Style.Muted
	}
	if at == m.cursor {
		style = t.Style.Cursor
	}
	const gap = 2
	room := w - text.Width(mark) - key - gap
	group := it.Group
	if text.Width(words)+gap+text.Width(group) > room {
		group = text.Cut(group, max(0, room-gap-text.Width(words)))
		if text.Width(group) < 4 { // less tells nothing
			group = ""
		}
	}
	left := style.Render(text.Cut(words, room))
	return mark + text.Edges(left, t.Style.Muted.Render(group), room) + text.Spaces(gap) + t.Style.Key.Render(text.PadLeft(it.Key, key))
}
