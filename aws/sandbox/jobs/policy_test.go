package jobs

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func perMinute(n int32) *types.JobExecutionsRolloutConfig {
	return &types.JobExecutionsRolloutConfig{MaximumPerMinute: &n}
}

// growing starts at base a minute and grows by factor with each further by notified things.
func growing(base int32, factor float64, by int32) *types.JobExecutionsRolloutConfig {
	return &types.JobExecutionsRolloutConfig{ExponentialRate: &types.ExponentialRolloutRate{BaseRatePerMinute: &base,
		IncrementFactor: &factor, RateIncreaseCriteria: &types.RateIncreaseCriteria{NumberOfNotifiedThings: &by}}}
}

func abortAt(kind types.JobExecutionFailureType, percent float64, executed int32) *types.AbortConfig {
	return &types.AbortConfig{CriteriaList: []types.AbortCriteria{{Action: types.AbortActionCancel, FailureType: kind,
		ThresholdPercentage: &percent, MinNumberOfExecutedThings: &executed}}}
}

func retrying(kind types.RetryableFailureType, times int32) *types.JobExecutionsRetryConfig {
	return &types.JobExecutionsRetryConfig{CriteriaList: []types.RetryCriteria{{FailureType: kind, NumberOfRetries: &times}}}
}

func rollout(c *types.JobExecutionsRolloutConfig) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) { in.JobExecutionsRolloutConfig = c }
}

func abort(c *types.AbortConfig) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) { in.AbortConfig = c }
}

func retry(c *types.JobExecutionsRetryConfig) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) { in.JobExecutionsRetryConfig = c }
}

func TestPolicyRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	capped := growing(10, 2, 5)
	capped.MaximumPerMinute = aws.Int32(9)
	two := growing(10, 2, 5)
	two.ExponentialRate.RateIncreaseCriteria.NumberOfSucceededThings = aws.Int32(5)
	twice := retrying(types.RetryableFailureTypeFailed, 1)
	twice.CriteriaList = append(twice.CriteriaList, retrying(types.RetryableFailureTypeAll, 1).CriteriaList...)
	many := retrying(types.RetryableFailureTypeFailed, 6)
	many.CriteriaList = append(many.CriteriaList, retrying(types.RetryableFailureTypeTimedOut, 5).CriteriaList...)
	for says, change := range map[string]func(*iot.CreateJobInput){
		"maximumPerMinute is 1001":      rollout(perMinute(1001)),
		"incrementFactor is 1":          rollout(growing(10, 1, 5)),
		"above the maximum":             rollout(capped),
		"rateIncreaseCriteria":          rollout(two),
		"thresholdPercentage is 10.999": abort(abortAt(types.JobExecutionFailureTypeAll, 10.999, 1)),
		"minNumberOfExecutedThings":     abort(abortAt(types.JobExecutionFailureTypeAll, 10, 0)),
		"twice":                         retry(twice),
		"11 retries":                    both(retry(many), timeout(5)),
		"inProgressTimeoutInMinutes":    retry(retrying(types.RetryableFailureTypeTimedOut, 1)),
		"at least one criterion":        retry(&types.JobExecutionsRetryConfig{}),
	} {
		err := w.tryJob("j", []string{"thing/a"}, change)
		wantError[*types.InvalidRequestException](t, err)
		if err != nil && !strings.Contains(err.Error(), says) {
			t.Errorf("error is %v, want it to say %q", err, says)
		}
	}
	w.job(t, "j", []string{"thing/a"}, rollout(growing(10, 1.1, 5)), abort(abortAt(types.JobExecutionFailureTypeAll, 10.99, 1)),
		retry(retrying(types.RetryableFailureTypeAll, 10)))
	j := w.describe(t, "j")
	if *j.JobExecutionsRolloutConfig.ExponentialRate.IncrementFactor != 1.1 || *j.AbortConfig.CriteriaList[0].ThresholdPercentage != 10.99 ||
		*j.JobExecutionsRetryConfig.CriteriaList[0].NumberOfRetries != 10 {
		t.Errorf("job is %+v, want it as it was created", j)
	}
}
