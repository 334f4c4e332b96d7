package fleet

import (
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestThingNames(t *testing.T) {
	t.Parallel()
	for n, want := range map[int]string{1: "Vehicle-VIN-001", 999: "Vehicle-VIN-999", 1000: "Vehicle-VIN-1000", 100000: "Vehicle-VIN-100000"} {
		if got := ThingName(DefaultPrefix, n); got != want || !ThingPattern(DefaultPrefix).MatchString(got) {
			t.Errorf("vehicle %d is %q", n, got)
		}
	}
	for _, foreign := range []string{"Vehicle-VIN-01", "Vehicle-VIN-0100", "Vehicle-VIN-001x", "xVehicle-VIN-001", "Vehicle-VIN-", "Vehicle-VIN-1000000", "vehicle-vin-001"} {
		if ThingPattern(DefaultPrefix).MatchString(foreign) {
			t.Errorf("%q counts as ours", foreign)
		}
	}
}

func TestNoTwoNamesAreOne(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for n := range MaxDevices {
		seen[ThingName("v", n+1)] = true
	}
	if len(seen) != MaxDevices {
		t.Errorf("%d names for %d vehicles", len(seen), MaxDevices)
	}
}

// Types and countries must not go in lockstep, whatever their numbers: every type drives in every country.
func TestEveryTypeDrivesInEveryCountry(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		types := AllCountries()[:rapid.IntRange(1, 9).Draw(t, "types")]
		lands := Countries(3)[:rapid.IntRange(1, 9).Draw(t, "countries")]
		pairs := map[[2]string]int{}
		for n := range len(types) * len(lands) {
			v := NewVehicle("v", n+1, types, lands, 1)
			pairs[[2]string{v.Type, v.Country}]++
		}
		if len(pairs) != len(types)*len(lands) {
			t.Fatalf("%d of %d pairs", len(pairs), len(types)*len(lands))
		}
	})
}

func TestAttributesFollowFromNameAndSeed(t *testing.T) {
	t.Parallel()
	a := NewVehicle("v", 7, []string{"T"}, []string{"US"}, 1)
	b := NewVehicle("v", 7, []string{"T"}, []string{"US"}, 1)
	c := NewVehicle("v", 7, []string{"T"}, []string{"US"}, 2)
	if a.Attributes()[CustomerID] != b.Attributes()[CustomerID] || string(a.ClassicShadow()) != string(b.ClassicShadow()) {
		t.Error("the same vehicle came out different")
	}
	if a.Attributes()[CustomerID] == c.Attributes()[CustomerID] {
		t.Error("the seed changes nothing")
	}
	d, err := time.Parse(time.DateOnly, a.Attributes()[ManufacturingDate])
	if err != nil || d.Year() != 2025 {
		t.Errorf("manufactured %v, %v", d, err)
	}
	if p := a.Battery(); p < 30 || p > 100 {
		t.Errorf("battery %d %%", p)
	}
}

func TestParseCountries(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{"3": "US CA MX", "us, ca": "US CA", "MX": "MX", "23": strings.Join(Countries(1), " ")} {
		got, err := ParseCountries("countries", in, 1)
		if err != nil || strings.Join(got, " ") != want {
			t.Errorf("%q: %v, %v", in, got, err)
		}
	}
	for in, want := range map[string]Reason{"0": OutOfRange, "24": OutOfRange, "-1": OutOfRange, "DE": NoSuch, "US,US": Twice, "": Empty, "US,,CA": Empty, "3.5": NoSuch} {
		_, err := ParseCountries("countries", in, 1)
		if fe, ok := AsFieldError(err); !ok || fe.Reason != want || fe.Field != "countries" || fe.Value == "" && in != "" {
			t.Errorf("%q: %v, want %s", in, err, want)
		}
	}
	if all := AllCountries(); len(all) != 204 || len(slices.Compact(slices.Sorted(slices.Values(all)))) != 204 {
		t.Errorf("%d countries", len(all))
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"1.0.0", "1", "2.0.0-beta", "1.2.3_rc.1"} {
		if CheckVersion(good) != nil {
			t.Errorf("%q refused", good)
		}
	}
	for _, bad := range []string{".", "1..2", "", "v1", "1.0.", "1 0", "1.0.0-", strings.Repeat("1", 65)} {
		if CheckVersion(bad) == nil {
			t.Errorf("%q passed", bad)
		}
	}
}

func TestJobDocument(t *testing.T) {
	t.Parallel()
	doc := OTADocument("SedanVehicle", "1.1.0")
	for _, want := range []string{"${aws:iot:package:SedanVehicle:version:1.1.0:attributes}", "${aws:iot:package:SedanVehicle:version:1.1.0:artifact:s3-presigned-url}"} {
		if !strings.Contains(doc, want) {
			t.Errorf("%s is missing in %s", want, doc)
		}
	}
	d, err := ReadDelivered(`{"ota":{"packages":{"P":{"attributes":{"sha256":"ab"},"artifact":{"s3PresignedUrl":"http://x"}}}}}`)
	if err != nil || d.OTA.Packages["P"].Artifact.URL != "http://x" || d.OTA.Packages["P"].Attributes[AttrSHA256] != "ab" {
		t.Errorf("%+v, %v", d, err)
	}
}
