package jobs

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// twins are two sandboxes that are asked the same. One looks at its clock every few seconds, the other only when it is
// asked. Nobody may be able to tell them apart.
type twins struct {
	eager, lazy *world
	n           int // jobs made
	member      map[string]bool
	ended       map[string]string // the status with which executions of the eager one have ended
	prefix      string
}

const twinThings = 5

func TestTwins(t *testing.T) {
	t.Parallel()
	eager, lazy := newWorld(t), newWorld(t)
	for _, w := range []*world{eager, lazy} {
		w.realm.Lag = realm.Lag{Executions: 2 * time.Second, Cancel: time.Second, JobDeletion: 3 * time.Second, Rollout: 90}
	}
	run := 0
	rapid.Check(t, func(t *rapid.T) {
		run++
		m := &twins{eager: eager, lazy: lazy, member: map[string]bool{}, ended: map[string]string{}, prefix: fmt.Sprintf("r%d", run)}
		m.both(func(w *world) error { w.group(t, m.group(), ""); return nil })
		for i := range twinThings {
			m.both(func(w *world) error { w.things(t, m.thing(i)); return nil })
			if i > 1 {
				m.joinOrLeave(t, i)
			}
		}
		m.create(t)
		t.Repeat(map[string]func(*rapid.T){
			"":        m.compare,
			"create":  m.create,
			"advance": m.advance,
			"update":  m.update,
			"start":   m.start,
			"finish":  m.finish,
			"end job": m.endJob,
			"join or leave": func(t *rapid.T) {
				m.joinOrLeave(t, rapid.IntRange(0, twinThings-1).Draw(t, "thing"))
			},
		})
	})
}

func (m *twins) group() string      { return m.prefix + "group" }
func (m *twins) thing(i int) string { return fmt.Sprintf("%st%d", m.prefix, i) }

// both does the same to both and fails unless they answer alike.
func (m *twins) both(do func(w *world) error) error {
	a, b := do(m.eager), do(m.lazy)
	if fmt.Sprint(a) != fmt.Sprint(b) {
		return fmt.Errorf("the eager one says %w, the lazy one %w", a, b)
	}
	return nil
}

func (m *twins) must(t *rapid.T, do func(w *world) error) {
	t.Helper()
	if err := m.both(do); err != nil {
		t.Fatal(err)
	}
}

func (m *twins) advance(t *rapid.T) {
	d := time.Duration(rapid.SampledFrom([]int{1, 7, 40, 61, 300, 3000, 9000}).Draw(t, "seconds")) * time.Second
	m.lazy.clock.Advance(d)
	for step := d/20 + 137*time.Millisecond; d > 0; d -= step {
		m.eager.clock.Advance(min(step, d))
		if err := m.eager.Tick(); err != nil {
			t.Fatal(err)
		}
	}
}

func pick1[T any](t *rapid.T, label string, of ...T) T { return rapid.SampledFrom(of).Draw(t, label) }

func (m *twins) create(t *rapid.T) {
	if m.n > 2 {
		return
	}
	m.n++
	kind := pick1(t, "selection", iottypes.TargetSelectionSnapshot, iottypes.TargetSelectionContinuous)
	in := iot.CreateJobInput{JobId: aws.String(fmt.Sprintf("%sj%d", m.prefix, m.n)), Document: aws.String(`{}`), TargetSelection: kind,
		Targets:                    []string{m.eager.realm.ARN("thinggroup/" + m.group())},
		JobExecutionsRolloutConfig: pick1(t, "rollout", nil, perMinute(2), perMinute(7), growing(3, 2, 2), &iottypes.JobExecutionsRolloutConfig{}),
		AbortConfig:                pick1(t, "abort", nil, nil, abortAt(iottypes.JobExecutionFailureTypeAll, 50, 3)),
		JobExecutionsRetryConfig:   pick1(t, "retry", nil, retrying(iottypes.RetryableFailureTypeAll, 2)),
		TimeoutConfig:              pick1(t, "timeout", nil, &iottypes.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(2)}),
		SchedulingConfig:           m.schedule(t, kind)}
	m.must(t, func(w *world) error { c := in; _, err := w.createJob(ctx, &c); return err })
}

