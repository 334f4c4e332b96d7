package trace

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
)

// call sends an input through the log as the SDK does; out or err is what comes back.
func call(ctx context.Context, l *Log, in, out any, err error) error {
	register := awsmiddleware.RegisterServiceMetadata{ServiceID: "IoT", OperationName: "CreateThing"}
	wire := middleware.FinalizeHandlerFunc(func(context.Context, middleware.FinalizeInput) (middleware.FinalizeOutput, middleware.Metadata, error) {
		return middleware.FinalizeOutput{Result: out}, middleware.Metadata{}, err
	})
	answer := middleware.InitializeHandlerFunc(func(ctx context.Context, _ middleware.InitializeInput) (middleware.InitializeOutput, middleware.Metadata, error) {
		if ctx.Err() != nil {
			return middleware.InitializeOutput{}, middleware.Metadata{}, context.Cause(ctx)
		}
		got, md, err := attempt(ctx, middleware.FinalizeInput{}, wire)
		return middleware.InitializeOutput(got), md, err
	})
	traced := middleware.InitializeHandlerFunc(func(ctx context.Context, in middleware.InitializeInput) (middleware.InitializeOutput, middleware.Metadata, error) {
		return l.initialize(ctx, in, answer)
	})
	_, _, err = register.HandleInitialize(ctx, middleware.InitializeInput{Parameters: in}, traced)
	return err
}

func TestRing(t *testing.T) {
	t.Parallel()
	n := 0
	l := New(nil, func(Call) { n++ })
	for range keepCalls + 10 {
		l.add(Call{})
	}
	calls := l.Since(0)
	if n != keepCalls+10 || len(calls) != keepCalls || calls[0].Seq != 11 || calls[keepCalls-1].Seq != keepCalls+10 {
		t.Errorf("%d told, %d kept from %d to %d", n, len(calls), calls[0].Seq, calls[len(calls)-1].Seq)
	}
	if late := l.Since(keepCalls + 8); len(late) != 2 || late[0].Seq != keepCalls+9 {
		t.Errorf("the last two are %d", len(late))
	}
}

// Large answers push older calls out before there are many of them.
func TestBytesAreBounded(t *testing.T) {
	t.Parallel()
	l := New(nil, nil)
	document := strings.Repeat("x", 1<<20)
	for range 100 {
		if err := call(t.Context(), l, &iot.CreateJobInput{Document: &document}, nil, nil); err != nil {
			t.Fatal(err)
		}
	}
	if first, newest := l.Kept(); newest != 100 || first < 68 || first > 75 || l.bytes > keepBytes {
		t.Errorf("%d to %d are kept with %d bytes", first, newest, l.bytes)
	}
	huge := strings.Repeat("x", keepBytes+1)
	if err := call(t.Context(), l, &iot.CreateJobInput{Document: &huge}, nil, nil); err != nil {
		t.Fatal(err)
	}
	if calls := l.Since(0); len(calls) != 1 || !bytes.Contains(calls[0].Request(), []byte("xxx")) {
		t.Errorf("of a huge call %d are kept", len(calls))
	}
	for range keepCalls {
		l.add(Call{})
	}
	if l.bytes != 0 || len(l.Since(0)) != keepCalls {
		t.Errorf("%d bytes are counted for nothing", l.bytes)
	}
}

// The caller may use its input again, and change the answer.
func TestCallsDoNotChangeAfterwards(t *testing.T) {
	t.Parallel()
	l := New(nil, nil)
	number := int64(1)
	in := &iot.DescribeThingInput{ThingName: aws.String("V-1")}
	other := &iot.CreateJobInput{Targets: []string{"a"}, TimeoutConfig: &types.TimeoutConfig{InProgressTimeoutInMinutes: &number},
		DocumentParameters: map[string]string{"k": "old"}}
	out := &iot.DescribeThingOutput{Attributes: map[string]string{"country": "US"}}
	for _, v := range []any{in, other} {
		if err := call(t.Context(), l, v, out, nil); err != nil {
			t.Fatal(err)
		}
	}
	*in.ThingName, other.Targets[0], number = "V-2", "b", 2
	other.DocumentParameters["k"], out.Attributes["country"] = "new", "JP"
	calls := l.Since(0)
	if got := string(calls[0].Request()) + string(calls[1].Request()) + string(calls[1].Answer()); got !=
		`{"thingName":"V-1"}{"documentParameters":{"k":"old"},"targets":["a"],"timeoutConfig":{"inProgressTimeoutInMinutes":1}}{"attributes":{"country":"US"}}` {
		t.Errorf("the log says %s", got)
	}
}

func TestTallyAndCodes(t *testing.T) {
	t.Parallel()
	l := New(nil, nil)
	stopped, stop := context.WithCancelCause(t.Context())
	stop(errors.New("stopped by the user"))
	_ = call(t.Context(), l, &iot.CreateThingInput{}, &iot.CreateThingOutput{}, nil)
	_ = call(t.Context(), l, &iot.CreateThingInput{}, nil, &smithy.GenericAPIError{Code: "ThrottlingException", Message: "slow"})
	_ = call(t.Context(), l, &iot.CreateThingInput{}, nil, errors.New("connection refused"))
	_ = call(stopped, l, &iot.CreateThingInput{}, nil, nil)
	var codes []string
	for _, c := range l.Since(0) {
		codes = append(codes, c.Code)
		if c.Failed() != (c.Answer() == nil) || c.Name() != "iot:CreateThing" {
			t.Errorf("%+v answers %s", c, c.Answer())
		}
	}
	if !slices.Equal(codes, []string{"", "ThrottlingException", NoAnswer}) {
		t.Errorf("codes %q: what did not go out is no call", codes)
	}
	got := l.Tally()["iot:CreateThing"]
	if got.Calls != 3 || got.Errors != 2 || got.Attempts != 3 || got.Throttles != 1 || got.Mean() > got.Slowest || (Tally{}).Mean() != 0 {
		t.Errorf("counted %+v", got)
	}
}

func TestAfterWakesEveryReader(t *testing.T) {
	t.Parallel()
	l := New(nil, nil)
	var wg sync.WaitGroup
	for range 3 {
		there := l.After(0)
		wg.Go(func() { <-there })
	}
	l.add(Call{Time: time.Now()})
	wg.Wait()
	<-l.After(0)
	select {
	case <-l.After(1):
		t.Error("there is no second call yet")
	default:
	}
}

// Recording must cost little beside a call: no JSON is written until somebody reads.
func BenchmarkRecord(b *testing.B) {
	l := New(nil, nil)
	in := &iot.CreateThingInput{ThingName: aws.String("Vehicle-VIN-001"), ThingTypeName: aws.String("SedanVehicle"),
		AttributePayload: &types.AttributePayload{Attributes: map[string]string{"country": "US", "customerId": "219bd8e7", "manufacturingDate": "2025-09-13"}}}
	out := &iot.CreateThingOutput{ThingName: in.ThingName, ThingArn: aws.String("arn:aws:iot:us-east-1:000000000000:thing/Vehicle-VIN-001"), ThingId: aws.String("219bd8e7")}
	b.ReportAllocs()
	for b.Loop() {
		c := Call{Service: "IoT", Operation: "CreateThing"}
		var n int
		c.in, c.size = snapshot(in)
		c.out, n = snapshot(out)
		c.size += n
		l.add(c)
	}
}
