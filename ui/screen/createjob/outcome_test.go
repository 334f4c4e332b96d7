package createjob

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// checkEnds runs a check with a given end.
func (s *stage) checkEnds(p createjob.Plan, err error) {
	s.phase = preparing
	s.prepare.Start(at.Add(-time.Second), s.d.Runs, planRun, func(context.Context, event.Stage) (createjob.Plan, error) { return p, err })
	r := s.reg.All()[0]
	<-r.Done()
	s.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

func TestATakenIDComesWithOneThatIsFree(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.choose(createjob.FieldID, "one")
	s.choose(createjob.FieldDescription, "text")
	s.checkEnds(createjob.Plan{}, fleet.Refuse(createjob.FieldID, "one", fleet.TakenTry, "item", "one", "free", "one-2"))
	if s.phase != asking || s.step != delivery || s.form().Focused() != createjob.FieldID {
		t.Fatalf("phase %v, step %v, field %s; want the form at the id", s.phase, s.step, s.form().Focused())
	}
	if view := s.View(); !strings.Contains(view, "one exists already") || !strings.Contains(view, "enter takes one-2") {
		t.Errorf("the reason and the remedy are not under the field:\n%s", view)
	}
	if s.value(createjob.FieldDescription) != "text" || s.value(createjob.FieldID) != "one" {
		t.Error("what was typed is lost")
	}
	uitest.Press(s.Update, "enter")
	if s.in.ID != "one-2" || !s.form().OK() {
		t.Errorf("the id is %s", s.in.ID)
	}
}

func TestOtherErrorsCanBeTriedAgain(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.checkEnds(createjob.Plan{}, errRefused)
	if s.phase != stuck || !strings.Contains(s.View(), "connection refused") {
		t.Fatalf("phase %v:\n%s", s.phase, s.View())
	}
	if _, stayed := s.Back(); !stayed || s.phase != asking {
		t.Error("esc does not lead to the form")
	}
}

func TestEscKeepsTheFormAsItWas(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterStep(delivery)
	s.choose(createjob.FieldDescription, "x")
	s.hold(t)
	if _, stayed := s.Back(); !stayed || s.phase != asking || !s.reg.All()[0].Stopping() {
		t.Fatal("esc does not stop the check")
	}
	s.checkEnds(plan(), nil)
	if s.phase != reviewing {
		t.Fatalf("phase %v, want the review", s.phase)
	}
	if _, stayed := s.Back(); !stayed || s.phase != asking || s.step != delivery || s.value(createjob.FieldDescription) != "x" {
		t.Error("the form is not as it was")
	}
}

func TestAJobIsAskedForFirst(t *testing.T) {
	t.Parallel()
	for kind, want := range map[cloud.Kind]string{cloud.AWS: "111122223333", cloud.Sandbox: "sandbox"} {
		c := &cloud.Cloud{Kind: kind, Account: "111122223333", Region: "eu-west-1", Pace: pace.New(pace.Config{})}
		s := newStage(t, uitest.Printer(t, "en"), c)
		s.reviewPlan(summaryTab)
		s.plan.Account = c.Account
		msg, ok := s.Update(uitest.Key("enter"))().(screen.OpenMsg)
		if !ok || s.phase != reviewing || len(s.reg.All()) > 0 {
			t.Fatal("the job is created without a question")
		}
		if view := msg.Overlay.View(76, 20); !strings.Contains(view, plan().Request.JobID) || !strings.Contains(view, "$2.00") || !strings.Contains(view, want) {
			t.Errorf("the question does not name the job, its cost and the cloud:\n%s", view)
		}
		if cmd, done := msg.Overlay.Update(uitest.Key("enter")); !done || cmd != nil {
			t.Error("enter alone says yes")
		}
		cmd, _ := msg.Overlay.Update(uitest.Key("y"))
		if create, ok := cmd().(createMsg); !ok || create.plan.Request.JobID != plan().Request.JobID {
			t.Errorf("yes is %#v, want the creation", cmd())
		}
	}
}

func TestReviewShowsAndCopiesTheJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.SetSize(200, 58)
	s.reviewPlan(summaryTab)
	s.plan.Before = []string{"aws iot create-job-template --job-template-id nightly"}
	for i, wants := range [tabs][]string{
		summaryTab: {"333 things", "666 things", "LowBattery (dynamic)", "222 things of another type", "continuous job stays IN_PROGRESS", "t narrows the job to 444",
			"$2.00 on a real account", "s3://iot-firmware", "666 devices take"},
		documentTab: {"presigned-url"},
		requestTab:  {`"targetSelection": "CONTINUOUS"`},
		commandTab:  {"aws iot create-job-template \\", "  --job-template-id nightly", "aws iot create-job \\", "  --job-id fleetlab-ota-20261123-101530 \\"},
	} {
		if int(s.tab) != i {
			t.Fatalf("tab leads to view %d, want %d", s.tab, i)
		}
		view := s.View()
		copied, ok := s.Update(uitest.Key("y"))().(screen.CopyMsg)
		if !ok {
			t.Fatal("y copies nothing")
		}
		for _, want := range wants {
			if !strings.Contains(view, want) || !strings.Contains(copied.Text, want) {
				t.Errorf("view %d does not show or copy %s:\n%s\n%s", i, want, view, copied.Text)
			}
		}
		uitest.Press(s.Update, "tab")
	}
	if uitest.Press(s.Update, "shift+tab"); s.tab != commandTab {
		t.Error("shift+tab does not lead back")
	}
}

func TestNextAfterTheJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	scenes["done"](t, s)
	if got, ok := s.Update(uitest.Key("s"))().(screen.GoMsg); !ok || got.ID != screen.Simulate || got.Args != any(plan().Request.JobID) {
		t.Errorf("s asks for %#v, want the job's simulation", got)
	}
	if got, ok := s.Update(uitest.Key("u"))().(screen.GoMsg); !ok || got.ID != screen.Cleanup {
		t.Errorf("u asks for %#v, want clean-up", got)
	}
	uitest.Press(s.Update, "tab", "n") // in the log, n is the next match
	if s.phase != creating {
		t.Error("n in the log left the result")
	}
}

func TestAFailedJobOffersNoSimulation(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	scenes["failed"](t, s)
	if cmd := s.Update(uitest.Key("s")); cmd != nil && cmd() != nil {
		t.Error("a job that does not exist can be simulated")
	}
	uitest.Press(s.Update, "e")
	if s.phase != asking {
		t.Error("e does not lead back to the form")
	}
}

func TestEmptyAccountLeadsToProvisioning(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.offer(createjob.Choices{Role: roleName})
	if got, ok := s.Update(uitest.Key("p"))().(screen.GoMsg); !ok || got.ID != screen.Provision {
		t.Errorf("p asks for %#v, want provisioning", got)
	}
	if s.Resume(); s.phase != loading {
		t.Error("coming back does not look again")
	}
	s.reading.Stop()
}

// Without packages there is still what a custom job needs.
func TestGroupsAloneMakeACustomJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	c := choices()
	c.Packages, c.Templates = nil, nil
	s.offer(c)
	if in := s.job(); s.phase != asking || in.Type != createjob.Custom || in.Validate() != nil || !s.form().OK() {
		t.Errorf("phase %v with %+v (%v):\n%s", s.phase, in, in.Validate(), s.View())
	}
	s.choose(createjob.FieldType, createjob.OTA)
	if s.form().OK() {
		t.Error("an over-the-air job without a package passes")
	}
}

// The screen can be opened with choices made elsewhere.
func TestItStartsFromChoicesGiven(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	in := createjob.Defaults()
	in.Packages, in.Groups, in.ID = []string{"SUVVehicle/1.0.0"}, []string{"Workshop"}, "back"
	s.Screen = New(s.d, in).(*Screen)
	s.SetSize(80, 22)
	s.enterForm()
	if got := s.job(); !slices.Equal(got.Packages, in.Packages) || !slices.Equal(got.Groups, in.Groups) || s.value(createjob.FieldID) != "back" {
		t.Errorf("the job is %+v", got)
	}
}

func TestOptionsOfACommandStandAlone(t *testing.T) {
	t.Parallel()
	for command, want := range map[string]string{
		"aws iot list-jobs": "aws iot list-jobs",
		"aws iot create-job --job-id a --description 'x --y it'\\''s --z'": "aws iot create-job \\\n  --job-id a \\\n  --description 'x --y it'\\''s --z'",
	} {
		if got := options(command); got != want {
			t.Errorf("options(%s) = %s, want %s", command, got, want)
		}
	}
}

// What the run waits for is counted down: the batch that says so asks for the next second.
func TestTheWaitIsCountedDown(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.SetSize(80, 22)
	t.Cleanup(s.watch(nil, nil))
	b := feed.BatchMsg{Run: s.view.Run().ID, Events: story(event.Created)}
	s.reg.Observe(b)
	if s.Update(b) == nil {
		t.Error("nothing moves the countdown")
	}
}
