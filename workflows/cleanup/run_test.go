package cleanup_test

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

const trustIoT = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

var errStop = errors.New("a person stopped the run")

// stopper ends a run when an event comes up.
type stopper struct {
	when func(event.Event) bool
	stop context.CancelCauseFunc
}

func (s stopper) Emit(e event.Event) {
	if s.when(e) {
		s.stop(errStop)
	}
}

// strangers makes one foreign resource of every kind, named as ours could be, and returns what tells that they are there.
func strangers(t *testing.T, c *cloud.Cloud) map[string]func() error {
	t.Helper()
	ctx := t.Context()
	thing, bucket, key := fleet.ThingName(fleet.DefaultPrefix, 500), fleet.BucketPrefix(c.Region)+"theirs", aws.String("firmware.zip")
	plain := fleet.ThingName(fleet.DefaultPrefix, 501)
	kind, group, pkg, jobID := aws.String("TheirVehicle"), aws.String("DE_Fleet"), aws.String("TheirPackage"), aws.String("fleetlab-ota-theirs")
	version, role := aws.String("1.0.0"), aws.String("IoTJobsRole-theirs")
	must(c.IoT.CreateThingType(ctx, &iot.CreateThingTypeInput{ThingTypeName: kind}))(t)
	must(c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: &thing, ThingTypeName: kind}))(t)
	must(c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: &plain}))(t)
	must(c.Data.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: &thing, Payload: []byte(`{"state":{"reported":{"a":1}}}`)}))(t)
	must(c.IoT.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: group}))(t)
	must(c.IoT.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: pkg}))(t)
	must(c.IoT.CreatePackageVersion(ctx, &iot.CreatePackageVersionInput{PackageName: pkg, VersionName: version}))(t)
	must(c.IoT.CreateJob(ctx, &iot.CreateJobInput{JobId: jobID, Targets: []string{c.ARN("thing/" + thing)}, Document: aws.String("{}")}))(t)
	must(c.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &bucket}))(t)
	must(c.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: &bucket, Key: key, Body: bytes.NewReader([]byte("theirs"))}))(t)
	must(c.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: role, AssumeRolePolicyDocument: aws.String(trustIoT)}))(t)
	return map[string]func() error{
		cleanup.Thing: func() error {
			_, err := c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: &thing})
			_, other := c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: &plain})
			_, shadow := c.Data.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: &thing})
			return errors.Join(err, other, shadow)
		},
		cleanup.ThingType: func() error {
			out, err := c.IoT.DescribeThingType(ctx, &iot.DescribeThingTypeInput{ThingTypeName: kind})
			if err == nil && out.ThingTypeMetadata.Deprecated {
				return errors.New("it is deprecated")
			}
			return err
		},
		cleanup.Group: func() error {
			_, err := c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: group})
			return err
		},
		cleanup.Version: func() error {
			_, err := c.IoT.GetPackageVersion(ctx, &iot.GetPackageVersionInput{PackageName: pkg, VersionName: version})
			return err
		},
		cleanup.Job: func() error {
			out, err := c.IoT.DescribeJob(ctx, &iot.DescribeJobInput{JobId: jobID})
			if err == nil && out.Job.Status != iottypes.JobStatusInProgress {
				return errors.New("it is " + string(out.Job.Status))
			}
			return err
		},
		cleanup.Bucket: func() error {
			_, err := c.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: key})
			return err
		},
		cleanup.Role: func() error {
			_, err := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: role})
			return err
		},
	}
}

func TestStrangersSurvive(t *testing.T) {
	t.Parallel()
	c := connect(t, fast)
	settle(t, c, 4)
	there := strangers(t, c)
	job(t, c, "theirs-too", false)
	template(t, c, "theirs", false)
	rep, _ := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Done || len(rep.Left) > 0 {
		t.Fatalf("status %s, left %v, failures %q", rep.Status, rep.Left, failures(rep))
	}
	for kind, look := range there {
		if err := look(); err != nil {
			t.Errorf("the foreign %s: %v", kind, err)
		}
	}
	for kind, n := range map[string]int{cleanup.Thing: 2, cleanup.ThingType: 1, cleanup.Group: 1, cleanup.Package: 1, cleanup.Version: 1, cleanup.Job: 2, cleanup.JobTemplate: 1, cleanup.Bucket: 1} {
		if rep.Foreign[kind].Count != n {
			t.Errorf("%s: %+v, want %d foreign", kind, rep.Foreign[kind], n)
		}
	}
}

