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
	in := &jobs.DescribeJobExecutionInput{JobId: &s.device.Job, ThingName: &s.device.Thing, IncludeJobDocument: aws.Bool(true)}
	if s.device.Number > 0 {
		in.ExecutionNumber = &s.device.Number
	}
	out, err := s.cloud.Jobs.DescribeJobExecution(ctx, in)
	if err != nil {
		return execution{}, fmt.Errorf("read the execution of job %s on %s: %w", s.device.Job, s.device.Thing, err)
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
	all, ok := s.runner.states[s.device.Job]
	if !ok {
		return x, err
	}
	x, err = all.of(ctx, s.cloud, s.device)
	if err == nil && s.started && (x.status == types.JobExecutionStatusSucceeded || x.status == types.JobExecutionStatusFailed ||
		x.status == types.JobExecutionStatusRejected) {
		return stateNow(ctx, s.cloud, s.device)
	}
	return x, err
}

// states are the states of all executions of a job, listed once: when a job is cancelled, asking for every device would take
// hours at ten calls a second.
type states struct {
	once sync.Once
	all  map[numbered]iottypes.JobExecutionStatus
	err  error
}

// numbered is one of a thing's executions of a job.
type numbered struct {
	thing  string
	number int64
}

func (st *states) of(ctx context.Context, c *cloud.Cloud, d Device) (execution, error) {
	st.once.Do(func() { st.all, st.err = listStates(ctx, c, d.Job) })
	if st.err != nil {
		return execution{}, st.err
	}
	found, ok := st.all[numbered{d.Thing, d.Number}]
	switch {
	case len(st.all) == 0: // the job itself is gone
		return execution{status: Gone}, nil
	case !ok || found == iottypes.JobExecutionStatusQueued || found == iottypes.JobExecutionStatusInProgress:
		return stateNow(ctx, c, d) // it was made, or has ended, since the listing
	}
	return execution{status: types.JobExecutionStatus(found)}, nil
}

// listStates lists the executions of a job; none when the job is gone.
func listStates(ctx context.Context, c *cloud.Cloud, job string) (map[numbered]iottypes.JobExecutionStatus, error) {
	all := map[numbered]iottypes.JobExecutionStatus{}
	err := eachExecution(ctx, c, job, "", func(page []Device) {
		for _, d := range page {
			all[numbered{d.Thing, d.Number}] = iottypes.JobExecutionStatus(d.status)
		}
	})
	if cloud.Is(err, cloud.NotFound) {
		return nil, nil
	}
	return all, err
}

func stateNow(ctx context.Context, c *cloud.Cloud, d Device) (execution, error) {
	in := &iot.DescribeJobExecutionInput{JobId: &d.Job, ThingName: &d.Thing}
	if d.Number > 0 {
		in.ExecutionNumber = &d.Number
	}
	out, err := c.IoT.DescribeJobExecution(ctx, in)
	if cloud.Is(err, cloud.NotFound) {
		return execution{status: Gone}, nil
	}
	if err != nil {
		return execution{}, fmt.Errorf("read the execution of job %s on %s: %w", d.Job, d.Thing, err)
	}
	x := execution{status: types.JobExecutionStatus(out.Execution.Status), version: out.Execution.VersionNumber}
	if details := out.Execution.StatusDetails; details != nil {
		x.run = details.DetailsMap["run"]
	}
	return x, nil
}
