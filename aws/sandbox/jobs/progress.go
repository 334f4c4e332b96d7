package jobs

import (
	"database/sql"
	"errors"
	"time"

	"fleetlab/aws/sandbox/store"
)

// progress is what a job does by itself from now on, a row of the table job_progress without the counts, which only
// triggers write.
type progress struct {
	job                      string
	watched, scheduled, open bool
	rolling, ended           bool
	nextUs                   int64
	startAt, windowAt, endAt sql.NullInt64
	cancelAt, deleteAt       sql.NullInt64
	dueAt                    sql.NullInt64 // as it was read; save works it out anew
}

// loadProgress reads it for a job that exists.
func loadProgress(tx *store.Tx, id string) (*progress, error) {
	p := &progress{job: id}
	err := tx.Row(`SELECT watched, scheduled, open, rolling, ended, next_us, start_at, window_at, end_at, cancel_at,
		delete_at, due_at FROM job_progress WHERE job_id=?`, []any{id}, &p.watched, &p.scheduled, &p.open, &p.rolling,
		&p.ended, &p.nextUs, &p.startAt, &p.windowAt, &p.endAt, &p.cancelAt, &p.deleteAt, &p.dueAt)
	if errors.Is(err, store.ErrNoRow) {
		return nil, missing("Job %s does not exist.", id)
	}
	return p, err
}

// save writes it and sees to it that what is due is done then.
func (p *progress) save(tx *store.Tx, e *engine) error {
	p.dueAt = p.due()
	if p.dueAt.Valid {
		e.alarm.wake(p.dueAt.Int64)
	}
	_, err := tx.Exec(`INSERT INTO job_progress(job_id, watched, scheduled, open, rolling, ended, next_us, start_at,
			window_at, end_at, cancel_at, delete_at, due_at) VALUES(?1,?2,?3,?4,?5,?6,?7,?8,?9,?10,?11,?12,?13)
		ON CONFLICT(job_id) DO UPDATE SET watched=?2, scheduled=?3, open=?4, rolling=?5, ended=?6, next_us=?7, start_at=?8,
			window_at=?9, end_at=?10, cancel_at=?11, delete_at=?12, due_at=?13`,
		p.job, p.watched, p.scheduled, p.open, p.rolling, p.ended, p.nextUs, p.startAt, p.windowAt, p.endAt, p.cancelAt,
		p.deleteAt, p.dueAt)
	return err
}

// due is when the next thing happens; not valid when nothing does.
func (p *progress) due() sql.NullInt64 {
	first := p.fixed()
	if p.rolling && p.open && (!first.Valid || p.nextUs/1000 < first.Int64) {
		first = millis(p.nextUs / 1000)
	}
	return first
}

// fixed is the next thing that happens at a time set beforehand, which is all but notifying.
func (p *progress) fixed() sql.NullInt64 {
	var first sql.NullInt64
	for _, at := range []sql.NullInt64{p.startAt, p.windowAt, p.endAt, p.cancelAt, p.deleteAt} {
		if at.Valid && (!first.Valid || at.Int64 < first.Int64) {
			first = at
		}
	}
	return first
}

func millis(ms int64) sql.NullInt64 { return sql.NullInt64{Int64: ms, Valid: true} }

// roll makes the job notify those who wait, from at on.
func (p *progress) roll(at time.Time) {
	p.rolling, p.nextUs = true, max(p.nextUs, at.UnixMicro())
}

// rest leaves nothing to happen but deletion.
func (p *progress) rest() {
	p.rolling = false
	p.startAt.Valid, p.windowAt.Valid, p.endAt.Valid, p.cancelAt.Valid = false, false, false, false
}

// tally is how many executions of a job have each status.
type tally struct {
	queued, inProgress, succeeded, failed, rejected, timedOut, removed, canceled int32
	notified                                                                     int64
}

func loadTally(tx *store.Tx, id string) (tally, error) {
	var n tally
	err := tx.Row(`SELECT queued, in_progress, succeeded, failed, rejected, timed_out, removed, canceled, notified
		FROM job_progress WHERE job_id=?`, []any{id}, &n.queued, &n.inProgress, &n.succeeded, &n.failed, &n.rejected,
		&n.timedOut, &n.removed, &n.canceled, &n.notified)
	return n, err
}

// complete turns a job to COMPLETED when nothing is left to do: at once for a snapshot job, after its endTime for a
// continuous one. What it still had planned is off then.
func complete(tx *store.Tx, at time.Time, id string) error {
	n, err := tx.Exec(`UPDATE jobs SET status='COMPLETED', completed_at=?2, updated_at=?2
		WHERE id=?1 AND status='IN_PROGRESS' AND EXISTS(SELECT 1 FROM job_progress p WHERE p.job_id=?1
			AND p.queued+p.in_progress=0 AND p.rolling=0 AND (p.ended=1 OR jobs.target_selection='SNAPSHOT'))`,
		id, store.Millis(at))
	if err != nil || n == 0 {
		return err
	}
	_, err = tx.Exec(`UPDATE job_progress SET window_at=NULL, end_at=NULL, due_at=NULL WHERE job_id=? AND due_at IS NOT NULL`, id)
	return err
}

func completeAll(tx *store.Tx, at time.Time, ids []string) error {
	for _, id := range ids {
		if err := complete(tx, at, id); err != nil {
			return err
		}
	}
	return nil
}

// maxConcurrent is how many jobs may roll out, cancel or delete at once (AWS General Reference, Jobs quotas).
const maxConcurrent = 500

// isConcurrent is the condition for it on job_progress.
const isConcurrent = `(rolling AND open OR cancel_at IS NOT NULL OR delete_at IS NOT NULL)`

// tooManyConcurrent tells whether no further job may begin to roll out.
func tooManyConcurrent(tx *store.Tx) (bool, error) {
	var n int
	err := tx.Row(`SELECT count(*) FROM job_progress WHERE due_at IS NOT NULL AND `+isConcurrent, nil, &n)
	return n >= maxConcurrent, err
}
