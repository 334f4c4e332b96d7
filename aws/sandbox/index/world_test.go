package index_test

import (
	"errors"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/index"
	"fleetlab/aws/sandbox/iot"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/shadow"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"
)

// world is the registry, the shadows and the index behind one server, on a clock that the test moves.
type world struct {
	*sdk.Client
	t      testing.TB
	data   *iotdataplane.Client
	realm  *realm.Realm
	clock  *clock.Manual
	index  *index.Follower
	server *httptest.Server
	joined []string // group/thing that MemberAdded was told
	left   []string // and MemberRemoved
}

var aWhile = realm.Lag{Index: 2 * time.Second, IndexBuild: 5 * time.Second}

func newWorld(t testing.TB, lag realm.Lag) *world {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	w := &world{t: t, clock: clock.NewManual(time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC))}
	w.realm = &realm.Realm{Store: s, Clock: w.clock, Lag: lag, Account: realm.Account, Region: "us-east-1", AccessKey: "AKIDEXAMPLE", SecretKey: "example"}
	w.server = httptest.NewServer(nil)
	t.Cleanup(w.close)
	w.restart()
	config := aws.Config{Region: "us-east-1", BaseEndpoint: &w.server.URL, Credentials: credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "example", "")}
	w.Client, w.data = sdk.NewFromConfig(config), iotdataplane.NewFromConfig(config)
	return w
}

func (w *world) close() {
	w.server.Close()
	_ = w.realm.Store.Close()
}

// restart puts new handlers before the same state.
func (w *world) restart() {
	hooks := index.Hooks{
		MemberAdded:   func(_ *store.Tx, group, thing string) error { w.joined = append(w.joined, group+"/"+thing); return nil },
		MemberRemoved: func(_ *store.Tx, group, thing string) error { w.left = append(w.left, group+"/"+thing); return nil },
	}
	s := wire.New(wire.Options{Realm: w.realm})
	iot.Register(s, w.realm, iot.Hooks{MemberAdded: hooks.MemberAdded, MemberRemoved: hooks.MemberRemoved, DynamicQuery: index.CheckDynamicQuery})
	shadow.Register(s, w.realm)
	w.index = index.Register(s, w.realm, hooks)
	w.server.Config.Handler = w.index.Ahead(s)
}

// must ends the test when a call that has to succeed fails.
func must[T any](out T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

// refuse checks that an error is the exception and that its message has the text.
func refuse(t testing.TB, err error, code, message string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code || !strings.Contains(api.ErrorMessage(), message) {
		t.Errorf("got %v, want %s with %q", err, code, message)
	}
}

func (w *world) tick() {
	w.t.Helper()
	if err := w.index.Tick(); err != nil {
		w.t.Fatal(err)
	}
}

// pass lets the clock go on by d and ticks before and after.
func (w *world) pass(d time.Duration) {
	w.t.Helper()
	w.tick()
	w.clock.Advance(d)
	w.tick()
}

func (w *world) indexAll() {
	w.t.Helper()
	must(w.UpdateIndexingConfiguration(w.t.Context(), &sdk.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{
			ThingIndexingMode: types.ThingIndexingModeRegistryAndShadow, NamedShadowIndexingMode: types.NamedShadowIndexingModeOn,
			Filter: &types.IndexingFilter{NamedShadowNames: []string{"$package"}},
		},
		ThingGroupIndexingConfiguration: &types.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: types.ThingGroupIndexingModeOn},
	}))(w.t)
}

func (w *world) status(name string) types.IndexStatus {
	w.t.Helper()
	return must(w.DescribeIndex(w.t.Context(), &sdk.DescribeIndexInput{IndexName: &name}))(w.t).IndexStatus
}

func (w *world) thing(name string, attributes map[string]string) {
	w.t.Helper()
	must(w.CreateThing(w.t.Context(), &sdk.CreateThingInput{ThingName: &name, AttributePayload: &types.AttributePayload{Attributes: attributes}}))(w.t)
}

func (w *world) update(name string, attributes map[string]string) {
	w.t.Helper()
	must(w.UpdateThing(w.t.Context(), &sdk.UpdateThingInput{ThingName: &name, AttributePayload: &types.AttributePayload{Attributes: attributes}}))(w.t)
}

func (w *world) report(thing, reported string) {
	w.t.Helper()
	must(w.data.UpdateThingShadow(w.t.Context(), &iotdataplane.UpdateThingShadowInput{ThingName: &thing,
		Payload: []byte(`{"state":{"reported":` + reported + `}}`)}))(w.t)
}

func (w *world) dynamic(name, query string) {
	w.t.Helper()
	must(w.CreateDynamicThingGroup(w.t.Context(), &sdk.CreateDynamicThingGroupInput{ThingGroupName: &name, QueryString: &query}))(w.t)
}

func (w *world) group(name string) {
	w.t.Helper()
	must(w.CreateThingGroup(w.t.Context(), &sdk.CreateThingGroupInput{ThingGroupName: &name}))(w.t)
}

func (w *world) join(group, thing string) {
	w.t.Helper()
	must(w.AddThingToThingGroup(w.t.Context(), &sdk.AddThingToThingGroupInput{ThingGroupName: &group, ThingName: &thing}))(w.t)
}

func (w *world) members(group string) []string {
	w.t.Helper()
	return must(w.ListThingsInThingGroup(w.t.Context(), &sdk.ListThingsInThingGroupInput{ThingGroupName: &group, MaxResults: aws.Int32(250)}))(w.t).Things
}

// found are the names of the things that a query finds.
func (w *world) found(query string) []string {
	w.t.Helper()
	names := []string{}
	for _, d := range must(w.SearchIndex(w.t.Context(), &sdk.SearchIndexInput{QueryString: &query, MaxResults: aws.Int32(250)}))(w.t).Things {
		names = append(names, *d.ThingName)
	}
	return names
}

// expect compares names.
func expect(t testing.TB, what string, got []string, want ...string) {
	t.Helper()
	if !slices.Equal(got, want) {
		t.Errorf("%s: %v, want %v", what, got, want)
	}
}

var noLag realm.Lag

func (w *world) exec(query string, args ...any) {
	w.t.Helper()
	if err := w.realm.Store.Update(func(tx *store.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		w.t.Fatal(err)
	}
}

func (w *world) count(table string) int {
	w.t.Helper()
	n := 0
	if err := w.realm.Store.View(func(tx *store.Tx) error { return tx.Row("SELECT count(*) FROM "+table, nil, &n) }); err != nil {
		w.t.Fatal(err)
	}
	return n
}
