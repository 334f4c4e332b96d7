package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/wire"
)

func TestHandlersErrors(t *testing.T) {
	t.Parallel()
	var fails func() error
	_, url := server(t, wire.Options{}, func(s *wire.Server) {
		wire.Handle(s, "iot", "CreateThing", func(context.Context, *iot.CreateThingInput) (*iot.CreateThingOutput, error) {
			return nil, fails()
		})
		wire.Handle(s, "iot", "GetPackage", func(context.Context, *iot.GetPackageInput) (*iot.GetPackageOutput, error) { return nil, fails() })
		wire.Handle(s, "iam", "GetRole", func(context.Context, *iam.GetRoleInput) (*iam.GetRoleOutput, error) { return nil, fails() })
	})
	cfg := config(url)
	create := func() error {
		_, err := iot.NewFromConfig(cfg).CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String("a")})
		return err
	}
	get := func() error {
		_, err := iot.NewFromConfig(cfg).GetPackage(t.Context(), &iot.GetPackageInput{PackageName: aws.String("a")})
		return err
	}
	role := func() error {
		_, err := iam.NewFromConfig(cfg).GetRole(t.Context(), &iam.GetRoleInput{RoleName: aws.String("a")})
		return err
	}
	cases := []struct {
		fails  func() error
		call   func() error
		code   string
		status int
	}{
		{func() error { return &iottypes.ResourceNotFoundException{} }, create, "ResourceNotFoundException", 404},
		{func() error { return fmt.Errorf("wrapped: %w", &iottypes.LimitExceededException{}) }, create, "LimitExceededException", 410},
		{func() error { return &smithy.GenericAPIError{Code: "OddException"} }, create, "OddException", 400},
		{func() error { return errors.New("disk") }, create, "InternalFailureException", 500},
		{func() error { return errors.New("disk") }, get, "InternalServerException", 500},
		{func() error { return errors.New("disk") }, role, "ServiceFailure", 500},
		{func() error { panic("boom") }, create, "InternalFailureException", 500},
		{func() error { return &iamtypes.NoSuchEntityException{} }, role, "NoSuchEntity", 404},
	}
	for _, c := range cases {
		fails = c.fails
		wantCode(t, c.call(), c.code, c.status)
	}
}

func TestErrorsKeepTheirMembers(t *testing.T) {
	t.Parallel()
	want := &iottypes.ResourceAlreadyExistsException{Message: aws.String("it's <there>"), ResourceId: aws.String("a"), ResourceArn: aws.String("arn:a")}
	_, url := server(t, wire.Options{}, func(s *wire.Server) {
		wire.Handle(s, "iot", "CreateThing", func(context.Context, *iot.CreateThingInput) (*iot.CreateThingOutput, error) { return nil, want })
	})
	_, err := iot.NewFromConfig(config(url)).CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String("a")})
	var got *iottypes.ResourceAlreadyExistsException
	if !errors.As(err, &got) {
		t.Fatal(err)
	}
	same(t, want, got)
}

func TestWhatTheSandboxLacks(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, nil)
	_, err := iot.NewFromConfig(config(url)).ListThings(t.Context(), nil)
	wantCode(t, err, "InvalidRequestException", 400)
	_, err = iot.NewFromConfig(config(url)).ListPackages(t.Context(), nil)
	wantCode(t, err, "ValidationException", 400)
	_, err = iot.NewFromConfig(config(url)).ListAuditTasks(t.Context(), &iot.ListAuditTasksInput{StartTime: aws.Time(time.Now()), EndTime: aws.Time(time.Now())})
	wantCode(t, err, "UnknownOperationException", 404)
	_, err = iam.NewFromConfig(config(url)).ListRoles(t.Context(), nil)
	wantCode(t, err, "ValidationError", 400)
	_, err = iam.NewFromConfig(config(url)).ListUsers(t.Context(), nil)
	wantCode(t, err, "InvalidAction", 400)
	_, err = s3.NewFromConfig(config(url)).ListBuckets(t.Context(), nil)
	wantCode(t, err, "UnknownOperationException", 404)
}

func TestMountedHandlerMayPanic(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, func(s *wire.Server) {
		s.Mount("s3", http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("boom") }))
	})
	_, err := s3.NewFromConfig(config(url)).ListBuckets(t.Context(), nil)
	wantCode(t, err, "InternalError", 500)
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	now := time.Now()
	_, url := server(t, wire.Options{Quotas: true, Now: func() time.Time { return now }}, registerEach)
	cfg := config(url)
	list := func() error {
		_, err := iot.NewFromConfig(cfg).ListThings(t.Context(), nil)
		return err
	}
	for range 10 {
		if err := list(); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, list(), "ThrottlingException", 400)
	now = now.Add(100 * time.Millisecond)
	if err := list(); err != nil {
		t.Errorf("a tenth of a second later: %v", err)
	}
	wantCode(t, list(), "ThrottlingException", 400)

	jobs := iotjobsdataplane.NewFromConfig(cfg)
	next := func() error {
		_, err := jobs.StartNextPendingJobExecution(t.Context(), &iotjobsdataplane.StartNextPendingJobExecutionInput{ThingName: aws.String("a")})
		return err
	}
	update := func() error {
		_, err := jobs.UpdateJobExecution(t.Context(), &iotjobsdataplane.UpdateJobExecutionInput{ThingName: aws.String("a"), JobId: aws.String("j"), Status: "FAILED"})
		return err
	}
	for range 100 {
		if err := next(); err != nil {
			t.Fatal(err)
		}
		wantCode(t, update(), "InvalidRequestException", 400) // it has no handler here, but it takes its token
	}
	wantCode(t, next(), "ThrottlingException", 429)
	wantCode(t, update(), "ThrottlingException", 429)
}

func TestDefaultQuota(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		service, operation string
		tps                float64
		shared             bool
		ok                 bool
	}{
		{"iot", "CreateThing", 100, false, true}, {"iot", "AddThingToThingGroup", 100, false, true},
		{"iot", "UpdateIndexingConfiguration", 1, false, true}, {"iot", "CreateDynamicThingGroup", 5, false, true},
		{"iot-jobs-data", "UpdateJobExecution", 200, true, true}, {"iot-data", "GetThingShadow", 4000, true, true},
		{"iam", "CreateRole", 0, false, false}, {"iot", "Nothing", 0, false, false},
	} {
		tps, shared, ok := wire.DefaultQuota(c.service, c.operation)
		if tps != c.tps || (shared != "") != c.shared || ok != c.ok {
			t.Errorf("%s %s: %v %q %t", c.service, c.operation, tps, shared, ok)
		}
	}
}
