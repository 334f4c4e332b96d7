package simulate

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"pgregory.net/rapid"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func fleetOf(n int) []Device {
	devices := make([]Device, n)
	for i := range devices {
		devices[i] = Device{Thing: fleet.ThingName(fleet.DefaultPrefix, i+1), Job: "job", Number: 1}
	}
	return devices
}

func failing(devices []Device) map[string]string {
	m := map[string]string{}
	for _, d := range devices {
		if d.Reason != "" {
			m[d.Thing] = d.Reason
		}
	}
	return m
}

func draw(devices []Device, in Input, download bool) {
	assign(devices, in, map[string]bool{"job": download})
}

func with(rate int, seed int64) Input {
	in := Defaults()
	in.SuccessRate, in.Seed = rate, seed
	return in
}

func TestAssignIsExactAndFollowsTheSeed(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 300).Draw(t, "devices")
		rate := rapid.IntRange(0, 100).Draw(t, "rate")
		in := with(rate, rapid.Int64().Draw(t, "seed"))
		in.Offline = rapid.IntRange(0, 100).Draw(t, "offline")
		download := rapid.Bool().Draw(t, "download")
		a, b := fleetOf(n), fleetOf(n)
		rand.New(rand.NewPCG(uint64(in.Seed), 1)).Shuffle(n, func(i, j int) { b[i], b[j] = b[j], b[i] })
		draw(a, in, download)
		draw(b, in, download)
		slices.SortFunc(b, func(x, y Device) int { return strings.Compare(x.Thing, y.Thing) })
		slices.SortFunc(a, func(x, y Device) int { return strings.Compare(x.Thing, y.Thing) })
		if !slices.Equal(a, b) {
			t.Fatalf("another order gives other outcomes: %v, %v", a, b)
		}
		got := failing(a)
		if want := n - int(math.Round(float64(n*rate)/100)); len(got) != want {
			t.Fatalf("%d of %d fail at %d per cent, want %d", len(got), n, rate, want)
		}
		for thing, reason := range got {
			if NeedsDownload(reason) && !download {
				t.Fatalf("%s fails with %s, but there is nothing to download", thing, reason)
			}
		}
		// At a lower rate the same devices fail, and more.
		lower := fleetOf(n)
		in.SuccessRate = rapid.IntRange(0, rate).Draw(t, "lower rate")
		draw(lower, in, download)
		for thing, reason := range got {
			if failing(lower)[thing] != reason {
				t.Fatalf("%s does not fail with %s at a lower rate", thing, reason)
			}
		}
	})
}

func TestSeedsDiffer(t *testing.T) {
	t.Parallel()
	a, b := fleetOf(100), fleetOf(100)
	draw(a, with(50, 1), true)
	draw(b, with(50, 2), true)
	if fmt.Sprint(failing(a)) == fmt.Sprint(failing(b)) {
		t.Error("the seed changes nothing")
	}
	if sorted := slices.IndexFunc(a, func(d Device) bool { return d.Reason != "" }); sorted < 0 || sorted == 50 {
		t.Error("the failures are the end of the list")
	}
}

func TestLinesAreThePlan(t *testing.T) {
	t.Parallel()
	p := Plan{Devices: fleetOf(3)}
	p.Devices[1].Reason = LowBattery
	p.count()
	var got []string
	for e := range p.Lines() {
		got = append(got, fmt.Sprintf("[%d/%d] %s -> %s %s", e.Done, e.Total, e.Subject, e.Status, e.Detail["reason"]))
	}
	want := "[1/3] Vehicle-VIN-001 -> SUCCESS |[2/3] Vehicle-VIN-002 -> FAILURE low-battery|[3/3] Vehicle-VIN-003 -> SUCCESS "
	expect(t, "lines", strings.Join(got, "|"), want)
	for range p.Lines() {
		break // an early end must not panic
	}
	b, err := json.Marshal(p)
	if err != nil || !strings.Contains(string(b), `{"thing":"Vehicle-VIN-002","job":"job","execution":1,"reason":"low-battery"}`) {
		t.Errorf("%s, %v", b, err)
	}
}

