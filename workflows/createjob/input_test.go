package createjob

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"fleetlab/workflows/fleet"
)

// refusals are texts that a field does not take, and why.
var refusals = []struct {
	field, text string
	want        fleet.Reason
}{
	{FieldType, "", fleet.Empty},
	{FieldType, "update", fleet.NoSuch},
	{FieldGroups, "US_Fleet,,CA_Fleet", fleet.Empty},
	{FieldGroups, "US_Fleet,US_Fleet", fleet.Twice},
	{FieldGroups, "US Fleet", fleet.BadName},
	{FieldGroups, "a" + strings.Repeat(",x", 100), fleet.Twice},
	{FieldGroups, many(101), fleet.TooMany},
	{FieldThings, "a b", fleet.BadName},
	{FieldThings, many(101), fleet.TooMany},
	{FieldPackage, "Sedan/Vehicle", fleet.BadForm},
	{FieldPackage, "Sed@n", fleet.BadName},
	{FieldPackage, many(26), fleet.TooMany},
	{FieldPackage, "a/$null", fleet.BadForm},
	{FieldVersion, "latest", fleet.BadVersion},
	{FieldNarrow, "", fleet.Empty},
	{FieldNarrow, "perhaps", fleet.NoSuch},
	{FieldDocument, "{", fleet.OpenJSON},
	{FieldPreset, "format", fleet.NoSuch},
	{FieldTemplate, "a.b", fleet.BadName},
	{FieldSaveTemplate, "a b", fleet.BadName},
	{FieldSelection, "", fleet.Empty},
	{FieldSelection, "sometimes", fleet.NoSuch},
	{FieldRollout, "0", fleet.OutOfRange},
	{FieldRollout, "1001", fleet.OutOfRange},
	{FieldRollout, "fast", fleet.BadForm},
	{FieldBase, "0", fleet.OutOfRange},
	{FieldBase, "1001", fleet.OutOfRange},
	{FieldBase, "", fleet.Empty},
	{FieldFactor, "1", fleet.OutOfRange},
	{FieldFactor, "5.1", fleet.OutOfRange},
	{FieldFactor, "1.25", fleet.BadForm},
	{FieldFactor, "", fleet.Empty},
	{FieldIncrease, "50", fleet.BadForm},
	{FieldIncrease, "failed:50", fleet.BadForm},
	{FieldIncrease, "notified:0", fleet.OutOfRange},
	{FieldIncrease, "notified:many", fleet.NotANumber},
	{FieldMaximum, "1001", fleet.OutOfRange},
	{FieldAbort, "FAILED:10", fleet.BadForm},
	{FieldAbort, "BROKEN:10:100", fleet.BadForm},
	{FieldAbort, "FAILED:1.234:100", fleet.BadForm},
	{FieldAbort, "FAILED:100.01:100", fleet.OutOfRange},
	{FieldAbort, "FAILED:0:100", fleet.OutOfRange},
	{FieldAbort, "FAILED:10:0", fleet.OutOfRange},
	{FieldAbort, "FAILED:10:100,", fleet.Empty},
	{FieldAbort, "FAILED:10:100,failed:10:100", fleet.Twice},
	{FieldTimeout, "0", fleet.OutOfRange},
	{FieldTimeout, "10081", fleet.OutOfRange},
	{FieldTimeout, "1h", fleet.NotANumber},
	{FieldRetry, "FAILED", fleet.BadForm},
	{FieldRetry, "REJECTED:1", fleet.BadForm},
	{FieldRetry, "FAILED:11", fleet.OutOfRange},
	{FieldRetry, "FAILED:6,TIMED_OUT:5", fleet.OutOfRange},
	{FieldRetry, "FAILED:1,FAILED:2", fleet.Twice},
	{FieldRetry, "ALL:1,FAILED:2", fleet.Twice},
	{FieldStart, "tomorrow", fleet.BadForm},
	{FieldStart, "+29m", fleet.OutOfRange},
	{FieldStart, "+9000h", fleet.OutOfRange},
	{FieldStart, "2020-01-01 00:00", fleet.OutOfRange},
	{FieldStart, "+-3h", fleet.BadForm},
	{FieldEnd, "2020-01-01T00:00", fleet.OutOfRange},
	{FieldEnd, "+18000h", fleet.OutOfRange},
	{FieldEndBehavior, "stop", fleet.NoSuch},
	{FieldWindows, "cron(0 2 * * ? *)", fleet.BadForm},
	{FieldWindows, "cron(0 2 * * * *)/60", fleet.BadForm},
	{FieldWindows, "cron(60 2 * * ? *)/60", fleet.BadForm},
	{FieldWindows, "cron(0 2 * * ? *)/0", fleet.OutOfRange},
	{FieldWindows, "cron(0 2 * * ? *)/1431", fleet.OutOfRange},
	{FieldWindows, "cron(0 2 * * ? *)/60,nightly", fleet.BadForm},
	{FieldExpires, "59", fleet.OutOfRange},
	{FieldExpires, "3601", fleet.OutOfRange},
	{FieldExpires, "1h", fleet.NotANumber},
	{FieldExpires, "", fleet.Empty},
	{FieldTags, "team", fleet.BadForm},
	{FieldTags, "=brakes", fleet.BadForm},
	{FieldTags, "aws:team=x", fleet.BadForm},
	{FieldTags, "team=a;b", fleet.BadForm},
	{FieldTags, "a=1,a=2", fleet.Twice},
	{FieldTags, fleet.TagCreatedBy + "=me", fleet.Twice},
	{FieldTags, strings.ReplaceAll(many(49), ",", "=1,") + "=1", fleet.TooMany},
	{FieldID, "my job", fleet.BadName},
	{FieldID, strings.Repeat("x", 65), fleet.BadName},
	{FieldDescription, "two\nlines", fleet.BadName},
	{FieldDescription, "\xff", fleet.BadName},
	{FieldDescription, strings.Repeat("é", 2029), fleet.TooLong},
	{"speed", "1", fleet.NoSuch},
}

