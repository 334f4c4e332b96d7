package jobs

import (
	"time"

	"fleetlab/aws/sandbox/store"
)

// expire turns executions of a job whose timer has run out to TIMED_OUT, dated when it ran out. AWS is up to a minute
// late; the sandbox is not. It goes no further than the next thing that the job does by itself. The plus in its queries
// keeps SQLite from going through all of the job's executions to find those few.
func (e *engine) expire(tx *store.Tx, now time.Time, id string) error {
	p, err := loadProgress(tx, id)
	if err != nil {
		return err
	}
	limit := store.Millis(now)
	if p.dueAt.Valid {
		limit = min(limit, p.dueAt.Int64)
	}
	if p.watched {
		return e.expireEach(tx, p, limit)
	}
	var last int64
	if err := tx.Row(`SELECT max(d) FROM (SELECT coalesce(step_at, timeout_at) AS d FROM executions
		WHERE coalesce(step_at, timeout_at) IS NOT NULL AND coalesce(step_at, timeout_at)<=? AND +job_id=?
		ORDER BY coalesce(step_at, timeout_at) LIMIT ?)`, []any{limit, id, stepRows}, &last); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE executions SET status='TIMED_OUT', version=version+1,
		updated_at=coalesce(step_at, timeout_at), timeout_at=NULL, step_at=NULL
		WHERE coalesce(step_at, timeout_at) IS NOT NULL AND coalesce(step_at, timeout_at)<=? AND +job_id=?`, last, id); err != nil {
		return err
	}
	return complete(tx, store.Time(last), id)
}

// expireEach does it one by one for a job that retries or may be aborted, since each may change what comes next.
func (e *engine) expireEach(tx *store.Tx, p *progress, limit int64) error {
	rows, err := executions(tx, `SELECT `+executionColumns+executionTables+`
		WHERE coalesce(x.step_at, x.timeout_at) IS NOT NULL AND coalesce(x.step_at, x.timeout_at)<=? AND +x.job_id=?
		ORDER BY coalesce(x.step_at, x.timeout_at), x.job_id, x.thing_name LIMIT ?`, limit, p.job, sweepSteps)
	if err != nil {
		return err
	}
	for _, x := range rows {
		at := x.deadline()
		x.finish(timedOut)
		if err := x.save(tx, store.Time(at)); err != nil {
			return err
		}
		if err := e.afterEnd(tx, store.Time(at), x); err != nil {
			return err
		}
		// What x knows of the others is from before this step.
		if err := complete(tx, store.Time(at), p.job); err != nil {
			return err
		}
		// A retry or an abort is the job's next step, and the later timers come after it.
		if p, err = loadProgress(tx, p.job); err != nil || p.dueAt.Valid && p.dueAt.Int64 <= at {
			return err
		}
	}
	return nil
}

// deadline is when the execution's timer runs out; only for one that has a timer.
func (x *execution) deadline() int64 {
	if x.stepAt.Valid {
		return x.stepAt.Int64
	}
	return x.timeoutAt.Int64
}

// setStepTimer starts, replaces or (minutes is -1) stops the step timer. Whatever it says, the in-progress timer's end
// stays the end (AWS IoT developer guide, job timeouts).
func (x *execution) setStepTimer(now time.Time, minutes *int64) {
	if minutes == nil {
		return
	}
	x.stepAt.Valid = *minutes > 0
	x.stepAt.Int64 = store.Millis(now.Add(time.Duration(*minutes) * time.Minute))
	if x.timeoutAt.Valid {
		x.stepAt.Int64 = min(x.stepAt.Int64, x.timeoutAt.Int64)
	}
}

// maxTimerMinutes is seven days (AWS General Reference, Jobs quotas).
const maxTimerMinutes = 10080

// checkStepTimer refuses a step timer that AWS does not take. -1 stops a running one, where that is allowed.
func checkStepTimer(minutes *int64, mayStop bool) error {
	if minutes == nil || *minutes >= 1 && *minutes <= maxTimerMinutes || mayStop && *minutes == -1 {
		return nil
	}
	return invalid("stepTimeoutInMinutes is %d; give 1 to %d minutes", *minutes, maxTimerMinutes)
}

// secondsLeft is until the first of the execution's timers runs out; nil when none runs.
func (x *execution) secondsLeft(now time.Time) *int64 {
	if !x.stepAt.Valid && !x.timeoutAt.Valid {
		return nil
	}
	left := max(0, (x.deadline()-store.Millis(now)+999)/1000)
	return &left
}

// names collects the single text column of a query.
func names(tx *store.Tx, query string, args ...any) ([]string, error) {
	var out []string
	err := tx.Each(query, args, func(scan func(...any) error) error {
		var s string
		if err := scan(&s); err != nil {
			return err
		}
		out = append(out, s)
		return nil
	})
	return out, err
}
