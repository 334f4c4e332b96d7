package jobs

import (
	"time"

	"fleetlab/aws/sandbox/store"
)

// ThingDeleted turns what the thing had still to do to REMOVED; what it waited for is forgotten. Call it in the
// transaction that deletes the thing.
func (e *engine) ThingDeleted(tx *store.Tx, now time.Time, thing string) error {
	const pending = `SELECT job_id FROM executions WHERE thing_name=?1 AND status='QUEUED'
		UNION SELECT job_id FROM executions WHERE thing_name=?1 AND status='IN_PROGRESS'
		UNION SELECT job_id FROM job_waiting WHERE thing_name=?1`
	jobs, err := names(tx, pending, thing)
	if err != nil || len(jobs) == 0 {
		return err
	}
	if err := e.settle(tx, now); err != nil {
		return err
	}
	if jobs, err = names(tx, pending, thing); err != nil {
		return err
	}
	return removeFrom(tx, now, jobs, thing)
}

// removeFrom turns a thing's executions of those jobs that have not ended to REMOVED. It waits for no other one.
func removeFrom(tx *store.Tx, now time.Time, jobs []string, thing string) error {
	for _, id := range jobs {
		if _, err := tx.Exec(`UPDATE executions SET status='REMOVED', version=version+1, updated_at=?3, timeout_at=NULL, step_at=NULL
			WHERE job_id=?1 AND thing_name=?2 AND status IN ('QUEUED', 'IN_PROGRESS')`, id, thing, store.Millis(now)); err != nil {
			return err
		}
		if _, err := tx.Exec(`DELETE FROM job_waiting WHERE thing_name=? AND job_id=?`, thing, id); err != nil {
			return err
		}
	}
	return completeAll(tx, now, jobs)
}

// anyContinuous tells whether a continuous job has not ended, for which joining and leaving matters.
func anyContinuous(tx *store.Tx) (bool, error) {
	var yes bool
	err := tx.Row(`SELECT EXISTS(SELECT 1 FROM jobs WHERE target_selection='CONTINUOUS' AND completed_at IS NULL)`, nil, &yes)
	return yes, err
}

// MemberAdded has a thing that joined a group notified of each continuous job that targets the group or one above it,
// unless the job reached the thing through another target already. It need not wait for its turn, only until the job
// notifies at all. A thing that comes back gets the next execution number and its retries anew. Call it in the transaction
// that adds the member.
func (e *engine) MemberAdded(tx *store.Tx, now time.Time, group, thing string) error {
	some, err := anyContinuous(tx)
	if err != nil || !some {
		return err
	}
	if err := e.settle(tx, now); err != nil {
		return err
	}
	jobs, err := jobsReachedOnlyBy(tx, group, thing)
	if err != nil {
		return err
	}
	for _, id := range jobs {
		if err := e.join(tx, now, id, thing); err != nil {
			return err
		}
	}
	return nil
}

// join notifies a thing of a continuous job, or lets it wait until the job does that.
func (e *engine) join(tx *store.Tx, now time.Time, id, thing string) error {
	p, err := loadProgress(tx, id)
	if err != nil || p.ended {
		return err
	}
	const free = `WHERE NOT EXISTS(SELECT 1 FROM executions WHERE job_id=?1 AND thing_name=?2 AND status IN ('QUEUED', 'IN_PROGRESS'))
			AND NOT EXISTS(SELECT 1 FROM job_waiting WHERE thing_name=?2 AND job_id=?1)`
	const number = `1+coalesce((SELECT max(number) FROM executions WHERE job_id=?1 AND thing_name=?2), 0)`
	n, err := loadTally(tx, id)
	if err != nil {
		return err
	}
	begun := n.notified > 0 || !p.rolling
	if p.open && begun {
		_, err := tx.Exec(`INSERT INTO executions(job_id, thing_name, number, status, version, queued_at, updated_at)
			SELECT ?1, ?2, `+number+`, 'QUEUED', 1, ?3, ?3 `+free, id, thing, store.Millis(now))
		return err
	}
	rank := 0
	if begun {
		rank = -1
	}
	if _, err := tx.Exec(`INSERT INTO job_waiting(job_id, rank, thing_name, number) SELECT ?1, ?3, ?2, `+number+` `+free,
		id, thing, rank); err != nil {
		return err
	}
	p.rolling = true
	return p.save(tx, e)
}

// MemberRemoved turns the executions that a thing had as a member of a group, of continuous jobs and not ended,
// to REMOVED, unless another target still holds the thing. Call it in the transaction that removes the member
// and after that; the group itself may be gone.
func (e *engine) MemberRemoved(tx *store.Tx, now time.Time, _, thing string) error {
	some, err := anyContinuous(tx)
	if err != nil || !some {
		return err
	}
	if err := e.settle(tx, now); err != nil {
		return err
	}
	jobs, err := names(tx, `WITH RECURSIVE`+groupsOfThing+`,
		pending(job_id) AS (SELECT job_id FROM executions WHERE thing_name=?2 AND status IN ('QUEUED', 'IN_PROGRESS')
			UNION SELECT job_id FROM job_waiting WHERE thing_name=?2)
		SELECT j.id FROM pending CROSS JOIN jobs j ON j.id=pending.job_id
		WHERE `+isFollowing+` AND`+notReached, "", thing)
	if err != nil {
		return err
	}
	return removeFrom(tx, now, jobs, thing)
}

// jobsReachedOnlyBy are the continuous jobs that have not ended and have the thing as a member of the group, or of one
// above it, and not as a target itself or as a member of another target.
func jobsReachedOnlyBy(tx *store.Tx, group, thing string) ([]string, error) {
	return names(tx, `WITH RECURSIVE above(name) AS (
			SELECT ?1 UNION
			SELECT g.parent FROM above a JOIN thing_groups g ON g.name=a.name WHERE g.parent IS NOT NULL),`+groupsOfThing+`
		SELECT DISTINCT j.id FROM above a
		JOIN job_targets t ON t.kind='thinggroup' AND t.name=a.name
		JOIN jobs j ON j.id=t.job_id AND `+isFollowing+`
		WHERE`+notReached, group, thing)
}

// Parts of the queries above: job j follows its groups; the groups that hold thing ?2 directly or through a child, group
// ?1 left out; and the condition that neither they nor the thing are targets of job j.
const (
	isFollowing   = `j.target_selection='CONTINUOUS' AND j.status IN ('IN_PROGRESS', 'SCHEDULED')`
	groupsOfThing = ` other(name) AS (
			SELECT group_name FROM group_members WHERE thing_name=?2 AND group_name<>?1 UNION
			SELECT g.parent FROM other o JOIN thing_groups g ON g.name=o.name WHERE g.parent IS NOT NULL)`
	notReached = ` NOT EXISTS(SELECT 1 FROM job_targets d WHERE d.job_id=j.id AND d.kind='thing' AND d.name=?2)
		AND NOT EXISTS(SELECT 1 FROM other o JOIN job_targets d ON d.job_id=j.id AND d.kind='thinggroup' AND d.name=o.name)`
)

// Exists tells whether there is a job with that id.
func Exists(tx *store.Tx, id string) (bool, error) {
	var yes bool
	err := tx.Row(`SELECT EXISTS(SELECT 1 FROM jobs WHERE id=?)`, []any{id}, &yes)
	return yes, err
}
