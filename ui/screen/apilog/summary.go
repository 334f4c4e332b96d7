package apilog

import (
	"cmp"
	"slices"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"fleetlab/aws/trace"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/table"
	"fleetlab/ui/text"
)

// count is an operation and what it did so far.
type count struct {
	name string
	trace.Tally
}

// sorted is the operations, the most called first.
func sorted(tally map[string]trace.Tally) []count {
	rows := make([]count, 0, len(tally))
	for name, t := range tally {
		rows = append(rows, count{name, t})
	}
	slices.SortFunc(rows, func(a, b count) int {
		return cmp.Or(cmp.Compare(b.Calls, a.Calls), cmp.Compare(a.name, b.name))
	})
	return rows
}

func (s *Screen) newCounts() *table.Model[count] {
	const nameColumns, numberColumns = 22, 6
	t, p := s.d.Theme, s.d.Printer
	number := func(id string, value func(count) string, style func(count) lipgloss.Style) table.Column[count] {
		title := s.d.T("apilog.column." + id)
		return table.Column[count]{Title: title, Min: max(numberColumns, text.Width(title)), Right: true, Cell: value, Style: style}
	}
	m := table.New(t, p, func(c count) string { return c.name },
		table.Column[count]{Title: s.d.T("apilog.column.operation"), Min: nameColumns, Flex: 1, Cell: func(c count) string { return c.name }},
		number("calls", func(c count) string { return p.Number(c.Calls) }, nil),
		number("errors", func(c count) string { return p.Number(c.Errors) }, s.bad(func(c count) bool { return c.Errors > 0 })),
		number("throttles", func(c count) string { return p.Number(c.Throttles) }, s.bad(func(c count) bool { return c.Throttles > 0 })),
		number("mean", func(c count) string { return s.latency(c.Mean()) }, nil),
		number("slowest", func(c count) string { return s.latency(c.Slowest) }, nil),
	)
	m.SetNotice(panel.Notice{Symbol: t.Symbol.Pending, Title: s.d.T("apilog.empty"), Next: s.d.T("apilog.empty-next")})
	m.OnEnter = s.only
	return m
}

// bad is the style of numbers that should be 0.
func (s *Screen) bad(is func(count) bool) func(count) lipgloss.Style {
	return func(c count) lipgloss.Style {
		if is(c) {
			return s.d.Theme.Style.Warning
		}
		return s.d.Theme.Style.Muted
	}
}

// only shows the calls of an operation.
func (s *Screen) only(c count) tea.Cmd {
	s.phase = listing
	s.list.only = everything
	s.list.search(c.name)
	s.layout()
	return nil
}
