package provision_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

const trustIoT = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// Somebody else's types, groups and buckets are worked around and stay as they are.
func TestForeignResourcesAreUsedAndNotTagged(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	taken := fleet.BucketName(c.Region, c.Account)
	must(c.IoT.CreateThingType(ctx, &iot.CreateThingTypeInput{ThingTypeName: aws.String("SedanVehicle")}))(t)
	must(c.IoT.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("US_Fleet")}))(t)
	must(c.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: &taken}))(t)
	rep, events := provisionFleet(t, c, small(6))
	if rep.Status != event.Done {
		t.Fatalf("failures %q", failures(rep.Report))
	}
	for _, e := range events {
		foreign := e.Subject == "SedanVehicle" && e.Resource == provision.ThingType || e.Subject == "US_Fleet"
		if foreign != (e.Detail["foreign"] == "true") {
			t.Errorf("%s %s %s: detail %v", e.Resource, e.Subject, e.Status, e.Detail)
		}
		if e.Resource == provision.Bucket && e.Subject != taken+"-2" {
			t.Errorf("the bucket is %s", e.Subject)
		}
	}
	for _, arn := range []string{c.ARN("thingtype/SedanVehicle"), c.ARN("thinggroup/US_Fleet")} {
		if tags, err := fleet.ResourceTags(ctx, c, arn); err != nil || len(tags) > 0 {
			t.Errorf("%s was tagged: %v %v", arn, tags, err)
		}
	}
	if tags, err := fleet.BucketTags(ctx, c, taken); err != nil || len(tags) > 0 {
		t.Errorf("bucket %s was tagged: %v %v", taken, tags, err)
	}
	kept, err := fleet.LoadSettings(ctx, c, taken+"-2")
	if err != nil || !slices.Equal(kept.Seeds, []int64{fleet.DefaultSeed}) {
		t.Errorf("seeds kept: %v %v", kept.Seeds, err)
	}
}

// A foreign role is not touched; what needs it is left out, and the rest is made.
func TestForeignRoleStopsOnlyWhatNeedsIt(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	role := fleet.ConfigRole(c.Region, c.Account)
	must(c.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: &role, AssumeRolePolicyDocument: aws.String(trustIoT)}))(t)
	rep, events := provisionFleet(t, c, small(3))
	if rep.Status != event.Partial || rep.Failed() != 1 || rep.Failures[0].Fault.Class != fleet.ClassForeign {
		t.Fatalf("status %s, failures %q", rep.Status, failures(rep.Report))
	}
	if rep.Counts[provision.Thing][event.Created] != 3 || rep.Counts[provision.Configuration] != nil {
		t.Errorf("counts %v", rep.Counts)
	}
	skipped := slices.ContainsFunc(events, func(e event.Event) bool {
		return e.Kind == event.StepEnded && e.Step == provision.StepConfiguration && e.Status == event.Skipped && e.Detail["because"] == provision.StepRoles
	})
	if !skipped {
		t.Error("nobody said that the configuration was left out")
	}
	if out := must(c.IAM.ListRolePolicies(ctx, &iam.ListRolePoliciesInput{RoleName: &role}))(t); len(out.PolicyNames) > 0 {
		t.Errorf("the foreign role got policies %v", out.PolicyNames)
	}
}

// A thing that has one of our names and somebody else's type stays as it is, and is named with its remedy.
func TestForeignThingIsLeftAlone(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	name := fleet.ThingName(fleet.DefaultPrefix, 2)
	theirs := map[string]string{"owner": "somebody"}
	must(c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: &name, AttributePayload: &iottypes.AttributePayload{Attributes: theirs}}))(t)
	rep, _ := provisionFleet(t, c, small(3))
	if rep.Status != event.Partial || rep.Failed() != 1 || rep.Failures[0].Subject != name || rep.Failures[0].Fault.Class != fleet.ClassForeign {
		t.Fatalf("status %s, failures %q", rep.Status, failures(rep.Report))
	}
	out := must(c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: &name}))(t)
	if out.Attributes["owner"] != "somebody" || out.Version != 1 {
		t.Errorf("the foreign thing is now %v, version %d", out.Attributes, out.Version)
	}
}

