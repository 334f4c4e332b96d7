package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

const (
	benchFleet   = 20_000 // things
	benchCallers = 32     // goroutines
)

// benchConfig is for many callers: a connection for each, and no retries.
func benchConfig(c aws.Config) aws.Config {
	c.Retryer = func() aws.Retryer { return aws.NopRetryer{} }
	c.HTTPClient = awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
		t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*benchCallers, 2*benchCallers
	})
	return c
}

// share has benchCallers goroutines call fn with 0 to n-1, each number once, until one fails.
func share(b *testing.B, n int, fn func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range benchCallers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := fn(i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// measure reports calls a second.
func measure(b *testing.B, fn func(i int) error) {
	b.Helper()
	b.ReportAllocs()
	b.ResetTimer()
	share(b, b.N, fn)
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "calls/s")
}

// benchName is the name of thing i; numbers come round again.
func benchName(i int) *string { return aws.String(fmt.Sprintf("Vehicle-VIN-%05d", i%benchFleet)) }

func benchThing(i int) *iot.CreateThingInput {
	return &iot.CreateThingInput{ThingName: benchName(i), ThingTypeName: aws.String("SedanVehicle"),
		AttributePayload: &types.AttributePayload{Attributes: map[string]string{"country": "US", "owner": "fleetlab"}}}
}

// BenchmarkCalls measures whole calls, from the SDK's client to the state file and back, beside calls to a server that
// does nothing: what is left between the two is the sandbox's own.
func BenchmarkCalls(b *testing.B) {
	s := sandboxtest.Start(b, func(o *sandbox.Options) { o.Ephemeral, o.Dir = false, b.TempDir() })
	cfg := benchConfig(sandboxtest.Config(s))
	control, device := iot.NewFromConfig(cfg), iotjobsdataplane.NewFromConfig(cfg)
	ctx := context.Background()
	b.Run("nothing", benchNothing)
	made := prepareFleet(b, control)
	b.Run("CreateThing", func(b *testing.B) {
		measure(b, func(int) error {
			in := benchThing(0)
			in.ThingName = aws.String(fmt.Sprint("New-", made.Add(1)))
			_, err := control.CreateThing(ctx, in)
			return err
		})
	})
	b.Run("DescribeThing", func(b *testing.B) {
		measure(b, func(i int) error {
			_, err := control.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: benchName(i)})
			return err
		})
	})
	b.Run("UpdateJobExecution", func(b *testing.B) {
		measure(b, func(i int) error {
			_, err := device.UpdateJobExecution(ctx, &iotjobsdataplane.UpdateJobExecutionInput{JobId: aws.String("update"), ThingName: benchName(i),
				Status: "IN_PROGRESS", StatusDetails: map[string]string{"progress": "50"}})
			return err
		})
	})
}

// prepareFleet makes the fleet and a job for all of it. The counter names things that are not of it.
func prepareFleet(b *testing.B, control *iot.Client) *atomic.Int64 {
	b.Helper()
	ctx := context.Background()
	_, err := control.CreateThingType(ctx, &iot.CreateThingTypeInput{ThingTypeName: aws.String("SedanVehicle")})
	group, err2 := control.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("fleet")})
	if err := errors.Join(err, err2); err != nil {
		b.Fatal(err)
	}
	share(b, benchFleet, func(i int) error {
		_, err := control.CreateThing(ctx, benchThing(i))
		if err == nil {
			_, err = control.AddThingToThingGroup(ctx, &iot.AddThingToThingGroupInput{ThingName: benchName(i), ThingGroupName: group.ThingGroupName})
		}
		return err
	})
	_, err = control.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("update"), Document: aws.String("{}"), Targets: []string{*group.ThingGroupArn}})
	if err != nil {
		b.Fatal(err)
	}
	return &atomic.Int64{}
}

func benchNothing(b *testing.B) {
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	}))
	defer empty.Close()
	s := sandboxtest.Start(b)
	cfg := benchConfig(sandboxtest.Config(s))
	cfg.BaseEndpoint = &empty.URL
	client := iot.NewFromConfig(cfg)
	measure(b, func(i int) error {
		_, err := client.DescribeThing(context.Background(), &iot.DescribeThingInput{ThingName: benchName(i)})
		return err
	})
}
