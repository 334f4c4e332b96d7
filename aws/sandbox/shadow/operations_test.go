package shadow

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

const t0 = 1_700_000_000

func open(t *testing.T) (*handlers, *clock.Manual) {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := clock.NewManual(time.Unix(t0, 0))
	return &handlers{r: &realm.Realm{Store: s, Clock: c, Account: realm.Account, Region: "us-east-1"}}, c
}

func name(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

func (h *handlers) send(shadow, body string) ([]byte, error) {
	thing := "V1"
	out, err := h.update(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: &thing, ShadowName: name(shadow), Payload: []byte(body)})
	if err != nil {
		return nil, err
	}
	return out.Payload, nil
}

func (h *handlers) read(shadow string) ([]byte, error) {
	thing := "V1"
	out, err := h.get(ctx, &iotdataplane.GetThingShadowInput{ThingName: &thing, ShadowName: name(shadow)})
	if err != nil {
		return nil, err
	}
	return out.Payload, nil
}

func (h *handlers) remove(shadow string) ([]byte, error) {
	thing := "V1"
	out, err := h.delete(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: &thing, ShadowName: name(shadow)})
	if err != nil {
		return nil, err
	}
	return out.Payload, nil
}

// same compares JSON texts without regard to order and space.
func same(t *testing.T, what string, got []byte, err error, want string) {
	t.Helper()
	if err != nil {
		t.Fatalf("%s: %v", what, err)
	}
	var g, w any
	if err := errors.Join(json.Unmarshal(got, &g), json.Unmarshal([]byte(want), &w)); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(g) != fmt.Sprint(w) {
		t.Errorf("%s:\n got %s\nwant %s", what, got, want)
	}
}

func refused(t *testing.T, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || message != "" && api.ErrorMessage() != message {
		t.Errorf("got %v, want %s %q", err, code, message)
	}
}

func TestShadowLife(t *testing.T) {
	t.Parallel()
	h, clk := open(t)
	_, err := h.read("")
	refused(t, err, "ResourceNotFoundException", "No shadow exists with name: 'V1'")
	got, err := h.send("", `{"state":{"desired":{"led":"on","speed":5}},"clientToken":"c1"}`)
	same(t, "first update", got, err, `{"state":{"desired":{"led":"on","speed":5}},"metadata":{"desired":{"led":{"timestamp":1700000000},
		"speed":{"timestamp":1700000000}}},"version":1,"timestamp":1700000000,"clientToken":"c1"}`)
	clk.Advance(5 * time.Second)
	got, err = h.send("", `{"state":{"reported":{"led":"on","speed":4}},"version":1}`)
	same(t, "second update", got, err, `{"state":{"reported":{"led":"on","speed":4}},"metadata":{"reported":{"led":{"timestamp":1700000005},
		"speed":{"timestamp":1700000005}}},"version":2,"timestamp":1700000005}`)
	got, err = h.read("")
	same(t, "get", got, err, `{"state":{"desired":{"led":"on","speed":5},"reported":{"led":"on","speed":4},"delta":{"speed":5}},
		"metadata":{"desired":{"led":{"timestamp":1700000000},"speed":{"timestamp":1700000000}},
		"reported":{"led":{"timestamp":1700000005},"speed":{"timestamp":1700000005}}},"version":2,"timestamp":1700000005}`)
	_, err = h.send("", `{"state":{"reported":{"led":"off"}},"version":1}`)
	refused(t, err, "ConflictException", "Version conflict")
	got, err = h.send("", `{"state":{"desired":null,"reported":{"led":null}}}`)
	same(t, "removal", got, err, `{"state":{"desired":null,"reported":{"led":null}},"metadata":{"desired":{"timestamp":1700000005},
		"reported":{"led":{"timestamp":1700000005}}},"version":3,"timestamp":1700000005}`)
	got, err = h.read("")
	same(t, "get after removal", got, err, `{"state":{"reported":{"speed":4}},"metadata":{"reported":{"speed":{"timestamp":1700000005}}},"version":3,"timestamp":1700000005}`)
	got, err = h.send("", `{"state":null}`)
	same(t, "clear", got, err, `{"state":null,"metadata":{"timestamp":1700000005},"version":4,"timestamp":1700000005}`)
	got, err = h.read("")
	same(t, "get after clear", got, err, `{"state":{},"metadata":{},"version":4,"timestamp":1700000005}`)
	got, err = h.remove("")
	same(t, "delete", got, err, `{"version":4,"timestamp":1700000005}`)
	_, err = h.remove("")
	refused(t, err, "ResourceNotFoundException", "")
	got, err = h.send("", `{"state":{"reported":{"a":1}},"version":4}`)
	same(t, "update after delete", got, err, `{"state":{"reported":{"a":1}},"metadata":{"reported":{"a":{"timestamp":1700000005}}},"version":5,"timestamp":1700000005}`)
}

