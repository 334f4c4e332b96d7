package jobs

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// job is a row of the table jobs without its documents and its request.
type job struct {
	id          string
	status      string
	selection   string
	timeout     sql.NullInt64  // minutes
	packages    sql.NullString // JSON of []destination
	comment     sql.NullString
	reason      sql.NullString
	forced      bool
	createdAt   int64
	updatedAt   int64
	completedAt sql.NullInt64
	concurrent  bool
}

const jobColumns = `id, status, target_selection, timeout_minutes, packages_json, comment, reason_code,
	force_canceled, created_at, updated_at, completed_at,
	EXISTS(SELECT 1 FROM job_progress p WHERE p.job_id=jobs.id AND ` + isConcurrent + `)`

func (j *job) fields() []any {
	return []any{&j.id, &j.status, &j.selection, &j.timeout, &j.packages, &j.comment, &j.reason,
		&j.forced, &j.createdAt, &j.updatedAt, &j.completedAt, &j.concurrent}
}

func (j *job) terminal() bool { return ended(j.status) }

// ended tells whether a job of that status has ended.
func ended(status string) bool {
	return status == completed || status == canceled || status == statusDeleting
}

// loadJob reads a job; an unknown one is a fault.
func loadJob(tx *store.Tx, id string) (*job, error) {
	j := &job{}
	err := tx.Row(`SELECT `+jobColumns+` FROM jobs WHERE id=?`, []any{id}, j.fields()...)
	if errors.Is(err, store.ErrNoRow) {
		return nil, missing("Job %s does not exist.", id)
	}
	return j, err
}

// request is what a job was created with and may be updated in, as DescribeJob tells it.
type request struct {
	Targets     []string // in the order given
	Description *string
	Presign     *types.PresignedUrlConfig
	Timeout     *types.TimeoutConfig
	Rollout     *types.JobExecutionsRolloutConfig
	Abort       *types.AbortConfig
	Retry       *types.JobExecutionsRetryConfig
	Schedule    *types.SchedulingConfig
	Packages    []string // destination package version ARNs as given
	Resolved    []string // the same with $default resolved
	Source      *string  `json:",omitempty"` // documentSource, also that of the job template
	Template    *string  `json:",omitempty"` // jobTemplateArn
	Namespace   *string  `json:",omitempty"`
}

func loadRequest(tx *store.Tx, id string) (*request, error) {
	var text string
	if err := tx.Row(`SELECT request_json FROM jobs WHERE id=?`, []any{id}, &text); err != nil {
		return nil, err
	}
	q := &request{}
	if err := json.Unmarshal([]byte(text), q); err != nil {
		return nil, fmt.Errorf("request of job %s: %w", id, err)
	}
	return q, nil
}

// save writes a changed request.
func (q *request) save(tx *store.Tx, now time.Time, id string) error {
	text, err := json.Marshal(q)
	if err != nil {
		return fmt.Errorf("request of job %s: %w", id, err)
	}
	_, err = tx.Exec(`UPDATE jobs SET request_json=?, timeout_minutes=?, updated_at=? WHERE id=?`,
		string(text), q.timeoutMinutes(), store.Millis(now), id)
	return err
}

// addTargets adds the ARNs that are new.
func (q *request) addTargets(arns []string) {
	for _, arn := range arns {
		if !slices.Contains(q.Targets, arn) {
			q.Targets = append(q.Targets, arn)
		}
	}
}

func (q *request) timeoutMinutes() sql.NullInt64 {
	if q.Timeout == nil || q.Timeout.InProgressTimeoutInMinutes == nil {
		return sql.NullInt64{}
	}
	return sql.NullInt64{Int64: *q.Timeout.InProgressTimeoutInMinutes, Valid: true}
}
