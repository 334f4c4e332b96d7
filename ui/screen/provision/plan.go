package provision

import (
	"cmp"
	"slices"
	"strings"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/text"
	"fleetlab/workflows/provision"
)

// Where the plan stands: beside the form from learn.DockFrom columns on, under it where there are rows
// enough, and otherwise as one row.
const (
	planBelow    = 20 // rows of the screen from which the plan is under the form
	planRows     = 8  // rows of the plan under the form, with its frame
	planLineRows = 1
)

func (s *Screen) formSize() (w, h int) {
	switch {
	case !s.narrow():
		w, _ = learn.Split(s.w)
		return w, s.h
	case s.h >= planBelow:
		return s.w, s.h - planRows
	}
	return s.w, s.h - planLineRows
}

func (s *Screen) formView() string {
	w, h := s.formSize()
	left := panel.Render(s.d.Theme, panel.Frame{Title: s.d.T("provision.form"), Body: s.form.View(), Focused: true}, w, h)
	switch {
	case !s.narrow():
		return text.Beside(left, s.planPanel(s.w-w, s.h))
	case s.h >= planBelow:
		return text.Below(left, s.planPanel(s.w, planRows))
	}
	return text.Below(left, text.Pad(s.d.Theme.Style.Muted.Render(text.Cut(s.planLine(), s.w)), s.w))
}

func (s *Screen) planPanel(w, h int) string {
	iw, ih := panel.Inner(w, h)
	f := panel.Frame{Title: s.d.T("provision.plan")}
	if !s.planned() {
		f.Body = panel.Note(s.d.Theme, panel.Notice{Symbol: s.d.Theme.Symbol.Pending, Title: s.d.T("provision.no-plan")}, iw, ih)
		return panel.Render(s.d.Theme, f, w, h)
	}
	rows := s.planFacts(iw, ih < planRows)
	if ih < planRows {
		rows = append(rows, text.Wrap(s.planResources(), iw)...)
	} else {
		rows = append(rows, s.planTables(iw, ih-len(rows))...)
	}
	f.Body = text.Block(rows, iw, ih)
	return panel.Render(s.d.Theme, f, w, h)
}

// planned reports that there is a plan: every field can be used, together with the others.
func (s *Screen) planned() bool { return s.form.OK() && s.estimate.TotalCalls > 0 }

// planLine is the plan in one row.
func (s *Screen) planLine() string {
	if !s.planned() {
		return s.d.T("provision.no-plan")
	}
	e := s.estimate
	return s.d.T("provision.plan-line", "Calls", e.TotalCalls, "Time", s.d.Least(e.Seconds), "Cost", s.cost())
}

// planFacts are what the run takes; the two short ones share a row where rows are few.
func (s *Screen) planFacts(w int, few bool) []string {
	e := s.estimate
	resources := 0
	for _, n := range e.Resources {
		resources += n
	}
	made, calls := s.d.Printer.Number(resources), s.d.Printer.Number(e.TotalCalls)
	short := []string{s.d.Fact("provision.plan.resources", made, w), s.d.Fact("provision.plan.calls", calls, w)}
	if few {
		const gap = 4
		left := (w - gap) / 2
		short = []string{s.d.Fact("provision.plan.resources", made, left) + text.Spaces(gap) + s.d.Fact("provision.plan.calls", calls, w-gap-left)}
	}
	return append(short,
		s.d.Fact("provision.plan.duration", s.d.Least(e.Seconds), w),
		s.d.Fact("provision.plan.cost", s.cost(), w))
}

// cost says that the sandbox costs nothing.
func (s *Screen) cost() string {
	usd := s.d.Printer.Dollars(s.estimate.Cost.Total)
	if s.d.Cloud.Kind == cloud.Sandbox {
		return s.d.T("provision.cost.sandbox", "Cost", usd)
	}
	return s.d.T("provision.cost.real", "Cost", usd)
}

func (s *Screen) planResources() string {
	var parts []string
	for _, k := range kinds {
		if n := s.estimate.Resources[k]; n > 0 {
			parts = append(parts, s.d.Printer.Resource(k)+" "+s.d.Printer.Number(n))
		}
	}
	return strings.Join(parts, " "+s.d.Theme.Symbol.Dot+" ")
}

// planTables are the resources by kind and the calls by operation, most first, in at most h rows.
func (s *Screen) planTables(w, h int) []string {
	t := s.d.Theme
	rows := []string{"", t.Style.Heading.Render(text.Cut(s.d.T("provision.plan.by-kind"), w))}
	for _, k := range kinds {
		if n := s.estimate.Resources[k]; n > 0 {
			rows = append(rows, text.Edges("  "+s.d.Printer.Resource(k), s.d.Printer.Number(n), w))
		}
	}
	rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T("provision.plan.by-call"), w)))
	calls := slices.Clone(s.estimate.Calls)
	slices.SortStableFunc(calls, func(a, b provision.Calls) int { return cmp.Compare(b.Count, a.Count) })
	for i, c := range calls {
		if len(rows) == h-1 && i < len(calls)-1 {
			rows = append(rows, t.Style.Muted.Render(text.Cut("  "+s.d.T("provision.plan.more", "Count", len(calls)-i), w)))
			break
		}
		rows = append(rows, text.Edges("  "+c.Operation, s.d.Printer.Number(c.Count)+t.Style.Muted.Render(s.pace(c)), w))
	}
	return rows
}

// pace is an operation's limit, as wide in every row.
func (s *Screen) pace(c provision.Calls) string {
	const width = 9
	if c.PerSecond == 0 {
		return text.Spaces(width)
	}
	return text.PadLeft(s.d.Printer.Number(int(c.PerSecond))+"/s", width)
}
