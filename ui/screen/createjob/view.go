package createjob

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/lessonview"
	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/createjob"
)

// narrow reports that there is no room beside the form.
func (s *Screen) narrow() bool { return s.w < learn.DockFrom }

// leastChart is the fewest rows in which a chart can be read.
const leastChart = 5

// briefly is the rows below the form of a small screen.
const briefly = 2

// below is how many rows stand under the form where there is no room beside it: a line or two, and the forecast of the rollout where
// it can be seen.
func (s *Screen) below() int {
	const (
		roomy = 20 // rows of the screen from which the forecast has a frame
		usual = 10 // rows of the forecast
		most  = 13
	)
	switch {
	case !s.narrow():
		return 0
	case s.step == delivery && s.h >= roomy:
		iw, ih := panel.Inner(s.w, usual)
		words := len(s.forecastRows(s.forecast(), iw))
		return min(most, usual+max(0, words+leastChart-ih))
	case s.step == what:
		return 1
	case s.step == targets && s.h >= roomy:
		return 4
	}
	return briefly
}

func (s *Screen) formSize() (w, h int) {
	if s.narrow() {
		return s.w, s.h - s.below()
	}
	w, _ = learn.Split(s.w)
	return w, s.h
}

// layout gives every part its size.
func (s *Screen) layout() {
	for i, f := range s.forms {
		if f != nil && step(i) == s.step {
			f.SetSize(panel.Inner(s.formSize()))
		}
	}
	s.review.SetSize(s.reviewSize())
	if s.view != nil {
		s.view.SetSize(s.w, s.h)
	}
}

// reviewSize leaves a row and a blank for the names of the views.
func (s *Screen) reviewSize() (w, h int) {
	w, h = panel.Inner(s.w, s.h)
	return w, max(0, h-2)
}

// drawn is the phase that is shown: the one before as long as it has only just begun to read or to check.
func (s *Screen) drawn() phase {
	now := s.d.Now()
	if s.phase == loading && !s.reading.Slow(now) || s.phase == preparing && !s.prepare.Slow(now) {
		return s.before
	}
	return s.phase
}

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	switch s.drawn() {
	case asking:
		return s.formView()
	case reviewing:
		iw, _ := s.reviewSize()
		f := s.stepFrame(int(steps))
		f.Body = text.Below(text.Pad(s.tabRow(iw), iw), text.Spaces(iw), s.review.View())
		return panel.Render(s.d.Theme, f, s.w, s.h)
	case creating:
		return s.view.View()
	}
	return s.noteView(s.notice())
}

// stepFrame is the frame of a step: the names of all steps, each with how far it is, or where there is no room its name and number.
func (s *Screen) stepFrame(at int) panel.Frame {
	f := panel.Frame{Title: s.d.T(stepNames[at]), Focused: true}
	const edges = 11 // of the frame beside its title and its info
	f.Info = s.stripFits(at, s.frameWidth(at)-text.Width(f.Title)-edges)
	return f
}

func (s *Screen) frameWidth(at int) int {
	if at == int(steps) {
		return s.w
	}
	w, _ := s.formSize()
	return w
}

func (s *Screen) noteView(title string, n panel.Notice) string {
	w, h := panel.Inner(s.w, s.h)
	return panel.Render(s.d.Theme, panel.Frame{Title: title, Body: panel.Note(s.d.Theme, n, w, h)}, s.w, s.h)
}

