package provision

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
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg  *run.Registry
	deps *screen.Deps
}

func newStage(t *testing.T, p *locale.Printer, mode learn.Mode, c *cloud.Cloud) *stage {
	t.Helper()
	if c == nil {
		c = &cloud.Cloud{Kind: cloud.Sandbox, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}
	}
	reg := run.NewRegistry(t.Context(), run.Options{Mode: mode})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: c, Runs: reg.For("provision#1"), Lessons: uitest.Lessons(t, p),
		Now: func() time.Time { return at }}
	return &stage{Screen: New(d, nil).(*Screen), reg: reg, deps: d}
}

// play starts a run that does nothing but return what it is told to, once the test ends it.
func (s *stage) play(result any, err error) (end func()) {
	stay := make(chan struct{})
	r := s.d.Runs.Start(provision.Workflow, func(ctx context.Context, _ event.Stage) (any, error) {
		<-stay
		return result, err
	})
	s.show(r)
	return func() {
		close(stay)
		<-r.Done()
	}
}

// give hands events to the registry and the screen, as the program does.
func (s *stage) give(last bool, events ...event.Event) {
	b := feed.BatchMsg{Run: s.view.Run().ID, Events: events, Last: last}
	s.reg.Observe(b)
	s.Update(b)
}

var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)

// story is a run up to the middle of its last step. A thing has failed.
func story() []event.Event {
	var out []event.Event
	add := func(e event.Event) {
		e.Workflow, e.Seq, e.Time = provision.Workflow, uint64(len(out)+1), at.Add(time.Duration(len(out))*100*time.Millisecond)
		out = append(out, e)
	}
	add(event.Event{Kind: event.RunStarted, Total: 1030})
	for i, step := range provision.Steps[:7] {
		add(event.Event{Kind: event.StepStarted, Step: step, Lesson: step})
		add(event.Event{Kind: event.Item, Step: step, Resource: kinds[i], Subject: "sample-" + step, Status: event.Created, Done: 1, Total: 1})
		add(event.Event{Kind: event.StepEnded, Step: step, Status: event.Done, Seconds: 0.3, Counts: event.Counts{kinds[i]: {event.Created: 1}}})
	}
	last := provision.Steps[7]
	add(event.Event{Kind: event.StepStarted, Step: last, Lesson: last})
	for n, country := range []string{"US", "CA", "MX"} {
		add(event.Event{Kind: event.Item, Step: last, Resource: provision.Group, Subject: country + "_Fleet", Status: event.Created, Done: n + 1, Total: 3})
	}
	add(event.Event{Kind: event.Item, Step: last, Resource: provision.Thing, Subject: "Vehicle-VIN-0639", Status: event.Created, Done: 639, Total: 1000,
		Detail: map[string]string{"type": "SedanVehicle", "country": "US", "group": "US_Fleet"}})
	add(failure(640))
	return out
}

func failure(done int) event.Event {
	return event.Event{Kind: event.Item, Workflow: provision.Workflow, Step: provision.StepThings, Resource: provision.Thing, Subject: "Vehicle-VIN-0640",
		Status: event.Failed, Done: done, Total: 1000, Time: at.Add(10 * time.Second), Detail: map[string]string{"type": "SUVVehicle", "country": "CA", "group": "CA_Fleet"},
		Fault: &event.Fault{Class: "exists", Operation: "iot:CreateThing", Code: "ResourceAlreadyExistsException", Message: "Thing Vehicle-VIN-0640 already exists with other attributes"}}
}

func counts(failed int) event.Counts {
	c := event.Counts{provision.Thing: {event.Created: 1000 - failed}, provision.Group: {event.Exists: 3}, provision.ThingType: {event.Created: 3}}
	if failed > 0 {
		c[provision.Thing][event.Failed] = failed
	}
	return c
}

func reported(status event.Status, failed int) provision.Report {
	r := event.Report{Workflow: provision.Workflow, Status: status, Counts: counts(failed), Seconds: 13.4}
	for range failed {
		r.Failures = append(r.Failures, failure(640))
	}
	return provision.Report{Report: r}
}

