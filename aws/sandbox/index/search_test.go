package index

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

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/smithy-go"
)

var ctx = context.Background()

func open(t testing.TB) *handlers {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	r := &realm.Realm{Store: s, Clock: clock.NewManual(time.Unix(1_700_000_000, 0)), Account: realm.Account, Region: "us-east-1"}
	return &handlers{r: r, f: newFollower(r, Hooks{})}
}

func p[T any](v T) *T { return &v }

func ok[I, O any](t testing.TB, fn func(context.Context, *I) (*O, error), in *I) *O {
	t.Helper()
	out, err := fn(ctx, in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

func refused[I, O any](t testing.TB, fn func(context.Context, *I) (*O, error), in *I, code, message string) {
	t.Helper()
	_, err := fn(ctx, in)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		t.Errorf("%T: got %v, want %s with %q", in, err, code, message)
	}
}

func (h *handlers) exec(t testing.TB, query string, args ...any) {
	t.Helper()
	if err := h.r.Store.Update(func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

func (h *handlers) thing(t testing.TB, name, typ, attributes string, groups ...string) {
	t.Helper()
	var typeOrNull *string
	if typ != "" {
		typeOrNull = &typ
	}
	h.exec(t, "INSERT INTO things(name,id,type,attributes_json,version,created_at) VALUES(?,?,?,?,?,0)", name, "id-"+name, typeOrNull, attributes, len(name))
	for _, g := range groups {
		h.exec(t, "INSERT INTO group_members(group_name,thing_name) VALUES(?,?)", g, name)
	}
}

func (h *handlers) shadow(t testing.TB, thing, name, state string) {
	t.Helper()
	h.exec(t, "INSERT INTO shadows(thing_name,name,state_json,metadata_json,version,updated_at) VALUES(?,?,?,'{}',7,0)", thing, name, state)
}

// everything switches all of the index on, with the shadows $package and named.
func everything(t testing.TB, h *handlers) {
	t.Helper()
	ok(t, h.updateConfig, &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{
			ThingIndexingMode: "REGISTRY_AND_SHADOW", NamedShadowIndexingMode: "ON", ThingConnectivityIndexingMode: "STATUS",
			DeviceDefenderIndexingMode: "VIOLATIONS",
			Filter:                     &types.IndexingFilter{NamedShadowNames: []string{"$package", "named"}},
		},
		ThingGroupIndexingConfiguration: &types.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: "ON"},
	})
}

func fleet(t testing.TB) *handlers {
	t.Helper()
	h := open(t)
	everything(t, h)
	h.thing(t, "Car-1", "Sedan", `{"country":"JP","vin":"VIN-001","speed":"90"}`, "Asia", "Fast")
	h.thing(t, "Car-2", "Sedan", `{"country":"DE","vin":"VIN-002","speed":"100"}`, "Europe")
	h.thing(t, "Bus-3", "Bus", `{"country":"de","note":"a:b","my.key":"x"}`)
	h.thing(t, "Van-4", "", `{}`)
	h.shadow(t, "Car-1", "", `{"desired":{"led":"on"},"reported":{"temp":21.5,"door":true,"tags":["red","blue"],"gps":{"lat":-5}}}`)
	h.shadow(t, "Car-2", "", `{"desired":{"led":"on"},"reported":{"led":"off","temp":5,"version":"1.10"},"delta":{"led":"on"}}`)
	h.shadow(t, "Bus-3", "hidden", `{"reported":{"temp":1}}`)
	h.shadow(t, "Bus-3", "named", `{"reported":{"mode":"Eco 100%"}}`)
	h.shadow(t, "Car-1", "$package", `{"reported":{"Sedan":{"version":"1.0.0"},"my.pkg":{"version":"2","attributes":{"env":"dev"}}}}`)
	h.shadow(t, "Car-2", "$package", `{"reported":{"Sedan":{"version":"1.1.0","attributes":{"env":"prod"}}}}`)
	h.exec(t, "INSERT INTO shadows(thing_name,name,version,updated_at) VALUES('Van-4','',3,0)")
	return h
}

func (h *handlers) found(query string) ([]string, error) {
	out, err := h.search(ctx, &iot.SearchIndexInput{QueryString: &query})
	if err != nil {
		return nil, err
	}
	list := []string{}
	for _, d := range out.Things {
		list = append(list, (*d.ThingName)[len(*d.ThingName)-1:])
	}
	slices.Sort(list)
	return list, nil
}

func TestQueries(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	for query, want := range map[string]string{
		`*`:                                       "1234",
		`thingName:*`:                             "1234",
		`thingName:""`:                            "",
		`attributes.speed:[* TO *]`:               "12",
		`thingName:car-1`:                         "1",
		`thingName:Car-*`:                         "12",
		`thingName:?ar-1`:                         "1",
		`thingName:"Car-1"`:                       "1",
		`thingName:"Car-*"`:                       "",
		`thingName:Car\-1`:                        "1",
		`thingId:id-Bus-3`:                        "3",
		`thingTypeName:Sedan`:                     "12",
		`NOT thingTypeName:*`:                     "4",
		`-thingTypeName:Sedan`:                    "34",
		`thingGroupNames:asia`:                    "1",
		`thingGroupNames:(Asia OR Europe)`:        "12",
		`thingGroupNames:(Asia AND Fast)`:         "1",
		`registry.version:5`:                      "1234",
		`registry.version > 5`:                    "",
		`attributes.country:DE`:                   "23",
		`attributes.country:DE thingTypeName:Bus`: "3",
		`attributes.country:DE AND NOT thingTypeName:Bus`:               "2",
		`thingTypeName:Bus OR attributes.country:JP AND thingName:Nope`: "3",
		`(thingTypeName:Bus OR attributes.country:JP) AND thingName:C*`: "1",
		`attributes.speed > 95`:                                        "2",
		`attributes.speed:>=90`:                                        "12",
		`attributes.speed:[95 TO 100]`:                                 "2",
		`attributes.speed:[90 TO 100}`:                                 "1",
		`attributes.speed:{90 TO *]`:                                   "2",
		`attributes.vin:[VIN-001 TO VIN-001]`:                          "1",
		`attributes.note:a\:b`:                                         "3",
		`attributes.note:"a:b"`:                                        "3",
		`attributes.my.key:x`:                                          "3",
		`attributes.missing:*`:                                         "",
		`attributes.Country:DE`:                                        "",
		`shadow.reported.temp < 10`:                                    "2",
		`shadow.reported.temp:21.50`:                                   "1",
		`shadow.reported.temp:[5 TO 21.5]`:                             "12",
		`shadow.reported.door:true`:                                    "1",
		`shadow.reported.tags:blue`:                                    "1",
		`shadow.reported.tags:(red AND blue)`:                          "1",
		`shadow.reported.gps.lat < -4`:                                 "1",
		`shadow.reported.gps.lat:-5`:                                   "1",
		`shadow.reported.gps:*`:                                        "1",
		`shadow.reported.gps > 1`:                                      "",
		`shadow.reported.version:1.1`:                                  "",
		`shadow.reported.version > 1.9`:                                "",
		`shadow.desired.led:on`:                                        "12",
		`shadow.delta.led:on`:                                          "2",
		`shadow.hasDelta:true`:                                         "2",
		`shadow.hasDelta:false`:                                        "1",
		`shadow.version:7`:                                             "12",
		`shadow.name.hidden.reported.temp:1`:                           "",
		`shadow.name.named.reported.mode:"Eco 100%"`:                   "3",
		`shadow.name.named.reported.mode:eco\ 100\%`:                   "3",
		`shadow.name.named.reported.mode:*100\%`:                       "3",
		`shadow.name.named.hasDelta:false`:                             "3",
		`shadow.name.$package.reported.Sedan.version:1.0.0`:            "1",
		`shadow.name.\$package.reported.Sedan.version:1.1.0`:           "2",
		`shadow.name.$package.reported.Sedan.version:(1.0.0 OR 1.1.0)`: "12",
		`shadow.name.$package.reported.Sedan.version:*`:                "12",
		`NOT shadow.name.$package.reported.Sedan.version:*`:            "34",
		`NOT shadow.name.$package.reported.Sedan.version:1.0.0`:        "234",
		`shadow.name.$package.reported.my.pkg.version:2`:               "1",
		`shadow.name.$package.reported.*.attributes.env:prod`:          "2",
		`shadow.name.$package.reported.*.attributes.env:(dev OR prod)`: "12",
		`connectivity.connected:false`:                                 "1234",
		`connectivity.connected:true`:                                  "",
		`deviceDefender.violationCount > 0`:                            "",
		`unknown.field:x`:                                              "error",
		`Car-1`:                                                        "1",
		`sedan country`:                                                "",
		`VIN-001 OR red OR 1.1.0`:                                      "12",
		`europe`:                                                       "2",
		`"Eco 100%"`:                                                   "3",
		`thingName:(Car-1 OR (Car-2 AND thing*))`:                      "1",
		`NOT NOT thingName:Car-1`:                                      "1",
		`attributes.q"x:1`:                                             "error",
		`shadow.reported.a\"b:1`:                                       "",
	} {
		got, err := h.found(query)
		result := strings.Join(got, "")
		if err != nil {
			result = "error"
			var wrong *types.InvalidQueryException
			if !errors.As(err, &wrong) {
				t.Errorf("%s: %v", query, err)
			}
		}
		if result != want {
			t.Errorf("%s found %q, want %q", query, result, want)
		}
	}
}

func TestWrongQueriesNameThePosition(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	for query, want := range map[string]string{
		`thingName:`:              "position 11: unexpected the end; a value was expected",
		`(thingName:a`:            "position 1: this ( has no closing )",
		`thingName:a)`:            "position 12: unexpected )",
		`thingName:"a`:            `position 11: this " has no closing "`,
		`attributes.x:a/b`:        `position 15: write \/, or put the value in quotes`,
		`a AND`:                   "position 6: unexpected the end; a term was expected",
		`AND a`:                   "position 1: unexpected AND",
		`a OR OR b`:               "position 6: unexpected OR",
		`x:[1 2]`:                 "position 6: unexpected 2; TO was expected",
		`x:[1 TO 2`:               "position 10: unexpected the end; ] or } was expected",
		`[1 TO 2]`:                "position 1: unexpected [",
		`thingName:a\`:            "escapes the next character",
		`thingName:a*b*c*`:        "position 11: a term can have at most 2 *",
		`thingName:*a OR x:*b`:    "position 19: only one term can start with",
		`x:(y:1)`:                 "position 4: y is inside the parentheses of field x",
		`shadow.reported.*.*:1`:   "one * only",
		strings.Repeat("a ", 13):  "at most 12 terms",
		strings.Repeat("a", 1001): "at most 1000",
		strings.Repeat("(", 60) + "a" + strings.Repeat(")", 60): "at most 50 parentheses",
	} {
		refused(t, h.search, &iot.SearchIndexInput{QueryString: &query}, "InvalidQueryException", want)
	}
	refused(t, h.search, &iot.SearchIndexInput{QueryString: p("*"), QueryVersion: p("2015")}, "InvalidRequestException", "2017-09-30")
	refused(t, h.search, &iot.SearchIndexInput{QueryString: p("*"), MaxResults: p(int32(501))}, "InvalidRequestException", "500")
	refused(t, h.search, &iot.SearchIndexInput{QueryString: p("*"), IndexName: p("Mine")}, "ResourceNotFoundException", "Mine")
}

func TestResultDocument(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	out := ok(t, h.search, &iot.SearchIndexInput{QueryString: p("thingName:Car-1")})
	d := out.Things[0]
	if *d.ThingId != "id-Car-1" || *d.ThingTypeName != "Sedan" || d.Attributes["country"] != "JP" || *d.Connectivity.Connected {
		t.Errorf("document is %+v", d)
	}
	slices.Sort(d.ThingGroupNames)
	if !slices.Equal(d.ThingGroupNames, []string{"Asia", "Fast"}) {
		t.Errorf("groups are %v", d.ThingGroupNames)
	}
	var s struct {
		Reported struct{ Temp float64 }
		Version  int
		HasDelta bool
		Name     map[string]struct {
			Reported map[string]struct{ Version string }
		}
	}
	if err := json.Unmarshal([]byte(*d.Shadow), &s); err != nil {
		t.Fatal(err)
	}
	if s.Reported.Temp != 21.5 || s.Version != 7 || s.HasDelta || s.Name["$package"].Reported["Sedan"].Version != "1.0.0" {
		t.Errorf("shadow is %s", *d.Shadow)
	}
	if d := ok(t, h.search, &iot.SearchIndexInput{QueryString: p("thingName:Van-4")}).Things[0]; d.Shadow != nil || d.ThingTypeName != nil {
		t.Errorf("document of a plain thing is %+v", d)
	}
}

func TestSearchPages(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	for i := range 230 {
		h.thing(t, fmt.Sprintf("T%03d", i), "", `{}`)
	}
	var sizes []int
	seen := map[string]bool{}
	in := &iot.SearchIndexInput{QueryString: p("thingName:T*")}
	for {
		out := ok(t, h.search, in)
		sizes = append(sizes, len(out.Things))
		for _, d := range out.Things {
			seen[*d.ThingName] = true
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if !slices.Equal(sizes, []int{100, 100, 30}) || len(seen) != 230 {
		t.Errorf("pages of %v with %d things", sizes, len(seen))
	}
	first := ok(t, h.search, &iot.SearchIndexInput{QueryString: p("*"), MaxResults: p(int32(1))})
	refused(t, h.search, &iot.SearchIndexInput{QueryString: p("other"), NextToken: first.NextToken}, "InvalidRequestException", "nextToken")
}

func TestThingGroups(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	for _, g := range [][]any{{"World", nil, `{"description":"all of it"}`}, {"Asia", "World", `{"attributes":{"k":"v"}}`}, {"Japan", "Asia", `{}`}} {
		h.exec(t, "INSERT INTO thing_groups(name,id,parent,props_json,version,created_at) VALUES(?,'id',?,?,1,0)", g...)
	}
	for query, want := range map[string]string{
		`thingGroupName:a*`: "Asia", `parentGroupNames:World`: "Asia Japan", `attributes.k:v`: "Asia",
		`thingGroupDescription:"all of it"`: "World", `NOT parentGroupNames:*`: "World", `world`: "Asia Japan World",
	} {
		out := ok(t, h.search, &iot.SearchIndexInput{IndexName: p(groupsIndex), QueryString: &query})
		var got []string
		for _, g := range out.ThingGroups {
			got = append(got, *g.ThingGroupName)
		}
		if strings.Join(got, " ") != want {
			t.Errorf("%s found %v, want %s", query, got, want)
		}
	}
	d := ok(t, h.search, &iot.SearchIndexInput{IndexName: p(groupsIndex), QueryString: p("Japan")}).ThingGroups[0]
	if !slices.Equal(d.ParentGroupNames, []string{"Asia", "World"}) || *d.ThingGroupId != "id" {
		t.Errorf("document is %+v", d)
	}
}
