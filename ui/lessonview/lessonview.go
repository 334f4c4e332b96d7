// Package lessonview is how the screens show lessons: which one, what becomes of reading and answering it, and how calls are counted
// beside it.
package lessonview

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/lessons"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// Lesson is a lesson as it is shown, numbered among those of its workflow unless it is the only one.
func Lesson(d *screen.Deps, l lessons.Lesson) learn.Lesson {
	out := learn.Lesson{ID: l.ID, Step: l.Step, Title: l.Title, Text: l.Text, Calls: l.Calls, Question: l.Question}
	for _, other := range d.Lessons {
		if other.Workflow == l.Workflow {
			out.Of++
		}
		if other.ID == l.ID {
			out.Number = out.Of
		}
	}
	if out.Of == 1 {
		out.Number, out.Of = 0, 0
	}
	for _, a := range l.Answers {
		out.Answers = append(out.Answers, learn.Answer{Text: a.Text, Right: a.Right, Why: a.Why})
	}
	return out
}

// Find is the lesson with an id, as it is shown.
func Find(d *screen.Deps, id string) (learn.Lesson, bool) {
	l, ok := d.Lesson(id)
	if !ok {
		return learn.Lesson{}, false
	}
	return Lesson(d, l), true
}

// Hooks keep what was read and answered. That is written to a file, so it is done by commands; one that fails says so.
func Hooks(d *screen.Deps) learn.Hooks {
	return learn.Hooks{
		Read: func(id string) tea.Cmd { return kept(d, func() error { return d.Learning.Read(id) }) },
		Answered: func(id string, right bool) tea.Cmd {
			return kept(d, func() error { return d.Learning.Answer(id, right) })
		},
	}
}

// kept makes a change to what was learnt.
func kept(d *screen.Deps, change func() error) tea.Cmd {
	return func() tea.Msg {
		if err := change(); err != nil {
			return screen.ToastMsg{Text: d.T("lessons.not-kept", "Cause", d.Problem(err)), Error: true}
		}
		return KeptMsg{}
	}
}

// KeptMsg says that what was learnt was kept, so that what shows it is drawn anew.
type KeptMsg struct{}

// Reset forgets all that was learnt.
func Reset(d *screen.Deps) tea.Cmd { return kept(d, d.Learning.Reset) }

// Counter counts the calls of a run from now on; it is nil where calls are not recorded.
func Counter(d *screen.Deps) *learn.Counter {
	if d.Cloud == nil || d.Cloud.Trace == nil {
		return nil
	}
	log := d.Cloud.Trace
	return learn.NewCounter(func() map[string]learn.Tally {
		all := map[string]learn.Tally{}
		for name, t := range log.Tally() {
			all[name] = learn.Tally{Calls: t.Calls, Attempts: t.Attempts, Throttles: t.Throttles, Latency: t.Latency}
		}
		return all
	})
}

// Open shows a lesson over the screen, or says that there is none.
func Open(d *screen.Deps, id string) tea.Cmd {
	l, ok := Find(d, id)
	if !ok {
		return screen.Toast(d.T("lessons.missing"))
	}
	return screen.Open(learn.NewOverlay(d.Theme, d.Printer, l, Hooks(d)))
}

// Hint is a row of w columns that names a lesson and how to open it, and says whether it is done; "" when there is none.
func Hint(d *screen.Deps, id string, w int) string {
	l, ok := d.Lesson(id)
	if !ok {
		return ""
	}
	sign := d.Theme.Style.Pending.Render(d.Theme.Symbol.Pending)
	if d.Learning.Done(id) {
		sign = d.Theme.Style.OK.Render(d.Theme.Symbol.OK)
	}
	words := d.T("lessons.hint", "Key", d.Theme.Style.Key.Render(keys.Lesson.Show), "Title", l.Title)
	return text.Edges(sign+" "+words, d.Theme.Style.Muted.Render(d.T("lessons.minutes", "Count", l.Minutes)), w)
}
