package jobs

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
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
		if ended(x.owner.status) && x.terminal() {
			return &types.TerminalStateException{Message: aws.String(
				fmt.Sprintf("Job %s is %s and its execution on %s is %s.", x.job, x.owner.status, x.thing, x.status))}
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

// maxPending is how many pending executions AWS tells at once, both lists together, and maxPendingScheduled when jobs
// with a schedule are among them (AWS IoT developer guide, jobs API).
const (
	maxPending          = 10
	maxPendingScheduled = 15
)

// getPending lists what is in progress, then what is queued, each by the time it was queued.
func (d *device) getPending(_ context.Context, in *data.GetPendingJobExecutionsInput) (*data.GetPendingJobExecutionsOutput, error) {
	out := &data.GetPendingJobExecutionsOutput{}
	err := d.read(func(tx *store.Tx, _ time.Time) error {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		rows, err := pending(tx, *in.ThingName)
		out.InProgressJobs, out.QueuedJobs = []types.JobExecutionSummary{}, []types.JobExecutionSummary{}
		for _, x := range rows {
			list := &out.QueuedJobs
			if x.status == inProgress {
				list = &out.InProgressJobs
			}
			*list = append(*list, types.JobExecutionSummary{JobId: aws.String(x.job), ExecutionNumber: aws.Int64(x.number),
				QueuedAt: seconds(x.queuedAt), StartedAt: startSeconds(x.startedAt), LastUpdatedAt: seconds(x.updatedAt),
				VersionNumber: x.version})
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// pending is what is in progress, then what is queued, each by the time it was queued.
func pending(tx *store.Tx, thing string) ([]*execution, error) {
	var out []*execution
	limit := maxPending
	for _, status := range []string{inProgress, queued} {
		rows, err := executions(tx, `SELECT `+executionColumns+executionTables+`WHERE x.thing_name=? AND x.status=? AND `+isOffered+`
			ORDER BY x.queued_at, x.job_id LIMIT ?`, thing, status, maxPendingScheduled-len(out))
		if err != nil {
			return nil, err
		}
		out = append(out, rows...)
	}
	if slices.ContainsFunc(out, func(x *execution) bool { return x.owner.scheduled }) {
		limit = maxPendingScheduled
	}
	return out[:min(limit, len(out))], nil
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
			if err := d.begin(tx, now, x, in.StatusDetails, in.StepTimeoutInMinutes); err != nil {
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

func (e *engine) begin(tx *store.Tx, now time.Time, x *execution, details map[string]string, step *int64) error {
	x.start(now)
	x.setStepTimer(now, step)
	if err := x.setDetails(details); err != nil {
		return err
	}
	return e.saveTimed(tx, now, x)
}

// saveTimed saves an execution that may have a timer.
func (e *engine) saveTimed(tx *store.Tx, now time.Time, x *execution) error {
	if x.stepAt.Valid || x.timeoutAt.Valid {
		e.alarm.wake(x.deadline())
	}
	return x.save(tx, now)
}
