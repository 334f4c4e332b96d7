package iot

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestPrincipals(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	makeThing(t, h, "V1")
	makeThing(t, h, "V2")
	a, b := p(h.r.ARN("cert/a")), p(h.r.ARN("cert/b"))
	for range 2 {
		ok(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V1"), Principal: a})
	}
	ok(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V2"), Principal: a})
	ok(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V1"), Principal: b, ThingPrincipalType: types.ThingPrincipalTypeExclusiveThing})
	refused(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V2"), Principal: b}, "InvalidRequestException", "")
	refused(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V2"), Principal: p("cert")}, "InvalidRequestException", "")
	refused(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V9"), Principal: a}, "ResourceNotFoundException", "")
	if got := ok(t, h.listThingPrincipals, &iot.ListThingPrincipalsInput{ThingName: p("V1")}).Principals; !slices.Equal(got, []string{*a, *b}) {
		t.Errorf("V1 has %v", got)
	}
	if got := ok(t, h.listPrincipalThings, &iot.ListPrincipalThingsInput{Principal: a}).Things; !slices.Equal(got, []string{"V1", "V2"}) {
		t.Errorf("a is attached to %v", got)
	}
	refused(t, h.detachPrincipal, &iot.DetachThingPrincipalInput{ThingName: p("V2"), Principal: b}, "ResourceNotFoundException", "")
}
