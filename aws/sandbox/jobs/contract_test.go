package jobs_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	datatypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/sandboxtest"
)

// cloud is the real SDK's clients against a sandbox of the test's own.
type cloud struct {
	iot    *iot.Client
	jobs   *data.Client
	shadow *iotdataplane.Client
	s3     *s3.Client
	iam    *iam.Client
}

func start(t *testing.T) *cloud {
	cfg := sandboxtest.Config(sandboxtest.Start(t))
	return &cloud{iot: iot.NewFromConfig(cfg), jobs: data.NewFromConfig(cfg), shadow: iotdataplane.NewFromConfig(cfg),
		iam: iam.NewFromConfig(cfg), s3: s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })}
}

// ok returns a function that fails the test on an error and otherwise gives the output.
func ok[O any](t *testing.T) func(*O, error) *O {
	return func(out *O, err error) *O {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func refused(t *testing.T, err error, status int, code string) {
	t.Helper()
	var api smithy.APIError
	var resp *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &resp) {
		t.Errorf("got %v, want %d %s", err, status, code)
		return
	}
	if api.ErrorCode() != code || resp.HTTPStatusCode() != status || api.ErrorMessage() == "" {
		t.Errorf("got %d %s (%s), want %d %s with a message", resp.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage(), status, code)
	}
}

func arn(resource string) string { return "arn:aws:iot:us-east-1:" + realm.Account + ":" + resource }

// fleet makes things in a group and returns the group's ARN.
func (c *cloud) fleet(t *testing.T, group string, things ...string) string {
	t.Helper()
	ctx := t.Context()
	out := ok[iot.CreateThingGroupOutput](t)(c.iot.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: &group}))
	for _, name := range things {
		ok[iot.CreateThingOutput](t)(c.iot.CreateThing(ctx, &iot.CreateThingInput{ThingName: &name}))
		c.join(t, group, name)
	}
	return *out.ThingGroupArn
}

func (c *cloud) join(t *testing.T, group, thing string) {
	t.Helper()
	ok[iot.AddThingToThingGroupOutput](t)(c.iot.AddThingToThingGroup(t.Context(),
		&iot.AddThingToThingGroupInput{ThingGroupName: &group, ThingName: &thing}))
}

func (c *cloud) job(t *testing.T, id string, selection iottypes.TargetSelection, targets ...string) {
	t.Helper()
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(t.Context(), &iot.CreateJobInput{JobId: &id, Targets: targets,
		TargetSelection: selection, Document: aws.String(`{"operation":"reboot"}`)}))
}

func (c *cloud) describe(t *testing.T, id string) *iottypes.Job {
	t.Helper()
	return ok[iot.DescribeJobOutput](t)(c.iot.DescribeJob(t.Context(), &iot.DescribeJobInput{JobId: &id})).Job
}

const firmware = "not really firmware"

// firmwareBucket makes a versioned bucket with one object and returns the object's version.
func (c *cloud) firmwareBucket(t *testing.T) string {
	t.Helper()
	ctx, bucket := t.Context(), aws.String("firmware")
	ok[s3.CreateBucketOutput](t)(c.s3.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: bucket}))
	ok[s3.PutBucketVersioningOutput](t)(c.s3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}}))
	out := ok[s3.PutObjectOutput](t)(c.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("Sedan/1.1.0 a.zip"), Body: strings.NewReader(firmware)}))
	ok[s3.PutObjectOutput](t)(c.s3.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("Sedan/1.1.0 a.zip"), Body: strings.NewReader("newer")}))
	return *out.VersionId
}

