package index_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestIndexFollowsAfterTheLag(t *testing.T) {
	t.Parallel()
	w := newWorld(t, aWhile)
	w.thing("Old", nil)
	w.indexAll()
	w.pass(5 * time.Second)
	expect(t, "what was there before", w.found("*"), "Old")

	w.thing("New", map[string]string{"a": "1"})
	w.pass(1900 * time.Millisecond)
	expect(t, "too early", w.found("*"), "Old")
	w.pass(200 * time.Millisecond)
	expect(t, "after the lag", w.found("attributes.a:1"), "New")

	w.group("Group")
	w.join("Group", "New")
	w.report("New", `{"temp":5}`)
	must(w.DeleteThing(t.Context(), &sdk.DeleteThingInput{ThingName: aws.String("Old")}))(t)
	w.tick()
	expect(t, "before the membership is seen", w.found("thingGroupNames:Group OR shadow.reported.temp:5"))
	expect(t, "a deleted thing", w.found("*"), "New", "Old")
	w.pass(2 * time.Second)
	expect(t, "membership", w.found("thingGroupNames:Group"), "New")
	expect(t, "shadow", w.found("shadow.reported.temp:5"), "New")
	expect(t, "everything", w.found("*"), "New")
	groups := must(w.SearchIndex(t.Context(), &sdk.SearchIndexInput{IndexName: aws.String("AWS_ThingGroups"), QueryString: aws.String("*")}))(t)
	if len(groups.ThingGroups) != 1 || *groups.ThingGroups[0].ThingGroupName != "Group" {
		t.Errorf("groups are %+v", groups.ThingGroups)
	}
}

// TestThingThatKeepsChanging is found although it is never left alone for as long as the lag.
func TestThingThatKeepsChanging(t *testing.T) {
	t.Parallel()
	w := newWorld(t, aWhile)
	w.indexAll()
	w.pass(5 * time.Second)
	w.thing("Busy", nil)
	for range 5 {
		w.update("Busy", map[string]string{"a": "1"})
		w.pass(500 * time.Millisecond)
	}
	expect(t, "a thing that keeps changing", w.found("*"), "Busy")
}

func TestIndexIsBuilt(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, aWhile), t.Context()
	w.thing("Thing", nil)
	w.report("Thing", `{"temp":5}`)
	set := func(mode types.ThingIndexingMode) {
		t.Helper()
		must(w.UpdateIndexingConfiguration(ctx, &sdk.UpdateIndexingConfigurationInput{
			ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: mode}}))(t)
	}
	query := &sdk.SearchIndexInput{QueryString: aws.String("*")}
	set("REGISTRY")
	w.tick()
	_, err := w.SearchIndex(ctx, query)
	refuse(t, err, "IndexNotReadyException", "AWS_Things")
	if s := w.status("AWS_Things"); s != "BUILDING" {
		t.Errorf("status is %s after switching on", s)
	}
	_, err = w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: aws.String("D"), QueryString: aws.String("*")})
	refuse(t, err, "InvalidRequestException", "is not ready")
	w.pass(5 * time.Second)
	if s := w.status("AWS_Things"); s != "ACTIVE" {
		t.Errorf("status is %s after the build", s)
	}
	set("REGISTRY")
	if s := w.status("AWS_Things"); s != "ACTIVE" {
		t.Errorf("status is %s after nothing changed", s)
	}

	set("REGISTRY_AND_SHADOW")
	w.tick()
	if s := w.status("AWS_Things"); s != "REBUILDING" {
		t.Errorf("status is %s after a change", s)
	}
	expect(t, "the registry while rebuilding", w.found("*"), "Thing")
	expect(t, "shadows while rebuilding", w.found("shadow.reported.temp:5"))
	w.pass(5 * time.Second)
	expect(t, "shadows once rebuilt", w.found("shadow.reported.temp:5"), "Thing")

	set("OFF")
	_, err = w.SearchIndex(ctx, query)
	refuse(t, err, "ResourceNotFoundException", "AWS_Things")
	w.thing("Unseen", nil)
	for _, table := range []string{"ix_things", "ix_members", "ix_shadows", "ix_changes", "ix_status", "ix_batch"} {
		if n := w.count(table); n != 0 {
			t.Errorf("%s has %d rows while indexing is off", table, n)
		}
	}
	set("REGISTRY")
	w.pass(5 * time.Second)
	expect(t, "switched on again", w.found("*"), "Thing", "Unseen")
}

// TestManyThingsAreBuiltInParts checks that a build goes on where a part ended, with things coming and going meanwhile.
func TestManyThingsAreBuiltInParts(t *testing.T) {
	t.Parallel()
	w := newWorld(t, aWhile)
	const many = 9500
	w.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<?)
		INSERT INTO things(name,id,attributes_json,version,created_at) SELECT printf('T%06d',i), 'id', '{}', 1, 0 FROM n`, many)
	w.indexAll()
	w.pass(5 * time.Second)
	if n := w.count("ix_things"); n == 0 || n >= many {
		t.Fatalf("one tick indexed %d of %d things; the test wants several", n, many)
	}
	w.thing("A-behind-the-build", nil)
	w.thing("Z-ahead-of-the-build", nil)
	must(w.DeleteThing(t.Context(), &sdk.DeleteThingInput{ThingName: aws.String("T000001")}))(t)
	must(w.DeleteThing(t.Context(), &sdk.DeleteThingInput{ThingName: aws.String("T009500")}))(t)
	for range 3 {
		w.pass(2 * time.Second)
	}
	if n := w.count("ix_things"); n != many || w.status("AWS_Things") != "ACTIVE" {
		t.Errorf("%d things are indexed, want %d", n, many)
	}
	expect(t, "the late ones", w.found("thingName:*-build"), "A-behind-the-build", "Z-ahead-of-the-build")
}

// TestPendingIsDueAfterARestart checks that what was noted before the program ended does not wait again.
func TestPendingIsDueAfterARestart(t *testing.T) {
	t.Parallel()
	w := newWorld(t, aWhile)
	w.indexAll()
	w.pass(5 * time.Second)
	w.thing("Pending", nil)
	w.tick()
	expect(t, "before", w.found("*"))
	w.restart()
	w.tick()
	expect(t, "after the restart", w.found("*"), "Pending")
}

// TestIndexOfAnOlderStateIsBuilt: a state file may have the configuration and nothing indexed.
func TestIndexOfAnOlderStateIsBuilt(t *testing.T) {
	t.Parallel()
	w := newWorld(t, aWhile)
	w.thing("Thing", nil)
	w.exec(`INSERT INTO settings(name,value) VALUES('thing-indexing','{"ThingIndexingMode":"REGISTRY"}')`)
	if s := w.status("AWS_Things"); s != "BUILDING" {
		t.Errorf("status is %s before the build", s)
	}
	w.tick()
	expect(t, "after the build", w.found("*"), "Thing")
}

func TestImmediateIndexIsNeverBehind(t *testing.T) {
	t.Parallel()
	w := newWorld(t, noLag)
	w.indexAll()
	if s := w.status("AWS_Things"); s != "ACTIVE" {
		t.Errorf("status is %s", s)
	}
	w.thing("A", map[string]string{"x": "1"})
	expect(t, "a new thing", w.found("attributes.x:1"), "A")
	w.update("A", map[string]string{"x": "2"})
	expect(t, "a changed thing", w.found("attributes.x:1"))
	w.dynamic("D", "attributes.x:2")
	expect(t, "a new dynamic group", w.members("D"), "A")
	w.update("A", map[string]string{"x": "1"})
	expect(t, "a dynamic group after a change", w.members("D"))
}
