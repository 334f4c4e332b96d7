package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/charmbracelet/x/exp/golden"

	"fleetlab/ui/locale"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
	"fleetlab/workflows/simulate"
)

var ended = time.Date(2026, 11, 23, 10, 17, 2, 0, time.UTC)

// sample is a run of two jobs in which something of everything happened.
func sample() report.Report {
	in := simulate.Defaults()
	in.Job, in.SuccessRate, in.Group, in.Seed = "ota-1,ota-2", 80, "US_Fleet", 42
	r := simulate.Report{Input: in, Account: "123456789012", Region: "us-east-1",
		Jobs: []simulate.JobSummary{
			{ID: "ota-1", Status: "COMPLETED", Selection: "SNAPSHOT", Created: ended.Add(-time.Hour), Packages: []string{"SedanVehicle/1.1.0"},
				Counts: fleet.JobCounts{Succeeded: 8, Failed: 1, Rejected: 1}},
			{ID: "ota-2", Status: "CANCELED", Selection: "CONTINUOUS", Created: ended.Add(-time.Minute), Packages: []string{"Telematics/2.0.0"},
				Counts: fleet.JobCounts{Succeeded: 7, Failed: 2, TimedOut: 1, Canceled: 2}, Reason: "ABORT", Comment: "too many | failed"}},
		Planned: map[string]int{"SUCCESS": 16, "FAILURE": 4}, Expected: map[string]int{"low-battery": 2, "rejected": 1, "silent": 1},
		Unplanned: 1, Unfinished: 1, Resumed: 2, Late: 1, Retried: 3, Checked: true,
		Reasons:      map[string]int{"low-battery": 2, "rejected": 1, "download-failed": 1},
		CloudReasons: map[string]int{"low-battery": 1, "rejected": 1, "download-failed": 1},
		CloudCounts:  map[string]int{"SUCCEEDED": 14, "FAILED": 3, "REJECTED": 1, "TIMED_OUT": 1, "CANCELED": 2},
		Superseded:   map[string]int{"CANCELED": 2},
		Differences:  []simulate.Difference{{Status: "SUCCEEDED", Devices: 15, Cloud: 14}, {Status: "FAILED", Reason: "low-battery", Devices: 2, Cloud: 1}},
		Updates:      90, PerSecond: 31.5, Downloads: 18, Bytes: 4 << 20,
		Latency: simulate.Percentiles{P50: 1.2, P90: 2.4, P99: 3, Max: 3.1},
		Slowest: []simulate.Laggard{{Thing: "Vehicle-VIN-007", Job: "ota-1", Seconds: 3.1}},
		Timeline: []simulate.Sample{{Seconds: 0, Counts: map[string]int{"QUEUED": 20}}, {Seconds: 1, Rate: 40, Counts: map[string]int{"QUEUED": 9, "SUCCEEDED": 8, "FAILED": 1}},
			{Seconds: 2.9, Rate: 20, Counts: map[string]int{"SUCCEEDED": 15, "FAILED": 3}}},
	}
	r.Workflow, r.Status, r.Seconds = simulate.Workflow, event.Partial, 2.9
	r.Counts = event.Counts{simulate.Execution: {"SUCCEEDED": 15, "FAILED": 3, "REJECTED": 1, "TIMED_OUT": 1, "CANCELED": 2}}
	var heard report.Failures
	for _, e := range []event.Event{
		{Subject: "Vehicle-VIN-003", Status: "REJECTED", Detail: map[string]string{"job": "ota-1", "reason": "rejected", "planned": "FAILURE"}},
		{Subject: "Vehicle-VIN-001", Status: event.Failed, Detail: map[string]string{"job": "ota-2", "reason": "low-battery", "planned": "FAILURE"}},
		{Subject: "Vehicle-VIN-002", Status: event.Succeeded},
		{Subject: "Vehicle-VIN-009", Status: event.Failed, Detail: map[string]string{"job": "ota-2", "reason": "download-failed", "planned": "SUCCESS"},
			Fault: &event.Fault{Class: "download", Operation: "s3:GetObject", Code: "AccessDenied", Message: "<b>no</b> & never"}},
	} {
		e.Kind, e.Resource = event.Item, simulate.Execution
		heard.Emit(e)
	}
	before := report.Versions{"SedanVehicle": {"1.0.0": {"Vehicle-VIN-001", "Vehicle-VIN-002"}, report.Absent: {"Vehicle-VIN-003"}}}
	return report.New(r, &heard, before, ended)
}

