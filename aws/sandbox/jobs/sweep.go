package jobs

import (
	"database/sql"
	"errors"
	"time"

	"fleetlab/aws/sandbox/store"
)

// How much a sweep does in one transaction, so that calls need not wait long for their turn.
const (
	sweepSteps = 50   // steps
	stepRows   = 2000 // executions in a step
)

// Tick does what has come due. It costs a look at the clock when nothing has.
func (e *engine) Tick() error { return e.catchUp() }

// catchUp does what has come due by now, in as many transactions as it takes. All of it is dated when it was due and
// done in that order, so that nobody can tell from the result when the sandbox noticed.
func (e *engine) catchUp() error {
	now := e.realm.Now()
	if !e.alarm.due(now) {
		return nil
	}
	e.sweeping.Lock() // one at a time, or one's alarm would hide the other's
	defer e.sweeping.Unlock()
	for e.alarm.due(now) {
		var next int64
		err := e.realm.Store.Update(func(tx *store.Tx) (err error) {
			e.alarm.listen()
			next, err = e.sweep(tx, now, sweepSteps)
			return err
		})
		if err != nil {
			return err
		}
		e.alarm.set(next)
	}
	return nil
}

// settle is catchUp within a transaction of others, whose outcome is not known yet: the alarm stays as it is.
func (e *engine) settle(tx *store.Tx, now time.Time) error {
	if !e.alarm.due(now) {
		return nil
	}
	for {
		next, err := e.sweep(tx, now, sweepSteps)
		if err != nil || next > store.Millis(now) {
			return err
		}
	}
}

// event is the next thing that happens by itself. Of those at the same time timers come first, then jobs, then reports.
type event struct {
	at   int64
	kind eventKind
	job  string
}

type eventKind int

const (
	timerEvent eventKind = iota
	jobEvent
	reportEvent
)

// sweep takes up to so many steps and returns when the next one is due.
func (e *engine) sweep(tx *store.Tx, now time.Time, steps int) (int64, error) {
	for {
		ev, err := nextEvent(tx)
		if err != nil || steps == 0 || ev.at > store.Millis(now) {
			return ev.at, err
		}
		steps--
		switch ev.kind {
		case timerEvent:
			err = e.expire(tx, now, ev.job)
		case jobEvent:
			err = e.advance(tx, now, ev.job)
		default:
			err = e.reportDue(tx, now)
		}
		if err != nil {
			return ev.at, err
		}
	}
}

// nextEvent costs three look-ups in indexes that hold only what will happen.
func nextEvent(tx *store.Tx) (event, error) {
	first := event{at: never}
	for kind, query := range []string{
		timerEvent: `SELECT coalesce(step_at, timeout_at), job_id FROM executions
			WHERE coalesce(step_at, timeout_at) IS NOT NULL ORDER BY coalesce(step_at, timeout_at), job_id LIMIT 1`,
		jobEvent:    `SELECT due_at, job_id FROM job_progress WHERE due_at IS NOT NULL ORDER BY due_at, job_id LIMIT 1`,
		reportEvent: `SELECT at, job_id FROM package_reports ORDER BY at LIMIT 1`,
	} {
		ev := event{kind: eventKind(kind)}
		err := tx.Row(query, nil, &ev.at, &ev.job)
		if errors.Is(err, store.ErrNoRow) {
			continue
		}
		if err != nil {
			return event{}, err
		}
		if ev.at < first.at {
			first = ev
		}
	}
	return first, nil
}

// advance does the next thing that a job does by itself.
func (e *engine) advance(tx *store.Tx, now time.Time, id string) error {
	p, err := loadProgress(tx, id)
	if err != nil {
		return err
	}
	at := store.Time(p.dueAt.Int64)
	come := func(t sql.NullInt64) bool { return t.Valid && t.Int64 <= p.dueAt.Int64 }
	switch {
	case come(p.deleteAt):
		return e.purge(tx, p)
	case come(p.cancelAt):
		return e.cancelSome(tx, at, p)
	case come(p.startAt):
		return e.startJob(tx, at, p)
	case come(p.endAt):
		return e.endJob(tx, at, p)
	case come(p.windowAt):
		return e.turnWindow(tx, at, p)
	}
	return e.rollOut(tx, now, p)
}
