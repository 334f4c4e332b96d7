package jobs

import (
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
)

// history is a thing's executions of a job as the operator lists them: number, retry and status.
func (w *world) history(t tester, id, thing string) string {
	t.Helper()
	out, err := w.listForThing(ctx, &iot.ListJobExecutionsForThingInput{ThingName: &thing, JobId: &id})
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, s := range out.ExecutionSummaries {
		x := s.JobExecutionSummary
		list = append(list, string('0'+rune(*x.ExecutionNumber))+"/"+string('0'+rune(*x.RetryAttempt))+" "+string(x.Status))
	}
	for i, j := 0, len(list)-1; i < j; i, j = i+1, j-1 { // oldest first
		list[i], list[j] = list[j], list[i]
	}
	return strings.Join(list, ", ")
}

func wantHistory(t tester, w *world, id, thing, want string) {
	t.Helper()
	if got := w.history(t, id, thing); got != want {
		t.Errorf("%s on %s has had %s, want %s", id, thing, got, want)
	}
}

func TestRetries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 1)
	both := retrying(types.RetryableFailureTypeFailed, 1)
	both.CriteriaList = append(both.CriteriaList, retrying(types.RetryableFailureTypeTimedOut, 2).CriteriaList...)
	w.job(t, "j", []string{"thing/t00"}, retry(both), timeout(5))
	step := func(status string, wait time.Duration) {
		w.mustUpdate(t, "j", "t00", status)
		w.clock.Advance(wait)
	}
	step(failed, time.Second)
	wantHistory(t, w, "j", "t00", "1/0 FAILED, 2/1 QUEUED")
	step(inProgress, 6*time.Minute)
	wantHistory(t, w, "j", "t00", "1/0 FAILED, 2/1 TIMED_OUT, 3/2 QUEUED")
	if got := *w.execution(t, "j", "t00").QueuedAt; !got.Equal(began.Add(5*time.Minute + time.Second)) {
		t.Errorf("the retry was queued at %v, want it when the timer ran out", got)
	}
	step(inProgress, 6*time.Minute)
	step(failed, time.Second) // the second failure of one allowed retry
	wantHistory(t, w, "j", "t00", "1/0 FAILED, 2/1 TIMED_OUT, 3/2 TIMED_OUT, 4/3 FAILED")
	if j := w.describe(t, "j"); j.Status != types.JobStatusCompleted || counts(j) != "failed=2 timedout=2 " {
		t.Errorf("job is %s with %s", j.Status, counts(j))
	}
}

func TestNoRetry(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 2)
	w.job(t, "r", []string{"thing/t00"}, retry(retrying(types.RetryableFailureTypeAll, 5)))
	w.mustUpdate(t, "r", "t00", rejected)
	wantHistory(t, w, "r", "t00", "1/0 REJECTED")
	w.job(t, "c", []string{"thing/t00"}, retry(retrying(types.RetryableFailureTypeAll, 5)))
	w.mustUpdate(t, "c", "t00", inProgress)
	if _, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: aws.String("c")}); err != nil {
		t.Fatal(err)
	}
	w.mustUpdate(t, "c", "t00", failed)
	wantHistory(t, w, "c", "t00", "1/0 FAILED")
}

// A thing that comes back to a continuous job has its retries anew.
func TestRetriesBeginAnew(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 1)
	w.job(t, "j", []string{"thinggroup/g"}, continuous, retry(retrying(types.RetryableFailureTypeAll, 1)))
	w.mustUpdate(t, "j", "t00", failed)
	w.clock.Advance(time.Second)
	w.exec(t, `DELETE FROM group_members`)
	w.tx(t, func(tx *store.Tx, now time.Time) error { return w.MemberRemoved(tx, now, "g", "t00") })
	wantHistory(t, w, "j", "t00", "1/0 FAILED, 2/1 REMOVED")
	w.clock.Advance(time.Second)
	w.exec(t, `INSERT INTO group_members(group_name, thing_name) VALUES('g', 't00')`)
	w.tx(t, func(tx *store.Tx, now time.Time) error { return w.MemberAdded(tx, now, "g", "t00") })
	w.mustUpdate(t, "j", "t00", failed)
	w.clock.Advance(time.Second)
	w.mustUpdate(t, "j", "t00", failed)
	wantHistory(t, w, "j", "t00", "1/0 FAILED, 2/1 REMOVED, 3/0 FAILED, 4/1 FAILED")
}

