package jobs

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
)

// updateJob changes what executions that start, or documents that are fetched, from now on get. Unconfirmed:
// a job that has ended may still be updated.
func (c *control) updateJob(_ context.Context, in *iot.UpdateJobInput) (*iot.UpdateJobOutput, error) {
	err := c.change(func(tx *store.Tx, now time.Time) error {
		if err := refuse(map[string]bool{
			"jobExecutionsRolloutConfig": in.JobExecutionsRolloutConfig != nil,
			"abortConfig":                in.AbortConfig != nil,
			"jobExecutionsRetryConfig":   in.JobExecutionsRetryConfig != nil,
		}); err != nil {
			return err
		}
		if err := checkNamespace(tx, *in.JobId, in.NamespaceId); err != nil {
			return err
		}
		j, err := loadJob(tx, *in.JobId)
		if err != nil {
			return err
		}
		q, err := loadRequest(tx, j.id)
		if err != nil {
			return err
		}
		if in.Description != nil {
			q.Description = in.Description
		}
		if in.TimeoutConfig != nil {
			q.Timeout = in.TimeoutConfig
		}
		if err := checkTimeout(q.Timeout); err != nil {
			return err
		}
		if in.PresignedUrlConfig != nil {
			q.Presign = in.PresignedUrlConfig
			if err := c.recheckDelivery(tx, j, q); err != nil {
				return err
			}
		}
		return q.save(tx, now, j.id)
	})
	if err != nil {
		return nil, err
	}
	return &iot.UpdateJobOutput{}, nil
}

// recheckDelivery checks that the job's document can still be delivered with a changed presigned URL
// configuration.
func (c *control) recheckDelivery(tx *store.Tx, j *job, q *request) error {
	var document string
	if err := tx.Row(`SELECT document FROM jobs WHERE id=?`, []any{j.id}, &document); err != nil {
		return err
	}
	ds, err := parseDestinations(j.packages)
	if err != nil {
		return err
	}
	return c.checkDelivery(tx, document, ds, q.Presign)
}

// cancelJob cancels at once what AWS cancels over some seconds: queued executions, and with force those in
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
		if _, err := tx.Exec(`UPDATE jobs SET status='CANCELED', comment=?2, reason_code=?3, force_canceled=?4,
			updated_at=?5, completed_at=?5 WHERE id=?1`,
			j.id, nullable(in.Comment), nullable(in.ReasonCode), in.Force, store.Millis(now)); err != nil {
			return err
		}
		return cancelExecutions(tx, now, j.id, in.Force)
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

func cancelExecutions(tx *store.Tx, now time.Time, id string, force bool) error {
	const cancel = `UPDATE executions SET status='CANCELED', version=version+1, updated_at=?2, timeout_at=NULL,
		step_at=NULL, forced=?3 WHERE job_id=?1 AND status=?4`
	if _, err := tx.Exec(cancel, id, store.Millis(now), force, queued); err != nil || !force {
		return err
	}
	_, err := tx.Exec(cancel, id, store.Millis(now), force, inProgress)
	return err
}

func nullable(s *string) any {
	if s == nil {
		return nil
	}
	return *s
}

// deleteJob deletes a job and its executions at once. On AWS the job is DELETION_IN_PROGRESS for a while, at
// most ten jobs at a time; nobody sees that state here.
func (c *control) deleteJob(_ context.Context, in *iot.DeleteJobInput) (*iot.DeleteJobOutput, error) {
	err := c.change(func(tx *store.Tx, _ time.Time) error {
		if err := checkNamespace(tx, *in.JobId, in.NamespaceId); err != nil {
			return err
		}
		j, err := loadJob(tx, *in.JobId)
		if err != nil {
			return err
		}
		if !j.terminal() && !in.Force {
			return badTransition("Job %s is %s; cancel it first, or delete it with force.", j.id, j.status)
		}
		for _, query := range []string{
			`DELETE FROM executions WHERE job_id=?`, `DELETE FROM job_targets WHERE job_id=?`, `DELETE FROM jobs WHERE id=?`,
		} {
			if _, err := tx.Exec(query, j.id); err != nil {
				return err
			}
		}
		return tag.Clear(tx, c.jobARN(j.id))
	})
	if err != nil {
		return nil, err
	}
	return &iot.DeleteJobOutput{}, nil
}

// associateTargets adds targets to a continuous job that runs.
func (c *control) associateTargets(_ context.Context, in *iot.AssociateTargetsWithJobInput) (*iot.AssociateTargetsWithJobOutput, error) {
	out := &iot.AssociateTargetsWithJobOutput{JobId: in.JobId, JobArn: aws.String(c.jobARN(*in.JobId))}
	err := c.change(func(tx *store.Tx, now time.Time) error {
		if err := checkNamespace(tx, *in.JobId, in.NamespaceId); err != nil {
			return err
		}
		j, err := loadJob(tx, *in.JobId)
		if err != nil {
			return err
		}
		if j.status != inProgress || j.selection != "CONTINUOUS" {
			return invalid("Job %s is %s and %s; targets can be added to a CONTINUOUS job that is IN_PROGRESS.", j.id, j.selection, j.status)
		}
		targets, err := parseTargets(c.realm, in.Targets)
		if err != nil {
			return err
		}
		if err := addTargets(tx, now, j.id, targets); err != nil {
			return err
		}
		q, err := loadRequest(tx, j.id)
		if err != nil {
			return err
		}
		out.Description = q.Description
		q.addTargets(in.Targets)
		if err := q.save(tx, now, j.id); err != nil || in.Comment == nil {
			return err
		}
		_, err = tx.Exec(`UPDATE jobs SET comment=? WHERE id=?`, *in.Comment, j.id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}
