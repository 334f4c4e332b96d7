package createjob

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// world is a sandbox of its own with what a test makes in it.
type world struct {
	*cloud.Cloud
	t *testing.T
}

func newWorld(t *testing.T) *world {
	t.Helper()
	s := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	return &world{c, t}
}

// newFleet is a world with two country groups of ours, one thing being in both, a package and the role.
func newFleet(t *testing.T) *world {
	t.Helper()
	w := newWorld(t)
	w.group("US_Fleet", fleet.IoTTags(), "v1", "v2", "v3")
	w.group("CA_Fleet", fleet.IoTTags(), "v3", "v4")
	w.pkg("SedanVehicle", "1.9.0", "1.10.0")
	w.draft("SedanVehicle", "2.0.0")
	w.role()
	return w
}

func (w *world) must(errs ...error) {
	w.t.Helper()
	if err := errors.Join(errs...); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) group(name string, tags []iottypes.Tag, things ...string) {
	w.t.Helper()
	_, err := w.IoT.CreateThingGroup(w.t.Context(), &iot.CreateThingGroupInput{ThingGroupName: &name, Tags: tags})
	w.must(err)
	for _, thing := range things {
		_, err := w.IoT.CreateThing(w.t.Context(), &iot.CreateThingInput{ThingName: &thing})
		_, err2 := w.IoT.AddThingToThingGroup(w.t.Context(), &iot.AddThingToThingGroupInput{ThingGroupName: &name, ThingName: &thing})
		w.must(err, err2)
	}
}

func (w *world) draft(pkg, version string) {
	w.t.Helper()
	_, err := w.IoT.CreatePackageVersion(w.t.Context(), &iot.CreatePackageVersionInput{PackageName: &pkg, VersionName: &version,
		Attributes: map[string]string{fleet.AttrSHA256: "ab"},
		Artifact: &iottypes.PackageVersionArtifact{S3Location: &iottypes.S3Location{Bucket: aws.String("iot-firmware-test"),
			Key: aws.String(fleet.FirmwareKey(pkg, version))}}})
	w.must(err)
}

func (w *world) pkg(pkg string, versions ...string) {
	w.t.Helper()
	_, err := w.IoT.CreatePackage(w.t.Context(), &iot.CreatePackageInput{PackageName: &pkg})
	w.must(err)
	for _, v := range versions {
		w.draft(pkg, v)
		_, err := w.IoT.UpdatePackageVersion(w.t.Context(), &iot.UpdatePackageVersionInput{PackageName: &pkg, VersionName: &v,
			Action: iottypes.PackageVersionActionPublish})
		w.must(err)
	}
}

