package cli

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
)

// What a job's flags refuse names the flag, the value and the remedy, before anything is started.
func TestBadJobs(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	broken := filepath.Join(dir, "broken.json")
	if err := os.WriteFile(broken, []byte("{\n \"a\": 1,\n}"), 0o600); err != nil {
		t.Fatal(err)
	}
	state := filepath.Join(dir, "never-made")
	for args, want := range map[string][]string{
		"--type=update":                           {"--type", "update", "ota, custom"},
		"--narrow=perhaps":                        {"--narrow", "perhaps", "no, yes"},
		"--rollout=2000":                          {"--rollout", "2000", "1 to 1000"},
		"--rollout=exponential --rollout-base=0":  {"--rollout-base", "0", "1 to 1000"},
		"--abort=FAILED:10":                       {"--abort", "FAILED:10", "FAILED:10:100"},
		"--timeout=0":                             {"--timeout", "0", "1 to 10080"},
		"--retry=TIMED_OUT:2":                     {"--retry", "TIMED_OUT:2", "--timeout", "60"},
		"--retry=FAILED:6,TIMED_OUT:6":            {"--retry", "12", "0 to 10"},
		"--start=+5m":                             {"--start", "+5m", "20"},
		"--end-behavior=cancel":                   {"--end-behavior", "cancel", "--end", "+2h"},
		"--windows=nightly":                       {"--windows", "nightly", "cron("},
		"--tags=aws:x=y":                          {"--tags", "aws:x=y", "team=brakes"},
		"--preset=reboot":                         {"--preset", "reboot", "--type custom"},
		"--type=custom":                           {"--document", "empty"},
		"--type=custom --document=" + broken:      {"--document", "line 3, column 1", "}"},
		"--type=custom --document=" + dir + "/no": {"--document", "no", "cannot be read"},
	} {
		t.Run(args, func(t *testing.T) {
			t.Parallel()
			r := fleetlab(t, append(append([]string{"job", "create"}, strings.Fields(args)...), "--state="+state, "--lang=en")...)
			if r.code != exitUsage {
				t.Errorf("exit code %d, want %d", r.code, exitUsage)
			}
			for _, w := range want {
				if !strings.Contains(r.err, w) {
					t.Errorf("%q is not in: %s", w, r.err)
				}
			}
			if _, err := os.Stat(state); err == nil {
				t.Error("something was started")
			}
		})
	}
}

// A fleet is brought a job with its own group and template, and another one from that template.
func TestJobsOnTheSandbox(t *testing.T) {
	t.Parallel()
	common := []string{"--state=" + t.TempDir(), "--pace=off", "--quotas=off", "--consistency=immediate", "--lang=en"}
	run := func(args string) result { return fleetlab(t, append(strings.Fields(args), common...)...) }
	if r := run("provision --devices=12 --yes"); r.code != exitDone {
		t.Fatalf("provision: exit code %d\n%s", r.code, r.err)
	}
	r := run("job create --package=SedanVehicle --narrow=yes --rollout=50 --abort=FAILED:10:2 --save-template=kept --id=first --yes")
	for _, want := range []string{
		"Package: SedanVehicle 1.1.0, PUBLISHED, s3://iot-firmware-", "Narrowed to 4 things of type SedanVehicle; 8 left out",
		"at 50 a minute 4 things are notified within 4s", "If 10 % fail, FAILED:10:2 does not abort the job",
		"aws iot create-dynamic-thing-group", "aws iot create-job-template", "aws iot create-job ", "job template kept -> CREATED", "job first -> CREATED",
	} {
		if r.code != exitDone || !strings.Contains(r.out, want) {
			t.Errorf("exit code %d, %q is missing in\n%s%s", r.code, want, r.out, r.err)
		}
	}
	if r = run("job create --id=first"); r.code != exitUsage || !strings.Contains(r.err, "first-2 is free") {
		t.Errorf("the same id: exit code %d, %s", r.code, r.err)
	}
	if r = run("job create --template=lost"); r.code != exitUsage || !strings.Contains(r.err, "choose one of kept") {
		t.Errorf("no such template: exit code %d, %s", r.code, r.err)
	}
	r = run("job create --template=kept --groups=US_Fleet --timeout=5 --dry-run --json")
	var line struct{ Plan createjob.Plan }
	last := r.out[strings.LastIndex(strings.TrimSpace(r.out), "\n")+1:]
	if err := json.Unmarshal([]byte(last), &line); err != nil {
		t.Fatalf("%v in %s", err, r.out)
	}
	p := line.Plan
	if p.Input.Type != createjob.OTA || p.Request.Rollout.Maximum != 50 || p.Request.Timeout.Minutes != 5 || len(p.Request.Targets) != 1 || len(p.Forecast.Strikes) != 1 {
		t.Errorf("from the template: %+v", p.Request)
	}
	r = run("job create --type=custom --preset=reboot --things=Vehicle-VIN-001 --selection=snapshot --start=+45m --yes")
	if r.code != exitDone || !strings.Contains(r.out, "is SCHEDULED; it starts at 20") || !strings.Contains(r.out, `"operation": "reboot"`) {
		t.Errorf("a scheduled job: exit code %d\n%s%s", r.code, r.out, r.err)
	}
	r = run("cleanup --confirm=DELETE --speed=2000 --json")
	if r.code != exitDone || !strings.Contains(r.out, `"job-template":{"`+string(event.Deleted)+`":1}`) || !strings.Contains(r.out, `"dynamic-thing-group":{"`+string(event.Deleted)+`":1}`) {
		t.Errorf("clean-up: exit code %d\n%.2000s%s", r.code, r.out, r.err)
	}
}
