package learn

import (
	"strings"
	"time"

	"fleetlab/ui/locale"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// calls is operations with what became of them.
type calls struct {
	title string
	ops   []string
	made  map[string]Tally
	begun bool // they may have been made: before that there are no numbers
}

// Widths of the columns of numbers.
const (
	countWidth = 7
	meanWidth  = 8
	againWidth = 8
)

// rows are the calls in w columns: how many were made, how long one took, and how many requests had to be sent again, the latter only
// where some were.
func (c calls) rows(t *theme.Theme, p *locale.Printer, w int) []string {
	again := false
	throttled := 0
	for _, op := range c.ops {
		made := c.made[op]
		again = again || made.Attempts > made.Calls
		throttled += made.Throttles
	}
	head := ""
	if c.begun {
		head = text.PadLeft(p.T("learn.calls.count"), countWidth) + text.PadLeft(p.T("learn.calls.mean"), meanWidth)
		if again {
			head += text.PadLeft(p.T("learn.calls.again"), againWidth)
		}
	}
	rows := []string{edges(t.Style.Heading.Render, c.title, t.Style.Muted.Render(head), w)}
	for _, op := range c.ops {
		numbers := ""
		if c.begun {
			numbers = tallyColumns(p, c.made[op], again)
		}
		rows = append(rows, edges(t.Style.Code.Render, " "+spelt(op, w-1-text.Width(numbers)), t.Style.Value.Render(numbers), w))
	}
	if throttled > 0 {
		words := t.Symbol.Warning + " " + p.T("learn.calls.throttled", "Count", throttled)
		rows = append(rows, t.Style.Warning.Render(text.Cut(words, w)))
	}
	return rows
}

// spelt is an operation with its service, or alone where there is no room for both.
func spelt(op string, w int) string {
	if _, name, ok := strings.Cut(op, ":"); ok && text.Width(op) > w {
		return name
	}
	return op
}

// edges is a name and its numbers at the ends of a row; the name is cut rather than a number.
func edges(style func(...string) string, name, numbers string, w int) string {
	return text.Pad(style(text.Cut(name, max(1, w-text.Width(numbers)))), w-text.Width(numbers)) + numbers
}

func tallyColumns(p *locale.Printer, t Tally, again bool) string {
	mean, sent := "", ""
	if t.Calls > 0 {
		mean = latency(p, t.Latency/time.Duration(t.Calls))
	}
	if n := t.Attempts - t.Calls; n > 0 {
		sent = p.Number(n)
	}
	out := text.PadLeft(p.Number(t.Calls), countWidth) + text.PadLeft(mean, meanWidth)
	if again {
		out += text.PadLeft(sent, againWidth)
	}
	return out
}

// latency is how long a call took: in milliseconds below a second.
func latency(p *locale.Printer, d time.Duration) string {
	if d < time.Second {
		return p.T("learn.calls.ms", "Count", p.Number(int(max(1, d.Round(time.Millisecond).Milliseconds()))))
	}
	return p.Seconds(d.Seconds())
}
