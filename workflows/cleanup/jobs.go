package cleanup

import (
	"context"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// How long a run waits for AWS to remove a job, and for one of the ten places of jobs that are being deleted (AWS IoT
// API reference, DeleteJob).
const jobWait = 5 * time.Minute

// jobs cancels and deletes the jobs and watches until they are gone. Those that are being deleted are only watched.
func (r *runner) jobs(ctx context.Context, s *fleet.Step) {
	all := r.plan.Items[Job]
	s.Expect(Job, len(all))
	fleet.Each(ctx, s, fewWorkers, all, func(ctx context.Context, job Item) {
		if job.State != string(iottypes.JobStatusDeletionInProgress) {
			status, err := r.deleteJob(ctx, s, job)
			if err != nil || status == event.Gone {
				r.done(ctx, s, Job, job.Name, status, err)
				return
			}
		}
		switch gone, err := r.watchJob(ctx, s, job.Name); {
		case err != nil || gone:
			r.done(ctx, s, Job, job.Name, event.Deleted, err)
		default:
			r.kept(s, Job, job.Name, ReasonDeleting)
		}
	})
}

// deleteJob cancels a job that is not over and asks for its deletion.
func (r *runner) deleteJob(ctx context.Context, s *fleet.Step, job Item) (event.Status, error) {
	switch iottypes.JobStatus(job.State) {
	case iottypes.JobStatusInProgress, iottypes.JobStatusScheduled:
		_, err := r.c.IoT.CancelJob(ctx, &iot.CancelJobInput{JobId: &job.Name, Force: true})
		// A job that ended in the meantime cannot be cancelled; deleting it is what counts.
		if err != nil && !cloud.Is(err, cloud.Invalid) && !cloud.Is(err, cloud.Conflict) {
			if status, err := removal(err); err != nil || status == event.Gone {
				return status, wrap(err, "cancel job "+job.Name)
			}
		}
	}
	err := r.patience(ctx, jobWait, func(left time.Duration) { s.Waiting(Job, job.Name, WaitJobSlot, left) }, func() error {
		_, err := r.c.IoT.DeleteJob(ctx, &iot.DeleteJobInput{JobId: &job.Name, Force: true})
		if cloud.Is(err, cloud.Quota) {
			return &errAgain{err}
		}
		return err
	})
	status, err := removal(err)
	return status, wrap(err, "delete job "+job.Name)
}

// wrap says what was being done when err happened; nil stays nil.
func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, err)
}

// watchJob waits until a job is gone; false means that AWS is still at it.
func (r *runner) watchJob(ctx context.Context, s *fleet.Step, id string) (gone bool, err error) {
	still := fmt.Errorf("job %s is still there", id)
	err = r.patience(ctx, jobWait, func(left time.Duration) { s.Waiting(Job, id, WaitJobs, left) }, func() error {
		_, err := r.c.IoT.DescribeJob(ctx, &iot.DescribeJobInput{JobId: &id})
		if err == nil {
			return &errAgain{still}
		}
		return err
	})
	if err == still {
		return false, nil
	}
	if cloud.Is(err, cloud.NotFound) {
		return true, nil
	}
	return false, wrap(err, "watch job "+id)
}