// end plays the whole run and its end.
func (s *stage) end(rep provision.Report, err error) {
	end := s.play(rep, err)
	s.give(false, story()...)
	end()
	s.give(true, event.Event{Kind: event.StepEnded, Workflow: provision.Workflow, Step: provision.StepThings, Status: rep.Status, Counts: rep.Counts, Seconds: 12.6, Time: at.Add(13 * time.Second)},
		event.Event{Kind: event.RunEnded, Workflow: provision.Workflow, Status: rep.Status, Counts: rep.Counts, Seconds: rep.Seconds, Time: at.Add(14 * time.Second)})
}

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*stage]{
	"form": func(*testing.T, *stage) {},
	"wrong": func(_ *testing.T, s *stage) {
		uitest.Press(s.Update, "tab", "tab", "right", "tab", "backspace", "9", "9")
	},
	"waiting": func(t *testing.T, s *stage) {
		s.watchGate(t)
	},
	"question": func(t *testing.T, s *stage) {
		s.watchGate(t)
		_ = s.View() // what was not drawn cannot be answered
		uitest.Press(s.Update, "1")
	},
	"answered": func(t *testing.T, s *stage) {
		s.watchGate(t)
		_ = s.View()
		uitest.Press(s.Update, "1", "1", "2", "2")
	},
	"running": func(t *testing.T, s *stage) {
		end := s.play(nil, nil)
		t.Cleanup(end)
		s.give(false, story()...)
	},
	"hidden": func(t *testing.T, s *stage) {
		end := s.play(nil, nil)
		t.Cleanup(end)
		s.give(false, story()...)
		uitest.Press(s.Update, "l")
	},
	"done":        func(_ *testing.T, s *stage) { s.end(reported(event.Done, 0), nil) },
	"partial":     func(_ *testing.T, s *stage) { s.end(reported(event.Partial, 2), nil) },
	"interrupted": func(_ *testing.T, s *stage) { s.end(reported(event.Interrupted, 0), nil) },
	"failed": func(_ *testing.T, s *stage) {
		s.end(provision.Report{Report: event.Report{Status: event.RunFailed}}, errors.New("connect to 127.0.0.1: connection refused"))
	},
}

// waits reports that the run waits at its gate.
func (s *stage) waits() bool {
	_, _, ok := s.view.Run().Gate.Waiting()
	return ok
}

// watchGate starts a run that waits before its first step.
func (s *stage) watchGate(t *testing.T) {
	t.Helper()
	r := s.d.Runs.Start(provision.Workflow, func(ctx context.Context, st event.Stage) (any, error) {
		return nil, st.Pass(ctx, provision.StepThingTypes)
	})
	s.show(r)
	f := s.reg.Take()[0]
	for !s.waits() {
		s.Update(feed.Listen(t.Context(), f, 0)())
	}
	t.Cleanup(func() {
		r.Stop()
		<-r.Done()
	})
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
	s := newStage(t, p, learn.Guided, nil)
	s.d.Theme = th
	return s
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	scenes.Exact(t, themed)
}

func TestCountriesFollowTheContinent(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Guided, nil)
	s.SetSize(80, 22)
	if got := s.form.Value(countriesField); got != "3" {
		t.Fatalf("countries are %s, want 3", got)
	}
	s.form.Focus(continentField)
	uitest.Press(s.Update, "left") // Antarctica has one country
	if got := s.form.Value(countriesField); got != "1" || !s.form.OK() {
		t.Errorf("countries are %s, want the continent's 1", got)
	}
	s.form.Focus(countriesField)
	uitest.Press(s.Update, "backspace", "a", "q")
	s.form.Focus(continentField)
	uitest.Press(s.Update, "right") // North America has no AQ
	if s.form.OK() || s.planned() {
		t.Error("AQ passes for a country of North America")
	}
	uitest.Press(s.Update, "left")
	if !s.form.OK() || s.in.Countries != "aq" && s.in.Countries != "AQ" {
		t.Errorf("countries are %q and form ok is %v, want AQ", s.in.Countries, s.form.OK())
	}
}

func TestThePlanFollowsWhatIsTyped(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Guided, nil)
	before := s.estimate
	s.form.Focus("devices")
	uitest.Press(s.Update, "0")
	if s.in.Devices != 1000 || s.estimate.Resources[provision.Thing] != 1000 || s.estimate.TotalCalls <= before.TotalCalls {
		t.Errorf("the plan is for %d things and %d calls", s.estimate.Resources[provision.Thing], s.estimate.TotalCalls)
	}
	uitest.Press(s.Update, "x")
	if s.planned() {
		t.Error("there is a plan although 1000x is no number")
	}
}

