package wire_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	jobstypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"github.com/aws/smithy-go/document"
	smithymiddleware "github.com/aws/smithy-go/middleware"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"fleetlab/aws/sandbox/wire"
)

// same fails unless a handler got what a client sent, or the other way round.
func same(t *testing.T, want, got any) {
	t.Helper()
	if d := cmp.Diff(want, got, cmpopts.IgnoreTypes(document.NoSerde{}, smithymiddleware.Metadata{})); d != "" {
		t.Errorf("sent (-) and arrived (+):\n%s", d)
	}
}

// echo registers a handler that keeps its input and answers with out.
func echo[I, O any](service, operation string, got **I, out *O) func(*wire.Server) {
	return func(s *wire.Server) {
		wire.Handle(s, service, operation, func(_ context.Context, in *I) (*O, error) {
			*got = in
			return out, nil
		})
	}
}

func TestRoundTripOfAJob(t *testing.T) {
	t.Parallel()
	in := &iot.CreateJobInput{
		JobId: aws.String("j-1"), Targets: []string{"arn:aws:iot:us-east-1:000000000000:thinggroup/US_Fleet", "x"},
		Document: aws.String(`{"operation":"<ü> & \"quoted\""}`), TargetSelection: iottypes.TargetSelectionSnapshot,
		JobExecutionsRolloutConfig: &iottypes.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(50), ExponentialRate: &iottypes.ExponentialRolloutRate{
			BaseRatePerMinute: aws.Int32(5), IncrementFactor: aws.Float64(1.5), RateIncreaseCriteria: &iottypes.RateIncreaseCriteria{NumberOfNotifiedThings: aws.Int32(1)}}},
		AbortConfig: &iottypes.AbortConfig{CriteriaList: []iottypes.AbortCriteria{{Action: iottypes.AbortActionCancel,
			FailureType: iottypes.JobExecutionFailureTypeFailed, MinNumberOfExecutedThings: aws.Int32(10), ThresholdPercentage: aws.Float64(12.5)}}},
		TimeoutConfig:      &iottypes.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(60)},
		DocumentParameters: map[string]string{"a": "b"}, Tags: []iottypes.Tag{{Key: aws.String("k"), Value: aws.String("")}},
	}
	var got *iot.CreateJobInput
	out := &iot.CreateJobOutput{JobId: aws.String("j-1"), JobArn: aws.String("arn")}
	_, url := server(t, wire.Options{}, echo("iot", "CreateJob", &got, out))
	answer, err := iot.NewFromConfig(config(url)).CreateJob(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, got)
	same(t, out, answer)
}

