package simulate

import (
	"context"
	"errors"
	"fmt"
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
	"fleetlab/ui/run"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

// at is in the zone of the machine, since times are shown in it.
var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.Local)

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg *run.Registry
}

func newStage(t *testing.T, p *locale.Printer, c *cloud.Cloud, args any) *stage {
	t.Helper()
	if c == nil {
		c = &cloud.Cloud{Kind: cloud.Sandbox, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}
	}
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Guided})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: c, Runs: reg.For("simulate#1"), Now: func() time.Time { return at }}
	s := &stage{Screen: New(d, args).(*Screen), reg: reg}
	s.SetSize(80, 22)
	return s
}

const newest = "fleetlab-ota-20261123-101530"

// jobs are one whose devices wait, a continuous one that is done with all it has, and one that was not counted.
func jobs() []simulate.JobSummary {
	return []simulate.JobSummary{
		{ID: newest, Status: "IN_PROGRESS", Selection: "CONTINUOUS", Created: at, Counted: true,
			Counts: fleet.JobCounts{Queued: 98, InProgress: 2}, Packages: []string{"SUVVehicle/1.1.0"}},
		{ID: "fleetlab-ota-20261122-090000", Status: "IN_PROGRESS", Selection: "CONTINUOUS", Created: at.AddDate(0, 0, -1), Counted: true,
			Counts: fleet.JobCounts{Succeeded: 1134, Failed: 100, TimedOut: 3}, Packages: []string{"SedanVehicle/1.1.0"}},
		{ID: "reboot", Status: "IN_PROGRESS", Selection: "SNAPSHOT", Created: at.AddDate(0, -1, 0)},
	}
}

// offer brings jobs.
func (s *stage) offer(list []simulate.JobSummary) tea.Cmd {
	return s.takeJobs(list, nil)
}

// plan is a plan for n devices, of which every fourth fails.
func plan(n int) simulate.Plan {
	reasons := []string{simulate.ChecksumMismatch, simulate.LowBattery, simulate.NoSpace, simulate.DownloadInterrupted}
	p := simulate.Plan{Input: simulate.Input{Job: newest, SuccessRate: 75}, Account: "000000000000", Region: "us-east-1", Jobs: jobs()[:1], Download: true,
		Pending: n, Started: 2, Reasons: map[string]int{}, Estimate: simulate.Estimate{Calls: 2*n + 2, Downloads: n * 7 / 8, Seconds: float64(n) / 75}}
	for i := range n {
		d := simulate.Device{Thing: fleet.ThingName(fleet.DefaultPrefix, i+1), Number: 1, Started: i < 2}
		if i%4 == 3 {
			d.Reason = reasons[i/4%len(reasons)]
			p.Reasons[d.Reason]++
			p.Failures++
		} else {
			p.Successes++
		}
		p.Devices = append(p.Devices, d)
	}
	return p
}

// enterForm chooses the newest job.
func (s *stage) enterForm() {
	s.offer(jobs())
	s.Update(uitest.Key("enter"))
}

