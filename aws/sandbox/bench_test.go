package sandbox_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox"
)

const (
	benchFleet   = 100_000 // things, each with an execution of one job
	benchCallers = 32      // goroutines
	benchRound   = 1_000   // calls
)

// benchConfig is for many callers: a connection for each, no retries, and answers that nobody looks at.
func benchConfig(endpoint, accessKey, secretKey string) aws.Config {
	return aws.Config{
		Region: "us-east-1", BaseEndpoint: &endpoint, Credentials: credentials.NewStaticCredentialsProvider(accessKey, secretKey, ""),
		Retryer: func() aws.Retryer { return aws.NopRetryer{} },
		HTTPClient: awshttp.NewBuildableClient().WithTransportOptions(func(t *http.Transport) {
			t.MaxIdleConns, t.MaxIdleConnsPerHost = 2*benchCallers, 2*benchCallers
		}),
	}
}

// share has benchCallers goroutines call fn with from to from+n-1, each number once, until one fails.
func share(b *testing.B, from, n int, fn func(i int) error) {
	b.Helper()
	var next atomic.Int64
	var wg sync.WaitGroup
	for range benchCallers {
		wg.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				if err := fn(from + i); err != nil {
					b.Error(err)
					return
				}
			}
		})
	}
	wg.Wait()
}

// benchName is the name of thing i; numbers come round again.
func benchName(i int) *string { return aws.String(fmt.Sprintf("Vehicle-VIN-%06d", i%benchFleet)) }

func benchThing(name *string) *iot.CreateThingInput {
	return &iot.CreateThingInput{ThingName: name, ThingTypeName: aws.String("SedanVehicle"),
		AttributePayload: &types.AttributePayload{Attributes: map[string]string{"country": "US", "owner": "fleetlab"}}}
}

// BenchmarkCalls compares whole calls, from the SDK's client to the state file and back, with the same client's calls to
// a server that does nothing: rounds of both alternate, so that whatever else the machine does meets both. The share is
// the calls a second to the sandbox in those to the empty server, over all rounds; the middle one stands beside it.
func BenchmarkCalls(b *testing.B) {
	s := benchSandbox(b)
	cfg := benchConfig(s.Endpoint(), s.AccessKey(), s.SecretKey())
	control, device := iot.NewFromConfig(cfg), iotjobsdataplane.NewFromConfig(cfg)
	ctx := context.Background()
	prepareFleet(b, control)
	made := 0
	for name, fn := range map[string]benchCall{
		"CreateThing": func(control *iot.Client, _ *iotjobsdataplane.Client, i int) error {
			_, err := control.CreateThing(ctx, benchThing(aws.String(fmt.Sprint("New-", made+i))))
			return err
		},
		"DescribeThing": func(control *iot.Client, _ *iotjobsdataplane.Client, i int) error {
			_, err := control.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: benchName(i * 7919)})
			return err
		},
		"UpdateJobExecution": func(_ *iot.Client, device *iotjobsdataplane.Client, i int) error {
			_, err := device.UpdateJobExecution(ctx, &iotjobsdataplane.UpdateJobExecutionInput{JobId: aws.String("update"),
				ThingName: benchName(i * 7919), Status: "IN_PROGRESS", StatusDetails: map[string]string{"progress": "50"}})
			return err
		},
	} {
		b.Run(name, func(b *testing.B) {
			compare(b, control, device, fn)
			made += b.N * benchRound
		})
	}
}

// benchCall makes the i-th call with one of the two clients.
type benchCall func(control *iot.Client, device *iotjobsdataplane.Client, i int) error

// compare alternates rounds of calls to the sandbox with rounds of the same calls to an empty server.
func compare(b *testing.B, control *iot.Client, device *iotjobsdataplane.Client, fn benchCall) {
	empty := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write([]byte("{}"))
	}))
	defer empty.Close()
	cfg := benchConfig(empty.URL, "AKIDEXAMPLE", "secret")
	control0, device0 := iot.NewFromConfig(cfg), iotjobsdataplane.NewFromConfig(cfg)
	var took, took0 time.Duration
	var shares []float64
	b.ResetTimer()
	for round := range b.N {
		began := time.Now()
		share(b, round*benchRound, benchRound, func(i int) error { return fn(control0, device0, i) })
		middle := time.Now()
		share(b, round*benchRound, benchRound, func(i int) error { return fn(control, device, i) })
		t0, t := middle.Sub(began), time.Since(middle)
		took0, took = took0+t0, took+t
		shares = append(shares, t0.Seconds()/t.Seconds())
	}
	slices.Sort(shares)
	calls := float64(b.N * benchRound)
	b.ReportMetric(calls/took.Seconds(), "calls/s")
	b.ReportMetric(calls/took0.Seconds(), "empty/s")
	b.ReportMetric(took0.Seconds()/took.Seconds(), "share")
	b.ReportMetric(shares[len(shares)/2], "middle-share")
	b.ReportMetric(0, "ns/op") // a round of two kinds of calls is no measure of either
}

// benchOptions are the app's, but for the clock, so that the job need not take a hundred minutes to reach all.
func benchOptions(dir string) sandbox.Options {
	return sandbox.Options{Dir: dir, Lag: true, Speed: 6000}
}

func benchSandbox(b *testing.B) *sandbox.Sandbox {
	b.Helper()
	s, err := sandbox.Start(b.Context(), benchOptions(b.TempDir()))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() {
		if err := s.Close(); err != nil {
			b.Error(err)
		}
	})
	return s
}

// prepareFleet makes the fleet and a job that reaches all of it.
func prepareFleet(b *testing.B, control *iot.Client) {
	b.Helper()
	ctx := context.Background()
	_, err := control.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: types.ThingIndexingModeRegistryAndShadow}})
	_, err2 := control.CreateThingType(ctx, &iot.CreateThingTypeInput{ThingTypeName: aws.String("SedanVehicle")})
	group, err3 := control.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: aws.String("fleet")})
	if err := errors.Join(err, err2, err3); err != nil {
		b.Fatal(err)
	}
	share(b, 0, benchFleet, func(i int) error {
		_, err := control.CreateThing(ctx, benchThing(benchName(i)))
		if err == nil {
			_, err = control.AddThingToThingGroup(ctx, &iot.AddThingToThingGroupInput{ThingName: benchName(i), ThingGroupName: group.ThingGroupName})
		}
		return err
	})
	_, err = control.CreateJob(ctx, &iot.CreateJobInput{JobId: aws.String("update"), Document: aws.String("{}"), Targets: []string{*group.ThingGroupArn}})
	if err != nil {
		b.Fatal(err)
	}
	for reached := int32(0); reached < benchFleet; {
		job, err := control.DescribeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("update")})
		if err != nil {
			b.Fatal(err)
		}
		reached = aws.ToInt32(job.Job.JobProcessDetails.NumberOfQueuedThings)
	}
}
