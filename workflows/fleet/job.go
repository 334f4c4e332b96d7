package fleet

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
)

// JobCounts is how many executions of a job are in each state. AWS counts executions, not things: one that was retried
// counts twice (AWS IoT API reference, JobProcessDetails).
type JobCounts struct {
	Queued     int `json:"queued"`
	InProgress int `json:"in_progress"`
	Succeeded  int `json:"succeeded"`
	Failed     int `json:"failed"`
	Rejected   int `json:"rejected"`
	TimedOut   int `json:"timed_out"`
	Canceled   int `json:"canceled"`
	Removed    int `json:"removed"`
}

// Pending is the number of executions that have not ended.
func (n JobCounts) Pending() int { return n.Queued + n.InProgress }

// Total is the number of executions in all.
func (n JobCounts) Total() int {
	return n.Pending() + n.Succeeded + n.Failed + n.Rejected + n.TimedOut + n.Canceled + n.Removed
}

// CountsOf takes a job's counts out of DescribeJob's answer.
func CountsOf(job *iottypes.Job) JobCounts {
	d := job.JobProcessDetails
	if d == nil {
		return JobCounts{}
	}
	n := func(p *int32) int { return int(aws.ToInt32(p)) }
	return JobCounts{
		Queued: n(d.NumberOfQueuedThings), InProgress: n(d.NumberOfInProgressThings), Succeeded: n(d.NumberOfSucceededThings),
		Failed: n(d.NumberOfFailedThings), Rejected: n(d.NumberOfRejectedThings), TimedOut: n(d.NumberOfTimedOutThings),
		Canceled: n(d.NumberOfCanceledThings), Removed: n(d.NumberOfRemovedThings),
	}
}

// RollingOut tells whether there are things of the job's targets that it has not reached yet.
func RollingOut(job *iottypes.Job) bool {
	return job.JobProcessDetails != nil && len(job.JobProcessDetails.ProcessingTargets) > 0
}

// DescribeJob reads a job. The error is of class NotFound when there is none of that id.
func DescribeJob(ctx context.Context, c *cloud.Cloud, id string) (*iottypes.Job, error) {
	out, err := c.IoT.DescribeJob(ctx, &iot.DescribeJobInput{JobId: &id})
	if err != nil {
		return nil, fmt.Errorf("describe job %s: %w", id, err)
	}
	return out.Job, nil
}

// CheckGroup refuses what AWS would refuse as a thing group's name.
func CheckGroup(item string) *FieldError {
	if !registryName.MatchString(item) {
		return Refuse("", item, BadName, "item", item, "allowed", "A-Z a-z 0-9 : _ -", "max", 128)
	}
	return nil
}

// CheckPackage refuses what AWS would refuse as a package's name.
func CheckPackage(item string) *FieldError {
	if !packageName.MatchString(item) {
		return Refuse("", item, BadName, "item", item, "allowed", "A-Z a-z 0-9 . _ -", "max", 128)
	}
	return nil
}

// jobPage is the largest page of jobs (AWS IoT API reference, ListJobs).
const jobPage = 250

// NewestJobs lists the jobs that were created last, the newest first, at most so many: each may take another call to be described, of
// which AWS allows ten a second.
func NewestJobs(ctx context.Context, c *cloud.Cloud, most int) ([]iottypes.JobSummary, error) {
	var all []iottypes.JobSummary
	pages := iot.NewListJobsPaginator(c.IoT, &iot.ListJobsInput{MaxResults: aws.Int32(jobPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list jobs: %w", err)
		}
		all = append(all, out.Jobs...)
	}
	slices.SortFunc(all, func(a, b iottypes.JobSummary) int {
		return cmp.Or(aws.ToTime(b.CreatedAt).Compare(aws.ToTime(a.CreatedAt)), cmp.Compare(aws.ToString(a.JobId), aws.ToString(b.JobId)))
	})
	return all[:min(most, len(all))], nil
}

// DestinationOf reads what a job installs from the ARN of a package version; false when it is none. A job that takes a package away
// names the version $null (AWS IoT developer guide, software package catalog).
func DestinationOf(arn string) (pkg, version string, ok bool) {
	_, name, _ := strings.Cut(arn, ":package/")
	return strings.Cut(name, "/version/")
}
