package chart

import (
	"time"

	"fleetlab/ui/theme"
)

// canvas is the dots of a plot, in columns of dx by dy of them: braille where it may be drawn, else one dot a column.
type canvas struct {
	cols, rows int
	dx, dy     int
	bits       []uint8 // of each column of each row: the dots set
	who        []int8  // the series that set one last, from 1; 0 for none
}

func newCanvas(dots bool, cols, rows int) *canvas {
	c := &canvas{cols: cols, rows: rows, dx: 1, dy: 1, bits: make([]uint8, cols*rows), who: make([]int8, cols*rows)}
	if dots {
		c.dx, c.dy = 2, 4
	}
	return c
}

// braille is the bits of the dots of a braille sign, by row and column (Unicode, "Braille Patterns").
var braille = [4][2]uint8{{0x01, 0x08}, {0x02, 0x10}, {0x04, 0x20}, {0x40, 0x80}}

// set sets the dot that is x from the left and y from the bottom.
func (c *canvas) set(x, y, series int) {
	row, col := c.rows-1-y/c.dy, x/c.dx
	if row < 0 || row >= c.rows || col < 0 || col >= c.cols {
		return
	}
	at := row*c.cols + col
	c.bits[at] |= braille[c.dy-1-y%c.dy][x%c.dx]
	c.who[at] = int8(series + 1)
}

// x and y are the dot for a share of the whole width and height.
func (c *canvas) x(share float64) int { return int(share*float64(c.cols*c.dx-1) + 0.5) }
func (c *canvas) y(share float64) int { return int(share*float64(c.rows*c.dy-1) + 0.5) }

// sparse reports whether a dot of an area is drawn: every second one, so that it differs from a line. Without braille there
// is another sign for that.
func (c *canvas) sparse(x, y int) bool { return c.dy == 1 || (x+y)%2 == 0 }

// sign is what stands in a column in which there are dots.
func (c *canvas) sign(t *theme.Theme, at int, area bool) string {
	switch {
	case c.dy > 1:
		return string(rune(0x2800 + int(c.bits[at])))
	case area:
		return t.Symbol.Area
	}
	return t.Symbol.Line
}

// sample is how a series looks, for the legend.
func (c *canvas) sample(t *theme.Theme, area bool) string {
	s := newCanvas(c.dy > 1, 2, 1)
	for x := range 2 * s.dx {
		if !area {
			s.set(x, s.dy/2, 0)
			continue
		}
		for y := range s.dy {
			if s.sparse(x, y) {
				s.set(x, y, 0)
			}
		}
	}
	return s.sign(t, 0, area) + s.sign(t, 1, area)
}

// draw puts a series on the canvas: for every column of dots the value of its moment.
func (d *drawing) draw(i int, s Series) {
	if len(s.Points) == 0 {
		return
	}
	c := d.canvas
	first, last := d.dot(s.Points[0].At), d.dot(s.Points[len(s.Points)-1].At)
	at, before := 0, -1
	for x := first; x <= last; x++ {
		moment := time.Duration(float64(x) / float64(max(1, c.cols*c.dx-1)) * float64(d.times.end))
		var v float64
		v, at = s.value(at, moment, x == last)
		y := c.y(min(1, max(0, v)/float64(d.values.top)))
		if s.Area {
			d.fill(i, x, y, v)
		} else {
			d.join(i, x, before, y)
		}
		before = y
	}
}

func (d *drawing) dot(at time.Duration) int { return d.canvas.x(float64(at) / float64(d.times.end)) }

// value is the series' value at a moment, looked for from its at-th point on; the last column has the last value.
func (s Series) value(at int, moment time.Duration, last bool) (float64, int) {
	n := len(s.Points)
	if last {
		return s.Points[n-1].Value, at
	}
	for at+1 < n && s.Points[at+1].At <= moment {
		at++
	}
	p := s.Points[at]
	if s.Steps || at+1 == n || moment <= p.At {
		return p.Value, at
	}
	next := s.Points[at+1]
	share := float64(moment-p.At) / float64(next.At-p.At)
	return p.Value + (next.Value-p.Value)*share, at
}

// fill dots the ground up to y; nothing has no ground.
func (d *drawing) fill(i, x, y int, v float64) {
	for dot := 0; dot <= y && v > 0; dot++ {
		if d.canvas.sparse(x, dot) {
			d.canvas.set(x, dot, i)
		}
	}
}

// join draws from the height before, -1 for none, to y.
func (d *drawing) join(i, x, before, y int) {
	from, to := y, y
	switch {
	case before >= 0 && before < y:
		from = before + 1
	case before > y:
		to = before - 1
	}
	for dot := from; dot <= to; dot++ {
		d.canvas.set(x, dot, i)
	}
}
