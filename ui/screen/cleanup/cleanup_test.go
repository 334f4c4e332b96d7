package cleanup

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
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/event"
)

var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg *run.Registry
}

func newStage(t *testing.T, p *locale.Printer, kind cloud.Kind) *stage {
	t.Helper()
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Guided})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Runs: reg.For("cleanup#1"), Now: func() time.Time { return at }, Lessons: uitest.Lessons(t, p),
		Cloud: &cloud.Cloud{Kind: kind, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}}
	return &stage{Screen: New(d, nil).(*Screen), reg: reg}
}

// give hands events of a run to the registry and the screen, as the program does.
func (s *stage) give(r *run.Run, last bool, events ...event.Event) tea.Cmd {
	b := feed.BatchMsg{Run: r.ID, Events: events, Last: last}
	s.reg.Observe(b)
	return s.Update(b)
}

// started is a run that stays until the test ends it, and then returns what it is told to.
func (s *stage) started(name string, result any, err error) (r *run.Run, end func()) {
	stay := make(chan struct{})
	r = s.d.Runs.Start(name, func(context.Context, event.Stage) (any, error) {
		<-stay
		return result, err
	})
	return r, func() {
		close(stay)
		<-r.Done()
	}
}

// lookFor is a look that stays until the test ends it.
func (s *stage) lookFor(plan cleanup.Plan, err error) (r *run.Run, end func()) {
	stay := make(chan struct{})
	s.phase = looking
	s.look.Start(at.Add(-time.Second), s.d.Runs, lookRun, func(context.Context, event.Stage) (cleanup.Plan, error) {
		<-stay
		return plan, err
	})
	r = s.reg.All()[0]
	return r, func() {
		close(stay)
		<-r.Done()
	}
}

// looked brings the screen to the preview of a plan, or of why there is none.
func (s *stage) looked(plan cleanup.Plan, err error) {
	r, end := s.lookFor(plan, err)
	end()
	s.give(r, true)
}

func plan() cleanup.Plan {
	p := cleanup.Plan{Input: cleanup.Defaults(), Account: "000000000000", Region: "us-east-1", Items: map[string][]cleanup.Item{}, Foreign: map[string]cleanup.Foreign{
		cleanup.Thing: {Count: 2, Names: []string{"Toaster-1", "Toaster-2"}}, cleanup.Bucket: {Count: 1, Names: []string{"holiday-pictures"}}}}
	for n := range 1000 {
		p.Items[cleanup.Thing] = append(p.Items[cleanup.Thing], cleanup.Item{Name: fmt.Sprintf("Vehicle-VIN-%03d", n+1), By: cleanup.ByName})
	}
	for kind, names := range map[string]string{cleanup.Job: "fleetlab-ota-20261123-101530", cleanup.Group: "CA_Fleet MX_Fleet US_Fleet", cleanup.Bucket: "iot-firmware-us-east-1-000000000000",
		cleanup.ThingType: "SUVVehicle SedanVehicle TruckVehicle"} {
		for name := range strings.FieldsSeq(names) {
			p.Items[kind] = append(p.Items[kind], cleanup.Item{Name: name, By: cleanup.ByTag})
		}
	}
	p.Settings = []cleanup.Setting{{Resource: cleanup.Indexing, Now: "things REGISTRY_AND_SHADOW", Then: "things OFF"}}
	return p
}

func item(kind, name string, status event.Status, done, total int) event.Event {
	return event.Event{Workflow: cleanup.Workflow, Kind: event.Item, Step: cleanup.StepThings, Resource: kind, Subject: name, Status: status, Done: done, Total: total, Time: at.Add(time.Duration(done) * time.Millisecond)}
}

func step(kind event.Kind, id string, status event.Status) event.Event {
	return event.Event{Workflow: cleanup.Workflow, Kind: kind, Step: id, Status: status, Seconds: 0.2, Time: at}
}

