package createjob

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/lookup"
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg  *run.Registry
	over screen.Overlay
}

func newStage(t *testing.T, p *locale.Printer, c *cloud.Cloud) *stage {
	t.Helper()
	if c == nil {
		c = &cloud.Cloud{Kind: cloud.Sandbox, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}
	}
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Guided})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: c, Runs: reg.For("job-create#1"), Now: func() time.Time { return at }, Lessons: uitest.Lessons(t, p)}
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
		Templates: []createjob.TemplateInfo{{ID: "careful", Description: "slow at first, and it stops early"}, {ID: "nightly"}},
		Role:      roleName, RoleExists: true,
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
	s.artifacts.known["SUVVehicle/1.1.0"] = lookup.Answer[string]{Value: "s3://iot-firmware-us-east-1-000000000000/SUVVehicle_v1_1_0.zip"}
	s.forms[targets].SetOptions(createjob.FieldGroups, s.groupOptions())
	s.refresh()
}

// enterStep goes to a step whose targets were looked at.
func (s *stage) enterStep(at step) {
	s.enterForm()
	s.step = at
	s.reach.of = aimKey(s.aim())
	p := plan()
	p.Narrow = &createjob.Narrowing{Type: "SUVVehicle", Members: 444, LeftOut: 222}
	s.takeSurvey(&lookup.Answer[createjob.Plan]{Value: p})
}

// choose changes a field as if it was chosen with the keys.
func (s *stage) choose(id, value string) {
	s.set(id, value)
	s.changed(id)
}

// plan is a job as Prepare makes it.
func plan() createjob.Plan {
	in := createjob.Defaults()
	in.Groups, in.Packages = []string{"CA_Fleet", "LowBattery"}, []string{"SUVVehicle/1.1.0"}
	arn := func(rest string) string { return "arn:aws:iot:us-east-1:000000000000:" + rest }
	document := fleet.OTADocument("SUVVehicle", "1.1.0")
	return createjob.Plan{
		Input: in, Forecast: createjob.ForecastOf(in, 666, createjob.DefaultModel),
		Account: "000000000000", Region: "us-east-1", Members: 666, Packages: []createjob.Installed{{Package: "SUVVehicle", Version: "1.1.0", Status: "PUBLISHED", Artifact: "s3://iot-firmware-us-east-1-000000000000/SUVVehicle_v1_1_0.zip"}}, Document: document, Cost: 1.998,
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
	"what":    func(_ *testing.T, s *stage) { s.enterForm() },
	"custom": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.choose(createjob.FieldType, createjob.Custom)
		s.choose(createjob.FieldPreset, "collect-logs")
		s.form().Focus(createjob.FieldDocument)
	},
	"mistake": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.choose(createjob.FieldType, createjob.Custom)
		s.choose(createjob.FieldPreset, "reboot")
		s.form().Focus(createjob.FieldDocument)
		uitest.Press(s.Update, "{")
	},
	"placeholders": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.choose(createjob.FieldType, createjob.Custom)
		s.form().Focus(createjob.FieldDocument)
		s.open(s.pickHolder())
	},
	"templates": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.open(s.pickTemplate())
	},
	"targets": func(_ *testing.T, s *stage) { s.enterStep(targets) },
	"things": func(_ *testing.T, s *stage) {
		s.enterStep(targets)
		s.find.text = "Vehicle-VIN-00"
		s.forms[targets].Set(findThings, s.find.text)
		s.takeFinding(&lookup.Answer[found]{Value: found{[]string{"Vehicle-VIN-001", "Vehicle-VIN-002", "Vehicle-VIN-003"}, true}})
		s.form().Focus(foundThings)
		uitest.Press(s.Update, "down", " ")
	},
	"delivery": func(_ *testing.T, s *stage) { s.enterStep(delivery) },
	"exponential": func(_ *testing.T, s *stage) {
		s.enterStep(delivery)
		s.choose(rolloutKind, createjob.RolloutExponential)
		s.choose(createjob.FieldAbort, createjob.KindFailed)
		s.form().Focus(abortPercent + "0")
	},
	"wrong": func(_ *testing.T, s *stage) {
		s.enterStep(delivery)
		s.choose(rolloutKind, createjob.RolloutConstant)
		s.form().Focus(createjob.FieldRollout)
		uitest.Press(s.Update, "0", "0")
	},
	"schedule": func(_ *testing.T, s *stage) {
		s.enterStep(delivery)
		s.choose(createjob.FieldWindows, "cron(0 2 * * ? *)/60")
		s.choose(createjob.FieldEnd, "+2h")
		s.form().Focus(createjob.FieldEndBehavior)
	},
	"taken": func(_ *testing.T, s *stage) {
		s.enterStep(delivery)
		s.choose(createjob.FieldID, "mine")
		s.refuse(fleet.Refuse(createjob.FieldID, "mine", fleet.TakenTry, "item", "mine", "free", "mine-2"))
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
	"review":   func(_ *testing.T, s *stage) { s.reviewPlan(summaryTab) },
	"document": func(_ *testing.T, s *stage) { s.reviewPlan(documentTab) },
	"request":  func(_ *testing.T, s *stage) { s.reviewPlan(requestTab) },
	"command":  func(_ *testing.T, s *stage) { s.reviewPlan(commandTab) },
	"narrowed": func(_ *testing.T, s *stage) {
		s.reviewPlan(summaryTab)
		s.plan.Input.Narrow = true
		s.showTab(summaryTab)
	},
	"running": func(t *testing.T, s *stage) {
		t.Cleanup(s.watch(nil, nil))
		s.give(false, story(event.Created)...)
	},
	"done": func(_ *testing.T, s *stage) {
		s.watch(report(event.Done, event.Created), nil)()
		s.give(true, story(event.Created)...)
	},
	"scheduled": func(_ *testing.T, s *stage) {
		r := report(event.Done, event.Created)
		r.State, r.Starts, r.Template, r.Executions = "SCHEDULED", "2026-11-24 09:00", "nightly", fleet.JobCounts{}
		r.Groups = []string{r.Job + "-only-1"}
		s.watch(r, nil)()
		s.give(true, story(event.Created)...)
	},
	"failed": func(_ *testing.T, s *stage) {
		s.watch(report(event.RunFailed, event.Failed), errRefused)()
		s.give(true, story(event.Failed)...)
	},
}

