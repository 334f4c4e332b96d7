package simulate

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func only(kind string) Weights {
	var w Weights
	w[slices.Index(kinds[:], kind)] = 1
	return w
}

// quick makes minutes pass in a second.
func quick(o *sandbox.Options) { o.Speed = 120 }

func timeout(in *iot.CreateJobInput) {
	in.TimeoutConfig = &iottypes.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(1)}
}

func retry(kind iottypes.RetryableFailureType, n int32) func(*iot.CreateJobInput) {
	return func(in *iot.CreateJobInput) {
		in.JobExecutionsRetryConfig = &iottypes.JobExecutionsRetryConfig{
			CriteriaList: []iottypes.RetryCriteria{{FailureType: kind, NumberOfRetries: aws.Int32(n)}}}
	}
}

// Every kind of failure ends as it should in the cloud, with its own reason, after the steps that lead to it.
func TestEveryKindOfFailure(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2, quick)
	w.ota("job", continuous, timeout)
	for i, kind := range Kinds() {
		id := "job"
		if i > 0 {
			id = "job-" + kind
			w.otaOf(id, continuous, timeout)
		}
		in := all(id, 0)
		in.Failures = only(kind)
		p := w.prepare(in)
		rep, _ := w.run(t.Context(), p)
		expect(t, kind+" status", rep.Status, event.Done)
		expect(t, kind+" reasons", rep.Reasons[kind], 2)
		expect(t, kind+" reasons in the cloud", rep.CloudReasons[kind], 2)
		expect(t, kind+" in the cloud", rep.CloudCounts[statusOf(kind)], 2)
		expect(t, kind+" differences", len(rep.Differences), 0)
		status, details := w.execution(id, p.Devices[0].Thing)
		expect(t, kind, status, statusOf(kind))
		if kind != Silent {
			expect(t, kind+" detail", details["reason"], kind)
		}
	}
}

func TestSilenceNeedsATimeout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.custom("job")
	in := all("job", 0)
	in.Failures = only(Silent)
	st, _ := stage()
	_, err := Prepare(t.Context(), w.Cloud, in, st)
	if fe, ok := fleet.AsFieldError(err); !ok || fe.Field != FieldFailures || fe.Reason != NeedsTimeout || fe.Args["item"] != "job" {
		t.Errorf("%v", err)
	}
	in.Failures = only(NoSpace)
	_, err = Prepare(t.Context(), w.Cloud, in, st)
	if fe, ok := fleet.AsFieldError(err); !ok || fe.Reason != NoKind {
		t.Errorf("nothing to download, yet no space: %v", err)
	}
}

// The job tries again what failed; the device picks it up, and how it ends follows from the seed.
func TestRetriesArePlayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12)
	w.custom("job", retry(iottypes.RetryableFailureTypeFailed, 2))
	in := all("job", 50)
	in.Failures = only(InstallError)
	p := w.prepare(in)
	if p.Retries == 0 {
		t.Fatal("the seed makes no retries")
	}
	rep, _ := w.run(t.Context(), p)
	expect(t, "retried", rep.Retried, p.Retries)
	expect(t, "late", rep.Late, 0)
	expect(t, "unfinished", rep.Unfinished, 0)
	expect(t, "updates", rep.Updates, p.Estimate.Updates)
	expect(t, "job", rep.Jobs[0].Status, "COMPLETED")
	expect(t, "differences", len(rep.Differences), 0)
	n := w.counts("job")
	expect(t, "executions", n.Total(), 12+p.Retries)
	expect(t, "failed", n.Failed, rep.Counts[Execution][event.Failed])
}

func TestSilentDevicesAreTimedOutAndRetried(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3, quick)
	w.custom("job", timeout, retry(iottypes.RetryableFailureTypeTimedOut, 1))
	in := all("job", 0)
	in.Failures = only(Silent)
	rep, _ := w.run(t.Context(), w.prepare(in))
	expect(t, "timed out", rep.Counts[Execution][event.TimedOut], 6)
	expect(t, "retried", rep.Retried, 3)
	expect(t, "cloud", w.counts("job").TimedOut, 6)
	expect(t, "status", rep.Status, event.Done)
}

// AWS aborts the job in the middle: that is seen and reported, and no error.
func TestAbortIsReported(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 30)
	w.custom("job", func(in *iot.CreateJobInput) {
		in.AbortConfig = &iottypes.AbortConfig{CriteriaList: []iottypes.AbortCriteria{{Action: iottypes.AbortActionCancel,
			FailureType: iottypes.JobExecutionFailureTypeFailed, ThresholdPercentage: aws.Float64(20), MinNumberOfExecutedThings: aws.Int32(5)}}}
	})
	in := all("job", 0)
	in.Failures = only(LowBattery)
	st, rec := stage()
	st.Sequential = true
	rep, err := Run(t.Context(), w.Cloud, w.prepare(in), st)
	w.must(err)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "failed", rep.Counts[Execution][event.Failed], 5)
	expect(t, "canceled", rep.Superseded["CANCELED"], 25)
	expect(t, "job", rep.Jobs[0].Status, "CANCELED")
	expect(t, "unplanned", rep.Failed(), 0)
	expect(t, "differences", len(rep.Differences), 0)
	told := slices.IndexFunc(rec.Events(), func(e event.Event) bool { return e.Kind == event.Warning && e.Status == JobCanceled })
	if told < 0 || rec.Events()[told].Detail["code"] == "" {
		t.Error("the abort is not told with its reason")
	}
}

