package jobs

import (
	"time"

	"fleetlab/aws/sandbox/store"
)

// ThingDeleted turns what the thing had still to do to REMOVED. Call it in the transaction that deletes the
// thing.
func ThingDeleted(tx *store.Tx, now time.Time, thing string) error {
	if err := expireTimers(tx, now); err != nil {
		return err
	}
	jobs, err := names(tx, `SELECT job_id FROM executions WHERE thing_name=?1 AND status='QUEUED'
		UNION SELECT job_id FROM executions WHERE thing_name=?1 AND status='IN_PROGRESS'`, thing)
	if err != nil {
		return err
	}
	for _, id := range jobs {
		if err := remove(tx, now, id, thing); err != nil {
			return err
		}
	}
	return completeAll(tx, now, jobs)
}

// remove turns a thing's executions of a job that have not ended to REMOVED.
func remove(tx *store.Tx, now time.Time, id, thing string) error {
	_, err := tx.Exec(`UPDATE executions SET status='REMOVED', version=version+1, updated_at=?3, timeout_at=NULL,
		step_at=NULL WHERE job_id=?1 AND thing_name=?2 AND status IN ('QUEUED', 'IN_PROGRESS')`, id, thing, store.Millis(now))
	return err
}

// MemberAdded gives a thing that joined a group an execution of each continuous job that targets the group or
// one above it, unless the job reached the thing through another target already. A thing that comes back gets
// the next execution number. Call it in the transaction that adds the member.
func MemberAdded(tx *store.Tx, now time.Time, group, thing string) error {
	jobs, err := jobsReachedOnlyBy(tx, group, thing)
	if err != nil {
		return err
	}
	for _, id := range jobs {
		if _, err := tx.Exec(`INSERT INTO executions(job_id, thing_name, number, status, version, queued_at, updated_at)
			SELECT ?1, ?2, 1+coalesce((SELECT max(number) FROM executions WHERE job_id=?1 AND thing_name=?2), 0),
				'QUEUED', 1, ?3, ?3
			WHERE NOT EXISTS(SELECT 1 FROM executions WHERE job_id=?1 AND thing_name=?2
				AND status IN ('QUEUED', 'IN_PROGRESS'))`, id, thing, store.Millis(now)); err != nil {
			return err
		}
	}
	return nil
}

// MemberRemoved turns the executions that a thing had as a member of a group, of continuous jobs and not ended,
// to REMOVED, unless another target still holds the thing. Call it in the transaction that removes the member
// and after that; the group itself may be gone.
func MemberRemoved(tx *store.Tx, now time.Time, _, thing string) error {
	if err := expireTimers(tx, now); err != nil {
		return err
	}
	jobs, err := names(tx, `WITH RECURSIVE`+groupsOfThing+`
		SELECT DISTINCT j.id FROM executions x
		JOIN jobs j ON j.id=x.job_id AND j.status='IN_PROGRESS' AND j.target_selection='CONTINUOUS'
		WHERE x.thing_name=?2 AND x.status IN ('QUEUED', 'IN_PROGRESS') AND`+notReached, "", thing)
	if err != nil {
		return err
	}
	for _, id := range jobs {
		if err := remove(tx, now, id, thing); err != nil {
			return err
		}
	}
	return nil
}

// jobsReachedOnlyBy are the running continuous jobs that have the thing as a member of the group, or of one
// above it, and not as a target itself or as a member of another target.
func jobsReachedOnlyBy(tx *store.Tx, group, thing string) ([]string, error) {
	return names(tx, `WITH RECURSIVE above(name) AS (
			SELECT ?1 UNION
			SELECT g.parent FROM above a JOIN thing_groups g ON g.name=a.name WHERE g.parent IS NOT NULL),`+groupsOfThing+`
		SELECT DISTINCT j.id FROM above a
		JOIN job_targets t ON t.kind='thinggroup' AND t.name=a.name
		JOIN jobs j ON j.id=t.job_id AND j.status='IN_PROGRESS' AND j.target_selection='CONTINUOUS'
		WHERE`+notReached, group, thing)
}

// Parts of the queries above: the groups that hold thing ?2 directly or through a child, group ?1 left out,
// and the condition that neither they nor the thing are targets of job j.
const (
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
