package jobs

import (
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// fleet makes a group with n things, t00 to the last.
func (w *world) fleet(t tester, group string, n int) []string {
	t.Helper()
	var members []string
	for i := range n {
		members = append(members, fmt.Sprintf("t%02d", i))
	}
	w.things(t, members...)
	w.group(t, group, "", members...)
	return members
}

// queuedAt is how many seconds after the clock's start each execution was queued, in that order.
func (w *world) queuedAt(t tester, id string) []float64 {
	t.Helper()
	var out []float64
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		out = nil
		return tx.Each(`SELECT queued_at FROM executions WHERE job_id=? ORDER BY queued_at`, []any{id}, func(scan func(...any) error) error {
			var at int64
			err := scan(&at)
			out = append(out, store.Time(at).Sub(began).Seconds())
			return err
		})
	})
	return out
}

func TestConstantRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 9)
	w.job(t, "j", []string{"thinggroup/g"}, rollout(perMinute(30)))
	w.clock.Advance(15 * time.Second)
	j := w.describe(t, "j")
	if got := w.queuedAt(t, "j"); !slices.Equal(got, []float64{0, 2, 4, 6, 8, 10, 12, 14}) {
		t.Errorf("queued after %v seconds, want one each two seconds", got)
	}
	if !*j.IsConcurrent || len(j.JobProcessDetails.ProcessingTargets) != 1 {
		t.Errorf("a job that is rolling out says concurrent %v, targets %v", *j.IsConcurrent, j.JobProcessDetails.ProcessingTargets)
	}
	for i := range 8 {
		w.mustUpdate(t, "j", fmt.Sprintf("t%02d", i), succeeded)
	}
	if s := w.describe(t, "j").Status; s != types.JobStatusInProgress {
		t.Errorf("job is %s with a member that was not notified", s)
	}
	w.clock.Advance(time.Second)
	w.mustUpdate(t, "j", "t08", succeeded)
	if j = w.describe(t, "j"); j.Status != types.JobStatusCompleted || *j.IsConcurrent || j.JobProcessDetails.ProcessingTargets != nil {
		t.Errorf("job is %s, concurrent %v, targets %v", j.Status, *j.IsConcurrent, j.JobProcessDetails.ProcessingTargets)
	}
}

func TestExponentialRate(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 9)
	c := growing(6, 2, 3)
	c.MaximumPerMinute = aws.Int32(20)
	w.job(t, "j", []string{"thinggroup/g"}, rollout(c))
	w.clock.Advance(time.Hour)
	// six a minute, then twelve after three, then not 24 but the maximum of 20 after six
	w.describe(t, "j")
	if got := w.queuedAt(t, "j"); !slices.Equal(got, []float64{0, 10, 20, 30, 35, 40, 45, 48, 51}) {
		t.Errorf("queued after %v seconds", got)
	}
}

func TestRateGrowsWithSuccess(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 6)
	c := growing(6, 5, 0)
	c.ExponentialRate.RateIncreaseCriteria = &types.RateIncreaseCriteria{NumberOfSucceededThings: aws.Int32(2)}
	w.job(t, "j", []string{"thinggroup/g"}, rollout(c))
	w.clock.Advance(20 * time.Second)
	w.mustUpdate(t, "j", "t00", succeeded)
	w.mustUpdate(t, "j", "t01", succeeded)
	w.clock.Advance(time.Minute)
	w.describe(t, "j")
	if got := w.queuedAt(t, "j"); !slices.Equal(got, []float64{0, 10, 20, 30, 32, 34}) {
		t.Errorf("queued after %v seconds", got)
	}
}

