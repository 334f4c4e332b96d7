package provision_test

import (
	"context"
	"testing"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/provision"
)

// connect starts a sandbox and connects to it without a limit on rates.
func connect(t *testing.T, opts ...func(*sandbox.Options)) *cloud.Cloud {
	t.Helper()
	return dial(t, sandboxtest.Start(t, opts...))
}

func dial(t *testing.T, s *sandbox.Sandbox) *cloud.Cloud {
	t.Helper()
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Region: s.Region(), Endpoint: s.Endpoint(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		t.Fatalf("connect: %v", err)
	}
	return c
}

// small is a fleet that is quick to make.
func small(devices int) provision.Input {
	in := provision.Defaults()
	in.Devices = devices
	return in
}

// provisionFleet runs in to its end and returns what was said.
func provisionFleet(t *testing.T, c *cloud.Cloud, in provision.Input) (provision.Report, []event.Event) {
	t.Helper()
	rep, events, err := try(t.Context(), t, c, in, event.Stage{})
	if err != nil {
		t.Fatalf("run: %v", err)
	}
	return rep, events
}

func try(ctx context.Context, t *testing.T, c *cloud.Cloud, in provision.Input, st event.Stage) (provision.Report, []event.Event, error) {
	t.Helper()
	p, err := provision.Prepare(ctx, c, in)
	if err != nil {
		t.Fatalf("prepare: %v", err)
	}
	rec := &event.Recorder{}
	if st.Sink == nil {
		st.Sink = rec
	} else {
		st.Sink = event.Tee{rec, st.Sink}
	}
	rep, err := provision.Run(ctx, c, p, st)
	return rep, rec.Events(), err
}

func failures(rep event.Report) []string {
	var out []string
	for _, e := range rep.Failures {
		out = append(out, e.Resource+" "+e.Subject+": "+e.Fault.Class+": "+e.Fault.Error())
	}
	return out
}

func TestFreshFleet(t *testing.T) {
	t.Parallel()
	c := connect(t)
	rep, _ := provisionFleet(t, c, small(9))
	if rep.Status != event.Done {
		t.Fatalf("status %s, failures %q", rep.Status, failures(rep.Report))
	}
	for kind, n := range (small(9)).Estimate(c.Pace).Resources {
		got := rep.Counts[kind][event.Created] + rep.Counts[kind][event.Updated]
		if got != n {
			t.Errorf("%s: %d made, %d planned: %v", kind, got, n, rep.Counts[kind])
		}
	}
	again, _ := provisionFleet(t, c, small(9))
	for kind, statuses := range again.Counts {
		if len(statuses) != 1 || statuses[event.Exists] == 0 {
			t.Errorf("second run, %s: %v", kind, statuses)
		}
	}
}