// catalog publishes Sedan 1.1.0 and lets jobs report packages. It returns the role for presigned URLs.
func (c *cloud) catalog(t *testing.T, objectVersion string) string {
	t.Helper()
	ctx, pkg, version := t.Context(), aws.String("Sedan"), aws.String("1.1.0")
	const trust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`
	role := ok[iam.CreateRoleOutput](t)(c.iam.CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("JobsRole"), AssumeRolePolicyDocument: aws.String(trust)}))
	ok[iot.CreatePackageOutput](t)(c.iot.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: pkg}))
	ok[iot.CreatePackageVersionOutput](t)(c.iot.CreatePackageVersion(ctx, &iot.CreatePackageVersionInput{PackageName: pkg, VersionName: version,
		Attributes: map[string]string{"size": "2 KB"}, Artifact: &iottypes.PackageVersionArtifact{S3Location: &iottypes.S3Location{
			Bucket: aws.String("firmware"), Key: aws.String("Sedan/1.1.0 a.zip"), Version: &objectVersion}}}))
	ok[iot.UpdatePackageVersionOutput](t)(c.iot.UpdatePackageVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: pkg, VersionName: version,
		Action: iottypes.PackageVersionActionPublish}))
	ok[iot.UpdatePackageConfigurationOutput](t)(c.iot.UpdatePackageConfiguration(ctx, &iot.UpdatePackageConfigurationInput{
		VersionUpdateByJobsConfig: &iottypes.VersionUpdateByJobsConfig{Enabled: aws.Bool(true), RoleArn: role.Role.Arn}}))
	return *role.Role.Arn
}

// TestOverTheAirUpdate is the whole story: firmware in S3, a package, a job, a device that downloads and
// succeeds, and the shadow that says so.
func TestOverTheAirUpdate(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	role := c.catalog(t, c.firmwareBucket(t))
	group := c.fleet(t, "US_Fleet", "V1")
	const document = `{"ota":{"attributes":"${aws:iot:package:Sedan:version:1.1.0:attributes}","url":"${aws:iot:package:Sedan:version:1.1.0:artifact:s3-presigned-url}"}}`
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("ota"), Targets: []string{group}, Document: aws.String(document),
		DestinationPackageVersions: []string{arn("package/Sedan/version/1.1.0")},
		PresignedUrlConfig:         &iottypes.PresignedUrlConfig{RoleArn: &role, ExpiresInSec: aws.Int64(600)}}))
	x := ok[data.StartNextPendingJobExecutionOutput](t)(c.jobs.StartNextPendingJobExecution(ctx, &data.StartNextPendingJobExecutionInput{ThingName: aws.String("V1")})).Execution
	var got struct {
		OTA struct {
			Attributes map[string]string
			URL        string
		}
	}
	if err := json.Unmarshal([]byte(*x.JobDocument), &got); err != nil {
		t.Fatal(err)
	}
	if got.OTA.Attributes["size"] != "2 KB" {
		t.Errorf("attributes are %v", got.OTA.Attributes)
	}
	if body := download(t, got.OTA.URL); body != firmware {
		t.Errorf("downloaded %q, want the version that the package names, %q", body, firmware)
	}
	ok[data.UpdateJobExecutionOutput](t)(c.jobs.UpdateJobExecution(ctx, &data.UpdateJobExecutionInput{JobId: aws.String("ota"), ThingName: aws.String("V1"),
		Status: datatypes.JobExecutionStatusSucceeded, ExpectedVersion: aws.Int64(x.VersionNumber)}))
	if j := c.describe(t, "ota"); j.Status != iottypes.JobStatusCompleted || *j.JobProcessDetails.NumberOfSucceededThings != 1 || *j.JobProcessDetails.NumberOfQueuedThings != 0 {
		t.Errorf("job is %s with %+v", j.Status, j.JobProcessDetails)
	}
	shadow := ok[iotdataplane.GetThingShadowOutput](t)(c.shadow.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: aws.String("V1"), ShadowName: aws.String("$package")}))
	if !strings.Contains(string(shadow.Payload), `"Sedan":{"version":"1.1.0"}`) {
		t.Errorf("shadow is %s, want Sedan 1.1.0 in it", shadow.Payload)
	}
}

func download(t *testing.T, url string) string {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		t.Fatalf("GET %s: %s %s %v", url, resp.Status, body, err)
	}
	return string(body)
}

// TestErrorsOnTheWire checks each refusal's code and HTTP status on both planes.
func TestErrorsOnTheWire(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	c.job(t, "j", "", group)
	j, v1 := aws.String("j"), aws.String("V1")
	_, err := c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: j, Targets: []string{group}, Document: aws.String("{}")})
	refused(t, err, 409, "ResourceAlreadyExistsException")
	var exists *iottypes.ResourceAlreadyExistsException
	if !errors.As(err, &exists) || aws.ToString(exists.ResourceArn) != arn("job/j") || aws.ToString(exists.ResourceId) != "j" {
		t.Errorf("the error names %+v, want the job", exists)
	}
	_, err = c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("k"), Targets: []string{group}})
	refused(t, err, 400, "InvalidRequestException")
	_, err = c.iot.DescribeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("nothing")})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.DeleteJob(ctx, &iot.DeleteJobInput{JobId: j})
	refused(t, err, 409, "InvalidStateTransitionException")
	_, err = c.iot.CancelJobExecution(ctx, &iot.CancelJobExecutionInput{JobId: j, ThingName: v1, ExpectedVersion: aws.Int64(7)})
	refused(t, err, 409, "VersionConflictException")
	update := &data.UpdateJobExecutionInput{JobId: j, ThingName: v1, Status: datatypes.JobExecutionStatusSucceeded, ExpectedVersion: aws.Int64(7)}
	_, err = c.jobs.UpdateJobExecution(ctx, update)
	refused(t, err, 409, "InvalidStateTransitionException")
	update.ExpectedVersion = nil
	ok[data.UpdateJobExecutionOutput](t)(c.jobs.UpdateJobExecution(ctx, update))
	_, err = c.jobs.UpdateJobExecution(ctx, update)
	refused(t, err, 409, "InvalidStateTransitionException")
	update.Status = datatypes.JobExecutionStatusCanceled
	_, err = c.jobs.UpdateJobExecution(ctx, update)
	refused(t, err, 400, "InvalidRequestException")
	_, err = c.jobs.DescribeJobExecution(ctx, &data.DescribeJobExecutionInput{JobId: j, ThingName: v1})
	refused(t, err, 410, "TerminalStateException")
	_, err = c.jobs.GetPendingJobExecutions(ctx, &data.GetPendingJobExecutionsInput{ThingName: aws.String("nobody")})
	refused(t, err, 404, "ResourceNotFoundException")
	_, err = c.iot.CancelJob(ctx, &iot.CancelJobInput{JobId: j})
	refused(t, err, 400, "InvalidRequestException")
}

// TestShapesOnTheWire checks what both planes answer on the path that they share, and $next.
func TestShapesOnTheWire(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	next := &data.DescribeJobExecutionInput{JobId: aws.String("$next"), ThingName: aws.String("V1")}
	if out := ok[data.DescribeJobExecutionOutput](t)(c.jobs.DescribeJobExecution(ctx, next)); out.Execution != nil {
		t.Errorf("with nothing pending, $next is %+v", out.Execution)
	}
	c.job(t, "j", "", group)
	ok[data.UpdateJobExecutionOutput](t)(c.jobs.UpdateJobExecution(ctx, &data.UpdateJobExecutionInput{JobId: aws.String("j"), ThingName: aws.String("V1"),
		Status: datatypes.JobExecutionStatusInProgress, StatusDetails: map[string]string{"step": "2"}, StepTimeoutInMinutes: aws.Int64(5)}))
	device := ok[data.DescribeJobExecutionOutput](t)(c.jobs.DescribeJobExecution(ctx, next)).Execution
	operator := ok[iot.DescribeJobExecutionOutput](t)(c.iot.DescribeJobExecution(ctx, &iot.DescribeJobExecutionInput{JobId: aws.String("j"), ThingName: aws.String("V1")})).Execution
	if device.StatusDetails["step"] != "2" || operator.StatusDetails.DetailsMap["step"] != "2" {
		t.Errorf("details are %v and %v", device.StatusDetails, operator.StatusDetails)
	}
	if *device.ThingName != "V1" || *operator.ThingArn != arn("thing/V1") || *device.JobDocument != `{"operation":"reboot"}` {
		t.Errorf("device sees %+v, operator sees %+v", device, operator)
	}
	if device.QueuedAt != operator.QueuedAt.Unix() || *device.StartedAt != operator.StartedAt.Unix() || device.VersionNumber != 2 || *operator.ExecutionNumber != 1 {
		t.Errorf("device sees %+v, operator sees %+v", device, operator)
	}
	if left := device.ApproximateSecondsBeforeTimedOut; left == nil || *left < 1 || *left > 300 {
		t.Errorf("seconds left are %v, want those of a step of five minutes", left)
	}
	pending := ok[data.GetPendingJobExecutionsOutput](t)(c.jobs.GetPendingJobExecutions(ctx, &data.GetPendingJobExecutionsInput{ThingName: aws.String("V1")}))
	if len(pending.InProgressJobs) != 1 || len(pending.QueuedJobs) != 0 {
		t.Errorf("pending are %+v", pending)
	}
}

// TestRegistryMovesContinuousJobs checks that what happens to things and groups reaches their jobs.
func TestRegistryMovesContinuousJobs(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1", "V2")
	c.job(t, "cont", iottypes.TargetSelectionContinuous, group)
	c.job(t, "snap", iottypes.TargetSelectionSnapshot, group)
	for _, name := range []string{"V3", "V4"} {
		ok[iot.CreateThingOutput](t)(c.iot.CreateThing(ctx, &iot.CreateThingInput{ThingName: &name}))
		c.join(t, "G", name)
	}
	ok[iot.RemoveThingFromThingGroupOutput](t)(c.iot.RemoveThingFromThingGroup(ctx, &iot.RemoveThingFromThingGroupInput{ThingGroupName: aws.String("G"), ThingName: aws.String("V3")}))
	ok[iot.DeleteThingOutput](t)(c.iot.DeleteThing(ctx, &iot.DeleteThingInput{ThingName: aws.String("V1")}))
	check := func(id string, queued, removed int32) {
		t.Helper()
		if d := c.describe(t, id).JobProcessDetails; *d.NumberOfQueuedThings != queued || *d.NumberOfRemovedThings != removed {
			t.Errorf("%s has %d queued and %d removed, want %d and %d", id, *d.NumberOfQueuedThings, *d.NumberOfRemovedThings, queued, removed)
		}
	}
	check("cont", 2, 2)
	check("snap", 1, 1)
	ok[iot.DeleteThingGroupOutput](t)(c.iot.DeleteThingGroup(ctx, &iot.DeleteThingGroupInput{ThingGroupName: aws.String("G")}))
	check("cont", 0, 4)
	check("snap", 1, 1)
}

func TestListsOnTheWire(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	var things []string
	for i := range 25 {
		things = append(things, fmt.Sprintf("V%02d", i))
	}
	group := c.fleet(t, "G", things...)
	c.job(t, "j", "", group)
	c.job(t, "k", "", group)
	var got []string
	pages := iot.NewListJobExecutionsForJobPaginator(c.iot, &iot.ListJobExecutionsForJobInput{JobId: aws.String("j"),
		Status: iottypes.JobExecutionStatusQueued, MaxResults: aws.Int32(10)})
	for pages.HasMorePages() {
		for _, s := range ok[iot.ListJobExecutionsForJobOutput](t)(pages.NextPage(ctx)).ExecutionSummaries {
			got = append(got, strings.TrimPrefix(*s.ThingArn, arn("thing/")))
		}
	}
	if !slices.Equal(got, things) {
		t.Errorf("pages gave %q, want each thing once", got)
	}
	jobs := ok[iot.ListJobsOutput](t)(c.iot.ListJobs(ctx, &iot.ListJobsInput{Status: iottypes.JobStatusInProgress, ThingGroupName: aws.String("G")}))
	if len(jobs.Jobs) != 2 || *jobs.Jobs[0].JobArn != arn("job/k") || jobs.NextToken != nil {
		t.Errorf("jobs are %+v, want k and j", jobs.Jobs)
	}
	of := ok[iot.ListJobExecutionsForThingOutput](t)(c.iot.ListJobExecutionsForThing(ctx, &iot.ListJobExecutionsForThingInput{ThingName: aws.String("V07")}))
	if len(of.ExecutionSummaries) != 2 || *of.ExecutionSummaries[1].JobId != "j" {
		t.Errorf("executions of V07 are %+v", of.ExecutionSummaries)
	}
	_, err := c.iot.ListJobs(ctx, &iot.ListJobsInput{NextToken: aws.String("bad")})
	refused(t, err, 400, "InvalidRequestException")
}

func TestTagsOfJobs(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	out := ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("j"), Targets: []string{group}, Document: aws.String("{}"),
		Tags: []iottypes.Tag{{Key: aws.String("a"), Value: aws.String("1")}}}))
	ok[iot.TagResourceOutput](t)(c.iot.TagResource(ctx, &iot.TagResourceInput{ResourceArn: out.JobArn, Tags: []iottypes.Tag{{Key: aws.String("b"), Value: aws.String("2")}}}))
	tags := ok[iot.ListTagsForResourceOutput](t)(c.iot.ListTagsForResource(ctx, &iot.ListTagsForResourceInput{ResourceArn: out.JobArn})).Tags
	if len(tags) != 2 || *tags[0].Key != "a" || *tags[1].Value != "2" {
		t.Errorf("tags are %+v", tags)
	}
}
