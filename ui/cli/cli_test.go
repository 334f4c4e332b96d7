package cli

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"fleetlab/lessons"
	"fleetlab/workflows/event"
)

// result is what one command printed and how it ended.
type result struct {
	code     int
	out, err string
}

// fleetlab runs a command in this process on a state of its own, with nobody to ask.
func fleetlab(t *testing.T, args ...string) result {
	t.Helper()
	return fleetlabIn(t, t.Context(), args...)
}

func fleetlabIn(t *testing.T, ctx context.Context, args ...string) result {
	t.Helper()
	var out, errs bytes.Buffer
	code := Run(ctx, args, Streams{In: strings.NewReader(""), Out: &out, Err: &errs})
	return result{code, out.String(), errs.String()}
}

// Each bad value is refused before anything is done, with its field, the value and the remedy, and exit code 2.
func TestBadValues(t *testing.T) {
	t.Parallel()
	state := filepath.Join(t.TempDir(), "never-made")
	for _, c := range []struct {
		args string
		want []string // beside the value
	}{
		{"provision --thing-types=", []string{"--thing-types", "empty"}},
		{"provision --thing-types=Sedan,,SUV", []string{"empty"}},
		{"provision --thing-types=Sedan,Sedan", []string{"Sedan", "twice"}},
		{"provision --thing-types=Sed@n", []string{"Sed@n", "A-Z"}},
		{"provision --versions=1..2", []string{"1..2", "1.0.0"}},
		{"provision --continent=8", []string{"8", "1 to 7"}},
		{"provision --continent=x", []string{"x", "1 to 7"}},
		{"provision --countries=99", []string{"99", "1 to 23"}},
		{"provision --countries=XX", []string{"XX", "US"}},
		{"provision --continent=3 --countries=US", []string{"US", "DE"}},
		{"provision --devices=0", []string{"0", "1 to 100000"}},
		{"provision --devices=100001", []string{"100001", "1 to 100000"}},
		{"provision --devices=ten", []string{"ten", "1 to 100000"}},
		{"provision --prefix=a/b", []string{"a/b", "20"}},
		{"provision --seed=x", []string{"x", "whole number"}},
		{"job create --selection=sometimes", []string{"sometimes", "continuous", "snapshot"}},
		{"job create --expires=59", []string{"59", "60 to 3600"}},
		{"job create --id=a.b", []string{"a.b", "64"}},
		{"job create --package=a/b", []string{"a/b"}},
		{"job create --version=1/0", []string{"1/0"}},
		{"job create --groups=a,a", []string{"a", "twice"}},
		{"simulate --success-rate=101", []string{"101", "0 to 100"}},
		{"simulate --success-rate=many", []string{"many", "0 to 100"}},
		{"simulate --scope=0", []string{"0"}},
		{"simulate --scope=some", []string{"some"}},
		{"simulate --job=a.b", []string{"a.b"}},
		{"simulate --seed=1.5", []string{"1.5"}},
		{"cleanup --scope=everything --confirm=DELETE", []string{"everything", "all", "things", "groups"}},
		{"cleanup --confirm=delete", []string{"delete", "DELETE"}},
		{"cleanup --prefix=a/b --confirm=DELETE", []string{"a/b"}},
		{"cleanup", []string{"--confirm", "DELETE", "--dry-run"}},
		{"tour --devices=0", []string{"0", "1 to 100000"}},
		{"tour --success-rate=-1", []string{"-1", "0 to 100"}},
		{"--lang=tlh", []string{"tlh", "en, ja"}},
		{"provision --cloud=gcp", []string{"--cloud", "gcp", "sandbox, aws"}},
		{"provision --mode=fast", []string{"--mode", "fast", "guided, presenter, express"}},
		{"provision --pace=fast", []string{"--pace", "fast", "off"}},
		{"provision --quotas=some", []string{"--quotas", "some", "aws, off"}},
		{"provision --consistency=some", []string{"--consistency", "some", "aws, immediate"}},
		{"provision --speed=0", []string{"--speed", "0"}},
		{"provision --speed=quick", []string{"speed", "quick"}},
		{"provision --endpoint-url=localhost", []string{"--endpoint-url", "localhost", "http://"}},
		{"provision --ephemeral", []string{"--state", "--ephemeral"}},
		{"provision --theme=neon", []string{"--theme", "neon", "auto, dark, light, contrast, colorblind"}},
		{"provision --nonsense", []string{"--nonsense", "--help"}},
		{"provision more", []string{"more", "--help"}},
		{"nonsense", []string{"nonsense", "--help"}},
		{"lessons nonsense", []string{"nonsense", "thing-types"}},
		{"sandbox reset", []string{"--yes"}},
		{"", []string{"terminal", "fleetlab tour"}},
	} {
		t.Run(c.args, func(t *testing.T) {
			t.Parallel()
			args := append(strings.Fields(c.args), "--state="+state)
			r := fleetlab(t, args...)
			if r.code != exitUsage {
				t.Errorf("exit code %d, want %d", r.code, exitUsage)
			}
			for _, w := range c.want {
				if !strings.Contains(r.err, w) {
					t.Errorf("%q is not in: %s", w, r.err)
				}
			}
			if strings.Contains(r.err, "!") && strings.Contains(r.err, "invalid.") {
				t.Errorf("a message is missing: %s", r.err)
			}
			if _, err := os.Stat(state); err == nil {
				t.Error("something was started")
			}
		})
	}
}