// open puts an overlay over the screen as the program does.
func (s *stage) open(cmd tea.Cmd) {
	if msg, ok := cmd().(screen.OpenMsg); ok {
		s.over = msg.Overlay
	}
}

// View is the screen with what is over it.
func (s *stage) View() string {
	back := s.Screen.View()
	if s.over == nil {
		return back
	}
	block := s.over.View(s.w-4, s.h-2)
	rows := strings.Split(block, "\n")
	return text.Overlay(back, block, (s.w-text.Width(rows[0]))/2, (s.h-len(rows))/2)
}

// hold starts the check of a choice, which does not end before the test.
func (s *stage) hold(t *testing.T) {
	t.Helper()
	s.phase = preparing
	s.prepare.Start(at.Add(-time.Second), s.d.Runs, planRun, func(ctx context.Context, _ event.Stage) (createjob.Plan, error) {
		<-ctx.Done()
		return createjob.Plan{}, context.Cause(ctx)
	})
	r := s.reg.All()[0]
	t.Cleanup(func() {
		r.Stop()
		<-r.Done()
	})
}

func (s *stage) reviewPlan(at tab) {
	s.enterForm()
	s.plan, s.phase = plan(), reviewing
	s.plan.Narrow = &createjob.Narrowing{Type: "SUVVehicle", Members: 444, LeftOut: 222,
		Groups: []createjob.NarrowGroup{{Name: "fleetlab-ota-20261123-101530-only-1", Query: "thingGroupNames:CA_Fleet AND thingTypeName:SUVVehicle", Members: 444}}}
	s.showTab(at)
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
