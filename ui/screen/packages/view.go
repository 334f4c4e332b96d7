package packages

import (
	"strings"
	"time"

	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/table"
	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/catalog"
)

func (s *Screen) newTable() *table.Model[version] {
	const nameColumns, versionColumns, statusColumns, jobColumns, fileColumns = 16, 9, 10, 18, 28
	t := s.d.Theme
	title := func(id string) string { return s.d.T("packages.column." + id) }
	m := table.New(t, s.d.Printer, version.Item,
		table.Column[version]{Min: 1, Cell: s.sign, Style: s.style},
		table.Column[version]{Title: title("package"), Min: nameColumns, Flex: 1, Cell: func(v version) string { return text.Line(v.Package) }},
		table.Column[version]{Title: title("version"), Min: max(versionColumns, text.Width(title("version"))), Cell: func(v version) string { return text.Line(v.Name) }},
		table.Column[version]{Title: title("things"), Min: max(6, text.Width(title("things"))), Right: true, Cell: s.things},
		table.Column[version]{Title: title("status"), Min: statusColumns, Cell: func(v version) string { return v.Status }, Style: s.style},
		table.Column[version]{Title: title("default"), Min: text.Width(title("default")), Cell: s.isDefault},
		table.Column[version]{Title: title("job"), Min: jobColumns, Flex: 1, Cell: s.newest},
		table.Column[version]{Title: title("file"), Min: fileColumns, Flex: 2, Cell: func(v version) string { return text.Line(s.file(v)) }},
	)
	m.OnEnter = s.open
	return m
}

// sign is the status for where there is no room for the word.
func (s *Screen) sign(v version) string {
	y := s.d.Theme.Symbol
	switch {
	case v.Published():
		return y.OK
	case v.Installable():
		return y.Warning
	}
	return y.Pending
}

func (s *Screen) style(v version) lipgloss.Style {
	t := s.d.Theme.Style
	switch {
	case v.Published():
		return t.OK
	case v.Installable():
		return t.Warning
	}
	return t.Muted
}

func (s *Screen) things(v version) string {
	if v.Things < 0 {
		return "-"
	}
	return s.d.Printer.Number(v.Things)
}

func (s *Screen) isDefault(v version) string {
	if v.Default {
		return s.d.T("packages.yes")
	}
	return ""
}

func (s *Screen) newest(v version) string {
	if len(v.Jobs) == 0 {
		return "-"
	}
	return text.Line(v.Jobs[0].ID)
}

func (s *Screen) file(v version) string {
	if v.Artifact == "" {
		return s.d.T("packages.no-file")
	}
	return v.Artifact
}

// indexRows say why things are not counted; none when they are.
func (s *Screen) indexRows(w int) []string {
	t := s.d.Theme
	switch s.known.Index {
	case catalog.Off:
		return runview.Wrapped(t.Symbol.Warning+" "+s.d.T("packages.index-off"), w, t.Style.Warning)
	case catalog.Building:
		return runview.Wrapped(t.Symbol.Running+" "+s.d.T("packages.index-building"), w, t.Style.Running)
	}
	return nil
}

// belowRows say what the row under the cursor may have no room for, and why things are not counted.
func (s *Screen) belowRows(w int) []string {
	v, _ := s.list.Selected()
	rows := []string{""}
	for _, fact := range []struct{ id, value string }{{"packages.column.job", s.newest(v)}, {"packages.column.file", s.file(v)}} {
		room := w - text.Width(s.d.T(fact.id)) - 2
		rows = append(rows, s.d.Fact(fact.id, text.CutLeft(text.Line(fact.value), room), w))
	}
	return append(rows, s.indexRows(w)...)
}

// layout gives every part its size.
func (s *Screen) layout() {
	w, _ := panel.Inner(s.w, s.h)
	s.list.SetSize(panel.Inner(s.w, s.h-len(s.belowRows(w))))
	s.page.SetSize(panel.Inner(s.w, s.h))
	if s.back != nil {
		s.back.SetSize(s.w, s.h)
	}
}

