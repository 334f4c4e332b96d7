package simulate

import (
	"context"
	"crypto/sha256"
	"net/http"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	jobs "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func TestEveryDeviceEndsAsPlanned(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	w.ota("job")
	p := w.prepare(all("job", 90))
	expect(t, "planned successes", p.Successes, 27)
	expect(t, "downloads of the plan", p.Download, true)
	rep, events := w.run(t.Context(), p)

	expect(t, "status", rep.Status, event.Done)
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 27)
	expect(t, "failed", rep.Counts[Execution][event.Failed], 3)
	expect(t, "unplanned", rep.Failed(), 0)
	expect(t, "unfinished", rep.Unfinished, 0)
	expect(t, "updates", rep.Updates, 60)
	expect(t, "differences", len(rep.Differences), 0)
	expect(t, "job", rep.Jobs[0].Status, "COMPLETED")
	expect(t, "checked", rep.Checked, true)
	expect(t, "slowest", len(rep.Slowest), keepSlowest)
	expect(t, "bytes", rep.Bytes >= int64(rep.Downloads*len(w.firmware)) && rep.Downloads >= 27, true)
	if n := w.counts("job"); n.Succeeded != 27 || n.Failed != 3 {
		t.Errorf("the cloud counts %+v", n)
	}
	for _, d := range p.Devices {
		status, details := w.execution("job", d.Thing)
		if d.Reason == "" && status != "SUCCEEDED" || d.Reason != "" && (status != "FAILED" || details["reason"] != d.Reason) {
			t.Errorf("%s planned %q is %s %v", d.Thing, d.Reason, status, details)
		}
	}
	expect(t, "downloads", countEvents(events, event.Downloading), p.Estimate.Downloads)
	ends := 0
	for _, e := range events {
		if e.Kind == event.Item && e.Total > 0 {
			ends++
			expect(t, "number of "+e.Subject, e.Done, ends)
		}
		if e.Status == event.Downloaded {
			expect(t, "bytes of "+e.Subject, e.Bytes, int64(len(w.firmware)))
		}
	}
	expect(t, "ends", ends, 30)
}

func TestPlannedFailuresHaveTheirReasons(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 24)
	w.ota("job", continuous)
	p := w.prepare(all("job", 0))
	rep, events := w.run(t.Context(), p)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "unplanned", rep.Unplanned, 0)
	fetched := map[string]bool{}
	for _, e := range events {
		if e.Status == event.Downloading {
			fetched[e.Subject] = true
		}
	}
	for _, reason := range kinds[:len(kinds)-1] {
		if p.Reasons[reason] == 0 {
			t.Fatalf("the seed gives no %s; the test needs all reasons: %v", reason, p.Reasons)
		}
		expect(t, reason, rep.Reasons[reason], p.Reasons[reason])
	}
	for _, d := range p.Devices {
		_, details := w.execution("job", d.Thing)
		expect(t, d.Thing, details["reason"], d.Reason)
		expect(t, "download of "+d.Thing+" with "+d.Reason, fetched[d.Thing], fetches(d.Reason))
	}
	last := events[len(events)-1]
	if last.Kind != event.RunEnded || last.Detail["job-status"] != "IN_PROGRESS" || last.Detail["pending"] != "0" || !rep.Jobs[0].Idle() {
		t.Errorf("a continuous job with nothing to do is told as %+v", last)
	}
}

func TestBrokenFirmwareIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	other := sha256.Sum256([]byte("what was tested"))
	w.release("1.1.0", other[:])
	w.otaOf("job")
	rep, _ := w.run(t.Context(), w.prepare(all("job", 100)))
	expect(t, "status", rep.Status, event.Partial)
	expect(t, "unplanned", rep.Failed(), 3)
	expect(t, "reason", rep.Reasons[ChecksumMismatch], 3)
	expect(t, "cloud", w.counts("job").Failed, 3)
	expect(t, "class", rep.Failures[0].Fault.Class, "checksum")
}

func TestMissingFirmwareIsFound(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.ota("job")
	_, err := w.S3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: aws.String(bucket), Key: aws.String(key)})
	w.must(err)
	rep, _ := w.run(t.Context(), w.prepare(all("job", 100)))
	expect(t, "reason", rep.Reasons[DownloadFailed], 1)
	expect(t, "cloud", w.counts("job").Failed, 1)
	expect(t, "status", rep.Status, event.Partial)
}

// A device that cannot get its document must not stay pending for ever.
func TestUndeliverableDocumentIsReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.ota("job")
	p := w.prepare(all("job", 100))
	_, err := w.IAM.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("JobsRole")})
	w.must(err)
	rep, _ := w.run(t.Context(), p)
	expect(t, "reason", rep.Reasons[NoDocument], 2)
	expect(t, "cloud", w.counts("job").Failed, 2)
	expect(t, "differences", len(rep.Differences), 0)
}

// late lets requests arrive after their presigned URL has expired: its date is moved back by a day.
type late struct {
	http.RoundTripper
	left atomic.Int64 // requests that are late
}

func (l *late) RoundTrip(req *http.Request) (*http.Response, error) {
	if l.left.Add(-1) >= 0 {
		req = req.Clone(req.Context())
		q := req.URL.Query()
		q.Set("X-Amz-Date", time.Now().Add(-24*time.Hour).UTC().Format("20060102T150405Z"))
		req.URL.RawQuery = q.Encode()
	}
	return l.RoundTripper.RoundTrip(req)
}

func TestExpiredURLIsFetchedAnewOnce(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		late, succeeded, failed int
	}{{1, 1, 0}, {2, 0, 1}} {
		w := newWorld(t, 1)
		w.ota("job")
		l := &late{RoundTripper: w.Download.Transport}
		l.left.Store(int64(x.late))
		w.Download = &http.Client{Transport: l}
		rep, _ := w.run(t.Context(), w.prepare(all("job", 100)))
		expect(t, "succeeded", rep.Counts.Of(event.Succeeded), x.succeeded)
		expect(t, "failed", rep.Reasons[DownloadFailed], x.failed)
		expect(t, "unplanned", rep.Failed(), x.failed)
	}
}

// The job is cancelled while the second device downloads: that one and all after it are told what the cloud did.
func TestCancelledJobIsNoFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.ota("job")
	p := w.prepare(all("job", 100))
	st, rec := stage(sinkFunc(func(e event.Event) {
		if e.Status == event.Downloading && e.Subject == p.Devices[1].Thing {
			_, err := w.IoT.CancelJob(t.Context(), &iot.CancelJobInput{JobId: aws.String("job"), Force: true})
			if err != nil {
				t.Error(err)
			}
		}
	}))
	st.Sequential = true
	rep, err := Run(t.Context(), w.Cloud, p, st)
	w.must(err)
	expect(t, "cloud", w.counts("job"), fleet.JobCounts{Succeeded: 1, Canceled: 11})
	expect(t, "status", rep.Status, event.Done)
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 1)
	expect(t, "superseded", rep.Superseded["CANCELED"], 11)
	expect(t, "unplanned", rep.Failed(), 0)
	expect(t, "job", rep.Jobs[0].Status, "CANCELED")
	expect(t, "differences", len(rep.Differences), 0)
	for _, e := range rec.Events() {
		if e.Status == event.Superseded && e.Detail["state"] != "CANCELED" {
			t.Errorf("%s is told as %v", e.Subject, e.Detail)
		}
	}
}

func TestDeletedThingsAndForeignReportsAreNotOurs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4)
	w.custom("job", continuous)
	p := w.prepare(all("job", 100))
	_, err := w.IoT.DeleteThing(t.Context(), &iot.DeleteThingInput{ThingName: &p.Devices[0].Thing})
	_, err2 := w.Jobs.UpdateJobExecution(t.Context(), &jobs.UpdateJobExecutionInput{JobId: aws.String("job"), ThingName: &p.Devices[1].Thing,
		Status: types.JobExecutionStatusSucceeded})
	_, err3 := w.Jobs.UpdateJobExecution(t.Context(), &jobs.UpdateJobExecutionInput{JobId: aws.String("job"), ThingName: &p.Devices[2].Thing,
		Status: types.JobExecutionStatusInProgress})
	w.must(err, err2, err3)
	rep, _ := w.run(t.Context(), p)
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 1)
	expect(t, "superseded", rep.Counts[Execution][event.Superseded], 3)
	expect(t, "by another run", rep.Superseded["SUCCEEDED"], 1)
	expect(t, "taken by another run", rep.Superseded["IN_PROGRESS"], 1)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "differences", len(rep.Differences), 0)
}

// Two runs on one job share the devices: each ends once, whoever is first.
func TestTwoRunsDoNotClash(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 40)
	w.ota("job")
	p := w.prepare(all("job", 100))
	var reps [2]Report
	var wg sync.WaitGroup
	for i := range reps {
		wg.Go(func() {
			st, _ := stage()
			var err error
			if reps[i], err = Run(t.Context(), w.Cloud, p, st); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	expect(t, "cloud", w.counts("job").Succeeded, 40)
	expect(t, "succeeded", reps[0].Counts.Of(event.Succeeded)+reps[1].Counts.Of(event.Succeeded), 40)
	expect(t, "unplanned", reps[0].Unplanned+reps[1].Unplanned, 0)
}

// When the answer to an update is lost, the SDK sends it again and is refused: the device must know its own deed.
func TestLostAnswersAreRecognised(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.ota("job")
	p := w.prepare(all("job", 100))
	st, _ := stage()
	r := newRunner(w.Cloud, p, newBoard(p), st)
	first := &session{runner: r, device: p.Devices[0], version: firstVersion}
	w.must(first.start(t.Context()))
	again := &session{runner: r, device: p.Devices[0]}
	if !again.take(t.Context()) || again.version != first.version || len(artifacts(again.document)) != 1 {
		t.Fatalf("the start is not taken for ours: %+v", again)
	}
	w.must(first.finish(t.Context(), types.JobExecutionStatusSucceeded, map[string]string{}))
	again.report(t.Context(), ending{})
	expect(t, "succeeded", r.counts[Execution][event.Succeeded], 1)

	other := newRunner(w.Cloud, p, newBoard(p), st)
	late := &session{runner: other, device: p.Devices[0], version: first.version}
	late.report(t.Context(), ending{})
	expect(t, "superseded", other.overtaken["SUCCEEDED"], 1)
	expect(t, "succeeded twice", other.counts[Execution][event.Succeeded], 0)
}

func TestStoppedRunIsCompletedByTheNext(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 200)
	w.ota("job")
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	var once sync.Once
	rep, events := w.run(ctx, w.prepare(all("job", 100)), sinkFunc(func(e event.Event) {
		if e.Status == event.Downloading {
			once.Do(cancel)
		}
	}))
	expect(t, "status", rep.Status, event.Interrupted)
	expect(t, "last event", events[len(events)-1].Status, event.Interrupted)
	expect(t, "unfinished", rep.Unfinished, 200-rep.Counts.Of(event.Succeeded))
	before := w.counts("job")
	expect(t, "failed by stopping", before.Failed, 0)
	expect(t, "succeeded", before.Succeeded, rep.Counts.Of(event.Succeeded))
	if before.InProgress == 0 {
		t.Error("nothing was left in progress: the test stopped too late")
	}

	p := w.prepare(all("job", 100))
	expect(t, "started", p.Started, before.InProgress)
	rep, _ = w.run(t.Context(), p)
	expect(t, "resumed", rep.Resumed, before.InProgress)
	expect(t, "status of the second run", rep.Status, event.Done)
	expect(t, "job", rep.Jobs[0].Status, "COMPLETED")
	expect(t, "cloud", rep.Jobs[0].Counts.Succeeded, 200)
}

func TestStopBeforeTheStepChangesNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	w.custom("job")
	ctx, cancel := context.WithCancel(t.Context())
	p := w.prepare(all("job", 100))
	cancel()
	rep, _ := w.run(ctx, p)
	expect(t, "status", rep.Status, event.Interrupted)
	expect(t, "unfinished", rep.Unfinished, 3)
	expect(t, "cloud", w.counts("job"), fleet.JobCounts{Queued: 3})
}

func TestDeletedJobEndsTheRun(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	w.custom("job")
	p := w.prepare(all("job", 100))
	_, err := w.IoT.DeleteJob(t.Context(), &iot.DeleteJobInput{JobId: aws.String("job"), Force: true})
	w.must(err)
	st, rec := stage()
	rep, err := Run(t.Context(), w.Cloud, p, st)
	if err == nil || rep.Status != event.RunFailed {
		t.Errorf("%v, %+v", err, rep)
	}
	events := rec.Events()
	if last := events[len(events)-1]; last.Kind != event.RunEnded || last.Fault == nil {
		t.Errorf("ended with %+v", last)
	}
}

// One call after the other: a device is done before the next one starts.
func TestSequentialKeepsTheOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	w.ota("job")
	p := w.prepare(all("job", 100))
	st, rec := stage()
	st.Sequential = true
	_, err := Run(t.Context(), w.Cloud, p, st)
	w.must(err)
	var got []string
	for _, e := range rec.Events() {
		if e.Kind == event.Item {
			got = append(got, e.Subject)
		}
	}
	for i, thing := range got {
		expect(t, "event", thing, p.Devices[i/3].Thing)
	}
	expect(t, "events", len(got), 15)
}

func TestThousandsOfExecutionsArePaged(t *testing.T) {
	t.Parallel()
	const n = 700 // three pages
	w := newWorld(t, n)
	w.custom("job")
	st, rec := stage()
	p, err := Prepare(t.Context(), w.Cloud, all("job", 90), st)
	w.must(err)
	expect(t, "pending", p.Pending, n)
	expect(t, "successes", p.Successes, n*9/10)
	events := rec.Events()
	expect(t, "progress", events[len(events)-1].Done, n)
	rep, _ := w.run(t.Context(), p)
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], n*9/10)
	expect(t, "failed", rep.Counts[Execution][event.Failed]+rep.Counts[Execution][event.Rejected], n/10)
	cloud := w.counts("job")
	expect(t, "rejected", cloud.Rejected, p.Reasons[Rejected])
	expect(t, "cloud", cloud, fleet.JobCounts{Succeeded: n * 9 / 10, Failed: n/10 - p.Reasons[Rejected], Rejected: p.Reasons[Rejected]})
}
