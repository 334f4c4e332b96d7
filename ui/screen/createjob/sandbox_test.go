package createjob

import (
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/ui/internal/drive"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/screen"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

func connect(t *testing.T) *cloud.Cloud {
	t.Helper()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{
		Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Pace: pace.Config{Off: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// fleetOf provisions some devices.
func fleetOf(t *testing.T, c *cloud.Cloud, devices int) {
	t.Helper()
	in := provision.Defaults()
	in.Devices = devices
	plan, err := provision.Prepare(t.Context(), c, in)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := provision.Run(t.Context(), c, plan, event.Stage{Sink: &event.Recorder{}}); err != nil || r.Status != event.Done {
		t.Fatalf("provisioning ended %s with %v", r.Status, err)
	}
}

// start opens the screen and plays it; every picture it shows is asserted to be exact.
func (s *stage) start(t *testing.T) *drive.Driver {
	d := drive.New(t, s.reg, s.Update)
	d.After = func() { uitest.Exact(t, s.View(), s.w, s.h) }
	d.Do(s.Init())
	return d
}

func TestAJobIsCreatedFromTheForm(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 9)
	s := newStage(t, uitest.Printer(t, "en"), c)
	s.SetSize(120, 38)
	d := s.start(t)
	d.Until(func() bool { return s.phase == asking && s.counter == nil })
	if view := s.View(); s.countErr != nil || strings.Count(view, "3 things") != 3 || !strings.Contains(view, "9 things") {
		t.Fatalf("the members are not counted (%v):\n%s", s.countErr, view)
	}
	s.form.Set(createjob.FieldSelection, createjob.Snapshot)
	s.changed(createjob.FieldSelection)
	s.form.Focus(reviewButton)
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.phase != preparing })
	if s.phase != reviewing || s.plan.Members != 9 {
		t.Fatalf("phase %v with %d members (%v), want the review of 9", s.phase, s.plan.Members, s.problem)
	}
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.view.Ended() })
	id, ok := made(s.view.Outcome())
	if !ok || id != s.plan.Request.JobID {
		t.Fatalf("the run ended with %+v:\n%s", s.view.Outcome(), s.View())
	}
	out, err := c.IoT.DescribeJob(t.Context(), &iot.DescribeJobInput{JobId: &id})
	if err != nil || string(out.Job.TargetSelection) != "SNAPSHOT" || len(out.Job.Targets) != 3 {
		t.Errorf("the job is %+v, %v", out, err)
	}
	d.Send(uitest.Key("s"))
	d.Until(func() bool { return len(d.Asked) > 0 })
	if got, ok := d.Asked[0].(screen.GoMsg); !ok || got.ID != screen.Simulate || got.Args != any(id) {
		t.Errorf("s asks for %#v", d.Asked[0])
	}
}

func TestATakenIDComesBackToItsField(t *testing.T) {
	t.Parallel()
	c := connect(t)
	fleetOf(t, c, 3)
	group, id, document := c.ARN("thinggroup/"+fleet.GroupName("US")), "mine", `{"operation":"reboot"}`
	if _, err := c.IoT.CreateJob(t.Context(), &iot.CreateJobInput{JobId: &id, Targets: []string{group}, Document: &document}); err != nil {
		t.Fatal(err)
	}
	s := newStage(t, uitest.Printer(t, "ja"), c)
	d := s.start(t)
	d.Until(func() bool { return s.phase == asking })
	s.form.Focus(createjob.FieldID)
	for _, key := range []string{"m", "i", "n", "e"} {
		d.Send(uitest.Key(key))
	}
	s.form.Focus(reviewButton)
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.phase != preparing })
	if s.phase != asking || s.form.Focused() != createjob.FieldID || !strings.Contains(s.View(), "すでにあります") {
		t.Errorf("phase %v, field %s:\n%s", s.phase, s.form.Focused(), s.View())
	}
}

func TestAnEmptyAccountSaysWhatIsLacking(t *testing.T) {
	t.Parallel()
	s := newStage(t, uitest.Printer(t, "en"), connect(t))
	d := s.start(t)
	d.Until(func() bool { return s.phase != loading })
	if s.phase != lacking || !slices.Equal(s.lacks(), []string{"createjob.lacks.groups", "createjob.lacks.packages", "createjob.lacks.role"}) {
		t.Errorf("phase %v, lacking %v (%v)", s.phase, s.lacks(), s.problem)
	}
}

// A screen that is gone asks no more how far the counting is, and so it ends.
func TestCountingEndsWithTheScreen(t *testing.T) {
	t.Parallel()
	c := connect(t)
	k := startCounter(c, []string{"no-such-group"})
	k.lease.Reset(0)
	<-k.done
	if m := k.poll()().(countMsg); !m.done || m.err == nil {
		t.Errorf("counting ended with %+v, want an error", m)
	}
}
