package home

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/lessons"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

func deps(t *testing.T, p *locale.Printer) (*screen.Deps, *run.Registry) {
	t.Helper()
	all, err := lessons.All(p.Lang())
	if err != nil {
		t.Fatal(err)
	}
	reg := run.NewRegistry(t.Context(), run.Options{})
	return &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: &cloud.Cloud{Kind: cloud.Sandbox}, Runs: reg.For("home#1"), Lessons: all}, reg
}

func newHome(d *screen.Deps, w, h int) *Screen {
	s := New(d, nil).(*Screen)
	s.SetSize(w, h)
	return s
}

// The states that a home screen has, by name.
var states = map[string]stateMsg{
	"empty":    {},
	"fleet":    {fleet: fleetState{Things: count{N: 100}, Types: count{N: 3}, Groups: count{N: 12}}},
	"job":      {fleet: fleetState{Things: count{N: 250, More: true}, Types: count{N: 1}, Groups: count{N: 12}}, jobs: jobState{Active: count{N: 2}, Newest: "fleetlab-ota-20261123-101530", Waiting: 58, Ended: 42, Failed: 3}},
	"complete": {fleet: fleetState{Things: count{N: 100}, Types: count{N: 3}, Groups: count{N: 3}}, jobs: jobState{Finished: true}},
	"failed":   {fleet: fleetState{Err: errors.New("the sandbox at 127.0.0.1 was stopped by another program")}},
}

func TestViews(t *testing.T) {
	for name, state := range states {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
				d, _ := deps(t, p)
				s := newHome(d, size.W, size.H-2)
				s.Update(state)
				uitest.Golden(t, s.View(), size.W, size.H-2)
			})
		})
	}
}

func TestLoadingView(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
		d, _ := deps(t, p)
		uitest.Golden(t, newHome(d, size.W, size.H-2).View(), size.W, size.H-2)
	})
}

// What is shown stays while it is read again, and that is said when it takes long.
func TestReadingAgain(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	s.gen = 1
	fleet := states["fleet"]
	fleet.gen = 1
	s.Update(fleet)
	old := slowMsg{gen: s.gen}
	s.refresh()
	s.Update(old)
	const words = "Reading the state"
	if strings.Contains(s.View(), words) {
		t.Error("an earlier reading's delay speaks of this one")
	}
	s.Update(slowMsg{gen: s.gen})
	if view := s.View(); !strings.Contains(view, words) || !strings.Contains(view, "100 things") {
		t.Errorf("it is not said that the state is read again, or what is known is gone:\n%s", view)
	}
	fleet.gen = s.gen
	s.Update(fleet)
	if strings.Contains(s.View(), words) {
		t.Error("the reading is over")
	}
}

// A run is a workflow that says how far it is and then waits for the test.
func background(t *testing.T, d *screen.Deps, reg *run.Registry) (end func()) {
	t.Helper()
	stay := make(chan struct{})
	r := d.Runs.Start(provision.Workflow, func(_ context.Context, st event.Stage) (any, error) {
		<-stay
		return nil, nil
	})
	at := time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)
	reg.Observe(feed.BatchMsg{Run: r.ID, Events: []event.Event{
		{Kind: event.StepStarted, Step: provision.StepThings, Time: at},
		{Kind: event.Item, Resource: provision.Thing, Status: event.Created, Done: 640, Total: 1000, Time: at},
	}})
	return func() {
		close(stay)
		<-r.Done()
	}
}

func TestRunningView(t *testing.T) {
	uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
		d, reg := deps(t, p)
		defer background(t, d, reg)()
		s := newHome(d, size.W, size.H-2)
		s.Update(states["empty"])
		uitest.Golden(t, s.View(), size.W, size.H-2)
	})
}

// Every size from the smallest terminal to a very large one is filled exactly, with colours too.
func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		d, _ := deps(t, uitest.Printer(t, lang))
		d.Theme = uitest.ColorTheme()
		for _, state := range states {
			s := newHome(d, 60, 13)
			s.Update(state)
			for w := 60; w <= 200; w += 7 {
				for h := 13; h <= 58; h += 3 {
					s.SetSize(w, h)
					uitest.Exact(t, s.View(), w, h)
				}
			}
		}
	}
}

