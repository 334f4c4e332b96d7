package home

import (
	"strings"

	"fleetlab/ui/component/bars"
	"fleetlab/ui/component/execution"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/component/stack"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// section is a part of what is shown of the fleet.
type section struct {
	title, info string
	want        int                   // rows that it has something for
	body        func(w, h int) string // exactly so many columns and rows
}

func lines(block string) []string { return strings.Split(block, "\n") }

// sections are the counts of the fleet and its jobs.
func (s *Screen) sections() []section {
	return []section{s.types(), s.versions(), s.countries(), s.jobSection()}
}

// counts are the things by a value: as the index has them, or else as the first page of the list does.
func (s *Screen) counts(indexed func(*shape) []bars.Row, listed []bars.Row, none string) section {
	rows, total, info := listed, s.fleet.Things.N, ""
	switch {
	case s.shape != nil && s.shape.Index == indexReady && s.shape.Total > 0:
		rows, total = indexed(s.shape), s.shape.Total
	case s.fleet.Things.More && s.shape == nil:
		rows = nil
	case s.fleet.Things.More:
		info = s.d.T("home.first-things", "Count", s.fleet.Things.N)
	}
	named := make([]bars.Row, len(rows))
	for i, r := range rows {
		if r.Label = text.Line(r.Label); r.Label == "" {
			r.Label = s.d.T(none)
		}
		named[i] = r
	}
	return section{info: info, want: max(1, len(named)), body: func(w, h int) string {
		if len(named) == 0 {
			return s.note(s.loading(), "", w, h)
		}
		return bars.View(s.d.Theme, s.d.Printer, named, total, w, h)
	}}
}

func (s *Screen) types() section {
	sec := s.counts(func(i *shape) []bars.Row { return i.ByType }, s.fleet.ByType, "home.no-type")
	sec.title = s.d.T("home.by-type")
	if sec.info == "" {
		sec.info = s.counted("home.things", s.things())
	}
	return sec
}

func (s *Screen) countries() section {
	sec := s.counts(func(i *shape) []bars.Row { return i.ByCountry }, s.fleet.ByCountry, "home.no-country")
	sec.title = s.d.T("home.by-country")
	return sec
}

// versions is how many things report each version of their firmware, which only the index knows.
func (s *Screen) versions() section {
	f := s.firmware
	sec := section{title: s.d.T("home.by-version"), want: 2}
	say := func(words, next string) section {
		sec.body = func(w, h int) string { return s.note(words, next, w, h) }
		return sec
	}
	switch {
	case f == nil:
		return say(s.loading(), "")
	case f.Err != nil || s.shape == nil || s.shape.Err != nil:
		return say(s.d.T("home.state.unknown"), s.d.T("home.unknown-next"))
	case s.shape.Index == indexBuilding || s.shape.Shadows && !f.Counted:
		return say(s.d.T("home.index-building"), s.d.T("home.index-building-next"))
	case !f.Counted:
		return say(s.d.T("home.index-off"), s.d.T("home.index-off-next"))
	case len(f.ByVersion) == 0:
		return say(s.d.T("home.no-versions"), s.d.T("home.no-versions-next"))
	}
	rows, reports, total := withRest(f.ByVersion, s.shape.Total), 0, s.shape.Total
	for i := range rows {
		reports += rows[i].Count
		if rows[i].Label == "" {
			rows[i].Label = s.d.T("home.no-version")
		}
	}
	sec.want = len(rows)
	if reports > total { // things with several packages report several versions: shares would come to more than all
		total = 0
	}
	sec.body = func(w, h int) string { return bars.View(s.d.Theme, s.d.Printer, rows, total, w, h) }
	return sec
}

// jobSection is the jobs under way, each with a bar of its executions.
func (s *Screen) jobSection() section {
	j := s.jobs
	sec := section{title: s.d.T("home.jobs-title"), want: 1}
	switch {
	case j == nil:
		sec.body = func(w, h int) string { return s.note(s.loading(), "", w, h) }
		return sec
	case j.Err != nil:
		sec.body = func(w, h int) string { return s.note(s.d.T("home.state.unknown"), s.d.T("home.unknown-next"), w, h) }
		return sec
	}
	if j.Active.N > 0 {
		sec.info = s.counted("home.jobs", j.Active)
	} else if j.Completed.N > 0 {
		sec.info = s.counted("home.completed-n", j.Completed)
	}
	sec.want = max(2, 2*len(j.Newest))
	sec.body = func(w, h int) string {
		if len(j.Newest) == 0 {
			return s.note(s.d.T("home.no-jobs"), s.d.T("home.no-jobs-next"), w, h)
		}
		return s.jobRows(j.Newest, w, h)
	}
	return sec
}

// jobRows is the jobs on h rows: with their states where there is room, otherwise with a bar, or with numbers alone.
func (s *Screen) jobRows(jobs []job, w, h int) string {
	if h <= 0 {
		return ""
	}
	const full, pitch = 3, 4 // a name, a bar and what it means, and a blank row
	each := h / len(jobs)
	if each < 1 {
		jobs, each = jobs[:h], 1
	}
	var rows []string
	for _, j := range jobs {
		switch {
		case each < 2:
			rows = append(rows, text.Edges(j.ID, s.jobNumbers(j), w))
		case each < full || j.Total() == 0:
			rows = append(rows, s.jobName(j, w), s.jobBar(j, w))
		default:
			tall := min(each-1, 3)
			rows = append(rows, s.jobName(j, w))
			rows = append(rows, lines(stack.View(s.d.Theme, s.d.Printer, stack.Executions(s.d.Theme, s.d.Printer, executions(j)), w, tall))...)
		}
		if each >= pitch {
			rows = append(rows, "")
		}
	}
	return text.Block(rows, w, h)
}

func (s *Screen) jobName(j job, w int) string {
	return s.d.Theme.Style.Strong.Render(text.Cut(j.ID, w))
}

func (s *Screen) jobBar(j job, w int) string {
	if j.Total() == 0 {
		return s.d.Theme.Style.Muted.Render(text.Cut(s.jobNumbers(j), w))
	}
	return progress.Bar(s.d.Theme, s.d.Printer, progress.State{Done: j.ended(), Total: j.Total(), Failed: j.failed()}, w)
}

func (s *Screen) jobNumbers(j job) string {
	if j.Total() == 0 {
		return s.d.T("home.job-rolling")
	}
	return progress.Line(s.d.Theme, s.d.Printer, progress.State{Done: j.ended(), Total: j.Total()})
}

// executions are a job's counts by state.
func executions(j job) execution.Counts {
	return execution.Counts{
		theme.Queued: j.Queued, theme.InProgress: j.InProgress, theme.Succeeded: j.Succeeded, theme.Failed: j.Failed,
		theme.TimedOut: j.TimedOut, theme.Rejected: j.Rejected, theme.Canceled: j.Canceled, theme.Removed: j.Removed,
	}
}

// note is what stands where nothing can be counted: why, and what to do about it. In little room it is the reason alone.
func (s *Screen) note(words, next string, w, h int) string {
	t := s.d.Theme
	if words == "" {
		return text.Block(nil, w, h)
	}
	if h < 5 {
		rows := []string{t.Style.Muted.Render(text.Cut(words, w))}
		if more := text.Wrap(next, w); len(more) < h {
			for _, l := range more {
				rows = append(rows, t.Style.Muted.Render(l))
			}
		}
		return text.Block(rows, w, h)
	}
	return panel.Note(t, panel.Notice{Symbol: t.Symbol.Pending, Title: words, Next: next}, w, h)
}