func TestInputRefusesWithTheReason(t *testing.T) {
	t.Parallel()
	for _, x := range refusals {
		in := Defaults()
		err := in.Set(x.field, x.text)
		fe, ok := fleet.AsFieldError(err)
		if !ok || fe.Reason != x.want || fe.Field != x.field {
			t.Errorf("%s %.40q: %v, want %s", x.field, x.text, err, x.want)
		}
		want := Defaults()
		for _, f := range in.Names() {
			if in.Get(f) != want.Get(f) {
				t.Errorf("%s %.40q was refused and changed %s", x.field, x.text, f)
			}
		}
	}
	bad := Defaults()
	bad.Expires = 1
	if fe, ok := fleet.AsFieldError(bad.Validate()); !ok || fe.Field != FieldExpires {
		t.Errorf("validate: %v", bad.Validate())
	}
}

func many(n int) string {
	var names []string
	for i := range n {
		names = append(names, fleet.ThingName("g", i))
	}
	return strings.Join(names, ",")
}

func TestInputReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	for field, texts := range map[string][]string{
		FieldType: {OTA}, FieldGroups: {"", "US_Fleet", "US_Fleet,a:b", many(100)}, FieldThings: {"", "a:b,c"},
		FieldPackage: {"", "SedanVehicle", "Sedan/1.0.0,SUV,Truck/$default"}, FieldVersion: {"", "1.10.0"}, FieldNarrow: {No, Yes},
		FieldTemplate: {"", "nightly"}, FieldSaveTemplate: {"", "nightly"}, FieldSelection: {Snapshot, Continuous},
		FieldRollout: {"", "1", "1000", "exponential"}, FieldBase: {"1", "1000"}, FieldFactor: {"1.1", "2", "5"},
		FieldIncrease: {"notified:1", "succeeded:1000"}, FieldMaximum: {"1", "1000"},
		FieldAbort: {"", "FAILED:10:100", "ALL:0.01:1,TIMED_OUT:99.5:7"}, FieldTimeout: {"", "1", "10080"}, FieldRetry: {"", "FAILED:10", "ALL:0"},
		FieldStart: {"", "+45m"}, FieldEnd: {"", "+2h"}, FieldEndBehavior: {StopRollout},
		FieldWindows: {"", "cron(0 2 * * ? *)/60", "cron(0 2,3 ? * MON-FRI *)/60,cron(0/15 5 L JAN,FEB ? 2027)/1430", "cron(0 0 ? * FRI#2 *)/1,cron(0 0 15W * ? *)/2"},
		FieldExpires: {"60", "3600"}, FieldTags: {"", "team=brakes,stage="}, FieldID: {"", "a-b_c"}, FieldDescription: {"", "new brakes – für alle"},
	} {
		for _, text := range texts {
			in := Defaults()
			if err := in.Set(field, " "+text+" "); err != nil || in.Get(field) != text {
				t.Errorf("%s %.40q: %v, reads %.40q", field, text, err, in.Get(field))
			}
		}
	}
}

