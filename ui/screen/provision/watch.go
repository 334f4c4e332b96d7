package provision

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/logview"
	"fleetlab/ui/component/steps"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

var keyStop = keys.New("x", "provision.keys.stop", "x").InBar()

// watch shows a run that was just started.
func (s *Screen) watch(r *run.Run) {
	d := s.d
	s.run, s.phase, s.onLog = r, watching, false
	var list []steps.Step
	for _, id := range provision.Steps {
		list = append(list, steps.Step{ID: id, Name: d.Printer.Step(provision.Workflow, id)})
	}
	s.steps = steps.New(d.Theme, list...)
	s.panel = learn.New(d.Theme, d.Printer)
	s.panel.SetGate(r.Gate)
	s.log = logview.New(d.Theme, d.Printer)
	s.log.Copy, s.log.Toast = screen.Copy, screen.Toast
	s.log.SetPath(r.LogPath)
	s.log.SetDir(d.LogDir)
	s.lesson(provision.Steps[0])
	s.layout()
}

// take brings the screen up to date with a batch of the run's events.
func (s *Screen) take(b feed.BatchMsg) {
	if s.run == nil || b.Run != s.run.ID {
		return
	}
	for _, e := range b.Events {
		s.mark(e)
	}
	s.log.Append(b.Events)
	if step, _, waits := s.run.Gate.Waiting(); waits {
		s.lesson(step)
	}
	if b.Last {
		s.finish()
	}
}

// mark keeps the steps up to date with an event.
func (s *Screen) mark(e event.Event) {
	p := s.d.Printer
	switch e.Kind {
	case event.StepStarted:
		s.steps.Mark(e.Step, steps.Running)
		s.steps.Note(e.Step, "")
		s.lesson(e.Step)
	case event.Item:
		if e.Total > 1 {
			s.steps.Note(e.Step, p.T("progress.count", "Done", e.Done, "Total", e.Total))
		}
	case event.StepEnded:
		s.steps.Mark(e.Step, stateOf(e.Status))
		s.steps.Note(e.Step, s.stepNote(e))
	}
}

// stateOf is the sign that an outcome gets.
func stateOf(outcome event.Status) steps.State {
	switch outcome {
	case event.Done:
		return steps.Done
	case event.Partial:
		return steps.Partial
	case event.RunFailed:
		return steps.Failed
	}
	return steps.Interrupted
}

// stepNote is the outcome of a step in a word.
func (s *Screen) stepNote(e event.Event) string {
	failed := e.Counts.Of(event.Failed)
	switch {
	case e.Status == event.Skipped:
		return s.d.T("provision.step.skipped")
	case failed > 0:
		return s.d.T("provision.step.failed", "Count", failed)
	case e.Status == event.Interrupted:
		return s.d.T("provision.step.stopped")
	}
	return s.d.Printer.Seconds(e.Seconds)
}

// lesson shows the learning moment of a step.
func (s *Screen) lesson(step string) {
	l, ok := s.d.StepLesson(step)
	if !ok {
		return
	}
	s.panel.Show(learn.Lesson{
		ID: l.ID, Title: l.Title, Body: l.Body, Calls: l.Calls, Number: l.Order, Of: len(s.d.Lessons), Question: l.Question,
	})
}

func (s *Screen) watchKey(msg tea.Msg) tea.Cmd {
	if s.log.Capturing() {
		return s.log.Update(msg)
	}
	if keyStop.Matches(msg) {
		return s.askStop()
	}
	released := keys.Continue.Matches(msg) && s.panel.Waiting()
	if s.panel.Update(msg) {
		if released && s.narrow() {
			s.panel.Back() // it has been read, and the log is under it
		}
		return nil
	}
	return s.log.Update(msg)
}

// askStop asks before the run is stopped.
func (s *Screen) askStop() tea.Cmd {
	r := s.run
	if r.Stopping() {
		return nil
	}
	body := s.d.T("provision.stop-first")
	if p := r.Progress(); p.Step != "" {
		body = s.d.T("provision.stop", "Step", s.d.Printer.Step(r.Name, p.Step), "Done", p.Done, "Total", p.Total)
	}
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("provision.stop-title"), Body: body,
		Yes: func() tea.Msg { return stopMsg{run: r} },
	}))
}
