package provision_test

import (
	"math"
	"slices"
	"strings"
	"testing"

	"fleetlab/aws/pace"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

func TestFieldsGetWhatTheySet(t *testing.T) {
	t.Parallel()
	in := provision.Defaults()
	for _, field := range in.Names() {
		before := in
		if err := in.Set(field, " "+in.Get(field)+" "); err != nil {
			t.Errorf("%s refuses its own text: %v", field, err)
		}
		if got, want := in.Get(field), before.Get(field); got != want {
			t.Errorf("%s: %q became %q", field, want, got)
		}
	}
	if err := in.Validate(); err != nil {
		t.Errorf("the defaults are refused: %v", err)
	}
}

func TestRefusedValues(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		field, text string
		reason      fleet.Reason
	}{
		{"thing-types", "", fleet.Empty},
		{"thing-types", "Sedan,,SUV", fleet.Empty},
		{"thing-types", "Sedan,Sedan", fleet.Twice},
		{"thing-types", "Sport Car", fleet.BadName},
		{"thing-types", "a:b", fleet.BadName}, // no package name
		{"thing-types", strings.Repeat("x", 129), fleet.BadName},
		{"thing-types", manyTypes(51), fleet.TooMany},
		{"versions", "1..2", fleet.BadVersion},
		{"versions", ".", fleet.BadVersion},
		{"versions", "1.0.0,1.0.0", fleet.Twice},
		{"continent", "0", fleet.OutOfRange},
		{"continent", "8", fleet.OutOfRange},
		{"continent", "Europe", fleet.NotANumber},
		{"countries", "0", fleet.OutOfRange},
		{"countries", "XX", fleet.NoSuch},
		{"countries", "US,us", fleet.Twice},
		{"devices", "0", fleet.OutOfRange},
		{"devices", "100001", fleet.OutOfRange},
		{"devices", "many", fleet.NotANumber},
		{"devices", "", fleet.Empty},
		{"prefix", "", fleet.Empty},
		{"prefix", "has space", fleet.BadName},
		{"prefix", strings.Repeat("p", 21), fleet.BadName},
		{"seed", "1.5", fleet.NotANumber},
		{"colour", "red", fleet.NoSuch},
	} {
		in := provision.Defaults()
		err := in.Set(tc.field, tc.text)
		fe, ok := fleet.AsFieldError(err)
		if !ok || fe.Reason != tc.reason || fe.Field != tc.field {
			t.Errorf("%s %q: got %v, want %s", tc.field, tc.text, err, tc.reason)
		}
		for _, field := range in.Names() {
			if d := provision.Defaults(); in.Get(field) != d.Get(field) {
				t.Errorf("%s %q was refused and changed %s", tc.field, tc.text, field)
			}
		}
	}
}

func manyTypes(n int) string {
	var out []string
	for i := range n {
		out = append(out, "T"+strings.Repeat("x", i))
	}
	return strings.Join(out, ",")
}

func TestCountriesGoWithTheContinent(t *testing.T) {
	t.Parallel()
	in := provision.Defaults()
	if err := in.Set("countries", "de,FR"); err != nil { // the continent comes later
		t.Fatal(err)
	}
	if fe, ok := fleet.AsFieldError(in.Validate()); !ok || fe.Field != "countries" || fe.Reason != fleet.NoSuch {
		t.Errorf("German vehicles in North America: %v", in.Validate())
	}
	if in.Codes() != nil || in.Estimate(pace.New(pace.Config{})).TotalCalls != 0 {
		t.Error("an input that does not hold has countries or an estimate")
	}
	if err := in.Set("continent", "3"); err != nil {
		t.Fatal(err)
	}
	if got := in.Codes(); !slices.Equal(got, []string{"DE", "FR"}) || in.Validate() != nil {
		t.Errorf("codes %v, %v", got, in.Validate())
	}
}

func TestDefaultCountriesFollowTheContinent(t *testing.T) {
	t.Parallel()
	for continent, want := range map[string]string{"1": "3", "2": "2", "7": "1"} {
		in := provision.Defaults()
		if err := in.Set("continent", continent); err != nil {
			t.Fatal(err)
		}
		if in.Get("countries") != want || in.Validate() != nil {
			t.Errorf("continent %s: countries %q, %v", continent, in.Get("countries"), in.Validate())
		}
	}
}

