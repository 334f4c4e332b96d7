package jobs

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/store"
)

func (w *world) peek(thing, id string) (*types.JobExecution, error) {
	out, err := w.device.describeExecution(ctx, &data.DescribeJobExecutionInput{JobId: &id, ThingName: &thing})
	if err != nil {
		return nil, err
	}
	return out.Execution, nil
}

// TestDeviceLoop is a device's life: ask, start, report, finish, ask again.
func TestDeviceLoop(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	if x := w.startNext(t, "a"); x != nil {
		t.Fatalf("with nothing pending, start next gave %+v", x)
	}
	w.job(t, "first", []string{"thing/a"}, document(`{"n":1}`))
	w.clock.Advance(time.Second)
	w.job(t, "second", []string{"thing/a"}, document(`{"n":2}`))
	x, err := w.peek("a", nextJob)
	if err != nil || *x.JobId != "first" || x.Status != queued || x.VersionNumber != 1 || *x.JobDocument != `{"n":1}` {
		t.Fatalf("$next is %+v (%v), want first, still queued", x, err)
	}
	in := &data.StartNextPendingJobExecutionInput{ThingName: aws.String("a"), StatusDetails: map[string]string{"step": "1"}}
	for range 2 { // the second time nothing changes
		out, err := w.device.startNext(ctx, in)
		if err != nil {
			t.Fatal(err)
		}
		x := out.Execution
		if *x.JobId != "first" || x.Status != inProgress || x.VersionNumber != 2 || *x.StartedAt != w.clock.Now().Unix() || x.StatusDetails["step"] != "1" {
			t.Fatalf("start next gave %+v", x)
		}
		in.StatusDetails = map[string]string{"step": "9"}
	}
	w.mustUpdate(t, "first", "a", inProgress, func(in *data.UpdateJobExecutionInput) {
		in.StatusDetails = map[string]string{"percent": "50"}
		in.ExpectedVersion = aws.Int64(2)
	})
	out, err := w.update("first", "a", succeeded, func(in *data.UpdateJobExecutionInput) {
		in.IncludeJobExecutionState, in.IncludeJobDocument = aws.Bool(true), aws.Bool(true)
	})
	if err != nil {
		t.Fatal(err)
	}
	if s := out.ExecutionState; s.Status != succeeded || s.VersionNumber != 4 || len(s.StatusDetails) != 1 || s.StatusDetails["percent"] != "50" {
		t.Errorf("state is %+v, want SUCCEEDED, version 4, the details of the last report", s)
	}
	if *out.JobDocument != `{"n":1}` {
		t.Errorf("document is %s", *out.JobDocument)
	}
	if x := w.startNext(t, "a"); *x.JobId != "second" {
		t.Errorf("next is %s, want second", *x.JobId)
	}
}

func TestUpdateWithoutWishesAnswersNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	w.job(t, "j", []string{"thing/a"})
	out, err := w.update("j", "a", succeeded)
	if err != nil || out.ExecutionState != nil || out.JobDocument != nil {
		t.Errorf("answer is %+v (%v), want it empty", out, err)
	}
}

func TestStatusDetailsLimits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	w.job(t, "j", []string{"thing/a"})
	set := func(details map[string]string) error {
		_, err := w.update("j", "a", inProgress, func(in *data.UpdateJobExecutionInput) { in.StatusDetails = details })
		return err
	}
	many := map[string]string{}
	for i := range maxDetails {
		many[fmt.Sprint(i)] = strings.Repeat("é", maxDetailValue)
	}
	if err := set(many); err != nil {
		t.Errorf("ten details of full length: %v", err)
	}
	many["one more"] = "x"
	wantError[*types.InvalidRequestException](t, set(many))
	wantError[*types.InvalidRequestException](t, set(map[string]string{"k": strings.Repeat("x", maxDetailValue+1)}))
}

func TestPendingIsCappedAndOrdered(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	for i := range 14 {
		w.job(t, fmt.Sprintf("j%02d", i), []string{"thing/a"})
		w.clock.Advance(time.Second)
	}
	w.mustUpdate(t, "j05", "a", inProgress)
	w.mustUpdate(t, "j03", "a", inProgress)
	out, err := w.device.getPending(ctx, &data.GetPendingJobExecutionsInput{ThingName: aws.String("a")})
	if err != nil {
		t.Fatal(err)
	}
	got := ""
	for _, list := range [][]types.JobExecutionSummary{out.InProgressJobs, out.QueuedJobs} {
		for _, s := range list {
			got += *s.JobId + " "
		}
		got += "| "
	}
	if want := "j03 j05 | j00 j01 j02 j04 j06 j07 j08 j09 | "; got != want {
		t.Errorf("pending are %s, want %s", got, want)
	}
	_, err = w.device.getPending(ctx, &data.GetPendingJobExecutionsInput{ThingName: aws.String("nobody")})
	wantError[*types.ResourceNotFoundException](t, err)
}

