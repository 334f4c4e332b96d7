package jobs

import (
	"fmt"
	"math"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// What CreateJob, UpdateJob and job templates say about how a job goes. Ranges that the service model has are checked
// before; these are those that only the documentation has (AWS IoT API reference and developer guide, jobs configurations;
// AWS General Reference, Jobs quotas).

func checkRollout(c *types.JobExecutionsRolloutConfig) error {
	if c == nil {
		return nil
	}
	if m := c.MaximumPerMinute; m != nil && (*m < 1 || *m > maxRate) {
		return invalid("maximumPerMinute is %d; give 1 to %d.", *m, maxRate)
	}
	x := c.ExponentialRate
	if x == nil {
		return nil
	}
	if base := aws.ToInt32(x.BaseRatePerMinute); base < 1 || base > maxRate {
		return invalid("baseRatePerMinute is %d; give 1 to %d.", base, maxRate)
	}
	if m := c.MaximumPerMinute; m != nil && *m < *x.BaseRatePerMinute {
		return invalid("baseRatePerMinute is %d and maximumPerMinute %d; the base rate cannot be above the maximum.", *x.BaseRatePerMinute, *m)
	}
	if f := aws.ToFloat64(x.IncrementFactor); f < 1.1 || f > 5 {
		return invalid("incrementFactor is %v; give 1.1 to 5.", f)
	}
	by := x.RateIncreaseCriteria
	if by == nil || (by.NumberOfNotifiedThings == nil) == (by.NumberOfSucceededThings == nil) {
		return invalid("rateIncreaseCriteria needs either numberOfNotifiedThings or numberOfSucceededThings.")
	}
	if aws.ToInt32(by.NumberOfNotifiedThings)+aws.ToInt32(by.NumberOfSucceededThings) < 1 {
		return invalid("The number of things in rateIncreaseCriteria has to be at least 1.")
	}
	return nil
}

func checkAbort(c *types.AbortConfig) error {
	if c == nil {
		return nil
	}
	if len(c.CriteriaList) == 0 {
		return invalid("abortConfig needs at least one criterion.")
	}
	for _, a := range c.CriteriaList {
		percent := aws.ToFloat64(a.ThresholdPercentage) * 100
		if percent < 0 || percent > 10000 || math.Abs(percent-math.Round(percent)) > 1e-6 {
			return invalid("thresholdPercentage is %v; give 0 to 100 with at most two decimals.", aws.ToFloat64(a.ThresholdPercentage))
		}
		if n := aws.ToInt32(a.MinNumberOfExecutedThings); n < 1 {
			return invalid("minNumberOfExecutedThings is %d; give at least 1.", n)
		}
	}
	return nil
}

func describeAbort(a types.AbortCriteria) string {
	return fmt.Sprintf("at least %v %% of at least %d executions ended as %s", aws.ToFloat64(a.ThresholdPercentage),
		aws.ToInt32(a.MinNumberOfExecutedThings), a.FailureType)
}

// maxRetries is for all criteria of a job together.
const maxRetries = 10

func checkRetry(c *types.JobExecutionsRetryConfig, t *types.TimeoutConfig) error {
	if c == nil {
		return nil
	}
	if len(c.CriteriaList) == 0 {
		return invalid("jobExecutionsRetryConfig needs at least one criterion.")
	}
	seen, total := map[types.RetryableFailureType]bool{}, int32(0)
	for _, r := range c.CriteriaList {
		if seen[r.FailureType] || seen[types.RetryableFailureTypeAll] || r.FailureType == types.RetryableFailureTypeAll && len(seen) > 0 {
			return invalid("The retry criteria name failure type %s twice; ALL stands for both.", r.FailureType)
		}
		seen[r.FailureType] = true
		total += aws.ToInt32(r.NumberOfRetries)
	}
	if total > maxRetries {
		return invalid("The retry criteria allow %d retries; give at most %d in all.", total, maxRetries)
	}
	if seen[types.RetryableFailureTypeTimedOut] && (t == nil || t.InProgressTimeoutInMinutes == nil) {
		return invalid("Retrying TIMED_OUT executions needs timeoutConfig with inProgressTimeoutInMinutes.")
	}
	return nil
}

func checkTimeout(t *types.TimeoutConfig) error {
	if t == nil || t.InProgressTimeoutInMinutes == nil {
		return nil
	}
	if n := *t.InProgressTimeoutInMinutes; n < 1 || n > maxTimerMinutes {
		return invalid("inProgressTimeoutInMinutes is %d; give 1 to %d minutes", n, maxTimerMinutes)
	}
	return nil
}

// checkPolicies checks how the job is to go.
func (q *request) checkPolicies() error {
	for _, err := range []error{checkTimeout(q.Timeout), checkRollout(q.Rollout), checkAbort(q.Abort), checkRetry(q.Retry, q.Timeout)} {
		if err != nil {
			return err
		}
	}
	return nil
}

// watched tells whether the end of an execution may abort the job or be followed by a retry.
func (q *request) watched() bool { return q.Abort != nil || q.Retry != nil }
