package index_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// TestIndexEqualsWhatItFollows changes things, groups, shadows and dynamic groups at random while time goes by. Once the
// lag is over the index equals the registry, and a dynamic group has the members that its query finds.
func TestIndexEqualsWhatItFollows(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		w := newWorld(t, rapid.SampledFrom([]realm.Lag{aWhile, noLag}).Draw(rt, "lag"))
		defer w.close()
		w.indexAll()
		w.pass(5 * time.Second)
		rt.Repeat(w.actions())
		for range 6 { // builds, and groups that depend on groups
			w.pass(5 * time.Second)
		}
		w.compare(rt)
	})
}

func (w *world) actions() map[string]func(*rapid.T) {
	ctx := w.t.Context()
	thing := rapid.SampledFrom([]string{"T1", "T2", "T3", "T4"})
	static := rapid.SampledFrom([]string{"S1", "S2"})
	dynamic := rapid.SampledFrom([]string{"D1", "D2", "D3"})
	value := rapid.SampledFrom([]string{"1", "2"})
	query := rapid.SampledFrom([]string{"attributes.a:1", "shadow.reported.a > 1", "thingGroupNames:S1", "thingGroupNames:D1 OR attributes.a:2", "*"})
	attributes := func(rt *rapid.T) *types.AttributePayload {
		return &types.AttributePayload{Attributes: map[string]string{"a": value.Draw(rt, "value")}}
	}
	return map[string]func(*rapid.T){
		"create": func(rt *rapid.T) {
			_, _ = w.CreateThing(ctx, &sdk.CreateThingInput{ThingName: aws.String(thing.Draw(rt, "thing")), AttributePayload: attributes(rt)})
		},
		"update": func(rt *rapid.T) {
			_, _ = w.UpdateThing(ctx, &sdk.UpdateThingInput{ThingName: aws.String(thing.Draw(rt, "thing")), AttributePayload: attributes(rt)})
		},
		"delete": func(rt *rapid.T) {
			_, _ = w.DeleteThing(ctx, &sdk.DeleteThingInput{ThingName: aws.String(thing.Draw(rt, "thing"))})
		},
		"report": func(rt *rapid.T) {
			_, _ = w.data.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: aws.String(thing.Draw(rt, "thing")),
				ShadowName: rapid.SampledFrom([]*string{nil, aws.String("$package"), aws.String("other")}).Draw(rt, "shadow"),
				Payload:    []byte(`{"state":{"reported":{"a":` + value.Draw(rt, "value") + `}}}`)})
		},
		"forget": func(rt *rapid.T) {
			_, _ = w.data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: aws.String(thing.Draw(rt, "thing"))})
		},
		"group": func(rt *rapid.T) {
			_, _ = w.CreateThingGroup(ctx, &sdk.CreateThingGroupInput{ThingGroupName: aws.String(static.Draw(rt, "group"))})
		},
		"ungroup": func(rt *rapid.T) {
			_, _ = w.DeleteThingGroup(ctx, &sdk.DeleteThingGroupInput{ThingGroupName: aws.String(static.Draw(rt, "group"))})
		},
		"join": func(rt *rapid.T) {
			_, _ = w.AddThingToThingGroup(ctx, &sdk.AddThingToThingGroupInput{ThingGroupName: aws.String(static.Draw(rt, "group")), ThingName: aws.String(thing.Draw(rt, "thing"))})
		},
		"leave": func(rt *rapid.T) {
			_, _ = w.RemoveThingFromThingGroup(ctx, &sdk.RemoveThingFromThingGroupInput{ThingGroupName: aws.String(static.Draw(rt, "group")), ThingName: aws.String(thing.Draw(rt, "thing"))})
		},
		"create dynamic": func(rt *rapid.T) {
			name := dynamic.Filter(func(s string) bool { return s != "D1" }).Draw(rt, "group")
			_, _ = w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: &name, QueryString: aws.String(query.Draw(rt, "query"))})
		},
		"create D1": func(*rapid.T) { // others ask for it, so it asks for none
			_, _ = w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: aws.String("D1"), QueryString: aws.String("attributes.a:1")})
		},
		"change dynamic": func(rt *rapid.T) {
			_, _ = w.UpdateDynamicThingGroup(ctx, &sdk.UpdateDynamicThingGroupInput{ThingGroupName: aws.String(rapid.SampledFrom([]string{"D2", "D3"}).Draw(rt, "group")),
				QueryString: aws.String(query.Draw(rt, "query")), ThingGroupProperties: &types.ThingGroupProperties{}})
		},
		"delete dynamic": func(rt *rapid.T) {
			_, _ = w.DeleteDynamicThingGroup(ctx, &sdk.DeleteDynamicThingGroupInput{ThingGroupName: aws.String(dynamic.Draw(rt, "group"))})
		},
		"wait": func(rt *rapid.T) {
			w.tick()
			w.clock.Advance(time.Duration(rapid.IntRange(0, 3000).Draw(rt, "milliseconds")) * time.Millisecond)
		},
	}
}

// compare holds the index against the registry.
func (w *world) compare(rt *rapid.T) {
	for _, c := range []struct{ columns, live, indexed string }{
		{"name, id, type, attributes_json, version", "things", "ix_things"},
		{"thing_name, group_name", "group_members", "ix_members"},
		{"name, id, parent, props_json", "thing_groups", "ix_groups"},
		{"thing_name, name, state_json, metadata_json, version", `shadows WHERE state_json IS NOT NULL AND name IN ('','$package')
			AND thing_name IN (SELECT name FROM things)`, "ix_shadows"},
		{"seq", "ix_changes WHERE false", "ix_changes"},
		{"group_name", "ix_dynamic_builds WHERE false", "ix_dynamic_builds"},
	} {
		if want, got := w.rows(rt, c.columns, c.live), w.rows(rt, c.columns, c.indexed); !slices.Equal(want, got) {
			rt.Errorf("%s is\n%s\nand %s is\n%s", c.live, strings.Join(want, "\n"), c.indexed, strings.Join(got, "\n"))
		}
	}
	for _, g := range must(w.ListThingGroups(w.t.Context(), &sdk.ListThingGroupsInput{}))(w.t).ThingGroups {
		d := w.describe(*g.GroupName)
		if d.QueryString == nil {
			continue
		}
		if got, want := w.members(*g.GroupName), w.found(*d.QueryString); !slices.Equal(got, want) || d.Status != "ACTIVE" {
			rt.Errorf("%s group %s has %v, its query %s finds %v", d.Status, *g.GroupName, got, *d.QueryString, want)
		}
	}
}

// rows are the rows of a table as texts.
func (w *world) rows(rt *rapid.T, columns, from string) []string {
	list := []string{}
	err := w.realm.Store.View(func(tx *store.Tx) error {
		return tx.Each("SELECT json_array("+columns+") FROM "+from+" ORDER BY "+columns, nil, func(scan func(...any) error) error {
			var s string
			err := scan(&s)
			list = append(list, s)
			return err
		})
	})
	if err != nil {
		rt.Fatal(err)
	}
	return list
}
