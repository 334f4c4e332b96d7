package createjob

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// mixed gives the things of newFleet types, and turns indexing on.
func (w *world) mixed() {
	w.t.Helper()
	for _, name := range []string{"SedanVehicle", "TruckVehicle"} {
		_, err := w.IoT.CreateThingType(w.t.Context(), &iot.CreateThingTypeInput{ThingTypeName: &name})
		w.must(err)
	}
	_, err := w.IoT.UpdateIndexingConfiguration(w.t.Context(), &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{ThingIndexingMode: iottypes.ThingIndexingModeRegistry}})
	w.must(err)
	for thing, kind := range map[string]string{"v1": "SedanVehicle", "v2": "TruckVehicle", "v3": "SedanVehicle", "v4": "TruckVehicle"} {
		_, err := w.IoT.UpdateThing(w.t.Context(), &iot.UpdateThingInput{ThingName: &thing, ThingTypeName: &kind})
		w.must(err)
	}
}

// executions are the things that have an execution of a job, by name.
func (w *world) executions(job string) string {
	w.t.Helper()
	out, err := w.IoT.ListJobExecutionsForJob(w.t.Context(), &iot.ListJobExecutionsForJobInput{JobId: &job})
	w.must(err)
	var names []string
	for _, x := range out.ExecutionSummaries {
		arn := aws.ToString(x.ThingArn)
		names = append(names, arn[strings.LastIndexByte(arn, '/')+1:])
	}
	slices.Sort(names)
	return strings.Join(names, " ")
}

func (w *world) run(p Plan) (Report, []event.Event) {
	w.t.Helper()
	rec := &event.Recorder{}
	rep, err := Run(w.t.Context(), w.Cloud, p, event.Stage{Sink: rec})
	w.must(err)
	return rep, rec.Events()
}

func TestNarrowingLeavesOutOtherTypes(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	w.mixed()
	offered := w.prepare(with(func(in *Input) { in.Things = []string{"v4"}; in.Groups = []string{"US_Fleet", "CA_Fleet"} }))
	if n := offered.Narrow; n == nil || n.Members != 2 || n.LeftOut != 2 || len(n.Groups) != 1 || len(offered.Request.Targets) != 3 || len(offered.Before) > 0 {
		t.Fatalf("offered %+v for %v", n, offered.Request.Targets)
	}
	if !slices.Contains(offered.Warnings, Warning{What: OtherType, Group: "v4", Type: "SedanVehicle", Count: 1}) {
		t.Errorf("warnings %v", offered.Warnings)
	}
	in := with(func(in *Input) {
		in.Narrow, in.Selection, in.ID, in.Things = true, Snapshot, "sedans", []string{"v4", "v1"}
	})
	in.Groups = []string{"US_Fleet", "CA_Fleet"}
	p := w.prepare(in)
	expect(t, "targets", fmt.Sprint(p.Request.Targets), fmt.Sprint([]string{w.ARN("thinggroup/sedans-only-1"), w.ARN("thing/v1")}))
	expect(t, "members", p.Members, 2)
	expect(t, "left out", p.Narrow.LeftOut, 2)
	expect(t, "warnings", len(p.Warnings), 0)
	expect(t, "before", strings.HasPrefix(p.Before[0], "aws iot create-dynamic-thing-group "), true)
	rep, events := w.run(p)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "groups", fmt.Sprint(rep.Groups), "[sedans-only-1]")
	expect(t, "executions", w.executions("sedans"), "v1 v3")
	tags, err := fleet.ResourceTags(t.Context(), w.Cloud, w.ARN("thinggroup/sedans-only-1"))
	if err != nil || !fleet.Ours(tags) {
		t.Errorf("tags of the group %v, %v", tags, err)
	}
	var steps []string
	for _, e := range events {
		if e.Kind == event.StepStarted {
			steps = append(steps, e.Step)
		}
	}
	expect(t, "steps", fmt.Sprint(steps), fmt.Sprint(p.Steps()))
	rep, _ = w.run(p)
	expect(t, "the group again", rep.Counts[DynamicGroup][event.Exists], 1)
	expect(t, "the job again", rep.Counts[Job][event.Exists], 1)
}

