package home

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
)

// Reading the state is one page of each list and one job: five calls, whether the account holds ten things or
// a hundred thousand. A list that goes on is shown as "250+".
const (
	readTimeout = 15 * time.Second
	pageSize    = 250 // the most that ListThings, ListThingTypes, ListThingGroups and ListJobs return at once
)

// count is the number of items on the first page of a list, and whether there are more.
type count struct {
	N    int
	More bool
}

// fleetState is what the registry holds.
type fleetState struct {
	Things, Types, Groups count
	Err                   error
}

// empty reports that there is nothing yet that a job could go to.
func (f fleetState) empty() bool { return f.Things.N == 0 }

// jobState is how the jobs stand.
type jobState struct {
	Active   count
	Finished bool // at least one job has come to its end
	Newest   string
	Waiting  int // executions of the newest active job that are not at their end
	Ended    int
	Failed   int // of Ended: failed, rejected or timed out
	Err      error
}

// stateMsg brings what was read. gen tells an old answer from the one that was asked for last.
type stateMsg struct {
	gen   int
	fleet fleetState
	jobs  jobState
}

// read asks the cloud in the background.
func read(c *cloud.Cloud, gen int) tea.Cmd {
	return func() tea.Msg {
		ctx, cancel := context.WithTimeout(context.Background(), readTimeout)
		defer cancel()
		return stateMsg{gen: gen, fleet: readFleet(ctx, c), jobs: readJobs(ctx, c)}
	}
}

func readFleet(ctx context.Context, c *cloud.Cloud) (s fleetState) {
	things, err := c.IoT.ListThings(ctx, &iot.ListThingsInput{MaxResults: aws.Int32(pageSize)})
	if err != nil {
		return fleetState{Err: err}
	}
	kinds, err := c.IoT.ListThingTypes(ctx, &iot.ListThingTypesInput{MaxResults: aws.Int32(pageSize)})
	if err != nil {
		return fleetState{Err: err}
	}
	groups, err := c.IoT.ListThingGroups(ctx, &iot.ListThingGroupsInput{MaxResults: aws.Int32(pageSize)})
	if err != nil {
		return fleetState{Err: err}
	}
	return fleetState{
		Things: count{len(things.Things), things.NextToken != nil},
		Types:  count{len(kinds.ThingTypes), kinds.NextToken != nil},
		Groups: count{len(groups.ThingGroups), groups.NextToken != nil},
	}
}

func readJobs(ctx context.Context, c *cloud.Cloud) (s jobState) {
	active, err := c.IoT.ListJobs(ctx, &iot.ListJobsInput{Status: types.JobStatusInProgress, MaxResults: aws.Int32(pageSize)})
	if err != nil {
		return jobState{Err: err}
	}
	done, err := c.IoT.ListJobs(ctx, &iot.ListJobsInput{Status: types.JobStatusCompleted, MaxResults: aws.Int32(1)})
	if err != nil {
		return jobState{Err: err}
	}
	s.Active, s.Finished = count{len(active.Jobs), active.NextToken != nil}, len(done.Jobs) > 0
	s.Newest = newest(active.Jobs)
	if s.Newest == "" {
		return s
	}
	job, err := c.IoT.DescribeJob(ctx, &iot.DescribeJobInput{JobId: &s.Newest})
	if err != nil && !cloud.Is(err, cloud.NotFound) { // it may have been deleted since it was listed
		return jobState{Err: err}
	}
	if err == nil && job.Job != nil && job.Job.JobProcessDetails != nil {
		s.countExecutions(job.Job.JobProcessDetails)
	}
	return s
}

// newest is the id of the job created last, "" when there is none.
func newest(jobs []types.JobSummary) string {
	var id string
	var at time.Time
	for _, j := range jobs {
		if created := aws.ToTime(j.CreatedAt); id == "" || created.After(at) {
			id, at = aws.ToString(j.JobId), created
		}
	}
	return id
}

func (s *jobState) countExecutions(d *types.JobProcessDetails) {
	n := func(p *int32) int { return int(aws.ToInt32(p)) }
	s.Waiting = n(d.NumberOfQueuedThings) + n(d.NumberOfInProgressThings)
	s.Failed = n(d.NumberOfFailedThings) + n(d.NumberOfRejectedThings) + n(d.NumberOfTimedOutThings)
	s.Ended = s.Failed + n(d.NumberOfSucceededThings) + n(d.NumberOfCanceledThings) + n(d.NumberOfRemovedThings)
}