// The whole loop on the sandbox: the exit code, the words a person reads, and the counts in JSON.
func TestTour(t *testing.T) {
	t.Parallel()
	r := fleetlab(t, "tour", "--devices=12", "--yes", "--ephemeral", "--pace=off", "--quotas=off", "--speed=2000", "--lang=en", "--success-rate=50")
	if r.code != exitDone {
		t.Fatalf("exit code %d\n%s%s", r.code, r.out, r.err)
	}
	for _, want := range []string{
		"[12/12] Vehicle-VIN-0", "-> CREATED", "[1/12] Vehicle-VIN-001 -> ", "Downloading firmware from S3...", "Downloaded 64.", "Job execution SUCCEEDED", "Job execution FAILED",
		"Last look: nothing of ours is left",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(r.out, "!") && strings.Contains(r.out, "cli.") {
		t.Error("a message is missing")
	}
}

func TestTourAsJSON(t *testing.T) {
	t.Parallel()
	r := fleetlab(t, "tour", "--devices=6", "--yes", "--json", "--ephemeral", "--pace=off", "--quotas=off", "--speed=2000", "--lang=ja", "--success-rate=100")
	if r.code != exitDone {
		t.Fatalf("exit code %d\n%s", r.code, r.err)
	}
	ends, taught := map[string]event.Event{}, map[string][]string{}
	for line := range strings.Lines(r.out) {
		var e event.Event
		if err := json.Unmarshal([]byte(line), &e); err != nil {
			t.Fatalf("%v in %s", err, line)
		}
		if e.Lesson != "" {
			taught[e.Workflow] = append(taught[e.Workflow], e.Lesson)
		}
		if e.Kind == event.RunEnded {
			ends[e.Workflow] = e
		}
	}
	for _, w := range []string{"provision", "job-create", "simulate", "cleanup"} {
		if ends[w].Status != event.Done {
			t.Errorf("%s ended %q", w, ends[w].Status)
		}
	}
	if n := ends["provision"].Counts["thing"][event.Created]; n != 6 {
		t.Errorf("%d things created", n)
	}
	if n := ends["simulate"].Counts["execution"][event.Succeeded]; n != 6 {
		t.Errorf("%d executions succeeded", n)
	}
	if n := ends["cleanup"].Counts["thing"][event.Deleted]; n != 6 {
		t.Errorf("%d things deleted", n)
	}
	checkTaught(t, taught)
}

// checkTaught holds the lessons that the workflows' steps name to being those that are written for them.
func checkTaught(t *testing.T, taught map[string][]string) {
	t.Helper()
	all, err := lessons.All("ja")
	if err != nil {
		t.Fatal(err)
	}
	want := map[string][]string{}
	for _, l := range all {
		if l.Step != "" && l.ID != "target-selection" { // no targets are narrowed here
			want[l.Workflow] = append(want[l.Workflow], l.ID)
		}
	}
	if !reflect.DeepEqual(taught, want) {
		t.Errorf("the lessons of the steps are %v, want %v", taught, want)
	}
}

func TestQuotas(t *testing.T) {
	t.Parallel()
	r := fleetlab(t, "sandbox", "quotas", "--lang=en")
	for _, want := range []string{
		"iot            100       400 ThrottlingException  CreateThing\n", "StartNextPendingJobExecution + UpdateJobExecution\n",
		"410 LimitExceededException          targets of a job\n",
	} {
		if !strings.Contains(r.out, want) {
			t.Errorf("%q is missing in\n%s", want, r.out)
		}
	}
	var v struct {
		Rates, Limits []struct{ Service, Code string }
	}
	r = fleetlab(t, "sandbox", "quotas", "--json")
	if err := json.Unmarshal([]byte(r.out), &v); err != nil || len(v.Rates) < 50 || len(v.Limits) < 20 || v.Limits[0].Code == "" {
		t.Errorf("%d rates, %d limits, %v", len(v.Rates), len(v.Limits), err)
	}
}

func TestDryRunsChangeNothing(t *testing.T) {
	t.Parallel()
	state := t.TempDir()
	common := []string{"--state=" + state, "--pace=off", "--quotas=off", "--lang=en"}
	if r := fleetlab(t, append(common, "provision", "--devices=3", "--dry-run")...); r.code != exitDone || !strings.Contains(r.out, "API calls") {
		t.Errorf("provision: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := fleetlab(t, append(common, "cleanup", "--dry-run")...); r.code != exitDone || !strings.Contains(r.out, "nothing of ours") {
		t.Errorf("cleanup: exit code %d: %s%s", r.code, r.out, r.err)
	}
	if r := fleetlab(t, append(common, "job", "create")...); r.code != exitUsage || !strings.Contains(r.err, "provision") {
		t.Errorf("a job for no fleet: exit code %d: %s%s", r.code, r.out, r.err)
	}
}

func TestHelp(t *testing.T) {
	t.Parallel()
	for _, lang := range []string{"en", "ja"} {
		for _, cmd := range []string{"", "provision", "job create", "simulate", "cleanup", "tour", "sandbox", "sandbox env", "lessons", "lessons reset"} {
			r := fleetlab(t, append(strings.Fields(cmd), "--help", "--lang="+lang)...)
			if r.code != exitDone || strings.Contains(r.out, "!about.") || strings.Contains(r.out, "!flag.") || strings.Contains(r.out, "!cmd.") {
				t.Errorf("%s --help in %s: exit code %d\n%s", cmd, lang, r.code, r.out)
			}
		}
	}
}
