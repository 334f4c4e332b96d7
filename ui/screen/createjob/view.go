package createjob

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/runview"
	"fleetlab/ui/text"
)

// summaryRows is the job so far under the form; from learn.DockFrom columns on it stands beside it.
const summaryRows = 1

// narrow reports that there is no room beside the form.
func (s *Screen) narrow() bool { return s.w < learn.DockFrom }

func (s *Screen) formSize() (w, h int) {
	if s.narrow() {
		return s.w, s.h - summaryRows
	}
	w, _ = learn.Split(s.w)
	return w, s.h
}

// layout gives every part its size.
func (s *Screen) layout() {
	if s.form != nil {
		s.form.SetSize(panel.Inner(s.formSize()))
	}
	s.review.SetSize(panel.Inner(s.w, s.h))
	if s.view != nil {
		s.view.SetSize(s.w, s.h)
	}
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	switch s.phase {
	case asking:
		return s.formView()
	case reviewing:
		return panel.Render(s.d.Theme, panel.Frame{
			Title: s.d.T("createjob.review"), Info: s.d.Theme.Style.Muted.Render(s.review.Position()), Body: s.review.View(), Focused: true,
		}, s.w, s.h)
	case creating:
		return s.view.View()
	}
	return s.noteView(s.notice())
}

func (s *Screen) noteView(title string, n panel.Notice) string {
	w, h := panel.Inner(s.w, s.h)
	return panel.Render(s.d.Theme, panel.Frame{Title: title, Body: panel.Note(s.d.Theme, n, w, h)}, s.w, s.h)
}

// notice is what stands on the screen while there is neither a form nor a job.
func (s *Screen) notice() (title string, n panel.Notice) {
	y := s.d.Theme.Symbol
	switch s.phase {
	case failed:
		return s.Title(), panel.Notice{Symbol: y.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("createjob.failed-next"), Error: true}
	case lacking:
		var lacks []string
		for _, id := range s.lacks() {
			lacks = append(lacks, s.d.T(id, "Role", s.choices.Role))
		}
		return s.Title(), panel.Notice{Symbol: y.Pending, Title: strings.Join(lacks, "\n"), Next: s.d.T("createjob.lacking-next")}
	case preparing:
		n = panel.Notice{Symbol: y.Running, Title: s.d.T("createjob.preparing"), Next: s.d.T("createjob.preparing-next")}
		if s.prepare.Stopping() {
			n.Title = s.d.T("runview.stopping")
		} else if done := s.prepare.Seen().Done; done > 0 {
			n.Title = s.d.T("createjob.preparing-counted", "Count", done)
		}
		return s.d.T("createjob.review"), n
	case stuck:
		return s.d.T("createjob.review"), panel.Notice{Symbol: y.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("createjob.stuck-next"), Error: true}
	}
	n = panel.Notice{Symbol: y.Running, Title: s.d.T("createjob.loading")}
	if waited := s.reading.Waited(s.d.Now()); waited > 0 {
		n.Next = s.d.T("createjob.waited", "Duration", waited)
	}
	return s.Title(), n
}

func (s *Screen) formView() string {
	w, h := s.formSize()
	left := panel.Render(s.d.Theme, panel.Frame{Title: s.d.T("createjob.form"), Body: s.form.View(), Focused: true}, w, h)
	if s.narrow() {
		return text.Below(left, text.Pad(s.d.Theme.Style.Muted.Render(text.Cut(s.summaryLine(), s.w)), s.w))
	}
	iw, ih := panel.Inner(s.w-w, h)
	f := panel.Frame{Title: s.d.T("createjob.summary"), Body: text.Block(s.summary(iw), iw, ih)}
	return text.Beside(left, panel.Render(s.d.Theme, f, s.w-w, h))
}

// reach is how many things the groups chosen have together, as far as they were counted.
func (s *Screen) reach() string {
	n, all := 0, true
	for _, g := range s.in.Groups {
		c := s.members[g]
		n, all = n+c.n, all && c.all
	}
	if all {
		return s.d.T("createjob.members", "Count", n)
	}
	return s.d.T("createjob.members-so-far", "Count", n)
}

// summaryLine is the job so far in one row.
func (s *Screen) summaryLine() string {
	if !s.form.OK() {
		return s.d.T("createjob.summary-wrong")
	}
	return s.d.T("createjob.summary-line", "Package", s.pkg(), "Version", s.in.Version, "Groups", s.groupsChosen(), "Reach", s.reach())
}

func (s *Screen) groupsChosen() string { return s.d.T("createjob.groups", "Count", len(s.in.Groups)) }

// summary is the job so far: whom it reaches, what they get and how.
func (s *Screen) summary(w int) []string {
	t := s.d.Theme
	if !s.form.OK() {
		return runview.Wrapped(s.d.T("createjob.summary-wrong"), w, t.Style.Muted)
	}
	rows := []string{
		s.d.Fact("createjob.fact.install", s.pkg()+" "+s.in.Version, w),
		s.d.Fact("createjob.fact.targets", s.groupsChosen(), w),
		s.d.Fact("createjob.fact.reach", s.reach(), w),
	}
	rows = append(rows, runview.Wrapped(s.d.T("createjob.reach-note"), w, t.Style.Muted)...)
	rows = append(rows, "", t.Style.Heading.Render(text.Cut(s.d.T("createjob.selection."+s.in.Selection), w)))
	rows = append(rows, runview.Wrapped(s.d.T("createjob.selection-note."+s.in.Selection), w, t.Style.Text)...)
	rows = append(rows, "", s.d.Fact("createjob.fact.expires", s.d.Printer.Seconds(float64(s.in.Expires)), w))
	rows = append(rows, runview.Wrapped(s.d.T("createjob.expires-note"), w, t.Style.Text)...)
	rows = append(rows, s.otherVersions(w)...)
	rows = append(rows, "", s.d.Fact("createjob.fact.role", s.choices.Role, w))
	return append(rows, runview.Wrapped(s.d.T("createjob.role-note"), w, t.Style.Text)...)
}

// otherVersions are all versions of the package with their states.
func (s *Screen) otherVersions(w int) []string {
	rows := []string{"", s.d.Theme.Style.Heading.Render(text.Cut(s.d.T("createjob.versions", "Package", s.pkg()), w))}
	const most = 8
	all := s.chosen(s.pkg()).Versions
	for _, v := range all[:min(most, len(all))] {
		rows = append(rows, text.Edges("  "+v.Name, v.Status, w))
	}
	if more := len(all) - most; more > 0 {
		rows = append(rows, s.d.Theme.Style.Muted.Render(text.Cut("  "+s.d.T("createjob.more", "Count", more), w)))
	}
	return rows
}
