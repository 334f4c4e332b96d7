package home

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/lessons"
	"fleetlab/ui/component/bars"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/lookup"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)

func deps(t *testing.T, p *locale.Printer) (*screen.Deps, *run.Registry) {
	t.Helper()
	learning, err := lessons.OpenProgress("")
	if err != nil {
		t.Fatal(err)
	}
	reg := run.NewRegistry(t.Context(), run.Options{})
	return &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: &cloud.Cloud{Kind: cloud.Sandbox}, Runs: reg.For("home#1"), Lessons: course(p.Lang()),
		Learning: learning, Now: func() time.Time { return at }}, reg
}

// learn finishes the first lessons.
func learn(t *testing.T, d *screen.Deps, n int) {
	t.Helper()
	for _, l := range d.Lessons[:n] {
		if err := errors.Join(d.Learning.Read(l.ID), d.Learning.Answer(l.ID, true)); err != nil {
			t.Fatal(err)
		}
	}
}

func newHome(d *screen.Deps, w, h int) *Screen {
	s := New(d, nil).(*Screen)
	s.SetSize(w, h)
	return s
}

// show brings answers to the reading that was asked for last.
func show(s *Screen, list []stateMsg) {
	for _, m := range list {
		m.gen = s.gen
		s.Update(m)
	}
}

