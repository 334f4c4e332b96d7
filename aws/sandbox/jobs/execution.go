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
	timedOut   = "TIMED_OUT"
	canceled   = "CANCELED"
)

// The statuses of a job that an execution has not (AWS IoT API reference, JobStatus).
const (
	completed       = "COMPLETED"
	statusScheduled = "SCHEDULED"
	statusDeleting  = "DELETION_IN_PROGRESS"
)

// execution is one row of the table of that name, with what its transitions need of its job.
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
	attempt    int64 // 0, or which retry it is
	owner      owner
}

type owner struct {
	status    string
	timeout   sql.NullInt64
	packages  sql.NullString
	watched   bool // it may be aborted or retry
	scheduled bool
	left      int64 // its executions that have not ended
}

// executionColumns are read from executionTables. The joins are cross joins so that each query goes by executions first.
const (
	executionColumns = `x.job_id, x.thing_name, x.number, x.status, x.details_json, x.version, x.queued_at, x.started_at,
		x.updated_at, x.timeout_at, x.step_at, x.forced, x.attempt, j.status, j.timeout_minutes, j.packages_json, p.watched,
		p.scheduled, p.queued+p.in_progress`
	executionTables = ` FROM executions x CROSS JOIN jobs j ON j.id=x.job_id CROSS JOIN job_progress p ON p.job_id=x.job_id `
)

func (x *execution) fields() []any {
	return []any{&x.job, &x.thing, &x.number, &x.status, &x.details, &x.version, &x.queuedAt, &x.startedAt,
		&x.updatedAt, &x.timeoutAt, &x.stepAt, &x.forced, &x.attempt, &x.owner.status, &x.owner.timeout, &x.owner.packages,
		&x.owner.watched, &x.owner.scheduled, &x.owner.left}
}

func (x *execution) terminal() bool { return x.status != queued && x.status != inProgress }

// findExecution reads the execution with that number, or the newest one when number is nil. What is missing,
// the thing, the job or the execution, is a fault.
func findExecution(tx *store.Tx, job, thing string, number *int64) (*execution, error) {
	x := &execution{}
	var err error
	if number == nil {
		err = tx.Row(`SELECT `+executionColumns+executionTables+`WHERE x.job_id=? AND x.thing_name=?
			ORDER BY x.number DESC LIMIT 1`, []any{job, thing}, x.fields()...)
	} else {
		err = tx.Row(`SELECT `+executionColumns+executionTables+`WHERE x.job_id=? AND x.thing_name=? AND x.number=?`,
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
// queued (AWS IoT developer guide, jobs workflow). What is queued of a job that is SCHEDULED or being deleted is not
// offered. nil means that nothing is pending.
func nextExecution(tx *store.Tx, thing string) (*execution, error) {
	for _, status := range []string{inProgress, queued} {
		x := &execution{}
		err := tx.Row(`SELECT `+executionColumns+executionTables+`WHERE x.thing_name=? AND x.status=? AND `+isOffered+`
			ORDER BY x.queued_at, x.job_id LIMIT 1`, []any{thing, status}, x.fields()...)
		if !errors.Is(err, store.ErrNoRow) {
			return x, err
		}
	}
	return nil, thingExists(tx, thing)
}

// isOffered is the condition for it on the tables of an execution that has not ended.
const isOffered = `j.status<>'DELETION_IN_PROGRESS' AND (x.status='IN_PROGRESS' OR j.status<>'SCHEDULED')`

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
func (x *execution) start(now time.Time) {
	x.status = inProgress
	x.startedAt = millis(store.Millis(now))
	if minutes := x.owner.timeout; minutes.Valid {
		x.timeoutAt = millis(store.Millis(now.Add(time.Duration(minutes.Int64) * time.Minute)))
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
