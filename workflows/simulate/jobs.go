package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"golang.org/x/sync/errgroup"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// maxCounted is how many jobs Jobs counts the executions of. That takes a call each, of which AWS allows ten a second.
const maxCounted = 20

// pageSize is the largest page of jobs and of executions (AWS IoT API reference).
const pageSize = 250

// Jobs lists the jobs that are active or SCHEDULED, the newest first. The executions of the twenty newest are counted.
func Jobs(ctx context.Context, c *cloud.Cloud) ([]JobSummary, error) {
	jobs, err := listJobs(ctx, c, iottypes.JobStatusInProgress, iottypes.JobStatusScheduled)
	if err != nil {
		return nil, err
	}
	g, ctx := errgroup.WithContext(ctx)
	for i := range min(len(jobs), maxCounted) {
		g.Go(func() error {
			read, err := readJob(ctx, c, jobs[i].ID)
			if cloud.Is(err, cloud.NotFound) { // deleted since it was listed
				return nil
			}
			if err == nil {
				jobs[i] = read
			}
			return err
		})
	}
	return jobs, g.Wait()
}

func listJobs(ctx context.Context, c *cloud.Cloud, statuses ...iottypes.JobStatus) ([]JobSummary, error) {
	var jobs []JobSummary
	for _, status := range statuses {
		pages := iot.NewListJobsPaginator(c.IoT, &iot.ListJobsInput{Status: status, MaxResults: aws.Int32(pageSize)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("list jobs: %w", err)
			}
			for _, j := range page.Jobs {
				jobs = append(jobs, JobSummary{ID: aws.ToString(j.JobId), Status: string(j.Status), Selection: string(j.TargetSelection),
					Created: aws.ToTime(j.CreatedAt)})
			}
		}
	}
	slices.SortFunc(jobs, newestFirst)
	return slices.CompactFunc(jobs, func(a, b JobSummary) bool { return a.ID == b.ID }), nil
}

func newestFirst(a, b JobSummary) int {
	if c := b.Created.Compare(a.Created); c != 0 {
		return c
	}
	return strings.Compare(b.ID, a.ID)
}

func readJob(ctx context.Context, c *cloud.Cloud, id string) (JobSummary, error) {
	job, err := fleet.DescribeJob(ctx, c, id)
	if err != nil {
		return JobSummary{}, err
	}
	return summary(job), nil
}

func summary(job *iottypes.Job) JobSummary {
	j := JobSummary{ID: aws.ToString(job.JobId), Status: string(job.Status), Selection: string(job.TargetSelection),
		Created: aws.ToTime(job.CreatedAt), Counted: true, Counts: fleet.CountsOf(job), Retries: retriesOf(job),
		Comment: aws.ToString(job.Comment), Reason: aws.ToString(job.ReasonCode)}
	if job.TimeoutConfig != nil {
		j.Timeout = int(aws.ToInt64(job.TimeoutConfig.InProgressTimeoutInMinutes))
	}
	if j.Scheduled() {
		j.Starts = starts(job)
	}
	if rate := rateOf(job); rate.perMinute > 0 {
		j.PerMinute = int(rate.perMinute)
		j.Reaching = AtItsOwnRate
	} else {
		j.Reaching = AtFullSpeed
	}
	if !fleet.RollingOut(job) {
		j.Reaching = ""
	}
	for _, arn := range job.DestinationPackageVersions {
		j.Packages = append(j.Packages, packageVersion(arn))
	}
	return j
}

// starts is when a job that waits for its time goes on: at its next maintenance window, or at its start.
func starts(job *iottypes.Job) string {
	if len(job.ScheduledJobRollouts) > 0 {
		return aws.ToString(job.ScheduledJobRollouts[0].StartTime)
	}
	if job.SchedulingConfig != nil {
		return aws.ToString(job.SchedulingConfig.StartTime)
	}
	return ""
}

func retriesOf(job *iottypes.Job) Retries {
	var r Retries
	if job.JobExecutionsRetryConfig == nil {
		return r
	}
	for _, c := range job.JobExecutionsRetryConfig.CriteriaList {
		n := int(aws.ToInt32(c.NumberOfRetries))
		switch c.FailureType {
		case iottypes.RetryableFailureTypeFailed:
			r.Failed = n
		case iottypes.RetryableFailureTypeTimedOut:
			r.TimedOut = n
		case iottypes.RetryableFailureTypeAll:
			r.All = n
		}
	}
	return r
}

// rate is how quickly a job reaches its things.
type rate struct {
	perMinute, most, factor float64
	every                   int // things after which the factor applies
}

// serviceRate is how many things a minute AWS reaches when a job says nothing (AWS IoT developer guide, job rollout).
const serviceRate = 1000

func rateOf(job *iottypes.Job) rate {
	c := job.JobExecutionsRolloutConfig
	switch {
	case c == nil || c.MaximumPerMinute == nil && c.ExponentialRate == nil:
		return rate{}
	case c.ExponentialRate == nil:
		n := float64(*c.MaximumPerMinute)
		return rate{perMinute: n, most: n, factor: 1}
	}
	x := c.ExponentialRate
	r := rate{perMinute: float64(aws.ToInt32(x.BaseRatePerMinute)), most: serviceRate, factor: aws.ToFloat64(x.IncrementFactor)}
	if c.MaximumPerMinute != nil {
		r.most = float64(*c.MaximumPerMinute)
	}
	if x.RateIncreaseCriteria != nil {
		r.every = int(max(aws.ToInt32(x.RateIncreaseCriteria.NumberOfNotifiedThings), aws.ToInt32(x.RateIncreaseCriteria.NumberOfSucceededThings)))
	}
	return r
}

// takes is how long it is until n more things are reached, when some were already.
func (r rate) takes(reached, n int) time.Duration {
	now := r.perMinute
	if now <= 0 {
		now, r.most = serviceRate, serviceRate
	}
	var minutes float64
	for n > 0 {
		batch := n
		if r.every > 0 && now < r.most && r.factor > 1 {
			batch = min(n, r.every)
			for range reached / r.every {
				now = min(now*r.factor, r.most)
			}
			reached = reached%r.every + batch
		}
		minutes += float64(batch) / now
		n -= batch
	}
	return time.Duration(minutes * float64(time.Minute))
}

// packageVersion turns arn:...:package/NAME/version/VERSION into NAME/VERSION.
func packageVersion(arn string) string {
	_, name, _ := strings.Cut(arn, ":package/")
	return strings.Replace(name, "/version/", "/", 1)
}