func TestARealAccountIsAskedForFirst(t *testing.T) {
	t.Parallel()
	c := &cloud.Cloud{Kind: cloud.AWS, Account: "111122223333", Region: "eu-west-1", Pace: pace.New(pace.Config{})}
	s := newStage(t, uitest.Printer(t, "en"), learn.Express, c)
	s.SetSize(120, 38)
	s.form.Focus(startButton)
	msg, ok := s.Update(uitest.Key("enter"))().(screen.OpenMsg)
	if !ok || s.view != nil || len(s.reg.All()) > 0 {
		t.Fatal("the run started without a question")
	}
	view := msg.Overlay.View(76, 20)
	for _, want := range []string{"111122223333", "eu-west-1", s.d.Printer.Dollars(s.estimate.Cost.Total)} {
		if !strings.Contains(view, want) {
			t.Errorf("the question does not name %s:\n%s", want, view)
		}
	}
	if cmd, done := msg.Overlay.Update(uitest.Key("enter")); !done || cmd != nil {
		t.Error("enter alone says yes")
	}
	cmd, _ := msg.Overlay.Update(uitest.Key("y"))
	if start, ok := cmd().(startMsg); !ok || start.in.Devices != 100 {
		t.Errorf("yes is %#v, want the run's start", cmd())
	}
}

func TestAnOlderRunsEventsAreIgnored(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Express, nil)
	s.SetSize(80, 22)
	s.end(reported(event.Partial, 1), nil)
	old := s.view.Run().ID
	end := s.play(nil, nil)
	defer end()
	s.Update(feed.BatchMsg{Run: old, Events: story(), Last: true})
	if s.view.Ended() || strings.Contains(s.View(), "sample-thing-types") {
		t.Errorf("the events of the run before were taken for this one's:\n%s", s.View())
	}
}

func TestStopIsAskedForFirst(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Guided, nil)
	s.SetSize(80, 22)
	s.watchGate(t)
	msg, ok := s.Update(uitest.Key("x"))().(screen.OpenMsg)
	if !ok {
		t.Fatal("x does not ask")
	}
	if cmd, done := msg.Overlay.Update(uitest.Key("enter")); !done || cmd != nil {
		t.Fatal("enter alone stops the run")
	}
	cmd, _ := msg.Overlay.Update(uitest.Key("y"))
	s.Update(cmd())
	<-s.view.Run().Done()
	if _, err := s.view.Run().Result(); !errors.Is(err, run.ErrStopped) {
		t.Errorf("the run ended with %v, want %v", err, run.ErrStopped)
	}
}

func TestNextAfterTheRun(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Express, nil)
	s.SetSize(80, 22)
	s.end(reported(event.Partial, 1), nil)
	if got := goal(s.Update(uitest.Key("c"))); got != screen.CreateJob {
		t.Errorf("c opens %q, want the job", got)
	}
	if got := goal(s.Update(uitest.Key("u"))); got != screen.Cleanup {
		t.Errorf("u opens %q, want clean-up", got)
	}
	uitest.Press(s.Update, "tab", "n") // in the log, n is the next match
	if s.view == nil {
		t.Error("n in the log left the result")
	}
	uitest.Press(s.Update, "tab", "n")
	if s.view != nil || !s.Capturing() {
		t.Error("n does not start a new form")
	}
}

func goal(cmd tea.Cmd) string {
	if cmd == nil {
		return ""
	}
	m, _ := cmd().(screen.GoMsg)
	return m.ID
}

func TestEnterClosesTheLessonOnNarrowScreensOnly(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		w    int
		want bool
	}{{80, false}, {120, true}} {
		s := newStage(t, uitest.Printer(t, "en"), learn.Guided, nil)
		s.SetSize(c.w, 30)
		s.watchGate(t)
		uitest.Press(s.Update, "enter")
		if got := strings.Contains(s.View(), "The idea"); got != c.want {
			t.Errorf("%d columns: the lesson is shown: %v, want %v", c.w, got, c.want)
		}
		<-s.view.Run().Done()
	}
}
