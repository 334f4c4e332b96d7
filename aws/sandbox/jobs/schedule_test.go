package jobs

import (
	"fmt"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	datatypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/store"
)

func scheduled(start, end string, behavior types.JobEndBehavior, windows ...types.MaintenanceWindow) func(*iot.CreateJobInput) {
	c := &types.SchedulingConfig{EndBehavior: behavior, MaintenanceWindows: windows}
	if start != "" {
		c.StartTime = &start
	}
	if end != "" {
		c.EndTime = &end
	}
	return func(in *iot.CreateJobInput) { in.SchedulingConfig = c }
}

func maintenance(cron string, minutes int32) types.MaintenanceWindow {
	return types.MaintenanceWindow{StartTime: &cron, DurationInMinutes: &minutes}
}

func TestScheduleRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	for name, change := range map[string]func(*iot.CreateJobInput){
		"too soon":            scheduled("2026-11-23 10:29", "", ""),
		"too far":             scheduled("2027-11-24 10:00", "", ""),
		"ends too soon":       scheduled("", "2026-11-23T10:29", ""),
		"lasts too short":     scheduled("2026-11-23 11:00", "2026-11-23 11:29", ""),
		"ends too late":       scheduled("", "2028-11-24 10:00", ""),
		"form":                scheduled("2026-11-23 11:00:00Z", "", ""),
		"windows of snapshot": scheduled("", "", "", maintenance("cron(0 10 * * ? *)", 5)),
		"cron":                both(continuous, scheduled("", "", "", maintenance("cron(0 10)", 5))),
		"duration":            both(continuous, scheduled("", "", "", maintenance("cron(0 10 * * ? *)", 1431))),
	} {
		err := w.tryJob("j", []string{"thing/a"}, change)
		if err == nil {
			t.Errorf("%s was accepted", name)
		}
		wantError[*types.InvalidRequestException](t, err)
	}
}

func TestStartTime(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b")
	w.job(t, "j", []string{"thing/a"}, scheduled("2026-11-23 10:30", "", ""))
	w.clock.Advance(29 * time.Minute)
	j := w.describe(t, "j")
	if j.Status != types.JobStatusScheduled || counts(j) != "" || *j.IsConcurrent || *j.SchedulingConfig.StartTime != "2026-11-23 10:30" {
		t.Errorf("before its start the job is %s with %s, concurrent %v", j.Status, counts(j), *j.IsConcurrent)
	}
	_, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("j")})
	wantError[*types.InvalidStateTransitionException](t, err)
	w.clock.Advance(2 * time.Minute)
	if j = w.describe(t, "j"); j.Status != types.JobStatusInProgress || counts(j) != "queued=1 " || !j.LastUpdatedAt.Equal(began.Add(30*time.Minute)) {
		t.Errorf("after its start the job is %s with %s, updated at %v", j.Status, counts(j), j.LastUpdatedAt)
	}
}

func TestEndTime(t *testing.T) {
	t.Parallel()
	for behavior, want := range map[types.JobEndBehavior]string{
		"":                              "IN_PROGRESS queued=1 inprogress=1 ",
		types.JobEndBehaviorStopRollout: "IN_PROGRESS queued=1 inprogress=1 ",
		types.JobEndBehaviorCancel:      "CANCELED inprogress=1 canceled=1 ",
		types.JobEndBehaviorForceCancel: "CANCELED canceled=2 ",
	} {
		w := newWorld(t)
		w.fleet(t, "g", 4)
		w.job(t, "j", []string{"thinggroup/g"}, continuous, rollout(perMinute(1)), scheduled("", "2026-11-23 10:30", behavior))
		w.clock.Advance(time.Minute)
		w.mustUpdate(t, "j", "t00", inProgress)
		w.exec(t, `DELETE FROM group_members WHERE thing_name>'t01'`)
		for _, thing := range []string{"t02", "t03"} { // leave before they are notified
			w.tx(t, func(tx *store.Tx, now time.Time) error { return w.MemberRemoved(tx, now, "g", thing) })
		}
		w.clock.Advance(time.Hour)
		if j := w.describe(t, "j"); string(j.Status)+" "+counts(j) != want {
			t.Errorf("%s: the job is %s with %s, want %s", behavior, j.Status, counts(j), want)
		}
		if w.describe(t, "j").Status == types.JobStatusCanceled {
			continue
		}
		w.mustUpdate(t, "j", "t00", succeeded)
		w.mustUpdate(t, "j", "t01", succeeded)
		if s := w.describe(t, "j").Status; s != types.JobStatusCompleted {
			t.Errorf("a continuous job past its end with nothing left is %s", s)
		}
	}
}

