// Package pace holds every AWS call to its request rate. It is one middleware in the SDK's retry loop, so
// every attempt of every call waits for its operation's token. Workflows never sleep and never count calls.
//
// A throttling answer halves its operation's rate; each quiet second gives a twentieth of the configured rate back
// (additive increase, multiplicative decrease).
package pace

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/time/rate"
)

// Config says how fast calls may go.
type Config struct {
	Off bool    // no limit at all
	Max float64 // calls a second of any one operation at most; 0 means the table alone decides
}

// Parse reads a --pace value: "aws", "off", or a number of calls a second of any one operation.
func Parse(s string) (Config, error) {
	switch s {
	case "", "aws":
		return Config{}, nil
	case "off":
		return Config{Off: true}, nil
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || !(n > 0 && n <= 100000) {
		return Config{}, fmt.Errorf("pace %q: want aws, off or calls a second from above 0 to 100000", s)
	}
	return Config{Max: n}, nil
}

// Pacer keeps one token bucket per operation, or one for several where AWS counts them together. It is
// safe for concurrent use and shared by all clients of an account and Region.
type Pacer struct {
	cfg  Config
	hold atomic.Pointer[Hold] // nil: calls fail when nobody answers

	flight flight
	mu     sync.Mutex
	m      map[string]*bucket
}

// New returns a Pacer.
func New(cfg Config) *Pacer { return &Pacer{cfg: cfg, m: map[string]*bucket{}} }

// bucket is a token bucket whose rate gives way to throttling.
type bucket struct {
	limiter   *rate.Limiter
	mu        sync.Mutex
	base      float64
	changed   time.Time // last change of the rate
	calls     int
	throttles int
}

// Rate is how many calls a second of an operation ("iot", "CreateThing") go out when nothing is throttled; +Inf
// when there is no limit. Plans are timed with it.
func (p *Pacer) Rate(service, operation string) float64 {
	_, r := p.limit(service, operation)
	return r
}

func (p *Pacer) limit(service, operation string) (key string, perSecond float64) {
	l := lookup(service, operation)
	if p.cfg.Off {
		return l.bucket, float64(rate.Inf)
	}
	if p.cfg.Max > 0 {
		return l.bucket, min(p.cfg.Max, l.perSecond)
	}
	return l.bucket, l.perSecond
}

func (p *Pacer) bucket(service, operation string) *bucket {
	key, r := p.limit(service, operation)
	p.mu.Lock()
	defer p.mu.Unlock()
	b := p.m[key]
	if b == nil {
		// A tenth of a second's worth may go out at once, so that a late wake-up costs no tokens.
		b = &bucket{limiter: rate.NewLimiter(rate.Limit(r), max(1, int(min(r, 1e6)/10))), base: r}
		p.m[key] = b
	}
	return b
}

// Stat is what a Pacer knows about one bucket.
type Stat struct {
	Bucket    string  // service:Operation, or the name of a shared bucket
	Calls     int     // attempts sent
	Throttles int     // attempts that AWS refused as too fast
	Rate      float64 // calls a second allowed now
	Base      float64 // calls a second allowed when nothing is throttled
}

// Stats lists the buckets used so far by name.
func (p *Pacer) Stats() []Stat {
	p.mu.Lock()
	defer p.mu.Unlock()
	var out []Stat
	for k, b := range p.m {
		b.mu.Lock()
		out = append(out, Stat{Bucket: k, Calls: b.calls, Throttles: b.throttles, Rate: float64(b.limiter.Limit()), Base: b.base})
		b.mu.Unlock()
	}
	slices.SortFunc(out, func(a, b Stat) int { return cmp.Compare(a.Bucket, b.Bucket) })
	return out
}

// Throttles is how many attempts were refused as too fast so far, over all operations.
func (p *Pacer) Throttles() int {
	n := 0
	for _, s := range p.Stats() {
		n += s.Throttles
	}
	return n
}

// AddTo puts the pacer into an operation's middleware stack, for aws.Config.APIOptions.
func (p *Pacer) AddTo(stack *middleware.Stack) error {
	return stack.Finalize.Insert(middleware.FinalizeMiddlewareFunc("Pace", p.finalize), "Retry", middleware.After)
}

// HoldBy has calls kept back by h from now on, while nobody would answer them.
func (p *Pacer) HoldBy(h *Hold) { p.hold.Store(h) }

func (p *Pacer) finalize(ctx context.Context, in middleware.FinalizeInput, next middleware.FinalizeHandler) (out middleware.FinalizeOutput, md middleware.Metadata, err error) {
	service := serviceKey(awsmiddleware.GetServiceID(ctx))
	b := p.bucket(service, awsmiddleware.GetOperationName(ctx))
	sent := false
	held := p.hold.Load().guard(ctx, service, func() error {
		if err := b.wait(ctx); err != nil {
			return err
		}
		during, done := finishing(ctx)
		defer done()
		sent = true
		defer p.flight.begin()()
		out, md, err = next.HandleFinalize(during, in)
		b.observe(Throttled(err), time.Now())
		return named(ctx, err)
	})
	if sent {
		return out, md, err
	}
	return out, md, held
}

// named says of which call an error is, as the SDK does further out.
func named(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	return &smithy.OperationError{ServiceID: awsmiddleware.GetServiceID(ctx), OperationName: awsmiddleware.GetOperationName(ctx), Err: err}
}

// finishTime is how long a call that is under way has to be finished once the run is stopped.
const finishTime = 3 * time.Second

// finishing is the context of a call that is under way. Stopping a run means no new call, but what is under way is finished, so
// that what it did is known; one that nobody answers must not keep the run from ending. Answers may still be read after done.
func finishing(ctx context.Context) (during context.Context, done func() bool) {
	during, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	return during, context.AfterFunc(ctx, func() {
		time.AfterFunc(finishTime, func() { cancel(context.Cause(ctx)) })
	})
}

func (b *bucket) wait(ctx context.Context) error {
	if err := ctx.Err(); err != nil {
		return context.Cause(ctx)
	}
	if err := b.limiter.Wait(ctx); err != nil {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		return fmt.Errorf("wait for a token: %w", err)
	}
	return nil
}

// minShare is how far throttling may push a rate down; below it waiting would look like standing still.
const minShare = 0.05

func (b *bucket) observe(throttled bool, now time.Time) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.calls++
	if throttled {
		b.throttles++
	}
	r := float64(b.limiter.Limit())
	switch {
	case b.base == float64(rate.Inf) || now.Sub(b.changed) < time.Second:
		return // one change a second: a burst of refusals has one cause
	case throttled:
		r = max(r/2, b.base*minShare)
	case r < b.base:
		r = min(r+b.base/20, b.base)
	default:
		return
	}
	b.changed = now
	b.limiter.SetLimit(rate.Limit(r))
}

// Throttled tells whether AWS refused a call as too fast. LimitExceededException is not among them although the
// SDK counts it so: in IoT it means that a count is exhausted, which waiting does not mend.
func Throttled(err error) bool {
	var api smithy.APIError
	if err == nil || !errors.As(err, &api) || api.ErrorCode() == limitExceeded {
		return false
	}
	_, ok := retry.DefaultThrottleErrorCodes[api.ErrorCode()]
	return ok
}

const limitExceeded = "LimitExceededException"
