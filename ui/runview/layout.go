package runview

import (
	"strings"
	"time"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/text"
)

// The steps stand over the lesson on large screens, in short columns above everything on usual ones, and in one row where there is hardly
// room for the log. A run of one step shows none.
const (
	frame     = 2
	stepsLine = 1
	stepsFrom = 18  // rows of the screen from which the steps are more than a row
	tallFrom  = 50  // rows of the screen from which the steps do not take the lesson's room
	alone     = 34  // columns of the steps when there is no lesson under them
	gap       = 3   // columns between two columns of steps
	threeFrom = 110 // columns of the screen from which there are three of them, and four
	fourFrom  = 140
)

// SetSize sets the size that View draws.
func (v *View) SetSize(w, h int) {
	first := v.w == 0
	v.w, v.h = w, h
	if first && v.spec.Free && v.narrow() {
		v.panel.Back()
	}
	v.layout()
}

// narrow reports that things stand over each other and not side by side.
func (v *View) narrow() bool { return v.w < learn.DockFrom }

func (v *View) hasSteps() bool { return len(v.spec.Steps) > 1 }

// stepsColumn is the rows of the steps over the lesson, with the frame.
func (v *View) stepsColumn() int {
	if !v.hasSteps() || v.stepsAbove() > 0 {
		return 0
	}
	return len(v.spec.Steps) + frame
}

// stepsAbove is the rows of the steps above everything.
func (v *View) stepsAbove() int {
	switch {
	case !v.hasSteps() || !v.narrow() && v.h >= tallFrom:
		return 0
	case v.h >= stepsFrom:
		return v.stepRows() + frame
	}
	return stepsLine
}

// stepColumns is how many columns of steps stand beside each other, and stepRows how many rows they need.
func (v *View) stepColumns() int {
	switch {
	case v.w >= fourFrom:
		return 4
	case v.w >= threeFrom:
		return 3
	}
	return 2
}

func (v *View) stepRows() int {
	n := v.stepColumns()
	return (len(v.spec.Steps) + n - 1) / n
}

// layout gives every part its size; the views below add up to the same sums.
func (v *View) layout() {
	v.panel.Focus(!v.OnLog() && !v.away)
	lw, lh := v.logSize()
	iw, ih := panel.Inner(lw, lh)
	v.log.SetSize(iw, max(0, ih-v.barRows()))
	if left := v.w - lw; left > 0 {
		v.panel.SetSize(left, lh-v.stepsColumn())
	}
	v.result.SetSize(panel.Inner(v.resultSize()))
}

// barRows is the rows of the progress bar: none once the run has ended.
func (v *View) barRows() int {
	if v.ended {
		return 0
	}
	return 1
}

// logSize is the size of the log with its frame.
func (v *View) logSize() (w, h int) {
	h = v.h - v.stepsAbove()
	if v.narrow() {
		return v.w, h
	}
	stream, _ := learn.Split(v.w)
	switch {
	case !v.ended && v.panel.Visible() && v.run.Gate.Mode() == learn.Presenter: // the room reads the lesson
		return v.w / 2, h
	case v.ended || v.panel.Visible():
		return stream, h
	case v.stepsColumn() > 0:
		return v.w - alone, h
	}
	return v.w, h
}

// resultSize is the size of the result with its frame: where the lesson was, or the log on narrow screens.
func (v *View) resultSize() (w, h int) {
	lw, lh := v.logSize()
	if v.narrow() {
		return lw, lh
	}
	return v.w - lw, lh - v.stepsColumn()
}

// View is exactly the size that SetSize said.
func (v *View) View() string {
	v.layout() // the learning panel may have come or gone
	if v.ended {
		return v.under(v.endedView())
	}
	w, h := v.logSize()
	log := v.logPanel(w, h)
	left := v.w - w
	switch {
	case v.covered():
		log = v.panel.Over(log, w, h)
	case left == 0:
	case v.panel.Visible():
		log = text.Beside(v.column(left, v.panel.View()), log)
	default:
		log = text.Beside(v.stepsPanel(left, h), log)
	}
	return v.under(log)
}