func TestInputRefusesWithTheReason(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		field, text string
		want        fleet.Reason
	}{
		{FieldJob, "no spaces", fleet.BadName},
		{FieldJob, strings.Repeat("x", 65), fleet.BadName},
		{FieldJob, "a,a", fleet.Twice},
		{FieldJob, "a,,b", fleet.Empty},
		{FieldFailures, "flat-tyre:1", fleet.NoSuch},
		{FieldFailures, "low-battery", BadWeight},
		{FieldFailures, "low-battery:-1", BadWeight},
		{FieldFailures, "low-battery:1001", BadWeight},
		{FieldFailures, "low-battery:1,low-battery:2", fleet.Twice},
		{FieldFailures, "", fleet.Empty},
		{FieldDeviceSpeed, "warp", fleet.NoSuch},
		{FieldDeviceSpeed, "", fleet.Empty},
		{FieldOffline, "101", fleet.OutOfRange},
		{FieldOfflineFor, "0", fleet.OutOfRange},
		{FieldScope, "group:", fleet.Empty},
		{FieldScope, "group:no spaces", fleet.BadName},
		{FieldSuccessRate, "", fleet.Empty},
		{FieldSuccessRate, "101", fleet.OutOfRange},
		{FieldSuccessRate, "-1", fleet.OutOfRange},
		{FieldSuccessRate, "90%", fleet.NotANumber},
		{FieldSuccessRate, "nan", fleet.NotANumber},
		{FieldSeed, "1.5", fleet.NotANumber},
		{FieldSeed, "", fleet.Empty},
		{FieldScope, "0", fleet.OutOfRange},
		{FieldScope, "ALLL", fleet.NotANumber},
		{FieldScope, "", fleet.Empty},
		{"speed", "1", fleet.NoSuch},
	} {
		in := Defaults()
		err := in.Set(x.field, x.text)
		fe, ok := fleet.AsFieldError(err)
		if !ok || fe.Reason != x.want || fe.Field != x.field {
			t.Errorf("%s %q: %v, want %s", x.field, x.text, err, x.want)
		}
		if in != Defaults() {
			t.Errorf("%s %q was refused and changed the input", x.field, x.text)
		}
	}
	bad := Defaults()
	bad.SuccessRate = 200
	if fe, ok := fleet.AsFieldError(bad.Validate()); !ok || fe.Field != FieldSuccessRate {
		t.Errorf("validate: %v", bad.Validate())
	}
}

func TestInputReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for field, texts := range map[string][]string{
		FieldJob: {"", "fleetlab-ota-20261123-101530", "a,b"}, FieldSuccessRate: {"0", "100"}, FieldSeed: {"-7", "9223372036854775807"},
		FieldScope: {"all", "1", "100000", "group:US_Fleet"}, FieldFailures: {"none", "low-battery:2", "download-interrupted:4,silent:1"},
		FieldDeviceSpeed: Speeds(), FieldOffline: {"0", "30"}, FieldOfflineFor: {"1", "3600"},
	} {
		for _, text := range texts {
			in := with(100, 1)
			if err := in.Set(field, " "+text+" "); err != nil || in.Get(field) != text || in.Validate() != nil {
				t.Errorf("%s %q: %v, reads %q", field, text, err, in.Get(field))
			}
		}
	}
}

func TestPrepareRefuses(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	refused := func(in Input, want fleet.Reason) *fleet.FieldError {
		t.Helper()
		st, _ := stage()
		_, err := Prepare(t.Context(), w.Cloud, in, st)
		fe, ok := fleet.AsFieldError(err)
		if !ok || fe.Field != FieldJob || fe.Reason != want {
			t.Fatalf("%+v: %v, want %s", in, err, want)
		}
		return fe
	}
	refused(Defaults(), fleet.NothingToDo)
	refused(all("none", 90), fleet.NothingToDo)
	w.custom("first")
	w.custom("second", continuous)
	fe := refused(all("none", 90), fleet.NotInCloud)
	if choices, _ := fe.Args["choices"].(string); !strings.Contains(choices, "first") || !strings.Contains(choices, "second") {
		t.Errorf("choices are %q", choices)
	}
	w.run(t.Context(), w.prepare(all("second", 100)))
	fe = refused(all("second", 90), fleet.NothingToDo)
	expect(t, "status", fe.Args["status"], any("IN_PROGRESS"))

	// The newest one has nothing to do any more: the other is chosen.
	expect(t, "job", w.prepare(Defaults()).Jobs[0].ID, "first")
	w.run(t.Context(), w.prepare(Defaults()))
	refused(Defaults(), fleet.NothingToDo)
	expect(t, "status", refused(all("first", 90), fleet.NothingToDo).Args["status"], any("COMPLETED"))
}

