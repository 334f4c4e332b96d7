// Package editor is a text of several lines being typed: a job document. The text is one string and the cursor a
// place in it; lines are found anew after each change, which takes microseconds for the size a document may have.
package editor

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/theme"
)

// Limit is the most bytes a job document may have (AWS IoT quotas, "Job document size").
const Limit = 32768

// Model is a text editor.
type Model struct {
	// Check says why the text cannot be used and where: line and column count from 1, in characters; a line of 0 means no
	// place in particular. nil: any text is right. It is called after every change.
	Check func(text string) (line, col int, err error)
	// OnChange is called after the text has changed, by a key, a paste or undo. Set does not call it.
	OnChange func()
	// Placeholder is what stands there while the text is empty.
	Placeholder string
	// Limit is how many bytes the text should have at most; more are kept and told. 0: no counter is shown.
	Limit int

	theme   *theme.Theme
	printer *locale.Printer
	doc     doc
	w, h    int
	blurred bool
}

// New makes an empty editor that has the focus.
func New(t *theme.Theme, p *locale.Printer) *Model {
	return &Model{theme: t, printer: p, Limit: Limit}
}

// Value is the text.
func (m *Model) Value() string { return m.doc.text }

// Set replaces the text and puts the cursor at its beginning. It can be undone.
func (m *Model) Set(s string) {}

// Err is why the text cannot be used, and where, as Check said; nil when it can.
func (m *Model) Err() (line, col int, err error) { return 0, 0, nil }

// Goto puts the cursor on a line and a column, both counted from 1.
func (m *Model) Goto(line, col int) {}

// SetSize sets the size that View draws. The text and the cursor stay.
func (m *Model) SetSize(w, h int) { m.w, m.h = w, h }

// Blur tells the editor that something else on the screen has the focus, or that it has it again.
func (m *Model) Blur(away bool) { m.blurred = away }

// Capturing reports that letters are text.
func (m *Model) Capturing() bool { return !m.blurred }

// Keys is what the keys do.
func (m *Model) Keys() keys.Group { return keys.Group{} }

// Update types, deletes, moves the cursor or undoes. Tab, shift+tab and esc it leaves to the screen, so that nobody is
// caught in it.
func (m *Model) Update(msg tea.Msg) tea.Cmd { return nil }

// View is exactly the size that SetSize said: the text with line numbers, and a row that says what is wrong and where, or else
// where the cursor is, and how long the text is.
func (m *Model) View() string { return "" }

// At is the line and column of a byte of text, both counted from 1, the column in characters: what Check needs to tell
// where encoding/json found a mistake.
func At(text string, offset int) (line, col int) { return 1, 1 }
