package createjob

import (
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"fleetlab/workflows/fleet"
)

func TestInputRefusesWithTheReason(t *testing.T) {
	t.Parallel()
	for _, x := range []struct {
		field, text string
		want        fleet.Reason
	}{
		{FieldGroups, "US_Fleet,,CA_Fleet", fleet.Empty},
		{FieldGroups, "US_Fleet,US_Fleet", fleet.Twice},
		{FieldGroups, "US Fleet", fleet.BadName},
		{FieldGroups, "a" + strings.Repeat(",x", 100), fleet.Twice},
		{FieldGroups, many(101), fleet.TooMany},
		{FieldPackage, "Sedan/Vehicle", fleet.BadVersion},
		{FieldVersion, "latest", fleet.BadVersion},
		{FieldSelection, "", fleet.Empty},
		{FieldSelection, "sometimes", fleet.NoSuch},
		{FieldExpires, "59", fleet.OutOfRange},
		{FieldExpires, "3601", fleet.OutOfRange},
		{FieldExpires, "1h", fleet.NotANumber},
		{FieldExpires, "", fleet.Empty},
		{FieldID, "my job", fleet.BadName},
		{FieldID, strings.Repeat("x", 65), fleet.BadName},
		{FieldDescription, "two\nlines", fleet.BadName},
		{FieldDescription, "\xff", fleet.BadName},
		{FieldDescription, strings.Repeat("é", 2029), fleet.TooLong},
		{"speed", "1", fleet.NoSuch},
	} {
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
		FieldGroups: {"", "US_Fleet", "US_Fleet,a:b", many(100)}, FieldPackage: {"", "SedanVehicle"}, FieldVersion: {"", "1.10.0"},
		FieldSelection: {Snapshot, Continuous}, FieldExpires: {"60", "3600"}, FieldID: {"", "a-b_c"}, FieldDescription: {"", "new brakes – für alle"},
	} {
		for _, text := range texts {
			in := Defaults()
			if err := in.Set(field, " "+text+" "); err != nil || in.Get(field) != text || in.Validate() != nil {
				t.Errorf("%s %.40q: %v, reads %.40q", field, text, err, in.Get(field))
			}
		}
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