func TestWhatIsMissingIsTold(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b")
	w.job(t, "j", []string{"thing/a"})
	for _, c := range []struct{ thing, id, says string }{
		{"nobody", "j", "Thing nobody does not exist"}, {"a", "nothing", "Job nothing does not exist"}, {"b", "j", "no execution of job j"},
	} {
		_, err := w.peek(c.thing, c.id)
		wantError[*types.ResourceNotFoundException](t, err)
		if err != nil && !strings.Contains(err.Error(), c.says) {
			t.Errorf("error is %v, want it to say %q", err, c.says)
		}
	}
	_, err := w.peek("nobody", nextJob)
	wantError[*types.ResourceNotFoundException](t, err)
	_, err = w.device.startNext(ctx, &data.StartNextPendingJobExecutionInput{ThingName: aws.String("nobody")})
	wantError[*types.ResourceNotFoundException](t, err)
}

func TestTerminalState(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b")
	w.job(t, "j", []string{"thing/a", "thing/b"})
	w.mustUpdate(t, "j", "a", succeeded)
	if x, err := w.peek("a", "j"); err != nil || x.Status != succeeded {
		t.Errorf("while the job runs: %+v, %v", x, err)
	}
	w.mustUpdate(t, "j", "b", rejected)
	_, err := w.peek("a", "j")
	wantError[*types.TerminalStateException](t, err)
	w.job(t, "c", []string{"thing/a", "thing/b"})
	w.mustUpdate(t, "c", "a", inProgress)
	if _, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: aws.String("c")}); err != nil {
		t.Fatal(err)
	}
	if _, err := w.peek("a", "c"); err != nil {
		t.Errorf("what a canceled job left in progress: %v", err)
	}
	_, err = w.peek("b", "c")
	wantError[*types.TerminalStateException](t, err)
}

func TestTimersRunOutOnTheSandboxClock(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b")
	w.job(t, "j", []string{"thing/a", "thing/b"}, timeout(10))
	began := w.clock.Now()
	step := func(minutes int64) func(*data.UpdateJobExecutionInput) {
		return func(in *data.UpdateJobExecutionInput) { in.StepTimeoutInMinutes = &minutes }
	}
	w.mustUpdate(t, "j", "a", inProgress, step(2))
	w.mustUpdate(t, "j", "b", inProgress, step(60)) // the in-progress timer comes first
	w.clock.Advance(119 * time.Second)
	if left := *w.execution(t, "j", "a").ApproximateSecondsBeforeTimedOut; left != 1 {
		t.Errorf("a has %d seconds left, want 1", left)
	}
	w.clock.Advance(time.Hour)
	_, err := w.update("j", "a", succeeded)
	wantError[*types.InvalidStateTransitionException](t, err)
	for thing, minutes := range map[string]time.Duration{"a": 2, "b": 10} {
		x := w.execution(t, "j", thing)
		if x.Status != iottypes.JobExecutionStatusTimedOut || !x.LastUpdatedAt.Equal(began.Add(minutes*time.Minute)) || x.VersionNumber != 3 {
			t.Errorf("%s is %s since %v, version %d; want TIMED_OUT %d minutes after %v", thing, x.Status, x.LastUpdatedAt, x.VersionNumber, minutes, began)
		}
	}
	if j := w.describe(t, "j"); j.Status != iottypes.JobStatusCompleted || counts(j) != "timedout=2 " {
		t.Errorf("job is %s with %s", j.Status, counts(j))
	}
	w.job(t, "k", []string{"thing/a"})
	for _, minutes := range []int64{0, -2, 10081} {
		_, err := w.update("k", "a", inProgress, step(minutes))
		wantError[*types.InvalidRequestException](t, err)
	}
	_, err = w.device.startNext(ctx, &data.StartNextPendingJobExecutionInput{ThingName: aws.String("a"), StepTimeoutInMinutes: aws.Int64(-1)})
	wantError[*types.InvalidRequestException](t, err)
	w.mustUpdate(t, "k", "a", inProgress, step(1))
	w.mustUpdate(t, "k", "a", inProgress, step(-1))
	w.clock.Advance(time.Hour)
	w.mustUpdate(t, "k", "a", succeeded)
	w.job(t, "l", []string{"thing/a"})
	w.mustUpdate(t, "l", "a", inProgress, step(1))
	ends := w.clock.Now().Add(time.Minute)
	w.clock.Advance(time.Hour)
	if x := w.execution(t, "l", "a"); x.Status != iottypes.JobExecutionStatusTimedOut || !x.LastUpdatedAt.Equal(ends) {
		t.Errorf("after its step the execution is %s since %v, want TIMED_OUT since %v", x.Status, x.LastUpdatedAt, ends)
	}
}

