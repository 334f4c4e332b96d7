package simulate

import (
	"context"
	"fmt"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	jobs "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/cloud"
)

// Gone is the state of an execution that the cloud does not know any more: the thing, the job or the execution was deleted.
const Gone = "GONE"

// execution is what the cloud holds of a device's execution.
type execution struct {
	status   types.JobExecutionStatus
	run      string // token of the run that updated it last
	version  int64
	document string
}

// mine tells whether a run with that token was the last to update the execution.
func (x execution) mine(token string) bool { return x.run == token }

// refused tells whether the cloud refused an update because of the execution's state: it has ended, has another version, or
// is gone.
func refused(err error) bool {
	return cloud.Is(err, cloud.Conflict) || cloud.Is(err, cloud.NotFound)
}

// describe reads the execution with the document as it is delivered now.
func (s *session) describe(ctx context.Context) (execution, error) {
	in := &jobs.DescribeJobExecutionInput{JobId: &s.plan.Jobs[0].ID, ThingName: &s.device.Thing, IncludeJobDocument: aws.Bool(true)}
	if s.device.Number > 0 {
		in.ExecutionNumber = &s.device.Number
	}
	out, err := s.cloud.Jobs.DescribeJobExecution(ctx, in)
	if err != nil {
		return execution{}, fmt.Errorf("read the execution of job %s on %s: %w", s.plan.Jobs[0].ID, s.device.Thing, err)
	}
	if out.Execution == nil {
		return execution{status: Gone}, nil
	}
	x := out.Execution
	return execution{status: x.Status, run: x.StatusDetails["run"], version: x.VersionNumber, document: aws.ToString(x.JobDocument)}, nil
}

// look is describe for an execution that may have ended with its job: devices are told of those no more, so the control
// plane is asked. A listing says which state it is in, but not whether it was this run that reported it.
func (s *session) look(ctx context.Context) (execution, error) {
	x, err := s.describe(ctx)
	if !refused(err) {
		return x, err
	}
	x, err = s.states.of(ctx, s.cloud, s.plan.Jobs[0].ID, s.device)
	if err == nil && s.started && (x.status == types.JobExecutionStatusSucceeded || x.status == types.JobExecutionStatusFailed) {
		return stateNow(ctx, s.cloud, s.plan.Jobs[0].ID, s.device)
	}
	return x, err
}

// states are the states of all executions of a job, listed once: when a job is cancelled, asking for every device would take
// hours at ten calls a second.
type states struct {
	once sync.Once
	all  map[string]state
	err  error
}

type state struct {
	number int64
	status iottypes.JobExecutionStatus
}

func (st *states) of(ctx context.Context, c *cloud.Cloud, job string, d Device) (execution, error) {
	st.once.Do(func() { st.all, st.err = listStates(ctx, c, job) })
	if st.err != nil {
		return execution{}, st.err
	}
	found, ok := st.all[d.Thing]
	switch {
	case !ok || d.Number > 0 && found.number != d.Number:
		return execution{status: Gone}, nil
	case found.status == iottypes.JobExecutionStatusQueued || found.status == iottypes.JobExecutionStatusInProgress:
		return stateNow(ctx, c, job, d) // it has ended since the listing
	}
	return execution{status: types.JobExecutionStatus(found.status)}, nil
}

func listStates(ctx context.Context, c *cloud.Cloud, job string) (map[string]state, error) {
	all := map[string]state{}
	pages := iot.NewListJobExecutionsForJobPaginator(c.IoT, &iot.ListJobExecutionsForJobInput{JobId: &job, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if cloud.Is(err, cloud.NotFound) { // the job itself
			return all, nil
		}
		if err != nil {
			return nil, fmt.Errorf("list the executions of job %s: %w", job, err)
		}
		for _, x := range page.ExecutionSummaries {
			if x.JobExecutionSummary == nil {
				continue
			}
			d := device(x, x.JobExecutionSummary.Status)
			if d.Number >= all[d.Thing].number {
				all[d.Thing] = state{d.Number, x.JobExecutionSummary.Status}
			}
		}
	}
	return all, nil
}

func stateNow(ctx context.Context, c *cloud.Cloud, job string, d Device) (execution, error) {
	in := &iot.DescribeJobExecutionInput{JobId: &job, ThingName: &d.Thing}
	if d.Number > 0 {
		in.ExecutionNumber = &d.Number
	}
	out, err := c.IoT.DescribeJobExecution(ctx, in)
	if cloud.Is(err, cloud.NotFound) {
		return execution{status: Gone}, nil
	}
	if err != nil {
		return execution{}, fmt.Errorf("read the execution of job %s on %s: %w", job, d.Thing, err)
	}
	x := execution{status: types.JobExecutionStatus(out.Execution.Status), version: out.Execution.VersionNumber}
	if details := out.Execution.StatusDetails; details != nil {
		x.run = details.DetailsMap["run"]
	}
	return x, nil
}
