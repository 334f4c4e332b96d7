package editor

import (
	"sort"
	"strings"
	"unicode/utf8"

	"fleetlab/ui/text"
)

// doc is a text, a place in it, and what was done to it. Lines end in a line feed.
type doc struct {
	text   string
	starts []int // where lines begin; the first is 0
	pos    int   // the cursor: a byte of text between two characters
	want   int   // the column that going up and down keeps, -1 when there is none

	done   []edit
	undone []edit
	fresh  bool // the next edit stands for itself: the cursor was moved
}

// kind is what edits can be undone together.
type kind int

const (
	alone kind = iota
	typing
	deleting
)

// edit is one change: at a place, what was there and what is there now.
type edit struct {
	kind           kind
	at             int
	removed, added string
	before, after  int // the cursor
}

func newDoc() doc {
	d := doc{want: -1}
	d.index()
	return d
}

// index finds the lines.
func (d *doc) index() {
	d.starts = append(d.starts[:0], 0)
	for i := 0; ; {
		n := strings.IndexByte(d.text[i:], '\n')
		if n < 0 {
			return
		}
		i += n + 1
		d.starts = append(d.starts, i)
	}
}

// row is the number of the line that holds a place, from 0.
func (d *doc) row(pos int) int {
	return sort.Search(len(d.starts), func(i int) bool { return d.starts[i] > pos }) - 1
}

// end is where a line ends, before its line feed.
func (d *doc) end(row int) int {
	if row+1 < len(d.starts) {
		return d.starts[row+1] - 1
	}
	return len(d.text)
}

// line is a line's text.
func (d *doc) line(row int) string { return d.text[d.starts[row]:d.end(row)] }

// settle makes s text that a document can hold: lines end in a line feed, and bytes that are no UTF-8 are replaced.
func settle(s string) string {
	s = strings.ToValidUTF8(s, string(utf8.RuneError))
	return strings.ReplaceAll(strings.ReplaceAll(s, "\r\n", "\n"), "\r", "\n")
}

// replace puts s where from to to was, and the cursor behind it.
func (d *doc) replace(from, to int, s string, k kind) {
	if from == to && s == "" {
		return
	}
	e := edit{kind: k, at: from, removed: d.text[from:to], added: s, before: d.pos}
	d.put(e.at, e.removed, e.added)
	d.pos = d.snap(from + len(s))
	e.after = d.pos
	d.undone = d.undone[:0]
	if n := len(d.done); n > 0 && !d.fresh && d.done[n-1].join(e) {
		d.done[n-1] = d.done[n-1].with(e)
	} else {
		d.done = append(d.done, e)
	}
	d.fresh, d.want = false, -1
}

func (d *doc) put(at int, removed, added string) {
	d.text = d.text[:at] + added + d.text[at+len(removed):]
	d.index()
}

// join reports whether o goes on with what e did: letters typed one after the other up to the next word, or
// characters deleted one after the other.
func (e edit) join(o edit) bool {
	switch {
	case e.kind != o.kind || e.kind == alone || e.after != o.before:
		return false
	case e.kind == typing:
		return e.removed == "" && o.removed == "" && o.at == e.at+len(e.added) && !(strings.HasPrefix(o.added, " ") && !strings.HasSuffix(e.added, " "))
	}
	return e.added == "" && o.added == "" && (o.at == e.at || o.at+len(o.removed) == e.at)
}

// with is e and o as one.
func (e edit) with(o edit) edit {
	out := edit{kind: e.kind, at: min(e.at, o.at), before: e.before, after: o.after}
	switch {
	case e.kind == typing:
		out.added = e.added + o.added
	case o.at == e.at:
		out.removed = e.removed + o.removed
	default:
		out.removed = o.removed + e.removed
	}
	return out
}

// undo takes the last edit back; false if there is none.
func (d *doc) undo() bool {
	n := len(d.done)
	if n == 0 {
		return false
	}
	e := d.done[n-1]
	d.done, d.undone = d.done[:n-1], append(d.undone, e)
	d.put(e.at, e.added, e.removed)
	d.pos, d.fresh, d.want = e.before, true, -1
	return true
}

// redo does again what undo took back; false if there is nothing.
func (d *doc) redo() bool {
	n := len(d.undone)
	if n == 0 {
		return false
	}
	e := d.undone[n-1]
	d.undone, d.done = d.undone[:n-1], append(d.done, e)
	d.put(e.at, e.removed, e.added)
	d.pos, d.fresh, d.want = e.after, true, -1
	return true
}

// next is the place behind the character at pos, which is the same at the end of the text.
func (d *doc) next(pos int) int {
	if pos >= len(d.text) {
		return len(d.text)
	}
	if d.text[pos] == '\n' {
		return pos + 1
	}
	return pos + text.First(d.text[pos:d.end(d.row(pos))])
}

// prev is the place in front of the character that ends at pos.
func (d *doc) prev(pos int) int {
	row := d.row(pos)
	if pos == d.starts[row] {
		return max(0, pos-1)
	}
	return d.before(row, pos-1)
}

// snap is the place between two characters that pos is, or the next one.
func (d *doc) snap(pos int) int {
	at := d.before(d.row(pos), pos)
	if at < pos {
		return d.next(at)
	}
	return at
}

// before is the last place between two characters of a line that is not behind pos.
func (d *doc) before(row, pos int) int {
	line := d.text[d.starts[row]:d.end(row)]
	at := 0
	for rest := line; rest != ""; {
		n := text.First(rest)
		if d.starts[row]+at+n > pos {
			break
		}
		at += n
		rest = rest[n:]
	}
	return d.starts[row] + at
}