// Devices with several jobs do them one after the other, those that were queued first to begin with.
func TestSeveralJobs(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 8)
	w.custom("first")
	w.custom("second")
	w.custom("third")
	p := w.prepare(all("second,first", 100))
	expect(t, "devices", len(p.Devices), 16)
	expect(t, "asks for the next", p.StartNext, false) // third is active too
	expect(t, "order", p.Jobs[0].ID+p.Devices[0].Job+p.Devices[1].Job, "firstfirstsecond")
	rep, _ := w.run(t.Context(), p)
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 16)
	expect(t, "third", w.counts("third"), fleet.JobCounts{Queued: 8})
	expect(t, "jobs", rep.Jobs[0].Status+rep.Jobs[1].Status, "COMPLETEDCOMPLETED")

	p = w.prepare(all("", 100))
	expect(t, "asks for the next", p.StartNext, true)
	rep, _ = w.run(t.Context(), p)
	expect(t, "third", w.counts("third"), fleet.JobCounts{Succeeded: 8})
}

// Asked for their next execution, devices get those of both jobs in AWS's order.
func TestStartNextTakesJobsInOrder(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	w.custom("first")
	w.custom("second")
	p := w.prepare(all("first,second", 100))
	expect(t, "asks for the next", p.StartNext, true)
	st, rec := stage()
	st.Sequential = true
	_, err := Run(t.Context(), w.Cloud, p, st)
	w.must(err)
	var got []string
	for _, e := range rec.Events() {
		if e.Kind == event.Item {
			got = append(got, e.Subject[len(e.Subject)-1:]+e.Detail["job"])
		}
	}
	expect(t, "order", strings.Join(got, " "), "1first 1second 2first 2second 3first 3second")
}

func TestScopeOfAGroup(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	_, err := w.IoT.CreateThingGroup(t.Context(), &iot.CreateThingGroupInput{ThingGroupName: aws.String("few")})
	_, err2 := w.IoT.AddThingToThingGroup(t.Context(), &iot.AddThingToThingGroupInput{ThingGroupName: aws.String("few"), ThingName: aws.String("Vehicle-VIN-003")})
	w.must(err, err2)
	w.custom("job")
	in := all("job", 100)
	w.must(in.Set(FieldScope, "group:few"))
	p := w.prepare(in)
	expect(t, "devices", len(p.Devices), 1)
	rep, _ := w.run(t.Context(), p)
	expect(t, "cloud", rep.Jobs[0].Counts, fleet.JobCounts{Queued: 4, Succeeded: 1})
	in.Group = "none"
	st, _ := stage()
	_, err = Prepare(t.Context(), w.Cloud, in, st)
	if fe, ok := fleet.AsFieldError(err); !ok || fe.Field != FieldScope || !strings.Contains(fe.Args["choices"].(string), "group:few") {
		t.Errorf("%v", err)
	}
}

func TestScheduledJobsAreListedAndRefused(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	start := time.Now().UTC().Add(2 * time.Hour).Format("2006-01-02T15:04")
	w.custom("later", func(in *iot.CreateJobInput) {
		in.SchedulingConfig = &iottypes.SchedulingConfig{StartTime: &start}
	})
	list, err := Jobs(t.Context(), w.Cloud)
	w.must(err)
	if len(list) != 1 || !list[0].Scheduled() || list[0].Starts == "" {
		t.Fatalf("%+v", list)
	}
	for _, id := range []string{"later", ""} {
		st, _ := stage()
		_, err = Prepare(t.Context(), w.Cloud, all(id, 100), st)
		if fe, ok := fleet.AsFieldError(err); !ok || fe.Reason != StartsLater || fe.Args["time"] != list[0].Starts {
			t.Errorf("%q: %v", id, err)
		}
	}
}

// Progress is told while it goes on, and the same seed gives the same report apart from its times.
func TestSameSeedSameReport(t *testing.T) {
	t.Parallel()
	var reports, plans [2]string
	for i := range reports {
		w := newWorld(t, 20)
		w.ota("job", retry(iottypes.RetryableFailureTypeAll, 1))
		in := all("job", 60)
		in.DeviceSpeed, in.Offline, in.OfflineFor = Fast, 30, 1
		p := w.prepare(in)
		rep, events := w.run(t.Context(), p)
		expect(t, "status", rep.Status, event.Done)
		expect(t, "updates", rep.Updates, p.Estimate.Updates)
		if countEvents(events, event.InProgress) == 0 || p.Offline == 0 {
			t.Error("nothing is told on the way, or no device comes later")
		}
		reports[i], plans[i] = timeless(t, rep), compact(t, p.Devices)
	}
	expect(t, "plan", plans[0], plans[1])
	expect(t, "report", reports[0], reports[1])
}

func compact(t *testing.T, v any) string {
	t.Helper()
	b, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func timeless(t *testing.T, r Report) string {
	t.Helper()
	r.Seconds, r.PerSecond, r.Latency, r.Slowest, r.Timeline = 0, 0, Percentiles{}, nil, nil
	for i := range r.Jobs {
		r.Jobs[i].Created = time.Time{}
	}
	for i := range r.Failures {
		r.Failures[i].Seconds = 0
	}
	return compact(t, r)
}
