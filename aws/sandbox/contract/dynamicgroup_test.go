package contract_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// dynamic makes a dynamic group that goes when the test ends, and waits until it is built.
func (l *lab) dynamic(name, query string) {
	l.Helper()
	must(l.iot.CreateDynamicThingGroup(l.ctx, &iot.CreateDynamicThingGroupInput{ThingGroupName: l.own(name), QueryString: &query}))(l)
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeleteDynamicThingGroup(ctx, &iot.DeleteDynamicThingGroupInput{ThingGroupName: l.own(name)})
		return err
	})
	l.wait(built, func() error {
		g, err := l.iot.DescribeThingGroup(l.ctx, &iot.DescribeThingGroupInput{ThingGroupName: l.own(name)})
		if err == nil && g.Status != types.DynamicGroupStatusActive {
			err = fmt.Errorf("the group is %s", g.Status)
		}
		return err
	})
}

// holds waits until a group has just these members.
func (l *lab) holds(group string, want ...string) {
	l.Helper()
	l.wait(found, func() error {
		out, err := l.iot.ListThingsInThingGroup(l.ctx, &iot.ListThingsInThingGroupInput{ThingGroupName: l.own(group)})
		if err != nil {
			return err
		}
		var got []string
		for _, name := range out.Things {
			got = append(got, name[len(l.prefix):])
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			return fmt.Errorf("group %s holds %v, want %v", group, got, want)
		}
		return nil
	})
}

func TestDynamicGroupFollowsAttributes(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		l.thing("a", "paint", l.prefix+"red")
		l.thing("b", "paint", l.prefix+"blue")
		query := "attributes.paint:" + l.prefix + "red"
		l.dynamic("D", query)
		got := must(l.iot.DescribeThingGroup(l.ctx, &iot.DescribeThingGroupInput{ThingGroupName: l.own("D")}))(l)
		equal(l, "query", aws.ToString(got.QueryString), query)
		equal(l, "index", aws.ToString(got.IndexName), "AWS_Things")
		equal(l, "query version", aws.ToString(got.QueryVersion), "2017-09-30")
		l.holds("D", "a")
		must(l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("b"), AttributePayload: attributes("paint", l.prefix+"red")}))(l)
		l.holds("D", "a", "b")
		must(l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("a"), AttributePayload: attributes("paint", l.prefix+"blue")}))(l)
		l.holds("D", "b")
		must(l.iot.UpdateDynamicThingGroup(l.ctx, &iot.UpdateDynamicThingGroupInput{ThingGroupName: l.own("D"), ThingGroupProperties: &types.ThingGroupProperties{},
			QueryString: aws.String("attributes.paint:" + l.prefix + "blue")}))(l)
		l.holds("D", "a")
	})
}

func TestDynamicGroupIsNoStaticOne(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		l.thing("a")
		l.dynamic("D", "thingName:"+l.prefix+"none*")
		_, err := l.iot.DeleteThingGroup(l.ctx, &iot.DeleteThingGroupInput{ThingGroupName: l.own("D")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException", "This operation does not support dynamic thing groups. Thing group arn: "+l.arn("thinggroup/"+*l.own("D")))
		_, err = l.iot.AddThingToThingGroup(l.ctx, &iot.AddThingToThingGroupInput{ThingGroupName: l.own("D"), ThingName: l.own("a")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
		_, err = l.iot.CreateDynamicThingGroup(l.ctx, &iot.CreateDynamicThingGroupInput{ThingGroupName: l.own("E"), QueryString: aws.String("thingName:(")})
		l.refused(err, http.StatusBadRequest, "InvalidQueryException")
		must(l.iot.DeleteDynamicThingGroup(l.ctx, &iot.DeleteDynamicThingGroupInput{ThingGroupName: l.own("D")}))(l)
		_, err = l.iot.DescribeThingGroup(l.ctx, &iot.DescribeThingGroupInput{ThingGroupName: l.own("D")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

// A continuous job follows what its dynamic group holds.
func TestJobForDynamicGroup(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		l.thing("a", "paint", l.prefix+"red")
		l.thing("b")
		l.dynamic("D", "attributes.paint:"+l.prefix+"red")
		l.holds("D", "a")
		l.job("j", types.TargetSelectionContinuous, l.arn("thinggroup/"+*l.own("D")))
		l.queued("j", 1)
		must(l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("b"), AttributePayload: attributes("paint", l.prefix+"red")}))(l)
		l.queued("j", 2)
	})
}
