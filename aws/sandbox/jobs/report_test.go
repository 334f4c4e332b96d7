package jobs

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/sandbox/packages"
	"fleetlab/aws/sandbox/store"
)

// packageShadows counts the $package shadows.
func (w *world) packageShadows(t tester) int {
	t.Helper()
	n := 0
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		return tx.Row(`SELECT count(*) FROM shadows WHERE name='$package'`, nil, &n)
	})
	return n
}

func TestPackageReportsLag(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	w.things(t, "gone")
	w.realm.Lag.PackageReport = time.Second
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		return tx.SetSetting(packages.ConfigurationSetting, `{"enabled":true}`)
	})
	w.job(t, "j", []string{"thing/car", "thing/gone"}, installing(w, role, "Sedan 1.1.0"))
	w.mustUpdate(t, "j", "car", succeeded)
	w.mustUpdate(t, "j", "gone", succeeded)
	w.exec(t, `DELETE FROM things WHERE name='gone'`)
	w.describe(t, "j")
	if n := w.packageShadows(t); n != 0 {
		t.Errorf("%d packages were reported at once", n)
	}
	w.clock.Advance(time.Second)
	if err := w.Tick(); err != nil {
		t.Fatal(err)
	}
	if n := w.packageShadows(t); n != 1 {
		t.Errorf("%d packages were reported after a second, want that of the thing that is left", n)
	}
}

// What waits is forgotten when its thing is deleted, and the job does not wait for it.
func TestDeletedWhileWaiting(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 2)
	w.job(t, "j", []string{"thinggroup/g"}, rollout(perMinute(1)))
	w.mustUpdate(t, "j", "t00", succeeded)
	w.exec(t, `DELETE FROM things WHERE name='t01'`)
	w.tx(t, func(tx *store.Tx, now time.Time) error { return w.ThingDeleted(tx, now, "t01") })
	w.clock.Advance(time.Minute)
	if j := w.describe(t, "j"); counts(j) != "succeeded=1 " || j.Status != completed {
		t.Errorf("job is %s with %s", j.Status, counts(j))
	}
}

func TestUpdateJobChangesTheRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 8)
	w.job(t, "j", []string{"thinggroup/g"}, rollout(perMinute(1)))
	w.clock.Advance(time.Minute)
	if _, err := w.updateJob(ctx, &iot.UpdateJobInput{JobId: aws.String("j"), JobExecutionsRolloutConfig: perMinute(60)}); err != nil {
		t.Fatal(err)
	}
	w.clock.Advance(62 * time.Second) // the next one was due a minute after the second one
	if got := counts(w.describe(t, "j")); got != "queued=5 " {
		t.Errorf("after the change there are %s", got)
	}
}

// More than one step's worth of executions is canceled and deleted.
func TestManyExecutions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.exec(t, `WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<4500)
		INSERT INTO group_members(group_name, thing_name) SELECT 'g', 't'||i FROM n`)
	w.group(t, "g", "")
	w.job(t, "now", []string{"thinggroup/g"})
	w.job(t, "slow", []string{"thinggroup/g"}, rollout(perMinute(1000)))
	w.clock.Advance(2*time.Minute + 30*time.Second)
	if got := counts(w.describe(t, "slow")); got != "queued=2501 " {
		t.Errorf("after two and a half minutes there are %s", got)
	}
	for id, want := range map[string]string{"now": "canceled=4500 ", "slow": "canceled=2501 "} {
		if _, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: &id}); err != nil {
			t.Fatal(err)
		}
		if got := counts(w.describe(t, id)); got != want {
			t.Errorf("%s has %s, want %s", id, got, want)
		}
		if _, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: &id}); err != nil {
			t.Fatal(err)
		}
	}
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		n := 0
		err := tx.Row(`SELECT (SELECT count(*) FROM executions)+(SELECT count(*) FROM job_waiting)+(SELECT count(*) FROM job_progress)`, nil, &n)
		if n != 0 {
			t.Errorf("%d rows are left of deleted jobs", n)
		}
		return err
	})
}