func TestNextStepFollowsTheLoop(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"empty": screen.Provision, "fleet": screen.CreateJob, "job": screen.Simulate, "complete": screen.Cleanup,
	} {
		d, _ := deps(t, uitest.Printer(t, "en"))
		s := newHome(d, 80, 22)
		s.Update(states[name])
		i, ok := s.next()
		if !ok || doors[i] != want {
			t.Errorf("%s: next is %s, want %s", name, doors[i], want)
		}
		if got := wanted(t, s.Update(uitest.Key("enter"))); got != want {
			t.Errorf("%s: enter opens %s, want %s", name, got, want)
		}
	}
}

func TestKeysOpenDoors(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	for key, want := range map[string]string{
		"1": screen.Provision, "2": screen.CreateJob, "3": screen.Simulate, "4": screen.Cleanup, "p": screen.Packages, "l": screen.Lessons,
	} {
		if got := wanted(t, s.Update(uitest.Key(key))); got != want {
			t.Errorf("%s opens %s, want %s", key, got, want)
		}
	}
	s.cursor = 0
	uitest.Press(s.Update, "right", "down", "down") // Create job, Clean up, Lessons
	if got := wanted(t, s.Update(uitest.Key("enter"))); got != screen.Lessons {
		t.Errorf("enter opens %s, want the lessons", got)
	}
}

// wanted is the screen that a command asks for.
func wanted(t *testing.T, cmd tea.Cmd) string {
	t.Helper()
	if cmd == nil {
		t.Fatal("nothing happens")
	}
	msg, ok := cmd().(screen.GoMsg)
	if !ok {
		t.Fatalf("%T, want a GoMsg", msg)
	}
	return msg.ID
}

func TestAnOldAnswerIsIgnored(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	s.Init()
	s.Resume()
	old := states["fleet"]
	old.gen = 1
	s.Update(old)
	if s.known {
		t.Error("the answer to the first reading was taken for the second one's")
	}
}

func TestReadsAgainWhenARunHasEnded(t *testing.T) {
	t.Parallel()
	d, reg := deps(t, uitest.Printer(t, "en"))
	end := background(t, d, reg)
	s := newHome(d, 80, 22)
	wait := s.watch()
	if again := s.watch(); again != nil {
		t.Error("the run is watched twice")
	}
	end()
	gen := s.gen
	if cmd := s.Update(wait()); cmd == nil || s.gen != gen+1 {
		t.Error("the state is not read again")
	}
}

func TestReadTheSandbox(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{
		Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	in := provision.Defaults()
	in.Devices = 7
	plan, err := provision.Prepare(t.Context(), c, in)
	if err != nil {
		t.Fatal(err)
	}
	if rep, err := provision.Run(t.Context(), c, plan, event.Stage{Sink: &event.Recorder{}}); err != nil || rep.Status != event.Done {
		t.Fatalf("provision: %s, %v", rep.Status, err)
	}
	document, job := `{"operation":"reboot"}`, "reboot-1"
	_, err = c.IoT.CreateJob(t.Context(), &iot.CreateJobInput{JobId: &job, Document: &document, Targets: []string{c.ARN("thinggroup/US_Fleet")}})
	if err != nil {
		t.Fatal(err)
	}
	got := read(c, 3)().(stateMsg)
	if got.fleet.Err != nil || got.jobs.Err != nil {
		t.Fatalf("read: %v, %v", got.fleet.Err, got.jobs.Err)
	}
	if want := (fleetState{Things: count{N: 7}, Types: count{N: 3}, Groups: count{N: 3}}); got.fleet != want {
		t.Errorf("fleet is %+v, want %+v", got.fleet, want)
	}
	if got.gen != 3 || got.jobs.Active.N != 1 || got.jobs.Newest != job || got.jobs.Waiting != 3 || got.jobs.Ended != 0 {
		t.Errorf("jobs are %+v, want one with three devices waiting", got.jobs)
	}
}

func TestAnErrorIsToldWithItsRemedy(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{
		Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 120, 38)
	s.Update(stateMsg{fleet: readFleet(ctx, c), jobs: readJobs(ctx, c)})
	if s.fleet.Err == nil || s.jobs.Err == nil {
		t.Fatal("no error")
	}
	if _, ok := s.next(); ok {
		t.Error("a next step is suggested although the state is not known")
	}
}
