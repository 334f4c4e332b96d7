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
// time. Other troubles end after a handful of attempts, within about half a minute.
const (
	throttleAttempts = 1000
	otherAttempts    = 6
	maxBackoff       = 8 * time.Second
)

// Retryer is the SDK's standard retryer without its retry quota, which is shared by a whole client and would end a
// mass run after about a hundred throttles.
type Retryer struct{ aws.RetryerV2 }

// NewRetryer returns a Retryer, for aws.Config.Retryer.
func NewRetryer() aws.Retryer {
	return &Retryer{retry.NewStandard(func(o *retry.StandardOptions) {
		o.MaxAttempts = throttleAttempts
		o.MaxBackoff = maxBackoff
		o.RateLimiter = ratelimit.None
		o.Retryables = append([]retry.IsErrorRetryable{retry.IsErrorRetryableFunc(exhausted)}, o.Retryables...)
	})}
}

// exhausted keeps LimitExceededException from being retried like a throttle.
func exhausted(err error) aws.Ternary {
	var api smithy.APIError
	if errors.As(err, &api) && api.ErrorCode() == limitExceeded {
		return aws.FalseTernary
	}
	return aws.UnknownTernary
}

// RetryDelay is how long to wait before the attempt after the given one, counted from 1.
func (r *Retryer) RetryDelay(attempt int, err error) (time.Duration, error) {
	if !Throttled(err) && attempt >= otherAttempts {
		return 0, &retry.MaxAttemptsError{Attempt: attempt, Err: err}
	}
	return r.RetryerV2.RetryDelay(attempt, err)
}