// Another prefix's vehicles are not part of the run, and the types that they use stay usable.
func TestOtherPrefixStays(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t, fast), t.Context()
	settle(t, c, 3)
	other := aws.String("Bus-001")
	must(c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: other, ThingTypeName: aws.String("SedanVehicle")}))(t)
	rep, _ := clean(t, c, cleanup.Defaults())
	want := []cleanup.Left{{Resource: cleanup.ThingType, Name: "SedanVehicle", Reason: cleanup.ReasonInUse}}
	if rep.Status != event.Done || !slices.Equal(rep.Left, want) || rep.Counts[cleanup.ThingType][event.Kept] != 1 {
		t.Fatalf("status %s, left %v, counts %v, failures %q", rep.Status, rep.Left, rep.Counts, failures(rep))
	}
	out := must(c.IoT.DescribeThingType(ctx, &iot.DescribeThingTypeInput{ThingTypeName: aws.String("SedanVehicle")}))(t)
	if out.ThingTypeMetadata.Deprecated {
		t.Error("the type that stays is deprecated")
	}
	must(c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: other}))(t)
}

// Vehicles that had to take somebody else's thing type are told by their customer id.
func TestVehiclesOfAForeignTypeGo(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t, fast), t.Context()
	must(c.IoT.CreateThingType(ctx, &iot.CreateThingTypeInput{ThingTypeName: aws.String("SedanVehicle")}))(t)
	settle(t, c, 6)
	theirs := aws.String(fleet.ThingName(fleet.DefaultPrefix, 7))
	must(c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: theirs, ThingTypeName: aws.String("SedanVehicle")}))(t)
	rep, _ := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Done || rep.Counts[cleanup.Thing][event.Deleted] != 6 || len(rep.Left) > 0 {
		t.Fatalf("status %s, things %v, left %v, failures %q", rep.Status, rep.Counts[cleanup.Thing], rep.Left, failures(rep))
	}
	must(c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: theirs}))(t)
}

func TestSettingsArePutBack(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t, fast), t.Context()
	theirRole := aws.String("their-role")
	must(c.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: theirRole, AssumeRolePolicyDocument: aws.String(trustIoT)}))(t)
	must(c.IoT.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{
		ThingIndexingMode: iottypes.ThingIndexingModeRegistry, ThingConnectivityIndexingMode: iottypes.ThingConnectivityIndexingModeStatus}}))(t)
	must(c.IoT.UpdatePackageConfiguration(ctx, &iot.UpdatePackageConfigurationInput{VersionUpdateByJobsConfig: &iottypes.VersionUpdateByJobsConfig{
		Enabled: aws.Bool(true), RoleArn: aws.String(c.RoleARN(*theirRole))}}))(t)
	read := func() (fleet.IndexingSettings, fleet.PackageSettings) {
		index := must(c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{}))(t)
		packages := must(c.IoT.GetPackageConfiguration(ctx, &iot.GetPackageConfigurationInput{}))(t)
		return fleet.IndexingNow(index), fleet.PackagesNow(packages)
	}
	index, packages := read()
	settle(t, c, 3)
	settle(t, c, 3)
	if nowIndex, nowPackages := read(); nowIndex.Equal(index) || nowPackages == packages {
		t.Fatal("provisioning changed no setting")
	}
	rep, _ := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Done || rep.Counts[cleanup.Indexing][event.Restored] != 1 || rep.Counts[cleanup.Configuration][event.Restored] != 1 {
		t.Fatalf("status %s, counts %v, failures %q", rep.Status, rep.Counts, failures(rep))
	}
	if nowIndex, nowPackages := read(); !nowIndex.Equal(index) || nowPackages != packages {
		t.Errorf("now %v and %v, before %v and %v", nowIndex, nowPackages, index, packages)
	}
}