func TestNarrowingThatCannotBe(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	narrow := with(func(in *Input) { in.Narrow = true })
	w.mixed()
	w.pkg("Telematics", "1.0.0")
	fe := w.refused(with(func(in *Input) { in.Narrow, in.Packages = true, []string{"Telematics"} }), FieldPackage, fleet.NotInCloud)
	expect(t, "types", fe.Args["choices"], any("SedanVehicle, TruckVehicle"))
	// A group of that name that does something else is in the way.
	narrow.ID = "taken"
	p := w.prepare(narrow)
	_, err := w.IoT.CreateDynamicThingGroup(t.Context(), &iot.CreateDynamicThingGroupInput{ThingGroupName: &p.Narrow.Groups[0].Name, QueryString: aws.String("thingName:v1")})
	w.must(err)
	rep, err := Run(t.Context(), w.Cloud, p, event.Stage{Sink: &event.Recorder{}})
	if !cloud.Is(err, cloud.Exists) || rep.Status != event.RunFailed {
		t.Errorf("%s, %v", rep.Status, err)
	}
	if _, err = fleet.DescribeJob(t.Context(), w.Cloud, "taken"); !cloud.Is(err, cloud.NotFound) {
		t.Errorf("the job: %v", err)
	}
	_, err = w.IoT.DeleteDynamicThingGroup(t.Context(), &iot.DeleteDynamicThingGroupInput{ThingGroupName: &p.Narrow.Groups[0].Name})
	w.must(err)
	_, err = w.IoT.UpdateIndexingConfiguration(t.Context(), &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{ThingIndexingMode: iottypes.ThingIndexingModeOff}})
	w.must(err)
	w.refused(narrow, FieldNarrow, fleet.NothingToDo)
}

// A dynamic group has room for four groups and a type, so that more groups make more of them.
func TestQueriesOfDynamicGroupsAreShort(t *testing.T) {
	t.Parallel()
	var targets []Target
	for i := range 6 {
		targets = append(targets, Target{Name: fmt.Sprintf("g:%d", i)})
	}
	targets = append(targets, Target{Name: "dyn", Dynamic: true, Query: "attributes.a:1 OR thingName:x*"}, Target{Name: "v", Thing: true})
	got := queries(targets, "Sedan")
	want := []string{
		`(attributes.a:1 OR thingName:x*) AND thingTypeName:Sedan`,
		`(thingGroupNames:g\:0 OR thingGroupNames:g\:1 OR thingGroupNames:g\:2 OR thingGroupNames:g\:3) AND thingTypeName:Sedan`,
		`(thingGroupNames:g\:4 OR thingGroupNames:g\:5) AND thingTypeName:Sedan`,
	}
	if !slices.Equal(got, want) {
		t.Errorf("%q", got)
	}
}

// On a cloud that lags as AWS does, a snapshot of a group made a moment ago still reaches all its things, and so does a job from
// a template made with it.
func TestNarrowingWaitsForTheGroup(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t, func(o *sandbox.Options) { o.Lag, o.Speed = true, 8 })
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{c, t}
	w.group("US_Fleet", fleet.IoTTags(), "v1", "v2", "v3", "v4")
	w.pkg("SedanVehicle", "1.0.0")
	w.role()
	w.mixed()
	in := with(func(in *Input) { in.Narrow, in.Selection, in.SaveTemplate, in.ID = true, Snapshot, "kept", "sedans" })
	var p Plan
	for p.Members != 2 { // the index is being built, and then some seconds behind
		w.must(fleet.Pause(t.Context(), groupWaits[0]))
		var err error
		p, err = Prepare(t.Context(), c, in, event.Stage{Sink: &event.Recorder{}})
		if fe, building := fleet.AsFieldError(err); err != nil && (!building || fe.Field != FieldNarrow) {
			t.Fatal(err)
		}
	}
	rep, events := w.run(p)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "executions", rep.Executions, fleet.JobCounts{Queued: 2})
	expect(t, "things", w.executions("sedans"), "v1 v3")
	expect(t, "template", rep.Template, "kept")
	if !slices.ContainsFunc(events, func(e event.Event) bool { return e.Kind == event.Waiting && e.Status == GroupFilled }) {
		t.Error("the group was full at once")
	}
}
