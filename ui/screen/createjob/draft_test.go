package createjob

import (
	"slices"
	"strings"
	"testing"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
)

// comeBack leaves the screen and opens it again, with other things to choose from.
func (s *stage) comeBack(c createjob.Choices) {
	for stayed := true; stayed; {
		_, stayed = s.Back()
	}
	s.Resume()
	s.reading.Stop()
	s.offer(c)
}

func TestADraftIsKeptWhenTheScreenIsLeft(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	if s.Unfinished() {
		t.Fatal("nothing was changed")
	}
	s.step = delivery
	s.choose(createjob.FieldID, "no blanks please")
	s.choose(rolloutKind, createjob.RolloutExponential)
	s.step = targets
	s.choose(createjob.FieldGroups, "CA_Fleet,LowBattery")
	s.step = what
	s.form().Focus(createjob.FieldPackage)
	if !s.Unfinished() {
		t.Fatal("something was chosen")
	}
	fewer := choices()
	fewer.Groups = slices.DeleteFunc(fewer.Groups, func(g createjob.Group) bool { return g.Name == "LowBattery" })
	s.comeBack(fewer)
	if got := s.forms[delivery].Value(createjob.FieldID); got != "no blanks please" {
		t.Errorf("the job's name is %q: even what cannot be used is to be there again", got)
	}
	if got := s.value(rolloutKind); got != createjob.RolloutExponential || s.in.Get(createjob.FieldRollout) != "exponential" {
		t.Errorf("the rollout is %q in the form and %q in the choices", got, s.in.Get(createjob.FieldRollout))
	}
	if got := s.value(createjob.FieldGroups); got != "CA_Fleet" || !slices.Equal(s.in.Groups, []string{"CA_Fleet"}) {
		t.Errorf("groups %q in the form and %q in the choices: one of the two is gone", got, s.in.Groups)
	}
	if s.greet() != nil || s.left {
		t.Error("that there is a draft is to be said once, on coming back")
	}
	if s.form().Focused() != createjob.FieldPackage {
		t.Errorf("the focus is on %s", s.form().Focused())
	}
}

func TestTheReachIsExactOnlyWhereNothingIsCountedTwice(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	for _, c := range []struct{ groups, want string }{
		{"CA_Fleet", "333 things"}, {"MX_Fleet", "250+ things..."}, {"CA_Fleet,US_Fleet", "667 things at most"}, {"CA_Fleet,MX_Fleet", "583+ things..."},
	} {
		s.choose(createjob.FieldGroups, c.groups)
		if got := s.reachWords(); got != c.want {
			t.Errorf("%s reach %q, want %q", c.groups, got, c.want)
		}
	}
}

func TestAScreenOverTheFormDoesNotMoveIt(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.step = delivery
	s.Resume()
	s.reading.Stop()
	if s.offer(choices()); s.step != delivery || s.phase != asking {
		t.Errorf("step %d, phase %d after the look at another screen", s.step, s.phase)
	}
}

func TestADraftIsThrownAwayOnlyWhenAsked(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	if s.Update(tea.KeyMsg{Type: tea.KeyCtrlT}) != nil {
		t.Error("there is nothing to throw away yet")
	}
	s.choose(createjob.FieldDescription, "mine")
	open, asked := s.Update(tea.KeyMsg{Type: tea.KeyCtrlT})().(screen.OpenMsg)
	if !asked || s.in.Description != "mine" {
		t.Fatal("a draft must not go without a question")
	}
	if view := open.Overlay.View(80, 24); !strings.Contains(view, s.d.T("form.afresh-title")) {
		t.Errorf("the question is:\n%s", view)
	}
	s.Update(afreshMsg{})
	uitest.Exact(t, s.View(), s.w, s.h) // there are no forms until it has read again
	s.reading.Stop()
	s.offer(choices())
	if s.Unfinished() || s.in.Description != "" || s.value(createjob.FieldDescription) != "" {
		t.Errorf("%q is still there", s.value(createjob.FieldDescription))
	}
}

func TestAJobThatWasCreatedLeavesNoDraft(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		result any
		err    error
		kept   bool
	}{
		{createjob.Report{Job: "mine", ARN: "arn:aws:iot:us-east-1:000000000000:job/mine", Report: event.Report{Status: event.Done}}, nil, false},
		{nil, errRefused, true},
	} {
		s := newStage(t, uitest.Printer(t, "en"), nil)
		s.enterForm()
		s.choose(createjob.FieldDescription, "mine")
		end := s.watch(c.result, c.err)
		end()
		s.give(true)
		if s.Unfinished() != c.kept {
			t.Errorf("kept %v after %v, want %v", s.Unfinished(), c.err, c.kept)
		}
	}
}
