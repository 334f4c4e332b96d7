package runview

import (
	"maps"
	"slices"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// resultRows is the result, laid out for w columns: the outcome, the counts and what else there is to say at once, what to do next,
// then the rest of the facts, why what failed has failed, and where the log is.
func (v *View) resultRows(w int) []string {
	o := v.out
	facts := v.facts(w)
	first := min(1, len(facts))
	rows := v.headline(o, w)
	if !v.narrow() {
		rows = append(rows, "")
	}
	rows = append(rows, v.countRows(o, w)...)
	parts := append(facts[:first:first], v.nextRows(w))
	parts = append(parts, facts[first:]...)
	for _, part := range append(parts, v.failureRows(o, w), v.logRows(w)) {
		if len(part) > 0 {
			rows = append(append(rows, ""), part...)
		}
	}
	return rows
}

// facts are the parts of the result that only its workflow knows.
func (v *View) facts(w int) [][]string {
	if v.spec.Facts == nil || v.out.Result == nil {
		return nil
	}
	return v.spec.Facts(v.out.Result, w)
}

// headline says in a sentence how it went, with a sign, and how long it took.
func (v *View) headline(o Outcome, w int) []string {
	t := v.d.Theme
	sign, style, words := t.Symbol.Failed, t.Style.Failed, v.d.T(v.spec.Words+".failed")
	switch o.Status {
	case event.Done:
		sign, style, words = t.Symbol.OK, t.Style.OK, v.d.T(v.spec.Words+".done")
	case event.Partial:
		sign, style, words = t.Symbol.Warning, t.Style.Warning, v.partialWords(o)
	case event.Interrupted:
		sign, style, words = t.Symbol.Warning, t.Style.Warning, v.d.T(v.spec.Words+".interrupted")
	}
	if v.spec.Ending != nil && o.Status != event.RunFailed {
		if other := v.spec.Ending(o); other != "" {
			sign, style, words = t.Symbol.Warning, t.Style.Warning, other
		}
	}
	rows := Wrapped(sign+" "+words, w, style)
	took, last := v.took(o), len(rows)-1
	if text.Width(rows[last])+1+text.Width(took) > w {
		rows, last = append(rows, ""), last+1
	}
	rows[last] = text.Edges(rows[last], t.Style.Muted.Render(took), w)
	if o.Err != nil {
		rows = append(rows, Wrapped(text.Line(v.d.Problem(o.Err)), w, t.Style.Error)...)
	}
	return rows
}

// partialWords say what is missing: items that failed, or steps that were left out.
func (v *View) partialWords(o Outcome) string {
	n := o.Failed()
	if v.spec.Faults != nil {
		n = v.spec.Faults(o.Result)
	}
	if n == 0 {
		return v.d.T("runview.skipped")
	}
	return v.d.T(v.spec.Words+".partial", "Count", n)
}

// took is how long the run worked, "" when it did not begin. Where there are lessons, that is less than how long it was on the screen.
func (v *View) took(o Outcome) string {
	id := "runview.took"
	switch {
	case o.Seconds == 0:
		return ""
	case v.paced():
		id = "runview.worked"
	}
	return v.d.T(id, "Duration", v.d.Printer.Seconds(o.Seconds))
}

// countRows is how many of each kind ended how.
func (v *View) countRows(o Outcome, w int) []string {
	var cells []cell
	for _, k := range orderedKinds(v.spec.Kinds, o.Counts) {
		cells = append(cells, cell{v.d.Printer.Resource(k), statuses(v.d.Printer.Number, o.Counts[k])})
	}
	return inColumns(cells, w)
}

// nextRows is what can be done now, each with its key.
func (v *View) nextRows(w int) []string {
	t := v.d.Theme
	var cells []cell
	for _, a := range v.spec.Actions(v.out) {
		cells = append(cells, cell{left: t.Style.Key.Render(a.Key.Show) + "  " + v.d.T(a.Key.Help)})
	}
	return append([]string{t.Style.Heading.Render(text.Cut(v.d.T("runview.next"), w))}, inColumns(cells, w)...)
}

// logRows is where the log is, and whether it is complete.
func (v *View) logRows(w int) []string {
	if v.run.LogPath == "" {
		return nil
	}
	label := v.d.T("runview.log-file")
	if v.run.LogError() != nil {
		label = v.d.Theme.Style.Warning.Render(v.d.Theme.Symbol.Warning + " " + v.d.T("runview.log-part"))
	}
	return []string{text.Edges(label, text.CutLeft(v.run.LogPath, w-text.Width(label)-1), w)}
}

// failureRows is every failure kept, with its reason.
func (v *View) failureRows(o Outcome, w int) []string {
	if len(o.Failures) == 0 {
		return nil
	}
	t := v.d.Theme
	all := o.Report.Counts.Of(event.Failed)
	rows := []string{t.Style.Heading.Render(text.Cut(v.d.T("runview.failures", "Count", all), w))}
	for _, e := range o.Failures {
		rows = append(rows, Wrapped(t.Symbol.Failed+" "+v.d.Printer.Event(e), w, t.Style.Failed)...)
	}
	if more := all - len(o.Failures); more > 0 {
		rows = append(rows, Wrapped(v.d.T("runview.more", "Count", more), w, t.Style.Muted)...)
	}
	return rows
}

// Wrapped is words in a style, on as many rows of w columns as they need.
func Wrapped(words string, w int, style lipgloss.Style) []string {
	var rows []string
	for _, l := range text.Wrap(words, w) {
		rows = append(rows, style.Render(l))
	}
	return rows
}

// Indented is Wrapped two columns further in.
func Indented(words string, w int, style lipgloss.Style) []string {
	rows := Wrapped(words, max(1, w-2), style)
	for i := range rows {
		rows[i] = "  " + rows[i]
	}
	return rows
}

// orderedKinds are the kinds counted, those in first in its order.
func orderedKinds(first []string, c event.Counts) []string {
	var out []string
	for _, k := range first {
		if len(c[k]) > 0 {
			out = append(out, k)
		}
	}
	for _, k := range c.Resources() {
		if !slices.Contains(out, k) {
			out = append(out, k)
		}
	}
	return out
}

// statuses is how many items ended how: CREATED 98, FAILED 2.
func statuses(number func(int) string, m map[event.Status]int) []string {
	var out []string
	for _, st := range slices.Sorted(maps.Keys(m)) {
		out = append(out, string(st)+" "+number(m[st]))
	}
	return out
}