func TestAbort(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	things := w.fleet(t, "g", 10)
	w.job(t, "j", []string{"thinggroup/g"}, abort(abortAt(types.JobExecutionFailureTypeFailed, 50, 4)), retry(retrying(types.RetryableFailureTypeAll, 1)),
		rollout(perMinute(480)))
	w.clock.Advance(time.Second) // nine of ten are notified
	for i, status := range []string{inProgress, failed, rejected, failed} {
		w.mustUpdate(t, "j", things[i], status)
	}
	if s := w.describe(t, "j").Status; s != types.JobStatusInProgress {
		t.Fatalf("job is %s after three executions of at least four", s)
	}
	w.mustUpdate(t, "j", things[4], succeeded) // two of four
	j := w.describe(t, "j")
	if j.Status != types.JobStatusCanceled || *j.ReasonCode != abortReason || !strings.Contains(*j.Comment, "50 %") || *j.ForceCanceled {
		t.Errorf("job is %s, %v, %v", j.Status, aws.ToString(j.ReasonCode), aws.ToString(j.Comment))
	}
	w.clock.Advance(time.Minute)
	if got := counts(w.describe(t, "j")); !strings.Contains(got, "inprogress=1 succeeded=1 failed=2 rejected=1 canceled=") || strings.Contains(got, "queued") {
		t.Errorf("after the abort there are %s", got)
	}
	_, err := w.listForThing(ctx, &iot.ListJobExecutionsForThingInput{ThingName: &things[9]})
	if err != nil {
		t.Error(err)
	}
	wantHistory(t, w, "j", things[9], "") // never notified
}

// TestNoticedLate has several things happen before anybody asks. Each has to see what came before it and nothing of
// what came after.
func TestNoticedLate(t *testing.T) {
	t.Parallel()
	at := func(d time.Duration) *string { return aws.String(began.Add(d).Format("2006-01-02T15:04")) }
	for name, c := range map[string]struct {
		fleet int
		job   func(*iot.CreateJobInput)
		began []time.Duration // when each thing begins
		want  []string
	}{
		"the end between two timers": {2, both(timeout(45), func(in *iot.CreateJobInput) {
			in.SchedulingConfig = &types.SchedulingConfig{EndTime: at(time.Hour), EndBehavior: types.JobEndBehaviorForceCancel}
		}), []time.Duration{time.Minute, 40 * time.Minute}, []string{"1/0 TIMED_OUT", "1/0 CANCELED"}},
		"a retry between two timers": {2, both(timeout(5), both(retry(retrying(types.RetryableFailureTypeAll, 1)), abort(abortAt(types.JobExecutionFailureTypeAll, 100, 2)))),
			[]time.Duration{time.Minute, 2 * time.Minute}, []string{"1/0 TIMED_OUT, 2/1 CANCELED", "1/0 TIMED_OUT"}},
		"an abort in a rollout": {40, both(timeout(5), both(rollout(perMinute(6)), abort(abortAt(types.JobExecutionFailureTypeAll, 100, 1)))),
			[]time.Duration{time.Second}, []string{"1/0 TIMED_OUT", "1/0 CANCELED"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t)
			things := w.fleet(t, "g", c.fleet)
			w.job(t, "j", []string{"thinggroup/g"}, c.job)
			for i, d := range c.began {
				w.clock.Advance(began.Add(d).Sub(w.clock.Now()))
				w.mustUpdate(t, "j", things[i], inProgress)
			}
			w.clock.Advance(5 * time.Hour)
			for i, want := range c.want {
				wantHistory(t, w, "j", things[i], want)
			}
			if n := len(w.queuedAt(t, "j")); n > 38 {
				t.Errorf("%d executions, as if the job had not been aborted after five minutes", n)
			}
		})
	}
}

// A job that may retry and does not is complete when the last of several timers has run out.
func TestLastTimerCompletes(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	things := w.fleet(t, "g", 3)
	w.job(t, "j", []string{"thinggroup/g"}, timeout(5), retry(retrying(types.RetryableFailureTypeFailed, 1)))
	for _, thing := range things {
		w.mustUpdate(t, "j", thing, inProgress)
		w.clock.Advance(time.Second)
	}
	w.clock.Advance(time.Hour)
	if j := w.describe(t, "j"); j.Status != types.JobStatusCompleted || !j.CompletedAt.Equal(began.Add(5*time.Minute+2*time.Second)) {
		t.Errorf("job is %s with %s, completed at %v", j.Status, counts(j), j.CompletedAt)
	}
}
