package simulate

import (
	"fmt"
	"strings"
	"testing"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

func TestTheJobAskedForIsChosen(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, newest)
	s.offer(jobs())
	if s.phase != asking || s.in.Job != newest {
		t.Errorf("phase %v, job %q; want the form for %s", s.phase, s.in.Job, newest)
	}
	idle := jobs()[1].ID
	s = newStage(t, uitest.Printer(t, "en"), nil, idle)
	s.offer(jobs())
	if at, _ := s.jobs.Selected(); s.phase != choosing || at.ID != idle {
		t.Errorf("phase %v, cursor on %s; want the idle job among the others", s.phase, at.ID)
	}
	s = newStage(t, uitest.Printer(t, "en"), nil, "gone")
	cmd := s.offer(jobs())
	if toast, ok := cmd().(screen.ToastMsg); !ok || !strings.Contains(toast.Text, "gone") || s.phase != choosing {
		t.Errorf("a job that is not active: %#v in phase %v", toast, s.phase)
	}
}

func TestAnIdleJobIsExplainedAndNotChosen(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.offer(jobs())
	uitest.Press(s.Update, "down")
	if view := s.View(); !strings.Contains(view, "○  fleetlab-ota-20261122") || !strings.Contains(view, "stays IN_PROGRESS") {
		t.Errorf("an idle job is not explained:\n%s", view)
	}
	if _, ok := s.Update(uitest.Key("enter"))().(screen.ToastMsg); !ok || s.phase != choosing {
		t.Error("an idle job can be chosen")
	}
}

func TestTheForecastFollowsWhatIsTyped(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	if view := s.View(); !strings.Contains(view, "100 devices: 90 succeed, 10 fail") {
		t.Errorf("the forecast is wrong:\n%s", view)
	}
	s.form.Focus(simulate.FieldScope)
	uitest.Press(s.Update, "backspace", "backspace", "backspace", "3", "3")
	if view := s.View(); !strings.Contains(view, "33 devices: 30 succeed, 3 fail") {
		t.Errorf("the forecast does not follow the scope:\n%s", view)
	}
}

func TestTheForecastStaysWithinTheDevices(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	for n := range 120 {
		for _, rate := range []int{0, 1, 33, 50, 90, 99, 100} {
			s.in.SuccessRate = rate
			if got := s.outcome(n); got < 0 || got > n || rate == 100 && got != n || rate == 0 && got != 0 {
				t.Fatalf("%d of %d succeed at %d %%", got, n, rate)
			}
		}
	}
}

func TestThePlanScrollsLineByLine(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	const many = 100_000
	s.planEnds(plan(many), nil)
	if s.phase != planned || !strings.Contains(s.View(), "[1/100000] Vehicle-VIN-001 -> SUCCESS") {
		t.Fatalf("the plan does not begin with its first line:\n%s", s.View())
	}
	uitest.Press(s.Update, "G")
	if view := s.View(); !strings.Contains(view, fmt.Sprintf("[%d/%d] %s -> FAILURE", many, many, fleet.ThingName(fleet.DefaultPrefix, many))) {
		t.Errorf("the end is not in view:\n%s", view)
	}
	uitest.Press(s.Update, "f")
	if view := s.View(); strings.Contains(view, "-> SUCCESS") || !strings.Contains(view, "[4/100000]") {
		t.Errorf("f shows more than failures:\n%s", view)
	}
	if _, stayed := s.Back(); !stayed || s.phase != planned || s.lines.only {
		t.Error("esc does not show all lines again")
	}
	if _, stayed := s.Back(); !stayed || s.phase != asking {
		t.Error("esc does not lead to the form")
	}
}

func TestAJobThatIsOverLeadsBackToTheJobs(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	s.planEnds(simulate.Plan{}, fleet.Refuse(simulate.FieldJob, newest, fleet.NothingToDo, "step", "job create", "item", newest))
	s.reading.Stop()
	if s.phase != loading {
		t.Errorf("phase %v, want the jobs read again", s.phase)
	}
}

func TestRefusedFieldsComeBackToTheForm(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.enterForm()
	s.planEnds(simulate.Plan{}, fleet.Refuse(simulate.FieldScope, "7", fleet.OutOfRange, "min", 1, "max", 5))
	if s.phase != asking || s.form.Focused() != simulate.FieldScope || !strings.Contains(s.View(), "out of range") {
		t.Errorf("phase %v, field %s:\n%s", s.phase, s.form.Focused(), s.View())
	}
}

func TestARealAccountIsAskedForFirst(t *testing.T) {
	t.Parallel()
	c := &cloud.Cloud{Kind: cloud.AWS, Account: "111122223333", Region: "eu-west-1", Pace: pace.New(pace.Config{})}
	s := newStage(t, uitest.Printer(t, "en"), c, nil)
	s.enterForm()
	s.planEnds(plan(100), nil)
	runs := len(s.reg.All())
	msg, ok := s.Update(uitest.Key("enter"))().(screen.OpenMsg)
	if !ok || s.phase != planned || len(s.reg.All()) != runs {
		t.Fatal("the devices are played without a question")
	}
	if view := msg.Overlay.View(76, 20); !strings.Contains(view, newest) || !strings.Contains(view, "100 devices") || !strings.Contains(view, "202 API calls") {
		t.Errorf("the question does not name the job and what it takes:\n%s", view)
	}
	if cmd, done := msg.Overlay.Update(uitest.Key("enter")); !done || cmd != nil {
		t.Error("enter alone says yes")
	}
	cmd, _ := msg.Overlay.Update(uitest.Key("y"))
	if play, ok := cmd().(playMsg); !ok || len(play.plan.Devices) != 100 {
		t.Errorf("yes is %#v, want the run", cmd())
	}
}

func TestTheRestIsOfferedOnlyIfThereIsOne(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	scenes["done"](t, s)
	if strings.Contains(s.View(), s.d.T("simulate.keys.rest")) {
		t.Error("there is a rest although every device has finished")
	}
	if got, ok := s.Update(uitest.Key("c"))().(screen.GoMsg); !ok || got.ID != screen.CreateJob {
		t.Errorf("c asks for %#v, want a new job", got)
	}
	s = newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.SetSize(80, 58)
	scenes["interrupted"](t, s)
	if view := s.View(); !strings.Contains(view, s.d.T("simulate.keys.rest")) || !strings.Contains(view, "88 devices are not finished") {
		t.Errorf("an interrupted run does not say how to go on:\n%s", view)
	}
}

func TestTheReportNamesWhatWasNotPlanned(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.SetSize(200, 58)
	scenes["partial"](t, s)
	view := s.View()
	for _, want := range []string{"74 of 75 planned", "wrong checksum", "1 device failed otherwise", "CANCELED", "199 at 142.1/s", "88 with 5.0MB", "p99 210ms",
		"Vehicle-VIN-017  340ms", "do not agree on SUCCEEDED", "stays IN_PROGRESS until"} {
		if !strings.Contains(view, want) {
			t.Errorf("the report does not have %q", want)
		}
	}
}

func TestEmptyLeadsToCreatingAJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil, nil)
	s.offer(nil)
	if got, ok := s.Update(uitest.Key("c"))().(screen.GoMsg); !ok || got.ID != screen.CreateJob {
		t.Errorf("c asks for %#v, want a new job", got)
	}
	if s.Resume(); s.phase != loading {
		t.Error("coming back does not look again")
	}
	s.reading.Stop()
}