// Settings that provisioning found good are not its own, and stay.
func TestIndexingThatWasOnStaysOn(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t, fast), t.Context()
	out := must(c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{}))(t)
	must(c.IoT.UpdateIndexingConfiguration(ctx, fleet.IndexingNow(out).Needed().Change(out)))(t)
	settle(t, c, 3)
	rep, _ := clean(t, c, cleanup.Defaults())
	now := fleet.IndexingNow(must(c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{}))(t))
	if rep.Status != event.Done || !now.Equal(now.Needed()) {
		t.Errorf("status %s, indexing is now %v", rep.Status, now)
	}
}

func TestPrincipalsAreDetached(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	settle(t, c, 3)
	thing := aws.String(fleet.ThingName(fleet.DefaultPrefix, 2))
	principal := must(c.IoT.CreateKeysAndCertificate(ctx, &iot.CreateKeysAndCertificateInput{}))(t).CertificateArn
	must(c.IoT.AttachThingPrincipal(ctx, &iot.AttachThingPrincipalInput{ThingName: thing, Principal: principal}))(t)
	rep, events := clean(t, c, cleanup.Input{Scope: cleanup.Things, Prefix: fleet.DefaultPrefix})
	if rep.Status != event.Done || rep.Counts[cleanup.Thing][event.Deleted] != 3 {
		t.Fatalf("status %s, counts %v, failures %q", rep.Status, rep.Counts, failures(rep))
	}
	for _, e := range events {
		if e.Kind == event.Item && (e.Detail["detached"] == "1") != (e.Subject == *thing) || e.Kind == event.Item && e.Detail["shadows"] != "2" {
			t.Errorf("%s: detail %v", e.Subject, e.Detail)
		}
	}
}

// Parents go after their children, and one whose child is not ours stays.
func TestGroupsGoChildrenFirst(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	make := func(name, parent string, tags []iottypes.Tag) {
		in := &iot.CreateThingGroupInput{ThingGroupName: &name, Tags: tags}
		if parent != "" {
			in.ParentGroupName = &parent
		}
		must(c.IoT.CreateThingGroup(ctx, in))(t)
	}
	make("A", "", fleet.IoTTags())
	make("B", "A", fleet.IoTTags())
	make("C", "B", fleet.IoTTags())
	make("P", "", fleet.IoTTags())
	make("Theirs", "P", nil)
	rep, _ := clean(t, c, cleanup.Input{Scope: cleanup.Groups, Prefix: fleet.DefaultPrefix})
	want := []cleanup.Left{{Resource: cleanup.Group, Name: "P", Reason: cleanup.ReasonInUse}}
	if rep.Status != event.Done || rep.Counts[cleanup.Group][event.Deleted] != 3 || !slices.Equal(rep.Left, want) {
		t.Errorf("status %s, counts %v, left %v, failures %q", rep.Status, rep.Counts, rep.Left, failures(rep))
	}
}

// A dynamic group of ours goes, a foreign one stays, and with it the index that it needs.
func TestDynamicGroups(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t, fast), t.Context()
	settle(t, c, 3)
	for name, tags := range map[string][]iottypes.Tag{"OurDynamic": fleet.IoTTags(), "TheirDynamic": nil} {
		must(c.IoT.CreateDynamicThingGroup(ctx, &iot.CreateDynamicThingGroupInput{ThingGroupName: &name, QueryString: aws.String("thingName:*"), Tags: tags}))(t)
	}
	rep, _ := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Done || rep.Counts[cleanup.DynamicGroup][event.Deleted] != 1 || rep.Counts[cleanup.Indexing][event.Kept] != 1 {
		t.Fatalf("status %s, counts %v, left %v, failures %q", rep.Status, rep.Counts, rep.Left, failures(rep))
	}
	must(c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: aws.String("TheirDynamic")}))(t)
	var gone *iottypes.ResourceNotFoundException
	if _, err := c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: aws.String("OurDynamic")}); !errors.As(err, &gone) {
		t.Errorf("our dynamic group: %v", err)
	}
	if now := fleet.IndexingNow(must(c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{}))(t)); now.Things == iottypes.ThingIndexingModeOff {
		t.Error("the index that their dynamic group needs is off")
	}
}

