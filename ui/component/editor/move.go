package editor

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"fleetlab/ui/text"
)

// moveTo puts the cursor at a place between two characters.
func (d *doc) moveTo(pos int) { d.pos, d.want, d.fresh = pos, -1, true }

// column is how many columns of the screen the line takes up to pos.
func (d *doc) column(pos int) int {
	row := d.row(pos)
	col := 0
	for at := d.starts[row]; at < pos; {
		n := text.First(d.text[at:d.end(row)])
		_, w := text.Glyph(d.text[at:at+n], col)
		col, at = col+w, at+n
	}
	return col
}

// at is the place on a line nearest to the left of a column.
func (d *doc) at(row, column int) int {
	pos, col := d.starts[row], 0
	for pos < d.end(row) {
		n := text.First(d.text[pos:d.end(row)])
		_, w := text.Glyph(d.text[pos:pos+n], col)
		if col+w > column {
			break
		}
		col, pos = col+w, pos+n
	}
	return pos
}

// moveRows moves the cursor up or down; it stays in its column where lines are long enough.
func (d *doc) moveRows(by int) {
	want := d.want
	if want < 0 {
		want = d.column(d.pos)
	}
	row := max(0, min(d.row(d.pos)+by, len(d.starts)-1))
	d.moveTo(d.at(row, want))
	d.want = want
}

// word is the place where the word before pos begins.
func (d *doc) word(pos int) int {
	skip := func(part func(rune) bool) {
		for pos > 0 {
			r, _ := utf8.DecodeLastRuneInString(d.text[:pos])
			if !part(r) {
				return
			}
			pos = d.prev(pos)
		}
	}
	skip(func(r rune) bool { return !inWord(r) })
	skip(inWord)
	return pos
}

// wordEnd is the place where the word after pos ends.
func (d *doc) wordEnd(pos int) int {
	skip := func(part func(rune) bool) {
		for pos < len(d.text) {
			r, _ := utf8.DecodeRuneInString(d.text[pos:])
			if !part(r) {
				return
			}
			pos = d.next(pos)
		}
	}
	skip(func(r rune) bool { return !inWord(r) })
	skip(inWord)
	return pos
}

func inWord(r rune) bool {
	return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r)
}

// indent is one step of indentation of a job document.
const indent = "  "

// newline breaks the line; the new one is indented as the old one, and one step more behind an opening bracket. Between two brackets
// the closing one goes to a line of its own.
func (d *doc) newline() {
	row := d.row(d.pos)
	head := d.text[d.starts[row]:d.pos]
	lead := head[:len(head)-len(strings.TrimLeft(head, " \t"))]
	s := "\n" + lead
	if !strings.HasSuffix(head, "{") && !strings.HasSuffix(head, "[") {
		d.replace(d.pos, d.pos, s, alone)
		return
	}
	s += indent
	at := d.pos + len(s)
	if rest := d.text[d.pos:d.end(row)]; strings.HasPrefix(rest, "}") || strings.HasPrefix(rest, "]") {
		s += "\n" + lead
	}
	d.replace(d.pos, d.pos, s, alone)
	d.pos = at
	d.done[len(d.done)-1].after = at
}

// typed puts typed text at the cursor. A closing bracket that is the first on its line goes one step of indentation back.
func (d *doc) typed(s string) {
	row := d.row(d.pos)
	head := d.text[d.starts[row]:d.pos]
	if (s == "}" || s == "]") && head != "" && strings.Trim(head, " ") == "" {
		d.replace(d.pos-min(len(indent), len(head)), d.pos, s, alone)
		return
	}
	d.replace(d.pos, d.pos, s, typing)
}
