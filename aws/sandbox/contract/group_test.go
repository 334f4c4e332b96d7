package contract_test

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestGroupIsDescribedAsMade(t *testing.T) {
	each(t, func(l *lab) {
		l.group("World", "")
		l.group("Asia", "World")
		made := l.group("Japan", "Asia")
		got := must(l.iot.DescribeThingGroup(l.ctx, &iot.DescribeThingGroupInput{ThingGroupName: l.own("Japan")}))(l)
		equal(l, "ARN", aws.ToString(got.ThingGroupArn), l.arn("thinggroup/"+*l.own("Japan")))
		equal(l, "id", aws.ToString(got.ThingGroupId), aws.ToString(made.ThingGroupId))
		equal(l, "version", got.Version, 1)
		equal(l, "parent", aws.ToString(got.ThingGroupMetadata.ParentGroupName), *l.own("Asia"))
		var up []string
		for _, g := range got.ThingGroupMetadata.RootToParentThingGroups {
			up = append(up, *g.GroupName)
		}
		if !slices.Equal(up, []string{*l.own("World"), *l.own("Asia")}) {
			l.Errorf("from the root it is %v", up)
		}
		again := must(l.iot.CreateThingGroup(l.ctx, &iot.CreateThingGroupInput{ThingGroupName: l.own("Japan"), ParentGroupName: l.own("Asia")}))(l)
		equal(l, "id of the repeat", aws.ToString(again.ThingGroupId), aws.ToString(made.ThingGroupId))
		_, err := l.iot.CreateThingGroup(l.ctx, &iot.CreateThingGroupInput{ThingGroupName: l.own("Japan")})
		l.refused(err, http.StatusConflict, "ResourceAlreadyExistsException", "Thing Group "+*l.own("Japan")+" already exists in current account with different properties")
		_, err = l.iot.CreateThingGroup(l.ctx, &iot.CreateThingGroupInput{ThingGroupName: l.own("Lost"), ParentGroupName: l.own("none")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException") // the operation declares no 404
	})
}

func TestUpdateThingGroup(t *testing.T) {
	each(t, func(l *lab) {
		l.group("G", "")
		in := &iot.UpdateThingGroupInput{ThingGroupName: l.own("G"), ExpectedVersion: aws.Int64(1), ThingGroupProperties: &types.ThingGroupProperties{
			ThingGroupDescription: aws.String("cars"), AttributePayload: attributes("country", "JP")}}
		equal(l, "version", must(l.iot.UpdateThingGroup(l.ctx, in))(l).Version, 2)
		got := must(l.iot.DescribeThingGroup(l.ctx, &iot.DescribeThingGroupInput{ThingGroupName: l.own("G")}))(l)
		equal(l, "description", aws.ToString(got.ThingGroupProperties.ThingGroupDescription), "cars")
		equal(l, "attribute", got.ThingGroupProperties.AttributePayload.Attributes["country"], "JP")
		_, err := l.iot.UpdateThingGroup(l.ctx, in)
		l.refused(err, http.StatusConflict, "VersionConflictException")
	})
}

func TestGroupMembers(t *testing.T) {
	each(t, func(l *lab) {
		l.group("World", "")
		l.group("Asia", "World")
		l.thing("a")
		l.thing("b")
		l.join("World", "b")
		l.join("Asia", "a", "a") // twice is no error
		members := func(recursive bool) func() error {
			return func() error {
				out, err := l.iot.ListThingsInThingGroup(l.ctx, &iot.ListThingsInThingGroupInput{ThingGroupName: l.own("World"), Recursive: recursive})
				if err != nil {
					return err
				}
				want := []string{*l.own("b")}
				if recursive {
					want = []string{*l.own("a"), *l.own("b")}
				}
				if slices.Sort(out.Things); !slices.Equal(out.Things, want) {
					return fmt.Errorf("members are %v, want %v (recursive: %t)", out.Things, want, recursive)
				}
				return nil
			}
		}
		l.wait(settled, members(false))
		l.wait(settled, members(true))
		of := must(l.iot.ListThingGroupsForThing(l.ctx, &iot.ListThingGroupsForThingInput{ThingName: l.own("a")}))(l)
		if len(of.ThingGroups) != 1 || *of.ThingGroups[0].GroupArn != l.arn("thinggroup/"+*l.own("Asia")) {
			l.Errorf("groups of the thing are %+v", of.ThingGroups)
		}
		_, err := l.iot.AddThingToThingGroup(l.ctx, &iot.AddThingToThingGroupInput{ThingGroupName: l.own("World"), ThingName: l.own("a")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException") // one group of a tree
		for range 2 {                                                    // removing what is not there is no error
			must(l.iot.RemoveThingFromThingGroup(l.ctx, &iot.RemoveThingFromThingGroupInput{ThingGroupName: l.own("Asia"), ThingName: l.own("a")}))(l)
		}
		_, err = l.iot.AddThingToThingGroup(l.ctx, &iot.AddThingToThingGroupInput{ThingGroupName: l.own("World"), ThingName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
		_, err = l.iot.AddThingToThingGroup(l.ctx, &iot.AddThingToThingGroupInput{ThingGroupName: l.own("World")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
	})
}

func TestDeleteThingGroup(t *testing.T) {
	each(t, func(l *lab) {
		l.group("World", "")
		l.group("Asia", "World")
		l.thing("a")
		l.join("Asia", "a") // members do not keep a group
		_, err := l.iot.DeleteThingGroup(l.ctx, &iot.DeleteThingGroupInput{ThingGroupName: l.own("World")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException", "Cannot delete thing group : "+*l.own("World")+" when there are still child groups attached to it")
		must(l.iot.DeleteThingGroup(l.ctx, &iot.DeleteThingGroupInput{ThingGroupName: l.own("Asia")}))(l)
		l.wait(settled, func() error { // the parent may not know for some seconds
			_, err := l.iot.DeleteThingGroup(l.ctx, &iot.DeleteThingGroupInput{ThingGroupName: l.own("World")})
			return err
		})
		must(l.iot.DeleteThingGroup(l.ctx, &iot.DeleteThingGroupInput{ThingGroupName: l.own("none")}))(l)
		_, err = l.iot.DescribeThingGroup(l.ctx, &iot.DescribeThingGroupInput{ThingGroupName: l.own("World")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestListThingGroups(t *testing.T) {
	each(t, func(l *lab) {
		l.group("World", "")
		l.group("Asia", "World")
		l.group("Japan", "Asia")
		list := func(in *iot.ListThingGroupsInput) (names []string) {
			in.MaxResults = aws.Int32(2)
			for pages := iot.NewListThingGroupsPaginator(l.iot, in); pages.HasMorePages(); {
				for _, g := range must(pages.NextPage(l.ctx))(l).ThingGroups {
					names = append(names, (*g.GroupName)[len(l.prefix):])
				}
			}
			slices.Sort(names)
			return names
		}
		if got := list(&iot.ListThingGroupsInput{NamePrefixFilter: &l.prefix}); !slices.Equal(got, []string{"Asia", "Japan", "World"}) {
			l.Errorf("by prefix there are %v", got)
		}
		if got := list(&iot.ListThingGroupsInput{ParentGroup: l.own("World"), Recursive: aws.Bool(false)}); !slices.Equal(got, []string{"Asia"}) {
			l.Errorf("children are %v", got)
		}
	})
}
