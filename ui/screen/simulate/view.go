package simulate

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/text"
)

const (
	detailRows = 6 // of the job under the cursor, with the frame
	tightRows  = 4 // of it where rows are few
	tightBelow = 18
	lineRows   = 1 // of the forecast under the form of a narrow screen
	totalRows  = 3 // of the totals and the question over the lines of a narrow screen
)

// narrow reports that there is room for one thing only from left to right.
func (s *Screen) narrow() bool { return s.w < learn.DockFrom }

func (s *Screen) detailHeight() int {
	if s.h < tightBelow {
		return tightRows
	}
	return detailRows
}

// besideSize is the size of the left of two panels, and what is left of the width for the right one.
func (s *Screen) besideSize(below int) (w, h, right int) {
	if s.narrow() {
		return s.w, s.h - below, 0
	}
	w, right = learn.Split(s.w)
	return w, s.h, right
}

// totalHeight is the rows over the lines of the plan on a narrow screen.
func (s *Screen) totalHeight() int {
	if s.h < tightBelow {
		return totalRows - 1 // the bottom line asks the question
	}
	return totalRows
}

// linesSize is the size of the plan's lines with their frame.
func (s *Screen) linesSize() (w, h int) {
	w, h, _ = s.besideSize(s.totalHeight())
	return w, h
}

// layout gives every part its size.
func (s *Screen) layout() {
	s.jobs.SetSize(panel.Inner(s.w, s.h-s.detailHeight()))
	if s.form != nil {
		w, h, _ := s.besideSize(lineRows)
		s.form.SetSize(panel.Inner(w, h))
	}
	s.lines.setSize(panel.Inner(s.linesSize()))
	if s.back != nil {
		s.back.SetSize(s.w, s.h)
	}
	if s.watch != nil {
		s.watch.setSize(s.w, s.h)
	}
}

// drawn is the phase that is shown: the one before as long as it has only just begun to read or to plan.
func (s *Screen) drawn() phase {
	now := s.d.Now()
	if s.phase == loading && !s.reading.Slow(now) || s.phase == planning && !s.prepare.Slow(now) {
		return s.before
	}
	return s.phase
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	switch s.drawn() {
	case choosing:
		return s.jobsView()
	case asking:
		return s.formView()
	case planned:
		return s.planView()
	case reversing:
		return s.back.View()
	case playing:
		return s.watch.View()
	}
	return s.noteView()
}

func (s *Screen) jobsView() string {
	t, dh := s.d.Theme, s.detailHeight()
	list := panel.Render(t, panel.Frame{
		Title: s.d.T("simulate.jobs"), Info: t.Style.Key.Render(s.marked()), Body: s.jobs.View(), Focused: true,
	}, s.w, s.h-dh)
	iw, ih := panel.Inner(s.w, dh)
	rows := s.jobRows(iw)
	for range 2 {
		if len(rows) > ih {
			rows = rows[1:] // the id is in the table; after it, what the job is gives way to how it stands
		}
	}
	return text.Below(list, panel.Render(t, panel.Frame{Title: s.d.T("simulate.job"), Body: text.Block(rows, iw, ih)}, s.w, dh))
}

func (s *Screen) formView() string {
	t := s.d.Theme
	w, h, right := s.besideSize(lineRows)
	f := panel.Render(t, panel.Frame{Title: s.d.T("simulate.form"), Info: t.Style.Muted.Render(s.about()), Body: s.form.View(), Focused: true}, w, h)
	if right == 0 {
		return text.Below(f, text.Pad(t.Style.Muted.Render(text.Cut(s.forecastLine(), s.w)), s.w))
	}
	iw, ih := panel.Inner(right, h)
	return text.Beside(f, panel.Render(t, panel.Frame{Title: s.d.T("simulate.job"), Body: text.Block(s.forecast(iw), iw, ih)}, right, h))
}

func (s *Screen) planView() string {
	t := s.d.Theme
	w, h, right := s.besideSize(s.totalHeight())
	list := panel.Render(t, panel.Frame{
		Title: s.d.T("simulate.plan"), Info: t.Style.Muted.Render(s.lines.position()), Body: s.lines.view(), Focused: true,
	}, w, h)
	if right == 0 {
		return text.Below(text.Block(s.totalsLines(s.w), s.w, s.totalHeight()), list)
	}
	iw, ih := panel.Inner(right, h)
	return text.Beside(list, panel.Render(t, panel.Frame{Title: s.d.T("simulate.totals"), Body: text.Block(s.totals(iw), iw, ih)}, right, h))
}

// noteView is what stands on the screen while there is nothing else to show.
func (s *Screen) noteView() string {
	w, h := panel.Inner(s.w, s.h)
	title, n := s.notice()
	body := panel.Note(s.d.Theme, n, w, h)
	if listed := s.prepare.Seen(); s.drawn() == planning && listed.Total > 0 {
		const below = 5 // rows under the middle
		rows := strings.Split(body, "\n")
		if at := len(rows)/2 + below; at < len(rows) {
			bw := min(w, 60)
			state := progress.State{Done: listed.Done, Total: listed.Total}
			rows[at] = text.Center(progress.Bar(s.d.Theme, s.d.Printer, state, bw), w)
		}
		body = strings.Join(rows, "\n")
	}
	return panel.Render(s.d.Theme, panel.Frame{Title: title, Body: body}, s.w, s.h)
}

func (s *Screen) notice() (title string, n panel.Notice) {
	y := s.d.Theme.Symbol
	switch s.drawn() {
	case failed:
		return s.d.T("simulate.jobs"), panel.Notice{Symbol: y.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("simulate.failed-next"), Error: true}
	case empty:
		return s.d.T("simulate.jobs"), panel.Notice{Symbol: y.Pending, Title: s.d.T("simulate.empty"), Next: s.d.T("simulate.empty-next")}
	case planning:
		n = panel.Notice{Symbol: y.Running, Title: s.d.T("simulate.planning"), Next: s.d.T("simulate.planning-next")}
		if s.prepare.Stopping() {
			n.Title = s.d.T("runview.stopping")
		} else if done := s.prepare.Seen().Done; done > 0 {
			n.Title = s.d.T("simulate.planning-listed", "Count", done)
		}
		return s.d.T("simulate.plan"), n
	case stuck:
		return s.d.T("simulate.plan"), panel.Notice{Symbol: y.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("simulate.stuck-next"), Error: true}
	}
	if !s.reading.Slow(s.d.Now()) {
		return s.d.T("simulate.jobs"), n
	}
	n = panel.Notice{Symbol: y.Running, Title: s.d.T("simulate.loading")}
	if waited := s.reading.Waited(s.d.Now()); waited > 0 {
		n.Next = s.d.T("simulate.waited", "Duration", waited)
	}
	return s.d.T("simulate.jobs"), n
}
