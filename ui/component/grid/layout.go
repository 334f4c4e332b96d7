package grid

// layout is where cells stand. It follows from the size and the number of devices.
type layout struct {
	per    int // devices a cell
	signs  int // how often a cell repeats its sign: more than once where few devices have much room
	stride int // columns from one cell to the next, with a blank between unless there is no room for it
	pitch  int // rows from one row of cells to the next: 2 with a blank row between
	cols   int // cells a row, at least 1
	cells  int // cells in all
	rows   int // rows of cells in all
	body   int // rows for cells in view
	foot   int // rows below: the cursor's devices and the legend
}

// grades are how large a cell can be, the largest first.
var grades = []struct{ signs, pitch int }{{3, 2}, {2, 2}, {2, 1}, {1, 1}}

func (m *Model) layout() layout {
	l := layout{per: 1, signs: 1, stride: 1, pitch: 1, foot: feet(m.h)}
	l.body = max(0, m.h-l.foot)
	n, w := len(m.states), max(1, m.w)
	for _, g := range grades {
		if cols := (w + 1) / (g.signs + 1); cols > 0 && (n+cols-1)/cols*g.pitch-(g.pitch-1) <= l.body {
			l.signs, l.stride, l.pitch = g.signs, g.signs+1, g.pitch
			break
		}
	}
	if room := w * max(1, l.body); n > room && !m.single {
		l.per = round((n + room - 1) / room)
	}
	l.cols = (w + l.stride - l.signs) / l.stride
	l.cells = (n + l.per - 1) / l.per
	l.rows = (l.cells + l.cols - 1) / l.cols
	return l
}

// feet is how many rows stand below the cells of a grid of h rows.
func feet(h int) int {
	switch {
	case h >= 8:
		return 3
	case h >= 4:
		return 2
	case h == 3:
		return 1
	}
	return 0
}

// round is the next number people count in: 1, 2, 5, 10, 20, 50 and so on.
func round(n int) int {
	for unit := 1; ; unit *= 10 {
		for _, step := range []int{1, 2, 5} {
			if step*unit >= n {
				return step * unit
			}
		}
	}
}

// scroll keeps the cursor on a device and its cell in view.
func (m *Model) scroll() {
	m.cursor = max(0, min(m.cursor, len(m.states)-1))
	l := m.layout()
	body := max(1, l.body)
	row := m.cursor / l.per / l.cols
	m.top = max(0, min(m.top, row, l.rows-body))
	if row >= m.top+body {
		m.top = row - body + 1
	}
}