func (w *world) role() {
	w.t.Helper()
	_, err := w.IAM.CreateRole(w.t.Context(), &iam.CreateRoleInput{RoleName: aws.String(fleet.JobsRole(w.Region, w.Account)), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	w.must(err)
}

func (w *world) prepare(in Input) Plan {
	w.t.Helper()
	p, err := Prepare(w.t.Context(), w.Cloud, in, event.Stage{Sink: &event.Recorder{}})
	w.must(err)
	return p
}

func (w *world) refused(in Input, field string, want fleet.Reason) *fleet.FieldError {
	w.t.Helper()
	_, err := Prepare(w.t.Context(), w.Cloud, in, event.Stage{Sink: &event.Recorder{}})
	fe, ok := fleet.AsFieldError(err)
	if !ok || fe.Field != field || fe.Reason != want {
		w.t.Fatalf("%+v: %v, want %s %s", in, err, field, want)
	}
	return fe
}

func with(set func(*Input)) Input {
	in := Defaults()
	set(&in)
	return in
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}

func TestDefaultsReachTheWholeFleet(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	w.group("DE_Fleet", nil, "foreign") // the name is ours, the group is not
	w.group("Depot", fleet.IoTTags())
	p := w.prepare(Defaults())
	expect(t, "targets", len(p.Targets), 2)
	expect(t, "members", p.Members, 4)
	expect(t, "first", p.Targets[0].Name, "CA_Fleet")
	expect(t, "members of the first", p.Targets[0].Members, 2)
	expect(t, "installs", p.Installs(), "SedanVehicle 1.10.0")
	expect(t, "lifetime", p.Request.PresignedURL.Expires, 3600)
	expect(t, "selection", p.Request.TargetSelection, "CONTINUOUS")
	expect(t, "warnings", fmt.Sprint(p.Warnings), fmt.Sprint([]Warning{{What: LastsForever}}))
	if !strings.Contains(p.Request.Description, "SedanVehicle 1.10.0 for CA_Fleet and 1 more") {
		t.Errorf("description %q", p.Request.Description)
	}
	for _, part := range []string{"aws iot create-job --job-id " + p.Request.JobID, "--target-selection CONTINUOUS", "roleArn", "--tags"} {
		if !strings.Contains(p.Command, part) {
			t.Errorf("%q is not in %s", part, p.Command)
		}
	}
	if !json.Valid([]byte(p.Document)) || p.Document != p.Request.Document {
		t.Errorf("document %s", p.Document)
	}
	if !strings.HasPrefix(p.Request.JobID, "fleetlab-ota-") {
		t.Errorf("id %s", p.Request.JobID)
	}
}

func TestRunCreatesWhatWasPlanned(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(with(func(in *Input) {
		in.Groups, in.Version, in.Selection, in.Expires, in.ID, in.Description = []string{"US_Fleet"}, "1.9.0", Snapshot, 300, "my-job", "first try"
	}))
	rec := &event.Recorder{}
	rep, err := Run(t.Context(), w.Cloud, p, event.Stage{Sink: rec})
	w.must(err)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "created", rep.Counts[Job][event.Created], 1)
	expect(t, "executions", rep.Executions, fleet.JobCounts{Queued: 3})
	expect(t, "arn", rep.ARN, w.ARN("job/my-job"))
	job, err := fleet.DescribeJob(t.Context(), w.Cloud, "my-job")
	w.must(err)
	expect(t, "description", aws.ToString(job.Description), "first try")
	expect(t, "selection", job.TargetSelection, iottypes.TargetSelectionSnapshot)
	expect(t, "lifetime", aws.ToInt64(job.PresignedUrlConfig.ExpiresInSec), 300)
	expect(t, "package", job.DestinationPackageVersions[0], w.ARN("package/SedanVehicle/version/1.9.0"))
	tags, err := fleet.ResourceTags(t.Context(), w.Cloud, rep.ARN)
	if err != nil || !fleet.Ours(tags) {
		t.Errorf("tags %v, %v", tags, err)
	}
	var kinds []string
	for _, e := range rec.Events() {
		expect(t, "workflow", e.Workflow, Workflow)
		kinds = append(kinds, string(e.Kind))
	}
	expect(t, "events", strings.Join(kinds, " "), "run-started step-started item step-ended run-ended")

	// The same plan again finds its job.
	rep, err = Run(t.Context(), w.Cloud, p, event.Stage{Sink: rec})
	w.must(err)
	expect(t, "second run", rep.Counts[Job][event.Exists], 1)
	expect(t, "status of the second run", rep.Status, event.Done)
}

func TestAnotherJobOfThatNameIsNotOurs(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(with(func(in *Input) { in.ID = "job" }))
	_, err := w.IoT.CreateJob(t.Context(), &iot.CreateJobInput{JobId: aws.String("job"), Targets: p.Request.Targets, Document: aws.String("{}")})
	w.must(err)
	rep, err := Run(t.Context(), w.Cloud, p, event.Stage{Sink: &event.Recorder{}})
	if !cloud.Is(err, cloud.Exists) {
		t.Errorf("error %v", err)
	}
	expect(t, "status", rep.Status, event.RunFailed)
	expect(t, "failed", rep.Failed(), 1)
}

func TestRunWithoutItsRoleFailsAtOnce(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(Defaults())
	_, err := w.IAM.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String(fleet.JobsRole(w.Region, w.Account))})
	w.must(err)
	rec := &event.Recorder{}
	rep, err := Run(t.Context(), w.Cloud, p, event.Stage{Sink: rec})
	if !cloud.Is(err, cloud.Invalid) || rep.Status != event.RunFailed {
		t.Errorf("%v, %s", err, rep.Status)
	}
	if slices.ContainsFunc(rec.Events(), func(e event.Event) bool { return e.Kind == event.Waiting }) {
		t.Error("waits for a role that does not exist")
	}
}

