package jobs

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
)

func TestTargetsAreExpandedOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a", "b", "c", "d", "e")
	w.group(t, "root", "", "a")
	w.group(t, "child", "root", "a", "b")
	w.group(t, "grandchild", "child", "c")
	w.group(t, "elsewhere", "", "e")
	targets := []string{"thinggroup/root", "thing/b", "thing/d", "thing/d"}
	w.job(t, "j", targets)
	j := w.describe(t, "j")
	if got := counts(j); got != "queued=4 " {
		t.Errorf("executions are %s, want one for each of a, b, c and d", got)
	}
	if len(j.Targets) != 3 {
		t.Errorf("targets are %q, want each once", j.Targets)
	}
	if j.Status != types.JobStatusInProgress || j.TargetSelection != types.TargetSelectionSnapshot {
		t.Errorf("job is %s and %s, want IN_PROGRESS and SNAPSHOT", j.Status, j.TargetSelection)
	}
	if x := w.execution(t, "j", "d"); *x.ExecutionNumber != 1 || x.VersionNumber != 1 || x.StartedAt != nil {
		t.Errorf("execution is %+v, want number 1, version 1, not started", x)
	}
}

func TestSnapshotOfNothingIsComplete(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.group(t, "empty", "")
	w.job(t, "snap", []string{"thinggroup/empty"})
	w.job(t, "cont", []string{"thinggroup/empty"}, continuous)
	if got := w.describe(t, "snap").Status; got != types.JobStatusCompleted {
		t.Errorf("snapshot job is %s, want COMPLETED", got)
	}
	if got := w.describe(t, "cont").Status; got != types.JobStatusInProgress {
		t.Errorf("continuous job is %s, want IN_PROGRESS", got)
	}
}

func TestCreateJobRefusals(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	car := []string{"thing/car"}
	const url = `["${aws:iot:s3-presigned-url:https://s3.amazonaws.com/b/k}"]`
	for name, c := range map[string]struct {
		change func(*iot.CreateJobInput)
		says   string
	}{
		"no document":      {func(in *iot.CreateJobInput) { in.Document = nil }, "document"},
		"big document":     {document(`"` + strings.Repeat("é", maxDocument/2) + `"`), "32770 bytes"},
		"no role":          {document(url), "role ARN is required"},
		"no artifact role": {both(installing(w, "", "Sedan 1.1.0"), document(`["${aws:iot:package::version::artifact:s3-presigned-url}"]`)), "for package Sedan version 1.1.0 artifact"},
		"role gone":        {both(installing(w, role+"X"), document(url)), "JobsRoleX"},
		"role not ours":    {installing(w, "arn:aws:iam::123456789012:role/JobsRole"), "123456789012"},
		"draft":            {installing(w, role, "Sedan 2.0.0"), "draft"},
		"package twice":    {installing(w, role, "Sedan 1.1.0", "Sedan 1.0.0"), "twice"},
		"no default":       {installing(w, role, "Maps $default"), "no default version"},
		"bad package ARN":  {func(in *iot.CreateJobInput) { in.DestinationPackageVersions = []string{"arn:aws:iot:x"} }, "package version ARN"},
		"26 packages":      {func(in *iot.CreateJobInput) { in.DestinationPackageVersions = make([]string, 26) }, "26"},
		"timeout":          {timeout(10081), "10081"},
		"target":           {func(in *iot.CreateJobInput) { in.Targets = []string{"car"} }, "not a job target"},
		"billing group":    {func(in *iot.CreateJobInput) { in.Targets = []string{w.realm.ARN("billinggroup/b")} }, "billinggroup/b"},
		"no targets":       {func(in *iot.CreateJobInput) { in.Targets = nil }, "targets"},
		"rollout": {func(in *iot.CreateJobInput) {
			in.JobExecutionsRolloutConfig = &types.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(1001)}
		}, "maximumPerMinute is 1001"},
		"retry": {func(in *iot.CreateJobInput) { in.JobExecutionsRetryConfig = &types.JobExecutionsRetryConfig{} }, "jobExecutionsRetryConfig"},
		"schedule": {func(in *iot.CreateJobInput) {
			in.SchedulingConfig = &types.SchedulingConfig{StartTime: aws.String("tomorrow")}
		}, "startTime"},
		"template":   {func(in *iot.CreateJobInput) { in.JobTemplateArn = aws.String("t") }, "jobTemplateArn"},
		"source":     {func(in *iot.CreateJobInput) { in.DocumentSource = aws.String("s") }, "documentSource"},
		"parameters": {func(in *iot.CreateJobInput) { in.DocumentParameters = map[string]string{"a": "b"} }, "documentParameters"},
		"aws tag":    {tags("AWS:x"), "reserved"},
		"tag twice":  {tags("x", "x"), "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			err := w.tryJob("j", car, c.change)
			wantError[*types.InvalidRequestException](t, err)
			if err != nil && !strings.Contains(err.Error(), c.says) {
				t.Errorf("error is %v, want it to say %q", err, c.says)
			}
		})
	}
	for name, arn := range map[string]string{"thing": "thing/nobody", "group": "thinggroup/nowhere"} {
		if err := w.tryJob("j", []string{arn}); err == nil {
			t.Errorf("a job for an unknown %s was created", name)
		} else {
			wantError[*types.ResourceNotFoundException](t, err)
		}
	}
	for _, v := range []string{"Sedan 9", "Nothing 1"} {
		wantError[*types.ResourceNotFoundException](t, w.tryJob("j", car, installing(w, role, v)))
	}
	other := strings.Replace(w.realm.ARN("thing/car"), "us-east-1", "eu-west-1", 1)
	wantError[*types.ResourceNotFoundException](t, w.tryJob("j", nil, func(in *iot.CreateJobInput) { in.Targets = []string{other} }))
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		n := 0
		err := tx.Row(`SELECT (SELECT count(*) FROM jobs)+(SELECT count(*) FROM executions)+(SELECT count(*) FROM tags)`, nil, &n)
		if n != 0 {
			t.Errorf("%d rows are left of jobs that were refused", n)
		}
		return err
	})
}