func story() []event.Event {
	return []event.Event{
		{Workflow: cleanup.Workflow, Kind: event.RunStarted, Total: 1009, Time: at},
		step(event.StepStarted, cleanup.StepJobs, ""), item(cleanup.Job, "fleetlab-ota-20261123-101530", event.Deleted, 1, 1), step(event.StepEnded, cleanup.StepJobs, event.Done),
		step(event.StepStarted, cleanup.StepDeprecate, ""), step(event.StepEnded, cleanup.StepDeprecate, event.Done),
		step(event.StepStarted, cleanup.StepThings, ""), item(cleanup.Thing, "Vehicle-VIN-001", event.Deleted, 1, 1000), item(cleanup.Thing, "Vehicle-VIN-002", event.Gone, 2, 1000), failure(),
	}
}

func failure() event.Event {
	e := item(cleanup.Thing, "Vehicle-VIN-003", event.Failed, 3, 1000)
	e.Fault = &event.Fault{Class: "denied", Operation: "iot:DeleteThing", Code: "AccessDeniedException", Message: "not allowed"}
	return e
}

// removed plays a run to its end.
func (s *stage) removed(status event.Status, left []cleanup.Left, err error) {
	counts := event.Counts{cleanup.Thing: {event.Deleted: 999}, cleanup.ThingType: {event.Deprecated: 3, event.Deleted: 3}, cleanup.Indexing: {event.Restored: 1}}
	rep := cleanup.Report{Report: event.Report{Workflow: cleanup.Workflow, Status: status, Counts: counts, Seconds: 74}, Left: left, Looked: status != event.Interrupted,
		Foreign: map[string]cleanup.Foreign{cleanup.Thing: {Count: 2, Names: []string{"Toaster-1", "Toaster-2"}}}}
	if status == event.Partial {
		counts[cleanup.Thing][event.Failed] = 1
		rep.Failures = []event.Event{failure()}
	}
	r, end := s.started(cleanup.Workflow, rep, err)
	s.show(r, plan())
	s.give(r, false, story()...)
	end()
	s.give(r, true, event.Event{Workflow: cleanup.Workflow, Kind: event.RunEnded, Status: status, Counts: counts, Seconds: 74, Time: at})
}

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*stage]{
	"form":  func(*testing.T, *stage) {},
	"wrong": func(_ *testing.T, s *stage) { uitest.Press(s.Update, "right", "tab", "ctrl+u", "a/b") },
	"looking": func(t *testing.T, s *stage) {
		r, end := s.lookFor(cleanup.Plan{}, nil)
		t.Cleanup(end)
		s.give(r, false, event.Event{Kind: event.Progress, Done: 1250, Total: 1250})
	},
	"preview": func(_ *testing.T, s *stage) { s.looked(plan(), nil) },
	"unseen": func(_ *testing.T, s *stage) {
		p := plan()
		p.Errors = []cleanup.LookError{{Resource: cleanup.Role, Fault: &event.Fault{Class: "denied", Operation: "iam:ListRoles", Code: "AccessDenied", Message: "not allowed"}}}
		s.looked(p, nil)
		uitest.Press(s.Update, "end")
	},
	"nothing": func(_ *testing.T, s *stage) { s.looked(cleanup.Plan{}, nil) },
	"error":   func(_ *testing.T, s *stage) { s.looked(cleanup.Plan{}, errors.New("connection refused")) },
	"running": func(t *testing.T, s *stage) {
		r, end := s.started(cleanup.Workflow, nil, nil)
		t.Cleanup(end)
		s.show(r, plan())
		s.give(r, false, story()...)
	},
	"countdown": func(t *testing.T, s *stage) {
		r, end := s.started(cleanup.Workflow, nil, nil)
		t.Cleanup(end)
		s.show(r, plan())
		s.give(r, false, append(story(), step(event.StepStarted, cleanup.StepTypes, ""),
			event.Event{Workflow: cleanup.Workflow, Kind: event.Waiting, Step: cleanup.StepTypes, Resource: cleanup.ThingType, Subject: "SUVVehicle", Status: cleanup.WaitTypes, Seconds: 272, Time: at})...)
	},
	"done": func(_ *testing.T, s *stage) { s.removed(event.Done, nil, nil) },
	"partial": func(_ *testing.T, s *stage) {
		s.removed(event.Partial, []cleanup.Left{{Resource: cleanup.Thing, Name: "Vehicle-VIN-003", Reason: cleanup.ReasonFailed}}, nil)
	},
	"interrupted": func(_ *testing.T, s *stage) {
		s.removed(event.Interrupted, []cleanup.Left{{Resource: cleanup.Role, Name: "IoTJobsRole-us-east-1-00000000", Reason: cleanup.ReasonNotReached}}, nil)
	},
	"failed": func(_ *testing.T, s *stage) { s.removed(event.RunFailed, nil, errors.New("connection refused")) },
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
	s := newStage(t, p, cloud.Sandbox)
	s.d.Theme = th
	return s
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	scenes.Exact(t, func(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
		s := newStage(t, p, cloud.AWS)
		s.d.Theme = th
		return s
	})
}

