package locale

import (
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func TestDetect(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		env  map[string]string
		want string
	}{
		{nil, "en"},
		{map[string]string{"LANG": "ja_JP.UTF-8"}, "ja"},
		{map[string]string{"LANG": "ja_JP.UTF-8", "LC_ALL": "C"}, "en"},
		{map[string]string{"LANG": "en_US.UTF-8", "LC_MESSAGES": "ja"}, "ja"},
		{map[string]string{"LANG": "javanese"}, "en"},
		{map[string]string{"LANG": "de_DE.UTF-8"}, "en"},
	} {
		if got := Detect(func(k string) string { return c.env[k] }); got != c.want {
			t.Errorf("Detect(%v) = %s, want %s", c.env, got, c.want)
		}
	}
}

func TestNewRefusesUnknownLanguage(t *testing.T) {
	t.Parallel()
	_, err := New("xx")
	if err == nil || !strings.Contains(err.Error(), `"xx"`) || !strings.Contains(err.Error(), "--lang") {
		t.Errorf("error %v names neither the value nor the remedy", err)
	}
}

func TestT(t *testing.T) {
	t.Parallel()
	en, ja := printers(t)["en"], printers(t)["ja"]
	for _, c := range []struct{ got, want string }{
		{en.T("log.lines", "Count", 1), "1 line"},
		{en.T("log.lines", "Count", 0), "0 lines"},
		{en.T("log.lines", "Count", 12345), "12,345 lines"},
		{ja.T("log.lines", "Count", 1), "1 行"},
		{en.T("no.such.message"), "!no.such.message!"},
		{en.T("progress.left"), "!Duration! left"},
		{en.T("progress.left", "Duration", 80*time.Second), "1m20s left"},
		{en.T("keys.back"), "back"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestLoadRefusesBadCatalogues(t *testing.T) {
	t.Parallel()
	for name, files := range map[string]map[string]string{
		"message":  {"en/a.json": `{"a": "{{range .X}}"}`},
		"another":  {"en/a.json": `{"a": "x"}`, "en/b.json": `{"a": "y"}`},
		"parse":    {"en/a.json": `{"a": `},
		"{{.Name}": {"en/a.json": `{"a": "{{ index .A 1 }}"}`},
	} {
		fsys := fstest.MapFS{}
		for f, s := range files {
			fsys[f] = &fstest.MapFile{Data: []byte(s)}
		}
		if _, err := load(fsys, "en"); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("load(%v) = %v, want an error with %q", files, err, name)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	p := printers(t)["en"]
	for _, c := range []struct{ got, want string }{
		{p.Size(0), "0B"}, {p.Size(1023), "1023B"}, {p.Size(2150), "2.1KB"}, {p.Size(4 << 20), "4.0MB"}, {p.Size(5 << 30), "5.0GB"},
		{p.Duration(-time.Second), "0s"}, {p.Duration(0), "0s"}, {p.Duration(time.Microsecond), "1ms"}, {p.Duration(350 * time.Millisecond), "350ms"}, {p.Duration(4 * time.Second), "4s"},
		{p.Duration(59*time.Second + 700*time.Millisecond), "1m00s"}, {p.Duration(80 * time.Second), "1m20s"}, {p.Duration(2*time.Hour + 5*time.Minute), "2h05m"},
		{p.Rate(79.84), "79.8/s"}, {p.Number(1234567), "1,234,567"}, {p.Number(-1000), "-1,000"}, {p.Number(999), "999"},
		{p.Dollars(0), "$0.00"}, {p.Dollars(0.004), "< $0.01"}, {p.Dollars(12.345), "$12.35"},
		{p.Percent(999, 1000), "99 %"}, {p.Percent(1000, 1000), "100 %"}, {p.Percent(1, 0), "0 %"},
	} {
		if c.got != c.want {
			t.Errorf("got %q, want %q", c.got, c.want)
		}
	}
}

func TestEventLines(t *testing.T) {
	t.Parallel()
	en, ja := printers(t)["en"], printers(t)["ja"]
	created := event.Event{
		Workflow: "provision", Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-0640", Status: event.Created, Done: 640, Total: 1000,
		Detail: map[string]string{"group": "US_Fleet", "country": "US", "type": "SedanVehicle"},
	}
	device := event.Event{Workflow: "simulate", Kind: event.Item, Resource: "job-execution", Subject: "Vehicle-VIN-001"}
	with := func(e event.Event, s event.Status) event.Event { e.Status, e.Bytes = s, 2150; return e }
	failed := with(device, event.Failed)
	failed.Fault = &event.Fault{Class: "checksum", Message: "sha256 differs"}
	counts := event.Counts{"thing": {event.Created: 1000, event.Failed: 2}}
	for _, c := range []struct{ got, want string }{
		{en.Event(created), "[640/1000] Vehicle-VIN-0640 -> CREATED  SedanVehicle  US  US_Fleet"},
		{ja.Event(created), "[640/1000] Vehicle-VIN-0640 -> CREATED  SedanVehicle  US  US_Fleet"},
		{en.Event(with(device, event.Downloading)), "Vehicle-VIN-001: Downloading firmware from S3..."},
		{en.Event(with(device, event.Downloaded)), "Vehicle-VIN-001: Downloaded 2.1KB firmware"},
		{en.Event(with(device, event.Succeeded)), "Vehicle-VIN-001: Job execution SUCCEEDED"},
		{ja.Event(with(device, event.Succeeded)), "Vehicle-VIN-001: ジョブ実行 SUCCEEDED"},
		{en.Event(failed), "Vehicle-VIN-001: Job execution FAILED  sha256 differs (the download differs from what was uploaded; provision again)"},
		{en.Event(event.Event{Kind: event.Plan, Subject: "Vehicle-VIN-001", Status: event.Success, Done: 1, Total: 100}), "[1/100] Vehicle-VIN-001 -> SUCCESS"},
		{en.Event(event.Event{Kind: event.Item, Resource: "thing-type", Subject: "SedanVehicle", Status: event.Exists}), "thing type SedanVehicle -> EXISTS"},
		{en.Event(event.Event{Kind: event.RunStarted, Workflow: "provision", Total: 1}), "Provision started: 1 item planned"},
		{en.Event(event.Event{Kind: event.RunEnded, Workflow: "provision", Status: event.Partial, Seconds: 80, Counts: counts}), "Provision: PARTIAL after 1m20s  thing CREATED 1,000, FAILED 2"},
		{en.Event(event.Event{Kind: event.StepStarted, Workflow: "x", Step: "no-such-step"}), "Step: no-such-step"},
		{en.Event(event.Event{Kind: event.Waiting, Status: "SOMETHING_NEW", Subject: "a", Seconds: 300}), "Waiting: SOMETHING_NEW a, up to 5m00s"},
		{en.Event(event.Event{Kind: event.Warning, Status: "NO_LOG_FILE"}), "Warning: the complete log cannot be kept on disk"},
		{en.Event(event.Event{Kind: event.Item, Subject: "a\x1b[2J\nb", Status: event.Created}), "a b -> CREATED"},
	} {
		if c.got != c.want {
			t.Errorf("got  %q\nwant %q", c.got, c.want)
		}
	}
}

func TestEveryReasonNamesFieldValueAndRemedy(t *testing.T) {
	t.Parallel()
	for lang, p := range printers(t) {
		for _, r := range []fleet.Reason{
			fleet.Empty, fleet.NotANumber, fleet.OutOfRange, fleet.BadName, fleet.BadVersion, fleet.Twice, fleet.TooMany, fleet.NoSuch,
			fleet.NotInCloud, fleet.NotPublished, fleet.Taken, fleet.NothingToDo, fleet.TooLong, fleet.WrongWord,
			fleet.BadForm, fleet.WorksWith, fleet.Needs, fleet.TakenTry, fleet.BadJSON, fleet.OpenJSON, fleet.BadHolder, fleet.OpenHolder, fleet.TooBig, fleet.NoArtifact,
		} {
			err := fleet.Refuse("zz-field", "VALUE", r, "min", 1, "max", int64(9), "item", "VALUE", "allowed", "a-z", "choices", []string{"b", "c"},
				"status", "DRAFT", "step", "provision", "word", "DELETE", "form", "a:b", "other", "job", "want", "x", "free", "VALUE-2",
				"line", 1, "column", 2, "bytes", "VALUE")
			got := p.Field(err)
			if strings.Contains(got, "!") {
				t.Errorf("%s %s: %q", lang, r, got)
			}
			if !strings.Contains(got, "--zz-field") {
				t.Errorf("%s %s: %q does not name the field", lang, r, got)
			}
			if r != fleet.Empty && r != fleet.NothingToDo && r != fleet.OpenJSON && !strings.Contains(got, "VALUE") {
				t.Errorf("%s %s: %q does not name the value", lang, r, got)
			}
		}
		if got := p.Field(errors.New("other")); got != "other" {
			t.Errorf("%s: %q", lang, got)
		}
	}
}

func BenchmarkEvent(b *testing.B) {
	p, err := New("ja")
	if err != nil {
		b.Fatal(err)
	}
	e := event.Event{Kind: event.Item, Resource: "thing", Subject: "Vehicle-VIN-0640", Status: event.Created, Done: 640, Total: 1000,
		Detail: map[string]string{"group": "US_Fleet", "country": "US", "type": "SedanVehicle"}}
	d := event.Event{Kind: event.Item, Resource: "job-execution", Subject: "Vehicle-VIN-0640", Status: event.Downloaded, Bytes: 2150}
	b.ReportAllocs()
	for b.Loop() {
		p.Event(e)
		p.Event(d)
	}
}