func both(a, b func(*iot.CreateJobInput)) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) { a(in); b(in) }
}

func tags(keys ...string) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) {
		for _, k := range keys {
			in.Tags = append(in.Tags, types.Tag{Key: aws.String(k), Value: aws.String("v")})
		}
	}
}

func TestTooManyTargets(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	var targets []string
	for i := range maxTargets + 1 {
		name := fmt.Sprintf("t%d", i)
		w.things(t, name)
		targets = append(targets, "thing/"+name)
	}
	wantError[*types.LimitExceededException](t, w.tryJob("j", targets, continuous))
	w.job(t, "j", targets[1:], continuous)
	_, err := w.associateTargets(ctx, &iot.AssociateTargetsWithJobInput{JobId: aws.String("j"), Targets: []string{w.realm.ARN(targets[0])}})
	wantError[*types.LimitExceededException](t, err)
}

func TestDuplicateJob(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.things(t, "a")
	w.job(t, "j", []string{"thing/a"}, tags("x", "y"))
	wantError[*types.ResourceAlreadyExistsException](t, w.tryJob("j", []string{"thing/a"}))
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		got, err := tag.After(tx, w.realm.ARN("job/j"), "", tag.Limit)
		if want := []tag.Tag{{Key: "x", Value: "v"}, {Key: "y", Value: "v"}}; !slices.Equal(got, want) {
			t.Errorf("tags are %v, want %v", got, want)
		}
		return err
	})
	if _, err := w.deleteJob(ctx, &iot.DeleteJobInput{JobId: aws.String("j"), Force: true}); err != nil {
		t.Fatal(err)
	}
	w.job(t, "j", []string{"thing/a"}) // the name is free again, and its tags are gone
	w.tx(t, func(tx *store.Tx, _ time.Time) error {
		got, err := tag.After(tx, w.realm.ARN("job/j"), "", tag.Limit)
		if len(got) != 0 {
			t.Errorf("tags of the deleted job are %v", got)
		}
		return err
	})
}

func TestDescribeEchoesTheRequest(t *testing.T) {
	t.Parallel()
	w, role := sedan(t)
	const doc = `{"v":"${aws:iot:package::version::attributes:size}","u":"${aws:iot:package::version::artifact:s3-presigned-url}"}`
	w.job(t, "j", []string{"thing/car"}, timeout(30), document(doc), installing(w, role, "Sedan $default"),
		func(in *iot.CreateJobInput) {
			in.Description, in.PresignedUrlConfig.ExpiresInSec = aws.String("words"), aws.Int64(60)
		})
	w.exec(t, `UPDATE packages SET default_version='1.0.0' WHERE name='Sedan'`)
	j := w.describe(t, "j")
	if *j.Description != "words" || *j.PresignedUrlConfig.ExpiresInSec != 60 || *j.TimeoutConfig.InProgressTimeoutInMinutes != 30 ||
		*j.JobArn != w.realm.ARN("job/j") || !j.CreatedAt.Equal(w.clock.Now()) {
		t.Errorf("job is %+v, want what it was created with", j)
	}
	resolved := []string{w.realm.ARN("package/Sedan/version/1.1.0")}
	if !slices.Equal(j.DestinationPackageVersions, resolved) {
		t.Errorf("destination package versions are %q, want %q as the default was then", j.DestinationPackageVersions, resolved)
	}
	before, err := w.describeJob(ctx, &iot.DescribeJobInput{JobId: aws.String("j"), BeforeSubstitution: true})
	if err != nil {
		t.Fatal(err)
	}
	if got := before.Job.DestinationPackageVersions[0]; !strings.HasSuffix(got, "$default") {
		t.Errorf("before substitution the package version is %s, want $default", got)
	}
	for _, c := range []struct {
		before bool
		want   string
	}{{true, doc}, {false, strings.Replace(doc, "${aws:iot:package::version::attributes:size}", "2 KB", 1)}} {
		out, err := w.getJobDocument(ctx, &iot.GetJobDocumentInput{JobId: aws.String("j"), BeforeSubstitution: c.before})
		if err != nil {
			t.Fatal(err)
		}
		if *out.Document != c.want {
			t.Errorf("document (before substitution %t) is %s, want %s", c.before, *out.Document, c.want)
		}
	}
}