func TestNothingGoesWithoutTheWord(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), cloud.Sandbox)
	s.SetSize(80, 22)
	s.looked(plan(), nil)
	cmd := s.Update(uitest.Key("enter"))
	if cmd == nil {
		t.Fatal("enter asks nothing")
	}
	open, ok := cmd().(screen.OpenMsg)
	if !ok || s.view != nil {
		t.Fatalf("enter gave %T, and a run: %v", cmd(), s.view != nil)
	}
	for _, word := range []string{"delete", "DELET", ""} {
		uitest.Press(func(m tea.Msg) tea.Cmd { _, _ = open.Overlay.Update(m); return nil }, "ctrl+u")
		for _, r := range word {
			_, _ = open.Overlay.Update(uitest.Key(string(r)))
		}
		if cmd, done := open.Overlay.Update(uitest.Key("enter")); done || cmd != nil {
			t.Errorf("%q confirmed", word)
		}
	}
	uitest.Press(func(m tea.Msg) tea.Cmd { _, _ = open.Overlay.Update(m); return nil }, "ctrl+u")
	for _, r := range cleanup.ConfirmWord {
		_, _ = open.Overlay.Update(uitest.Key(string(r)))
	}
	cmd, done := open.Overlay.Update(uitest.Key("enter"))
	if !done || cmd == nil {
		t.Fatal("the word does not confirm")
	}
	if _, ok := cmd().(runMsg); !ok {
		t.Errorf("the word gave %T", cmd())
	}
}

func TestNothingToRemoveAsksNothing(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), cloud.Sandbox)
	s.SetSize(80, 22)
	s.looked(cleanup.Plan{}, nil)
	if cmd := s.Update(uitest.Key("enter")); cmd != nil {
		t.Errorf("enter gave %T", cmd())
	}
}

// The countdown goes on by itself, with one tick at a time, and ends with what it waits for.
func TestCountdownTicks(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), cloud.Sandbox)
	s.SetSize(80, 22)
	r, end := s.started(cleanup.Workflow, nil, nil)
	t.Cleanup(end)
	s.show(r, plan())
	waiting := event.Event{Kind: event.Waiting, Step: cleanup.StepTypes, Status: cleanup.WaitTypes, Seconds: 272}
	if s.give(r, false, waiting) == nil {
		t.Error("no tick")
	}
	if s.give(r, false, waiting) != nil {
		t.Error("two ticks at a time")
	}
	s.give(r, false, item(cleanup.ThingType, "SUVVehicle", event.Deleted, 1, 3))
	if strings.Contains(s.View(), "4m32s at most") {
		t.Error("the countdown goes on")
	}
}

func TestStoppedLookGoesBackToTheForm(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), cloud.Sandbox)
	s.SetSize(80, 22)
	r, end := s.lookFor(cleanup.Plan{}, run.ErrStopped)
	uitest.Press(s.Update, "x")
	end()
	s.give(r, true)
	if s.phase != asking {
		t.Errorf("phase %d", s.phase)
	}
	if _, taken := s.Back(); taken {
		t.Error("esc does not leave the form")
	}
}
