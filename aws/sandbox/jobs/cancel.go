package jobs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
)

// cancelJob cancels a job: at once the job itself and, a moment later, its queued executions, and with force those in
// progress. Unconfirmed: a job that has ended is InvalidRequestException, the only refusal that is modelled.
func (c *control) cancelJob(_ context.Context, in *iot.CancelJobInput) (*iot.CancelJobOutput, error) {
	out := &iot.CancelJobOutput{JobId: in.JobId, JobArn: aws.String(c.jobARN(*in.JobId))}
	err := c.change(func(tx *store.Tx, now time.Time) error {
		j, err := loadJob(tx, *in.JobId)
		if err != nil {
			return err
		}
		if j.terminal() {
			return invalid("Job %s is %s; only a job that has not ended can be canceled.", j.id, j.status)
		}
		q, err := loadRequest(tx, j.id)
		if err != nil {
			return err
		}
		out.Description = q.Description
		p, err := loadProgress(tx, j.id)
		if err != nil {
			return err
		}
		return c.engine.cancel(tx, now, p, in.Force, nullable(in.ReasonCode), nullable(in.Comment))
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// cancel cancels a job for an operator, its abort criteria or its schedule. It notifies nobody any more; its executions
// are canceled when the lag has passed. reason and comment are a string or nil.
func (e *engine) cancel(tx *store.Tx, at time.Time, p *progress, force bool, reason, comment any) error {
	if _, err := tx.Exec(`UPDATE jobs SET status='CANCELED', comment=?2, reason_code=?3, force_canceled=?4,
		updated_at=?5, completed_at=?5 WHERE id=?1`, p.job, comment, reason, force, store.Millis(at)); err != nil {
		return err
	}
	p.rest()
	p.cancelAt = millis(store.Millis(at.Add(e.realm.Lag.Cancel)))
	return p.save(tx, e)
}

// cancelSome takes a step of canceling a job's executions. Those that waited are forgotten.
func (e *engine) cancelSome(tx *store.Tx, at time.Time, p *progress) error {
	gone, err := deleteSome(tx, `job_waiting`, p.job)
	if err != nil || gone {
		return err
	}
	var force bool
	if err := tx.Row(`SELECT force_canceled FROM jobs WHERE id=?`, []any{p.job}, &force); err != nil {
		return err
	}
	statuses := []string{queued}
	if force {
		statuses = append(statuses, inProgress)
	}
	for _, status := range statuses {
		n, err := tx.Exec(`UPDATE executions SET status='CANCELED', version=version+1, updated_at=?3, timeout_at=NULL,
			step_at=NULL, forced=?4 WHERE job_id=?1 AND status=?2 AND thing_name<=coalesce((SELECT thing_name FROM executions
				WHERE job_id=?1 AND status=?2 ORDER BY thing_name LIMIT 1 OFFSET ?5), char(0x10FFFF))`,
			p.job, status, store.Millis(at), force, stepRows-1)
		if err != nil || n >= stepRows {
			return err
		}
	}
	p.cancelAt.Valid = false
	return p.save(tx, e)
}

// deleteSome deletes up to a step's rows of a table that has the columns job_id and thing_name, and tells whether there
// were any.
func deleteSome(tx *store.Tx, table, id string) (bool, error) {
	n, err := tx.Exec(`DELETE FROM `+table+` WHERE job_id=?1 AND thing_name IN
		(SELECT thing_name FROM `+table+` WHERE job_id=?1 LIMIT ?2)`, id, stepRows)
	return n > 0, err
}

// maxDeleting is how many jobs may be DELETION_IN_PROGRESS (AWS IoT API reference, DeleteJob).
const maxDeleting = 10

// deleteJob turns a job to DELETION_IN_PROGRESS; it and its executions are gone a moment later. Its executions are no
// longer offered to devices meanwhile.
func (c *control) deleteJob(_ context.Context, in *iot.DeleteJobInput) (*iot.DeleteJobOutput, error) {
	err := c.change(func(tx *store.Tx, now time.Time) error {
		if err := checkNamespace(tx, *in.JobId, in.NamespaceId); err != nil {
			return err
		}
		j, err := loadJob(tx, *in.JobId)
		if err != nil {
			return err
		}
		if j.status == statusDeleting || !j.terminal() && !in.Force {
			return badTransition("Job %s is %s; %s.", j.id, j.status, deleteAdvice(j))
		}
		var deleting int
		if err := tx.Row(`SELECT count(*) FROM job_progress WHERE due_at IS NOT NULL AND delete_at IS NOT NULL`, nil, &deleting); err != nil {
			return err
		}
		if deleting >= maxDeleting {
			return &types.LimitExceededException{Message: aws.String(fmt.Sprintf("%d jobs are %s already; wait until one of them is gone.",
				deleting, statusDeleting))}
		}
		p, err := loadProgress(tx, j.id)
		if err != nil {
			return err
		}
		p.rest()
		p.deleteAt = millis(store.Millis(now.Add(c.realm.Lag.JobDeletion)))
		return p.turn(tx, c.engine, now, statusDeleting)
	})
	if err != nil {
		return nil, err
	}
	return &iot.DeleteJobOutput{}, nil
}

func deleteAdvice(j *job) string {
	if j.status == statusDeleting {
		return "it is being deleted already"
	}
	return "cancel it first, or delete it with force"
}

// purge takes a step of deleting a job; the last one deletes the job itself.
func (e *engine) purge(tx *store.Tx, p *progress) error {
	for _, table := range []string{`job_waiting`, `executions`} {
		if gone, err := deleteSome(tx, table, p.job); err != nil || gone {
			return err
		}
	}
	var errs []error
	for _, query := range []string{
		`DELETE FROM job_targets WHERE job_id=?`, `DELETE FROM jobs WHERE id=?`, `DELETE FROM job_progress WHERE job_id=?`,
	} {
		_, err := tx.Exec(query, p.job)
		errs = append(errs, err)
	}
	return errors.Join(append(errs, tag.Clear(tx, e.jobARN(p.job)))...)
}
