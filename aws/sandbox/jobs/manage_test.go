package jobs

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"

	"fleetlab/aws/sandbox/store"
)

func TestUpdateJobChangesWhatComesLater(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	w.things(t, "truck")
	const url = `"${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}"`
	w.job(t, "j", []string{"thing/car", "thing/truck"}, timeout(10), document(url), installing(w, role))
	w.mustUpdate(t, "j", "car", inProgress)
	update := func(change func(*iot.UpdateJobInput)) error {
		in := &iot.UpdateJobInput{JobId: aws.String("j")}
		change(in)
		_, err := w.updateJob(ctx, in)
		return err
	}
	if err := update(func(in *iot.UpdateJobInput) {
		in.Description = aws.String("new")
		in.TimeoutConfig = &types.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(20)}
		in.PresignedUrlConfig = &types.PresignedUrlConfig{RoleArn: &role, ExpiresInSec: aws.Int64(90)}
	}); err != nil {
		t.Fatal(err)
	}
	got := w.startNext(t, "truck")
	if want := `"https://b/k?at=10%3A00%3A00&expires=1m30s"`; *got.JobDocument != want {
		t.Errorf("document is %s, want %s", *got.JobDocument, want)
	}
	if left := *got.ApproximateSecondsBeforeTimedOut; left != 1200 {
		t.Errorf("truck has %d seconds left, want the new 1200", left)
	}
	if left := *w.execution(t, "j", "car").ApproximateSecondsBeforeTimedOut; left != 600 {
		t.Errorf("car has %d seconds left, want the 600 that it began with", left)
	}
	for name, change := range map[string]func(*iot.UpdateJobInput){
		"no role": func(in *iot.UpdateJobInput) { in.PresignedUrlConfig = &types.PresignedUrlConfig{} },
		"timeout": func(in *iot.UpdateJobInput) {
			in.TimeoutConfig = &types.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(0)}
		},
		"abort": func(in *iot.UpdateJobInput) { in.AbortConfig = &types.AbortConfig{} },
	} {
		if err := update(change); err == nil {
			t.Errorf("%s was accepted", name)
		} else {
			wantError[*types.InvalidRequestException](t, err)
		}
	}
	if got := *w.describe(t, "j").Description; got != "new" {
		t.Errorf("description is %s, want new", got)
	}
}

func TestCancelJobNeedsForceForWhatRuns(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b", "c")
	for _, force := range []bool{false, true} {
		id := fmt.Sprint("j-", force)
		w.job(t, id, []string{"thing/a", "thing/b", "thing/c"})
		w.mustUpdate(t, id, "a", succeeded)
		w.mustUpdate(t, id, "b", inProgress)
		out, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: &id, Force: force, Comment: aws.String("why"), ReasonCode: aws.String("R_1")})
		if err != nil || *out.JobArn != w.realm.ARN("job/"+id) {
			t.Fatal(out, err)
		}
		j := w.describe(t, id)
		want := map[bool]string{false: "inprogress=1 succeeded=1 canceled=1 ", true: "succeeded=1 canceled=2 "}[force]
		if got := counts(j); got != want {
			t.Errorf("force %t: executions are %s, want %s", force, got, want)
		}
		if j.Status != types.JobStatusCanceled || *j.ForceCanceled != force || *j.Comment != "why" || *j.ReasonCode != "R_1" || j.CompletedAt == nil {
			t.Errorf("force %t: job is %+v", force, j)
		}
	}
	w.mustUpdate(t, "j-false", "b", succeeded) // the device may still finish
	_, err := w.cancelJob(ctx, &iot.CancelJobInput{JobId: aws.String("j-false")})
	wantError[*types.InvalidRequestException](t, err)
	_, err = w.cancelJob(ctx, &iot.CancelJobInput{JobId: aws.String("nothing")})
	wantError[*types.ResourceNotFoundException](t, err)
}

func TestDeleteJobNeedsAnEnd(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	w.job(t, "j", []string{"thing/a"})
	_, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("j")})
	wantError[*types.InvalidStateTransitionException](t, err)
	w.mustUpdate(t, "j", "a", failed)
	if _, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("j")}); err != nil {
		t.Fatal(err)
	}
	_, err = w.describeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("j")})
	wantError[*types.ResourceNotFoundException](t, err)
	_, err = w.update("j", "a", succeeded)
	if err == nil {
		t.Error("an execution of a deleted job was updated")
	}
}

