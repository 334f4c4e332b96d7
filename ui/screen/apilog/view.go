package apilog

import (
	"strconv"
	"strings"
	"time"

	"fleetlab/aws/trace"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// wide is the width from which the details stand beside the calls.
const wide = 110

// listWidth is the width of the calls beside their details.
func (s *Screen) listWidth() int {
	if s.w < wide || s.empty() {
		return s.w
	}
	return max(58, s.w*45/100)
}

// empty reports that there is no call to show the details of.
func (s *Screen) empty() bool { return len(s.list.shown) == 0 }

// layout gives every part its size.
func (s *Screen) layout() {
	s.counts.SetSize(panel.Inner(s.w, s.h))
	_, h := panel.Inner(s.w, s.h)
	s.list.rows = max(0, h-1-len(s.below(s.w)))
	s.list.scroll()
	w := s.w
	if s.w >= wide {
		w -= s.listWidth()
	}
	s.page.SetSize(panel.Inner(w, s.h))
	s.turn()
}

// turn shows the details of the call under the cursor, unless it does already.
func (s *Screen) turn() {
	c, ok := s.list.selected()
	if !ok || s.paged == c.Seq || s.w < wide && s.phase != detail {
		return
	}
	s.paged = c.Seq
	s.page.SetContent(func(w int) []string { return s.detailRows(c, w) })
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	switch {
	case s.phase == summing:
		return s.framed(s.d.T("apilog.summary"), "", s.counts.View(), s.w, true)
	case s.w < wide && s.phase == detail:
		return s.detailView(s.w)
	case s.w < wide || s.empty():
		return s.listView(s.w)
	}
	w := s.listWidth()
	return text.Beside(s.listView(w), s.detailView(s.w-w))
}

func (s *Screen) detailView(w int) string {
	return s.framed(s.d.T("apilog.detail"), s.page.Position(), s.page.View(), w, s.phase == detail)
}

func (s *Screen) framed(title, info, body string, w int, focused bool) string {
	t := s.d.Theme
	return panel.Render(t, panel.Frame{Title: title, Info: t.Style.Muted.Render(info), Body: body, Focused: focused}, w, s.h)
}

func (s *Screen) listView(w int) string {
	iw, ih := panel.Inner(w, s.h)
	below := s.below(iw)
	body := panel.Note(s.d.Theme, s.notice(), iw, ih-len(below))
	if !s.empty() {
		body = text.Block(s.listRows(iw), iw, ih-len(below))
	}
	if len(below) > 0 {
		body = text.Below(body, text.Block(below, iw, len(below)))
	}
	title := s.d.T("apilog.list")
	return s.framed(title, s.status(iw-text.Width(title)-8), body, w, s.phase == listing)
}

// status is how many calls there are and whether the end is followed. What does not fit is left out, the numbers first.
func (s *Screen) status(w int) string {
	l := s.list
	parts := []string{s.d.T("apilog.calls", "Count", int(l.newest()))}
	if l.failed > 0 {
		parts = append(parts, s.d.T("apilog.failed", "Count", l.failed))
	}
	switch {
	case l.follow:
		parts = append(parts, s.d.T("log.following"))
	case l.newest() == l.seen:
		parts = append(parts, s.d.T("log.stays"))
	default:
		parts = append(parts, s.d.T("apilog.new", "Count", int(l.newest()-l.seen)))
	}
	sep := " " + s.d.Theme.Symbol.Dot + " "
	for len(parts) > 1 && text.Width(strings.Join(parts, sep)) > w {
		parts = parts[1:]
	}
	return strings.Join(parts, sep)
}

// below is what stands under the calls: what is gone, and the filter.
func (s *Screen) below(w int) []string {
	var rows []string
	t := s.d.Theme
	if n := s.list.gone(); n > 0 {
		rows = append(rows, t.Style.Muted.Render(text.Cut(s.d.T("apilog.gone", "Count", n), w)))
	}
	if s.list.narrowed() || s.list.typing {
		rows = append(rows, s.filterRow(w))
	}
	return rows
}

// filterRow is the filter, which calls it leaves, and how many.
func (s *Screen) filterRow(w int) string {
	l := s.list
	count := s.d.T("table.shown", "Shown", len(l.shown), "Total", len(l.calls))
	switch l.only {
	case failures:
		count = s.d.T("apilog.only-failures") + " " + s.d.Theme.Symbol.Dot + " " + count
	case throttled:
		count = s.d.T("apilog.only-throttled") + " " + s.d.Theme.Symbol.Dot + " " + count
	}
	count = s.d.Theme.Style.Muted.Render(count)
	if !l.typing && l.filter.Value() == "" {
		return text.Pad(count, w)
	}
	return "/" + l.filter.View(s.d.Theme, max(2, w-text.Width(count)-2), l.typing) + " " + count
}

// notice is what stands where there is no call.
func (s *Screen) notice() panel.Notice {
	y := s.d.Theme.Symbol
	switch {
	case s.log() == nil:
		return panel.Notice{Symbol: y.Warning, Title: s.d.T("apilog.off"), Next: s.d.T("apilog.off-next")}
	case s.list.narrowed():
		return panel.Notice{Symbol: y.Pending, Title: s.d.T("apilog.none-fits"), Next: s.d.T("apilog.none-fits-next")}
	}
	return panel.Notice{Symbol: y.Pending, Title: s.d.T("apilog.empty"), Next: s.d.T("apilog.empty-next")}
}

// Widths of the columns; what is left over is shared by the operation and the outcome.
const (
	clockColumns   = 8  // 15:04:05
	milliColumns   = 12 // 15:04:05.000
	latencyColumns = 7
	triesColumns   = 5
	lead           = 3 // the cursor, a sign and a blank
)

// columns are the widths of the columns of a row; 0: it is left out.
type columns struct{ time, name, outcome, latency, tries, throttles int }

func layoutColumns(w int) columns {
	c := columns{time: clockColumns, latency: latencyColumns}
	if w >= 64 {
		c.tries, c.throttles = triesColumns, triesColumns
	}
	if w >= 84 {
		c.time = milliColumns
	}
	rest := w - lead
	for _, n := range []int{c.time, c.latency, c.tries, c.throttles} {
		if n > 0 {
			rest -= n + 1
		}
	}
	c.outcome = min(36, max(4, rest/3))
	c.name = max(4, rest-c.outcome-1)
	return c
}

// row lays the cells of a row out.
func (c columns) row(clock, name, outcome, latency, tries, throttles string) string {
	out := text.Pad(clock, c.time) + " " + text.Pad(name, c.name) + " " + text.Pad(outcome, c.outcome) + " " + text.PadLeft(latency, c.latency)
	if c.tries > 0 {
		out += " " + text.PadLeft(tries, c.tries) + " " + text.PadLeft(throttles, c.throttles)
	}
	return out
}

// listRows are the head of the columns and the calls in view.
func (s *Screen) listRows(w int) []string {
	c := layoutColumns(w)
	title := func(id string) string { return s.d.T("apilog.column." + id) }
	head := c.row(title("time"), title("operation"), title("outcome"), title("latency"), title("attempts"), title("throttles"))
	rows := []string{s.d.Theme.Style.Muted.Render(text.Spaces(lead) + head)}
	l := s.list
	s.brush = newBrushes(&s.d.Theme.Style)
	from := l.index(l.top)
	for _, seq := range l.shown[from:min(len(l.shown), from+l.rows)] {
		rows = append(rows, s.row(l.at(seq), c, w))
	}
	return rows
}

// row is one call.
func (s *Screen) row(call trace.Call, c columns, w int) string {
	p := s.d.Printer
	clock := p.Clock(ended(call))
	if c.time == milliColumns {
		clock = ended(call).Format("15:04:05.000")
	}
	tries, throttles := "", ""
	if call.Attempts > 1 {
		tries = p.Number(call.Attempts)
	}
	if call.Throttles > 0 {
		throttles = p.Number(call.Throttles)
	}
	sign, brush := s.look(call)
	words := c.row(clock, call.Name(), s.outcome(call), s.latency(call.Latency), tries, throttles)
	switch {
	case call.Seq == s.list.cursor && (!s.list.follow || s.w >= wide):
		return s.brush.cursor.Paint(text.Pad(s.d.Theme.Symbol.Cursor+sign+" "+words, w))
	case call.Failed():
		return " " + brush.Paint(sign+" "+words)
	}
	return " " + brush.Paint(sign) + " " + words
}

// ended is when the answer came: calls are in the order of their answers.
func ended(c trace.Call) time.Time { return c.Time.Add(c.Took) }

// latency is a time as short as it is exact: 12ms, 2.3s, 1m20s.
func (s *Screen) latency(d time.Duration) string {
	if d < time.Second || d >= 10*time.Second {
		return s.d.Printer.Duration(d)
	}
	return strconv.FormatFloat(d.Seconds(), 'f', 1, 64) + "s"
}

// outcome is how a call ended, in a word.
func (s *Screen) outcome(c trace.Call) string {
	switch {
	case !c.Failed():
		return s.d.T("apilog.ok")
	case c.Code == trace.NoAnswer:
		return s.d.T("apilog.no-answer")
	}
	return text.Line(c.Code)
}

// brushes are the styles of rows, made ready.
type brushes struct{ ok, warning, failed, cursor theme.Brush }

func newBrushes(s *theme.Styles) brushes {
	return brushes{ok: theme.NewBrush(s.OK), warning: theme.NewBrush(s.Warning), failed: theme.NewBrush(s.Failed), cursor: theme.NewBrush(s.Cursor)}
}

// look is the sign and the style of a call.
func (s *Screen) look(c trace.Call) (string, theme.Brush) {
	y := &s.d.Theme.Symbol
	switch {
	case c.Failed():
		return y.Failed, s.brush.failed
	case c.Throttles > 0:
		return y.Warning, s.brush.warning
	}
	return y.OK, s.brush.ok
}
