package logview

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/input"
	"fleetlab/ui/keys"
)

// search is what is looked for and where it was found.
type search struct {
	line    *input.Line
	typing  bool
	want    string // in small letters, "" when nothing is looked for
	matches []int  // positions, in order
	next    int    // position up to which was searched
	gen     int    // counts the searches, so that an old one's scanMsg is told from the new one's
}

// scanMsg goes on with a search that has not come to the end.
type scanMsg struct {
	owner *Model
	gen   int
}

// scanStep is how many events are put into words at once: a few milliseconds, so that keys stay quick.
const scanStep = 4000

func (s *search) active() bool { return s.typing || s.want != "" }

func (s *search) reset() {
	s.typing, s.want, s.matches = false, "", nil
	s.line.Set("")
	s.gen++
}

func (s *search) trim(first int) {
	s.matches = dropBefore(s.matches, first)
	s.next = max(s.next, first)
}

func (m *Model) typeSearch(k tea.KeyMsg) tea.Cmd {
	if !keys.Enter.Matches(k) {
		cmd, _ := m.search.line.Update(k)
		return cmd
	}
	want := strings.ToLower(strings.TrimSpace(m.search.line.Value()))
	if want == "" {
		m.search.reset()
		m.scroll()
		return nil
	}
	m.search.typing, m.search.want = false, want
	m.search.matches, m.search.next = nil, m.ring.first()
	m.search.gen++
	m.setFollow(false)
	return m.scan(scanMsg{owner: m, gen: m.search.gen})
}

// scan searches one step and asks to be called again if that was not all.
func (m *Model) scan(msg scanMsg) tea.Cmd {
	if msg.owner != m || msg.gen != m.search.gen || m.search.want == "" {
		return nil
	}
	had := len(m.search.matches) > 0
	m.lookAt(m.search.next + scanStep)
	if !had && len(m.search.matches) > 0 {
		m.cursor = m.search.matches[0]
		m.scroll()
	}
	if m.search.next < m.ring.total {
		return func() tea.Msg { return msg }
	}
	return nil
}

// catchUp searches in what was appended, once the search has come to the end before that.
func (m *Model) catchUp() {
	if m.search.want != "" && m.ring.total-m.search.next <= scanStep {
		m.lookAt(m.ring.total)
	}
}

// lookAt searches up to a position.
func (m *Model) lookAt(end int) {
	end = min(end, m.ring.total)
	for ; m.search.next < end; m.search.next++ {
		if m.found(m.search.next) {
			m.search.matches = append(m.search.matches, m.search.next)
		}
	}
}

func (m *Model) found(pos int) bool {
	return strings.Contains(strings.ToLower(m.printer.Event(m.ring.at(pos))), m.search.want)
}

// jump moves the cursor to the next match, or the one before it, round the ends.
func (m *Model) jump(by int) {
	matches := m.search.matches
	if len(matches) == 0 {
		return
	}
	i, exact := slices.BinarySearch(matches, m.cursor)
	switch {
	case by < 0:
		i--
	case exact:
		i++
	}
	m.setFollow(false)
	m.cursor = matches[(i+len(matches))%len(matches)]
	if m.failures && !wrong(m.ring.at(m.cursor)) {
		m.failures = false
	}
	m.scroll()
}

// matchNumber is which match the cursor is on, 0 when on none.
func (m *Model) matchNumber() int {
	if i, ok := slices.BinarySearch(m.search.matches, m.cursor); ok {
		return i + 1
	}
	return 0
}
