package index_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (w *world) describe(group string) *sdk.DescribeThingGroupOutput {
	w.t.Helper()
	return must(w.DescribeThingGroup(w.t.Context(), &sdk.DescribeThingGroupInput{ThingGroupName: &group}))(w.t)
}

func TestDynamicGroupFollowsItsQuery(t *testing.T) {
	t.Parallel()
	w := newWorld(t, aWhile)
	w.thing("Warm", map[string]string{"temp": "70"})
	w.thing("Cold", map[string]string{"temp": "10"})
	w.indexAll()
	w.pass(5 * time.Second)
	w.dynamic("TooWarm", "attributes.temp > 60")
	d := w.describe("TooWarm")
	if d.Status != "BUILDING" || *d.QueryString != "attributes.temp > 60" || *d.IndexName != "AWS_Things" || *d.QueryVersion != "2017-09-30" || d.Version != 1 {
		t.Errorf("new group is %+v", d)
	}
	w.tick()
	expect(t, "members before the group is built", w.members("TooWarm"))
	w.pass(5 * time.Second)
	expect(t, "members", w.members("TooWarm"), "Warm")
	if d := w.describe("TooWarm"); d.Status != "ACTIVE" {
		t.Errorf("status is %s once built", d.Status)
	}
	w.update("Warm", map[string]string{"temp": "20"})
	w.update("Cold", map[string]string{"temp": "90"})
	w.tick()
	expect(t, "members too early", w.members("TooWarm"), "Warm")
	w.pass(2 * time.Second)
	expect(t, "members after a change", w.members("TooWarm"), "Cold")
	w.pass(2 * time.Second)
	expect(t, "found by their group", w.found("thingGroupNames:TooWarm"), "Cold")

	must(w.UpdateDynamicThingGroup(t.Context(), &sdk.UpdateDynamicThingGroupInput{ThingGroupName: aws.String("TooWarm"),
		QueryString: aws.String("attributes.temp < 60"), ThingGroupProperties: &types.ThingGroupProperties{}}))(t)
	if d := w.describe("TooWarm"); d.Status != "REBUILDING" || d.Version != 2 {
		t.Errorf("changed group is %+v", d)
	}
	w.pass(5 * time.Second)
	expect(t, "members by the new query", w.members("TooWarm"), "Warm")
	must(w.DeleteThing(t.Context(), &sdk.DeleteThingInput{ThingName: aws.String("Warm")}))(t)
	expect(t, "members after a deletion", w.members("TooWarm"))
	expect(t, "who joined", w.joined, "TooWarm/Warm", "TooWarm/Cold", "TooWarm/Warm")
	expect(t, "who left", w.left, "TooWarm/Warm", "TooWarm/Cold")
}

func TestDynamicGroupOverShadows(t *testing.T) {
	t.Parallel()
	w := newWorld(t, noLag)
	w.indexAll()
	w.thing("Car", nil)
	w.dynamic("LowBattery", "shadow.reported.battery < 20")
	w.report("Car", `{"battery":80}`)
	expect(t, "full", w.members("LowBattery"))
	w.report("Car", `{"battery":15}`)
	expect(t, "low", w.members("LowBattery"), "Car")
	groups := must(w.ListThingGroupsForThing(t.Context(), &sdk.ListThingGroupsForThingInput{ThingName: aws.String("Car")}))(t)
	if len(groups.ThingGroups) != 1 || *groups.ThingGroups[0].GroupName != "LowBattery" {
		t.Errorf("groups of the car are %+v", groups.ThingGroups)
	}
}

// TestGroupsThatDependOnGroups: a query may ask for other groups, whose members may themselves come and go, and even for
// its own.
func TestGroupsThatDependOnGroups(t *testing.T) {
	t.Parallel()
	w := newWorld(t, noLag)
	w.indexAll()
	w.group("Static")
	w.thing("A", nil)
	w.dynamic("Third", "thingGroupNames:Second")
	w.dynamic("Second", "thingGroupNames:First")
	w.dynamic("First", "thingGroupNames:Static")
	w.dynamic("Contradiction", "NOT thingGroupNames:Contradiction")
	w.join("Static", "A")
	for _, name := range []string{"First", "Second", "Third"} {
		expect(t, name, w.members(name), "A")
	}
	must(w.RemoveThingFromThingGroup(t.Context(), &sdk.RemoveThingFromThingGroupInput{ThingGroupName: aws.String("Static"), ThingName: aws.String("A")}))(t)
	for _, name := range []string{"First", "Second", "Third"} {
		expect(t, name+" after leaving", w.members(name))
	}
	if n := w.count("ix_changes"); n != 0 {
		t.Errorf("%d changes wait", n)
	}
	w = newWorld(t, aWhile)
	w.indexAll()
	w.pass(5 * time.Second)
	w.thing("A", nil)
	w.dynamic("Contradiction", "NOT thingGroupNames:Contradiction")
	for range 10 {
		w.pass(5 * time.Second)
	}
	if n := w.count("ix_changes"); n != 0 {
		t.Errorf("%d changes wait for a group that contradicts itself", n)
	}
}

