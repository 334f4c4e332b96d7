package provision_test

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"fleetlab/aws/cloud"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

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

// stopper ends a run when an event comes up.
type stopper struct {
	when func(event.Event) bool
	stop context.CancelCauseFunc
}

var errStop = errors.New("a person stopped the run")

func (s stopper) Emit(e event.Event) {
	if s.when(e) {
		s.stop(errStop)
	}
}

// gate lets everything pass and keeps the order.
type gate struct {
	mu    sync.Mutex
	steps []string
}

func (g *gate) Pass(_ context.Context, step string) error {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.steps = append(g.steps, step)
	return nil
}

// The plan's calls are exactly those that a run on an empty account makes.
func TestEstimateCountsTheCalls(t *testing.T) {
	t.Parallel()
	c := connect(t)
	in := small(7)
	want := map[string]int{}
	for _, call := range in.Estimate(c.Pace).Calls {
		if key := call.Operation; strings.HasPrefix(key, "iot-data:") {
			want["iot-data:shadows"] += call.Count
		} else {
			want[key] += call.Count
		}
	}
	rep, _ := provisionFleet(t, c, in)
	if rep.Status != event.Done {
		t.Fatalf("failures %q", failures(rep.Report))
	}
	for _, stat := range c.Pace.Stats() {
		if stat.Bucket == "sts:GetCallerIdentity" {
			continue
		}
		if stat.Bucket == "iot:DescribeIndex" && stat.Calls > 0 { // once more for every second of waiting
			stat.Calls = 1
		}
		if want[stat.Bucket] != stat.Calls {
			t.Errorf("%s: %d calls, %d planned", stat.Bucket, stat.Calls, want[stat.Bucket])
		}
		delete(want, stat.Bucket)
	}
	if len(want) > 0 {
		t.Errorf("planned and not made: %v", want)
	}
}

func TestStepsAreTold(t *testing.T) {
	t.Parallel()
	c := connect(t)
	g := &gate{}
	_, events, err := try(t.Context(), t, c, small(3), event.Stage{Gate: g})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(g.steps, provision.Steps) {
		t.Errorf("the gate saw %v", g.steps)
	}
	var told []string
	done := map[string]int{}
	for _, e := range events {
		if e.Workflow != provision.Workflow {
			t.Fatalf("an event of workflow %q", e.Workflow)
		}
		switch e.Kind {
		case event.StepStarted:
			told = append(told, e.Lesson)
		case event.Item:
			done[e.Resource]++
			if e.Done != done[e.Resource] || e.Total < e.Done {
				t.Errorf("%s %s is %d of %d, the %d. of its kind", e.Resource, e.Subject, e.Done, e.Total, done[e.Resource])
			}
			if e.Resource == provision.Thing && (e.Detail["type"] == "" || e.Detail["group"] != e.Detail["country"]+"_Fleet") {
				t.Errorf("thing %s: detail %v", e.Subject, e.Detail)
			}
		}
	}
	if !slices.Equal(told, provision.Steps) {
		t.Errorf("steps told: %v", told)
	}
	if first, last := events[0], events[len(events)-1]; first.Kind != event.RunStarted || last.Kind != event.RunEnded || last.Status != event.Done {
		t.Errorf("it began with %s and ended with %s %s", first.Kind, last.Kind, last.Status)
	}
}

