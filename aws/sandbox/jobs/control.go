package jobs

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// describeExecution is the operator's view of an execution: no document, details in a map of their own.
func (c *control) describeExecution(_ context.Context, in *iot.DescribeJobExecutionInput) (*iot.DescribeJobExecutionOutput, error) {
	out := &iot.DescribeJobExecutionOutput{}
	err := c.read(func(tx *store.Tx, now time.Time) error {
		x, err := findExecution(tx, *in.JobId, *in.ThingName, in.ExecutionNumber)
		if err != nil {
			return err
		}
		details, err := x.detailsMap()
		if err != nil {
			return err
		}
		out.Execution = &types.JobExecution{
			JobId: aws.String(x.job), ThingArn: aws.String(c.thingARN(x.thing)), Status: types.JobExecutionStatus(x.status),
			StatusDetails: &types.JobExecutionStatusDetails{DetailsMap: details},
			QueuedAt:      aws.Time(store.Time(x.queuedAt)), StartedAt: moment(x.startedAt), LastUpdatedAt: aws.Time(store.Time(x.updatedAt)),
			ExecutionNumber: aws.Int64(x.number), VersionNumber: x.version, ApproximateSecondsBeforeTimedOut: x.secondsLeft(now),
		}
		if x.status == canceled {
			out.Execution.ForceCanceled = aws.Bool(x.forced)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// cancelExecution cancels a queued execution, and one in progress with force.
func (c *control) cancelExecution(_ context.Context, in *iot.CancelJobExecutionInput) (*iot.CancelJobExecutionOutput, error) {
	err := c.change(func(tx *store.Tx, now time.Time) error {
		if err := checkDetails(in.StatusDetails); err != nil {
			return err
		}
		x, err := findExecution(tx, *in.JobId, *in.ThingName, nil)
		if err != nil {
			return err
		}
		if in.ExpectedVersion != nil && *in.ExpectedVersion != x.version {
			return &types.VersionConflictException{Message: aws.String(wrongVersion(x, *in.ExpectedVersion))}
		}
		if x.terminal() || x.status == inProgress && !in.Force {
			return badTransition("The execution of job %s on %s is %s; %s.", x.job, x.thing, x.status, cancelAdvice(x))
		}
		if err := x.setDetails(in.StatusDetails); err != nil {
			return err
		}
		x.finish(canceled)
		x.forced = in.Force
		if err := x.save(tx, now); err != nil {
			return err
		}
		return complete(tx, now, x.job) // no retry: somebody wanted it to end
	})
	if err != nil {
		return nil, err
	}
	return &iot.CancelJobExecutionOutput{}, nil
}

func cancelAdvice(x *execution) string {
	if x.terminal() {
		return "it has ended already"
	}
	return "cancel it with force"
}

// deleteExecution deletes an execution that is queued or has ended, and one in progress with force.
// Unconfirmed: the API reference wants one that has ended, the developer guide takes a queued one too.
func (c *control) deleteExecution(_ context.Context, in *iot.DeleteJobExecutionInput) (*iot.DeleteJobExecutionOutput, error) {
	err := c.change(func(tx *store.Tx, now time.Time) error {
		if err := checkNamespace(tx, *in.JobId, in.NamespaceId); err != nil {
			return err
		}
		x, err := findExecution(tx, *in.JobId, *in.ThingName, in.ExecutionNumber)
		if err != nil {
			return err
		}
		if x.status == inProgress && !in.Force {
			return badTransition("The execution of job %s on %s is %s; cancel it first, or delete it with force.", x.job, x.thing, x.status)
		}
		if _, err := tx.Exec(`DELETE FROM executions WHERE job_id=? AND thing_name=? AND number=?`, x.job, x.thing, x.number); err != nil {
			return err
		}
		return complete(tx, now, x.job)
	})
	if err != nil {
		return nil, err
	}
	return &iot.DeleteJobExecutionOutput{}, nil
}
