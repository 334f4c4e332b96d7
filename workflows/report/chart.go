package report

import (
	"fmt"
	"strconv"
	"strings"
)

// chart is a drawing of bars, or of a line over time. What it says stands in the table beside it too.
type chart struct {
	title        string
	bars         []bar
	points       []point
	most         float64 // the largest y
	xText, yText string  // what stands at the end of the axes
}

// bar is one bar: its class chooses the colour, its label and text say what it is without one.
type bar struct {
	label, class, text string
	value              float64
}

type point struct{ x, y float64 }

func (c chart) empty() bool { return len(c.bars) == 0 && len(c.points) < 2 }

// class is the colour of a status.
func class(status string) string {
	switch status {
	case "SUCCEEDED":
		return "good"
	case "FAILED", "REJECTED", "TIMED_OUT":
		return "bad"
	case "QUEUED", "IN_PROGRESS":
		return "busy"
	}
	return "plain"
}

// Sizes of drawings, in their own units.
const (
	width     = 720
	labelEnd  = 210
	barMost   = 400
	barHeight = 20
	barStep   = 28
	lineLeft  = 80
	lineTop   = 16
	lineRight = 700
	lineBase  = 180
	lineFull  = 208
)

// says is the drawing in words, for who does not see it.
func (c chart) says() string {
	if len(c.points) > 0 {
		return fmt.Sprintf("%s: 0s - %s, 0 - %s", c.title, c.xText, c.yText)
	}
	var parts []string
	for _, b := range c.bars {
		parts = append(parts, b.label+" "+b.text)
	}
	return c.title + ": " + strings.Join(parts, ", ")
}

// svg draws the chart; n makes its ids its own on the page.
func (c chart) svg(n int) string {
	height := lineFull
	body := c.line
	if len(c.bars) > 0 {
		height, body = len(c.bars)*barStep+4, c.columns
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg role="img" viewBox="0 0 %d %d" aria-labelledby="t%d d%d">`+"\n", width, height, n, n)
	fmt.Fprintf(&b, `<title id="t%d">%s</title>`+"\n"+`<desc id="d%d">%s</desc>`+"\n", n, escape(c.title), n, escape(c.says()))
	body(&b)
	b.WriteString("</svg>\n")
	return b.String()
}

// columns draws a bar a row, with its label before it and its number after it.
func (c chart) columns(b *strings.Builder) {
	most := 0.0
	for _, x := range c.bars {
		most = max(most, x.value)
	}
	for i, x := range c.bars {
		w := 0.0
		if most > 0 {
			w = max(x.value/most*barMost, 0)
		}
		if x.value > 0 {
			w = max(w, 2) // one of ten thousand is seen as well
		}
		y := i*barStep + 4
		fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, labelEnd-10, y+15, escape(short(x.label)))
		fmt.Fprintf(b, `<rect class="%s" x="%d" y="%d" width="%s" height="%d"/>`, x.class, labelEnd, y, decimal(w), barHeight)
		fmt.Fprintf(b, `<text x="%s" y="%d">%s</text>`+"\n", decimal(labelEnd+w+8), y+15, escape(x.text))
	}
}

// line draws points over time with the two axes.
func (c chart) line(b *strings.Builder) {
	last := c.points[len(c.points)-1].x
	at := func(p point) string {
		x, y := float64(lineLeft), float64(lineBase)
		if last > 0 {
			x += min(max(p.x/last, 0), 1) * (lineRight - lineLeft)
		}
		if c.most > 0 {
			y -= min(max(p.y/c.most, 0), 1) * (lineBase - lineTop)
		}
		return decimal(x) + "," + decimal(y)
	}
	var points []string
	for _, p := range c.points {
		points = append(points, at(p))
	}
	all := strings.Join(points, " ")
	fmt.Fprintf(b, `<polygon class="area" points="%s %s %s"/>`, at(point{0, 0}), all, at(point{last, 0}))
	fmt.Fprintf(b, `<polyline class="line" points="%s"/>`, all)
	fmt.Fprintf(b, `<path class="axis" d="M%d %dV%dH%d"/>`+"\n", lineLeft, lineTop, lineBase, lineRight)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`, lineLeft-8, lineTop+5, escape(c.yText))
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">0</text>`, lineLeft-8, lineBase+5)
	fmt.Fprintf(b, `<text x="%d" y="%d">0s</text>`, lineLeft, lineFull-8)
	fmt.Fprintf(b, `<text x="%d" y="%d" text-anchor="end">%s</text>`+"\n", lineRight, lineFull-8, escape(c.xText))
}

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }
