package jobs

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	datatypes "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

var ctx = context.Background()

// testing.TB without its private method, which rapid.T lacks.
type tester interface {
	Helper()
	Fatalf(format string, args ...any)
	Errorf(format string, args ...any)
	Fatal(args ...any)
}

// world is a sandbox's jobs without the wire, on a clock that the test moves.
type world struct {
	*control
	device *device
	clock  *clock.Manual
}

// began is where the clock of a world stands at first.
var began = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)

func newWorld(t testing.TB) *world {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := clock.NewManual(began)
	r := &realm.Realm{Store: s, Clock: c, Account: realm.Account, Region: "us-east-1", Endpoint: "http://127.0.0.1:4566"}
	e := &engine{realm: r, presign: func(method, bucket, key, version string, expires time.Duration) (string, error) {
		q := url.Values{"expires": {expires.String()}, "at": {c.Now().Format("15:04:05")}}
		if version != "" {
			q.Set("versionId", version)
		}
		if method != http.MethodGet {
			q.Set("method", method)
		}
		return "https://" + bucket + "/" + key + "?" + q.Encode(), nil
	}}
	return &world{control: &control{e}, device: &device{e}, clock: c}
}

func (w *world) exec(t tester, query string, args ...any) {
	t.Helper()
	err := w.realm.Store.Update(func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err })
	if err != nil {
		t.Fatal(err)
	}
}

func (w *world) tx(t tester, fn func(tx *store.Tx, now time.Time) error) {
	t.Helper()
	if err := w.realm.Store.Update(func(tx *store.Tx) error { return fn(tx, w.realm.Now()) }); err != nil {
		t.Fatal(err)
	}
}

func (w *world) things(t tester, names ...string) {
	t.Helper()
	for _, n := range names {
		w.exec(t, `INSERT INTO things(name, id, attributes_json, version, created_at) VALUES(?1, ?1, '{}', 1, 0)`, n)
	}
}

// group makes a group with members; parent may be "".
func (w *world) group(t tester, name, parent string, members ...string) {
	t.Helper()
	w.exec(t, `INSERT INTO thing_groups(name, id, parent, props_json, version, created_at)
		VALUES(?1, 'id-'||?1, nullif(?2,''), '{}', 1, 0)`, name, parent)
	for _, m := range members {
		w.exec(t, `INSERT INTO group_members(group_name, thing_name) VALUES(?,?)`, name, m)
	}
}

// version makes a package version, and its package when it is new.
func (w *world) version(t tester, pkg, version, status, attributes, artifact string) {
	t.Helper()
	w.exec(t, `INSERT OR IGNORE INTO packages(name, created_at, modified_at) VALUES(?, 0, 0)`, pkg)
	w.exec(t, `INSERT INTO package_versions(package, name, attributes_json, artifact_json, status, created_at, modified_at)
		VALUES(?, ?, ?, nullif(?,''), ?, 0, 0)`, pkg, version, attributes, artifact, status)
}

func (w *world) role(t tester) string {
	t.Helper()
	w.exec(t, `INSERT INTO roles(name, id, path, trust, max_session, created_at) VALUES('JobsRole', 'R', '/',
		'{"Statement":{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}}', 3600, 0)`)
	return w.realm.RoleARN("/", "JobsRole")
}

// job creates a job with document {} unless change gives it another.
func (w *world) job(t tester, id string, targets []string, change ...func(*iot.CreateJobInput)) {
	t.Helper()
	if err := w.tryJob(id, targets, change...); err != nil {
		t.Fatalf("create job %s: %v", id, err)
	}
}

func (w *world) tryJob(id string, targets []string, change ...func(*iot.CreateJobInput)) error {
	in := &iot.CreateJobInput{JobId: &id, Document: aws.String(`{}`)}
	for _, t := range targets {
		in.Targets = append(in.Targets, w.realm.ARN(t))
	}
	for _, c := range change {
		c(in)
	}
	_, err := w.createJob(ctx, in)
	return err
}

func continuous(in *iot.CreateJobInput) { in.TargetSelection = iottypes.TargetSelectionContinuous }

func document(text string) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) { in.Document = &text }
}

func timeout(minutes int64) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) {
		in.TimeoutConfig = &iottypes.TimeoutConfig{InProgressTimeoutInMinutes: &minutes}
	}
}

func (w *world) describe(t tester, id string) *iottypes.Job {
	t.Helper()
	out, err := w.describeJob(ctx, &iot.DescribeJobInput{JobId: &id})
	if err != nil {
		t.Fatalf("describe job %s: %v", id, err)
	}
	return out.Job
}

func (w *world) execution(t tester, id, thing string) *iottypes.JobExecution {
	t.Helper()
	out, err := w.control.describeExecution(ctx, &iot.DescribeJobExecutionInput{JobId: &id, ThingName: &thing})
	if err != nil {
		t.Fatalf("describe execution of %s on %s: %v", id, thing, err)
	}
	return out.Execution
}

func (w *world) update(id, thing, status string, change ...func(*data.UpdateJobExecutionInput)) (*data.UpdateJobExecutionOutput, error) {
	in := &data.UpdateJobExecutionInput{JobId: &id, ThingName: &thing, Status: datatypes.JobExecutionStatus(status)}
	for _, c := range change {
		c(in)
	}
	return w.device.updateExecution(ctx, in)
}

func (w *world) mustUpdate(t tester, id, thing, status string, change ...func(*data.UpdateJobExecutionInput)) {
	t.Helper()
	if _, err := w.update(id, thing, status, change...); err != nil {
		t.Fatalf("%s on %s to %s: %v", id, thing, status, err)
	}
}

func (w *world) startNext(t tester, thing string) *datatypes.JobExecution {
	t.Helper()
	out, err := w.device.startNext(ctx, &data.StartNextPendingJobExecutionInput{ThingName: &thing})
	if err != nil {
		t.Fatalf("start next on %s: %v", thing, err)
	}
	return out.Execution
}

// wantError fails unless err is an E.
func wantError[E error](t tester, err error) {
	t.Helper()
	var e E
	if !errors.As(err, &e) {
		t.Errorf("got error %v (%T), want a %T", err, err, e)
	}
}

// counts is how many executions have each status, as DescribeJob tells it, zeros left out.
func counts(j *iottypes.Job) string {
	d, out := j.JobProcessDetails, ""
	for _, c := range []struct {
		name string
		n    *int32
	}{
		{"queued", d.NumberOfQueuedThings}, {"inprogress", d.NumberOfInProgressThings}, {"succeeded", d.NumberOfSucceededThings},
		{"failed", d.NumberOfFailedThings}, {"rejected", d.NumberOfRejectedThings}, {"timedout", d.NumberOfTimedOutThings},
		{"removed", d.NumberOfRemovedThings}, {"canceled", d.NumberOfCanceledThings},
	} {
		if *c.n != 0 {
			out += fmt.Sprintf("%s=%d ", c.name, *c.n)
		}
	}
	return out
}