func TestAssociateTargets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b")
	w.group(t, "g", "", "a", "b")
	w.job(t, "snap", []string{"thing/a"})
	w.job(t, "cont", []string{"thing/a"}, continuous)
	w.mustUpdate(t, "cont", "a", succeeded)
	add := func(id string) error {
		_, err := w.associateTargets(ctx, &iot.AssociateTargetsWithJobInput{JobId: &id, Comment: aws.String("more"),
			Targets: []string{w.realm.ARN("thinggroup/g")}})
		return err
	}
	wantError[*types.InvalidRequestException](t, add("snap"))
	for range 2 { // twice is no different
		if err := add("cont"); err != nil {
			t.Fatal(err)
		}
	}
	j := w.describe(t, "cont")
	if got := counts(j); got != "queued=1 succeeded=1 " || len(j.Targets) != 2 || *j.Comment != "more" {
		t.Errorf("executions are %s of targets %q, want a done and b queued", got, j.Targets)
	}
}

func TestListJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	w.group(t, "g", "", "a")
	for i := range 5 { // 0, 2 and 4 target the group; pairs have the same time
		target := []string{"thinggroup/g", "thing/a"}[i%2]
		w.job(t, fmt.Sprint("j", i), []string{target}, continuous)
		if i%2 == 1 {
			w.clock.Advance(time.Second)
		}
	}
	w.job(t, "snap", []string{"thing/a"})
	w.mustUpdate(t, "snap", "a", succeeded)
	for _, c := range []struct {
		in   iot.ListJobsInput
		want []string
	}{
		{iot.ListJobsInput{}, []string{"snap", "j4", "j3", "j2", "j1", "j0"}},
		{iot.ListJobsInput{Status: types.JobStatusCompleted}, []string{"snap"}},
		{iot.ListJobsInput{TargetSelection: types.TargetSelectionContinuous}, []string{"j4", "j3", "j2", "j1", "j0"}},
		{iot.ListJobsInput{ThingGroupName: aws.String("g")}, []string{"j4", "j2", "j0"}},
		{iot.ListJobsInput{ThingGroupId: aws.String("id-g"), Status: types.JobStatusCanceled}, nil},
	} {
		for size := int32(1); size < 8; size++ {
			in, got := c.in, []string(nil)
			in.MaxResults = &size
			for {
				out, err := w.listJobs(ctx, &in)
				if err != nil {
					t.Fatal(err)
				}
				for _, j := range out.Jobs {
					got = append(got, *j.JobId)
				}
				if in.NextToken = out.NextToken; in.NextToken == nil {
					break
				}
			}
			if !slices.Equal(got, c.want) {
				t.Errorf("pages of %d gave %q, want %q", size, got, c.want)
			}
		}
	}
	_, err := w.listJobs(ctx, &iot.ListJobsInput{NextToken: aws.String("bad")})
	wantError[*types.InvalidRequestException](t, err)
	_, err = w.listJobs(ctx, &iot.ListJobsInput{ThingGroupName: aws.String("nowhere")})
	wantError[*types.ResourceNotFoundException](t, err)
}

func TestListExecutions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var all []string
	for i := range 7 {
		all = append(all, fmt.Sprint("t", i))
	}
	w.things(t, all...)
	w.group(t, "g", "", all...)
	for _, id := range []string{"j1", "j2", "j3"} {
		w.job(t, id, []string{"thinggroup/g"})
		w.clock.Advance(time.Second)
	}
	w.mustUpdate(t, "j1", "t2", inProgress)
	forJob := func(status types.JobExecutionStatus, size int32) (got []string) {
		in := &iot.ListJobExecutionsForJobInput{JobId: aws.String("j1"), Status: status, MaxResults: &size}
		for {
			out, err := w.listForJob(ctx, in)
			if err != nil {
				t.Fatal(err)
			}
			for _, s := range out.ExecutionSummaries {
				got = append(got, *s.ThingArn)
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				return got
			}
		}
	}
	want := []string(nil)
	for _, n := range all {
		want = append(want, w.realm.ARN("thing/"+n))
	}
	for size := int32(1); size < 9; size++ {
		if got := forJob("", size); !slices.Equal(got, want) {
			t.Errorf("pages of %d gave %q, want %q", size, got, want)
		}
		if got := forJob(types.JobExecutionStatusQueued, size); len(got) != 6 || slices.Contains(got, want[2]) {
			t.Errorf("pages of %d of the queued gave %q", size, got)
		}
	}
	in := &iot.ListJobExecutionsForThingInput{ThingName: aws.String("t2"), MaxResults: aws.Int32(2)}
	out, err := w.listForThing(ctx, in)
	if err != nil || len(out.ExecutionSummaries) != 2 || *out.ExecutionSummaries[0].JobId != "j3" {
		t.Fatalf("first page is %+v (%v), want j3 and j2", out, err)
	}
	in.NextToken = out.NextToken
	out, err = w.listForThing(ctx, in)
	if err != nil || len(out.ExecutionSummaries) != 1 || *out.ExecutionSummaries[0].JobId != "j1" || out.NextToken != nil {
		t.Fatalf("second page is %+v (%v), want j1", out, err)
	}
	if s := out.ExecutionSummaries[0].JobExecutionSummary; s.Status != inProgress || s.StartedAt == nil || *s.RetryAttempt != 0 {
		t.Errorf("summary is %+v, want IN_PROGRESS with a start time", s)
	}
	_, err = w.listForThing(ctx, &iot.ListJobExecutionsForThingInput{ThingName: aws.String("nobody")})
	wantError[*types.ResourceNotFoundException](t, err)
	_, err = w.listForJob(ctx, &iot.ListJobExecutionsForJobInput{JobId: aws.String("nothing")})
	wantError[*types.ResourceNotFoundException](t, err)
}

