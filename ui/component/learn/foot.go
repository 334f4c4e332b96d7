package learn

import (
	"strings"
	"time"

	"fleetlab/ui/component/progress"
	"fleetlab/ui/text"
)

// hintRows is how many rows of keys stand at the foot of the panel, at most.
const hintRows = 2

// footer is what stands below the text: the calls where there is room, how the run goes on, and the keys.
func (l *Panel) footer(w, h int) []string {
	rows, _ := l.pinned(w, h)
	if len(rows) > 0 {
		rows = append([]string{l.rule(w)}, rows...)
	}
	if l.Waiting() && l.gate.Mode() != Guided {
		rows = append(rows, l.countdown(w))
	}
	style := l.theme.Style.Muted
	if l.Waiting() {
		style = l.theme.Style.Key
	}
	return append(rows, styled(l.hints(w), style.Render)...)
}

func (l *Panel) rule(w int) string {
	return l.theme.Style.Border.Render(strings.Repeat(l.theme.Symbol.Border.Horizontal, w))
}

// countdown is how long the step waits still, with a bar of it.
func (l *Panel) countdown(w int) string {
	_, left, _ := l.gate.Waiting()
	left = max(left, time.Second)
	if l.gate.Paused() {
		return l.theme.Style.Warning.Render(text.Cut(l.theme.Symbol.Pending+" "+l.printer.T("learn.paused", "Duration", left), w))
	}
	words := l.theme.Symbol.Running + " " + l.printer.T("learn.countdown", "Duration", left)
	const least = 5
	head := l.theme.Style.Running.Render(text.Cut(words, w))
	if room := w - text.Width(words) - 1; room >= least {
		head += " " + progress.Fill(l.theme, int(left/time.Second), int(l.gate.Length()/time.Second), min(room, 20))
	}
	return head
}

// hints is the keys in a few rows, the most needed first; those without room are in the help.
func (l *Panel) hints(w int) []string {
	sep := " " + l.theme.Symbol.Dot + " "
	var rows []string
	line := ""
	for _, part := range l.hintParts() {
		switch {
		case line == "":
			line = part
		case text.Width(line+sep+part) <= w:
			line += sep + part
		default:
			rows, line = append(rows, line), part
		}
	}
	rows = append(rows, line)
	rows = rows[:min(hintRows, len(rows))]
	for i, r := range rows {
		rows[i] = text.Cut(r, w)
	}
	return rows
}

func (l *Panel) hintParts() []string {
	var parts []string
	mode := ""
	if l.gate != nil {
		mode = l.printer.T("learn.pace", "Mode", l.printer.T("learn.mode."+l.gate.Mode().String()))
	}
	if n := len(l.Lesson().Answers); n > 0 && !l.reader.Solved() {
		parts = append(parts, l.printer.T("learn.answer", "Keys", answerKey(n).Show))
	}
	parts = append(parts, l.printer.T("learn.hide"))
	switch {
	case !l.Waiting():
	case l.gate.Mode() != Presenter:
		parts = append([]string{l.printer.T("learn.continue")}, parts...)
	case l.gate.Paused():
		parts = append([]string{l.printer.T("learn.now"), l.printer.T("learn.resume"), l.printer.T("learn.length", "Duration", l.gate.Length())}, parts...)
	default:
		parts = append([]string{l.printer.T("learn.now"), l.printer.T("learn.pause"), l.printer.T("learn.length", "Duration", l.gate.Length())}, parts...)
	}
	if mode != "" {
		parts = append(parts, mode)
	}
	return parts
}
