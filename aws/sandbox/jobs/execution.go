package jobs

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"
	"unicode/utf8"

	"fleetlab/aws/sandbox/store"
)

// The statuses of a job execution (AWS IoT API reference, JobExecutionStatus).
const (
	queued     = "QUEUED"
	inProgress = "IN_PROGRESS"
	succeeded  = "SUCCEEDED"
	failed     = "FAILED"
	rejected   = "REJECTED"
	canceled   = "CANCELED"
	completed  = "COMPLETED" // of a job
)

// execution is one row of the table of that name.
type execution struct {
	job, thing string
	number     int64
	status     string
	details    sql.NullString
	version    int64
	queuedAt   int64
	startedAt  sql.NullInt64
	updatedAt  int64
	timeoutAt  sql.NullInt64
	stepAt     sql.NullInt64
	forced     bool
}

const executionColumns = `job_id, thing_name, number, status, details_json, version, queued_at, started_at,
	updated_at, timeout_at, step_at, forced`

func (x *execution) fields() []any {
	return []any{&x.job, &x.thing, &x.number, &x.status, &x.details, &x.version, &x.queuedAt, &x.startedAt,
		&x.updatedAt, &x.timeoutAt, &x.stepAt, &x.forced}
}

func (x *execution) terminal() bool { return x.status != queued && x.status != inProgress }

// findExecution reads the execution with that number, or the newest one when number is nil. What is missing,
// the thing, the job or the execution, is a fault.
func findExecution(tx *store.Tx, job, thing string, number *int64) (*execution, error) {
	x := &execution{}
	var err error
	if number == nil {
		err = tx.Row(`SELECT `+executionColumns+` FROM executions WHERE job_id=? AND thing_name=?
			ORDER BY number DESC LIMIT 1`, []any{job, thing}, x.fields()...)
	} else {
		err = tx.Row(`SELECT `+executionColumns+` FROM executions WHERE job_id=? AND thing_name=? AND number=?`,
			[]any{job, thing, *number}, x.fields()...)
	}
	if !errors.Is(err, store.ErrNoRow) {
		return x, err
	}
	if err := thingExists(tx, thing); err != nil {
		return nil, err
	}
	if _, err := loadJob(tx, job); err != nil {
		return nil, err
	}
	if number != nil {
		return nil, missing("Thing %s has no execution %d of job %s.", thing, *number, job)
	}
	return nil, missing("Thing %s has no execution of job %s.", thing, job)
}

// nextExecution is what a device is to work on: the oldest that is in progress, or else the oldest that is
// queued (AWS IoT developer guide, jobs workflow). nil means that nothing is pending.
func nextExecution(tx *store.Tx, thing string) (*execution, error) {
	for _, status := range []string{inProgress, queued} {
		x := &execution{}
		err := tx.Row(`SELECT `+executionColumns+` FROM executions WHERE thing_name=? AND status=?
			ORDER BY queued_at, job_id LIMIT 1`, []any{thing, status}, x.fields()...)
		if !errors.Is(err, store.ErrNoRow) {
			return x, err
		}
	}
	return nil, thingExists(tx, thing)
}

func thingExists(tx *store.Tx, thing string) error {
	var one int
	err := tx.Row(`SELECT 1 FROM things WHERE name=?`, []any{thing}, &one)
	if errors.Is(err, store.ErrNoRow) {
		return missing("Thing %s does not exist.", thing)
	}
	return err
}

// start turns a queued execution to IN_PROGRESS and starts the in-progress timer with what the job says now;
// later changes of the job do not touch it.
func (x *execution) start(now time.Time, timeoutMinutes sql.NullInt64) {
	x.status = inProgress
	x.startedAt = sql.NullInt64{Int64: store.Millis(now), Valid: true}
	if timeoutMinutes.Valid {
		end := now.Add(time.Duration(timeoutMinutes.Int64) * time.Minute)
		x.timeoutAt = sql.NullInt64{Int64: store.Millis(end), Valid: true}
	}
}

// finish gives the execution a terminal status. Its timers stop.
func (x *execution) finish(status string) {
	x.status = status
	x.timeoutAt.Valid, x.stepAt.Valid = false, false
}

// save writes the execution as its next version.
func (x *execution) save(tx *store.Tx, now time.Time) error {
	x.version++
	x.updatedAt = store.Millis(now)
	_, err := tx.Exec(`UPDATE executions SET status=?, details_json=?, version=?, started_at=?, updated_at=?,
		timeout_at=?, step_at=?, forced=? WHERE job_id=? AND thing_name=? AND number=?`,
		x.status, x.details, x.version, x.startedAt, x.updatedAt, x.timeoutAt, x.stepAt, x.forced,
		x.job, x.thing, x.number)
	return err
}

// setDetails replaces the status details, unless none were given.
func (x *execution) setDetails(details map[string]string) error {
	if details == nil {
		return nil
	}
	text, err := json.Marshal(details)
	if err != nil {
		return fmt.Errorf("status details of %s in job %s: %w", x.thing, x.job, err)
	}
	x.details = sql.NullString{String: string(text), Valid: true}
	return nil
}

// detailsMap is nil when the execution has no status details.
func (x *execution) detailsMap() (map[string]string, error) {
	if !x.details.Valid {
		return nil, nil
	}
	var m map[string]string
	if err := json.Unmarshal([]byte(x.details.String), &m); err != nil {
		return nil, fmt.Errorf("status details of %s in job %s: %w", x.thing, x.job, err)
	}
	return m, nil
}

// Limits of status details (AWS General Reference, Jobs quotas); keys and characters are checked by the model.
const (
	maxDetails     = 10
	maxDetailValue = 1024 // characters
)

func checkDetails(details map[string]string) error {
	if len(details) > maxDetails {
		return invalid("statusDetails has %d pairs; give at most %d", len(details), maxDetails)
	}
	for k, v := range details {
		if n := utf8.RuneCountInString(v); n > maxDetailValue {
			return invalid("statusDetails %s has %d characters; give at most %d", k, n, maxDetailValue)
		}
	}
	return nil
}
