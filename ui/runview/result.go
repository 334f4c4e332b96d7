package runview

import (
	"maps"
	"slices"
	"strings"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// resultRows is the result, laid out for w columns: the outcome, the counts, what to do next, and why what failed has failed.
func (v *View) resultRows(w int) []string {
	o := v.out
	rows := append(v.headline(o, w), "")
	for _, k := range orderedKinds(v.spec.Kinds, o.Counts) {
		rows = append(rows, text.Edges(v.d.Printer.Resource(k), statuses(v.d.Printer.Number, o.Counts[k]), w))
	}
	if v.spec.Facts != nil && o.Result != nil {
		rows = append(rows, v.spec.Facts(o.Result, w)...)
	}
	if len(o.Counts) > 0 {
		rows = append(rows, "")
	}
	rows = append(rows, text.Edges(v.d.T("runview.duration"), v.d.Theme.Style.Value.Render(v.d.Printer.Seconds(o.Seconds)), w))
	if v.run.LogPath != "" {
		label := v.d.T("runview.log-file")
		rows = append(rows, text.Edges(label, text.CutLeft(v.run.LogPath, w-text.Width(label)-1), w))
	}
	rows = append(rows, "")
	rows = append(rows, v.nextRows(w)...)
	return append(rows, v.failureRows(o, w)...)
}

// headline says in a sentence how it went, with a sign.
func (v *View) headline(o Outcome, w int) []string {
	t := v.d.Theme
	sign, style, words := t.Symbol.Failed, t.Style.Failed, v.d.T(v.spec.Words+".failed")
	switch o.Status {
	case event.Done:
		sign, style, words = t.Symbol.OK, t.Style.OK, v.d.T(v.spec.Words+".done")
	case event.Partial:
		sign, style, words = t.Symbol.Warning, t.Style.Warning, v.d.T(v.spec.Words+".partial", "Count", o.Failed())
		if o.Failed() == 0 {
			words = v.d.T("runview.skipped")
		}
	case event.Interrupted:
		sign, style, words = t.Symbol.Warning, t.Style.Warning, v.d.T(v.spec.Words+".interrupted")
	}
	rows := Wrapped(sign+" "+words, w, style)
	if o.Err != nil {
		rows = append(rows, Wrapped(text.Line(v.d.Problem(o.Err)), w, t.Style.Error)...)
	}
	return rows
}

// nextRows is what can be done now, each with its key.
func (v *View) nextRows(w int) []string {
	t := v.d.Theme
	rows := []string{t.Style.Heading.Render(text.Cut(v.d.T("runview.next"), w))}
	for _, a := range v.spec.Actions(v.out) {
		rows = append(rows, text.Cut(t.Style.Key.Render(a.Key.Show)+"  "+v.d.T(a.Key.Help), w))
	}
	return rows
}

// failureRows is every failure kept, with its reason.
func (v *View) failureRows(o Outcome, w int) []string {
	if len(o.Failures) == 0 {
		return nil
	}
	t := v.d.Theme
	all := o.Report.Counts.Of(event.Failed)
	rows := []string{"", t.Style.Heading.Render(text.Cut(v.d.T("runview.failures", "Count", all), w))}
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

// statuses is how many items ended how: CREATED 98  FAILED 2.
func statuses(number func(int) string, m map[event.Status]int) string {
	var parts []string
	for _, st := range slices.Sorted(maps.Keys(m)) {
		parts = append(parts, string(st)+" "+number(m[st]))
	}
	return strings.Join(parts, "  ")
}
