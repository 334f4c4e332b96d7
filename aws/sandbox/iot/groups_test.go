package iot

import (
	"fmt"
	"slices"
	"testing"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func makeGroup(t testing.TB, h *handlers, name, parent string) {
	t.Helper()
	ok(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: &name, ParentGroupName: opt(parent)})
}

func makeThing(t testing.TB, h *handlers, name string) {
	t.Helper()
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: &name})
}

func groupNames(list []types.GroupNameAndArn) (names []string) {
	for _, g := range list {
		names = append(names, *g.GroupName)
	}
	return names
}

// makeDynamic stores a dynamic group the way its own operations would.
func makeDynamic(t testing.TB, h *handlers, name string) {
	t.Helper()
	err := h.update(func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT INTO thing_groups(name,id,props_json,version,created_at,query,query_version,index_name,status)
			VALUES(?,'id','{}',1,0,'a','2017-09-30','AWS_Things','ACTIVE')`, name)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestGroupHierarchy(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	makeGroup(t, h, "World", "")
	makeGroup(t, h, "Asia", "World")
	makeGroup(t, h, "Japan", "Asia")
	makeGroup(t, h, "Other", "")
	d := ok(t, h.describeGroup, &iot.DescribeThingGroupInput{ThingGroupName: p("Japan")})
	if got := groupNames(d.ThingGroupMetadata.RootToParentThingGroups); !slices.Equal(got, []string{"World", "Asia"}) {
		t.Errorf("root to parent is %v", got)
	}
	if *d.ThingGroupMetadata.ParentGroupName != "Asia" || !d.ThingGroupMetadata.CreationDate.Equal(start) || d.Version != 1 || d.Status != "" {
		t.Errorf("described as %+v", d)
	}
	if root := ok(t, h.describeGroup, &iot.DescribeThingGroupInput{ThingGroupName: p("World")}); root.ThingGroupMetadata.RootToParentThingGroups != nil {
		t.Error("a root has groups above it")
	}
	lists := []struct {
		in   iot.ListThingGroupsInput
		want []string
	}{
		{iot.ListThingGroupsInput{}, []string{"Asia", "Japan", "Other", "World"}},
		{iot.ListThingGroupsInput{Recursive: p(false)}, []string{"Other", "World"}},
		{iot.ListThingGroupsInput{ParentGroup: p("World")}, []string{"Asia", "Japan"}},
		{iot.ListThingGroupsInput{ParentGroup: p("World"), Recursive: p(false)}, []string{"Asia"}},
		{iot.ListThingGroupsInput{NamePrefixFilter: p("J")}, []string{"Japan"}},
		{iot.ListThingGroupsInput{ParentGroup: p("World"), NamePrefixFilter: p("A")}, []string{"Asia"}},
	}
	for _, l := range lists {
		if got := groupNames(ok(t, h.listGroups, &l.in).ThingGroups); !slices.Equal(got, l.want) {
			t.Errorf("list of %+v gave %v, want %v", l.in, got, l.want)
		}
	}
	refused(t, h.listGroups, &iot.ListThingGroupsInput{ParentGroup: p("Nowhere")}, "ResourceNotFoundException", "")
	refused(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("Asia")},
		"InvalidRequestException", "Cannot delete thing group : Asia when there are still child groups attached to it")
	refused(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("X"), ParentGroupName: p("Nowhere")}, "InvalidRequestException", "")
}

func TestGroupLimits(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	parent := ""
	for i := range 7 {
		name := fmt.Sprint("level", i)
		makeGroup(t, h, name, parent)
		parent = name
	}
	refused(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("level7"), ParentGroupName: &parent}, "InvalidRequestException", "")
	for i := range 99 {
		makeGroup(t, h, fmt.Sprint("child", i), "level0")
	}
	refused(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("child99"), ParentGroupName: p("level0")}, "InvalidRequestException", "")
}

func TestCreateAndUpdateGroup(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	props := &types.ThingGroupProperties{ThingGroupDescription: p("fleet"), AttributePayload: attributes("k", "v")}
	in := &iot.CreateThingGroupInput{ThingGroupName: p("G"), ThingGroupProperties: props}
	first, again := ok(t, h.createGroup, in), ok(t, h.createGroup, in)
	if *first.ThingGroupId != *again.ThingGroupId || *first.ThingGroupArn != "arn:aws:iot:us-east-1:000000000000:thinggroup/G" {
		t.Errorf("created as %+v, then %+v", first, again)
	}
	refused(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("G")},
		"ResourceAlreadyExistsException", "Thing Group G already exists in current account with different properties")
	up := &iot.UpdateThingGroupInput{ThingGroupName: p("G"), ExpectedVersion: p(int64(1)), ThingGroupProperties: &types.ThingGroupProperties{
		AttributePayload: &types.AttributePayload{Merge: true, Attributes: map[string]string{"x": "y"}}}}
	if v := ok(t, h.updateGroup, up).Version; v != 2 {
		t.Errorf("version after update is %d", v)
	}
	refused(t, h.updateGroup, up, "VersionConflictException", "")
	got := ok(t, h.describeGroup, &iot.DescribeThingGroupInput{ThingGroupName: p("G")}).ThingGroupProperties
	if *got.ThingGroupDescription != "fleet" || len(got.AttributePayload.Attributes) != 2 {
		t.Errorf("properties are %+v", got)
	}
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("G"), ExpectedVersion: p(int64(2))})
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("G")})
	refused(t, h.describeGroup, &iot.DescribeThingGroupInput{ThingGroupName: p("G")}, "ResourceNotFoundException", "")
}

func TestStaticOperationsRefuseDynamicGroups(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	makeDynamic(t, h, "D")
	makeThing(t, h, "V1")
	const want = "This operation does not support dynamic thing groups. Thing group arn: arn:aws:iot:us-east-1:000000000000:thinggroup/D"
	refused(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("D")}, "InvalidRequestException", want)
	refused(t, h.updateGroup, &iot.UpdateThingGroupInput{ThingGroupName: p("D")}, "InvalidRequestException", want)
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("D"), ThingName: p("V1")}, "InvalidRequestException", want)
	if d := ok(t, h.describeGroup, &iot.DescribeThingGroupInput{ThingGroupName: p("D")}); d.Status != "ACTIVE" || *d.QueryString != "a" {
		t.Errorf("described as %+v", d)
	}
}

func TestMembership(t *testing.T) {
	t.Parallel()
	var heard []string
	h, _ := open(t, Hooks{
		MemberAdded:   func(_ *store.Tx, g, th string) error { heard = append(heard, "+"+g+"/"+th); return nil },
		MemberRemoved: func(_ *store.Tx, g, th string) error { heard = append(heard, "-"+g+"/"+th); return nil },
	})
	makeGroup(t, h, "Root", "")
	makeGroup(t, h, "A", "Root")
	makeGroup(t, h, "B", "Root")
	makeGroup(t, h, "C", "")
	makeThing(t, h, "V1")
	makeThing(t, h, "V2")
	add := &iot.AddThingToThingGroupInput{ThingGroupName: p("A"), ThingName: p("V1")}
	ok(t, h.addToGroup, add)
	ok(t, h.addToGroup, add)
	ok(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupArn: p(h.groupARN("C")), ThingArn: p(h.thingARN("V1"))})
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("B"), ThingName: p("V1")}, "InvalidRequestException", "")
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("Root"), ThingName: p("V1")}, "InvalidRequestException", "")
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingName: p("V1")}, "InvalidRequestException", "")
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("A"), ThingGroupArn: p("arn:x"), ThingName: p("V1")}, "InvalidRequestException", "")
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("Z"), ThingName: p("V1")}, "ResourceNotFoundException", "")
	refused(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("A"), ThingName: p("V9")}, "ResourceNotFoundException", "")
	refused(t, h.updateGroupsForThing, &iot.UpdateThingGroupsForThingInput{ThingGroupsToAdd: []string{"B"}}, "InvalidRequestException", "")
	ok(t, h.updateGroupsForThing, &iot.UpdateThingGroupsForThingInput{ThingName: p("V1"), ThingGroupsToRemove: []string{"A"}, ThingGroupsToAdd: []string{"B"}})
	ok(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingGroupName: p("Root"), ThingName: p("V2")})
	if got := groupNames(ok(t, h.listGroupsForThing, &iot.ListThingGroupsForThingInput{ThingName: p("V1")}).ThingGroups); !slices.Equal(got, []string{"B", "C"}) {
		t.Errorf("V1 is in %v", got)
	}
	for recursive, want := range map[bool][]string{false: {"V2"}, true: {"V1", "V2"}} {
		got := ok(t, h.listThingsInGroup, &iot.ListThingsInThingGroupInput{ThingGroupName: p("Root"), Recursive: recursive}).Things
		if !slices.Equal(got, want) {
			t.Errorf("Root (recursive %v) has %v, want %v", recursive, got, want)
		}
	}
	remove := &iot.RemoveThingFromThingGroupInput{ThingGroupName: p("B"), ThingName: p("V1")}
	ok(t, h.removeFromGroup, remove)
	ok(t, h.removeFromGroup, remove)
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("C")})
	want := []string{"+A/V1", "+C/V1", "-A/V1", "+B/V1", "+Root/V2", "-B/V1", "-C/V1"}
	if !slices.Equal(heard, want) {
		t.Errorf("hooks heard %v, want %v", heard, want)
	}
}

func TestTenGroupsAreEnough(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	makeThing(t, h, "V1")
	for i := range 11 {
		makeGroup(t, h, fmt.Sprint("G", i), "")
		in := &iot.AddThingToThingGroupInput{ThingGroupName: p(fmt.Sprint("G", i)), ThingName: p("V1")}
		if i < 10 {
			ok(t, h.addToGroup, in)
		} else {
			refused(t, h.addToGroup, in, "InvalidRequestException", "")
		}
	}
	out := ok(t, h.listGroupsForThing, &iot.ListThingGroupsForThingInput{ThingName: p("V1"), MaxResults: p(int32(7))})
	if len(out.ThingGroups) != 7 || out.NextToken == nil {
		t.Fatalf("first page has %d groups", len(out.ThingGroups))
	}
	out = ok(t, h.listGroupsForThing, &iot.ListThingGroupsForThingInput{ThingName: p("V1"), NextToken: out.NextToken})
	if len(out.ThingGroups) != 3 || out.NextToken != nil {
		t.Errorf("second page has %d groups", len(out.ThingGroups))
	}
}
