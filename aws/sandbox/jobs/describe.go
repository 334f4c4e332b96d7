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
	err := c.read(func(tx *store.Tx, _ time.Time) error {
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
		out.Job.JobProcessDetails, err = processDetails(tx, j.id)
		return err
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// jobView leaves out processingTargets: they are the targets still being rolled out, and here a roll-out is
// over when CreateJob answers. Unconfirmed: that AWS prints empty configurations rather than none.
func (c *control) jobView(j *job, q *request) *types.Job {
	v := &types.Job{
		JobArn: aws.String(c.jobARN(j.id)), JobId: aws.String(j.id),
		Status: types.JobStatus(j.status), TargetSelection: types.TargetSelection(j.selection),
		Targets: q.Targets, Description: q.Description, DestinationPackageVersions: q.Resolved,
		JobTemplateArn: q.Template, NamespaceId: q.Namespace, PresignedUrlConfig: q.Presign, TimeoutConfig: q.Timeout,
		JobExecutionsRolloutConfig: &types.JobExecutionsRolloutConfig{},
		Comment:                    text(j.comment), ReasonCode: text(j.reason), IsConcurrent: aws.Bool(false),
		CreatedAt: aws.Time(store.Time(j.createdAt)), LastUpdatedAt: aws.Time(store.Time(j.updatedAt)),
		CompletedAt: moment(j.completedAt),
	}
	if v.PresignedUrlConfig == nil {
		v.PresignedUrlConfig = &types.PresignedUrlConfig{}
	}
	if v.TimeoutConfig == nil {
		v.TimeoutConfig = &types.TimeoutConfig{}
	}
	if j.status == canceled {
		v.ForceCanceled = aws.Bool(j.forced)
	}
	return v
}

// processDetails counts a job's executions by status, in one pass over the index that holds just that.
func processDetails(tx *store.Tx, id string) (*types.JobProcessDetails, error) {
	counts := map[string]int32{}
	err := tx.Each(`SELECT status, count(*) FROM executions WHERE job_id=? GROUP BY status`, []any{id},
		func(scan func(...any) error) error {
			var status string
			var n int32
			if err := scan(&status, &n); err != nil {
				return err
			}
			counts[status] = n
			return nil
		})
	return &types.JobProcessDetails{
		NumberOfQueuedThings:     aws.Int32(counts["QUEUED"]),
		NumberOfInProgressThings: aws.Int32(counts["IN_PROGRESS"]),
		NumberOfSucceededThings:  aws.Int32(counts["SUCCEEDED"]),
		NumberOfFailedThings:     aws.Int32(counts["FAILED"]),
		NumberOfRejectedThings:   aws.Int32(counts["REJECTED"]),
		NumberOfTimedOutThings:   aws.Int32(counts["TIMED_OUT"]),
		NumberOfRemovedThings:    aws.Int32(counts["REMOVED"]),
		NumberOfCanceledThings:   aws.Int32(counts["CANCELED"]),
	}, err
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