func TestVersionsWithOneKeyAreRefused(t *testing.T) {
	t.Parallel()
	in := provision.Defaults()
	if err := in.Set("versions", "1.0,1_0"); err != nil {
		t.Fatal(err)
	}
	if fe, ok := fleet.AsFieldError(in.Validate()); !ok || fe.Field != "versions" || fe.Reason != fleet.Twice {
		t.Errorf("got %v", in.Validate())
	}
}

// 1000 CreateThing and as many AddThingToThingGroup run side by side at 80 a second.
func TestEstimateIsTheLongestBucketOfEachStep(t *testing.T) {
	t.Parallel()
	in := provision.Defaults()
	in.Devices = 1000
	e := in.Estimate(pace.New(pace.Config{}))
	if e.Seconds < 12.5 || e.Seconds > 25 {
		t.Errorf("%v seconds", e.Seconds)
	}
	if e.Resources[provision.Thing] != 1000 || e.Resources[provision.Version] != 6 || e.Resources[provision.Group] != 3 {
		t.Errorf("resources %v", e.Resources)
	}
	sum := 0
	for _, c := range e.Calls {
		sum += c.Count
	}
	if sum != e.TotalCalls || e.TotalCalls < 4000 {
		t.Errorf("%d calls, %d in all", sum, e.TotalCalls)
	}
	if c := e.Cost; math.Abs(c.Registry+c.Shadows+c.Index+c.Storage-c.Total) > 1e-12 || c.Total <= 0 || c.Total > 0.1 {
		t.Errorf("cost %+v", c)
	}
	if off := in.Estimate(pace.New(pace.Config{Off: true})); off.Seconds != 0 || off.Calls[0].PerSecond != 0 {
		t.Errorf("without limits: %v s, %+v", off.Seconds, off.Calls[0])
	}
}

func TestFirmwareIsTheSameEveryTime(t *testing.T) {
	t.Parallel()
	image := func(seed int64, version string) string {
		b, err := provision.Image(seed, "SedanVehicle", version)
		if err != nil {
			t.Fatal(err)
		}
		return string(b)
	}
	a := image(1, "1.0.0")
	if a != image(1, "1.0.0") {
		t.Error("two builds differ")
	}
	if a == image(2, "1.0.0") || a == image(1, "1.1.0") {
		t.Error("another seed or version gives the same file")
	}
	if len(a) < 64<<10 {
		t.Errorf("%d bytes", len(a))
	}
}

// Whatever is typed: a text is refused and changes nothing, or it is taken and can be typed again.
func FuzzSet(f *testing.F) {
	for _, text := range []string{"", "1", "3", "US,ca", "1.0.0,2.0.0-beta", "Sedan, SUV", "-", "\u3000", "99999999999999999999"} {
		f.Add(uint8(0), text)
	}
	d := provision.Defaults()
	names := d.Names()
	f.Fuzz(func(t *testing.T, n uint8, text string) {
		for _, field := range []string{names[int(n)%len(names)], "countries"} {
			in, before := provision.Defaults(), provision.Defaults()
			err := in.Set(field, text)
			if _, ok := fleet.AsFieldError(err); err != nil && !ok {
				t.Fatalf("%s %q: %v is no field error", field, text, err)
			}
			for _, other := range names {
				if (err != nil || other != field && !(field == "continent" && other == "countries")) && in.Get(other) != before.Get(other) {
					t.Fatalf("%s %q (%v) changed %s to %q", field, text, err, other, in.Get(other))
				}
			}
			if err == nil && in.Set(field, in.Get(field)) != nil {
				t.Fatalf("%s: %q is taken and %q refused", field, text, in.Get(field))
			}
			if err := in.Validate(); err != nil {
				if _, ok := fleet.AsFieldError(err); !ok {
					t.Fatalf("%s %q: %v is no field error", field, text, err)
				}
			}
		}
	})
}
