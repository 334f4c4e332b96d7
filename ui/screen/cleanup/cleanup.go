// Package cleanup is the screen that removes what was made: what to remove, a preview of it, the confirmation by a word, the run, and
// what is left.
package cleanup

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/component/form"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/event"
)

// lookRun is the name of the run that lists what is there.
const lookRun = "cleanup-look"

// safeDeletion is the id of the lesson that belongs to all of the screen.
const safeDeletion = "safe-deletion"

// phase is where the user is.
type phase int

const (
	asking    phase = iota // what to remove
	looking                // what is there is listed
	reviewing              // the preview
	removing               // the run and its result
)

// Keys of the preview.
var (
	keyDelete = keys.New("enter", "cleanup.keys.delete", "enter").InBar()
	keyFresh  = keys.New("r", "cleanup.keys.look", "r").InBar()
	keyHome   = keys.New("h", "cleanup.keys.home", "h")
	keyNew    = keys.New("n", "cleanup.keys.new", "n")
	keyFleet  = keys.New("p", "cleanup.keys.provision", "p")
)

// Screen is the clean-up screen.
type Screen struct {
	d      *screen.Deps
	w, h   int
	phase  phase
	before phase // shown while it has only just begun to look

	in   cleanup.Input
	form *form.Form

	look    lookup.Planning[cleanup.Plan] // lists what is there
	plan    cleanup.Plan
	preview *pager.Model
	problem error // why there is no plan

	view *runview.View
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
	_ screen.Teacher  = (*Screen)(nil)
)

// New makes the clean-up screen; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	s := &Screen{d: d, in: cleanup.Defaults(), preview: pager.New(d.Printer)}
	s.form = s.newForm()
	return s
}

// Init does nothing: looking is what the form starts.
func (s *Screen) Init() tea.Cmd { return nil }

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.Printer.Workflow(cleanup.Workflow) }

// Capturing reports that letters are text now.
func (s *Screen) Capturing() bool {
	switch s.phase {
	case asking:
		return s.form.Capturing()
	case removing:
		return s.view.Capturing()
	}
	return false
}

// Lesson is the id of the lesson about removing.
func (s *Screen) Lesson() string { return safeDeletion }

// Back goes one phase back; a run goes on when the screen is left.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch s.phase {
	case looking:
		s.look.Leave()
		s.phase = asking
		return nil, true
	case reviewing:
		s.phase = asking
		return nil, true
	case removing:
		return nil, s.view.Back()
	}
	return nil, false
}

// runMsg starts the run once the user has typed the word.
type runMsg struct{ plan cleanup.Plan }

// Update takes keys, the typed word and the events of the runs.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case feed.BatchMsg:
		return s.take(msg)
	case runMsg:
		s.remove(msg.plan)
		return nil
	}
	switch s.phase {
	case asking:
		return s.form.Update(msg)
	case looking:
		if runview.Stop.Matches(msg) {
			s.look.Stop()
		}
		return nil
	case reviewing:
		return s.reviewKey(msg)
	}
	return s.view.Update(msg)
}

func (s *Screen) reviewKey(msg tea.Msg) tea.Cmd {
	switch {
	case keyFresh.Matches(msg):
		return s.startLook()
	case keyDelete.Matches(msg) && s.deletable():
		return s.confirm()
	}
	return s.preview.Update(msg)
}

// deletable reports that there is something to remove or to put back.
func (s *Screen) deletable() bool { return s.problem == nil && s.plan.Total() > 0 }

// confirm asks for the word. The dialog says how much goes, and from where.
func (s *Screen) confirm() tea.Cmd {
	plan := s.plan
	return screen.Open(dialog.New(s.d.Theme, s.d.Printer, dialog.Question{
		Title: s.d.T("cleanup.confirm-title"), Word: cleanup.ConfirmWord, Danger: true,
		Body: s.d.T("cleanup.confirm", "Count", plan.Total(), "Account", plan.Account, "Region", plan.Region),
		Yes:  func() tea.Msg { return runMsg{plan} },
	}))
}

// startLook lists what is there in the background, since that takes long for a large fleet.
func (s *Screen) startLook() tea.Cmd {
	c, in := s.d.Cloud, s.in
	s.before, s.phase = s.phase, looking
	return s.look.Start(s.d.Now(), s.d.Runs, lookRun, func(ctx context.Context, st event.Stage) (cleanup.Plan, error) {
		return cleanup.Prepare(ctx, c, in, st)
	})
}

// remove carries the plan out.
func (s *Screen) remove(plan cleanup.Plan) {
	c := s.d.Cloud
	s.show(s.d.Runs.Start(cleanup.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		st.Gate = nil // the word was typed: nothing more to ask
		return cleanup.Run(ctx, c, plan, st)
	}), plan)
}

// show shows a run that carries a plan out.
func (s *Screen) show(r *run.Run, plan cleanup.Plan) {
	s.phase = removing
	s.view = runview.New(s.d, s.spec(plan), r)
	s.view.SetSize(s.w, s.h)
}

func (s *Screen) take(b feed.BatchMsg) (cmd tea.Cmd) {
	if s.view != nil {
		cmd = s.view.Take(b)
	}
	if !s.look.Take(b) {
		return cmd
	}
	if s.plan, s.problem = s.look.Result(); lookup.Stopped(s.problem) {
		s.phase = asking
		return cmd
	}
	s.phase = reviewing
	s.preview.SetContent(s.previewRows)
	return cmd
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	own := keys.Group{Title: "keys.group.screen"}
	switch s.phase {
	case asking:
		return []keys.Group{s.form.Keys()}
	case looking:
		own.Bindings = []keys.Binding{runview.Stop}
		return []keys.Group{own}
	case reviewing:
		del := keyDelete
		if !s.deletable() {
			del = del.Because("cleanup.keys.nothing")
		}
		own.Bindings = []keys.Binding{del, keyFresh}
		return []keys.Group{own, s.preview.Keys()}
	}
	return s.view.Keys()
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}
