// Package input is one line of text being typed: the editing is bubbles' text input, the drawing ours, so
// that it is exactly as wide as asked for and Japanese lines up.
package input

import (
	"github.com/charmbracelet/bubbles/cursor"
	"github.com/charmbracelet/bubbles/textinput"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Limit is how many characters a line holds when nothing else is said: a list of all country codes fits.
const Limit = 4096

// Line is a line of text. The zero value is not usable; call New.
type Line struct {
	edit        textinput.Model
	Placeholder string // shown while the line is empty and not focused
}

// New makes an empty line of at most limit characters, Limit if 0.
func New(limit int) *Line {
	if limit <= 0 {
		limit = Limit
	}
	l := &Line{edit: textinput.New()}
	l.edit.Prompt, l.edit.CharLimit = "", limit
	l.edit.Cursor.SetMode(cursor.CursorHide)
	l.edit.Focus()
	return l
}

// Value is what was typed.
func (l *Line) Value() string { return l.edit.Value() }

// Set replaces what was typed and puts the cursor at its end.
func (l *Line) Set(s string) {
	l.edit.SetValue(s)
	l.edit.CursorEnd()
}

// Update types, deletes or moves the cursor; it reports whether the text has changed.
func (l *Line) Update(msg tea.Msg) (cmd tea.Cmd, changed bool) {
	before := l.edit.Value()
	l.edit, cmd = l.edit.Update(msg)
	return cmd, l.edit.Value() != before
}

// caret marks where the next character goes, also where styles are not shown.
const caret = "_"

// Filter is Update for a filter that is being typed: enter keeps it and ends typing, and changed is called when its text has changed.
func (l *Line) Filter(k tea.KeyMsg, typing *bool, changed func()) tea.Cmd {
	if keys.Enter.Matches(k) {
		*typing = false
		return nil
	}
	cmd, other := l.Update(k)
	if other {
		changed()
	}
	return cmd
}

// View is exactly w columns. With the focus the part around the cursor is in view.
func (l *Line) View(t *theme.Theme, w int, focused bool) string {
	value := text.Line(l.edit.Value())
	if !focused {
		if value == "" {
			return text.Pad(t.Style.Placeholder.Render(text.Cut(l.Placeholder, w)), w)
		}
		return text.Pad(t.Style.Value.Render(text.Cut(value, w)), w)
	}
	runes := []rune(value)
	pos := min(l.edit.Position(), len(runes))
	left, at, right := string(runes[:pos]), caret, ""
	if pos < len(runes) {
		at, right = string(runes[pos]), string(runes[pos+1:])
	}
	left = text.CutLeft(left, w-text.Width(at))
	right = text.Cut(right, w-text.Width(left)-text.Width(at))
	return text.Pad(t.Style.Value.Render(left)+t.Style.Cursor.Render(at)+t.Style.Value.Render(right), w)
}
