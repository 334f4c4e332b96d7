package logview

import "slices"

// The rows of a view are all events kept, or the failures. count, posAt and indexOf hide which.

func (m *Model) count() int {
	if m.failures {
		return len(m.ring.failed)
	}
	return len(m.ring.buf)
}

// posAt is the position of the i-th row.
func (m *Model) posAt(i int) int {
	if m.failures {
		return m.ring.failed[i]
	}
	return m.ring.first() + i
}

// indexOf is the row at a position, or the next one below it, or the last.
func (m *Model) indexOf(pos int) int {
	i := pos - m.ring.first()
	if m.failures {
		i, _ = slices.BinarySearch(m.ring.failed, pos)
	}
	return max(0, min(i, m.count()-1))
}

// body is how many rows of events fit.
func (m *Model) body() int { return max(0, m.h-len(m.footer())) }

// move moves the cursor and with it the view. Moving up leaves following; reaching the last row by
// moving down takes it up again.
func (m *Model) move(by int) {
	n := m.count()
	if n == 0 {
		return
	}
	at := m.indexOf(m.cursor)
	if m.follow {
		at = n - 1
		if by >= 0 {
			return
		}
	}
	to := max(0, min(at+by, n-1))
	m.setFollow(by > 0 && to == n-1)
	m.cursor = m.posAt(to)
	m.scroll()
}

func (m *Model) setFollow(on bool) {
	if m.follow && !on {
		m.seen = m.ring.total
	}
	m.follow = on
}

// scroll keeps the cursor on a row that exists and the row in view.
func (m *Model) scroll() {
	n := m.count()
	if n == 0 {
		return
	}
	at := n - 1
	if !m.follow {
		at = m.indexOf(m.cursor)
	}
	m.cursor = m.posAt(at)
	body := max(1, m.body()) // the details below depend on the row under the cursor
	top := n - body
	if !m.follow {
		top = min(m.indexOf(m.top), at, n-body)
	}
	m.top = m.posAt(max(0, top, at-body+1))
}