func TestScopeTakesTheFirstByName(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5)
	w.custom("job")
	in := all("job", 100)
	in.Scope = 2
	p := w.prepare(in)
	expect(t, "pending", p.Pending, 5)
	expect(t, "devices", len(p.Devices), 2)
	expect(t, "first", p.Devices[0].Thing, "Vehicle-VIN-001")
	expect(t, "calls", p.Estimate.Calls, 6) // two updates each, and the job twice
	rep, _ := w.run(t.Context(), p)
	expect(t, "cloud", rep.Jobs[0].Counts, fleet.JobCounts{Queued: 3, Succeeded: 2})
	in.Scope = 50
	expect(t, "rest", len(w.prepare(in).Devices), 3)
}

func TestCustomJobsHaveNoDownload(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 10)
	w.custom("job", func(in *iot.CreateJobInput) { in.Document = aws.String(`["any","JSON"]`) })
	p := w.prepare(all("job", 50))
	expect(t, "download", p.Download, false)
	expect(t, "downloads", p.Estimate.Downloads, 0)
	rep, events := w.run(t.Context(), p)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "downloads", countEvents(events, event.Downloading), 0)
	expect(t, "failed", w.counts("job").Failed+w.counts("job").Rejected, 5)
	for reason := range rep.Reasons {
		if NeedsDownload(reason) {
			t.Errorf("reason %s", reason)
		}
	}
}

func TestJobsTellsWhatIsPending(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 3)
	w.ota("busy")
	w.custom("idle", continuous)
	w.run(t.Context(), w.prepare(all("idle", 100)))
	list, err := Jobs(t.Context(), w.Cloud)
	w.must(err)
	expect(t, "jobs", len(list), 2)
	for _, j := range list {
		expect(t, j.ID+" is idle", j.Idle(), j.ID == "idle")
		if j.ID == "busy" {
			expect(t, "packages", strings.Join(j.Packages, ","), "SedanVehicle/1.1.0")
			expect(t, "pending", j.Counts.Pending(), 3)
		}
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	var times []end
	for i := range 10 {
		times = append(times, end{seconds: float32(i + 1)})
	}
	for p, want := range map[int]float64{50: 5, 90: 9, 99: 10, 100: 10} {
		expect(t, fmt.Sprint("percentile ", p), percentile(times, p), want)
	}
	expect(t, "of nothing", percentile(nil, 50), 0)
}

// What a device says of an error must be something that AWS takes as a value of the status details.
func FuzzDetailSuitsTheCloud(f *testing.F) {
	f.Add("plain")
	f.Add("line\nbreak\x00 and \xff")
	f.Add(strings.Repeat("é", 500))
	f.Fuzz(func(t *testing.T, text string) {
		got := ending{reason: DownloadFailed, err: errors.New("x" + text)}.detail()
		if got == "" || !utf8.ValidString(got) || utf8.RuneCountInString(got) > maxDetail ||
			strings.ContainsFunc(got, func(r rune) bool { return unicode.Is(unicode.C, r) }) {
			t.Errorf("%q becomes %q", text, got)
		}
	})
}

func TestPlannedReasonsHaveDetails(t *testing.T) {
	t.Parallel()
	for _, reason := range Kinds() {
		if (ending{reason: reason}).detail() == "" {
			t.Errorf("%s says nothing", reason)
		}
	}
}
