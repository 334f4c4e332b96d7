package apilog

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/trace"
	"fleetlab/ui/component/input"
	"fleetlab/ui/keys"
)

// outcome says which calls are shown.
type outcome int

const (
	everything outcome = iota
	failures           // those that failed in the end
	throttled          // those that were refused as too fast, however they ended
)

// list is the calls kept, those of them that are shown, and where the user is among them. Calls are known by their numbers, so that
// a view does not move when old ones go.
type list struct {
	calls  []trace.Call // consecutive, oldest first
	shown  []uint64     // numbers of those that are shown, ascending
	failed int          // of those that came while the screen was open

	follow bool
	cursor uint64 // number of the call under the cursor
	top    uint64 // number of the first call in view
	seen   uint64 // the newest call when following was left
	rows   int    // how many calls are in view

	only   outcome
	filter *input.Line
	typing bool
}

func newList() *list { return &list{follow: true, filter: input.New(0)} }

// newest is the number of the latest call, 0 before the first.
func (l *list) newest() uint64 {
	if len(l.calls) == 0 {
		return 0
	}
	return l.calls[len(l.calls)-1].Seq
}

// gone is how many calls were before those kept.
func (l *list) gone() int {
	if len(l.calls) == 0 {
		return 0
	}
	return int(l.calls[0].Seq - 1)
}

// add puts calls at the end and forgets those before first.
func (l *list) add(calls []trace.Call, first uint64) {
	words := l.words()
	for _, c := range calls {
		if l.passes(c, words) {
			l.shown = append(l.shown, c.Seq)
		}
		if c.Failed() {
			l.failed++
		}
	}
	l.calls = append(l.calls, calls...)
	if len(l.calls) > 0 && first > l.calls[0].Seq {
		n := min(int(first-l.calls[0].Seq), len(l.calls))
		clear(l.calls[:n]) // what they hold must not wait for the slice to grow
		l.calls = l.calls[n:]
		i, _ := slices.BinarySearch(l.shown, first)
		l.shown = l.shown[i:]
	}
	l.scroll()
}

// words are what the filter asks for, all of them.
func (l *list) words() []string { return strings.Fields(strings.ToLower(l.filter.Value())) }

// okWord finds the calls that succeeded.
const okWord = "ok"

func (l *list) passes(c trace.Call, words []string) bool {
	if l.only == failures && !c.Failed() || l.only == throttled && c.Throttles == 0 {
		return false
	}
	if len(words) == 0 {
		return true
	}
	result := okWord
	if c.Failed() {
		result = strings.ToLower(c.Code)
	}
	name := strings.ToLower(c.Name())
	for _, w := range words {
		if !strings.Contains(name, w) && !strings.Contains(result, w) {
			return false
		}
	}
	return true
}

// find looks through all calls kept, after the filter has changed.
func (l *list) find() {
	words := l.words()
	l.shown = l.shown[:0]
	for _, c := range l.calls {
		if l.passes(c, words) {
			l.shown = append(l.shown, c.Seq)
		}
	}
	l.scroll()
}

// narrowed reports that not all calls are shown.
func (l *list) narrowed() bool { return l.only != everything || l.filter.Value() != "" }

// show sets which calls are shown; the same again shows all.
func (l *list) show(only outcome) {
	if l.only == only {
		only = everything
	}
	l.only = only
	l.find()
}

// search shows the calls that hold words.
func (l *list) search(words string) {
	l.filter.Set(words)
	l.find()
}

// at is the call with a number, which must be kept.
func (l *list) at(seq uint64) trace.Call { return l.calls[seq-l.calls[0].Seq] }

// index is the row of a call, or of the next one below it, or of the last.
func (l *list) index(seq uint64) int {
	i, _ := slices.BinarySearch(l.shown, seq)
	return max(0, min(i, len(l.shown)-1))
}

// selected is the call under the cursor; the newest shown while the end is followed.
func (l *list) selected() (trace.Call, bool) {
	if len(l.shown) == 0 {
		return trace.Call{}, false
	}
	return l.at(l.cursor), true
}

// update moves the cursor or types the filter; it reports whether the message was for the list.
func (l *list) update(msg tea.Msg) (tea.Cmd, bool) {
	if k, ok := msg.(tea.KeyMsg); ok && l.typing {
		return l.filter.Filter(k, &l.typing, l.find), true
	}
	if keys.Follow.Matches(msg) {
		l.follow = true
		l.scroll()
		return nil, true
	}
	if by, ok := keys.Scroll(msg, l.rows); ok {
		l.move(by)
		return nil, true
	}
	return nil, false
}

// back leaves the filter, then the choice of outcomes; false when all calls are shown.
func (l *list) back() bool {
	switch {
	case l.typing || l.filter.Value() != "":
		l.typing = false
		l.search("")
	case l.only != everything:
		l.show(everything)
	default:
		return false
	}
	return true
}

// move moves the cursor. Moving up leaves following; reaching the last row by moving down takes it up again.
func (l *list) move(by int) {
	if len(l.shown) == 0 || l.follow && by >= 0 {
		return
	}
	last := len(l.shown) - 1
	to := max(0, min(l.index(l.cursor)+by, last))
	if by > 0 && to == last {
		l.follow = true
	} else {
		l.stay()
	}
	l.cursor = l.shown[to]
	l.scroll()
}

// stay leaves following.
func (l *list) stay() {
	if l.follow {
		l.follow, l.seen = false, l.newest()
	}
}

// scroll keeps the cursor on a call that is shown and its row in view.
func (l *list) scroll() {
	n := len(l.shown)
	if n == 0 {
		return
	}
	at := n - 1
	if !l.follow {
		at = l.index(l.cursor)
	}
	l.cursor = l.shown[at]
	rows := max(1, l.rows)
	top := n - rows
	if !l.follow {
		top = min(l.index(l.top), at, n-rows)
	}
	l.top = l.shown[max(0, top, at-rows+1)]
}
