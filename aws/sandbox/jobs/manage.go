package jobs

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/sandbox/store"
)

// updateJob changes what executions that start, or documents that are fetched, from now on get. Unconfirmed:
// a job that has ended may still be updated.
func (c *control) updateJob(_ context.Context, in *iot.UpdateJobInput) (*iot.UpdateJobOutput, error) {
	err := c.change(func(tx *store.Tx, now time.Time) error {
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
		if err := q.change(in); err != nil {
			return err
		}
		if in.PresignedUrlConfig != nil {
			q.Presign = in.PresignedUrlConfig
			if err := c.recheckDelivery(tx, j, q); err != nil {
				return err
			}
		}
		if _, err := tx.Exec(`UPDATE job_progress SET watched=? WHERE job_id=?`, q.watched(), j.id); err != nil {
			return err
		}
		return q.save(tx, now, j.id)
	})
	if err != nil {
		return nil, err
	}
	return &iot.UpdateJobOutput{}, nil
}

// change takes over what is given, but for the presigned URL configuration, and checks it with what was there.
func (q *request) change(in *iot.UpdateJobInput) error {
	override(&q.Description, in.Description)
	override(&q.Timeout, in.TimeoutConfig)
	override(&q.Rollout, in.JobExecutionsRolloutConfig)
	override(&q.Abort, in.AbortConfig)
	override(&q.Retry, in.JobExecutionsRetryConfig)
	return q.checkPolicies()
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

func nullable(s *string) any {
	if s == nil {
		return nil
	}
	return *s
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
		q, err := loadRequest(tx, j.id)
		if err != nil {
			return err
		}
		p, err := loadProgress(tx, j.id)
		if err != nil {
			return err
		}
		if err := c.addTargets(tx, now, p, q, targets); err != nil {
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
