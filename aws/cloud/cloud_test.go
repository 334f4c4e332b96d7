package cloud_test

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/aws/trace"
)

func connect(t *testing.T, sb *sandbox.Sandbox, change ...func(*cloud.Options)) (*cloud.Cloud, error) {
	t.Helper()
	o := cloud.Options{Kind: cloud.Sandbox, Region: sb.Region(), Endpoint: sb.Endpoint(), AccessKey: sb.AccessKey(), SecretKey: sb.SecretKey(), Trace: trace.New(nil, nil)}
	for _, c := range change {
		c(&o)
	}
	return cloud.Connect(t.Context(), o)
}

func TestConnectToTheSandbox(t *testing.T) {
	t.Parallel()
	c, err := connect(t, sandboxtest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	if c.Account != "000000000000" || c.Region != "us-east-1" {
		t.Errorf("account %s in %s", c.Account, c.Region)
	}
	if got, want := c.ARN("thing/x"), "arn:aws:iot:us-east-1:000000000000:thing/x"; got != want {
		t.Errorf("ARN %s, want %s", got, want)
	}
	if _, err := c.IoT.CreateThing(t.Context(), &iot.CreateThingInput{ThingName: aws.String("V-1")}); err != nil {
		t.Fatal(err)
	}
	calls := c.Trace.Since(0)
	last := calls[len(calls)-1]
	if last.Service != "IoT" || last.Operation != "CreateThing" || last.Attempts != 1 || !strings.Contains(last.CLI(), "aws iot create-thing --thing-name V-1") ||
		!strings.Contains(string(last.Answer()), `"thingArn"`) {
		t.Errorf("the API log has %+v: %s", last, last.CLI())
	}
}

func TestProblemsAreSorted(t *testing.T) {
	t.Parallel()
	c, err := connect(t, sandboxtest.Start(t))
	if err != nil {
		t.Fatal(err)
	}
	ctx := t.Context()
	name := aws.String("nothing")
	_, notFound := c.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: name})
	_, noBucket := c.S3.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: name})
	_, noObject := c.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: name, Key: name})
	_, noShadow := c.Data.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: name})
	_, invalid := c.IoT.CreateThing(ctx, &iot.CreateThingInput{ThingName: aws.String("no blanks")})
	stopped, cancel := context.WithCancel(ctx)
	cancel()
	_, late := c.IoT.DescribeThing(stopped, &iot.DescribeThingInput{ThingName: name})
	for _, p := range []struct {
		err  error
		want cloud.Class
		op   string
	}{
		{notFound, cloud.NotFound, "iot:DescribeThing"}, {noBucket, cloud.NotFound, "s3:ListObjectVersions"},
		{noObject, cloud.NotFound, "s3:HeadObject"}, {noShadow, cloud.NotFound, "iot-data:GetThingShadow"},
		{invalid, cloud.Invalid, "iot:CreateThing"}, {late, cloud.Stopped, "iot:DescribeThing"},
		{fmt.Errorf("serve: %w", &net.OpError{Op: "listen", Err: errors.New("address already in use")}), cloud.Other, ""},
		{fmt.Errorf("wrapped: %w", cloud.ErrNoRegion), cloud.Region, ""}, {errors.New("odd"), cloud.Other, ""},
	} {
		if got := cloud.Explain(p.err); got.Class != p.want || got.Operation != p.op || got.Message == "" {
			t.Errorf("%v: got %+v, want %s of %s", p.err, got, p.want, p.op)
		}
	}
}

func TestWrongKeysAndNoServer(t *testing.T) {
	t.Parallel()
	sb := sandboxtest.Start(t)
	if _, err := connect(t, sb, func(o *cloud.Options) { o.SecretKey = "wrong" }); !cloud.Is(err, cloud.Credentials) {
		t.Errorf("with a wrong secret: %v", err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(context.Canceled)
	if _, err := cloud.Connect(ctx, cloud.Options{Kind: cloud.Sandbox, Endpoint: "http://" + nobody, Region: "us-east-1", AccessKey: "a", SecretKey: "b"}); !cloud.Is(err, cloud.Stopped) {
		t.Errorf("when stopped: %v", err)
	}
}

func TestThrottledCallsAreWaitedOut(t *testing.T) {
	t.Parallel()
	c, err := connect(t, sandboxtest.Start(t, func(o *sandbox.Options) { o.Quotas = true }), func(o *cloud.Options) { o.Pace = pace.Config{Off: true} })
	if err != nil {
		t.Fatal(err)
	}
	for range 15 { // ten a second are allowed
		if _, err := c.IoT.ListThings(t.Context(), &iot.ListThingsInput{}); err != nil {
			t.Fatal(err)
		}
	}
	n := c.Pace.Throttles()
	if got := c.Trace.Tally()["iot:ListThings"]; n == 0 || got.Calls != 15 || got.Throttles != n || got.Attempts != 15+n || got.Errors != 0 {
		t.Errorf("%d were throttled, the API log counts %+v", n, got)
	}
}

func TestNobodyAnswersIsToldInShort(t *testing.T) {
	t.Parallel()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := ln.Addr().String()
	if err := ln.Close(); err != nil {
		t.Fatal(err)
	}
	_, dial := net.Dial("tcp", addr)
	p := cloud.Explain(fmt.Errorf("exceeded maximum number of attempts, 6: %w", dial))
	if p.Class != cloud.Network || strings.Contains(p.Message, "attempts") || !strings.Contains(p.Message, addr) {
		t.Errorf("%+v", p)
	}
}
