package simulate

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

const (
	group  = "US_Fleet"
	pkg    = "SedanVehicle"
	bucket = "iot-firmware-test"
	key    = "firmware.zip"
)

// world is a small fleet in a sandbox of its own.
type world struct {
	*cloud.Cloud
	t        *testing.T
	firmware []byte
}

func newWorld(t *testing.T, things int, opts ...func(*sandbox.Options)) *world {
	t.Helper()
	s := sandboxtest.Start(t, opts...)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Download.CloseIdleConnections)
	w := &world{Cloud: c, t: t, firmware: bytes.Repeat([]byte("firmware"), 1000)}
	_, err = c.IoT.CreateThingGroup(t.Context(), &iot.CreateThingGroupInput{ThingGroupName: aws.String(group)})
	w.must(err)
	w.things(things)
	return w
}

func (w *world) must(errs ...error) {
	w.t.Helper()
	if err := errors.Join(errs...); err != nil {
		w.t.Fatal(err)
	}
}

// things makes the things of the group, several at once.
func (w *world) things(n int) {
	var wg sync.WaitGroup
	queue := make(chan string)
	for range 16 {
		wg.Go(func() {
			for name := range queue {
				_, err := w.IoT.CreateThing(w.t.Context(), &iot.CreateThingInput{ThingName: &name})
				_, err2 := w.IoT.AddThingToThingGroup(w.t.Context(), &iot.AddThingToThingGroupInput{ThingGroupName: aws.String(group), ThingName: &name})
				if err := errors.Join(err, err2); err != nil {
					w.t.Error(err)
				}
			}
		})
	}
	for i := range n {
		queue <- fleet.ThingName(fleet.DefaultPrefix, i+1)
	}
	close(queue)
	wg.Wait()
}

// release puts firmware into a bucket and publishes a version of the package whose digest is sum's.
func (w *world) release(version string, sum []byte) {
	w.t.Helper()
	ctx := w.t.Context()
	_, err := w.S3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String(bucket)})
	_, err2 := w.S3.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String(bucket), Key: aws.String(key), Body: bytes.NewReader(w.firmware)})
	_, err3 := w.IoT.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: aws.String(pkg)})
	_, err4 := w.IoT.CreatePackageVersion(ctx, &iot.CreatePackageVersionInput{PackageName: aws.String(pkg), VersionName: &version,
		Attributes: map[string]string{fleet.AttrSHA256: hex.EncodeToString(sum)},
		Artifact:   &iottypes.PackageVersionArtifact{S3Location: &iottypes.S3Location{Bucket: aws.String(bucket), Key: aws.String(key)}}})
	_, err5 := w.IoT.UpdatePackageVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: aws.String(pkg), VersionName: &version,
		Action: iottypes.PackageVersionActionPublish})
	_, err6 := w.IAM.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("JobsRole"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	w.must(err, err2, err3, err4, err5, err6)
}

// ota makes an over-the-air job of a new release.
func (w *world) ota(id string, change ...func(*iot.CreateJobInput)) {
	w.t.Helper()
	sum := sha256.Sum256(w.firmware)
	w.release("1.1.0", sum[:])
	w.otaOf(id, change...)
}

func (w *world) otaOf(id string, change ...func(*iot.CreateJobInput)) {
	w.t.Helper()
	in := &iot.CreateJobInput{JobId: &id, Targets: []string{w.ARN("thinggroup/" + group)},
		Document: aws.String(fleet.OTADocument(pkg, "1.1.0")), DestinationPackageVersions: []string{w.ARN("package/" + pkg + "/version/1.1.0")},
		PresignedUrlConfig: &iottypes.PresignedUrlConfig{RoleArn: aws.String(w.RoleARN("JobsRole")), ExpiresInSec: aws.Int64(3600)}}
	for _, c := range change {
		c(in)
	}
	_, err := w.IoT.CreateJob(w.t.Context(), in)
	w.must(err)
}

// custom makes a job without a download.
func (w *world) custom(id string, change ...func(*iot.CreateJobInput)) {
	w.t.Helper()
	in := &iot.CreateJobInput{JobId: &id, Targets: []string{w.ARN("thinggroup/" + group)}, Document: aws.String(`{"operation":"reboot"}`)}
	for _, c := range change {
		c(in)
	}
	_, err := w.IoT.CreateJob(w.t.Context(), in)
	w.must(err)
}

func continuous(in *iot.CreateJobInput) { in.TargetSelection = iottypes.TargetSelectionContinuous }

// play is a stage, and what was played on it.
func stage(sinks ...event.Sink) (event.Stage, *event.Recorder) {
	rec := &event.Recorder{}
	return event.Stage{Sink: append(event.Tee{rec}, sinks...)}, rec
}

// sinkFunc lets a test act on events.
type sinkFunc func(event.Event)

func (f sinkFunc) Emit(e event.Event) { f(e) }

func (w *world) prepare(in Input) Plan {
	w.t.Helper()
	st, _ := stage()
	p, err := Prepare(w.t.Context(), w.Cloud, in, st)
	w.must(err)
	return p
}

// run runs a plan that must not end with an error.
func (w *world) run(ctx context.Context, p Plan, sinks ...event.Sink) (Report, []event.Event) {
	w.t.Helper()
	st, rec := stage(sinks...)
	rep, err := Run(ctx, w.Cloud, p, st)
	w.must(err)
	return rep, rec.Events()
}

func (w *world) counts(job string) fleet.JobCounts {
	w.t.Helper()
	j, err := fleet.DescribeJob(w.t.Context(), w.Cloud, job)
	w.must(err)
	return fleet.CountsOf(j)
}

// execution is what the cloud holds of a thing's execution, with its details.
func (w *world) execution(job, thing string) (string, map[string]string) {
	w.t.Helper()
	out, err := w.IoT.DescribeJobExecution(w.t.Context(), &iot.DescribeJobExecutionInput{JobId: &job, ThingName: &thing})
	w.must(err)
	if out.Execution.StatusDetails == nil {
		return string(out.Execution.Status), nil
	}
	return string(out.Execution.Status), out.Execution.StatusDetails.DetailsMap
}

// all is an input for everything of a job at a rate, without a time of the devices' own.
func all(job string, rate int) Input {
	in := with(rate, fleet.DefaultSeed)
	in.Job, in.DeviceSpeed = job, Instant
	return in
}

func countEvents(events []event.Event, status event.Status) int {
	n := 0
	for _, e := range events {
		if e.Kind == event.Item && e.Status == status {
			n++
		}
	}
	return n
}

func expect[T comparable](t *testing.T, what string, got, want T) {
	t.Helper()
	if got != want {
		t.Errorf("%s: %s, want %s", what, fmt.Sprint(got), fmt.Sprint(want))
	}
}
