package createjob

import (
	"slices"

	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
)

// reachRows say whom the job reaches: each thing counted once, and those of another type than the package is for.
func (s *Screen) reachRows(w int) []string {
	t := s.d.Theme
	rows := runview.Wrapped(s.reachLine(), w, t.Style.Value)
	switch {
	case s.reach.err != nil:
		return append(rows, runview.Wrapped(t.Symbol.Failed+" "+text.Line(s.d.Problem(s.reach.err)), w, t.Style.Error)...)
	case !s.reach.there:
		return append(rows, runview.Wrapped(s.d.T("createjob.reach-counting"), w, t.Style.Muted)...)
	}
	p := s.reach.plan
	others := otherTypes(p)
	switch {
	case p.Narrow != nil && p.Input.Narrow:
		rows = append(rows, s.narrowed(p, w)...)
	case p.Narrow != nil:
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+s.d.T("createjob.reach-others", "Type", p.Narrow.Type, "Count", p.Narrow.LeftOut), w, t.Style.Warning)...)
		rows = append(rows, runview.Wrapped(s.d.T("createjob.reach-narrow", "Type", p.Narrow.Type, "Count", p.Narrow.Members), w, t.Style.Key)...)
	}
	for _, warning := range p.Warnings {
		if !slices.Contains(others, warning) && warning.What != createjob.LastsForever {
			rows = append(rows, s.warningRows(warning, w)...)
		}
	}
	for _, o := range others {
		rows = append(rows, text.Edges("  "+o.Group, s.d.T("createjob.of-other-type", "Count", o.Count), w))
	}
	return rows
}

// reachLine is how many things the targets are together.
func (s *Screen) reachLine() string {
	if !s.reach.there {
		return s.d.T("createjob.reach-so-far", "Targets", s.targetsChosen(), "Things", s.reachWords())
	}
	return s.d.T("createjob.reach-line", "Targets", s.targetsChosen(), "Things", s.reachWords())
}

// reachBrief is the rest in one row.
func (s *Screen) reachBrief(w int) string {
	t, p := s.d.Theme, s.reach.plan
	switch {
	case s.reach.err != nil:
		return t.Style.Error.Render(text.Cut(t.Symbol.Failed+" "+text.Line(s.d.Problem(s.reach.err)), w))
	case !s.reach.there:
		return t.Style.Muted.Render(text.Cut(s.d.T("createjob.reach-counting"), w))
	case p.Narrow != nil && p.Input.Narrow:
		return s.narrowed(p, w)[0]
	case p.Narrow != nil:
		return t.Style.Warning.Render(text.Cut(t.Symbol.Warning+" "+s.d.T("createjob.reach-brief", "Type", p.Narrow.Type, "Left", p.Narrow.LeftOut, "Count", p.Narrow.Members), w))
	}
	return ""
}

func (s *Screen) narrowed(p createjob.Plan, w int) []string {
	t := s.d.Theme
	return runview.Wrapped(t.Symbol.OK+" "+s.d.T("createjob.narrowed", "Type", p.Narrow.Type, "Count", p.Narrow.Members, "Left", p.Narrow.LeftOut), w, t.Style.OK)
}