// Whatever is typed into whichever field: it is refused and changes nothing, or it is read again as it is written.
func FuzzSet(f *testing.F) {
	for _, x := range refusals {
		f.Add(x.field, x.text)
	}
	for _, x := range [][2]string{{FieldWindows, "cron(0 2,3 ? * MON-FRI *)/60,cron(0 0 L * ? *)/1"}, {FieldAbort, "all:0.5:1"}, {FieldStart, "+1H"}, {FieldTags, "a = b"}} {
		f.Add(x[0], x[1])
	}
	f.Fuzz(func(t *testing.T, field, text string) {
		in, before := Defaults(), Defaults()
		if err := in.Set(field, text); err != nil {
			fe, ok := fleet.AsFieldError(err)
			if !ok || fe.Field != field || in.Get(field) != before.Get(field) {
				t.Errorf("%s %q: %v", field, text, err)
			}
			return
		}
		written := in.Get(field)
		if err := in.Set(field, written); err != nil || in.Get(field) != written {
			t.Errorf("%s %q is written %q, and read again: %v, %q", field, text, written, err, in.Get(field))
		}
	})
}

// What holds between fields is told at the field that a person would change, and Validate tells it too.
func TestRulesBetweenFields(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		texts string // field=text, separated by blanks
		field string
		want  fleet.Reason
	}{
		{"groups=" + many(60) + " things=" + many(41), FieldThings, fleet.TooMany},
		{`document={"a":1}`, FieldDocument, fleet.WorksWith},
		{"type=custom", FieldDocument, fleet.Empty},
		{"preset=reboot", FieldPreset, fleet.WorksWith},
		{"package=a/1.0,a/2.0", FieldPackage, fleet.Twice},
		{"package=" + many(11), FieldPackage, fleet.TooMany},
		{"package=a,b narrow=yes", FieldPackage, fleet.TooMany},
		{"type=custom preset=reboot narrow=yes", FieldNarrow, fleet.WorksWith},
		{"rollout=exponential rollout-base=500 rollout-max=400", FieldMaximum, fleet.OutOfRange},
		{"retry=TIMED_OUT:1", FieldRetry, fleet.Needs},
		{"start=+2h end=" + time.Now().UTC().Add(time.Hour).Format("2006-01-02T15:04"), FieldEnd, fleet.OutOfRange},
		{"end-behavior=cancel", FieldEndBehavior, fleet.Needs},
		{"selection=snapshot windows=cron(0_2_*_*_?_*)/60", FieldWindows, fleet.WorksWith},
		{`type=custom document={"a":"${aws:iot:package:P:version:1.0:attributes:k}"}`, FieldDocument, fleet.WorksWith},
		{`type=custom package=P/2.0 document={"a":"${aws:iot:package:P:version:1.0:attributes}"}`, FieldDocument, fleet.WorksWith},
		{`type=custom package=P,Q document={"a":"${aws:iot:package::version::attributes}"}`, FieldDocument, fleet.Needs},
		{`type=custom package=P document={"a":"${aws:iot:package::version::attributes}"}`, "", ""},
		{"type=custom preset=reboot", "", ""},
		{"retry=TIMED_OUT:1 timeout=5", "", ""},
		{"start=+45m end=+2h end-behavior=cancel windows=cron(0_2_*_*_?_*)/60", "", ""},
	} {
		in := Defaults()
		for pair := range strings.FieldsSeq(x.texts) {
			field, text, _ := strings.Cut(pair, "=")
			if field == FieldWindows {
				text = strings.ReplaceAll(text, "_", " ")
			}
			if err := in.Set(field, text); err != nil {
				t.Fatalf("%.60s: %v", pair, err)
			}
		}
		all, err := in.Problems(), in.Validate()
		if x.field == "" {
			if len(all) > 0 || err != nil {
				t.Errorf("%.60s: %v", x.texts, all)
			}
			continue
		}
		if len(all) != 1 || all[0].Field != x.field || all[0].Reason != x.want || fmt.Sprint(err) != all[0].Error() {
			t.Errorf("%.60s: %v and %v, want %s %s", x.texts, all, err, x.field, x.want)
		}
	}
}

