package jobs

import (
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// schedule is a job's schedulingConfig, read. Times are UTC.
type schedule struct {
	start, end time.Time // zero: not given
	behavior   types.JobEndBehavior
	windows    windows
}

// Bounds of a schedule (AWS IoT API reference, SchedulingConfig).
const (
	minLead     = 30 * time.Minute
	maxDuration = 1430 // minutes of a maintenance window
)

// readSchedule reads a configuration that was checked when the job was created, too.
func readSchedule(c *types.SchedulingConfig) (*schedule, error) {
	if c == nil {
		return &schedule{}, nil
	}
	s := &schedule{behavior: c.EndBehavior}
	var err error
	if s.start, err = readTime("startTime", c.StartTime); err != nil {
		return nil, err
	}
	if s.end, err = readTime("endTime", c.EndTime); err != nil {
		return nil, err
	}
	for _, w := range c.MaintenanceWindows {
		parsed, err := parseCron(aws.ToString(w.StartTime))
		if err != nil {
			return nil, invalid("Maintenance window startTime %v.", err)
		}
		n := aws.ToInt32(w.DurationInMinutes)
		if n < 1 || n > maxDuration {
			return nil, invalid("durationInMinutes is %d; give 1 to %d minutes.", n, maxDuration)
		}
		s.windows = append(s.windows, window{parsed, time.Duration(n) * time.Minute})
	}
	return s, nil
}

// readTime reads a schedule's time (aws-cli user guide, timestamps as job schedules write them).
func readTime(member string, text *string) (time.Time, error) {
	if text == nil {
		return time.Time{}, nil
	}
	for _, form := range []string{"2006-01-02 15:04", "2006-01-02T15:04"} {
		if t, err := time.Parse(form, *text); err == nil {
			return t, nil
		}
	}
	return time.Time{}, invalid("%s is %q; write it as YYYY-MM-DD HH:MM or YYYY-MM-DDTHH:MM, in UTC.", member, *text)
}

// check refuses what AWS does not take at that time.
func (s *schedule) check(now time.Time, selection types.TargetSelection) error {
	begin := now
	if !s.start.IsZero() {
		begin = s.start
		if s.start.Before(now.Add(minLead)) || s.start.After(now.AddDate(1, 0, 0)) {
			return invalid("startTime has to be at least 30 minutes and at most one year from now (%s UTC).", now.Format("2006-01-02 15:04"))
		}
	}
	if !s.end.IsZero() && (s.end.Before(begin.Add(minLead)) || s.end.After(begin.AddDate(2, 0, 0)) || s.end.After(now.AddDate(2, 0, 0))) {
		return invalid("endTime has to be at least 30 minutes after startTime, or after now without one, and at most two years from now (%s UTC).",
			now.Format("2006-01-02 15:04"))
	}
	if len(s.windows) > 0 && selection != types.TargetSelectionContinuous {
		return invalid("maintenanceWindows are for CONTINUOUS jobs.")
	}
	return nil
}

// plan puts the schedule into a new job's progress, and says the job's first status. Until the job may notify, its
// members wait.
func (s *schedule) plan(p *progress, now time.Time) string {
	p.open = true
	if !s.end.IsZero() {
		p.endAt = millis(store.Millis(s.end))
	}
	if s.start.IsZero() {
		return s.enter(p, now)
	}
	p.open, p.rolling, p.startAt = false, true, millis(store.Millis(s.start))
	return statusScheduled
}

// enter puts the job into the window that is open at that time, or has it wait for the next one.
func (s *schedule) enter(p *progress, at time.Time) string {
	if len(s.windows) == 0 {
		p.open = true
		return inProgress
	}
	open, until := s.windows.at(at)
	p.open, p.windowAt.Valid = open, !until.IsZero()
	if p.windowAt.Valid {
		p.windowAt.Int64 = store.Millis(until)
	}
	if open {
		return inProgress
	}
	p.rolling = p.rolling || p.nextUs == 0 // it has not begun
	return statusScheduled
}

// startJob is the startTime: the job begins to notify, unless too many jobs do so.
func (e *engine) startJob(tx *store.Tx, at time.Time, p *progress) error {
	full, err := tooManyConcurrent(tx)
	if err != nil {
		return err
	}
	if full {
		return e.cancel(tx, at, p, false, "CONCURRENT_JOB_LIMIT", "The job could not start: 500 jobs were concurrent at its startTime.")
	}
	s, err := e.scheduleOf(tx, p.job)
	if err != nil {
		return err
	}
	p.startAt.Valid = false
	status := s.enter(p, at)
	p.roll(at.Add(e.realm.Lag.Executions))
	return p.turn(tx, e, at, status)
}

// turnWindow is the beginning or the end of a maintenance window. At its end the job is SCHEDULED again: what is queued
// stays so and is not offered, what is in progress may be finished (AWS IoT developer guide, scheduling jobs).
func (e *engine) turnWindow(tx *store.Tx, at time.Time, p *progress) error {
	s, err := e.scheduleOf(tx, p.job)
	if err != nil {
		return err
	}
	status := s.enter(p, at)
	if p.open && p.rolling {
		p.roll(at)
	}
	return p.turn(tx, e, at, status)
}

// endJob is the endTime. Nobody is notified any more; a canceled job is canceled as CancelJob does it. Unconfirmed: a job
// between two windows turns IN_PROGRESS, so that what is queued can be done.
func (e *engine) endJob(tx *store.Tx, at time.Time, p *progress) error {
	s, err := e.scheduleOf(tx, p.job)
	if err != nil {
		return err
	}
	if s.behavior == types.JobEndBehaviorCancel || s.behavior == types.JobEndBehaviorForceCancel {
		return e.cancel(tx, at, p, s.behavior == types.JobEndBehaviorForceCancel, "SCHEDULED_END", "The job's endTime was reached.")
	}
	if gone, err := deleteSome(tx, `job_waiting`, p.job); err != nil || gone {
		return err // there may be more of them
	}
	p.rest()
	p.open, p.ended = true, true
	if err := p.turn(tx, e, at, inProgress); err != nil {
		return err
	}
	return complete(tx, at, p.job)
}

func (e *engine) scheduleOf(tx *store.Tx, id string) (*schedule, error) {
	q, err := loadRequest(tx, id)
	if err != nil {
		return nil, err
	}
	return readSchedule(q.Schedule)
}

// turn saves the progress together with the job's status.
func (p *progress) turn(tx *store.Tx, e *engine, at time.Time, status string) error {
	if _, err := tx.Exec(`UPDATE jobs SET status=?2, updated_at=?3 WHERE id=?1 AND status<>?2`, p.job, status, store.Millis(at)); err != nil {
		return err
	}
	return p.save(tx, e)
}

// window recurs: it opens when its cron expression says so and stays open for its duration.
type window struct {
	opens    *cron
	duration time.Duration
}

type windows []window

// farAhead is enough to know of windows without a gap between them; one looks again then.
const farAhead = 7 * 24 * time.Hour

// at tells whether one of the windows is open at t, and when that changes; zero when it never does.
func (ws windows) at(t time.Time) (open bool, until time.Time) {
	until = t
	for grown := true; grown && until.Sub(t) < farAhead; {
		grown = false
		for _, w := range ws {
			// It opened so late that it is open at until, and so does it close later.
			begin, ok := w.opens.next(until.Add(-w.duration))
			for ok && !begin.After(until) && until.Sub(t) < farAhead {
				if end := begin.Add(w.duration); end.After(until) {
					until, open, grown = end, true, true
				}
				begin, ok = w.opens.next(begin)
			}
		}
	}
	if open {
		return true, until
	}
	return false, ws.next(t)
}

// next is when the first window after t opens; zero when none does any more.
func (ws windows) next(t time.Time) time.Time {
	var first time.Time
	for _, w := range ws {
		if begin, ok := w.opens.next(t); ok && (first.IsZero() || begin.Before(first)) {
			first = begin
		}
	}
	return first
}

// scheduledRollouts are the next seven times that a maintenance window opens (AWS IoT API reference, Job).
func (s *schedule) scheduledRollouts(now time.Time) []types.ScheduledJobRollout {
	var out []types.ScheduledJobRollout
	t := now
	if s.start.After(t) {
		t = s.start.Add(-time.Minute)
	}
	for range 7 {
		t = s.windows.next(t)
		if t.IsZero() || !s.end.IsZero() && !t.Before(s.end) {
			break
		}
		out = append(out, types.ScheduledJobRollout{StartTime: aws.String(t.Format("2006-01-02 15:04"))})
	}
	return out
}
