package provision

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/text"
)

// The steps take a column on wide screens, two short columns above the log on narrow ones, and one row
// where there is hardly room for the log.
const (
	stepsColumn = 10 // eight steps and the frame
	stepsShort  = 6  // four rows of two, and the frame
	stepsLine   = 1
	stepsFrom   = 18 // rows of the screen from which the steps are more than a row
	alone       = 34 // columns of the steps when the lesson is hidden
)

// layout gives every part its size; the views below add up to the same sums.
func (s *Screen) layout() {
	fw, fh := panel.Inner(s.formSize())
	s.form.SetSize(fw, fh)
	if s.run == nil {
		return
	}
	lw, lh := s.logSize()
	iw, ih := panel.Inner(lw, lh)
	s.log.SetSize(iw, max(0, ih-s.barRows()))
	if left := s.w - lw; left > 0 {
		s.panel.SetSize(left, s.h-stepsColumn)
	}
	s.result.SetSize(panel.Inner(s.resultSize()))
}

// barRows is the rows of the progress bar: none once the run has ended.
func (s *Screen) barRows() int {
	if s.phase == done {
		return 0
	}
	return 1
}

// logSize is the size of the log with its frame.
func (s *Screen) logSize() (w, h int) {
	if s.narrow() {
		return s.w, s.h - s.stepsRows()
	}
	stream, dock := learn.Split(s.w)
	if s.phase == watching && !s.panel.Visible() {
		return stream + dock - alone, s.h
	}
	return stream, s.h
}

func (s *Screen) stepsRows() int {
	if s.h >= stepsFrom {
		return stepsShort
	}
	return stepsLine
}

func (s *Screen) watchView() string {
	s.layout() // the panel may have come or gone
	w, h := s.logSize()
	log := s.logPanel(w, h)
	if s.narrow() {
		if s.panel.Visible() {
			log = s.panel.Over(log, w, h)
		}
		return text.Below(s.stepsAbove(), log)
	}
	left := s.w - w
	if !s.panel.Visible() {
		return text.Beside(s.stepsPanel(left, s.h), log)
	}
	return text.Beside(text.Below(s.stepsPanel(left, stepsColumn), s.panel.View()), log)
}

func (s *Screen) stepsPanel(w, h int) string {
	iw, ih := panel.Inner(w, h)
	return panel.Render(s.d.Theme, panel.Frame{Title: s.d.T("provision.steps"), Body: s.steps.View(iw, ih)}, w, h)
}

// stepsAbove is the steps over the whole width of a narrow screen.
func (s *Screen) stepsAbove() string {
	if s.stepsRows() == stepsLine {
		return s.steps.Line(s.w)
	}
	const gap = 3
	iw, ih := panel.Inner(s.w, stepsShort)
	rows := strings.Split(s.steps.View((iw-gap)/2, 2*ih), "\n")
	body := make([]string, ih)
	for i := range body {
		body[i] = rows[i] + text.Spaces(gap) + rows[ih+i]
	}
	return panel.Render(s.d.Theme, panel.Frame{Title: s.d.T("provision.steps"), Body: strings.Join(body, "\n")}, s.w, stepsShort)
}

// logPanel is the log with how far the run has come.
func (s *Screen) logPanel(w, h int) string {
	iw, _ := panel.Inner(w, h)
	f := panel.Frame{Title: s.d.T("provision.log"), Info: s.log.Status(), Body: s.log.View(), Focused: s.phase == done && s.onLog}
	if s.barRows() > 0 {
		f.Body = text.Below(text.Pad(s.bar(iw), iw), f.Body)
	}
	return panel.Render(s.d.Theme, f, w, h)
}

// bar is how far the step has come, or what the run waits for.
func (s *Screen) bar(w int) string {
	t, r := s.d.Theme, s.run
	if r.Stopping() {
		return t.Style.Warning.Render(text.Cut(t.Symbol.Warning+" "+s.d.T("provision.stopping"), w))
	}
	if step, _, waits := r.Gate.Waiting(); waits {
		words := s.d.T("provision.waiting", "Step", s.d.Printer.Step(r.Name, step))
		return t.Style.Key.Render(text.Cut(t.Symbol.Pending+" "+words, w))
	}
	p := r.Progress()
	name := s.d.Printer.Step(r.Name, p.Step)
	if p.Total == 0 {
		return t.Style.Running.Render(text.Cut(t.Symbol.Running+" "+name, w))
	}
	state := progress.State{Done: p.Done, Total: p.Total, Failed: p.Failed, Rate: p.Rate, Left: p.Left}
	const roomy = 56
	if w < roomy || name == "" {
		return progress.Bar(t, s.d.Printer, state, w)
	}
	lead := name + "  "
	return lead + progress.Bar(t, s.d.Printer, state, w-text.Width(lead))
}
