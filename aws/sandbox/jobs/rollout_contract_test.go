package jobs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	datatypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

func (c *cloud) report(t *testing.T, id, thing string, status datatypes.JobExecutionStatus) {
	t.Helper()
	ok[data.UpdateJobExecutionOutput](t)(c.jobs.UpdateJobExecution(t.Context(),
		&data.UpdateJobExecutionInput{JobId: &id, ThingName: &thing, Status: status}))
}

func TestRolloutRetryAndAbort(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1", "V2")
	in := &iot.CreateJobInput{JobId: aws.String("j"), Targets: []string{group}, Document: aws.String("{}"),
		JobExecutionsRolloutConfig: &iottypes.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(10),
			ExponentialRate: &iottypes.ExponentialRolloutRate{BaseRatePerMinute: aws.Int32(1), IncrementFactor: aws.Float64(1.5),
				RateIncreaseCriteria: &iottypes.RateIncreaseCriteria{NumberOfSucceededThings: aws.Int32(5)}}},
		AbortConfig: &iottypes.AbortConfig{CriteriaList: []iottypes.AbortCriteria{{Action: iottypes.AbortActionCancel,
			FailureType: iottypes.JobExecutionFailureTypeAll, MinNumberOfExecutedThings: aws.Int32(2), ThresholdPercentage: aws.Float64(99.99)}}}}
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, in))
	j := c.describe(t, "j")
	if *j.JobProcessDetails.NumberOfQueuedThings != 1 || !*j.IsConcurrent || len(j.JobProcessDetails.ProcessingTargets) != 1 ||
		*j.JobExecutionsRolloutConfig.ExponentialRate.IncrementFactor != 1.5 || *j.AbortConfig.CriteriaList[0].ThresholdPercentage != 99.99 {
		t.Errorf("job is %+v with %+v", j, j.JobProcessDetails)
	}
	c.report(t, "j", "V1", datatypes.JobExecutionStatusFailed)
	if s := c.describe(t, "j").Status; s != iottypes.JobStatusInProgress {
		t.Errorf("job is %s with a member to notify", s)
	}

	in.JobId, in.JobExecutionsRolloutConfig = aws.String("r"), nil
	in.JobExecutionsRetryConfig = &iottypes.JobExecutionsRetryConfig{CriteriaList: []iottypes.RetryCriteria{
		{FailureType: iottypes.RetryableFailureTypeFailed, NumberOfRetries: aws.Int32(3)}}}
	ok[iot.CreateJobOutput](t)(c.iot.CreateJob(ctx, in))
	c.report(t, "r", "V1", datatypes.JobExecutionStatusFailed)
	list := ok[iot.ListJobExecutionsForJobOutput](t)(c.iot.ListJobExecutionsForJob(ctx, &iot.ListJobExecutionsForJobInput{
		JobId: aws.String("r"), Status: iottypes.JobExecutionStatusQueued})).ExecutionSummaries
	if x := list[0].JobExecutionSummary; len(list) != 2 || *x.ExecutionNumber != 2 || *x.RetryAttempt != 1 {
		t.Errorf("after a failure these are queued: %+v", list)
	}
	c.report(t, "r", "V2", datatypes.JobExecutionStatusFailed)
	if j = c.describe(t, "r"); j.Status != iottypes.JobStatusCanceled || *j.JobProcessDetails.NumberOfCanceledThings != 1 ||
		*j.JobProcessDetails.NumberOfFailedThings != 2 || *j.ReasonCode == "" || *j.Comment == "" {
		t.Errorf("job is %+v with %+v, want it aborted", j, j.JobProcessDetails)
	}
}

func TestSchedules(t *testing.T) {
	t.Parallel()
	c, ctx := start(t), t.Context()
	group := c.fleet(t, "G", "V1")
	create := func(id string, s *iottypes.SchedulingConfig) error {
		_, err := c.iot.CreateJob(ctx, &iot.CreateJobInput{JobId: &id, Targets: []string{group}, Document: aws.String("{}"),
			TargetSelection: iottypes.TargetSelectionContinuous, SchedulingConfig: s})
		return err
	}
	in := func(d time.Duration) *string { return aws.String(time.Now().UTC().Add(d).Format("2006-01-02T15:04")) }
	refused(t, create("x", &iottypes.SchedulingConfig{StartTime: in(time.Minute)}), 400, "InvalidRequestException")
	err := create("s", &iottypes.SchedulingConfig{StartTime: in(time.Hour), EndTime: in(24 * 8 * time.Hour), EndBehavior: iottypes.JobEndBehaviorForceCancel,
		MaintenanceWindows: []iottypes.MaintenanceWindow{{StartTime: aws.String("cron(0 3 * * ? *)"), DurationInMinutes: aws.Int32(60)}}})
	if err != nil {
		t.Fatal(err)
	}
	j := c.describe(t, "s")
	if j.Status != iottypes.JobStatusScheduled || len(j.ScheduledJobRollouts) != 7 || *j.SchedulingConfig.MaintenanceWindows[0].DurationInMinutes != 60 {
		t.Errorf("job is %+v", j)
	}
	jobs := ok[iot.ListJobsOutput](t)(c.iot.ListJobs(ctx, &iot.ListJobsInput{Status: iottypes.JobStatusScheduled})).Jobs
	if len(jobs) != 1 || *jobs[0].JobId != "s" || *jobs[0].IsConcurrent {
		t.Errorf("scheduled jobs are %+v", jobs)
	}
}

// TestLagsOfAWS has a sandbox with AWS's lags, whose clock runs fast, do by itself what is due.
func TestLagsOfAWS(t *testing.T) {
	t.Parallel()
	cfg := sandboxtest.Config(sandboxtest.Start(t, func(o *sandbox.Options) { o.Lag, o.Speed = true, 60 }))
	c := &cloud{iot: iot.NewFromConfig(cfg), jobs: data.NewFromConfig(cfg)}
	group := c.fleet(t, "G", "V1", "V2", "V3")
	c.job(t, "j", iottypes.TargetSelectionSnapshot, group)
	for deadline := time.Now().Add(20 * time.Second); ; {
		j := c.describe(t, "j")
		if *j.JobProcessDetails.NumberOfQueuedThings == 3 && !*j.IsConcurrent {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the job has notified %d things only", *j.JobProcessDetails.NumberOfQueuedThings)
		}
	}
	for _, thing := range []string{"V1", "V2", "V3"} {
		c.report(t, "j", thing, datatypes.JobExecutionStatusSucceeded)
	}
	if s := c.describe(t, "j").Status; s != iottypes.JobStatusCompleted {
		t.Errorf("job is %s", s)
	}
}
