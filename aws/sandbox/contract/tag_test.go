package contract_test

import (
	"fmt"
	"maps"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// tags are all tags of an IoT resource, read page by page.
func (l *lab) tags(arn string) map[string]string {
	l.Helper()
	m := map[string]string{}
	for pages := iot.NewListTagsForResourcePaginator(l.iot, &iot.ListTagsForResourceInput{ResourceArn: &arn}); pages.HasMorePages(); {
		for _, tag := range must(pages.NextPage(l.ctx))(l).Tags {
			m[*tag.Key] = aws.ToString(tag.Value)
		}
	}
	return m
}

func tagList(n int, value string) (list []types.Tag) {
	for i := range n {
		list = append(list, types.Tag{Key: aws.String(fmt.Sprintf("k%02d", i)), Value: &value})
	}
	return list
}

func TestTagsOfGroup(t *testing.T) {
	each(t, func(l *lab) {
		arn := *l.group("G", "").ThingGroupArn
		if got := l.tags(arn); len(got) != 0 {
			l.Errorf("a group without tags has %v", got)
		}
		must(l.iot.TagResource(l.ctx, &iot.TagResourceInput{ResourceArn: &arn, Tags: tagList(50, "v")}))(l)
		must(l.iot.TagResource(l.ctx, &iot.TagResourceInput{ResourceArn: &arn, Tags: tagList(1, "w")}))(l)
		if got := l.tags(arn); len(got) != 50 || got["k00"] != "w" || got["k49"] != "v" {
			l.Errorf("tags are %v", got)
		}
		one := []types.Tag{{Key: aws.String("more"), Value: aws.String("x")}}
		_, err := l.iot.TagResource(l.ctx, &iot.TagResourceInput{ResourceArn: &arn, Tags: one})
		l.refused(err, http.StatusGone, "LimitExceededException")
		must(l.iot.UntagResource(l.ctx, &iot.UntagResourceInput{ResourceArn: &arn, TagKeys: []string{"k00", "none"}}))(l)
		if got := l.tags(arn); len(got) != 49 || got["k00"] != "" {
			l.Errorf("after the removal there are %d tags", len(got))
		}
		_, err = l.iot.TagResource(l.ctx, &iot.TagResourceInput{ResourceArn: aws.String(l.arn("thinggroup/" + *l.own("none"))), Tags: one})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestTagsGivenAtCreation(t *testing.T) {
	each(t, func(l *lab) {
		want := map[string]string{"k00": "v"}
		group := must(l.iot.CreateThingGroup(l.ctx, &iot.CreateThingGroupInput{ThingGroupName: l.own("G"), Tags: tagList(1, "v")}))(l)
		l.group("G", "") // the same again, and gone at the end
		pkg := must(l.iot.CreatePackage(l.ctx, &iot.CreatePackageInput{PackageName: l.own("P"), Tags: want}))(l)
		l.undoPackage("P")
		for _, arn := range []*string{group.ThingGroupArn, pkg.PackageArn} {
			if got := l.tags(*arn); !maps.Equal(got, want) {
				l.Errorf("tags of %s are %v", *arn, got)
			}
		}
	})
}
