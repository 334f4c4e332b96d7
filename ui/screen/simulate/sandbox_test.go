package simulate

import (
	"fmt"
	"strings"
	"testing"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/ui/internal/drive"
	"fleetlab/ui/internal/uitest"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/simulate"
)

// jobFor is a cloud with some devices and a continuous job for all of them.
func jobFor(t *testing.T, devices int) (c *cloud.Cloud, id string) {
	t.Helper()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{
		Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Pace: pace.Config{Off: true},
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Download.CloseIdleConnections)
	stage := event.Stage{Sink: &event.Recorder{}}
	in := provision.Defaults()
	in.Devices = devices
	fleet, err := provision.Prepare(t.Context(), c, in)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := provision.Run(t.Context(), c, fleet, stage); err != nil || r.Status != event.Done {
		t.Fatalf("provisioning ended %s with %v", r.Status, err)
	}
	return c, anotherJob(t, c)
}

// anotherJob creates a continuous job for all devices.
func anotherJob(t *testing.T, c *cloud.Cloud) string {
	t.Helper()
	stage := event.Stage{Sink: &event.Recorder{}}
	job, err := createjob.Prepare(t.Context(), c, createjob.Defaults(), stage)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := createjob.Run(t.Context(), c, job, stage); err != nil || r.Status != event.Done {
		t.Fatalf("creating the job ended %s with %v", r.Status, err)
	}
	return job.Request.JobID
}

// start opens the screen and plays it; every picture it shows is asserted to be exact.
func (s *stage) start(t *testing.T) *drive.Driver {
	d := drive.New(t, s.reg, s.Update)
	d.After = func() { uitest.Exact(t, s.View(), s.w, s.h) }
	d.Do(s.Init())
	return d
}

// toPlan fills in the form and goes on to the plan.
func (s *stage) toPlan(d *drive.Driver, values map[string]string) {
	for field, value := range values {
		s.form.Set(field, value)
		s.form.OnChange(field)
	}
	s.form.Focus(planButton)
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.phase != planning })
	s.lines.settle()
}

func TestAJobIsPlayedInTwoParts(t *testing.T) {
	t.Parallel()
	c, id := jobFor(t, 12)
	s := newStage(t, uitest.Printer(t, "en"), c, id)
	s.SetSize(108, 58)
	d := s.start(t)
	d.Until(func() bool { return s.phase == asking })
	s.toPlan(d, map[string]string{simulate.FieldSuccessRate: "50", simulate.FieldScope: "8"})
	if s.phase != planned || s.plan.Pending != 12 || s.plan.Successes != 4 || s.plan.Failures != 4 {
		t.Fatalf("phase %v (%v), plan %d of %d: %d and %d", s.phase, s.problem, len(s.plan.Devices), s.plan.Pending, s.plan.Successes, s.plan.Failures)
	}
	if n, _ := s.devices(); n != 8 || s.outcome(n) != s.plan.Successes {
		t.Errorf("the form foretold %d of %d successes, the plan has %d of %d", s.outcome(n), n, s.plan.Successes, len(s.plan.Devices))
	}
	for i, device := range s.plan.Devices {
		if line := fmt.Sprintf("[%d/8] %s -> %s", i+1, device.Thing, device.Outcome()); !strings.Contains(s.View(), line) {
			t.Errorf("the plan has no line %s:\n%s", line, s.View())
		}
	}
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.watch.view.Ended() })
	if counts := s.watch.view.Outcome().Counts[simulate.Execution]; counts[event.Succeeded] != 4 || counts[event.Failed]+counts["REJECTED"] != 4 {
		t.Fatalf("the devices ended %v:\n%s", counts, s.View())
	}
	if view := s.View(); !strings.Contains(view, "4 of 4 planned") || !strings.Contains(view, s.d.T("simulate.keys.rest")) {
		t.Errorf("the report does not offer the rest:\n%s", view)
	}
	d.Send(uitest.Key("r"))
	d.Until(func() bool { return s.phase != planning })
	if s.phase != planned || len(s.plan.Devices) != 4 {
		t.Fatalf("phase %v (%v), %d devices; want the plan for the other 4", s.phase, s.problem, len(s.plan.Devices))
	}
	d.Send(uitest.Key("enter"))
	d.Until(func() bool { return s.watch.view.Ended() })
	if view := s.View(); !strings.Contains(view, "stays IN_PROGRESS until") || strings.Contains(view, s.d.T("simulate.keys.rest")) {
		t.Errorf("the report does not say why the job is still active:\n%s", view)
	}
	d.Send(uitest.Key("n"))
	d.Until(func() bool { return s.phase != loading })
	if j, ok := s.jobs.Selected(); s.phase != choosing || !ok || !j.Idle() {
		t.Errorf("phase %v, job %+v; want the idle job among the active ones", s.phase, j)
	}
}

func TestAnEmptyAccountHasNoJobs(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey()})
	if err != nil {
		t.Fatal(err)
	}
	s := newStage(t, uitest.Printer(t, "ja"), c, nil)
	d := s.start(t)
	d.Until(func() bool { return s.phase != loading })
	if s.phase != empty {
		t.Errorf("phase %v (%v), want that there are no jobs", s.phase, s.problem)
	}
}
