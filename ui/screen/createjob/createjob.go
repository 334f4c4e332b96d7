// Package createjob is the screen that makes a job: what there is to choose from, the form in three steps with a forecast of the
// rollout, a review of the job down to its request and its command, and its creation.
package createjob

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
)

// phase is where the user is.
type phase int

const (
	loading   phase = iota // what there is to choose from is read
	failed                 // it could not be read
	lacking                // there is nothing that a job could be made of
	asking                 // the form, step by step
	preparing              // the choice is checked and the members are counted
	stuck                  // that went wrong
	reviewing              // the job as it would be created
	creating               // the run and its result
)

// Keys of the phases that have no component of their own.
var (
	keyRetry     = keys.New("r", "createjob.keys.retry", "r").InBar()
	keyProvision = keys.New("p", "createjob.keys.provision", "p").InBar()
)

// Screen is the screen that creates jobs.
type Screen struct {
	d      *screen.Deps
	w, h   int
	phase  phase
	before phase // shown while its successor has only just begun to read or to check

	reading lookup.Reading[createjob.Choices]
	choices createjob.Choices
	problem error // why there are no choices, or no plan

	counter  *counter
	members  map[string]count
	countErr error

	in       createjob.Input // the last value of each field that could be used
	step     step
	forms    [steps]*form.Form
	packages map[string][]string // those chosen for the type of job that is not on show
	docs     map[string]string   // what was typed into the document, by the preset that it started from

	touched bool   // something was chosen or typed
	left    bool   // the screen was left with that
	refused string // the field that the cloud refused, which may be right with other choices

	find      finding
	reach     survey
	artifacts artifacts
	template  lookup.Reading[createjob.Input] // the choices of a job template

	prepare lookup.Planning[createjob.Plan] // checks the choice
	plan    createjob.Plan
	tab     tab
	review  *pager.Model

	view *runview.View
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Resumer  = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
	_ screen.Keeper   = (*Screen)(nil)
	_ screen.Teacher  = (*Screen)(nil)
)

// New makes the screen; it is a screen.Factory. args may be a createjob.Input to start from.
func New(d *screen.Deps, args any) screen.Screen {
	in, given := args.(createjob.Input)
	if !given {
		in = createjob.Defaults()
	}
	s := &Screen{d: d, in: in, review: pager.New(d.Printer), members: map[string]count{}, docs: map[string]string{}, packages: map[string][]string{}}
	s.artifacts.known = map[string]lookup.Answer[string]{}
	if in.Document != "" {
		s.docs[in.Preset] = in.Document
	}
	return s
}

// Init reads what there is to choose from.
func (s *Screen) Init() tea.Cmd { return s.load() }

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.Printer.Workflow(createjob.Workflow) }

// Capturing reports that letters are text now.
func (s *Screen) Capturing() bool {
	switch s.phase {
	case asking:
		return s.form().Capturing()
	case creating:
		return s.view.Capturing()
	}
	return false
}

// Back goes one phase back, to the form as it was; a run goes on when the screen is left.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch s.phase {
	case loading:
		s.reading.Stop()
	case asking:
		if s.backward() {
			return s.look(), true
		}
		s.stopLooking()
		s.left = true
	case preparing:
		s.prepare.Leave()
		s.phase = asking
		return nil, true
	case stuck, reviewing:
		s.phase = asking
		return nil, true
	case creating:
		return nil, s.view.Back()
	}
	return nil, false
}

// createMsg creates the job once the user has agreed.
type createMsg struct{ plan createjob.Plan }

// Update takes keys, what was read and counted, agreed questions and the events of the runs.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case countMsg:
		return s.takeCount(msg)
	case feed.BatchMsg:
		return s.takeBatch(msg)
	case createMsg:
		s.create(msg.plan)
		return nil
	case templateMsg:
		return s.startFrom(msg.id)
	case holderMsg:
		return s.typeHolder(msg.text)
	case afreshMsg:
		return s.afresh()
	}
	return tea.Batch(s.answers(msg), s.input(msg))
}

// input takes what is meant for the phase: keys above all.
func (s *Screen) input(msg tea.Msg) tea.Cmd {
	switch s.phase {
	case loading:
		choices, cmd := s.reading.Update(msg)
		if choices != nil {
			return s.takeChoices(choices.Value, choices.Err)
		}
		return cmd
	case failed, lacking:
		return s.idleKey(msg)
	case asking:
		return tea.Batch(s.ask(msg), s.look())
	case preparing:
		if runview.Stop.Matches(msg) {
			s.prepare.Stop()
		}
	case stuck:
		if keyRetry.Matches(msg) {
			return s.prepareJob()
		}
	case reviewing:
		return s.reviewKey(msg)
	case creating:
		return s.view.Update(msg)
	}
	return nil
}

// ask takes what is meant for the form.
func (s *Screen) ask(msg tea.Msg) tea.Cmd {
	editing := s.form().Focused() == createjob.FieldDocument
	switch {
	case keyForward.Matches(msg) && !editing:
		return s.forward()
	case keyBehind.Matches(msg) && !editing:
		s.backward()
		return nil
	case keyHolders.Matches(msg) && editing:
		return s.pickHolder()
	case keys.Afresh.Matches(msg) && s.touched:
		return s.askAfresh()
	}
	return s.form().Update(msg)
}

// idleKey takes the keys while there is nothing to choose from.
func (s *Screen) idleKey(msg tea.Msg) tea.Cmd {
	switch {
	case keyRetry.Matches(msg):
		return s.load()
	case keyProvision.Matches(msg) && s.phase == lacking:
		return screen.Go(screen.Provision, nil)
	}
	return nil
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	own := keys.Group{Title: "keys.group.screen"}
	switch s.phase {
	case failed, stuck:
		own.Bindings = []keys.Binding{keyRetry}
	case lacking:
		own.Bindings = []keys.Binding{keyProvision, keyRetry.Named("createjob.keys.look")}
	case asking:
		return s.formKeys()
	case preparing:
		own.Bindings = []keys.Binding{runview.Stop}
	case reviewing:
		own.Bindings = s.reviewKeys()
		return []keys.Group{own, s.review.Keys()}
	case creating:
		return s.view.Keys()
	}
	return []keys.Group{own}
}

// formKeys is what the keys do in the form.
func (s *Screen) formKeys() []keys.Group {
	g := s.form().Keys()
	own := keys.Group{Title: "keys.group.screen", Bindings: []keys.Binding{keyForward.InBar()}}
	if s.step > what {
		own.Bindings = append(own.Bindings, keyBehind)
	}
	if s.form().Focused() == createjob.FieldDocument {
		own.Bindings = []keys.Binding{keyHolders}
	}
	if s.touched {
		own.Bindings = append(own.Bindings, keys.Afresh)
	}
	return []keys.Group{g, own}
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}
