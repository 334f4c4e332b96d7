package iot

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
)

// TestDeletedChildCountsForAWhile: on AWS a parent cannot be deleted right after its last child.
func TestDeletedChildCountsForAWhile(t *testing.T) {
	t.Parallel()
	h, clock := open(t, Hooks{})
	h.r.Lag.ChildGroup = 2 * time.Second
	ok(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("World")})
	ok(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("Asia"), ParentGroupName: p("World")})
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("Asia")})
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("Asia")}) // again, which changes nothing
	const refusal = "Cannot delete thing group : World when there are still child groups attached to it"
	clock.Advance(1999 * time.Millisecond)
	refused(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("World")}, "InvalidRequestException", refusal)
	clock.Advance(time.Millisecond)
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("World")})

	h.r.Lag.ChildGroup = 0
	ok(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("World")})
	ok(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("Asia"), ParentGroupName: p("World")})
	refused(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("World")}, "InvalidRequestException", refusal)
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("Asia")})
	ok(t, h.deleteGroup, &iot.DeleteThingGroupInput{ThingGroupName: p("World")})
}