// planEnds runs the planning with a given end.
func (s *stage) planEnds(p simulate.Plan, err error) tea.Cmd {
	s.phase = planning
	s.prepare.Start(s.d.Runs, planRun, func(context.Context, event.Stage) (simulate.Plan, error) { return p, err })
	r := s.reg.All()[0]
	<-r.Done()
	return s.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

// hold starts a planning that does not end before the test.
func (s *stage) hold(t *testing.T) {
	t.Helper()
	s.phase = planning
	s.prepare.Start(s.d.Runs, planRun, func(ctx context.Context, _ event.Stage) (simulate.Plan, error) {
		<-ctx.Done()
		return simulate.Plan{}, context.Cause(ctx)
	})
	r := s.reg.All()[0]
	t.Cleanup(func() {
		r.Stop()
		<-r.Done()
	})
}

// watch shows a run that does nothing but return what it is told to, once the test ends it.
func (s *stage) watch(result any, err error) (end func()) {
	stay := make(chan struct{})
	r := s.d.Runs.Start(simulate.Workflow, func(context.Context, event.Stage) (any, error) {
		<-stay
		return result, err
	})
	s.phase, s.view = playing, runview.New(s.d, s.spec(), r)
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

// story is a run in its middle.
func story() []event.Event {
	const all = 100
	out := []event.Event{{Kind: event.RunStarted, Total: all}, {Kind: event.StepStarted, Step: simulate.StepExecutions, Total: all}}
	for i := range 12 {
		thing := fleet.ThingName(fleet.DefaultPrefix, i+1)
		out = append(out, event.Event{Kind: event.Item, Subject: thing, Status: event.Downloading},
			event.Event{Kind: event.Item, Subject: thing, Status: event.Downloaded, Bytes: 2150})
		end := event.Event{Kind: event.Item, Subject: thing, Status: event.Succeeded, Done: i + 1, Total: all}
		if i%4 == 3 {
			end.Status, end.Detail = event.Failed, map[string]string{"reason": simulate.ChecksumMismatch, "planned": "FAILURE"}
		}
		out = append(out, end)
	}
	for i := range out {
		e := &out[i]
		e.Workflow, e.Step, e.Time = simulate.Workflow, simulate.StepExecutions, at.Add(time.Duration(i)*20*time.Millisecond)
		if e.Kind == event.Item {
			e.Resource = simulate.Execution
		}
	}
	return out
}

// report is one of a run in which every kind of thing has happened.
func report(status event.Status) simulate.Report {
	job := jobs()[0]
	job.Counts = fleet.JobCounts{Succeeded: 74, Failed: 25, Canceled: 1}
	r := simulate.Report{
		Report: event.Report{Workflow: simulate.Workflow, Status: status, Counts: event.Counts{simulate.Execution: {event.Succeeded: 74, event.Failed: 25, event.Superseded: 1}},
			Seconds: 1.4, Failures: story()[13:14]},
		Job: job, Planned: map[string]int{"SUCCESS": 75, "FAILURE": 25}, Resumed: 2, Checked: true, Updates: 199, PerSecond: 142.1, Downloads: 88, Bytes: 5 << 20,
		Reasons: map[string]int{simulate.ChecksumMismatch: 13, simulate.LowBattery: 12}, Superseded: map[string]int{"CANCELED": 1},
		Latency: simulate.Percentiles{P50: 0.012, P90: 0.041, P99: 0.21, Max: 0.34},
		Slowest: []simulate.Laggard{{Thing: "Vehicle-VIN-017", Seconds: 0.34}, {Thing: "Vehicle-VIN-003", Seconds: 0.21}, {Thing: "Vehicle-VIN-099", Seconds: 0.2}},
	}
	if status == event.Partial {
		r.Unplanned = 1
		r.Reasons[simulate.DownloadFailed] = 1
		r.Differences = []simulate.Difference{{Status: "SUCCEEDED", Devices: 74, Cloud: 73}}
	}
	return r
}

// interrupted is the report of a run that was stopped in its middle.
func interrupted() simulate.Report {
	return simulate.Report{Report: event.Report{Workflow: simulate.Workflow, Status: event.Interrupted, Seconds: 0.3,
		Counts: event.Counts{simulate.Execution: {event.Succeeded: 9, event.Failed: 3}}}, Jobs: jobs()[:1],
		Planned: map[string]int{"SUCCESS": 75, "FAILURE": 25}, Unfinished: 88, Updates: 24, PerSecond: 100, Downloads: 12, Bytes: 25800}
}

var errRefused = errors.New("connect to 127.0.0.1: connection refused")

func ended(result any, err error) func(*testing.T, *stage) {
	return func(_ *testing.T, s *stage) {
		s.enterForm()
		s.watch(result, err)()
		s.give(true, story()...)
	}
}

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*stage]{
	"loading": func(_ *testing.T, s *stage) { s.reading.Start(at.Add(-3*time.Second), nil) },
	"error":   func(_ *testing.T, s *stage) { s.takeJobs(nil, errRefused) },
	"empty":   func(_ *testing.T, s *stage) { s.offer(nil) },
	"jobs":    func(_ *testing.T, s *stage) { s.offer(jobs()) },
	"idle": func(_ *testing.T, s *stage) {
		s.offer(jobs())
		uitest.Press(s.Update, "down")
	},
	"form": func(_ *testing.T, s *stage) { s.enterForm() },
	"wrong": func(_ *testing.T, s *stage) {
		s.enterForm()
		uitest.Press(s.Update, "0")
	},
	"planning": func(t *testing.T, s *stage) {
		s.enterForm()
		s.hold(t)
		s.Update(feed.BatchMsg{Run: s.reg.All()[0].ID, Events: []event.Event{{Kind: event.Progress, Step: simulate.StepFind, Done: 1500, Total: 12000}}})
	},
	"stuck": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.planEnds(simulate.Plan{}, errRefused)
	},
	"plan": func(_ *testing.T, s *stage) {
		s.enterForm()
		s.planEnds(plan(100), nil)
	},
	"running": func(t *testing.T, s *stage) {
		s.enterForm()
		t.Cleanup(s.watch(nil, nil))
		s.give(false, story()...)
	},
	"done":        ended(report(event.Done), nil),
	"partial":     ended(report(event.Partial), nil),
	"interrupted": ended(interrupted(), nil),
	"failed": ended(simulate.Report{Report: event.Report{Status: event.RunFailed}, Jobs: jobs()[:1], Unfinished: 100,
		Planned: map[string]int{"SUCCESS": 75, "FAILURE": 25}}, errRefused),
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
	s := newStage(t, p, nil, nil)
	s.d.Theme = th
	return s
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	scenes.Exact(t, themed)
}

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
	if view := s.View(); !strings.Contains(view, "> ○") || !strings.Contains(view, "stays IN_PROGRESS") {
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