func TestLags(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.realm.Lag = realm.Lag{Executions: 2 * time.Second, Cancel: time.Second, JobDeletion: 3 * time.Second}
	w.fleet(t, "g", 3)
	w.things(t, "late")
	w.job(t, "j", []string{"thinggroup/g"}, continuous)
	if j := w.describe(t, "j"); counts(j) != "" || !*j.IsConcurrent || len(j.JobProcessDetails.ProcessingTargets) != 1 {
		t.Errorf("a new job has %s, concurrent %v, targets %v", counts(j), *j.IsConcurrent, j.JobProcessDetails.ProcessingTargets)
	}
	join := func(thing string) {
		w.exec(t, `INSERT INTO group_members(group_name, thing_name) VALUES('g', ?)`, thing)
		w.tx(t, func(tx *store.Tx, now time.Time) error { return w.MemberAdded(tx, now, "g", thing) })
	}
	join("late")
	w.clock.Advance(2 * time.Second)
	if j := w.describe(t, "j"); counts(j) != "queued=4 " || *j.IsConcurrent {
		t.Errorf("after two seconds there are %s, concurrent %v", counts(j), *j.IsConcurrent)
	}
	w.mustUpdate(t, "j", "t00", inProgress)
	if _, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: aws.String("j")}); err != nil {
		t.Fatal(err)
	}
	if j := w.describe(t, "j"); counts(j) != "queued=3 inprogress=1 " || j.Status != types.JobStatusCanceled || !*j.IsConcurrent {
		t.Errorf("right after its cancellation the job is %s with %s, concurrent %v", j.Status, counts(j), *j.IsConcurrent)
	}
	w.clock.Advance(time.Second)
	if j := w.describe(t, "j"); counts(j) != "inprogress=1 canceled=3 " || *j.IsConcurrent {
		t.Errorf("a second later there are %s, concurrent %v", counts(j), *j.IsConcurrent)
	}
	if _, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("j")}); err != nil {
		t.Fatal(err)
	}
	if j := w.describe(t, "j"); j.Status != types.JobStatusDeletionInProgress || !*j.IsConcurrent {
		t.Errorf("a job being deleted is %s, concurrent %v", j.Status, *j.IsConcurrent)
	}
	if x := w.startNext(t, "t00"); x != nil {
		t.Errorf("an execution of a job that is being deleted is offered: %+v", x)
	}
	_, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("j"), Force: true})
	wantError[*types.InvalidStateTransitionException](t, err)
	w.clock.Advance(3 * time.Second)
	_, err = w.describeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("j")})
	wantError[*types.ResourceNotFoundException](t, err)
	w.job(t, "j", []string{"thing/t00"}) // the id is free again
}

func TestTenDeletionsAtATime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.realm.Lag.JobDeletion = time.Second
	w.things(t, "a")
	remove := func(i int) error {
		_, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String(fmt.Sprintf("j%d", i)), Force: true})
		return err
	}
	for i := range 11 {
		w.job(t, fmt.Sprintf("j%d", i), []string{"thing/a"})
		if err := remove(i); (err == nil) != (i < 10) {
			t.Errorf("deletion %d gave %v", i, err)
		}
	}
	wantError[*types.LimitExceededException](t, remove(10))
	w.clock.Advance(time.Second)
	if err := remove(10); err != nil {
		t.Error(err)
	}
}

// TestRestart has another engine find what the first one had planned.
func TestRestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 4)
	w.job(t, "j", []string{"thinggroup/g"}, rollout(perMinute(60)), timeout(1))
	w.mustUpdate(t, "j", "t00", inProgress)
	w.clock.Advance(61 * time.Second)
	w.control = &control{&engine{realm: w.realm, presign: w.presign}}
	if j := w.describe(t, "j"); counts(j) != "queued=3 timedout=1 " {
		t.Errorf("after a restart there are %s", counts(j))
	}
}

// TestTogether has devices, operators and the clock at work at the same time.
func TestTogether(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.realm.Lag = realm.Lag{Executions: time.Second, Cancel: time.Second}
	things := w.fleet(t, "g", 20)
	w.job(t, "j", []string{"thinggroup/g"}, rollout(perMinute(600)), timeout(1), retry(retrying(types.RetryableFailureTypeAll, 2)))
	var work sync.WaitGroup
	for i, thing := range things {
		work.Go(func() {
			for range 15 {
				out, err := w.device.startNext(ctx, &data.StartNextPendingJobExecutionInput{ThingName: &thing})
				if err != nil {
					t.Error(err)
				}
				if out != nil && out.Execution != nil && i%3 > 0 {
					_, _ = w.update("j", thing, []string{succeeded, failed}[i%2]) // its timer may have run out
				}
				w.clock.Advance(300 * time.Millisecond)
				if err := w.Tick(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	work.Wait()
	w.clock.Advance(time.Hour)
	for range 3 { // the retries of those that only ever begin
		for _, thing := range things {
			w.startNext(t, thing)
		}
		w.clock.Advance(time.Hour)
	}
	if j := w.describe(t, "j"); j.Status != types.JobStatusCompleted {
		t.Errorf("job is %s with %s", j.Status, counts(j))
	}
	w.checkCounts(t)
}
