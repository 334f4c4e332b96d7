package text

import (
	"strings"

	"github.com/charmbracelet/x/ansi"
	"github.com/rivo/uniseg"
)

// Range is a part of a string as byte offsets: s[Start:End].
type Range struct{ Start, End int }

// Wrap breaks s into lines of at most w columns where Unicode allows a break (UAX 14), so that Japanese
// breaks between characters but never before a closing bracket or a full stop, and English between words.
// A word wider than a line is broken where it must. Spaces at a break are left out; w below 2 is taken
// as 2, because a wide character needs that much.
func Wrap(s string, w int) []string {
	ranges := WrapRanges(s, w)
	lines := make([]string, len(ranges))
	for i, r := range ranges {
		lines[i] = s[r.Start:r.End]
	}
	return lines
}

// WrapRanges is Wrap for those who keep styles beside the text: it says where the lines begin and end.
// There is always at least one line.
func WrapRanges(s string, w int) []Range {
	l := layout{s: s, w: max(2, w)}
	state, pos := -1, 0
	for rest := s; rest != ""; {
		var seg string
		var must bool
		seg, rest, must, state = uniseg.FirstLineSegmentInString(rest, state)
		l.add(pos, len(seg))
		pos += len(seg)
		if must && rest != "" {
			l.flush(pos)
		}
	}
	if l.start < len(s) || len(l.lines) == 0 {
		l.flush(len(s))
	}
	return l.lines
}

// layout collects the lines of one text.
type layout struct {
	s     string
	w     int
	start int // where the line being filled begins
	end   int // where it ends so far, with trailing spaces
	lines []Range
}

// add puts the segment of n bytes at pos on the line, or on the next one.
func (l *layout) add(pos, n int) {
	stop := pos + len(strings.TrimRight(l.s[pos:pos+n], blanks))
	if l.end > l.start && stop > pos && Width(l.s[l.start:stop]) > l.w {
		l.flush(pos)
	}
	if stop > pos && Width(l.s[l.start:stop]) > l.w {
		l.split(stop)
	}
	l.end = pos + n
}

// blanks is what may vanish at the end of a line: spaces and line breaks of all kinds.
const blanks = " \n\r\v\f\u0085\u2028\u2029"

// split breaks a word too wide for a line between its characters, all but its last part.
func (l *layout) split(stop int) {
	pos := l.start
	for pos < stop {
		cluster, _ := ansi.FirstGraphemeCluster(l.s[pos:stop], ansi.GraphemeWidth)
		if pos > l.start && Width(l.s[l.start:pos+len(cluster)]) > l.w {
			l.lines = append(l.lines, Range{l.start, pos})
			l.start = pos
		}
		pos += len(cluster)
	}
}

// flush ends the line at pos, without the blanks before it.
func (l *layout) flush(pos int) {
	end := l.start + len(strings.TrimRight(l.s[l.start:pos], blanks))
	l.lines = append(l.lines, Range{l.start, end})
	l.start, l.end = pos, pos
}