// notice is what stands on the screen while there is neither a form nor a job.
func (s *Screen) notice() (title string, n panel.Notice) {
	y := s.d.Theme.Symbol
	switch s.drawn() {
	case failed:
		return s.Title(), panel.Notice{Symbol: y.Failed, Title: text.Line(s.d.Problem(s.problem)), Next: s.d.T("createjob.failed-next"), Error: true}
	case lacking:
		return s.Title(), panel.Notice{Symbol: y.Pending, Title: s.lackWords(), Next: s.d.T("createjob.lacking-next")}
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
	if !s.reading.Slow(s.d.Now()) {
		return s.Title(), n
	}
	n = panel.Notice{Symbol: y.Running, Title: s.d.T("createjob.loading")}
	if waited := s.reading.Waited(s.d.Now()); waited > 0 {
		n.Next = s.d.T("createjob.waited", "Duration", waited)
	}
	return s.Title(), n
}

func (s *Screen) formView() string {
	s.layout() // the step may be another
	w, h := s.formSize()
	f := s.stepFrame(int(s.step))
	f.Body = s.form().View()
	left := panel.Render(s.d.Theme, f, w, h)
	if s.narrow() {
		return text.Below(left, s.belowView(s.below()))
	}
	iw, ih := panel.Inner(s.w-w, h)
	beside := panel.Frame{Title: s.besideTitle(), Body: s.besideView(iw, ih)}
	return text.Beside(left, panel.Render(s.d.Theme, beside, s.w-w, h))
}

// besideView is what stands at the side of a step, and which lesson belongs to it where there are rows for that.
func (s *Screen) besideView(w, h int) string {
	const (
		roomy = 24 // rows from which two can be spared
		spare = 2  // the hint and a blank row
	)
	hint := lessonview.Hint(s.d, s.Lesson(), w)
	if rows := s.beside(w, h-spare); h >= roomy && hint != "" && len(rows) <= h-spare {
		return text.Below(text.Block(rows, w, h-1), hint)
	}
	return text.Block(s.beside(w, h), w, h)
}

func (s *Screen) besideTitle() string {
	switch {
	case s.step == delivery:
		return s.d.T("createjob.forecast")
	case s.step == targets:
		return s.d.T("createjob.reach")
	case s.in.Type == createjob.Custom:
		return s.d.T("createjob.placeholders")
	}
	return s.d.T("createjob.summary")
}

// beside is what stands at the side of a step, in w columns and up to h rows.
func (s *Screen) beside(w, h int) []string {
	switch s.step {
	case targets:
		return s.reachRows(w)
	case delivery:
		return s.forecastView(w, h)
	}
	if s.in.Type == createjob.Custom {
		return s.holderRows(w)
	}
	return s.summary(w)
}

// belowView is what stands under a step in n rows.
func (s *Screen) belowView(n int) string {
	muted := s.d.Theme.Style.Muted
	switch {
	case s.step == what:
		return text.Pad(muted.Render(text.Cut(s.summaryLine(), s.w)), s.w)
	case s.step == targets && n <= briefly:
		return text.Block([]string{text.Cut(s.reachLine(), s.w), s.reachBrief(s.w)}, s.w, n)
	case s.step == targets:
		return text.Block(s.reachRows(s.w), s.w, n)
	case n > 4:
		iw, ih := panel.Inner(s.w, n)
		return panel.Render(s.d.Theme, panel.Frame{Title: s.d.T("createjob.forecast"), Body: text.Block(s.forecastView(iw, ih), iw, ih)}, s.w, n)
	}
	return text.Block(s.forecastRows(s.forecast(), s.w), s.w, n)
}

// forecastView is the chart of devices over time with what it says.
func (s *Screen) forecastView(w, h int) []string {
	const most = 16
	f := s.forecast()
	words := s.forecastRows(f, w)
	if room := h - most - 2; room > len(words) {
		words = append(words, "")
		words = append(words, runview.Wrapped(s.d.T("createjob.assumed", "Device", s.d.Printer.Seconds(f.Model.Seconds), "Percent", int(f.Model.Failing)), w,
			s.d.Theme.Style.Muted)...)
	}
	rows := max(leastChart, min(most, h-len(words)))
	out := strings.Split(s.chart(f, w, rows), "\n")
	if h > rows+len(words) {
		out = append(out, "")
	}
	return append(out, words...)
}

// targetsChosen is how many targets there are, by kind.
func (s *Screen) targetsChosen() string {
	var parts []string
	if n := len(s.in.Groups); n > 0 || len(s.in.Things) == 0 {
		parts = append(parts, s.d.T("createjob.groups", "Count", n))
	}
	if n := len(s.in.Things); n > 0 {
		parts = append(parts, s.d.T("createjob.single", "Count", n))
	}
	return s.list(parts)
}

// installs is what devices get, in a few words.
func (s *Screen) installs() string {
	if s.in.Type == createjob.Custom {
		name := s.in.Preset
		if name == own {
			name = s.d.T("createjob.preset.own")
		}
		return s.d.T("createjob.custom", "Document", name)
	}
	return strings.ReplaceAll(s.list(s.in.Packages), "/", " ")
}

// summaryLine is the job so far in one row.
func (s *Screen) summaryLine() string {
	if !s.form().OK() {
		return s.d.T("createjob.summary-wrong")
	}
	return s.d.T("createjob.summary-line", "Installs", s.installs(), "Groups", s.targetsChosen(), "Reach", s.reachWords())
}

// summary is the job so far: what devices get, and all versions with their states.
func (s *Screen) summary(w int) []string {
	t := s.d.Theme
	if lacks := s.lackWords(); lacks != "" {
		return runview.Wrapped(t.Symbol.Warning+" "+lacks, w, t.Style.Warning)
	}
	if !s.form().OK() {
		return runview.Wrapped(s.d.T("createjob.summary-wrong"), w, t.Style.Muted)
	}
	rows := []string{
		s.d.Fact("createjob.fact.install", s.installs(), w),
		s.d.Fact("createjob.fact.targets", s.targetsChosen(), w),
		s.d.Fact("createjob.fact.reach", s.reachWords(), w),
	}
	for _, item := range s.in.Packages {
		name, version := createjob.PackageVersion(item)
		rows = append(rows, s.versionRows(name, version, w)...)
	}
	rows = append(rows, "", s.d.Fact("createjob.fact.role", s.choices.Role, w))
	return append(rows, runview.Wrapped(s.d.T("createjob.role-note"), w, t.Style.Text)...)
}

// versionRows are the versions of a package with their states; the one chosen is marked, with where its file is.
func (s *Screen) versionRows(name, version string, w int) []string {
	t := s.d.Theme
	rows := []string{"", t.Style.Heading.Render(text.Cut(s.d.T("createjob.versions", "Package", name), w))}
	const most = 6
	all := s.chosen(name).Versions
	for _, v := range all[:min(most, len(all))] {
		mark := t.Symbol.Unchosen
		if v.Name == version {
			mark = t.Symbol.Chosen
		}
		rows = append(rows, text.Edges("  "+mark+" "+v.Name, v.Status, w))
	}
	if more := len(all) - most; more > 0 {
		rows = append(rows, t.Style.Muted.Render(text.Cut("  "+s.d.T("createjob.more", "Count", more), w)))
	}
	return append(rows, runview.Indented(s.artifactWords(name, version), w, t.Style.Muted)...)
}
