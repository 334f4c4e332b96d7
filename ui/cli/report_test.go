package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"fleetlab/ui/locale"
	"fleetlab/workflows/report"
	"fleetlab/workflows/simulate"
)

// lab is a state directory with a fleet of twelve sedans and an update to 1.1.0 of them.
func lab(t *testing.T) (run func(want int, args ...string) result, state string) {
	t.Helper()
	state = t.TempDir()
	run = func(want int, args ...string) result {
		t.Helper()
		r := fleetlab(t, append([]string{"--state=" + state, "--pace=off", "--quotas=off", "--consistency=immediate", "--yes", "--lang=en"}, args...)...)
		if r.code != want {
			t.Fatalf("%v: exit code %d\n%s%s", args, r.code, r.out, r.err)
		}
		return r
	}
	run(exitDone, "provision", "--devices=12", "--thing-types=SedanVehicle", "--countries=US")
	run(exitDone, "job", "create", "--id=ota-1", "--package=SedanVehicle/1.1.0", "--selection=snapshot")
	return run, state
}

// A simulation saves its report where it is told to; a rollback finds there what the devices had, and they go back.
func TestReportAndRollback(t *testing.T) {
	t.Parallel()
	run, state := lab(t)
	r := run(exitDone, "simulate", "--job=ota-1", "--success-rate=75", "--device-speed=instant")
	if n := strings.Count(r.out, "Report saved: "+filepath.Join(state, "reports", "ota-1_")); n != 3 {
		t.Fatalf("%d files are told in:\n%s", n, r.out)
	}
	for _, want := range []string{"9 devices updated", "9 devices back to SedanVehicle/1.0.0, by job rollback-ota-1", "9 as a saved report says", "aws iot create-job"} {
		if out := run(exitDone, "job", "rollback", "--job=ota-1", "--dry-run").out; !strings.Contains(out, want) {
			t.Errorf("%q is not in:\n%s", want, out)
		}
	}
	out := run(exitPartial, "job", "rollback", "--job=ota-1", "--report="+t.TempDir()).out
	if !strings.Contains(out, "9 left out: nothing tells which version of SedanVehicle they had") {
		t.Errorf("without a report:\n%s", out)
	}
	run(exitDone, "job", "rollback", "--job=ota-1")
	file := filepath.Join(t.TempDir(), "back.json")
	r = run(exitDone, "simulate", "--job=rollback-ota-1", "--success-rate=100", "--device-speed=instant", "--report="+file, "--json")
	if !strings.Contains(r.out, `{"kind":"saved","files":["`+file+`"]}`) {
		t.Errorf("the file is not told in:\n%s", r.out)
	}
	back, err := report.ReadFile(file)
	if err != nil || len(back.Before["SedanVehicle"]["1.1.0"]) != 9 || !back.Checked || len(back.Differences) > 0 {
		t.Errorf("%v: %+v", err, back)
	}
	// A second time, there is nothing left to do.
	if out := run(exitDone, "job", "rollback", "--job=rollback-ota-1", "--dry-run", "--report="+file).out; !strings.Contains(out, "9 devices back to SedanVehicle/1.1.0") {
		t.Errorf("forth again:\n%s", out)
	}
}

// The same seed on the same fleet makes the same report, byte for byte, once the times are taken out.
func TestSameSeedSameReport(t *testing.T) {
	t.Parallel()
	var reports [2]report.Report
	for i := range reports {
		run, _ := lab(t)
		file := filepath.Join(t.TempDir(), "report.json")
		run(exitDone, "simulate", "--job=ota-1", "--success-rate=50", "--device-speed=fast", "--seed=7", "--report="+file)
		var err error
		if reports[i], err = report.ReadFile(file); err != nil {
			t.Fatal(err)
		}
		timeless(&reports[i])
	}
	for _, lang := range locale.Languages {
		for _, f := range report.Formats {
			p, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			var b [2]bytes.Buffer
			for i, r := range reports {
				if err := report.Write(&b[i], f, p, r); err != nil {
					t.Fatal(err)
				}
			}
			if !bytes.Equal(b[0].Bytes(), b[1].Bytes()) {
				t.Errorf("%s in %s: %s\n\n%s", f, lang, b[0].Bytes(), b[1].Bytes())
			}
		}
	}
	if len(reports[0].Failures) != 6 {
		t.Errorf("%d failures", len(reports[0].Failures))
	}
}

// timeless takes the times out of a report.
func timeless(r *report.Report) {
	r.Made, r.Seconds, r.PerSecond, r.Latency, r.Slowest, r.Timeline = time.Time{}, 0, 0, simulate.Percentiles{}, nil, nil
	for i := range r.Jobs {
		r.Jobs[i].Created = time.Time{}
	}
}

// A place that cannot be written to, and a report that cannot be read, are refused before anything is started.
func TestBadReports(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	state := filepath.Join(dir, "never-made")
	file := filepath.Join(dir, "mine.md")
	other := filepath.Join(dir, "other.json")
	about, err := json.Marshal(report.Report{Report: simulate.Report{Account: "1", Jobs: []simulate.JobSummary{{ID: "ota-9"}}}})
	if err != nil {
		t.Fatal(err)
	}
	for name, text := range map[string][]byte{file: []byte("mine"), other: about} {
		if err := os.WriteFile(name, text, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	for args, want := range map[string]string{
		"simulate --report=" + file:                          "exists and stays as it is",
		"simulate --report=" + file + "/x.md":                "nothing can be written to",
		"job rollback --job=ota-1 --report=" + file:          "is no report in JSON",
		"job rollback --job=ota-1 --report=" + dir + "/none": "cannot be read",
		"job rollback --job=ota-1 --report=" + other:         "is not about job ota-1",
		"job rollback": "--job is empty",
		"job rollback --job=ota-1 --former=SedanVehicle/1..0/2": "1..0/2",
		"job rollback --job=ota-1 --former=A/1.0.0,A/2.0.0":     "twice",
	} {
		r := fleetlab(t, append(strings.Fields(args), "--lang=en", "--state="+state)...)
		if r.code != exitUsage || !strings.Contains(r.err, want) {
			t.Errorf("%s: exit code %d, %s", args, r.code, r.err)
		}
		if _, err := os.Stat(state); err == nil {
			t.Fatalf("%s: something was started", args)
		}
	}
}
