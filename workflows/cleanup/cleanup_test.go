package cleanup_test

import (
	"context"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

// fast lets five minutes pass in a fraction of a second.
func fast(o *sandbox.Options) { o.Speed = 10_000 }

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

// must ends the test when a call that sets it up fails.
func must[T any](out T, err error) func(*testing.T) T {
	return func(t *testing.T) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// settle makes a fleet.
func settle(t *testing.T, c *cloud.Cloud, devices int) {
	t.Helper()
	in := provision.Defaults()
	in.Devices = devices
	p := must(provision.Prepare(t.Context(), c, in))(t)
	rep := must(provision.Run(t.Context(), c, p, event.Stage{Sink: &event.Recorder{}}))(t)
	if rep.Status != event.Done {
		t.Fatalf("provisioning: %s %v", rep.Status, rep.Failures)
	}
}

// job makes a job for the American vehicles.
func job(t *testing.T, c *cloud.Cloud, id string, ours bool) {
	t.Helper()
	in := &iot.CreateJobInput{JobId: &id, Targets: []string{c.ARN("thinggroup/US_Fleet")}, Document: aws.String(`{"operation":"none"}`)}
	if ours {
		in.Tags = fleet.IoTTags()
	}
	must(c.IoT.CreateJob(t.Context(), in))(t)
}

func template(t *testing.T, c *cloud.Cloud, id string, ours bool) {
	t.Helper()
	in := &iot.CreateJobTemplateInput{JobTemplateId: &id, Description: aws.String("for tests"), Document: aws.String(`{"operation":"none"}`)}
	if ours {
		in.Tags = fleet.IoTTags()
	}
	must(c.IoT.CreateJobTemplate(t.Context(), in))(t)
}

func prepare(t *testing.T, c *cloud.Cloud, in cleanup.Input) cleanup.Plan {
	t.Helper()
	return must(cleanup.Prepare(t.Context(), c, in, event.Stage{Sink: &event.Recorder{}}))(t)
}

// clean plans and runs in to its end.
func clean(t *testing.T, c *cloud.Cloud, in cleanup.Input) (cleanup.Report, []event.Event) {
	t.Helper()
	rec := &event.Recorder{}
	return must(cleanup.Run(t.Context(), c, prepare(t, c, in), event.Stage{Sink: rec}))(t), rec.Events()
}

func failures(rep cleanup.Report) []string {
	var out []string
	for _, e := range rep.Failures {
		out = append(out, e.Resource+" "+e.Subject+": "+e.Fault.Class+": "+e.Fault.Error())
	}
	return out
}

func TestEverythingOfOursGoes(t *testing.T) {
	t.Parallel()
	c := connect(t, fast)
	settle(t, c, 9)
	job(t, c, "ours", true)
	template(t, c, "ours", true)
	plan := prepare(t, c, cleanup.Defaults())
	for kind, n := range map[string]int{cleanup.Job: 1, cleanup.JobTemplate: 1, cleanup.Thing: 9, cleanup.ThingType: 3, cleanup.Group: 3,
		cleanup.Package: 3, cleanup.Version: 6, cleanup.Bucket: 1, cleanup.Role: 2} {
		if plan.Count(kind) != n {
			t.Errorf("%s: %d planned, want %d", kind, plan.Count(kind), n)
		}
	}
	if len(plan.Settings) != 2 || len(plan.Errors) > 0 || len(plan.Foreign) > 0 {
		t.Errorf("settings %v, errors %v, foreign %v", plan.Settings, plan.Errors, plan.Foreign)
	}
	rep, events := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Done || len(rep.Left) > 0 || !rep.Looked {
		t.Fatalf("status %s, left %v, looked %v, failures %q", rep.Status, rep.Left, rep.Looked, failures(rep))
	}
	for kind, items := range plan.Items {
		if got := rep.Counts[kind][event.Deleted]; got != len(items) {
			t.Errorf("%s: %v, %d planned", kind, rep.Counts[kind], len(items))
		}
	}
	var steps []string
	for _, e := range events {
		if e.Kind == event.StepStarted {
			steps = append(steps, e.Step)
		}
	}
	if strings.Join(steps, " ") != strings.Join(cleanup.Steps, " ") {
		t.Errorf("steps %v", steps)
	}
	if again := prepare(t, c, cleanup.Defaults()); again.Total() != 0 {
		t.Errorf("still planned: %+v %v", again.Items, again.Settings)
	}
}

// A dry run is a plan that is not run: making it, nothing is called that could change anything.
func TestPlanOnlyReads(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t)
	settle(t, dial(t, s), 4)
	c := dial(t, s)
	if plan := prepare(t, c, cleanup.Defaults()); plan.Total() == 0 {
		t.Fatal("nothing is planned")
	}
	for _, stat := range c.Pace.Stats() {
		_, op, _ := strings.Cut(stat.Bucket, ":")
		if !strings.HasPrefix(op, "List") && !strings.HasPrefix(op, "Get") && !strings.HasPrefix(op, "Describe") {
			t.Errorf("%d calls of %s", stat.Calls, stat.Bucket)
		}
	}
}

// What a plan says it would call is what a run then calls, reading and asking again aside.
func TestPlanCountsTheCalls(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t, fast)
	settle(t, dial(t, s), 5)
	job(t, dial(t, s), "ours", true)
	template(t, dial(t, s), "ours", true)
	c := dial(t, s)
	plan := prepare(t, c, cleanup.Defaults())
	must(cleanup.Run(t.Context(), c, plan, event.Stage{Sink: &event.Recorder{}}))(t)
	shadows, changing := 0, 0
	for _, call := range plan.Work.Calls {
		if strings.HasPrefix(call.Operation, "iot-data:") {
			shadows += call.Count
		}
	}
	for _, stat := range c.Pace.Stats() {
		_, op, _ := strings.Cut(stat.Bucket, ":")
		want := plan.Work.Of(stat.Bucket)
		switch {
		case stat.Bucket == "iot-data:shadows":
			want = shadows
		case op == "DeleteThingType": // tried until it is allowed
			stat.Calls = min(want, stat.Calls)
		case strings.HasPrefix(op, "List"), strings.HasPrefix(op, "Get"), strings.HasPrefix(op, "Describe"):
			continue
		}
		changing++
		if stat.Calls != want {
			t.Errorf("%s: %d calls, %d planned", stat.Bucket, stat.Calls, want)
		}
	}
	if changing < 10 || plan.Wait != 300 {
		t.Errorf("%d kinds of calls that change something, %v s of waiting", changing, plan.Wait)
	}
}