func TestStoppedRunCreatesNothing(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	p := w.prepare(Defaults())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	rep, err := Run(ctx, w.Cloud, p, event.Stage{Sink: &event.Recorder{}})
	w.must(err)
	expect(t, "status", rep.Status, event.Interrupted)
	_, err = fleet.DescribeJob(t.Context(), w.Cloud, p.Request.JobID)
	if !cloud.Is(err, cloud.NotFound) {
		t.Errorf("the job: %v", err)
	}
}

func TestPrepareRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.refused(Defaults(), FieldGroups, fleet.NothingToDo)
	w.group("US_Fleet", fleet.IoTTags(), "v1")
	fe := w.refused(with(func(in *Input) { in.Groups = []string{"US_Fleet", "XX"} }), FieldGroups, fleet.NotInCloud)
	expect(t, "item", fe.Args["item"], any("XX"))
	expect(t, "choices", fe.Args["choices"], any("US_Fleet"))
	w.refused(Defaults(), FieldPackage, fleet.NothingToDo)
	w.pkg("SedanVehicle")
	w.refused(with(func(in *Input) { in.Packages = []string{"Truck"} }), FieldPackage, fleet.NotInCloud)
	w.refused(Defaults(), FieldVersion, fleet.NothingToDo)
	w.draft("SedanVehicle", "1.0.0")
	w.refused(Defaults(), FieldVersion, fleet.NotPublished)
	fe = w.refused(with(func(in *Input) { in.Version = "1.0.0" }), FieldVersion, fleet.NotPublished)
	expect(t, "state", fe.Args["status"], any("DRAFT"))
	w.refused(with(func(in *Input) { in.Version = "3.0.0" }), FieldVersion, fleet.NotInCloud)
	w.pkg("Truck", "1.0.0")
	fe = w.refused(with(func(in *Input) { in.Packages = []string{"Truck"} }), FieldPackage, fleet.NothingToDo) // the role
	expect(t, "step", fe.Args["step"], any("provision"))
	w.role()
	in := with(func(in *Input) { in.Packages, in.ID = []string{"Truck"}, "job" })
	_, err := Run(t.Context(), w.Cloud, w.prepare(in), event.Stage{Sink: &event.Recorder{}})
	w.must(err)
	fe = w.refused(in, FieldID, fleet.TakenTry)
	expect(t, "a free one", fe.Args["free"], any("job-2"))
}

func TestMembersAreCountedPageByPage(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	var things []string
	for i := range 260 {
		things = append(things, fleet.ThingName("t", i+1))
	}
	w.group("MX_Fleet", fleet.IoTTags(), things...)
	w.group("GT_Fleet", fleet.IoTTags())
	var mu sync.Mutex
	got := map[string][]int{}
	finished := map[string]bool{}
	err := CountMembers(t.Context(), w.Cloud, []string{"MX_Fleet", "GT_Fleet"}, func(group string, n int, all bool) {
		mu.Lock()
		defer mu.Unlock()
		got[group] = append(got[group], n)
		finished[group] = all
	})
	w.must(err)
	expect(t, "counts", fmt.Sprint(got["MX_Fleet"]), "[250 260 260]")
	expect(t, "finished", finished["MX_Fleet"] && finished["GT_Fleet"], true)
	rec := &event.Recorder{}
	p, err := Prepare(t.Context(), w.Cloud, Defaults(), event.Stage{Sink: rec})
	w.must(err)
	expect(t, "members", p.Members, 264)
	if !slices.Contains(p.Warnings, Warning{What: NoMembers, Group: "GT_Fleet"}) {
		t.Errorf("warnings %v", p.Warnings)
	}
	most := 0
	for _, e := range rec.Events() {
		expect(t, "kind", e.Kind, event.Progress)
		most = max(most, e.Done)
	}
	expect(t, "progress", most, 264)
}