func TestFieldsApplyWhereTheyMeanSomething(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		set     func(*Input)
		without []string // fields that do not apply
	}{
		{func(*Input) {}, []string{FieldDocument, FieldPreset, FieldBase, FieldFactor, FieldIncrease, FieldMaximum, FieldEndBehavior}},
		{func(in *Input) { in.Type = Custom }, []string{FieldVersion, FieldNarrow, FieldBase, FieldFactor, FieldIncrease, FieldMaximum, FieldEndBehavior}},
		{func(in *Input) { in.Rollout.Kind, in.Schedule.End = RolloutExponential, "+2h" }, []string{FieldDocument, FieldPreset}},
		{func(in *Input) { in.Selection = Snapshot }, []string{FieldDocument, FieldPreset, FieldBase, FieldFactor, FieldIncrease, FieldMaximum, FieldEndBehavior, FieldWindows}},
	} {
		in := with(x.set)
		var without []string
		for _, f := range in.Names() {
			if !in.Applies(f) {
				without = append(without, f)
			}
		}
		if !slices.Equal(without, x.without) {
			t.Errorf("%v do not apply, want %v", without, x.without)
		}
	}
}

// Times are read to the minute, and relative ones are not earlier than AWS takes them.
func TestScheduleTimes(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 23, 10, 15, 30, 0, time.UTC)
	start, end := Schedule{Start: "+30m", End: "+1h"}.times(now)
	expect(t, "start", start.Format(timeForm), "2026-11-23 10:46")
	expect(t, "end", end.Format(timeForm), "2026-11-23 11:46")
	if _, end = (Schedule{End: "+1h"}).times(now); end.Format(timeForm) != "2026-11-23 11:16" {
		t.Errorf("end %v", end)
	}
	in := Defaults()
	at := time.Now().UTC().Add(48 * time.Hour)
	if err := in.Set(FieldStart, at.Format("2006-01-02T15:04")); err != nil || in.Get(FieldStart) != at.Format(timeForm) {
		t.Errorf("%v, %q", err, in.Get(FieldStart))
	}
}

func TestVersionsAreComparedAsNumbers(t *testing.T) {
	t.Parallel()
	want := []string{"0.9", "1.0.0-alpha", "1.0.0-beta", "1.0.0", "1.0.0.1", "1.2.0", "1.9.0", "1.10.0", "2", "2.0", "99999999999999999999999"}
	got := slices.Clone(want)
	slices.Reverse(got)
	slices.SortFunc(got, CompareVersions)
	if !slices.Equal(got, want) {
		t.Errorf("%v", got)
	}
}

func TestVersionsHaveOneOrder(t *testing.T) {
	t.Parallel()
	version := rapid.StringMatching(`[01]{1,2}([._-][0-2ab]{1,2}){0,3}`)
	rapid.Check(t, func(t *rapid.T) {
		a, b, c := version.Draw(t, "a"), version.Draw(t, "b"), version.Draw(t, "c")
		if CompareVersions(a, b) != -CompareVersions(b, a) || (CompareVersions(a, b) == 0) != (a == b) {
			t.Fatalf("%s and %s have no order", a, b)
		}
		if CompareVersions(a, b) <= 0 && CompareVersions(b, c) <= 0 && CompareVersions(a, c) > 0 {
			t.Fatalf("%s, %s and %s go round in a circle", a, b, c)
		}
	})
}