func TestSuccessReportsPackages(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	w.things(t, "off")
	shadowOf := func(thing string) (state string) {
		w.tx(t, func(tx *store.Tx, _ time.Time) error {
			return tx.Row(`SELECT coalesce((SELECT state_json FROM shadows WHERE thing_name=? AND name='$package'), '')`, []any{thing}, &state)
		})
		return state
	}
	w.job(t, "off", []string{"thing/off"}, installing(w, role, "Sedan 1.1.0"))
	w.mustUpdate(t, "off", "off", succeeded)
	if got := shadowOf("off"); got != "" {
		t.Errorf("without package configuration the shadow is %s", got)
	}
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		return tx.SetSetting("package-configuration", `{"enabled":true,"roleArn":"`+role+`"}`)
	})
	for i, c := range []struct{ version, status, want string }{
		{"Sedan 1.1.0", failed, ""}, {"Sedan $default", succeeded, `"1.1.0"`}, {"Sedan $null", succeeded, ""},
	} {
		id := fmt.Sprint("on", i)
		w.job(t, id, []string{"thing/car"}, installing(w, role, c.version))
		w.mustUpdate(t, id, "car", c.status)
		if got := shadowOf("car"); strings.Contains(got, `"Sedan"`) != (c.want != "") || !strings.Contains(got, c.want) {
			t.Errorf("after %s of %s the shadow is %s, want version %s", c.status, c.version, got, c.want)
		}
	}
	full := `{"reported":{"Maps":{"attributes":{"k":"` + strings.Repeat("x", 8150) + `"}}}}`
	w.exec(t, `UPDATE shadows SET state_json=? WHERE thing_name='car'`, full)
	w.job(t, "full", []string{"thing/car"}, installing(w, role, "Sedan 1.1.0"))
	w.mustUpdate(t, "full", "car", succeeded)
	if got := shadowOf("car"); got != full {
		t.Errorf("a shadow without room became %.99s", got)
	}
}

func TestRoleIsNeededWhenTheDocumentIsFetched(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	w.job(t, "j", []string{"thing/car"}, document(`"${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}"`), installing(w, role))
	w.exec(t, `DELETE FROM roles`)
	_, err := w.peek("car", "j")
	wantError[*types.InvalidRequestException](t, err)
	out, err := w.device.describeExecution(ctx, &data.DescribeJobExecutionInput{JobId: aws.String("j"), ThingName: aws.String("car"), IncludeJobDocument: aws.Bool(false)})
	if err != nil || out.Execution.JobDocument != nil {
		t.Errorf("without the document: %+v, %v", out, err)
	}
}

func TestMembership(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b", "c")
	w.group(t, "parent", "", "a")
	w.group(t, "child", "parent")
	w.group(t, "second", "", "c")
	w.job(t, "cont", []string{"thinggroup/parent", "thinggroup/second", "thing/b"}, continuous)
	w.job(t, "snap", []string{"thinggroup/parent"})
	join := func(group, thing string) {
		w.tx(t, func(tx *store.Tx, now time.Time) error {
			if _, err := tx.Exec(`INSERT INTO group_members(group_name, thing_name) VALUES(?,?)`, group, thing); err != nil {
				return err
			}
			return w.MemberAdded(tx, now, group, thing)
		})
	}
	leave := func(group, thing string) {
		w.tx(t, func(tx *store.Tx, now time.Time) error {
			if _, err := tx.Exec(`DELETE FROM group_members WHERE group_name=? AND thing_name=?`, group, thing); err != nil {
				return err
			}
			return w.MemberRemoved(tx, now, group, thing)
		})
	}
	check := func(when, want string) {
		t.Helper()
		if got := counts(w.describe(t, "cont")); got != want {
			t.Errorf("%s: executions are %s, want %s", when, got, want)
		}
	}
	check("at first", "queued=3 ")
	join("child", "c") // reached already through second
	join("child", "b") // a target itself
	check("joined what it is in already", "queued=3 ")
	leave("second", "c") // still in child, below parent
	leave("child", "b")
	check("left one of two", "queued=3 ")
	leave("child", "c")
	check("left the last", "queued=2 removed=1 ")
	join("child", "c")
	check("came back", "queued=3 removed=1 ")
	if n := *w.execution(t, "cont", "c").ExecutionNumber; n != 2 {
		t.Errorf("execution number is %d, want 2", n)
	}
	w.mustUpdate(t, "cont", "a", inProgress)
	w.tx(t, func(tx *store.Tx, now time.Time) error { return w.ThingDeleted(tx, now, "a") })
	check("a was deleted", "queued=2 removed=2 ")
	if j := w.describe(t, "snap"); j.Status != iottypes.JobStatusCompleted || counts(j) != "removed=1 " {
		t.Errorf("snapshot job is %s with %s, want COMPLETED with a removed", j.Status, counts(j))
	}
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		yes, err := Exists(tx, "snap")
		no, err2 := Exists(tx, "nothing")
		if !yes || no || err != nil || err2 != nil {
			t.Errorf("Exists: %t %v, %t %v", yes, err, no, err2)
		}
		return nil
	})
}
