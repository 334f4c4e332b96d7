// Package keys is which keys do what, as data. The help overlay and the bottom line are made from the
// same tables that the screens match against, so they cannot disagree.
package keys

import (
	"slices"
	"unicode/utf8"

	"github.com/charmbracelet/bubbles/key"
	tea "github.com/charmbracelet/bubbletea"
)

// Binding is one or more keys that do one thing.
type Binding struct {
	Show string // the keys as printed: "enter", "↑/k"
	Help string // catalogue id of what they do
	Tiny string // catalogue id of the same in a word or two, for where room is short; "": Help will do
	Bar  bool   // in the bottom line too, not only in the help
	Off  string // catalogue id of why they do nothing now, "" when they work
	Move bool   // they move the cursor or edit text, and so are no action to choose from a list

	binding key.Binding
}

// New binds keys (as bubbletea names them: "enter", "ctrl+c", "g") to what the catalogue calls help.
func New(show, help string, keys ...string) Binding {
	return Binding{Show: show, Help: help, binding: key.NewBinding(key.WithKeys(keys...))}
}

// InBar returns the binding as one of those in the bottom line.
func (b Binding) InBar() Binding {
	b.Bar = true
	return b
}

// Moving returns the binding as one that moves the cursor or edits text.
func (b Binding) Moving() Binding {
	b.Move = true
	return b
}

// Named returns the binding with another help text, for where the key means something more exact.
func (b Binding) Named(help string) Binding {
	b.Help, b.Tiny = help, ""
	return b
}

// Briefly returns the binding with a shorter help text for a bottom line that is short of room.
func (b Binding) Briefly(help string) Binding {
	b.Tiny = help
	return b
}

// Because returns the binding switched off, with the catalogue id of the reason; "" switches it on.
func (b Binding) Because(why string) Binding {
	b.Off = why
	return b
}

// Matches reports whether msg is one of the binding's keys and the binding is on.
func (b Binding) Matches(msg tea.Msg) bool {
	k, ok := msg.(tea.KeyMsg)
	return ok && b.Off == "" && !k.Paste && key.Matches(k, b.binding)
}

// Typed reports that each of the binding's keys is a character, which is text while a text field has the focus.
func (b Binding) Typed() bool {
	return !slices.ContainsFunc(b.binding.Keys(), func(k string) bool { return utf8.RuneCountInString(k) > 1 })
}

// named is bubbletea's key types by their names.
var named = func() map[string]tea.KeyType {
	types := map[string]tea.KeyType{}
	for t := tea.KeyType(-128); t < 128; t++ {
		if name := t.String(); name != "" && t != tea.KeyRunes {
			types[name] = t
		}
	}
	return types
}()

// Press is the first of the binding's keys as if it were pressed.
func (b Binding) Press() tea.KeyMsg {
	name := b.binding.Keys()[0]
	if t, ok := named[name]; ok {
		return tea.KeyMsg{Type: t}
	}
	return tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune(name)}
}

// all is further than anything scrolls.
const all = 1 << 40

// Scroll is by how many rows a key or the wheel moves through a text or a list of which page rows are in view; ok is false for
// everything else. It may be further than there are rows.
func Scroll(msg tea.Msg, page int) (by int, ok bool) {
	const wheel = 3
	if mouse, is := msg.(tea.MouseMsg); is {
		switch mouse.Button {
		case tea.MouseButtonWheelUp:
			return -wheel, true
		case tea.MouseButtonWheelDown:
			return wheel, true
		}
		return 0, false
	}
	for _, m := range []struct {
		key Binding
		by  int
	}{{Up, -1}, {Down, 1}, {PageUp, 1 - max(2, page)}, {PageDown, max(2, page) - 1}, {Top, -all}, {Bottom, all}} {
		if m.key.Matches(msg) {
			return m.by, true
		}
	}
	return 0, false
}

// Group is bindings that belong together in the help.
type Group struct {
	Title    string // catalogue id
	Bindings []Binding
}

// Bar returns those of the groups' bindings that belong in the bottom line and work now.
func Bar(groups []Group) []Binding {
	var out []Binding
	for _, g := range groups {
		for _, b := range g.Bindings {
			if b.Bar && b.Off == "" {
				out = append(out, b)
			}
		}
	}
	return out
}