func TestOptions(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	w.group("Depot", fleet.IoTTags())
	o, err := Options(t.Context(), w.Cloud)
	w.must(err)
	expect(t, "role", o.RoleExists, true)
	var groups []string
	for _, g := range o.Groups {
		groups = append(groups, fmt.Sprint(g.Name, " ", g.Ours))
	}
	expect(t, "groups", strings.Join(groups, ","), "CA_Fleet true,Depot false,US_Fleet true")
	expect(t, "versions", fmt.Sprint(versionNames(o.Packages[0].Versions)), "[2.0.0 DRAFT 1.10.0 PUBLISHED 1.9.0 PUBLISHED]")
}

// A caller without iam:GetRole still sees what there is to choose from, and can plan a job with it.
func TestRoleThatMayNotBeLookedForIsNoObstacle(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	denied := middleware.FinalizeMiddlewareFunc("Deny", func(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (
		middleware.FinalizeOutput, middleware.Metadata, error) {
		if middleware.GetOperationName(ctx) == "GetRole" {
			return middleware.FinalizeOutput{}, middleware.Metadata{}, &smithy.GenericAPIError{Code: "AccessDenied", Message: "not authorized to perform iam:GetRole"}
		}
		return next.HandleFinalize(ctx, in)
	})
	w.IAM = iam.New(w.IAM.Options(), func(o *iam.Options) {
		o.APIOptions = append(o.APIOptions, func(s *middleware.Stack) error { return s.Finalize.Add(denied, middleware.Before) })
	})
	o, err := Options(t.Context(), w.Cloud)
	w.must(err)
	expect(t, "role", o.RoleExists, true)
	expect(t, "groups", len(o.Groups), 2)
	w.prepare(Defaults())
}

func versionNames(versions []Version) []string {
	var out []string
	for _, v := range versions {
		out = append(out, v.Name+" "+v.Status)
	}
	return out
}

// Before fleet indexing is on, nobody can say quickly which types a group holds.
func TestOtherTypesAreWarnedOf(t *testing.T) {
	t.Parallel()
	w := newFleet(t)
	for _, name := range []string{"SedanVehicle", "TruckVehicle"} {
		_, err := w.IoT.CreateThingType(t.Context(), &iot.CreateThingTypeInput{ThingTypeName: &name})
		w.must(err)
	}
	if p := w.prepare(Defaults()); !slices.Contains(p.Warnings, Warning{What: NotChecked, Type: "SedanVehicle"}) {
		t.Errorf("warnings without an index: %v", p.Warnings)
	}
	_, err := w.IoT.UpdateIndexingConfiguration(t.Context(), &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{ThingIndexingMode: iottypes.ThingIndexingModeRegistry}})
	w.must(err)
	for thing, kind := range map[string]string{"v1": "SedanVehicle", "v2": "TruckVehicle", "v3": "TruckVehicle", "v4": "SedanVehicle"} {
		_, err := w.IoT.UpdateThing(t.Context(), &iot.UpdateThingInput{ThingName: &thing, ThingTypeName: &kind})
		w.must(err)
	}
	p := w.prepare(Defaults())
	for group, n := range map[string]int{"US_Fleet": 2, "CA_Fleet": 1} {
		if !slices.Contains(p.Warnings, Warning{What: OtherType, Group: group, Type: "SedanVehicle", Count: n}) {
			t.Errorf("%s: warnings %v", group, p.Warnings)
		}
	}
}