// TestThingInTenGroups: older dynamic groups take the place of younger ones, static ones only when told to override.
func TestThingInTenGroups(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, noLag), t.Context()
	w.indexAll()
	w.thing("A", map[string]string{"old": "no"})
	create := func(name, query string) {
		t.Helper()
		w.dynamic(name, query)
		w.clock.Advance(time.Second)
	}
	create("Oldest", "attributes.old:yes")
	for i := range 9 {
		create(fmt.Sprintf("D%d", i), "thingName:A")
	}
	w.group("S1")
	w.group("S2")
	w.join("S1", "A")
	create("Youngest", "thingName:A")
	expect(t, "an eleventh group", w.members("Youngest"))
	w.update("A", map[string]string{"old": "yes"})
	expect(t, "an older group", w.members("Oldest"), "A")
	expect(t, "the youngest that had the thing", w.members("D8"))

	add := &sdk.AddThingToThingGroupInput{ThingGroupName: aws.String("S2"), ThingName: aws.String("A")}
	_, err := w.AddThingToThingGroup(ctx, add)
	refuse(t, err, "InvalidRequestException", "10 groups")
	add.OverrideDynamicGroups = true
	must(w.AddThingToThingGroup(ctx, add))(t)
	expect(t, "the youngest after an override", w.members("D7"))
	expect(t, "the static group", w.members("S2"), "A")

	must(w.UpdateThingGroupsForThing(ctx, &sdk.UpdateThingGroupsForThingInput{ThingName: aws.String("A"), ThingGroupsToRemove: []string{"S1", "S2"}}))(t)
	expect(t, "room again", w.members("D7"), "A")
	expect(t, "room for two", w.members("D8"), "A")
	expect(t, "and for none more", w.members("Youngest"))
}

func TestDynamicGroupRefusals(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, noLag), t.Context()
	create := func(name, query string) error {
		_, err := w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: &name, QueryString: &query})
		return err
	}
	refuse(t, create("D", "*"), "InvalidRequestException", "AWS_Things")
	w.indexAll()
	refuse(t, create("D", "thingName:("), "InvalidQueryException", "")
	refuse(t, create("D", "a b c d e f"), "InvalidQueryException", "at most 5 terms")
	w.dynamic("D", "a b c d OPEN")
	w.dynamic("D", "a b c d OPEN") // the same again
	refuse(t, create("D", "a"), "ResourceAlreadyExistsException", "Thing Group D already exists in current account with different properties")
	w.group("S")
	refuse(t, create("S", "a"), "ResourceAlreadyExistsException", "")
	_, err := w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: aws.String("E"), QueryString: aws.String("*"), IndexName: aws.String("AWS_ThingGroups")})
	refuse(t, err, "InvalidRequestException", "AWS_ThingGroups")

	const unsupported = "This operation does not support dynamic thing groups. Thing group arn: arn:aws:iot:us-east-1:000000000000:thinggroup/D"
	d, props := aws.String("D"), &types.ThingGroupProperties{}
	w.thing("A", nil)
	_, err = w.DeleteThingGroup(ctx, &sdk.DeleteThingGroupInput{ThingGroupName: d})
	refuse(t, err, "InvalidRequestException", unsupported)
	_, err = w.UpdateThingGroup(ctx, &sdk.UpdateThingGroupInput{ThingGroupName: d, ThingGroupProperties: props})
	refuse(t, err, "InvalidRequestException", unsupported)
	_, err = w.AddThingToThingGroup(ctx, &sdk.AddThingToThingGroupInput{ThingGroupName: d, ThingName: aws.String("A")})
	refuse(t, err, "InvalidRequestException", unsupported)
	_, err = w.RemoveThingFromThingGroup(ctx, &sdk.RemoveThingFromThingGroupInput{ThingGroupName: d, ThingName: aws.String("A")})
	refuse(t, err, "InvalidRequestException", unsupported)
	_, err = w.CreateThingGroup(ctx, &sdk.CreateThingGroupInput{ThingGroupName: aws.String("Child"), ParentGroupName: d})
	refuse(t, err, "InvalidRequestException", unsupported)
	_, err = w.UpdateIndexingConfiguration(ctx, &sdk.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: "OFF"}})
	refuse(t, err, "InvalidRequestException", "dynamic")

	update := &sdk.UpdateDynamicThingGroupInput{ThingGroupName: aws.String("S"), ThingGroupProperties: props}
	_, err = w.UpdateDynamicThingGroup(ctx, update)
	refuse(t, err, "InvalidRequestException", "static")
	_, err = w.DeleteDynamicThingGroup(ctx, &sdk.DeleteDynamicThingGroupInput{ThingGroupName: aws.String("S")})
	refuse(t, err, "InvalidRequestException", "static")
	update.ThingGroupName, update.ExpectedVersion = d, aws.Int64(7)
	_, err = w.UpdateDynamicThingGroup(ctx, update)
	refuse(t, err, "VersionConflictException", "")
	_, err = w.DeleteDynamicThingGroup(ctx, &sdk.DeleteDynamicThingGroupInput{ThingGroupName: d, ExpectedVersion: aws.Int64(7)})
	refuse(t, err, "VersionConflictException", "")
	update.ExpectedVersion, update.QueryString = nil, aws.String("a:[")
	_, err = w.UpdateDynamicThingGroup(ctx, update)
	refuse(t, err, "InvalidQueryException", "")
	update.ThingGroupName = aws.String("Missing")
	_, err = w.UpdateDynamicThingGroup(ctx, update)
	refuse(t, err, "ResourceNotFoundException", "Missing")
}

