package apilog

import (
	"github.com/charmbracelet/lipgloss"

	"fleetlab/aws/trace"
	"fleetlab/ui/text"
)

// detailRows are everything known of a call, for a width.
func (s *Screen) detailRows(c trace.Call, w int) []string {
	p, t := s.d.Printer, s.d.Theme
	s.brush = newBrushes(&t.Style)
	sign, brush := s.look(c)
	result := s.outcome(c)
	rows := []string{
		t.Style.Heading.Render(text.Cut(c.Name(), w)),
		text.Edges(s.d.T("apilog.column.outcome"), brush.Paint(sign+" "+result), w),
		s.d.Fact("apilog.fact.started", c.Time.Format("15:04:05.000"), w),
		s.d.Fact("apilog.fact.ended", ended(c).Format("15:04:05.000"), w),
		s.d.Fact("apilog.fact.latency", s.latency(c.Latency), w),
		s.d.Fact("apilog.fact.took", s.latency(c.Took), w),
		s.d.Fact("apilog.fact.attempts", p.Number(c.Attempts), w),
		s.d.Fact("apilog.fact.throttles", p.Number(c.Throttles), w),
	}
	if c.Failed() {
		rows = append(rows, s.section("apilog.error", text.Wrap(text.Line(c.Error), w), t.Style.Failed)...)
	}
	rows = append(rows, s.section("apilog.command", text.Wrap(text.Line(c.CLI()), w), t.Style.Code)...)
	if s.inSandbox() {
		for _, l := range text.Wrap(s.d.T("apilog.command-sandbox"), w) {
			rows = append(rows, t.Style.Muted.Render(l))
		}
	}
	rows = append(rows, s.section("apilog.request", s.document(c.Request(), w), t.Style.Text)...)
	if answer := c.Answer(); answer != nil {
		rows = append(rows, s.section("apilog.answer", s.document(answer, w), t.Style.Text)...)
	}
	return rows
}

// section is lines under a heading.
func (s *Screen) section(id string, lines []string, style lipgloss.Style) []string {
	rows := []string{"", s.d.Theme.Style.Label.Bold(true).Render(s.d.T(id))}
	for _, l := range lines {
		rows = append(rows, style.Render(l))
	}
	return rows
}