func TestViews(t *testing.T) {
	for name, state := range states {
		t.Run(name, func(t *testing.T) {
			uitest.Each(t, uitest.Sizes, func(t *testing.T, p *locale.Printer, size uitest.Size) {
				d, _ := deps(t, p)
				learn(t, d, learned[name])
				s := newHome(d, size.W, size.H-2)
				show(s, state)
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

// As long as an answer may come at once, nothing is said of waiting for it.
func TestNothingFlashesAtFirst(t *testing.T) {
	t.Parallel()
	for _, size := range uitest.Sizes {
		d, _ := deps(t, uitest.Printer(t, "en"))
		s := newHome(d, size.W, size.H-2)
		s.refresh()
		const words = "Reading the state"
		if view := s.View(); strings.Contains(view, words) {
			t.Errorf("it speaks of reading at once:\n%s", view)
		}
		uitest.Exact(t, s.View(), size.W, size.H-2)
		d.Now = func() time.Time { return at.Add(lookup.Patience) }
		if view := s.View(); !strings.Contains(view, words) {
			t.Errorf("it says nothing after a while:\n%s", view)
		}
	}
}

// What is shown stays while it is read again, and that is said when it takes long.
func TestReadingAgain(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	s := newHome(d, 80, 22)
	s.gen = 1
	show(s, states["fleet"])
	s.refresh()
	const words = "Reading the state"
	if strings.Contains(s.View(), words) {
		t.Error("the words would only flash")
	}
	d.Now = func() time.Time { return at.Add(lookup.Patience) }
	if view := s.View(); !strings.Contains(view, words) || !strings.Contains(view, "100 things") {
		t.Errorf("it is not said that the state is read again, or what is known is gone:\n%s", view)
	}
	show(s, states["fleet"])
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
		show(s, states["empty"])
		uitest.Golden(t, s.View(), size.W, size.H-2)
	})
}

// Every size from the smallest terminal to a very large one is filled exactly, with colours too.
func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	for _, lang := range locale.Languages {
		d, _ := deps(t, uitest.Printer(t, lang))
		d.Theme = uitest.ColorTheme()
		for name, state := range states {
			s := newHome(d, 60, 13)
			show(s, state)
			for _, w := range []int{60, 76, 111, 200} {
				for _, h := range []int{13, 18, 31, 58} {
					s.SetSize(w, h)
					uitest.Exact(t, s.View(), w, h)
				}
			}
			if t.Failed() {
				t.Fatalf("in state %s", name)
			}
		}
	}
}

func BenchmarkView(b *testing.B) {
	p, err := locale.New("en")
	if err != nil {
		b.Fatal(err)
	}
	reg := run.NewRegistry(b.Context(), run.Options{})
	s := newHome(&screen.Deps{Printer: p, Theme: uitest.ColorTheme(), Runs: reg.For("home#1")}, 120, 38)
	show(s, states["job"])
	for b.Loop() {
		s.View()
	}
}

func TestNextStepFollowsTheLoop(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"first": screen.Provision, "empty": screen.Provision, "fleet": screen.CreateJob, "job": screen.Simulate, "complete": screen.Cleanup,
	} {
		d, _ := deps(t, uitest.Printer(t, "en"))
		s := newHome(d, 80, 22)
		show(s, states[name])
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
	uitest.Press(s.Update, "right", "down", "down", "left", "down", "down", "down") // Create job, Simulate, Clean up, and back
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
	s.Update(stateMsg{gen: 1, fleet: &vehicles})
	if s.fleet != nil {
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
	checkRead(t, play(t, c))
	_, err = c.IoT.UpdateIndexingConfiguration(t.Context(), &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: types.ThingIndexingModeOff}})
	if err != nil {
		t.Fatal(err)
	}
	s := play(t, c)
	if s.trouble() != nil || s.shape.Index != indexOff || s.firmware.Counted || s.firmware.Versions.N != 6 {
		t.Errorf("without an index: %v, %+v, %+v", s.trouble(), *s.shape, *s.firmware)
	}
	if view := s.View(); !strings.Contains(view, "The index is off") || !strings.Contains(view, "SedanVehicle") {
		t.Errorf("the lists are not counted, or it is not said why no more is:\n%s", view)
	}
}

// play shows all that reading the state brings, as the program does.
func play(t *testing.T, c *cloud.Cloud) *Screen {
	t.Helper()
	d, _ := deps(t, uitest.Printer(t, "en"))
	d.Cloud = c
	s := newHome(d, 120, 38)
	s.pending = parts
	for _, read := range []stateMsg{readFleet(t.Context(), c), readJobs(t.Context(), c), readShape(t.Context(), c)} {
		if cmd := s.Update(read); cmd != nil {
			s.Update(cmd())
		}
	}
	if s.pending != 0 {
		t.Errorf("%d answers are missing", s.pending)
	}
	return s
}

func checkRead(t *testing.T, s *Screen) {
	t.Helper()
	if err := s.trouble(); err != nil {
		t.Fatal(err)
	}
	if want := (fleetState{Things: count{N: 7}, Types: count{N: 3}, Groups: count{N: 3},
		ByType:    []bars.Row{{Label: "SedanVehicle", Count: 3}, {Label: "SUVVehicle", Count: 2}, {Label: "TruckVehicle", Count: 2}},
		ByCountry: []bars.Row{{Label: "CA", Count: 3}, {Label: "US", Count: 3}, {Label: "MX", Count: 1}}}); !reflect.DeepEqual(*s.fleet, want) {
		t.Errorf("fleet is %+v, want %+v", *s.fleet, want)
	}
	if want := (shape{Index: indexReady, Shadows: true, Total: 7, ByType: s.fleet.ByType, ByCountry: s.fleet.ByCountry}); !reflect.DeepEqual(*s.shape, want) {
		t.Errorf("the index has %+v, want %+v", *s.shape, want)
	}
	if want := (firmware{Packages: count{N: 3}, Versions: count{N: 6}, Counted: true,
		ByVersion: []bars.Row{{Label: "1.1.0"}, {Label: "1.0.0", Count: 7}}}); !reflect.DeepEqual(*s.firmware, want) {
		t.Errorf("firmware is %+v, want %+v", *s.firmware, want)
	}
	if want := (jobState{Active: count{N: 1}, Newest: []job{{ID: "reboot-1", JobCounts: fleet.JobCounts{Queued: 3}}}}); !reflect.DeepEqual(*s.jobs, want) {
		t.Errorf("jobs are %+v, want %+v", *s.jobs, want)
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
	s.Update(readFleet(ctx, c))
	s.Update(readJobs(ctx, c))
	if s.fleet.Err == nil || s.jobs.Err == nil {
		t.Fatal("no error")
	}
	if _, ok := s.next(); ok {
		t.Error("a next step is suggested although the state is not known")
	}
}

// Things with several packages count for several versions: their shares would come to more than all things.
func TestSharesOfVersionsOnlyWhereTheyAddUp(t *testing.T) {
	t.Parallel()
	d, _ := deps(t, uitest.Printer(t, "en"))
	for second, shares := range map[int]bool{10: true, 11: false} {
		s := newHome(d, 120, 38)
		s.shape = &shape{Index: indexReady, Shadows: true, Total: 100}
		s.firmware = &firmware{Counted: true, ByVersion: []bars.Row{{Label: "1.1.0", Count: 90}, {Label: "1.0.0", Count: second}}}
		if view := s.versions().body(40, 4); strings.Contains(view, "%") != shares {
			t.Errorf("with 90 and %d of 100:\n%s", second, view)
		}
	}
}
