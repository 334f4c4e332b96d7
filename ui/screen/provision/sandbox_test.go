package provision

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

func connect(t *testing.T) *cloud.Cloud {
	t.Helper()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{
		Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// follow brings every batch of the run to the screen until the last one, as the program does, and looks at
// the screen after each. before, unless nil, is called when a step waits.
func (s *stage) follow(t *testing.T, before func(step string)) {
	t.Helper()
	f := s.reg.Take()[0]
	for {
		b := feed.Listen(t.Context(), f, feed.Frame)().(feed.BatchMsg)
		s.reg.Observe(b)
		s.Update(b)
		uitest.Exact(t, s.View(), s.w, s.h)
		if b.Last {
			return
		}
		if step, _, waits := s.view.Run().Gate.Waiting(); waits && before != nil {
			before(step)
		}
	}
}

func (s *stage) begin(devices string) {
	s.form.Set("devices", devices)
	s.changed("devices")
	s.form.Focus(startButton)
	s.Update(uitest.Key("enter"))
}

func TestGuidedRunWaitsBeforeEveryStep(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Guided, connect(t))
	s.SetSize(120, 38)
	s.begin("12")
	var waited []string
	s.follow(t, func(step string) {
		l, _ := s.deps.StepLesson(step)
		if !strings.Contains(s.View(), l.Title[:min(10, len(l.Title))]) { // long titles are cut
			t.Errorf("step %s waits without its lesson:\n%s", step, s.View())
		}
		if len(waited) == 0 || waited[len(waited)-1] != step {
			waited = append(waited, step)
		}
		s.Update(uitest.Key("enter"))
	})
	if got, want := strings.Join(waited, " "), strings.Join(provision.Steps, " "); got != want {
		t.Errorf("waited before %s, want %s", got, want)
	}
	o := s.view.Outcome()
	if !s.view.Ended() || o.Status != event.Done || o.Counts[provision.Thing][event.Created] != 12 {
		t.Errorf("the run is %s with %v", o.Status, o.Counts)
	}
}

func TestPartialRunIsToldAndCompleted(t *testing.T) {
	t.Parallel()
	c := connect(t)
	name := "SUVVehicle"
	if _, err := c.IoT.CreateThingType(t.Context(), &iot.CreateThingTypeInput{ThingTypeName: &name}); err != nil {
		t.Fatal(err)
	}
	if _, err := c.IoT.DeprecateThingType(t.Context(), &iot.DeprecateThingTypeInput{ThingTypeName: &name}); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, uitest.Printer(t, "en"), learn.Express, c)
	s.SetSize(80, 58)
	s.begin("9")
	s.follow(t, nil)
	o := s.view.Outcome()
	if o.Complete() || o.Failed() == 0 {
		t.Fatalf("a run with a deprecated type is %s with %v", o.Status, o.Counts)
	}
	if view := s.View(); strings.Contains(view, s.d.T("provision.result.done")) || !strings.Contains(view, name) || !strings.Contains(view, s.d.T("provision.keys.again")) {
		t.Errorf("the result does not tell what failed and what to do:\n%s", view)
	}
	if _, err := c.IoT.DeprecateThingType(t.Context(), &iot.DeprecateThingTypeInput{ThingTypeName: &name, UndoDeprecate: true}); err != nil {
		t.Fatal(err)
	}
	s.Update(uitest.Key("r"))
	s.follow(t, nil)
	if o := s.view.Outcome(); !o.Complete() {
		t.Errorf("run again: %s with %v, want DONE:\n%s", o.Status, o.Counts, s.View())
	}
}

func TestStoppedRunSaysWhatExists(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), learn.Guided, connect(t))
	s.SetSize(80, 22)
	s.begin("5")
	s.follow(t, func(step string) {
		if step == provision.StepStorage {
			s.view.Run().Stop()
			return
		}
		s.Update(uitest.Key("enter"))
	})
	o := s.view.Outcome()
	if o.Status != event.Interrupted || o.Counts[provision.ThingType][event.Created] != 3 {
		t.Errorf("the run is %s with %v, want INTERRUPTED with three thing types", o.Status, o.Counts)
	}
	if view := s.View(); !strings.Contains(view, s.d.T("provision.result.interrupted")) || !strings.Contains(view, s.d.T("provision.keys.again")) {
		t.Errorf("the result does not say how to go on:\n%s", view)
	}
}