// Fleet indexing is added to, and what it was is kept once and for all.
func TestIndexingIsKeptBeforeItIsChanged(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	must(c.IoT.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{
			ThingIndexingMode:       iottypes.ThingIndexingModeRegistry,
			NamedShadowIndexingMode: iottypes.NamedShadowIndexingModeOn,
			Filter:                  &iottypes.IndexingFilter{NamedShadowNames: []string{"theirs"}},
			CustomFields:            []iottypes.Field{{Name: aws.String("attributes.colour"), Type: iottypes.FieldTypeString}},
		}}))(t)
	before := fleet.IndexingNow(must(c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{}))(t))
	for range 2 {
		rep, _ := provisionFleet(t, c, small(3))
		if rep.Status != event.Done {
			t.Fatalf("failures %q", failures(rep.Report))
		}
		out := must(c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{}))(t)
		if now := fleet.IndexingNow(out); !now.Equal(before.Needed()) || len(out.ThingIndexingConfiguration.CustomFields) != 1 {
			t.Errorf("indexing is now %v, %v", now, out.ThingIndexingConfiguration.CustomFields)
		}
		kept, err := fleet.LoadSettings(ctx, c, fleet.BucketName(c.Region, c.Account))
		if err != nil || kept.Indexing == nil || !kept.Indexing.Equal(before) || kept.Packages == nil || kept.Packages.Enabled {
			t.Errorf("kept: %+v %v", kept, err)
		}
	}
}

// A published version whose firmware is gone cannot be mended by us, and must not pass for good.
func TestPublishedVersionWithoutFirmwareFails(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	in := small(3)
	provisionFleet(t, c, in)
	bucket, key := fleet.BucketName(c.Region, c.Account), fleet.FirmwareKey("SedanVehicle", "1.0.0")
	head := must(c.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key}))(t)
	must(c.S3.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: &bucket, Key: &key, VersionId: head.VersionId}))(t)
	rep, _ := provisionFleet(t, c, in)
	if rep.Status != event.Partial || rep.Failed() != 1 || rep.Failures[0].Subject != "SedanVehicle/1.0.0" || rep.Failures[0].Fault.Class != provision.ClassNoArtifact {
		t.Errorf("status %s, failures %q", rep.Status, failures(rep.Report))
	}
	if rep.Counts[provision.Firmware][event.Created] != 1 {
		t.Errorf("firmware %v", rep.Counts[provision.Firmware])
	}
}

// A draft, as an interrupted run leaves it, is completed and published.
func TestDraftIsCompletedAndPublished(t *testing.T) {
	t.Parallel()
	c, ctx := connect(t), t.Context()
	pkg, version := aws.String("SedanVehicle"), aws.String("1.0.0")
	must(c.IoT.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: pkg, Tags: fleet.Tags()}))(t)
	must(c.IoT.CreatePackageVersion(ctx, &iot.CreatePackageVersionInput{PackageName: pkg, VersionName: version, Tags: fleet.Tags()}))(t)
	rep, _ := provisionFleet(t, c, small(3))
	if rep.Status != event.Done || rep.Counts[provision.Version][event.Repaired] != 1 {
		t.Fatalf("versions %v, failures %q", rep.Counts[provision.Version], failures(rep.Report))
	}
	out := must(c.IoT.GetPackageVersion(ctx, &iot.GetPackageVersionInput{PackageName: pkg, VersionName: version}))(t)
	if out.Status != iottypes.PackageVersionStatusPublished || out.Attributes[fleet.AttrSHA256] == "" || out.Artifact == nil {
		t.Errorf("the version is %s %v %v", out.Status, out.Attributes, out.Artifact)
	}
}
