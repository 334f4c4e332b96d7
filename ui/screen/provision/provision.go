// Package provision is the screen that makes a fleet: a form with a live plan, the run with its lessons and
// its log, and what became of it.
package provision

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/logview"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/steps"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/provision"
)

// phase is where the user is.
type phase int

const (
	asking   phase = iota // the form
	watching              // the run is under way
	done                  // the run has ended
)

// Screen is the provision screen.
type Screen struct {
	d     *screen.Deps
	w, h  int
	phase phase

	in       provision.Input // the last value of each field that could be used
	form     *form.Form
	estimate provision.Estimate

	run   *run.Run
	made  provision.Input // what the run makes
	steps *steps.List
	panel *learn.Panel
	log   *logview.Model

	result *pager.Model
	onLog  bool // after the run: the log has the keys, not the result
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
)

// New makes the provision screen; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	in := provision.Defaults()
	if d.Seed != 0 {
		in.Seed = d.Seed
	}
	s := &Screen{d: d, in: in, result: pager.New(d.Printer)}
	s.form = s.newForm()
	s.plan()
	return s
}

// Init does nothing: the form needs nothing from the cloud.
func (s *Screen) Init() tea.Cmd { return nil }

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.Printer.Workflow(provision.Workflow) }

// Capturing reports that letters are text now: in a field of the form, or while a search is typed.
func (s *Screen) Capturing() bool {
	if s.phase == asking {
		return s.form.Capturing()
	}
	return s.log.Capturing()
}

// Back leaves what is open over the run; the run itself goes on when the screen is left.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch s.phase {
	case watching:
		return nil, s.log.Back() || s.narrow() && s.panel.Back()
	case done:
		if s.log.Back() {
			return nil, true
		}
		back := s.onLog
		s.onLog = false
		return nil, back
	}
	return nil, false
}

// startMsg starts the run once the user has agreed.
type startMsg struct{ in provision.Input }

// stopMsg stops a run once the user has agreed.
type stopMsg struct{ run *run.Run }

// Update takes keys, agreed questions and the events of the run.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case feed.BatchMsg:
		s.take(msg)
		return nil
	case startMsg:
		s.start(msg.in)
		return nil
	case stopMsg:
		msg.run.Stop()
		return nil
	}
	switch s.phase {
	case asking:
		return s.form.Update(msg)
	case watching:
		return s.watchKey(msg)
	}
	return s.doneKey(msg)
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	switch s.phase {
	case asking:
		return []keys.Group{s.form.Keys()}
	case watching:
		return []keys.Group{s.panel.Keys(), {Title: "keys.group.screen", Bindings: []keys.Binding{keyStop}}, s.log.Keys()}
	}
	return []keys.Group{{Title: "keys.group.screen", Bindings: s.doneBindings()}, s.resultKeys()}
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}

// narrow reports that the lesson stands over the log and not beside it.
func (s *Screen) narrow() bool { return s.w < learn.DockFrom }

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	switch s.phase {
	case asking:
		return s.formView()
	case watching:
		return s.watchView()
	}
	return s.doneView()
}
