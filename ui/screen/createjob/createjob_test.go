package createjob

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg *run.Registry
}

func newStage(t *testing.T, p *locale.Printer, c *cloud.Cloud) *stage {
	t.Helper()
	if c == nil {
		c = &cloud.Cloud{Kind: cloud.Sandbox, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}
	}
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Guided})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: c, Runs: reg.For("job-create#1"), Now: func() time.Time { return at }}
	s := &stage{Screen: New(d, nil).(*Screen), reg: reg}
	s.SetSize(80, 22)
	return s
}

const roleName = "IoTJobsRole-us-east-1-00000000"

// choices are a fleet of three countries, a group of somebody else's and a dynamic one, and two packages.
func choices() createjob.Choices {
	published, draft := "PUBLISHED", "DRAFT"
	return createjob.Choices{
		Groups: []createjob.Group{
			{Name: "CA_Fleet", Ours: true}, {Name: "MX_Fleet", Ours: true}, {Name: "US_Fleet", Ours: true},
			{Name: "LowBattery", Dynamic: true, Query: "shadow.reported.batteryStatus<20"}, {Name: "Workshop"},
		},
		Packages: []createjob.Package{
			{Name: "SUVVehicle", Versions: []createjob.Version{{Name: "1.2.0", Status: draft}, {Name: "1.1.0", Status: published}, {Name: "1.0.0", Status: published}}},
			{Name: "SedanVehicle", Versions: []createjob.Version{{Name: "2.0.0", Status: published}}},
			{Name: "TruckVehicle", Versions: []createjob.Version{{Name: "0.9.0", Status: draft}}},
		},
		Role: roleName, RoleExists: true,
	}
}

// offer brings the choices without counting anything.
func (s *stage) offer(c createjob.Choices) {
	s.counter = &counter{end: func() {}} // one at work keeps others from beginning
	s.takeChoices(c, nil)
}

// enterForm brings the choices and some counts.
func (s *stage) enterForm() {
	s.offer(choices())
	s.members = map[string]count{"CA_Fleet": {333, true}, "MX_Fleet": {250, false}, "US_Fleet": {334, true}, "Workshop": {0, true}}
	s.form.SetOptions(createjob.FieldGroups, s.groupOptions())
}

// plan is a job as Prepare makes it.
func plan() createjob.Plan {
	arn := func(rest string) string { return "arn:aws:iot:us-east-1:000000000000:" + rest }
	document := fleet.OTADocument("SUVVehicle", "1.1.0")
	return createjob.Plan{
		Input:   createjob.Input{Groups: []string{"CA_Fleet", "MX_Fleet"}, Packages: []string{"SUVVehicle"}, Version: "1.1.0", Selection: createjob.Continuous, Expires: 3600},
		Account: "000000000000", Region: "us-east-1", Members: 666, Packages: []createjob.Installed{{Package: "SUVVehicle", Version: "1.1.0"}}, Document: document, Cost: 1.998,
		Targets: []createjob.Target{{Name: "CA_Fleet", ARN: arn("thinggroup/CA_Fleet"), Members: 333}, {Name: "LowBattery", ARN: arn("thinggroup/LowBattery"), Dynamic: true, Members: 333}},
		Request: createjob.Request{
			JobID: "fleetlab-ota-20261123-101530", Targets: []string{arn("thinggroup/CA_Fleet"), arn("thinggroup/LowBattery")}, Document: document,
			Description: "OTA update to SUVVehicle 1.1.0 for CA_Fleet and 1 more", TargetSelection: "CONTINUOUS",
			PresignedURL: &createjob.Presign{RoleARN: "arn:aws:iam::000000000000:role/" + roleName, Expires: 3600},
			Packages:     []string{arn("package/SUVVehicle/version/1.1.0")}, Tags: []createjob.Tag{{Key: "created-by", Value: "fleetlab"}},
		},
		Command:  "aws iot create-job --job-id fleetlab-ota-20261123-101530 --targets " + arn("thinggroup/CA_Fleet") + " --target-selection CONTINUOUS",
		Warnings: []createjob.Warning{{What: createjob.OtherType, Group: "CA_Fleet", Type: "SUVVehicle", Count: 222}, {What: createjob.LastsForever}},
	}
}

// watch shows a run that does nothing but return what it is told to, once the test ends it.
func (s *stage) watch(result any, err error) (end func()) {
	stay := make(chan struct{})
	r := s.d.Runs.Start(createjob.Workflow, func(context.Context, event.Stage) (any, error) {
		<-stay
		return result, err
	})
	s.phase, s.view = creating, runview.New(s.d, s.spec(plan()), r)
	s.view.SetSize(s.w, s.h)
	return func() {
		close(stay)
		<-r.Done()
	}
}

// give hands events of the run on show to the registry and the screen, as the program does.
func (s *stage) give(last bool, events ...event.Event) {
	b := feed.BatchMsg{Run: s.view.Run().ID, Events: events, Last: last}
	s.reg.Observe(b)
	s.Update(b)
}