func (m *twins) schedule(t *rapid.T, kind iottypes.TargetSelection) *iottypes.SchedulingConfig {
	in := func(d time.Duration) *string {
		return aws.String(m.lazy.clock.Now().Add(d + time.Minute).Format("2006-01-02 15:04"))
	}
	c := &iottypes.SchedulingConfig{EndBehavior: pick1(t, "end", iottypes.JobEndBehaviorCancel, iottypes.JobEndBehaviorForceCancel, iottypes.JobEndBehaviorStopRollout)}
	switch pick1(t, "schedule", 0, 0, 0, 1, 2, 3) {
	case 0:
		return nil
	case 1:
		c.StartTime = in(35 * time.Minute)
	case 2:
		c.StartTime, c.EndTime = in(35*time.Minute), in(90*time.Minute)
	case 3:
		c.EndTime = in(40 * time.Minute)
	}
	if kind == iottypes.TargetSelectionContinuous && rapid.Bool().Draw(t, "windows") {
		c.MaintenanceWindows = []iottypes.MaintenanceWindow{{StartTime: aws.String("cron(0/30 * ? * * *)"), DurationInMinutes: aws.Int32(11)}}
	}
	return c
}

func (m *twins) draw(t *rapid.T) (string, string) {
	return fmt.Sprintf("%sj%d", m.prefix, rapid.IntRange(1, m.n).Draw(t, "job")), m.thing(rapid.IntRange(0, twinThings-1).Draw(t, "thing"))
}

func (m *twins) update(t *rapid.T) {
	id, thing := m.draw(t)
	status := pick1(t, "status", inProgress, succeeded, failed, failed, rejected)
	m.must(t, func(w *world) error { _, err := w.update(id, thing, status); return err })
}

// start has all things begin what they can, a moment one after the other, so that their timers run out one by one.
func (m *twins) start(t *rapid.T) {
	id, _ := m.draw(t)
	for i := range twinThings {
		m.must(t, func(w *world) error {
			w.clock.Advance(700 * time.Millisecond)
			_, err := w.update(id, m.thing(i), inProgress)
			return err
		})
	}
}

// finish has all things end with one status or the other.
func (m *twins) finish(t *rapid.T) {
	id, _ := m.draw(t)
	for i := range twinThings {
		status := pick1(t, "status", succeeded, succeeded, failed)
		m.must(t, func(w *world) error { _, err := w.update(id, m.thing(i), status); return err })
	}
}

func (m *twins) endJob(t *rapid.T) {
	id, _ := m.draw(t)
	force := rapid.Bool().Draw(t, "force")
	if rapid.Bool().Draw(t, "delete") {
		m.must(t, func(w *world) error {
			_, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: &id, Force: force})
			return err
		})
		return
	}
	m.must(t, func(w *world) error {
		_, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: &id, Force: force})
		return err
	})
}

func (m *twins) joinOrLeave(t *rapid.T, i int) {
	thing := m.thing(i)
	m.member[thing] = !m.member[thing]
	m.must(t, func(w *world) error {
		change, hook := `DELETE FROM group_members WHERE group_name=? AND thing_name=?`, w.MemberRemoved
		if m.member[thing] {
			change, hook = `INSERT INTO group_members(group_name, thing_name) VALUES(?,?)`, w.MemberAdded
		}
		return w.realm.Store.Update(func(tx *store.Tx) error {
			_, err := tx.Exec(change, m.group(), thing)
			return errors.Join(err, hook(tx, w.realm.Now(), m.group(), thing))
		})
	})
}

