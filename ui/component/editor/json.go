package editor

import (
	"strings"

	"fleetlab/ui/text"
)

// part is what a character of JSON belongs to. A string of JSON never goes over the end of a line, so that each line tells
// for itself.
type part = uint8

const (
	plain   part = iota // brackets, commas, blanks
	name                // the name of a member
	words               // a string
	value               // a number, true, false, null
	filled              // a placeholder in a string that AWS fills in: ${aws:iot:...}
	mistake             // where Check found one
	parts
)

// kinds says for every byte of a line what it belongs to.
func (m *Model) kinds(row int, line string) []part {
	kinds := make([]part, len(line))
	for at := 0; at < len(line); {
		switch c := line[at]; {
		case c == '"':
			end := stringEnd(line, at)
			mark(kinds, at, end, words)
			if strings.HasPrefix(strings.TrimLeft(line[end:], " \t"), ":") {
				mark(kinds, at, end, name)
			}
			placeholders(line, kinds, at, end)
			at = end
		case strings.IndexByte("{}[],: \t", c) < 0:
			kinds[at] = value
			at++
		default:
			at++
		}
	}
	if m.err != nil && row == m.line-1 {
		at := m.doc.find(m.line, m.col) - m.doc.starts[row]
		if at < len(line) {
			mark(kinds, at, at+text.First(line[at:]), mistake)
		}
	}
	return kinds
}

func mark(kinds []part, from, to int, p part) {
	for i := from; i < to; i++ {
		kinds[i] = p
	}
}

// stringEnd is behind the string that begins at a place.
func stringEnd(line string, from int) int {
	for i := from + 1; i < len(line); i++ {
		switch line[i] {
		case '\\':
			i++
		case '"':
			return i + 1
		}
	}
	return len(line)
}

// placeholders marks those of a string.
func placeholders(line string, kinds []part, from, to int) {
	for at := from; ; {
		start := strings.Index(line[at:to], "${")
		if start < 0 {
			return
		}
		start += at
		end := strings.IndexByte(line[start:to], '}')
		if end < 0 {
			return
		}
		at = start + end + 1
		mark(kinds, start, at, filled)
	}
}