func story(status event.Status) []event.Event {
	out := []event.Event{
		{Kind: event.RunStarted, Total: 1}, {Kind: event.StepStarted, Step: createjob.StepCreate},
		{Kind: event.Item, Step: createjob.StepCreate, Resource: createjob.Job, Subject: plan().Request.JobID, Status: status, Done: 1, Total: 1,
			Detail: map[string]string{"package": "SUVVehicle", "version": "1.1.0", "selection": "CONTINUOUS"}},
		{Kind: event.Waiting, Step: createjob.StepCreate, Resource: createjob.Job, Subject: plan().Request.JobID, Status: createjob.ExecutionsMade, Seconds: 10},
	}
	for i := range out {
		out[i].Workflow, out[i].Time = createjob.Workflow, at.Add(time.Duration(i)*time.Second)
		if out[i].Status == event.Failed {
			out[i].Fault = &event.Fault{Class: "denied", Operation: "iot:CreateJob", Code: "UnauthorizedException", Message: "not authorized"}
		}
	}
	return out
}

func report(status event.Status, item event.Status) createjob.Report {
	r := createjob.Report{Report: event.Report{Workflow: createjob.Workflow, Status: status, Counts: event.Counts{createjob.Job: {item: 1}}, Seconds: 2.4},
		Job: plan().Request.JobID}
	if item == event.Failed {
		r.Failures = story(item)[2:3]
		return r
	}
	r.ARN, r.Executions = "arn:aws:iot:us-east-1:000000000000:job/"+r.Job, fleet.JobCounts{Queued: 666}
	return r
}

var errRefused = errors.New("connect to 127.0.0.1: connection refused")

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*stage]{
	"loading": func(_ *testing.T, s *stage) { s.reading.Start(at.Add(-3*time.Second), nil) },
	"error":   func(_ *testing.T, s *stage) { s.takeChoices(createjob.Choices{}, errRefused) },
	"empty":   func(_ *testing.T, s *stage) { s.offer(createjob.Choices{Role: roleName}) },
	"form":    func(_ *testing.T, s *stage) { s.enterForm() },
	"wrong": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.form.Focus(createjob.FieldID)
		uitest.Press(s.Update, "m", "y", "!", "j", "o", "b")
	},
	"preparing": func(t *testing.T, s *stage) {
		s.enterForm()
		s.hold(t)
		s.Update(feed.BatchMsg{Run: s.reg.All()[0].ID, Events: []event.Event{{Kind: event.Progress, Step: createjob.StepTargets, Done: 250}}})
	},
	"stuck": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.phase, s.problem = stuck, errRefused
	},
	"review": func(_ *testing.T, s *stage) { s.reviewPlan() },
	"running": func(t *testing.T, s *stage) {
		t.Cleanup(s.watch(nil, nil))
		s.give(false, story(event.Created)...)
	},
	"done": func(_ *testing.T, s *stage) {
		s.watch(report(event.Done, event.Created), nil)()
		s.give(true, story(event.Created)...)
	},
	"failed": func(_ *testing.T, s *stage) {
		s.watch(report(event.RunFailed, event.Failed), errRefused)()
		s.give(true, story(event.Failed)...)
	},
}

// hold starts the check of a choice, which does not end before the test.
func (s *stage) hold(t *testing.T) {
	t.Helper()
	s.phase = preparing
	s.prepare.Start(s.d.Runs, planRun, func(ctx context.Context, _ event.Stage) (createjob.Plan, error) {
		<-ctx.Done()
		return createjob.Plan{}, context.Cause(ctx)
	})
	r := s.reg.All()[0]
	t.Cleanup(func() {
		r.Stop()
		<-r.Done()
	})
}

func (s *stage) reviewPlan() {
	s.enterForm()
	s.plan, s.phase = plan(), reviewing
	s.review.SetContent(s.reviewRows)
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
	s := newStage(t, p, nil)
	s.d.Theme = th
	return s
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	scenes.Exact(t, themed)
}

func TestAllCountryGroupsAreMarkedAtFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	if got := s.form.Value(createjob.FieldGroups); got != "CA_Fleet,MX_Fleet,US_Fleet" {
		t.Errorf("marked are %s", got)
	}
	uitest.Press(s.Update, "a", "a") // all, none
	if s.form.OK() {
		t.Error("a job without a target passes")
	}
	uitest.Press(s.Update, "end", " ")
	if got := strings.Join(s.in.Groups, ","); got != "Workshop" || !s.form.OK() {
		t.Errorf("groups are %s and the form is right: %v, want Workshop", got, s.form.OK())
	}
}