// compare looks at all that there is of both, and at what must hold for each.
func (m *twins) compare(t *rapid.T) {
	a, b := m.dump(t, m.eager), m.dump(t, m.lazy)
	if a != b {
		t.Fatalf("at %v the eager one has\n%s\nand the lazy one\n%s", m.lazy.clock.Now(), a, b)
	}
	m.eager.checkCounts(t)
	m.eager.checkRates(t, m.prefix)
	for line := range strings.Lines(a) {
		f := strings.Fields(line)
		if f[0] != "execution" {
			continue
		}
		key, status := f[1]+f[2]+f[3]+f[6], f[4] // with the time it was queued, since a number may be used again
		if old := m.ended[key]; old != "" && old != status {
			t.Fatalf("an execution that was %s is now: %s", old, line)
		}
		if status != queued && status != inProgress {
			m.ended[key] = status
		}
	}
}

func (m *twins) dump(t *rapid.T, w *world) string {
	var out strings.Builder
	if err := w.Tick(); err != nil {
		t.Fatal(err)
	}
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		return tx.Each(`SELECT 'execution '||job_id||' '||thing_name||' '||number||' '||status||' '||version||' '||queued_at||' '
				||coalesce(started_at,'')||' '||updated_at||' '||coalesce(timeout_at,'')||' '||attempt FROM executions WHERE job_id LIKE ?1
			UNION ALL SELECT 'waiting '||job_id||' '||thing_name||' '||rank||' '||number FROM job_waiting WHERE job_id LIKE ?1
			UNION ALL SELECT 'job '||id||' '||status||' '||updated_at||' '||coalesce(completed_at,'')||coalesce(reason_code,'') FROM jobs WHERE id LIKE ?1
			UNION ALL SELECT 'progress '||job_id||' '||open||rolling||ended||' '||coalesce(due_at,'') FROM job_progress WHERE job_id LIKE ?1
			ORDER BY 1`, []any{m.prefix + "j%"}, func(scan func(...any) error) error {
			var line string
			err := scan(&line)
			out.WriteString(line + "\n")
			return err
		})
	})
	return out.String()
}

// checkCounts compares the counts of jobs with what there is to count.
func (w *world) checkCounts(t tester) {
	t.Helper()
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		return tx.Each(`SELECT p.job_id FROM job_progress p LEFT JOIN (SELECT job_id, sum(status='QUEUED') q, sum(status='IN_PROGRESS') i,
				sum(status='SUCCEEDED') s, sum(status='FAILED') f, sum(status='REJECTED') r, sum(status='TIMED_OUT') t,
				sum(status='REMOVED') m, sum(status='CANCELED') c, count(*) n FROM executions GROUP BY job_id) x ON x.job_id=p.job_id
			WHERE (queued, in_progress, succeeded, failed, rejected, timed_out, removed, canceled) IS NOT
				(coalesce(q,0), coalesce(i,0), coalesce(s,0), coalesce(f,0), coalesce(r,0), coalesce(t,0), coalesce(m,0), coalesce(c,0))
				OR notified<coalesce(n, 0)`, nil,
			func(scan func(...any) error) error {
				var id string
				if err := scan(&id); err != nil {
					return err
				}
				return fmt.Errorf("the counts of job %s are not those of its executions", id)
			})
	})
}

// checkRates looks for a minute in which a job notified more things than its rate allows. Things that joined a continuous
// job need not wait, so it looks at snapshot jobs.
func (w *world) checkRates(t tester, prefix string) {
	t.Helper()
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		return tx.Each(`SELECT x.job_id, count(*), coalesce(json_extract(j.request_json, '$.Rollout.MaximumPerMinute'),
				iif(json_extract(j.request_json, '$.Rollout.ExponentialRate') IS NULL, 90, 1000)) AS top
			FROM executions x JOIN jobs j ON j.id=x.job_id AND j.target_selection='SNAPSHOT'
			JOIN executions y ON y.job_id=x.job_id AND y.queued_at>=x.queued_at AND y.queued_at<x.queued_at+60000
			WHERE x.job_id LIKE ?||'j%' GROUP BY x.job_id, x.thing_name, x.number HAVING count(*)>top`, []any{prefix},
			func(scan func(...any) error) error {
				var id string
				var n, top int
				if err := scan(&id, &n, &top); err != nil {
					return err
				}
				return fmt.Errorf("job %s notified %d things in a minute; it may notify %d", id, n, top)
			})
	})
}