func TestWhatIsHalfMadeIsRepaired(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	in := small(6)
	provisionFleet(t, c, in)
	bucket := fleet.BucketName(c.Region, c.Account)
	name := func(n int) *string { return aws.String(fleet.ThingName(in.Prefix, n)) }

	must(c.IoT.DeprecateThingType(ctx, &iot.DeprecateThingTypeInput{ThingTypeName: aws.String("SUVVehicle")}))(t)
	must(c.S3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusSuspended}}))(t)
	must(c.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: aws.String(fleet.JobsRole(c.Region, c.Account)),
		PolicyName: aws.String(fleet.JobsPolicy)}))(t)
	must(c.Data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: name(1), ShadowName: aws.String(fleet.PackageShadow)}))(t)
	must(c.Data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: name(2)}))(t)
	must(c.IoT.RemoveThingFromThingGroup(ctx, &iot.RemoveThingFromThingGroupInput{ThingName: name(3), ThingGroupName: aws.String("US_Fleet")}))(t)
	must(c.IoT.UpdateThing(ctx, &iot.UpdateThingInput{ThingName: name(4),
		AttributePayload: &iottypes.AttributePayload{Attributes: map[string]string{"country": "CA"}}}))(t)
	must(c.IoT.DeleteThing(ctx, &iot.DeleteThingInput{ThingName: name(5)}))(t)

	rep, _ := provisionFleet(t, c, in)
	if rep.Status != event.Done {
		t.Fatalf("failures %q", failures(rep.Report))
	}
	for kind, want := range map[string]event.Counts{
		"": {
			provision.ThingType: {event.Repaired: 1, event.Exists: 2},
			provision.Bucket:    {event.Repaired: 1},
			provision.Role:      {event.Repaired: 1, event.Exists: 1},
			provision.Thing:     {event.Repaired: 4, event.Created: 1, event.Exists: 1},
		},
	} {
		for resource, statuses := range want {
			for status, n := range statuses {
				if got := rep.Counts[resource][status]; got != n {
					t.Errorf("%s%s %s: %d, want %d", kind, resource, status, got, n)
				}
			}
		}
	}
	again, _ := provisionFleet(t, c, in)
	for kind, statuses := range again.Counts {
		if len(statuses) != 1 || statuses[event.Exists] == 0 {
			t.Errorf("after the repair, %s: %v", kind, statuses)
		}
	}
}

// A fleet that is provisioned anew after a rollout keeps the versions that the rollout brought.
func TestAnotherRunKeepsTheVersionsThatJobsBrought(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	in := small(3)
	provisionFleet(t, c, in)
	thing, shadow := fleet.ThingName(in.Prefix, 1), aws.String(fleet.PackageShadow)
	v := fleet.NewVehicle(in.Prefix, 1, in.ThingTypes, in.Codes(), in.Seed)
	must(c.Data.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: &thing, ShadowName: shadow, Payload: v.PackageShadowDocument("1.1.0")}))(t)
	rep, _ := provisionFleet(t, c, in)
	if rep.Counts[provision.Thing][event.Exists] != 3 {
		t.Errorf("things %v", rep.Counts[provision.Thing])
	}
	out := must(c.Data.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: &thing, ShadowName: shadow}))(t)
	var doc struct {
		State struct {
			Reported map[string]struct{ Version string }
		}
	}
	if err := json.Unmarshal(out.Payload, &doc); err != nil || doc.State.Reported[v.Type].Version != "1.1.0" {
		t.Errorf("the shadow is %s (%v)", out.Payload, err)
	}
}

// A run over other countries moves the vehicles: to their planned group, and out of the one they were in.
func TestVehiclesMoveToThePlannedGroup(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	in := small(6)
	provisionFleet(t, c, in)
	if err := in.Set("countries", "MX"); err != nil {
		t.Fatal(err)
	}
	rep, _ := provisionFleet(t, c, in)
	if rep.Status != event.Done || rep.Counts[provision.Thing][event.Repaired] != 6 {
		t.Fatalf("things %v, failures %q", rep.Counts[provision.Thing], failures(rep.Report))
	}
	for group, want := range map[string]int{"US_Fleet": 0, "CA_Fleet": 0, "MX_Fleet": 6} {
		out := must(c.IoT.ListThingsInThingGroup(ctx, &iot.ListThingsInThingGroupInput{ThingGroupName: &group}))(t)
		if len(out.Things) != want {
			t.Errorf("%s has %v", group, out.Things)
		}
	}
}

// calls is how many were answered so far.
func calls(c *cloud.Cloud) int {
	n := 0
	for _, stat := range c.Pace.Stats() {
		n += stat.Calls
	}
	return n
}

