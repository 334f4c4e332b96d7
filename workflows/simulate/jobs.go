package simulate

import (
	"context"
	"fmt"
	"slices"
	"strings"

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

// Jobs lists the active jobs, the newest first. The executions of the twenty newest are counted.
func Jobs(ctx context.Context, c *cloud.Cloud) ([]JobSummary, error) {
	jobs, err := activeJobs(ctx, c)
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

func activeJobs(ctx context.Context, c *cloud.Cloud) ([]JobSummary, error) {
	var jobs []JobSummary
	pages := iot.NewListJobsPaginator(c.IoT, &iot.ListJobsInput{Status: iottypes.JobStatusInProgress, MaxResults: aws.Int32(pageSize)})
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
	slices.SortFunc(jobs, newestFirst)
	return jobs, nil
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
		Created: aws.ToTime(job.CreatedAt), Counted: true, Counts: fleet.CountsOf(job)}
	if fleet.RollingOut(job) {
		j.Reaching = AtFullSpeed
		if job.JobExecutionsRolloutConfig != nil && (job.JobExecutionsRolloutConfig.MaximumPerMinute != nil || job.JobExecutionsRolloutConfig.ExponentialRate != nil) {
			j.Reaching = AtItsOwnRate
		}
	}
	for _, arn := range job.DestinationPackageVersions {
		j.Packages = append(j.Packages, packageVersion(arn))
	}
	return j
}

// packageVersion turns arn:...:package/NAME/version/VERSION into NAME/VERSION.
func packageVersion(arn string) string {
	_, name, _ := strings.Cut(arn, ":package/")
	return strings.Replace(name, "/version/", "/", 1)
}