func TestRefusalsKeepTheirStatus(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	_, err := h.send("", `{}`)
	refused(t, err, "InvalidRequestException", "Missing required node: state")
	_, err = h.send("", strings.Repeat(" ", 9000))
	refused(t, err, "RequestEntityTooLargeException", "The payload exceeds the maximum size allowed")
	_, err = h.send("", "\xff")
	refused(t, err, "UnsupportedDocumentEncodingException", "")
	// Two updates that are small enough make a document that is not.
	half := strings.Repeat("x", 5000)
	if _, err = h.send("", `{"state":{"desired":{"a":"`+half+`"}}}`); err != nil {
		t.Fatal(err)
	}
	_, err = h.send("", `{"state":{"desired":{"b":"`+half+`"}}}`)
	refused(t, err, "RequestEntityTooLargeException", "")
	got, err := h.read("")
	if err != nil || strings.Contains(string(got), `"b"`) {
		t.Errorf("a refused update left its mark: %v", err)
	}
}

func TestNamedShadows(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	for _, n := range []string{"", "b", "a", "c", "gone"} {
		if _, err := h.send(n, `{"state":{"reported":{"n":"`+n+`"}}}`); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := h.remove("gone"); err != nil {
		t.Fatal(err)
	}
	_, err := h.read("gone")
	refused(t, err, "ResourceNotFoundException", "No shadow exists with name: 'V1~gone'")
	thing, size := "V1", int32(2)
	first, err := h.list(ctx, &iotdataplane.ListNamedShadowsForThingInput{ThingName: &thing, PageSize: &size})
	if err != nil || !slices.Equal(first.Results, []string{"a", "b"}) || first.NextToken == nil || first.Timestamp != t0 {
		t.Fatalf("first page %+v, %v", first, err)
	}
	last, err := h.list(ctx, &iotdataplane.ListNamedShadowsForThingInput{ThingName: &thing, PageSize: &size, NextToken: first.NextToken})
	if err != nil || !slices.Equal(last.Results, []string{"c"}) || last.NextToken != nil {
		t.Fatalf("last page %+v, %v", last, err)
	}
	bad := "bad"
	_, err = h.list(ctx, &iotdataplane.ListNamedShadowsForThingInput{ThingName: &thing, NextToken: &bad})
	refused(t, err, "InvalidRequestException", "")
}

func TestPackageShadowTakesOnlyPackages(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	for _, good := range []string{
		`{"state":{"reported":{"Sedan":{"version":"1.0.0","attributes":{"k":"v"}}}}}`,
		`{"state":{"reported":{"Sedan":{"attributes":{"k":null}}}}}`,
		`{"state":{"reported":{"Sedan":null}}}`, `{"state":{"reported":null}}`, `{"state":null}`,
	} {
		if _, err := h.send(packageShadow, good); err != nil {
			t.Errorf("%s: %v", good, err)
		}
	}
	for _, bad := range []string{
		`{"state":{"reported":{"Sedan":"1.0.0"}}}`, `{"state":{"reported":{"Sedan":{"version":1}}}}`,
		`{"state":{"reported":{"Sedan":{"other":"x"}}}}`, `{"state":{"reported":{"Sedan":{"attributes":{"k":1}}}}}`,
		`{"state":{"reported":{"Sedan":{"version":{}}}}}`, `{"state":{"reported":{"Sedan":{"attributes":"x"}}}}`,
	} {
		_, err := h.send(packageShadow, bad)
		refused(t, err, "InvalidRequestException", "State contains an invalid node")
	}
}

// catalog makes package versions, written as "package version".
func catalog(t *testing.T, h *handlers, versions ...string) {
	t.Helper()
	err := h.r.Store.Update(func(tx *store.Tx) error {
		for _, v := range versions {
			pkg, name, _ := strings.Cut(v, " ")
			const q = `INSERT INTO package_versions(package,name,attributes_json,status,created_at,modified_at) VALUES(?,?,'{}','PUBLISHED',0,0)`
			if _, err := tx.Exec(q, pkg, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func reportPackages(t *testing.T, h *handlers, packages ...Package) {
	t.Helper()
	if err := h.r.Store.Update(func(tx *store.Tx) error { return ReportPackages(tx, h.r.Now(), "V1", packages) }); err != nil {
		t.Fatal(err)
	}
}

func TestReportPackage(t *testing.T) {
	t.Parallel()
	h, clk := open(t)
	catalog(t, h, "Sedan 1.0.0", "Sedan 1.1.0", "Maps 7")
	report := func(pkg, version string) {
		t.Helper()
		reportPackages(t, h, Package{pkg, version})
	}
	report("Sedan", "")
	report("Sedan", "deleted")
	_, err := h.read(packageShadow)
	refused(t, err, "ResourceNotFoundException", "No shadow exists with name: 'V1~$package'")
	report("Sedan", "1.0.0")
	report("Maps", "7")
	if _, err := h.send(packageShadow, `{"state":{"reported":{"Sedan":{"attributes":{"k":"v"}}}}}`); err != nil {
		t.Fatal(err)
	}
	clk.Advance(time.Second)
	report("Sedan", "1.1.0")
	got, err := h.read(packageShadow)
	same(t, "get", got, err, `{"state":{"reported":{"Sedan":{"version":"1.1.0","attributes":{"k":"v"}},"Maps":{"version":"7"}}},
		"metadata":{"reported":{"Sedan":{"version":{"timestamp":1700000001},"attributes":{"k":{"timestamp":1700000000}}},
		"Maps":{"version":{"timestamp":1700000000}}}},"version":4,"timestamp":1700000001}`)
	reportPackages(t, h, Package{"Sedan", ""}, Package{"Maps", "7"}) // one update for all packages of a job
	got, err = h.read(packageShadow)
	same(t, "get after removal", got, err, `{"state":{"reported":{"Maps":{"version":"7"}}},
		"metadata":{"reported":{"Maps":{"version":{"timestamp":1700000001}}}},"version":5,"timestamp":1700000001}`)
}

// The job that installed a package has succeeded, whether or not the shadow has room for it.
func TestReportPackageLeavesFullShadow(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	for i := range 2 { // two updates, since a request is bounded as well
		body := fmt.Sprintf(`{"state":{"reported":{"p%d":{"version":"1","attributes":{"k":"%s"}}}}}`, i, strings.Repeat("x", 4000))
		if _, err := h.send(packageShadow, body); err != nil {
			t.Fatal(err)
		}
	}
	before, err := h.read(packageShadow)
	if err != nil {
		t.Fatal(err)
	}
	name := strings.Repeat("n", 128)
	catalog(t, h, name+" 1.0.0")
	reportPackages(t, h, Package{name, "1.0.0"})
	after, err := h.read(packageShadow)
	same(t, "get of a full shadow", after, err, string(before))
	reportPackages(t, h, Package{"p0", ""})
	after, err = h.read(packageShadow)
	if err != nil || strings.Contains(string(after), `"p0"`) {
		t.Errorf("a full shadow lets nothing go: %s %v", after, err)
	}
}
