package simulate

import (
	"strings"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/component/stack"
	"fleetlab/ui/text"
	"fleetlab/workflows/simulate"
)

// The numbers stand above the devices and the lines: in two rows where there is hardly room, in a frame on usual screens, in two frames
// side by side on wide ones.
const (
	numbersTight = 2
	numbersUsual = 5
	numbersTall  = 7
	tallFrom     = 44
	linesMost    = 80 // columns in which every line of the log can be read; what is over is the devices'
)

// tight reports that there is only room for one part.
func (w *watch) tight() bool { return w.h < tightBelow }

// narrow reports that parts stand over each other and not side by side.
func (w *watch) narrow() bool { return w.w < learn.DockFrom }

// one reports that only the part that has the keys is drawn.
func (w *watch) one() bool { return w.alone || w.tight() || w.narrow() && w.view.Ended() }

// numbersRows is the rows that the numbers take.
func (w *watch) numbersRows() int {
	switch {
	case w.tight() && w.part == onResult: // which has the counts
		return 0
	case w.tight() || w.narrow() && w.part == onResult: // which has much to say
		return numbersTight
	case w.h >= tallFrom:
		return numbersTall
	}
	return numbersUsual
}

func (w *watch) setSize(width, height int) {
	w.w, w.h = width, height
	if w.story != nil {
		w.story.setSize(width, height)
	}
}

// shares is the size of the grid and of the run view, with their frames; those of a part that is not drawn are 0.
func (w *watch) shares() (gw, gh, vw, vh int) {
	h := w.h - w.numbersRows()
	switch {
	case w.one() && w.part == onDevices:
		return w.w, h, 0, 0
	case w.one():
		return 0, 0, w.w, h
	case w.narrow():
		gh = h / 2
		return w.w, gh, w.w, h - gh
	}
	gw = w.left()
	return gw, h, w.w - gw, h
}

// left is the columns of what stands on the left of a wide screen.
func (w *watch) left() int { return w.w - max(min(w.w/2, linesMost), w.w*2/5) }

// View is exactly the size that setSize said.
func (w *watch) View() string {
	if w.story != nil {
		return w.story.view()
	}
	gw, gh, vw, vh := w.shares()
	var devices, lines string
	if gw > 0 {
		devices = w.devices(gw, gh)
	}
	if vw > 0 {
		w.view.SetSize(vw, vh)
		lines = w.view.View()
	}
	body := devices + lines
	switch {
	case gw > 0 && vw > 0 && w.narrow():
		body = text.Below(devices, lines)
	case gw > 0 && vw > 0:
		body = text.Beside(devices, lines)
	}
	if n := w.numbersRows(); n > 0 {
		return text.Below(w.numbers(n), body)
	}
	return body
}

// devices is the grid in its frame.
func (w *watch) devices(width, height int) string {
	iw, ih := panel.Inner(width, height)
	w.grid.SetSize(iw, ih)
	return panel.Render(w.d.Theme, panel.Frame{
		Title: w.d.T("simulate.devices-title"), Info: w.d.Theme.Style.Muted.Render(w.here()), Body: w.grid.View(), Focused: w.part == onDevices,
	}, width, height)
}

// here is what the device under the cursor does just now, where that is more than the grid says itself.
func (w *watch) here() string {
	from, to := w.grid.Selected()
	if to-from != 1 || w.part != onDevices || from >= len(w.states) {
		return ""
	}
	percent := 0
	switch s := w.states[from]; s {
	case simulate.Downloading:
		if marks := w.sim.Marks(from); len(marks) > 0 {
			percent = marks[len(marks)-1].Percent
		}
		fallthrough
	case simulate.Offline, simulate.Checking, simulate.Verifying, simulate.Installing, simulate.Rebooting, simulate.Quiet, simulate.Elsewhere, simulate.Unfinished:
		return stepWord(w.d.Printer, s, percent)
	}
	return ""
}

// numbers are the executions by status as the cloud counts them, and the updates a second.
func (w *watch) numbers(rows int) string {
	t, p := w.d.Theme, w.d.Printer
	parts := stack.Executions(t, p, w.counts)
	if rows == numbersTight {
		return text.Below(stack.View(t, p, parts, w.w, 1), w.sparkLine(w.w))
	}
	if w.narrow() {
		iw, ih := panel.Inner(w.w, rows)
		body := text.Below(stack.View(t, p, parts, iw, ih-1), w.sparkLine(iw))
		return panel.Render(t, panel.Frame{Title: w.d.T("simulate.executions"), Info: t.Style.Muted.Render(w.soFar()), Body: body}, w.w, rows)
	}
	left := w.left()
	lw, lh := panel.Inner(left, rows)
	bar := panel.Render(t, panel.Frame{
		Title: w.d.T("simulate.executions"), Info: t.Style.Muted.Render(w.soFar()), Body: stack.View(t, p, parts, lw, lh),
	}, left, rows)
	rw, rh := panel.Inner(w.w-left, rows)
	w.spark.SetSize(rw, rh)
	return text.Beside(bar, panel.Render(t, panel.Frame{Title: w.d.T("simulate.updates"), Body: w.spark.View()}, w.w-left, rows))
}

// sparkLine is the updates a second in one row.
func (w *watch) sparkLine(width int) string {
	label := w.d.Theme.Style.Muted.Render(w.d.T("simulate.updates")) + " "
	room := max(0, width-text.Width(label))
	w.spark.SetSize(room, 1)
	return text.Pad(label+w.spark.View(), width)
}

// soFar is how far the run has come.
func (w *watch) soFar() string {
	p := w.view.Run().Progress()
	if p.Total == 0 {
		return ""
	}
	parts := []string{w.d.T("progress.count", "Done", w.d.Printer.Number(p.Done), "Total", w.d.Printer.Number(p.Total))}
	if p.Left > 0 && !w.view.Ended() {
		parts = append(parts, w.d.T("progress.left", "Duration", p.Left))
	}
	return strings.Join(parts, " "+w.d.Theme.Symbol.Dot+" ")
}

// jobEnded tells of the jobs that the cloud holds as cancelled after a run, and of none that only came to its end.
func jobEnded(r simulate.Report) (j job, ended bool) {
	for _, j := range r.Jobs {
		if j.Status == canceled {
			return j, true
		}
	}
	return job{}, false
}
