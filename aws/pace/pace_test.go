package pace

import (
	"context"
	"errors"
	"math"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/smithy-go"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]Config{"": {}, "aws": {}, "off": {Off: true}, "2.5": {Max: 2.5}} {
		got, err := Parse(in)
		if err != nil || got != want {
			t.Errorf("Parse(%q) = %+v, %v; want %+v", in, got, err, want)
		}
	}
	for _, in := range []string{"0", "-1", "fast", "NaN", "Inf", "1e9"} {
		if _, err := Parse(in); err == nil {
			t.Errorf("Parse(%q) passed", in)
		}
	}
}

func TestRates(t *testing.T) {
	t.Parallel()
	p := New(Config{})
	for op, want := range map[[2]string]float64{
		{"iot", "CreateThing"}: 80, {"iot", "CreateThingType"}: 8, {"iot", "CreatePackage"}: 8,
		{"iot", "CreateDynamicThingGroup"}: 4, {"iot-jobs-data", "UpdateJobExecution"}: 150,
		{"iot", "CreateThingGroup"}: 20, {"iot", "ListThingPrincipals"}: 16, {"iot", "ListTagsForResource"}: 8,
		{"iot-data", "UpdateThingShadow"}: 3200, {"iot", "UpdateIndexingConfiguration"}: 0.8,
	} {
		if got := p.Rate(op[0], op[1]); math.Abs(got-want) > 1e-9 {
			t.Errorf("%v: %v a second, want %v", op, got, want)
		}
	}
	if got := New(Config{Max: 5}).Rate("iot", "CreateThing"); got != 5 {
		t.Errorf("with --pace 5: %v", got)
	}
	if a, b := p.bucket("iot-jobs-data", "UpdateJobExecution"), p.bucket("iot-jobs-data", "StartNextPendingJobExecution"); a != b {
		t.Error("the two job execution updates do not share a bucket")
	}
}

func TestWaitKeepsTheRate(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Config{}).bucket("iot", "CreateThing")
		start := time.Now()
		const calls = 808 // 8 go out at once, then 80 a second
		for range calls {
			if err := b.wait(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
		if got := time.Since(start); got < 9900*time.Millisecond || got > 10100*time.Millisecond {
			t.Errorf("%d calls took %s, want 10 s", calls, got)
		}
	})
}

func TestWaitEndsWithTheRun(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := New(Config{Max: 0.01}).bucket("iot", "CreateThing")
		stop := errors.New("stopped")
		ctx, cancel := context.WithCancelCause(t.Context())
		if err := b.wait(ctx); err != nil {
			t.Fatal(err)
		}
		start := time.Now()
		time.AfterFunc(time.Second, func() { cancel(stop) })
		if err := b.wait(ctx); !errors.Is(err, stop) {
			t.Errorf("got %v, want the reason of the stop", err)
		}
		if got := time.Since(start); got != time.Second {
			t.Errorf("ended after %s", got)
		}
	})
}

func TestThrottlesLowerTheRateAndQuietGivesItBack(t *testing.T) {
	t.Parallel()
	b := New(Config{}).bucket("iot", "CreateThing")
	now := time.Now()
	b.observe(true, now)
	b.observe(true, now) // the same burst
	if got := float64(b.limiter.Limit()); got != 40 {
		t.Fatalf("after one burst of throttles: %v a second, want 40", got)
	}
	for range 100 {
		now = now.Add(time.Second)
		b.observe(true, now)
	}
	if got := float64(b.limiter.Limit()); got != 4 {
		t.Fatalf("after throttles without end: %v a second, want 4", got)
	}
	now = now.Add(time.Second)
	b.observe(false, now)
	if got := float64(b.limiter.Limit()); got != 8 {
		t.Fatalf("after a quiet second: %v a second, want 8", got)
	}
	for range 100 {
		now = now.Add(time.Second)
		b.observe(false, now)
	}
	if got := float64(b.limiter.Limit()); got != 80 {
		t.Fatalf("after a long quiet: %v a second, want 80", got)
	}
}

func TestRetryer(t *testing.T) {
	t.Parallel()
	r := New(Config{}).NewRetryer()
	throttle := &smithy.GenericAPIError{Code: "ThrottlingException"}
	if !r.IsErrorRetryable(throttle) {
		t.Error("a throttle is not retried")
	}
	if r.IsErrorRetryable(&smithy.GenericAPIError{Code: "LimitExceededException"}) {
		t.Error("an exhausted limit is retried")
	}
	if _, err := r.RetryDelay(500, throttle); err != nil {
		t.Errorf("throttles are given up: %v", err)
	}
	broken := errors.New("connection reset")
	if _, err := r.RetryDelay(otherAttempts, broken); !errors.Is(err, broken) {
		t.Errorf("got %v, want the cause once attempts are used up", err)
	}
}
