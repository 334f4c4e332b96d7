package editor

import (
	"slices"
	"strings"
	"testing"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/text"
)

// simple is an editor without lines, undo or screen: what the real one must agree with.
type simple struct {
	text string
	pos  int
}

// bounds are the places between two characters.
func (s *simple) bounds() []int {
	out, at := []int{0}, 0
	for i, line := range strings.Split(s.text, "\n") {
		if i > 0 {
			at++
			out = append(out, at)
		}
		for line != "" {
			n := text.First(line)
			at, line = at+n, line[n:]
			out = append(out, at)
		}
	}
	return slices.Compact(out)
}

// step is the place so many characters further.
func (s *simple) step(by int) int {
	b := s.bounds()
	return b[max(0, min(slices.Index(b, s.pos)+by, len(b)-1))]
}

func (s *simple) replace(from, to int, with string) {
	s.text = s.text[:from] + with + s.text[to:]
	for _, b := range s.bounds() {
		if b >= from+len(with) {
			s.pos = b
			return
		}
	}
}

func (s *simple) lineStart() int { return strings.LastIndexByte(s.text[:s.pos], '\n') + 1 }

func (s *simple) lineEnd() int {
	if n := strings.IndexByte(s.text[s.pos:], '\n'); n >= 0 {
		return s.pos + n
	}
	return len(s.text)
}

// do carries out what a key does, of those it knows.
func (s *simple) do(key string) {
	switch key {
	case "left":
		s.pos = s.step(-1)
	case "right":
		s.pos = s.step(1)
	case "home":
		s.pos = s.lineStart()
	case "end":
		s.pos = s.lineEnd()
	case "backspace":
		s.replace(s.step(-1), s.pos, "")
	case "delete":
		s.replace(s.pos, s.step(1), "")
	case "ctrl+u":
		s.replace(s.lineStart(), s.pos, "")
	case "ctrl+x":
		end := s.lineEnd()
		if end == s.pos {
			end = s.step(1)
		}
		s.replace(s.pos, end, "")
	}
}

var fuzzKeys = []string{"left", "right", "home", "end", "backspace", "delete", "ctrl+u", "ctrl+x"}

// FuzzEdits plays keys and pastes: a byte below 8 is a key, one below 16 moves by a row, and the rest up to the next such byte is
// pasted.
func FuzzEdits(f *testing.F) {
	for _, seed := range []string{"abc\x04\x00def\x05", "{\n  日本: 1\n}\x02\x07\x08\x04", "e\x00\u0301\x01x\x04", "a\nb\nc\x08\x09\x06\x04", "👨\u200d👩\x00\x04\x05"} {
		f.Add(seed)
	}
	p := uitest.Printer(f, "en")
	f.Fuzz(func(t *testing.T, script string) {
		m, s := newEditor(uitest.Theme(), p, 40, 10), &simple{}
		for script != "" {
			n := strings.IndexFunc(script, func(r rune) bool { return r < 10 })
			switch {
			case n > 0 || n < 0:
				if n < 0 {
					n = len(script)
				}
				paste(m, script[:n])
				if typed := settle(string([]rune(script[:n]))); typed != "" {
					s.replace(s.pos, s.pos, typed)
				}
				script = script[n:]
				continue
			case script[0] >= 8:
				press(m, []string{"up", "down"}[script[0]-8])
				s.pos = m.doc.pos
			default:
				press(m, fuzzKeys[script[0]])
				s.do(fuzzKeys[script[0]])
			}
			script = script[1:]
			agree(t, m, s)
		}
		agree(t, m, s)
		replay(t, m)
	})
}

func agree(t *testing.T, m *Model, s *simple) {
	t.Helper()
	if m.Value() != s.text || m.doc.pos != s.pos {
		t.Fatalf("the text is %q with the cursor at %d, want %q and %d", m.Value(), m.doc.pos, s.text, s.pos)
	}
	if !slices.Contains(s.bounds(), m.doc.pos) {
		t.Fatalf("the cursor is inside a character: %d of %q", m.doc.pos, s.text)
	}
	uitest.Exact(t, m.View(), 40, 10)
}

// replay undoes everything and does it again.
func replay(t *testing.T, m *Model) {
	t.Helper()
	text, pos := m.Value(), m.doc.pos
	steps := 0
	for m.doc.undo() {
		steps++
	}
	if m.Value() != "" {
		t.Fatalf("all undone: %q is left", m.Value())
	}
	for m.doc.redo() {
		steps--
	}
	if m.Value() != text || steps != 0 {
		t.Fatalf("all done again: %q, want %q", m.Value(), text)
	}
	m.doc.moveTo(pos)
}
