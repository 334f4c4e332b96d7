package jobs

import (
	"context"
	"database/sql"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// describeJob tells all of a job but its document. Executions are counted, not things, as on AWS.
func (c *control) describeJob(_ context.Context, in *iot.DescribeJobInput) (*iot.DescribeJobOutput, error) {
	out := &iot.DescribeJobOutput{}
	err := c.read(func(tx *store.Tx, now time.Time) error {
		j, err := loadJob(tx, *in.JobId)
		if err != nil {
			return err
		}
		q, err := loadRequest(tx, j.id)
		if err != nil {
			return err
		}
		out.Job, out.DocumentSource = c.jobView(j, q), q.Source
		if in.BeforeSubstitution {
			out.Job.DestinationPackageVersions = q.Packages
		}
		if out.Job.JobProcessDetails, err = processDetails(tx, j.id, q.Targets); err != nil || j.terminal() {
			return err
		}
		s, err := readSchedule(q.Schedule)
		if err == nil {
			out.Job.ScheduledJobRollouts = s.scheduledRollouts(now)
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// jobView is the job without what changes by itself. Unconfirmed: that AWS prints empty configurations rather than none.
func (c *control) jobView(j *job, q *request) *types.Job {
	v := &types.Job{
		JobArn: aws.String(c.jobARN(j.id)), JobId: aws.String(j.id),
		Status: types.JobStatus(j.status), TargetSelection: types.TargetSelection(j.selection),
		Targets: q.Targets, Description: q.Description, DestinationPackageVersions: q.Resolved,
		JobTemplateArn: q.Template, NamespaceId: q.Namespace, PresignedUrlConfig: q.Presign, TimeoutConfig: q.Timeout,
		JobExecutionsRolloutConfig: q.Rollout, AbortConfig: q.Abort, JobExecutionsRetryConfig: q.Retry, SchedulingConfig: q.Schedule,
		Comment: text(j.comment), ReasonCode: text(j.reason), IsConcurrent: aws.Bool(j.concurrent),
		CreatedAt: aws.Time(store.Time(j.createdAt)), LastUpdatedAt: aws.Time(store.Time(j.updatedAt)),
		CompletedAt: moment(j.completedAt),
	}
	if v.PresignedUrlConfig == nil {
		v.PresignedUrlConfig = &types.PresignedUrlConfig{}
	}
	if v.JobExecutionsRolloutConfig == nil {
		v.JobExecutionsRolloutConfig = &types.JobExecutionsRolloutConfig{}
	}
	if v.TimeoutConfig == nil {
		v.TimeoutConfig = &types.TimeoutConfig{}
	}
	if j.status == canceled {
		v.ForceCanceled = aws.Bool(j.forced)
	}
	return v
}

// processDetails tells how many executions have each status, and the targets while members of theirs have still to be
// notified for the first time.
func processDetails(tx *store.Tx, id string, targets []string) (*types.JobProcessDetails, error) {
	n, err := loadTally(tx, id)
	if err != nil {
		return nil, err
	}
	var processing bool
	if err := tx.Row(`SELECT rolling AND open AND (EXISTS(SELECT 1 FROM job_waiting w WHERE w.job_id=?1 AND w.rank<=0)
		OR NOT EXISTS(SELECT 1 FROM job_waiting w WHERE w.job_id=?1)) FROM job_progress WHERE job_id=?1`, []any{id}, &processing); err != nil {
		return nil, err
	}
	if !processing {
		targets = nil
	}
	return &types.JobProcessDetails{
		ProcessingTargets:        targets,
		NumberOfQueuedThings:     aws.Int32(n.queued),
		NumberOfInProgressThings: aws.Int32(n.inProgress),
		NumberOfSucceededThings:  aws.Int32(n.succeeded),
		NumberOfFailedThings:     aws.Int32(n.failed),
		NumberOfRejectedThings:   aws.Int32(n.rejected),
		NumberOfTimedOutThings:   aws.Int32(n.timedOut),
		NumberOfRemovedThings:    aws.Int32(n.removed),
		NumberOfCanceledThings:   aws.Int32(n.canceled),
	}, nil
}

// getJobDocument tells the document with package attributes put in and presign placeholders as they are, or
// just as it was given.
func (c *control) getJobDocument(_ context.Context, in *iot.GetJobDocumentInput) (*iot.GetJobDocumentOutput, error) {
	var document string
	err := c.read(func(tx *store.Tx, _ time.Time) error {
		if _, err := loadJob(tx, *in.JobId); err != nil {
			return err
		}
		column := "document"
		if in.BeforeSubstitution {
			column = "source_document"
		}
		return tx.Row(`SELECT `+column+` FROM jobs WHERE id=?`, []any{*in.JobId}, &document)
	})
	if err != nil {
		return nil, err
	}
	return &iot.GetJobDocumentOutput{Document: aws.String(document)}, nil
}

func text(s sql.NullString) *string {
	if !s.Valid {
		return nil
	}
	return &s.String
}

func moment(ms sql.NullInt64) *time.Time {
	if !ms.Valid {
		return nil
	}
	return aws.Time(store.Time(ms.Int64))
}