func words(t testing.TB, lang string) *locale.Printer {
	t.Helper()
	p, err := locale.New(lang)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func write(t testing.TB, f report.Format, lang string, r report.Report) string {
	t.Helper()
	var b bytes.Buffer
	if err := report.Write(&b, f, words(t, lang), r); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestReportGolden(t *testing.T) {
	t.Parallel()
	for _, f := range report.Formats {
		for _, lang := range locale.Languages {
			t.Run(string(f)+"-"+lang, func(t *testing.T) {
				t.Parallel()
				got := write(t, f, lang, sample())
				if strings.Contains(got, "!report") {
					t.Error("a message is missing")
				}
				golden.RequireEqual(t, []byte(got))
			})
		}
	}
}

// The command in a report makes the same choices again.
func TestCommandRepeatsTheRun(t *testing.T) {
	t.Parallel()
	got := sample().Command
	want := "fleetlab simulate --job ota-1,ota-2 --scope group:US_Fleet --success-rate 80 --failures " +
		"download-interrupted:4,checksum-mismatch:1,no-space:2,low-battery:2,install-error:2,rejected:1 --device-speed fast --offline 0 --offline-for 20 --seed 42"
	if got != want {
		t.Errorf("got\n%s, want\n%s", got, want)
	}
	in := simulate.Defaults()
	words := strings.Fields(got)[2:]
	for i := 0; i < len(words); i += 2 {
		if err := in.Set(strings.TrimPrefix(words[i], "--"), words[i+1]); err != nil {
			t.Fatal(err)
		}
	}
	if in != sample().Input {
		t.Errorf("the command chooses %+v", in)
	}
	r := sample().Report
	r.Input.Job = ""
	if got := report.New(r, nil, nil, ended).Command; !strings.Contains(got, "--job ota-1,ota-2") {
		t.Errorf("the jobs that were found are not named: %s", got)
	}
}

func TestReadsWhatItWrote(t *testing.T) {
	t.Parallel()
	want := write(t, report.JSON, "en", sample())
	r, err := report.Read(strings.NewReader(want))
	if err != nil {
		t.Fatal(err)
	}
	if got := write(t, report.JSON, "en", r); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
	if _, err := report.Read(strings.NewReader(`{"kind":"prepared"}`)); err == nil {
		t.Error("any JSON is a report")
	}
	if _, err := report.Read(strings.NewReader(`# no JSON`)); err == nil {
		t.Error("anything is a report")
	}
}

// A thousand failures are shown; JSON has all.
func TestManyFailures(t *testing.T) {
	t.Parallel()
	var heard report.Failures
	for i := range 1200 {
		heard.Emit(event.Event{Kind: event.Item, Resource: simulate.Execution, Status: event.Failed, Subject: fmt.Sprintf("Thing-%04d", 1199-i),
			Detail: map[string]string{"reason": "low-battery", "planned": "FAILURE"}})
	}
	r := report.New(sample().Report, &heard, nil, ended)
	for f, want := range map[report.Format]int{report.Markdown: 1000, report.HTML: 1000, report.JSON: 1200} {
		got := write(t, f, "en", r)
		if n := strings.Count(got, "Thing-"); n != want {
			t.Errorf("%s lists %d failures, want %d", f, n, want)
		}
		if f != report.JSON && !strings.Contains(got, "first 1,000 of 1,200") {
			t.Errorf("%s does not say that there are more", f)
		}
	}
	if r.Failures[0].Thing != "Thing-0000" {
		t.Errorf("the first is %s", r.Failures[0].Thing)
	}
}
