package iot

import (
	"errors"
	"fmt"
	"testing"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestTags(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{Taggable: map[string]Exists{"job": func(_ *store.Tx, id string) (bool, error) { return id == "J", nil }}})
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan"), Tags: []types.Tag{{Key: p("a"), Value: p("1")}}})
	makeGroup(t, h, "G", "")
	makeThing(t, h, "V1")
	arn := p(h.thingTypeARN("Sedan"))
	ok(t, h.tagResource, &iot.TagResourceInput{ResourceArn: arn, Tags: []types.Tag{{Key: p("b")}, {Key: p("c"), Value: p("3")}}})
	ok(t, h.untagResource, &iot.UntagResourceInput{ResourceArn: arn, TagKeys: []string{"a", "never"}})
	got := ok(t, h.listTags, &iot.ListTagsForResourceInput{ResourceArn: arn}).Tags
	if len(got) != 2 || *got[0].Key != "b" || *got[0].Value != "" || *got[1].Value != "3" {
		t.Errorf("tags are %+v", got)
	}
	for _, good := range []string{h.groupARN("G"), h.r.ARN("job/J")} {
		ok(t, h.tagResource, &iot.TagResourceInput{ResourceArn: &good, Tags: []types.Tag{{Key: p("a")}}})
	}
	for _, missing := range []string{"thingtype/X", "thinggroup/X", "policy/X", "billinggroup/X", "package/X", "package/X/version/1", "job/X"} {
		refused(t, h.listTags, &iot.ListTagsForResourceInput{ResourceArn: p(h.r.ARN(missing))}, "ResourceNotFoundException", "")
	}
	for _, bad := range []string{h.thingARN("V1"), h.certificateARN("a"), h.r.ARN("jobtemplate/X"), h.r.ARN("job/"), "nonsense", "arn:aws:iot:us-east-1:111111111111:thingtype/Sedan"} {
		refused(t, h.tagResource, &iot.TagResourceInput{ResourceArn: &bad, Tags: []types.Tag{{Key: p("a")}}}, "InvalidRequestException", "")
	}
	twice := []types.Tag{{Key: p("a")}, {Key: p("a")}}
	refused(t, h.tagResource, &iot.TagResourceInput{ResourceArn: arn, Tags: twice}, "InvalidRequestException", "")
	var many []types.Tag
	for i := range 51 {
		many = append(many, types.Tag{Key: p(fmt.Sprint(i))})
	}
	_, err := h.tagResource(ctx, &iot.TagResourceInput{ResourceArn: arn, Tags: many})
	var limit *types.LimitExceededException
	if !errors.As(err, &limit) {
		t.Errorf("51 tags: got %v", err)
	}
	refused(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("G2"), Tags: many}, "InvalidRequestException", "")
	refused(t, h.describeGroup, &iot.DescribeThingGroupInput{ThingGroupName: p("G2")}, "ResourceNotFoundException", "")
	makeGroup(t, h, "G3", "")
	g3 := p(h.groupARN("G3"))
	ok(t, h.tagResource, &iot.TagResourceInput{ResourceArn: g3, Tags: []types.Tag{{Key: p("a")}}})
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("G3")})
	makeGroup(t, h, "G3", "")
	if got := ok(t, h.listTags, &iot.ListTagsForResourceInput{ResourceArn: g3}).Tags; len(got) != 0 {
		t.Errorf("tags outlived the group: %v", got)
	}
}

func TestTagsComeInPages(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	var tags []types.Tag
	for i := range 50 {
		tags = append(tags, types.Tag{Key: p(fmt.Sprintf("key %02d", i)), Value: p("v")})
	}
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan"), Tags: tags})
	in := &iot.ListTagsForResourceInput{ResourceArn: p(h.thingTypeARN("Sedan"))}
	for i := range 2 {
		out := ok(t, h.listTags, in)
		if len(out.Tags) != tagPage || *out.Tags[0].Key != *tags[i*tagPage].Key || (out.NextToken == nil) != (i == 1) {
			t.Fatalf("page %d has %d tags, token %v", i, len(out.Tags), out.NextToken)
		}
		in.NextToken = out.NextToken
	}
	in.NextToken = p("made up")
	refused(t, h.listTags, in, "InvalidRequestException", "")
	one := []types.Tag{{Key: p("AWS:owner")}}
	refused(t, h.tagResource, &iot.TagResourceInput{ResourceArn: in.ResourceArn, Tags: one}, "InvalidRequestException", "")
	again := []types.Tag{{Key: p("key 00"), Value: p("new")}} // a key that is there does not count
	ok(t, h.tagResource, &iot.TagResourceInput{ResourceArn: in.ResourceArn, Tags: again})
}
