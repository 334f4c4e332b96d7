package jobs

import (
	"errors"
	"math"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"fleetlab/aws/sandbox/store"
)

// maxRate is the highest rate of a rollout, in things notified a minute (AWS General Reference, Jobs quotas).
const maxRate = 1000

// minuteUs is a minute in microseconds, in which the times of notifications are kept: seven a minute do not fall on
// whole milliseconds.
const minuteUs = 60_000_000

// rate is how many things the job notifies a minute after n were notified; 0 is all at once. until is how many more
// may be notified before the rate has to be worked out anew. An exponential rate is multiplied each time that its counter
// passes another multiple of the threshold (AWS IoT developer guide, job rollout rate).
func (e *engine) rate(q *request, n tally) (perMinute float64, until int64) {
	if q.Rollout == nil || q.Rollout.MaximumPerMinute == nil && q.Rollout.ExponentialRate == nil {
		return float64(e.realm.Lag.Rollout), stepRows
	}
	top := float64(maxRate)
	if m := q.Rollout.MaximumPerMinute; m != nil {
		top = float64(*m)
	}
	x := q.Rollout.ExponentialRate
	if x == nil {
		return top, stepRows
	}
	counter, until := int64(n.succeeded), int64(stepRows)
	threshold := int64(aws.ToInt32(x.RateIncreaseCriteria.NumberOfSucceededThings))
	if by := x.RateIncreaseCriteria.NumberOfNotifiedThings; by != nil {
		threshold, counter = int64(*by), n.notified
		until = min(until, threshold-counter%threshold)
	}
	steps := float64(counter / threshold)
	return min(top, float64(aws.ToInt32(x.BaseRatePerMinute))*math.Pow(aws.ToFloat64(x.IncrementFactor), steps)), until
}

// interval is the time between two notifications at a rate, rounded up so that no minute sees one too many.
func interval(perMinute float64) int64 {
	if perMinute == 0 {
		return 0
	}
	return int64(math.Ceil(minuteUs / perMinute))
}

// rollOut notifies those who wait, as many as the rate allows until now or until something else happens to the job.
// It takes one step; a sweep takes as many as are due.
func (e *engine) rollOut(tx *store.Tx, now time.Time, p *progress) error {
	q, err := loadRequest(tx, p.job)
	if err != nil {
		return err
	}
	n, err := loadTally(tx, p.job)
	if err != nil {
		return err
	}
	limit, err := p.rollLimit(tx, now)
	if err != nil {
		return err
	}
	perMinute, until := e.rate(q, n)
	gap := interval(perMinute)
	if gap > 0 {
		until = min(until, (limit*1000+999-p.nextUs)/gap+1)
	}
	at := store.Time(p.nextUs / 1000)
	done, err := notify(tx, p, gap, until)
	if err != nil {
		return err
	}
	p.nextUs += done * gap
	var left bool
	if err := tx.Row(`SELECT EXISTS(SELECT 1 FROM job_waiting WHERE job_id=?)`, []any{p.job}, &left); err != nil {
		return err
	}
	p.rolling = left
	if err := p.save(tx, e); err != nil || left {
		return err
	}
	return complete(tx, at, p.job)
}

// rollLimit is how far a step of the rollout may look ahead: not beyond what may change it.
func (p *progress) rollLimit(tx *store.Tx, now time.Time) (int64, error) {
	limit := store.Millis(now)
	if first := p.fixed(); first.Valid {
		limit = min(limit, first.Int64)
	}
	if !p.watched {
		return limit, nil
	}
	var timer int64
	err := tx.Row(`SELECT coalesce(step_at, timeout_at) FROM executions
		WHERE coalesce(step_at, timeout_at) IS NOT NULL AND coalesce(step_at, timeout_at)<=? AND +job_id=?
		ORDER BY coalesce(step_at, timeout_at) LIMIT 1`, []any{limit, p.job}, &timer)
	if errors.Is(err, store.ErrNoRow) {
		return limit, nil
	}
	return timer, err
}

// notify makes executions for the first of those who wait, a gap apart from the job's next time on, and returns how many
// waited their turn. Those who joined later need not wait for it.
func notify(tx *store.Tx, p *progress, gap, limit int64) (int64, error) {
	joined, err := tx.Exec(`INSERT INTO executions(job_id, thing_name, number, status, version, queued_at, updated_at)
		SELECT job_id, thing_name, number, 'QUEUED', 1, ?2, ?2 FROM job_waiting WHERE job_id=?1 AND rank<0`, p.job, p.nextUs/1000)
	if err != nil {
		return 0, err
	}
	if joined > 0 {
		if _, err := tx.Exec(`DELETE FROM job_waiting WHERE job_id=? AND rank<0`, p.job); err != nil {
			return 0, err
		}
	}
	done, err := tx.Exec(`INSERT INTO executions(job_id, thing_name, number, status, version, queued_at, updated_at, attempt)
		SELECT ?1, thing_name, number, 'QUEUED', 1, at, at, rank FROM (SELECT thing_name, number, rank,
			(?2+?3*(row_number() OVER (ORDER BY rank, thing_name)-1))/1000 AS at
			FROM job_waiting WHERE job_id=?1 ORDER BY rank, thing_name LIMIT ?4)`, p.job, p.nextUs, gap, limit)
	if err != nil || done == 0 {
		return done, err
	}
	var rank int64
	var thing string
	if err := tx.Row(`SELECT rank, thing_name FROM job_waiting WHERE job_id=? ORDER BY rank, thing_name LIMIT 1 OFFSET ?`,
		[]any{p.job, done - 1}, &rank, &thing); err != nil {
		return 0, err
	}
	_, err = tx.Exec(`DELETE FROM job_waiting WHERE job_id=? AND (rank, thing_name)<=(?, ?)`, p.job, rank, thing)
	return done, err
}

// admit lets the things of the job's targets that it does not know yet wait for their turn, or notifies all of them at
// once when nothing keeps the job from it.
func (e *engine) admit(tx *store.Tx, now time.Time, p *progress, q *request) error {
	perMinute, _ := e.rate(q, tally{})
	if p.open && !p.rolling && perMinute == 0 && e.realm.Lag.Executions == 0 {
		return enqueueAll(tx, now, p.job)
	}
	if err := waitAll(tx, p.job); err != nil {
		return err
	}
	p.roll(now.Add(e.realm.Lag.Executions))
	return p.save(tx, e)
}