// drawn is the phase that is shown: the one before as long as it has only just begun to read.
func (s *Screen) drawn() phase {
	if s.phase == loading && !s.reading.Slow(s.d.Now()) {
		return s.before
	}
	return s.phase
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	switch s.drawn() {
	case listing:
		return s.listView()
	case detail:
		return s.framed(s.d.T("packages.detail"), s.page.Position(), s.page.View())
	case reversing:
		return s.back.View()
	}
	return s.note(s.d.T("packages.list"), s.notice())
}

func (s *Screen) listView() string {
	w, _ := panel.Inner(s.w, s.h)
	below := s.belowRows(w)
	body := text.Below(s.list.View(), text.Block(below, w, len(below)))
	info := ""
	if s.reading.On() && s.reading.Slow(s.d.Now()) {
		info = s.d.T("packages.loading")
	}
	return s.framed(s.d.T("packages.list"), info, body)
}

func (s *Screen) framed(title, info, body string) string {
	t := s.d.Theme
	return panel.Render(t, panel.Frame{Title: title, Info: t.Style.Muted.Render(info), Body: body, Focused: true}, s.w, s.h)
}

func (s *Screen) note(title string, n panel.Notice) string {
	w, h := panel.Inner(s.w, s.h)
	return panel.Render(s.d.Theme, panel.Frame{Title: title, Body: panel.Note(s.d.Theme, n, w, h)}, s.w, s.h)
}

func (s *Screen) notice() panel.Notice {
	y := s.d.Theme.Symbol
	switch s.drawn() {
	case failed:
		return panel.Notice{Symbol: y.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("packages.failed-next"), Error: true}
	case empty:
		return panel.Notice{Symbol: y.Pending, Title: s.d.T("packages.empty"), Next: s.d.T("packages.empty-next")}
	}
	if !s.reading.Slow(s.d.Now()) {
		return panel.Notice{}
	}
	n := panel.Notice{Symbol: y.Running, Title: s.d.T("packages.loading")}
	if waited := s.reading.Waited(s.d.Now()); waited > 0 {
		n.Next = s.d.T("packages.waited", "Duration", waited)
	}
	return n
}

// detailRows are all that is known of the version under the cursor.
func (s *Screen) detailRows(w int) []string {
	v, ok := s.list.Selected()
	if !ok {
		return nil
	}
	t := s.d.Theme
	isDefault := s.d.T("packages.no")
	if v.Default {
		isDefault = s.d.T("packages.yes")
	}
	rows := []string{
		t.Style.Strong.Render(text.Cut(text.Line(v.Package+" "+v.Name), w)),
		"",
		text.Edges(s.d.T("packages.column.status"), s.style(v).Render(s.sign(v)+" "+v.Status), w),
		s.d.Fact("packages.column.default", isDefault, w),
		s.d.Fact("packages.fact.created", v.Created.Local().Format(time.DateTime), w),
		s.d.Fact("packages.fact.things", s.things(v), w),
	}
	rows = append(rows, s.indexRows(w)...)
	rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T("packages.column.file"), w)))
	rows = append(rows, runview.Wrapped(text.Line(s.file(v)), w, t.Style.Value)...)
	rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T("packages.jobs"), w)))
	return append(rows, s.detailJobs(v, w)...)
}

// detailJobs are the jobs that installed a version, and which of them the way back would be for.
func (s *Screen) detailJobs(v version, w int) []string {
	t := s.d.Theme
	if len(v.Jobs) == 0 {
		return runview.Wrapped(s.d.T("packages.no-jobs", "Most", catalog.MaxJobs), w, t.Style.Muted)
	}
	var rows []string
	for _, j := range v.Jobs {
		facts := []string{s.d.T("packages.updated", "Count", j.Counts.Succeeded, "Total", j.Counts.Total()), j.Created.Local().Format(time.DateTime)}
		rows = append(rows, text.Edges(t.Style.Value.Render(text.Line(j.ID)), j.Status, w),
			t.Style.Muted.Render(text.Cut("  "+strings.Join(facts, " "+t.Symbol.Dot+" "), w)))
	}
	if j, ok := v.Updated(); ok {
		return append(rows, runview.Wrapped(s.d.T("packages.way-back", "Job", text.Line(j.ID)), w, t.Style.Running)...)
	}
	return rows
}
