package pace

import (
	"errors"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/ratelimit"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/smithy-go"
)

// Attempts and waits of one call. Throttles are waited out, however long that takes: the run can be stopped at any
// time. So is what a Hold waits out. Other troubles end after a handful of attempts, within about half a minute.
const (
	otherAttempts = 6
	maxBackoff    = 8 * time.Second
)

// Retryer is the SDK's standard retryer without its retry quota, which is shared by a whole client and would end a
// mass run after about a hundred throttles.
type Retryer struct {
	aws.RetryerV2
	pacer *Pacer
}

// NewRetryer returns a Retryer, for aws.Config.Retryer.
func (p *Pacer) NewRetryer() aws.Retryer {
	return &Retryer{pacer: p, RetryerV2: retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxBackoff = maxBackoff
		o.RateLimiter = ratelimit.None
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(exhausted)}, o.Retryables...)
	})}
}

// MaxAttempts is without limit: RetryDelay ends what has to end.
func (r *Retryer) MaxAttempts() int { return 0 }

// exhausted keeps LimitExceededException from being retried like a throttle.
func exhausted(err error) aws.Ternary {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == limitExceeded {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// IsErrorRetryable tells whether the call is sent again after err.
func (r *Retryer) IsErrorRetryable(err error) bool {
	return r.RetryerV2.IsErrorRetryable(err) || r.pacer.hold.Load().holds(err)
}

// RetryDelay is how long to wait before the attempt after the given one, counted from 1.
func (r *Retryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	hold := r.pacer.hold.Load()
	switch {
	case hold.holds(err):
		return 0, nil // it waits with all others
	case !Throttled(err) && (attempt >= otherAttempts || hold.obstructs(err)):
		return 0, &retry.MaxAttemptsError{Attempt: attempt, Err: err}
	}
	return r.RetryerV2.RetryDelay(attempt, err)
}