// A missing map and an empty one mean different things to UpdateThing: one leaves the attributes, one wipes them.
func TestNilAndEmptyStayApart(t *testing.T) {
	t.Parallel()
	var got *iot.UpdateThingInput
	_, url := server(t, wire.Options{}, echo("iot", "UpdateThing", &got, &iot.UpdateThingOutput{}))
	c := iot.NewFromConfig(config(url))
	for _, attributes := range []map[string]string{nil, {}, {"a": ""}} {
		in := &iot.UpdateThingInput{ThingName: aws.String("a"), AttributePayload: &iottypes.AttributePayload{Attributes: attributes, Merge: true}}
		if _, err := c.UpdateThing(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		same(t, in, got)
	}
}

func TestTimesOfTheControlPlaneHaveMilliseconds(t *testing.T) {
	t.Parallel()
	at := time.UnixMilli(1486687079743).UTC()
	var got *iot.DescribeJobInput
	out := &iot.DescribeJobOutput{Job: &iottypes.Job{JobId: aws.String("j"), CreatedAt: &at, LastUpdatedAt: aws.Time(time.Unix(1486687080, 0).UTC()),
		PresignedUrlConfig: &iottypes.PresignedUrlConfig{}, Targets: []string{}, JobProcessDetails: &iottypes.JobProcessDetails{NumberOfQueuedThings: aws.Int32(0)}}}
	_, url := server(t, wire.Options{}, echo("iot", "DescribeJob", &got, out))
	answer, err := iot.NewFromConfig(config(url)).DescribeJob(t.Context(), &iot.DescribeJobInput{JobId: aws.String("j")})
	if err != nil {
		t.Fatal(err)
	}
	same(t, out, answer)
	if body := answerBody(t, url, "iot", "/jobs/j"); body != `{"job":{"createdAt":1486687079.743,"jobId":"j","jobProcessDetails":{"numberOfQueuedThings":0},`+
		`"lastUpdatedAt":1486687080,"presignedUrlConfig":{},"targets":[]}}` {
		t.Errorf("on the wire: %s", body)
	}
}

// answerBody is what a signed GET returns.
func answerBody(t *testing.T, base, service, path string) string {
	t.Helper()
	r := signed(t, service, http.MethodGet, base+path, "", time.Now())
	r.RequestURI = ""
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	if id := resp.Header.Get("X-Amzn-Requestid"); len(id) != 36 || resp.Header.Get("Date") == "" || resp.Header.Get("Content-Type") != "application/json" {
		t.Errorf("headers: %v", resp.Header)
	}
	return string(b)
}

func TestNumbersOfTheDataPlaneAreWhole(t *testing.T) {
	t.Parallel()
	var got *iotjobsdataplane.StartNextPendingJobExecutionInput
	out := &iotjobsdataplane.StartNextPendingJobExecutionOutput{Execution: &jobstypes.JobExecution{JobId: aws.String("j"), QueuedAt: 1700000000,
		StartedAt: aws.Int64(1700000001), Status: jobstypes.JobExecutionStatusInProgress, StatusDetails: map[string]string{"z": "1", "a": "2"}}}
	_, url := server(t, wire.Options{}, echo("iot-jobs-data", "StartNextPendingJobExecution", &got, out))
	in := &iotjobsdataplane.StartNextPendingJobExecutionInput{ThingName: aws.String("a:b"), StatusDetails: map[string]string{"step": "1"}, StepTimeoutInMinutes: aws.Int64(5)}
	answer, err := iotjobsdataplane.NewFromConfig(config(url)).StartNextPendingJobExecution(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, got)
	same(t, out, answer)
}

func TestPayloadsAreTheBody(t *testing.T) {
	t.Parallel()
	var got *iotdataplane.UpdateThingShadowInput
	const document = "{\"state\" : {\"reported\":{\"x\":1.0}}}\n"
	_, url := server(t, wire.Options{}, echo("iot-data", "UpdateThingShadow", &got, &iotdataplane.UpdateThingShadowOutput{Payload: []byte(document)}))
	in := &iotdataplane.UpdateThingShadowInput{ThingName: aws.String("a"), ShadowName: aws.String("$package"), Payload: []byte(document)}
	answer, err := iotdataplane.NewFromConfig(config(url)).UpdateThingShadow(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, got)
	if string(answer.Payload) != document {
		t.Errorf("payload = %q", answer.Payload)
	}
}

func TestHeadersBlobsAndStatus(t *testing.T) {
	t.Parallel()
	var attach *iot.AttachThingPrincipalInput
	var command *iot.CreateCommandInput
	var remove *iot.DeleteCommandInput
	_, url := server(t, wire.Options{}, func(s *wire.Server) {
		echo("iot", "AttachThingPrincipal", &attach, &iot.AttachThingPrincipalOutput{})(s)
		echo("iot", "CreateCommand", &command, &iot.CreateCommandOutput{})(s)
		echo("iot", "DeleteCommand", &remove, &iot.DeleteCommandOutput{StatusCode: 202})(s)
	})
	c := iot.NewFromConfig(config(url))
	in := &iot.AttachThingPrincipalInput{ThingName: aws.String("a"), Principal: aws.String("arn:p"), ThingPrincipalType: iottypes.ThingPrincipalTypeExclusiveThing}
	if _, err := c.AttachThingPrincipal(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	same(t, in, attach)
	create := &iot.CreateCommandInput{CommandId: aws.String("c"), Payload: &iottypes.CommandPayload{Content: []byte{0, 255, '"'}}}
	if _, err := c.CreateCommand(t.Context(), create); err != nil {
		t.Fatal(err)
	}
	same(t, create, command)
	out, err := c.DeleteCommand(t.Context(), &iot.DeleteCommandInput{CommandId: aws.String("c")})
	if err != nil {
		t.Fatal(err)
	}
	if out.StatusCode != 202 {
		t.Errorf("status code = %v", out.StatusCode)
	}
}

func TestRoundTripOfAForm(t *testing.T) {
	t.Parallel()
	in := &iam.CreateRoleInput{RoleName: aws.String("r"), Path: aws.String("/a/"), AssumeRolePolicyDocument: aws.String(`{"a":"&=+ <b>"}`),
		MaxSessionDuration: aws.Int32(7200)}
	for i := range 12 { // more than nine: their order is not that of their names
		in.Tags = append(in.Tags, iamtypes.Tag{Key: aws.String(strings.Repeat("k", i+1)), Value: aws.String("ü + =")})
	}
	at := time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)
	out := &iam.CreateRoleOutput{Role: &iamtypes.Role{RoleName: aws.String("r"), Arn: aws.String("<&>\"'"), CreateDate: &at, Path: aws.String("/a/"),
		RoleId: aws.String("AROA"), MaxSessionDuration: aws.Int32(7200), Tags: in.Tags, AssumeRolePolicyDocument: aws.String("\r\n\t")}}
	var got *iam.CreateRoleInput
	_, url := server(t, wire.Options{}, echo("iam", "CreateRole", &got, out))
	answer, err := iam.NewFromConfig(config(url)).CreateRole(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	same(t, in, got)
	same(t, out, answer)
}
