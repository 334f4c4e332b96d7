package jobs

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// The kinds of target, as they stand in an ARN.
const (
	thingTarget = "thing"
	groupTarget = "thinggroup"
)

// maxTargets is how many targets a job may have, those of AssociateTargetsWithJob included (AWS General
// Reference, Jobs quotas).
const maxTargets = 100

type target struct{ kind, name string }

// parseTargets reads the ARNs of things and thing groups. An ARN of another account or Region does not
// exist here.
func parseTargets(r *realm.Realm, arns []string) ([]target, error) {
	var out []target
	for _, arn := range arns {
		parts := strings.SplitN(arn, ":", 6)
		if len(parts) != 6 || parts[0] != "arn" || parts[2] != "iot" {
			return nil, badTarget(r, arn)
		}
		kind, name, found := strings.Cut(parts[5], "/")
		if !found || name == "" || kind != thingTarget && kind != groupTarget {
			return nil, badTarget(r, arn)
		}
		if arn != r.ARN(parts[5]) {
			return nil, missing("Target %s does not exist in this account and Region (%s, %s).", arn, r.Account, r.Region)
		}
		out = append(out, target{kind, name})
	}
	return out, nil
}

func badTarget(r *realm.Realm, arn string) error {
	return invalid("%s is not a job target; give ARNs like %s or %s", arn, r.ARN("thing/NAME"), r.ARN("thinggroup/NAME"))
}

// addTargets writes a job's targets and has those of their things that the job does not know yet notified.
func (e *engine) addTargets(tx *store.Tx, now time.Time, p *progress, q *request, targets []target) error {
	id := p.job
	for _, t := range targets {
		if err := t.exists(tx); err != nil {
			return err
		}
		if _, err := tx.Exec(`INSERT OR IGNORE INTO job_targets(job_id, kind, name) VALUES(?,?,?)`, id, t.kind, t.name); err != nil {
			return err
		}
	}
	var n int
	if err := tx.Row(`SELECT count(*) FROM job_targets WHERE job_id=?`, []any{id}, &n); err != nil {
		return err
	}
	if n > maxTargets {
		return tooManyTargets(id, n)
	}
	return e.admit(tx, now, p, q)
}

func tooManyTargets(id string, n int) error {
	return &types.LimitExceededException{Message: aws.String(
		fmt.Sprintf("Job %s would have %d targets; a job has at most %d. Put things into a group.", id, n, maxTargets))}
}

func (t target) exists(tx *store.Tx) error {
	table := "things"
	if t.kind == groupTarget {
		table = "thing_groups"
	}
	var one int
	err := tx.Row(`SELECT 1 FROM `+table+` WHERE name=?`, []any{t.name}, &one)
	if errors.Is(err, store.ErrNoRow) {
		return missing("Target %s %s does not exist.", t.kind, t.name)
	}
	return err
}

// members are the things of a job's targets ?1 that have no execution of it, each once however many targets it is in.
const members = `WITH RECURSIVE tree(name) AS (
		SELECT name FROM job_targets WHERE job_id=?1 AND kind='thinggroup'
		UNION SELECT g.name FROM tree t JOIN thing_groups g ON g.parent=t.name),
	members(name) AS (
		SELECT m.thing_name FROM tree t JOIN group_members m ON m.group_name=t.name
		UNION SELECT name FROM job_targets WHERE job_id=?1 AND kind='thing'),
	missing(name) AS (
		SELECT name FROM members
		WHERE NOT EXISTS(SELECT 1 FROM executions x WHERE x.job_id=?1 AND x.thing_name=members.name))`

// enqueueAll queues an execution for each of them. It is one statement, so that a fleet of a hundred thousand things
// takes a moment.
func enqueueAll(tx *store.Tx, now time.Time, id string) error {
	_, err := tx.Exec(members+` INSERT INTO executions(job_id, thing_name, number, status, version, queued_at, updated_at)
		SELECT ?1, name, 1, 'QUEUED', 1, ?2, ?2 FROM missing`, id, store.Millis(now))
	return err
}

// waitAll lets each of them wait for its turn.
func waitAll(tx *store.Tx, id string) error {
	_, err := tx.Exec(members+` INSERT INTO job_waiting(job_id, rank, thing_name, number) SELECT ?1, 0, name, 1 FROM missing
		WHERE NOT EXISTS(SELECT 1 FROM job_waiting w WHERE w.thing_name=missing.name AND w.job_id=?1)`, id)
	return err
}
