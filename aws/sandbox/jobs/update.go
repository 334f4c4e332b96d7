package jobs

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/store"
)

// updateExecution is how a device tells what it did: IN_PROGRESS as often as it likes, then SUCCEEDED, FAILED
// or REJECTED, also straight from QUEUED. Unconfirmed: a wrong expectedVersion is
// InvalidStateTransitionException, as the service model has no version error for devices; another status is
// InvalidRequestException; an execution that never was IN_PROGRESS has no start time.
func (d *device) updateExecution(_ context.Context, in *data.UpdateJobExecutionInput) (*data.UpdateJobExecutionOutput, error) {
	out := &data.UpdateJobExecutionOutput{}
	err := d.change(func(tx *store.Tx, now time.Time) error {
		if err := checkUpdate(in); err != nil {
			return err
		}
		x, err := findExecution(tx, *in.JobId, *in.ThingName, in.ExecutionNumber)
		if err != nil {
			return err
		}
		if err := checkUpdatable(x, in.ExpectedVersion); err != nil {
			return err
		}
		if err := d.apply(tx, now, x, in); err != nil {
			return err
		}
		if aws.ToBool(in.IncludeJobExecutionState) {
			if out.ExecutionState, err = x.state(); err != nil {
				return err
			}
		}
		if aws.ToBool(in.IncludeJobDocument) {
			document, err := d.deliver(tx, x)
			out.JobDocument = &document
			return err
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func checkUpdate(in *data.UpdateJobExecutionInput) error {
	switch string(in.Status) {
	case inProgress, succeeded, failed, rejected:
	default:
		return invalid("A device cannot set status %s; it sets %s, %s, %s or %s.", in.Status, inProgress, succeeded, failed, rejected)
	}
	if err := checkDetails(in.StatusDetails); err != nil {
		return err
	}
	return checkStepTimer(in.StepTimeoutInMinutes, true)
}

func checkUpdatable(x *execution, expected *int64) error {
	if expected != nil && *expected != x.version {
		return badTransition("%s", wrongVersion(x, *expected))
	}
	if x.terminal() {
		return badTransition("The execution of job %s on %s is %s and cannot change any more.", x.job, x.thing, x.status)
	}
	if x.status == queued && x.owner.status == statusScheduled {
		return badTransition("Job %s is %s; its execution on %s can start when the job does.", x.job, x.owner.status, x.thing)
	}
	return nil
}

func wrongVersion(x *execution, expected int64) string {
	return fmt.Sprintf("The execution of job %s on %s has version %d and not %d; read it again.", x.job, x.thing, x.version, expected)
}

// apply makes the transition and what follows from it.
func (d *device) apply(tx *store.Tx, now time.Time, x *execution, in *data.UpdateJobExecutionInput) error {
	status := string(in.Status)
	if status == inProgress && x.status == queued {
		return d.begin(tx, now, x, in.StatusDetails, in.StepTimeoutInMinutes)
	}
	if err := x.setDetails(in.StatusDetails); err != nil {
		return err
	}
	if status == inProgress {
		x.setStepTimer(now, in.StepTimeoutInMinutes)
		return d.saveTimed(tx, now, x)
	}
	x.finish(status)
	if err := x.save(tx, now); err != nil {
		return err
	}
	if status == succeeded {
		if err := d.reportPackages(tx, now, x); err != nil {
			return err
		}
	}
	return d.afterEnd(tx, now, x)
}

func (x *execution) state() (*types.JobExecutionState, error) {
	details, err := x.detailsMap()
	return &types.JobExecutionState{Status: types.JobExecutionStatus(x.status), StatusDetails: details, VersionNumber: x.version}, err
}
