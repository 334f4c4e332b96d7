// Package progress draws how far work has come: a bar with numbers.
package progress

import (
	"strconv"
	"strings"
	"time"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// State is how far work has come.
type State struct {
	Done, Total int
	Failed      int
	Rate        float64       // items a second, 0 when not known
	Left        time.Duration // 0 when not known
}

// Bar draws s on exactly w columns: 640/1000 ▓▓▓▓▓▓░░░ 64 % · 79.8/s · 4s left. Where that is too much,
// the end goes first, then the bar.
func Bar(t *theme.Theme, p *locale.Printer, s State, w int) string {
	head := count(p, s)
	if s.Failed > 0 {
		head += " " + t.Style.Failed.Render(t.Symbol.Failed+" "+p.Number(s.Failed))
	}
	tail := facts(t, p, s)
	for len(tail) > 0 && text.Width(head)+text.Width(strings.Join(tail, ""))+leastBar+2 > w {
		tail = tail[:len(tail)-1]
	}
	end := strings.Join(tail, "")
	room := w - text.Width(head) - text.Width(end) - 2
	if room < leastBar {
		return text.Edges(head, end, w)
	}
	return text.Pad(head+" "+Fill(t, s.Done, s.Total, room)+" "+end, w)
}

// count is 640/1000, without commas as in the lines of the log.
func count(p *locale.Printer, s State) string {
	return p.T("progress.count", "Done", strconv.Itoa(s.Done), "Total", strconv.Itoa(s.Total))
}

// leastBar is the shortest bar that tells anything.
const leastBar = 5

// facts is the parts behind the bar, most important first.
func facts(t *theme.Theme, p *locale.Printer, s State) []string {
	sep := " " + t.Symbol.Dot + " "
	out := []string{p.Percent(s.Done, s.Total)}
	if s.Rate > 0 {
		out = append(out, sep+p.Rate(s.Rate))
	}
	if s.Left > 0 {
		out = append(out, sep+p.T("progress.left", "Duration", max(s.Left.Round(time.Second), time.Second)))
	}
	return out
}

// Line is s without a bar: 640/1000 · 79.8/s · 4s left.
func Line(t *theme.Theme, p *locale.Printer, s State) string {
	return count(p, s) + strings.Join(facts(t, p, s)[1:], "")
}

// Fill is a bar alone, exactly w columns. It is full only when all is done, and not empty once something
// is.
func Fill(t *theme.Theme, done, total, w int) string {
	n := 0
	if total > 0 {
		n = min(w, max(0, done)*w/total)
	}
	if n == 0 && done > 0 && w > 1 {
		n = 1
	}
	return t.Style.BarDone.Render(strings.Repeat(t.Symbol.BarDone, n)) + t.Style.BarRest.Render(strings.Repeat(t.Symbol.BarRest, max(0, w-n)))
}
