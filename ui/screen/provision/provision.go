// Package provision is the screen that makes a fleet: a form with a live plan, then the run with its lessons
// and its log, and what became of it.
package provision

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/provision"
)

// Screen is the provision screen. It shows the form until a run is started, and again when the user wants
// another one.
type Screen struct {
	d    *screen.Deps
	w, h int

	in       provision.Input // the last value of each field that could be used
	form     *form.Form
	estimate provision.Estimate

	touched bool // something was typed since the form was new, or since a run began
	left    bool // the screen was left with that

	made provision.Input // what the run makes
	view *runview.View   // nil while the form is shown
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Keeper   = (*Screen)(nil)
	_ screen.Resumer  = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
	_ screen.Teacher  = (*Screen)(nil)
)

// New makes the provision screen; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	s := &Screen{d: d, in: first(d)}
	s.ask()
	return s
}

// ask shows the form, with the values that were there last.
func (s *Screen) ask() {
	s.view, s.form = nil, s.newForm()
	s.plan()
	s.layout()
}

// Init does nothing: the form needs nothing from the cloud.
func (s *Screen) Init() tea.Cmd { return nil }

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.Printer.Workflow(provision.Workflow) }

// Capturing reports that letters are text now: in a field of the form, or while a search is typed.
func (s *Screen) Capturing() bool {
	if s.view == nil {
		return s.form.Capturing()
	}
	return s.view.Capturing()
}

// Lesson is the id of the lesson of the field under the cursor, or of the step that runs.
func (s *Screen) Lesson() string {
	if s.view != nil {
		return s.view.LessonShown()
	}
	step := provision.StepThings
	switch s.form.Focused() {
	case typesField:
		step = provision.StepThingTypes
	case versionsField:
		step = provision.StepCatalog
	}
	l, _ := s.d.StepLesson(step)
	return l.ID
}

// Back closes what is open over the run; the run itself goes on when the screen is left.
func (s *Screen) Back() (tea.Cmd, bool) {
	if s.view != nil && s.view.Back() {
		return nil, true
	}
	s.left = s.Unfinished()
	return nil, false
}

// startMsg starts the run once the user has agreed.
type startMsg struct{ in provision.Input }

// Update takes keys, agreed questions and the events of the run.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case startMsg:
		s.start(msg.in)
		return nil
	case afreshMsg:
		s.afresh()
		return nil
	}
	if s.Unfinished() && keys.Afresh.Matches(msg) {
		return s.askAfresh()
	}
	if s.view == nil {
		return s.form.Update(msg)
	}
	if b, ok := msg.(feed.BatchMsg); ok {
		return s.view.Take(b)
	}
	return s.view.Update(msg)
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	if s.view == nil {
		groups := []keys.Group{s.form.Keys()}
		if s.touched {
			groups = append(groups, keys.Group{Title: "keys.group.screen", Bindings: []keys.Binding{keys.Afresh}})
		}
		return groups
	}
	return s.view.Keys()
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}

func (s *Screen) layout() {
	s.form.SetSize(panel.Inner(s.formSize()))
	if s.view != nil {
		s.view.SetSize(s.w, s.h)
	}
}

// narrow reports that the plan stands under the form and not beside it.
func (s *Screen) narrow() bool { return s.w < learn.DockFrom }

// View is exactly the size that SetSize said.
func (s *Screen) View() string {
	if s.view == nil {
		return s.formView()
	}
	return s.view.View()
}
