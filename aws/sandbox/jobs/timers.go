package jobs

import (
	"time"

	"fleetlab/aws/sandbox/store"
)

// timersDue tells whether an in-progress or step timer has run out that nobody has acted on. It costs two
// look-ups in indexes that hold running timers only.
func timersDue(tx *store.Tx, now time.Time) (bool, error) {
	var due bool
	err := tx.Row(`SELECT EXISTS(SELECT 1 FROM executions WHERE timeout_at<=?1)
		OR EXISTS(SELECT 1 FROM executions WHERE step_at<=?1)`, []any{store.Millis(now)}, &due)
	return due, err
}

// expireTimers turns executions whose timer has run out to TIMED_OUT, dated when it ran out, so that nobody
// can tell from the result when the sandbox noticed.
func expireTimers(tx *store.Tx, now time.Time) error {
	due, err := timersDue(tx, now)
	if err != nil || !due {
		return err
	}
	at := store.Millis(now)
	jobs, err := names(tx, `SELECT job_id FROM executions WHERE timeout_at<=?1
		UNION SELECT job_id FROM executions WHERE step_at<=?1`, at)
	if err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE executions SET status='TIMED_OUT', version=version+1,
		updated_at=min(timeout_at, coalesce(step_at, timeout_at)), timeout_at=NULL, step_at=NULL
		WHERE timeout_at<=?1`, at); err != nil {
		return err
	}
	if _, err := tx.Exec(`UPDATE executions SET status='TIMED_OUT', version=version+1,
		updated_at=step_at, timeout_at=NULL, step_at=NULL WHERE step_at<=?1`, at); err != nil {
		return err
	}
	return completeAll(tx, now, jobs)
}

// setStepTimer starts, replaces or (minutes is -1) stops the step timer. Whatever it says, the in-progress timer
// runs on beside it (AWS IoT developer guide, job timeouts).
func (x *execution) setStepTimer(now time.Time, minutes *int64) {
	if minutes == nil {
		return
	}
	x.stepAt.Valid = *minutes > 0
	x.stepAt.Int64 = store.Millis(now.Add(time.Duration(*minutes) * time.Minute))
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
	end := x.timeoutAt
	if x.stepAt.Valid && (!end.Valid || x.stepAt.Int64 < end.Int64) {
		end = x.stepAt
	}
	if !end.Valid {
		return nil
	}
	left := max(0, (end.Int64-store.Millis(now)+999)/1000)
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