func TestDynamicGroupGoesAndTags(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, noLag), t.Context()
	w.indexAll()
	w.thing("A", nil)
	d := aws.String("D")
	made := must(w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: d, QueryString: aws.String("*"),
		ThingGroupProperties: &types.ThingGroupProperties{ThingGroupDescription: aws.String("all")},
		Tags:                 []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}}))(t)
	tags := &sdk.ListTagsForResourceInput{ResourceArn: made.ThingGroupArn}
	if got := must(w.ListTagsForResource(ctx, tags))(t).Tags; len(got) != 1 || *got[0].Key != "k" {
		t.Errorf("tags are %v", got)
	}
	if g := w.describe("D"); g.Status != "ACTIVE" || *g.ThingGroupProperties.ThingGroupDescription != "all" {
		t.Errorf("group is %+v", g)
	}
	w.group("S")
	listed := must(w.ListThingGroups(ctx, &sdk.ListThingGroupsInput{}))(t).ThingGroups
	if len(listed) != 2 || *listed[0].GroupName != "D" {
		t.Errorf("groups are %+v", listed)
	}
	for range 2 { // the second is a success, too
		must(w.DeleteDynamicThingGroup(ctx, &sdk.DeleteDynamicThingGroupInput{ThingGroupName: d}))(t)
	}
	expect(t, "who left", w.left, "D/A")
	if got := w.found("thingGroupNames:D"); len(got) != 0 || w.count("ix_dynamic_builds") != 0 {
		t.Errorf("%v are still found by the group", got)
	}
	must(w.UpdateIndexingConfiguration(ctx, &sdk.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: "OFF"}}))(t)
}

func TestHundredDynamicGroups(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, noLag), t.Context()
	w.indexAll()
	for i := range 100 {
		w.dynamic(fmt.Sprintf("D%02d", i), fmt.Sprintf("attributes.n:%d", i))
	}
	_, err := w.CreateDynamicThingGroup(ctx, &sdk.CreateDynamicThingGroupInput{ThingGroupName: aws.String("More"), QueryString: aws.String("*")},
		func(o *sdk.Options) { o.RetryMaxAttempts = 1 })
	refuse(t, err, "LimitExceededException", "100 dynamic thing groups")
	w.thing("A", map[string]string{"n": "42"})
	var in []string
	for i := range 100 {
		if name := fmt.Sprintf("D%02d", i); slices.Contains(w.members(name), "A") {
			in = append(in, name)
		}
	}
	expect(t, "groups of the thing", in, "D42")
}

// TestLargeGroupsGo: groups of both kinds are emptied in parts, and nobody is taken in again meanwhile.
func TestLargeGroupsGo(t *testing.T) {
	t.Parallel()
	w, ctx := newWorld(t, noLag), t.Context()
	w.exec(`WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i<1200)
		INSERT INTO things(name,id,attributes_json,version,created_at) SELECT printf('T%04d',i), 'id', '{}', 1, 0 FROM n`)
	w.indexAll()
	w.dynamic("D", "*")
	w.group("S")
	w.exec("INSERT INTO group_members(group_name,thing_name) SELECT 'S', name FROM things")
	if n := len(w.found("thingGroupNames:(D AND S)")); n != 250 { // one page
		t.Errorf("%d things found in both groups on the first page", n)
	}
	must(w.DeleteDynamicThingGroup(ctx, &sdk.DeleteDynamicThingGroupInput{ThingGroupName: aws.String("D")}))(t)
	must(w.DeleteThingGroup(ctx, &sdk.DeleteThingGroupInput{ThingGroupName: aws.String("S")}))(t)
	if n := w.count("group_members"); n != 0 || len(w.left) != 2400 || len(w.joined) != 1200 {
		t.Errorf("%d memberships are left, %d left, %d joined", n, len(w.left), len(w.joined))
	}
	expect(t, "found by their groups", w.found("thingGroupNames:(D OR S)"))
}