func TestStoppedRunIsCompletedByAnother(t *testing.T) {
	t.Parallel()
	c := connect(t)
	in := small(120)
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	answered := 0 // calls, when the run was stopped
	s := stopper{stop: stop, when: func(e event.Event) bool {
		if e.Resource != provision.Thing || e.Done != 20 {
			return false
		}
		answered = calls(c)
		return true
	}}
	rep, events, err := try(ctx, t, c, in, event.Stage{Sink: s})
	if err != nil || rep.Status != event.Interrupted || rep.Failed() != 0 {
		t.Fatalf("status %s, failures %q, error %v", rep.Status, failures(rep.Report), err)
	}
	if late := calls(c) - answered; late > 80 { // those of the workers that were under way
		t.Errorf("%d calls were answered after the run was stopped", late)
	}
	made := rep.Counts[provision.Thing][event.Created]
	if made < 20 || made >= 120 {
		t.Fatalf("%d things were made", made)
	}
	if last := events[len(events)-1]; last.Kind != event.RunEnded || last.Status != event.Interrupted {
		t.Errorf("it ended with %s %s", last.Kind, last.Status)
	}
	rep, _ = provisionFleet(t, c, in)
	if rep.Status != event.Done || rep.Failed() != 0 {
		t.Fatalf("status %s, failures %q", rep.Status, failures(rep.Report))
	}
	rep, _ = provisionFleet(t, c, in)
	if rep.Counts[provision.Thing][event.Exists] != 120 {
		t.Errorf("after two runs: %v", rep.Counts[provision.Thing])
	}
}

func TestRunStoppedBeforeItBegan(t *testing.T) {
	t.Parallel()
	c := connect(t)
	p := must(provision.Prepare(t.Context(), c, small(3)))(t)
	ctx, stop := context.WithCancel(t.Context())
	stop()
	rep, err := provision.Run(ctx, c, p, event.Stage{Sink: &event.Recorder{}})
	if err != nil || rep.Status != event.Interrupted || len(rep.Counts) != 0 {
		t.Errorf("status %s, counts %v, error %v", rep.Status, rep.Counts, err)
	}
}

// A run whose credentials are no longer good ends, and says why, instead of failing once for every thing.
func TestRunEndsWhenNoCallCanSucceed(t *testing.T) {
	t.Parallel()
	s := must(sandbox.Start(t.Context(), sandbox.Options{Ephemeral: true}))(t)
	c := dial(t, s)
	p := must(provision.Prepare(t.Context(), c, small(3)))(t)
	addr := strings.TrimPrefix(s.Endpoint(), "http://")
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	sandboxtest.Start(t, func(o *sandbox.Options) { o.Addr = addr }) // with keys of its own
	rep, err := provision.Run(t.Context(), c, p, event.Stage{Sink: &event.Recorder{}, Sequential: true})
	if !cloud.Is(err, cloud.Credentials) || rep.Status != event.RunFailed || rep.Failed() != 1 {
		t.Errorf("status %s, %d failed, error %v", rep.Status, rep.Failed(), err)
	}
}

// However often a run is stopped, and wherever, another one goes on, and what the settings were is not lost.
func TestRunStoppedAtEveryStepIsCompleted(t *testing.T) {
	t.Parallel()
	c := connect(t)
	in := small(9)
	for _, kind := range []string{provision.ThingType, provision.Indexing, provision.Bucket, provision.Firmware, provision.Package,
		provision.Version, provision.Role, provision.Configuration, provision.Group, provision.Thing} {
		ctx, stop := context.WithCancelCause(t.Context())
		s := stopper{stop: stop, when: func(e event.Event) bool { return e.Kind == event.Item && e.Resource == kind }}
		rep, _, err := try(ctx, t, c, in, event.Stage{Sink: s, Sequential: true})
		stop(nil)
		if err != nil || rep.Status != event.Interrupted || rep.Failed() > 0 {
			t.Fatalf("stopped at a %s: %s, failures %q, error %v", kind, rep.Status, failures(rep.Report), err)
		}
	}
	if rep, _ := provisionFleet(t, c, in); rep.Status != event.Done {
		t.Fatalf("status %s, failures %q", rep.Status, failures(rep.Report))
	}
	rep, _ := provisionFleet(t, c, in)
	for kind, statuses := range rep.Counts {
		if len(statuses) != 1 || statuses[event.Exists] == 0 {
			t.Errorf("in the end, %s: %v", kind, statuses)
		}
	}
	kept, err := fleet.LoadSettings(t.Context(), c, fleet.BucketName(c.Region, c.Account))
	if err != nil || kept.Indexing == nil || kept.Indexing.Things != iottypes.ThingIndexingModeOff || kept.Packages == nil || kept.Packages.Enabled {
		t.Errorf("kept: %+v %v", kept, err)
	}
}