func TestMaintenanceWindows(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 3)
	w.things(t, "late")
	w.job(t, "j", []string{"thinggroup/g"}, continuous, rollout(perMinute(1)),
		scheduled("", "2026-11-24 10:00", "", maintenance("cron(0 11-14 ? * * *)", 2)))
	j := w.describe(t, "j")
	if j.Status != types.JobStatusScheduled || counts(j) != "" || len(j.ScheduledJobRollouts) != 4 || *j.ScheduledJobRollouts[0].StartTime != "2026-11-23 11:00" {
		t.Errorf("before the window the job is %s with %s and %d windows", j.Status, counts(j), len(j.ScheduledJobRollouts))
	}
	w.clock.Advance(61 * time.Minute)
	w.mustUpdate(t, "j", "t00", inProgress)
	if j = w.describe(t, "j"); j.Status != types.JobStatusInProgress || counts(j) != "queued=1 inprogress=1 " {
		t.Errorf("in the window the job is %s with %s", j.Status, counts(j))
	}
	w.clock.Advance(time.Minute)
	w.exec(t, `INSERT INTO group_members(group_name, thing_name) VALUES('g', 'late')`)
	w.tx(t, func(tx *store.Tx, now time.Time) error { return w.MemberAdded(tx, now, "g", "late") })
	if j = w.describe(t, "j"); j.Status != types.JobStatusScheduled || counts(j) != "queued=1 inprogress=1 " {
		t.Errorf("after the window the job is %s with %s", j.Status, counts(j))
	}
	if x := w.startNext(t, "t01"); x != nil {
		t.Errorf("%+v was offered between two windows", x)
	}
	_, err := w.update("j", "t01", inProgress)
	wantError[*datatypes.InvalidStateTransitionException](t, err)
	w.mustUpdate(t, "j", "t00", succeeded)
	w.clock.Advance(58 * time.Minute)
	if j = w.describe(t, "j"); j.Status != types.JobStatusInProgress || counts(j) != "queued=3 succeeded=1 " {
		t.Errorf("in the second window the job is %s with %s", j.Status, counts(j))
	}
	if x := w.startNext(t, "t01"); x == nil || *x.JobId != "j" {
		t.Errorf("in the second window %+v is offered", x)
	}
}

func TestPendingWithSchedules(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	for i := range 18 {
		w.job(t, fmt.Sprintf("j%02d", i), []string{"thing/a"})
	}
	pending := func() int {
		out, err := w.device.getPending(ctx, &data.GetPendingJobExecutionsInput{ThingName: aws.String("a")})
		if err != nil {
			t.Fatal(err)
		}
		return len(out.QueuedJobs)
	}
	if n := pending(); n != 10 {
		t.Errorf("%d are pending, want the first 10", n)
	}
	w.job(t, "a", []string{"thing/a"}, scheduled("", "2026-11-23 12:00", "")) // queued at the same time, first by name
	if n := pending(); n != 15 {
		t.Errorf("%d are pending with a scheduled job, want the first 15", n)
	}
}

// With 500 concurrent jobs no other one begins.
func TestConcurrentJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.fleet(t, "g", 2)
	w.job(t, "later", []string{"thing/t00"}, scheduled("2026-11-23 10:30", "", ""))
	w.job(t, "j", []string{"thinggroup/g"}, rollout(perMinute(1)))
	w.clock.Advance(30*time.Minute - time.Second)
	w.describe(t, "j")
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		for i := range 500 {
			id := fmt.Sprintf("x%d", i)
			if _, err := tx.Exec(`INSERT INTO jobs SELECT ?1, status, target_selection, timeout_minutes, packages_json, comment, reason_code,
				force_canceled, created_at, updated_at, completed_at, request_json, document, source_document FROM jobs WHERE id='j'`, id); err != nil {
				return err
			}
			p := &progress{job: id, open: true}
			p.roll(began.Add(time.Hour))
			if err := p.save(tx, w.engine); err != nil {
				return err
			}
		}
		return nil
	})
	wantError[*types.LimitExceededException](t, w.tryJob("k", []string{"thing/t00"}))
	w.clock.Advance(time.Second)
	if j := w.describe(t, "later"); j.Status != types.JobStatusCanceled || *j.ReasonCode != "CONCURRENT_JOB_LIMIT" {
		t.Errorf("a job whose start found 500 concurrent ones is %s", j.Status)
	}
}