func TestPlanTellsHowFarItIs(t *testing.T) {
	t.Parallel()
	c := connect(t)
	settle(t, c, 300)
	rec := &event.Recorder{}
	must(cleanup.Prepare(t.Context(), c, cleanup.Defaults(), event.Stage{Sink: rec}))(t)
	things := 0
	for _, e := range rec.Events() {
		if e.Kind != event.Progress {
			t.Fatalf("looking emitted %s", e.Kind)
		}
		if e.Resource == cleanup.Thing {
			things = e.Done
		}
	}
	if things != 300 {
		t.Errorf("%d things were looked at", things)
	}
}

func TestScopes(t *testing.T) {
	t.Parallel()
	c := connect(t)
	settle(t, c, 4)
	in := cleanup.Defaults()
	for _, tc := range []struct{ scope, kind string }{{cleanup.Things, cleanup.Thing}, {cleanup.Groups, cleanup.Group}} {
		if err := in.Set("scope", tc.scope); err != nil {
			t.Fatal(err)
		}
		rep, _ := clean(t, c, in)
		if rep.Status != event.Done || len(rep.Counts) != 1 || rep.Counts[tc.kind][event.Deleted] == 0 || len(rep.Left) > 0 {
			t.Errorf("scope %s: %s, %v, left %v, %q", tc.scope, rep.Status, rep.Counts, rep.Left, failures(rep))
		}
	}
	all := prepare(t, c, cleanup.Defaults())
	if all.Count(cleanup.Thing)+all.Count(cleanup.Group) != 0 || all.Count(cleanup.ThingType) != 3 || len(all.Settings) != 2 {
		t.Errorf("what is left: %v %v", all.Items, all.Settings)
	}
}

func TestFields(t *testing.T) {
	t.Parallel()
	in := cleanup.Defaults()
	for _, tc := range []struct {
		field, text string
		reason      fleet.Reason
	}{
		{"scope", "", fleet.Empty},
		{"scope", "everything", fleet.NoSuch},
		{"prefix", "", fleet.Empty},
		{"prefix", "a b", fleet.BadName},
		{"prefix", strings.Repeat("p", 21), fleet.BadName},
		{"speed", "1", fleet.NoSuch},
	} {
		fe, ok := fleet.AsFieldError(in.Set(tc.field, tc.text))
		if !ok || fe.Reason != tc.reason || fe.Field != tc.field || in != cleanup.Defaults() {
			t.Errorf("%s %q: %v, %+v", tc.field, tc.text, fe, in)
		}
	}
	if err := in.Set("scope", " Things "); err != nil || in.Get("scope") != cleanup.Things || in.Validate() != nil {
		t.Errorf("scope %q: %v %v", in.Get("scope"), err, in.Validate())
	}
	if cleanup.Confirm("delete") == nil || cleanup.Confirm(cleanup.ConfirmWord) != nil {
		t.Error("the word is not told by its case")
	}
	bad := cleanup.Input{Scope: "x", Prefix: "p"}
	if _, err := cleanup.Prepare(t.Context(), nil, bad, event.Stage{}); err == nil {
		t.Error("a wrong input was planned")
	}
}

func TestLookStops(t *testing.T) {
	t.Parallel()
	c := connect(t)
	ctx, stop := context.WithCancelCause(t.Context())
	stop(errStop)
	if _, err := cleanup.Prepare(ctx, c, cleanup.Defaults(), event.Stage{Sink: &event.Recorder{}}); err != errStop {
		t.Errorf("got %v", err)
	}
}