func TestVersionsFollowThePackage(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	if s.pkg() != "SUVVehicle" || s.in.Version != "1.1.0" {
		t.Fatalf("%s %s is offered first, want the newest published version of the first package", s.pkg(), s.in.Version)
	}
	s.form.Focus(createjob.FieldVersion)
	if view := s.View(); !strings.Contains(view, "1.2.0 DRAFT") {
		t.Errorf("the draft is not named:\n%s", view)
	}
	s.form.Focus(createjob.FieldPackage)
	uitest.Press(s.Update, "right")
	if s.pkg() != "SedanVehicle" || s.in.Version != "2.0.0" {
		t.Errorf("the version is %s %s, want the other package's", s.pkg(), s.in.Version)
	}
	uitest.Press(s.Update, "right")
	if s.pkg() != "TruckVehicle" || s.form.OK() {
		t.Error("a package without a published version passes")
	}
	uitest.Press(s.Update, "left")
	if !s.form.OK() {
		t.Error("the way back leaves the form wrong")
	}
}

// checkEnds runs a check with a given end.
func (s *stage) checkEnds(p createjob.Plan, err error) {
	s.phase = preparing
	s.prepare.Start(s.d.Runs, planRun, func(context.Context, event.Stage) (createjob.Plan, error) { return p, err })
	r := s.reg.All()[0]
	<-r.Done()
	s.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

func TestRefusedFieldsComeBackToTheForm(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.enterForm()
	s.form.Focus(createjob.FieldID)
	uitest.Press(s.Update, "o", "n", "e")
	s.form.Focus(createjob.FieldDescription)
	uitest.Press(s.Update, "t", "e", "x", "t")
	s.checkEnds(createjob.Plan{}, fleet.Refuse(createjob.FieldID, "one", fleet.Taken, "item", "one"))
	if s.phase != asking || s.form.Focused() != createjob.FieldID {
		t.Fatalf("phase %v, field %s; want the form at the id", s.phase, s.form.Focused())
	}
	if view := s.View(); !strings.Contains(view, "one exists already") {
		t.Errorf("the reason is not under the field:\n%s", view)
	}
	if s.form.Value(createjob.FieldDescription) != "text" || s.form.Value(createjob.FieldID) != "one" {
		t.Error("what was typed is lost")
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
	s.enterForm()
	s.form.Focus(createjob.FieldDescription)
	uitest.Press(s.Update, "x")
	s.hold(t)
	if _, stayed := s.Back(); !stayed || s.phase != asking || !s.reg.All()[0].Stopping() {
		t.Fatal("esc does not stop the check")
	}
	s.checkEnds(plan(), nil)
	if s.phase != reviewing {
		t.Fatalf("phase %v, want the review", s.phase)
	}
	if _, stayed := s.Back(); !stayed || s.phase != asking || s.form.Value(createjob.FieldDescription) != "x" {
		t.Error("the form is not as it was")
	}
	if _, stayed := s.Back(); stayed {
		t.Error("esc does not leave the form")
	}
}

func TestARealAccountIsAskedForFirst(t *testing.T) {
	t.Parallel()
	c := &cloud.Cloud{Kind: cloud.AWS, Account: "111122223333", Region: "eu-west-1", Pace: pace.New(pace.Config{})}
	s := newStage(t, uitest.Printer(t, "en"), c)
	s.reviewPlan()
	msg, ok := s.Update(uitest.Key("enter"))().(screen.OpenMsg)
	if !ok || s.phase != reviewing || len(s.reg.All()) > 0 {
		t.Fatal("the job is created without a question")
	}
	if view := msg.Overlay.View(76, 20); !strings.Contains(view, plan().Request.JobID) || !strings.Contains(view, "$2.00") {
		t.Errorf("the question does not name the job and its cost:\n%s", view)
	}
	if cmd, done := msg.Overlay.Update(uitest.Key("enter")); !done || cmd != nil {
		t.Error("enter alone says yes")
	}
	cmd, _ := msg.Overlay.Update(uitest.Key("y"))
	if create, ok := cmd().(createMsg); !ok || create.plan.Request.JobID != plan().Request.JobID {
		t.Errorf("yes is %#v, want the creation", cmd())
	}
}

func TestReviewHoldsTheWholeJob(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), nil)
	s.SetSize(200, 118)
	s.reviewPlan()
	view := s.View()
	for _, want := range []string{"333 things", "666 things", "LowBattery (dynamic)", "222 things of another type", "continuous job stays IN_PROGRESS",
		"presigned-url", `"targetSelection": "CONTINUOUS"`, `aws iot create-job \ `, `  --job-id fleetlab-ota-20261123-101530 \ `, "$2.00 on a real account"} {
		if !strings.Contains(view, want) {
			t.Errorf("the review does not have %s", want)
		}
	}
	if copied, ok := s.Update(uitest.Key("y"))().(screen.CopyMsg); !ok || copied.Text != plan().Command {
		t.Error("y does not copy the command")
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
	if cmd := s.Update(uitest.Key("s")); cmd != nil {
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
