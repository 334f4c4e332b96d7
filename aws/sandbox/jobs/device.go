package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/store"
)

// nextJob stands for the job that a device is to work on next.
const nextJob = "$next"

// describeExecution is the device's view of an execution, with the job document unless it asks for none.
// For $next it looks and changes nothing; nothing pending is an empty answer. Unconfirmed: what
// TerminalStateException depends on; here both the job and the execution have ended, so that a device can
// still finish what a canceled job left in progress.
func (d *device) describeExecution(_ context.Context, in *data.DescribeJobExecutionInput) (*data.DescribeJobExecutionOutput, error) {
	out := &data.DescribeJobExecutionOutput{}
	err := d.read(func(tx *store.Tx, now time.Time) error {
		x, err := pick(tx, in)
		if err != nil || x == nil {
			return err
		}
		j, err := loadJob(tx, x.job)
		if err != nil {
			return err
		}
		if j.terminal() && x.terminal() {
			return &types.TerminalStateException{Message: aws.String(
				fmt.Sprintf("Job %s is %s and its execution on %s is %s.", j.id, j.status, x.thing, x.status))}
		}
		out.Execution, err = d.view(tx, now, x, in.IncludeJobDocument == nil || *in.IncludeJobDocument)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func pick(tx *store.Tx, in *data.DescribeJobExecutionInput) (*execution, error) {
	if *in.JobId == nextJob {
		return nextExecution(tx, *in.ThingName)
	}
	return findExecution(tx, *in.JobId, *in.ThingName, in.ExecutionNumber)
}

// view is the data plane's shape: whole seconds, details without a map around them.
func (d *device) view(tx *store.Tx, now time.Time, x *execution, withDocument bool) (*types.JobExecution, error) {
	details, err := x.detailsMap()
	if err != nil {
		return nil, err
	}
	v := &types.JobExecution{
		JobId: aws.String(x.job), ThingName: aws.String(x.thing), Status: types.JobExecutionStatus(x.status),
		StatusDetails: details, QueuedAt: seconds(x.queuedAt), StartedAt: startSeconds(x.startedAt),
		LastUpdatedAt: seconds(x.updatedAt), VersionNumber: x.version, ExecutionNumber: aws.Int64(x.number),
		ApproximateSecondsBeforeTimedOut: x.secondsLeft(now),
	}
	if withDocument {
		document, err := d.deliver(tx, x)
		if err != nil {
			return nil, err
		}
		v.JobDocument = &document
	}
	return v, nil
}

func seconds(ms int64) int64 { return ms / 1000 }

func startSeconds(ms sql.NullInt64) *int64 {
	if !ms.Valid {
		return nil
	}
	return aws.Int64(seconds(ms.Int64))
}

// maxPending is how many pending executions AWS tells at once (AWS IoT developer guide, jobs API), both lists
// together.
const maxPending = 10

// getPending lists what is in progress, then what is queued, each by the time it was queued.
func (d *device) getPending(_ context.Context, in *data.GetPendingJobExecutionsInput) (*data.GetPendingJobExecutionsOutput, error) {
	out := &data.GetPendingJobExecutionsOutput{}
	err := d.read(func(tx *store.Tx, _ time.Time) (err error) {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		if out.InProgressJobs, err = pending(tx, *in.ThingName, inProgress, maxPending); err != nil {
			return err
		}
		out.QueuedJobs, err = pending(tx, *in.ThingName, queued, maxPending-len(out.InProgressJobs))
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func pending(tx *store.Tx, thing, status string, limit int) ([]types.JobExecutionSummary, error) {
	rows, err := executions(tx, `SELECT `+executionColumns+` FROM executions WHERE thing_name=? AND status=?
		ORDER BY queued_at, job_id LIMIT ?`, thing, status, limit)
	out := []types.JobExecutionSummary{}
	for _, x := range rows {
		out = append(out, types.JobExecutionSummary{JobId: aws.String(x.job), ExecutionNumber: aws.Int64(x.number),
			QueuedAt: seconds(x.queuedAt), StartedAt: startSeconds(x.startedAt), LastUpdatedAt: seconds(x.updatedAt),
			VersionNumber: x.version})
	}
	return out, err
}

// startNext starts the oldest queued execution. One that is in progress already is given again as it is, and
// the details and timer that were sent are not used (AWS IoT developer guide, StartNextPendingJobExecution).
func (d *device) startNext(_ context.Context, in *data.StartNextPendingJobExecutionInput) (*data.StartNextPendingJobExecutionOutput, error) {
	out := &data.StartNextPendingJobExecutionOutput{}
	err := d.change(func(tx *store.Tx, now time.Time) error {
		if err := checkDetails(in.StatusDetails); err != nil {
			return err
		}
		if err := checkStepTimer(in.StepTimeoutInMinutes, false); err != nil {
			return err
		}
		x, err := nextExecution(tx, *in.ThingName)
		if err != nil || x == nil {
			return err
		}
		if x.status == queued {
			if err := begin(tx, now, x, in.StatusDetails, in.StepTimeoutInMinutes); err != nil {
				return err
			}
		}
		out.Execution, err = d.view(tx, now, x, true)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func begin(tx *store.Tx, now time.Time, x *execution, details map[string]string, step *int64) error {
	j, err := loadJob(tx, x.job)
	if err != nil {
		return err
	}
	x.start(now, j.timeout)
	x.setStepTimer(now, step)
	if err := x.setDetails(details); err != nil {
		return err
	}
	return x.save(tx, now)
}