func (v *View) endedView() string {
	w, h := v.resultSize()
	result := panel.Render(v.d.Theme, panel.Frame{
		Title: v.d.T("runview.result"), Info: v.d.Theme.Style.Muted.Render(v.result.Position()),
		Body: v.result.View(), Focused: !v.onLog && !v.away,
	}, w, h)
	lw, lh := v.logSize()
	switch {
	case !v.narrow():
		return text.Beside(v.column(w, result), v.logPanel(lw, lh))
	case v.onLog:
		return v.logPanel(lw, lh)
	}
	return result
}

// column is the steps with something under them.
func (v *View) column(w int, below string) string {
	if v.stepsColumn() == 0 {
		return below
	}
	return text.Below(v.stepsPanel(w, v.stepsColumn()), below)
}

// under is the steps over the whole width, with something under them.
func (v *View) under(below string) string {
	switch v.stepsAbove() {
	case 0:
		return below
	case stepsLine:
		return text.Below(v.steps.Line(v.w), below)
	}
	return text.Below(v.stepsAcross(), below)
}

// stepsAcross is the steps in columns, to be read downwards.
func (v *View) stepsAcross() string {
	n, rows := v.stepColumns(), v.stepRows()
	iw, _ := panel.Inner(v.w, rows+frame)
	all := strings.Split(v.steps.View((iw-gap*(n-1))/n, n*rows), "\n")
	body := make([]string, rows)
	for i := range body {
		var cells []string
		for j := range n {
			cells = append(cells, all[j*rows+i])
		}
		body[i] = strings.Join(cells, text.Spaces(gap))
	}
	return panel.Render(v.d.Theme, panel.Frame{Title: v.d.T("runview.steps"), Body: strings.Join(body, "\n")}, v.w, rows+frame)
}

func (v *View) stepsPanel(w, h int) string {
	iw, ih := panel.Inner(w, h)
	return panel.Render(v.d.Theme, panel.Frame{Title: v.d.T("runview.steps"), Body: v.steps.View(iw, ih)}, w, h)
}

// logPanel is the log with how far the run has come.
func (v *View) logPanel(w, h int) string {
	iw, _ := panel.Inner(w, h)
	const edges = 8 // the frame's own columns beside its title and its info
	title := v.d.T("runview.log")
	f := panel.Frame{Title: title, Info: v.log.Status(iw - text.Width(title) - edges), Body: v.log.View(), Focused: v.OnLog() && !v.away}
	if v.barRows() > 0 {
		f.Body = text.Below(text.Pad(v.bar(iw), iw), f.Body)
	}
	return panel.Render(v.d.Theme, f, w, h)
}

// bar is how far the step has come, or what the run waits for.
func (v *View) bar(w int) string {
	t, r := v.d.Theme, v.run
	if r.Stopping() {
		return t.Style.Warning.Render(text.Cut(t.Symbol.Warning+" "+v.d.T("runview.stopping"), w))
	}
	if step, left, waits := r.Gate.Waiting(); waits {
		words := v.d.T("runview.waiting", "Step", v.d.Printer.Step(r.Name, step))
		switch {
		case r.Gate.Paused():
			words = v.d.T("runview.paused", "Step", v.d.Printer.Step(r.Name, step), "Duration", left)
		case r.Gate.Mode() != learn.Guided:
			words = v.d.T("runview.goes-on", "Step", v.d.Printer.Step(r.Name, step), "Duration", max(left, time.Second))
		}
		return t.Style.Key.Render(text.Cut(t.Symbol.Pending+" "+words, w))
	}
	if v.wait.on {
		return t.Style.Running.Render(text.Cut(t.Symbol.Running+" "+v.waitLine(), w))
	}
	p := r.Progress()
	name := v.d.Printer.Step(r.Name, p.Step)
	if p.Total == 0 {
		return t.Style.Running.Render(text.Cut(t.Symbol.Running+" "+name, w))
	}
	state := progress.State{Done: p.Done, Total: p.Total, Failed: p.Failed, Rate: p.Rate, Left: p.Left}
	const roomy = 56
	if w < roomy || name == "" {
		return progress.Bar(t, v.d.Printer, state, w)
	}
	lead := name + "  "
	return lead + progress.Bar(t, v.d.Printer, state, w-text.Width(lead))
}