func TestStoppedCleanupIsResumed(t *testing.T) {
	t.Parallel()
	c := connect(t, fast)
	settle(t, c, 60)
	job(t, c, "ours", true)
	for _, kind := range []string{cleanup.Job, cleanup.Thing, cleanup.Version, cleanup.Configuration, cleanup.Bucket} {
		plan := prepare(t, c, cleanup.Defaults())
		ctx, stop := context.WithCancelCause(t.Context())
		s := stopper{stop: stop, when: func(e event.Event) bool { return e.Kind == event.Item && e.Resource == kind }}
		rep, err := cleanup.Run(ctx, c, plan, event.Stage{Sink: s})
		stop(nil)
		if err != nil || rep.Status != event.Interrupted || rep.Failed() > 0 || rep.Looked {
			t.Fatalf("stopped at a %s: %s, failures %q, error %v", kind, rep.Status, failures(rep), err)
		}
		if !slices.ContainsFunc(rep.Left, func(l cleanup.Left) bool { return l.Reason == cleanup.ReasonNotReached }) {
			t.Errorf("stopped at a %s: left %v", kind, rep.Left)
		}
	}
	rep, _ := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Done || len(rep.Left) > 0 {
		t.Errorf("status %s, left %v, failures %q", rep.Status, rep.Left, failures(rep))
	}
	if now := fleet.IndexingNow(must(c.IoT.GetIndexingConfiguration(t.Context(), &iot.GetIndexingConfigurationInput{}))(t)); now.Things != iottypes.ThingIndexingModeOff {
		t.Errorf("indexing is still %v", now)
	}
}

// What went away by itself between plan and run is no failure.
func TestGoneIsFine(t *testing.T) {
	t.Parallel()
	c := connect(t, fast)
	settle(t, c, 3)
	plan := prepare(t, c, cleanup.Defaults())
	clean(t, c, cleanup.Defaults())
	rep := must(cleanup.Run(t.Context(), c, plan, event.Stage{Sink: &event.Recorder{}}))(t)
	if rep.Status != event.Done || rep.Failed() > 0 || rep.Counts[cleanup.ThingType][event.Gone] != 3 {
		t.Errorf("status %s, counts %v, failures %q", rep.Status, rep.Counts, failures(rep))
	}
}

// The wait for thing types is told, and ends at once when the run is stopped.
func TestWaitForThingTypesIsToldAndStops(t *testing.T) {
	t.Parallel()
	c := connect(t) // at the wall clock's speed
	settle(t, c, 3)
	plan := prepare(t, c, cleanup.Defaults())
	ctx, stop := context.WithCancelCause(t.Context())
	defer stop(nil)
	told := 0.0
	s := stopper{stop: stop, when: func(e event.Event) bool {
		if e.Kind == event.Waiting && e.Status == cleanup.WaitTypes {
			told = e.Seconds
			return true
		}
		return false
	}}
	rep, err := cleanup.Run(ctx, c, plan, event.Stage{Sink: s})
	if err != nil || rep.Status != event.Interrupted || told < 200 || told > 300 {
		t.Errorf("status %s, %v seconds told, error %v", rep.Status, told, err)
	}
	again := prepare(t, c, cleanup.Defaults())
	if again.Count(cleanup.ThingType) != 3 || again.Total() != 3 || again.Items[cleanup.ThingType][0].State != cleanup.Deprecated {
		t.Errorf("what is left: %v", again.Items)
	}
}

// What cannot be listed does not keep the rest from going, and the run is not called a success.
func TestRecordThatCannotBeReadKeepsItsBucket(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t, fast), t.Context()
	settle(t, c, 3)
	bucket := aws.String(fleet.BucketName(c.Region, c.Account))
	must(c.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(fleet.SettingsKey), Body: bytes.NewReader([]byte("{"))}))(t)
	rep, _ := clean(t, c, cleanup.Defaults())
	if rep.Status != event.Partial || rep.Counts[cleanup.Thing][event.Deleted] != 3 || rep.Counts[cleanup.ThingType][event.Deleted] != 3 {
		t.Fatalf("status %s, counts %v, failures %q", rep.Status, rep.Counts, failures(rep))
	}
	must(c.S3.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: bucket}))(t)
	must(c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: aws.String(fleet.ConfigRole(c.Region, c.Account))}))(t)
}
