// Package steps draws the steps of a run: which are done, which one runs and which are to come.
package steps

import (
	"strconv"
	"strings"

	"fleetlab/ui/text"
	"fleetlab/ui/theme"
)

// State is where a step is.
type State int

// The states.
const (
	Pending State = iota
	Running
	Done
	Partial // done, but some of its items failed
	Failed
	Interrupted
)

// Step is one step.
type Step struct {
	ID    string
	Name  string
	Note  string // short, behind the name: 12/12
	State State
}

// List is the steps of a run.
type List struct {
	theme *theme.Theme
	steps []Step
}

// New makes a list.
func New(t *theme.Theme, steps ...Step) *List { return &List{theme: t, steps: steps} }

// Steps returns the steps as they are.
func (l *List) Steps() []Step { return l.steps }

// Mark changes a step's state. Starting a step that is not in the list does nothing.
func (l *List) Mark(id string, s State) {
	for i := range l.steps {
		if l.steps[i].ID == id {
			l.steps[i].State = s
		}
	}
}

// Note changes the short text behind a step's name.
func (l *List) Note(id, note string) {
	for i := range l.steps {
		if l.steps[i].ID == id {
			l.steps[i].Note = note
		}
	}
}

// current is the place of the step that runs or, between two steps, of the one that comes next; the last step's when all is over.
func (l *List) current() int {
	next := 0
	for i, s := range l.steps {
		switch s.State {
		case Running:
			return i
		case Pending:
		default:
			next = i + 1
		}
	}
	return max(0, min(next, len(l.steps)-1))
}

// View is exactly h rows of w columns. When there are more steps than rows, the current one is in view.
func (l *List) View(w, h int) string {
	rows := make([]string, len(l.steps))
	for i, s := range l.steps {
		rows[i] = l.row(i, s, w)
	}
	current := l.current()
	if from := min(len(rows)-h, max(0, current-h/2)); h > 0 && from > 0 {
		rows = rows[from:]
	}
	return text.Block(rows, w, h)
}

// Line is all steps on one row of w columns, as symbols, with the current one's number and name.
func (l *List) Line(w int) string {
	var b strings.Builder
	for _, s := range l.steps {
		b.WriteString(l.sign(s.State))
	}
	if len(l.steps) > 0 {
		c := l.current()
		b.WriteString(" " + strconv.Itoa(c+1) + "/" + strconv.Itoa(len(l.steps)) + " " + l.steps[c].Name)
	}
	return text.Pad(b.String(), w)
}

func (l *List) row(i int, s Step, w int) string {
	name := strconv.Itoa(i+1) + " " + s.Name
	if s.State == Running {
		name = l.theme.Style.Strong.Render(name)
	}
	return text.Edges(l.sign(s.State)+" "+name, l.theme.Style.Muted.Render(s.Note), w)
}

func (l *List) sign(s State) string {
	t := l.theme
	switch s {
	case Running:
		return t.Style.Running.Render(t.Symbol.Running)
	case Done:
		return t.Style.OK.Render(t.Symbol.OK)
	case Partial, Interrupted:
		return t.Style.Warning.Render(t.Symbol.Warning)
	case Failed:
		return t.Style.Failed.Render(t.Symbol.Failed)
	}
	return t.Style.Pending.Render(t.Symbol.Pending)
}
