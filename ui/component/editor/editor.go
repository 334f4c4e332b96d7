// Package editor is a text of several lines being typed: a job document. The text is one string and the cursor a
// place in it; lines are found anew after each change, which takes microseconds for the size a document may have.
// It is our own and not bubbles' text area, because that measures with a library whose widths change with the locale
// (go-runewidth counts arrows and lines as two columns under ja_JP), and so its rows are not exact.
package editor

import (
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// Limit is the most bytes a job document may have (AWS IoT quotas, "Job document size").
const Limit = 32768

// Model is a text editor. Call New.
type Model struct {
	// Check says why the text cannot be used and where: line and column count from 1, the column in characters; a line of 0
	// means no place in particular. nil: any text is right. It is called after every change.
	Check func(text string) (line, col int, err error)
	// OnChange is called after the text has changed, by a key, a paste or undo. Set does not call it.
	OnChange func()
	// Placeholder is what stands there while the text is empty; it may have several lines.
	Placeholder string
	// Limit is how many bytes the text should have at most; more are kept, and told. 0: no counter is shown.
	Limit int

	theme   *theme.Theme
	printer *locale.Printer
	brush   theme.Kept[brushes]
	doc     doc
	w, h    int
	top     int // first line in view
	left    int // first column in view
	blurred bool

	checked   bool // the rest is what Check says of the text as it is
	line, col int
	err       error
}

// New makes an empty editor that has the focus.
func New(t *theme.Theme, p *locale.Printer) *Model {
	return &Model{theme: t, printer: p, brush: theme.Keep(func() brushes { return newBrushes(t) }), Limit: Limit, doc: newDoc()}
}

// Value is the text.
func (m *Model) Value() string { return m.doc.text }

// Set replaces the text and puts the cursor at its beginning. It can be undone. Line ends become line feeds.
func (m *Model) Set(s string) {
	d := &m.doc
	if s = settle(s); s != d.text {
		d.replace(0, len(d.text), s, alone)
		d.done[len(d.done)-1].after = 0
	}
	d.moveTo(0)
	m.checked = false
	m.scroll()
}

// Err is why the text cannot be used, and where, as Check said; nil when it can.
func (m *Model) Err() (line, col int, err error) {
	m.check()
	return m.line, m.col, m.err
}

func (m *Model) check() {
	if m.checked {
		return
	}
	m.checked, m.line, m.col, m.err = true, 0, 0, nil
	if m.Check != nil {
		m.line, m.col, m.err = m.Check(m.doc.text)
	}
}

// Goto puts the cursor on a line and a column, both counted from 1, or as near as there is.
func (m *Model) Goto(line, col int) {
	m.doc.moveTo(m.doc.find(line, col))
	m.scroll()
}

// SetSize sets the size that View draws. The text and the cursor stay, and the cursor in view.
func (m *Model) SetSize(w, h int) {
	m.w, m.h = w, h
	m.scroll()
}

// Blur tells the editor that something else on the screen has the focus, or that it has it again.
func (m *Model) Blur(away bool) { m.blurred = away }

// Capturing reports that letters are text.
func (m *Model) Capturing() bool { return !m.blurred }

// Update types, deletes, moves the cursor or undoes. Tab, shift+tab and esc it leaves to the screen, so that nobody is
// caught in it.
func (m *Model) Update(msg tea.Msg) tea.Cmd {
	before := m.doc.text
	if k, ok := msg.(tea.KeyMsg); ok && (k.Type == tea.KeyRunes || k.Type == tea.KeySpace) && !k.Alt {
		m.insert(k)
	} else if !m.edit(msg) && !m.move(msg) {
		return nil
	}
	if m.doc.text != before {
		m.checked = false
		if m.OnChange != nil {
			m.OnChange()
		}
	}
	m.scroll()
	return nil
}

// insert puts in what was typed, or pasted as it is.
func (m *Model) insert(k tea.KeyMsg) {
	s := settle(string(k.Runes))
	if s == "" && k.Type == tea.KeySpace {
		s = " "
	}
	if k.Paste || strings.Contains(s, "\n") {
		m.doc.replace(m.doc.pos, m.doc.pos, s, alone)
		return
	}
	m.doc.typed(s)
}

// edit changes the text; false if the key does something else.
func (m *Model) edit(msg tea.Msg) bool {
	d := &m.doc
	row := d.row(d.pos)
	switch {
	case keyNewline.Matches(msg):
		d.newline()
	case keyBackspace.Matches(msg):
		d.replace(d.prev(d.pos), d.pos, "", deleting)
	case keyDelete.Matches(msg):
		d.replace(d.pos, d.next(d.pos), "", deleting)
	case keyKillWord.Matches(msg):
		d.replace(d.word(d.pos), d.pos, "", deleting)
	case keyKillStart.Matches(msg):
		d.replace(d.starts[row], d.pos, "", alone)
	case keyKillEnd.Matches(msg):
		end := d.end(row)
		if end == d.pos {
			end = d.next(d.pos)
		}
		d.replace(d.pos, end, "", alone)
	case keyUndo.Matches(msg):
		d.undo()
	case keyRedo.Matches(msg):
		d.redo()
	default:
		return false
	}
	return true
}

// move moves the cursor; false if the key does something else.
func (m *Model) move(msg tea.Msg) bool {
	d := &m.doc
	row := d.row(d.pos)
	switch {
	case keyLeft.Matches(msg):
		d.moveTo(d.prev(d.pos))
	case keyRight.Matches(msg):
		d.moveTo(d.next(d.pos))
	case keyWordLeft.Matches(msg):
		d.moveTo(d.word(d.pos))
	case keyWordRight.Matches(msg):
		d.moveTo(d.wordEnd(d.pos))
	case keyUp.Matches(msg):
		d.moveRows(-1)
	case keyDown.Matches(msg):
		d.moveRows(1)
	case keyPageUp.Matches(msg):
		d.moveRows(-max(1, m.body()-1))
	case keyPageDown.Matches(msg):
		d.moveRows(max(1, m.body()-1))
	case keyLineStart.Matches(msg):
		d.moveTo(d.starts[row])
	case keyLineEnd.Matches(msg):
		d.moveTo(d.end(row))
	case keyStart.Matches(msg):
		d.moveTo(0)
	case keyEnd.Matches(msg):
		d.moveTo(len(d.text))
	default:
		return m.wheel(msg)
	}
	return true
}

// wheel moves with the wheel of the mouse.
func (m *Model) wheel(msg tea.Msg) bool {
	if _, mouse := msg.(tea.MouseMsg); !mouse {
		return false
	}
	by, ok := keys.Scroll(msg, m.body())
	if ok {
		m.doc.moveRows(by)
	}
	return ok
}

// find is the place at a line and a column, both counted from 1, or as near as there is.
func (d *doc) find(line, col int) int {
	row := max(0, min(line-1, len(d.starts)-1))
	pos := d.starts[row]
	for ; col > 1 && pos < d.end(row); col-- {
		pos = d.next(pos)
	}
	return pos
}

// place is the line and the column of a place, both counted from 1.
func (d *doc) place(pos int) (line, col int) {
	row := d.row(pos)
	col = 1
	for at := d.starts[row]; at < pos; col++ {
		at += text.First(d.text[at:d.end(row)])
	}
	return row + 1, col
}

// At is the line and column of a byte of text, both counted from 1, the column in characters: what Check needs to tell
// where encoding/json found a mistake. Its SyntaxError.Offset counts the bytes read, so the mistake is one before it.
func At(s string, offset int) (line, col int) {
	d := doc{text: s}
	d.index()
	pos := max(0, min(offset, len(s)))
	return d.place(d.before(d.row(pos), pos))
}