func TestCancelExecution(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	w.job(t, "j", []string{"thing/a"}, timeout(5))
	w.mustUpdate(t, "j", "a", inProgress, func(in *data.UpdateJobExecutionInput) { in.StatusDetails = map[string]string{"s": "1"} })
	cancel := func(force bool, version int64) error {
		_, err := w.control.cancelExecution(ctx, &iot.CancelJobExecutionInput{JobId: aws.String("j"), ThingName: aws.String("a"),
			Force: force, ExpectedVersion: &version, StatusDetails: map[string]string{"by": "me"}})
		return err
	}
	wantError[*types.VersionConflictException](t, cancel(true, 1))
	wantError[*types.InvalidStateTransitionException](t, cancel(false, 2))
	if err := cancel(true, 2); err != nil {
		t.Fatal(err)
	}
	x := w.execution(t, "j", "a")
	if x.Status != types.JobExecutionStatusCanceled || !*x.ForceCanceled || x.VersionNumber != 3 || x.ApproximateSecondsBeforeTimedOut != nil ||
		x.StatusDetails.DetailsMap["by"] != "me" || len(x.StatusDetails.DetailsMap) != 1 {
		t.Errorf("execution is %+v with %v", x, x.StatusDetails)
	}
	if got := w.describe(t, "j").Status; got != types.JobStatusCompleted {
		t.Errorf("job is %s, want COMPLETED", got)
	}
}

// TestIndexesServeHotQueries holds the schema to the queries of every device update: none may read a whole table.
func TestIndexesServeHotQueries(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for _, q := range []string{
		`SELECT ` + executionColumns + executionTables + `WHERE x.job_id=?1 AND x.thing_name='a' ORDER BY x.number DESC LIMIT 1`,
		`SELECT ` + executionColumns + executionTables + `WHERE x.thing_name=?1 AND x.status='QUEUED' AND ` + isOffered + ` ORDER BY x.queued_at, x.job_id LIMIT 1`,
		`SELECT ` + executionColumns + executionTables + `WHERE x.job_id=?1 AND x.status='QUEUED' AND (x.thing_name, x.number) > ('a', 1) ORDER BY x.thing_name, x.number LIMIT 5`,
		`UPDATE executions SET timeout_at=NULL WHERE coalesce(step_at, timeout_at) IS NOT NULL AND coalesce(step_at, timeout_at)<=?1 AND +job_id='j'`,
		`SELECT ` + executionColumns + executionTables + `WHERE coalesce(x.step_at, x.timeout_at) IS NOT NULL
			AND coalesce(x.step_at, x.timeout_at)<=?1 AND +x.job_id='j' ORDER BY coalesce(x.step_at, x.timeout_at), x.job_id, x.thing_name LIMIT 5`,
		`SELECT due_at, job_id FROM job_progress WHERE due_at IS NOT NULL AND ?1 ORDER BY due_at, job_id LIMIT 1`,
		`DELETE FROM job_waiting WHERE job_id=?1 AND thing_name IN (SELECT thing_name FROM job_waiting WHERE job_id=?1 LIMIT 5)`,
		`SELECT rank, thing_name FROM job_waiting WHERE job_id=?1 ORDER BY rank, thing_name LIMIT 1`,
		`SELECT id FROM jobs WHERE (created_at, id) < (?1, '') ORDER BY created_at DESC, id DESC LIMIT 5`,
	} {
		w.tx(t, func(tx *store.Tx, _ time.Time) error {
			return tx.Each(`EXPLAIN QUERY PLAN `+q, []any{1}, func(scan func(...any) error) error {
				var id, parent, unused int
				var detail string
				if err := scan(&id, &parent, &unused, &detail); err != nil {
					return err
				}
				if isScan(detail) {
					t.Errorf("%s\n plans %s", q, detail)
				}
				return nil
			})
		})
	}
}

func isScan(detail string) bool {
	return len(detail) > 4 && detail[:4] == "SCAN" && detail != "SCAN CONSTANT ROW" || detail == "USE TEMP B-TREE FOR ORDER BY"
}
