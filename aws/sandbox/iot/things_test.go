package iot

import (
	"errors"
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

func attributes(kv ...string) *types.AttributePayload {
	m := map[string]string{}
	for i := 0; i < len(kv); i += 2 {
		m[kv[i]] = kv[i+1]
	}
	return &types.AttributePayload{Attributes: m}
}

func TestCreateThingIsIdempotent(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan")})
	in := &iot.CreateThingInput{ThingName: p("V1"), ThingTypeName: p("Sedan"), AttributePayload: attributes("color", "red", "country", "JP")}
	first, again := ok(t, h.createThing, in), ok(t, h.createThing, in)
	if *first.ThingId != *again.ThingId {
		t.Errorf("ids differ: %s, %s", *first.ThingId, *again.ThingId)
	}
	if want := "arn:aws:iot:us-east-1:000000000000:thing/V1"; *first.ThingArn != want {
		t.Errorf("arn = %s, want %s", *first.ThingArn, want)
	}
	in.AttributePayload = attributes("color", "blue")
	_, err := h.createThing(ctx, in)
	var exists *types.ResourceAlreadyExistsException
	if !errors.As(err, &exists) || *exists.ResourceId != *first.ThingId || *exists.ResourceArn != *first.ThingArn {
		t.Fatalf("got %v, want ResourceAlreadyExistsException with id and ARN", err)
	}
	if want := "Thing V1 already exists in account with different attributes"; *exists.Message != want {
		t.Errorf("message %q, want %q", *exists.Message, want)
	}
	d := ok(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("V1")})
	if d.Version != 1 || d.Attributes["color"] != "red" || *d.ThingTypeName != "Sedan" || *d.DefaultClientId != "V1" {
		t.Errorf("describe gave %+v", d)
	}
}

func TestCreateThingRefusals(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	refused(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), ThingTypeName: p("None")}, "ResourceNotFoundException", "")
	refused(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), BillingGroupName: p("None")}, "ResourceNotFoundException", "")
	four := attributes("a", "1", "b", "1", "c", "1", "d", "1")
	refused(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), AttributePayload: four}, "InvalidRequestException", "")
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan")})
	many := attributes()
	for i := range 51 {
		many.Attributes[fmt.Sprint("k", i)] = "v"
	}
	refused(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), ThingTypeName: p("Sedan"), AttributePayload: many}, "InvalidRequestException", "")
	delete(many.Attributes, "k0")
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), ThingTypeName: p("Sedan"), AttributePayload: many})
	large := attributes()
	for i := range 50 {
		large.Attributes[fmt.Sprint("k", i)] = strings.Repeat("v", 970)
	}
	refused(t, h.createThing, &iot.CreateThingInput{ThingName: p("V2"), ThingTypeName: p("Sedan"), AttributePayload: large}, "InvalidRequestException", "")
	ok(t, h.deprecateThingType, &iot.DeprecateThingTypeInput{ThingTypeName: p("Sedan")})
	refused(t, h.createThing, &iot.CreateThingInput{ThingName: p("V3"), ThingTypeName: p("Sedan")},
		"InvalidRequestException", "Can not create new thing with depreated thing type:Sedan")
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V4")})
	refused(t, h.updateThing, &iot.UpdateThingInput{ThingName: p("V4"), ThingTypeName: p("Sedan")},
		"InvalidRequestException", "Can not update a thing to use deprecated thing type: Sedan")
}

func TestUpdateThing(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan")})
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), AttributePayload: attributes("a", "1", "b", "2")})
	steps := []struct {
		in   *iot.UpdateThingInput
		want map[string]string
	}{
		{&iot.UpdateThingInput{ThingTypeName: p("Sedan")}, map[string]string{"a": "1", "b": "2"}},
		{&iot.UpdateThingInput{AttributePayload: &types.AttributePayload{Merge: true, Attributes: map[string]string{"b": "", "c": "3"}}}, map[string]string{"a": "1", "c": "3"}},
		{&iot.UpdateThingInput{AttributePayload: attributes("d", "4"), ExpectedVersion: p(int64(3))}, map[string]string{"d": "4"}},
		{&iot.UpdateThingInput{AttributePayload: attributes("a", "1", "b", "2", "c", "3", "d", "4")}, map[string]string{"a": "1", "b": "2", "c": "3", "d": "4"}},
	}
	for i, s := range steps {
		s.in.ThingName = p("V1")
		ok(t, h.updateThing, s.in)
		d := ok(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("V1")})
		if !maps.Equal(d.Attributes, s.want) || d.Version != int64(i+2) {
			t.Errorf("step %d: version %d with %v, want %d with %v", i, d.Version, d.Attributes, i+2, s.want)
		}
	}
	refused(t, h.updateThing, &iot.UpdateThingInput{ThingName: p("V1"), RemoveThingType: true}, "InvalidRequestException", "")
	refused(t, h.updateThing, &iot.UpdateThingInput{ThingName: p("V1"), RemoveThingType: true, ThingTypeName: p("Sedan")}, "InvalidRequestException", "")
	refused(t, h.updateThing, &iot.UpdateThingInput{ThingName: p("V1"), ExpectedVersion: p(int64(2))},
		"VersionConflictException", "The version for thing V1 does not match the expected version.")
	refused(t, h.updateThing, &iot.UpdateThingInput{ThingName: p("V2")}, "ResourceNotFoundException", "")
	ok(t, h.updateThing, &iot.UpdateThingInput{ThingName: p("V1"), RemoveThingType: true, AttributePayload: attributes()})
	if d := ok(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("V1")}); d.ThingTypeName != nil || len(d.Attributes) != 0 {
		t.Errorf("type %v and attributes %v stayed", d.ThingTypeName, d.Attributes)
	}
}

func TestDeleteThing(t *testing.T) {
	t.Parallel()
	var gone []string
	h, _ := open(t, Hooks{ThingDeleted: func(_ *store.Tx, thing string) error {
		gone = append(gone, thing)
		return nil
	}})
	ok(t, h.deleteThing, &iot.DeleteThingInput{ThingName: p("never")})
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1")})
	ok(t, h.createGroup, &iot.CreateThingGroupInput{ThingGroupName: p("G")})
	ok(t, h.addToGroup, &iot.AddThingToThingGroupInput{ThingName: p("V1"), ThingGroupName: p("G")})
	cert := p(h.certificateARN(makeCertificate(t, h)))
	ok(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V1"), Principal: cert})
	refused(t, h.deleteThing, &iot.DeleteThingInput{ThingName: p("V1")},
		"InvalidRequestException", "Cannot delete. Thing V1 is still attached to one or more principals")
	ok(t, h.detachPrincipal, &iot.DetachThingPrincipalInput{ThingName: p("V1"), Principal: cert})
	refused(t, h.deleteThing, &iot.DeleteThingInput{ThingName: p("V1"), ExpectedVersion: p(int64(9))}, "VersionConflictException", "")
	ok(t, h.deleteThing, &iot.DeleteThingInput{ThingName: p("V1"), ExpectedVersion: p(int64(1))})
	refused(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("V1")}, "ResourceNotFoundException", "")
	if l := ok(t, h.listThingsInGroup, &iot.ListThingsInThingGroupInput{ThingGroupName: p("G")}); len(l.Things) != 0 {
		t.Errorf("group still has %v", l.Things)
	}
	if len(gone) != 1 || gone[0] != "V1" {
		t.Errorf("hook heard of %v, want V1 once", gone)
	}
}

// On AWS a thing can be deleted only some time after its principal was detached.
func TestDeleteThingAfterADetach(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	h.r.Lag.Detach = 2 * time.Second
	cert, del := p(h.certificateARN(makeCertificate(t, h))), &iot.DeleteThingInput{ThingName: p("V1")}
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1")})
	ok(t, h.attachPrincipal, &iot.AttachThingPrincipalInput{ThingName: p("V1"), Principal: cert})
	ok(t, h.detachPrincipal, &iot.DetachThingPrincipalInput{ThingName: p("V1"), Principal: cert})
	if l := ok(t, h.listThingPrincipals, &iot.ListThingPrincipalsInput{ThingName: p("V1")}); len(l.Principals) != 0 {
		t.Errorf("still listed: %v", l.Principals)
	}
	clk.Advance(2*time.Second - time.Millisecond)
	refused(t, h.deleteThing, del, "InvalidRequestException", "Cannot delete. Thing V1 is still attached to one or more principals")
	clk.Advance(time.Millisecond)
	ok(t, h.deleteThing, del)
}

func TestHookErrorUndoesTheDeletion(t *testing.T) {
	t.Parallel()
	boom := errors.New("boom")
	h, _ := open(t, Hooks{ThingDeleted: func(*store.Tx, string) error { return boom }})
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1")})
	if _, err := h.deleteThing(ctx, &iot.DeleteThingInput{ThingName: p("V1")}); !errors.Is(err, boom) {
		t.Fatalf("got %v, want the hook's error", err)
	}
	ok(t, h.describeThing, &iot.DescribeThingInput{ThingName: p("V1")})
}

// TestListThings compares filtered, paged lists with a plain filter over everything.
func TestListThings(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	for _, typ := range []string{"Sedan", "Truck"} {
		ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: &typ})
	}
	all := map[string]*iot.CreateThingInput{}
	for i := range 40 {
		in := &iot.CreateThingInput{ThingName: p(fmt.Sprintf("V-%02d", i)), AttributePayload: attributes("vin", fmt.Sprintf("VIN-%d", i%5))}
		if i%2 == 0 {
			in.ThingTypeName = p([]string{"Sedan", "Truck"}[i/2%2])
		}
		ok(t, h.createThing, in)
		all[*in.ThingName] = in
	}
	rapid.Check(t, func(rt *rapid.T) {
		in := &iot.ListThingsInput{MaxResults: p(rapid.Int32Range(1, 50).Draw(rt, "size"))}
		if rapid.Bool().Draw(rt, "by type") {
			in.ThingTypeName = p(rapid.SampledFrom([]string{"Sedan", "Truck", "None"}).Draw(rt, "type"))
		}
		if rapid.Bool().Draw(rt, "by attribute") {
			in.AttributeName = p("vin")
			in.AttributeValue = p(rapid.SampledFrom([]string{"VIN-1", "VIN-", "vin-1", "x"}).Draw(rt, "value"))
			in.UsePrefixAttributeValue = rapid.Bool().Draw(rt, "prefix")
		}
		want := map[string]bool{}
		for name, c := range all {
			vin := c.AttributePayload.Attributes["vin"]
			if (in.ThingTypeName == nil || str(c.ThingTypeName) == *in.ThingTypeName) &&
				(in.AttributeName == nil || vin == *in.AttributeValue || in.UsePrefixAttributeValue && strings.HasPrefix(vin, *in.AttributeValue)) {
				want[name] = true
			}
		}
		got, last := map[string]bool{}, ""
		for {
			out := ok(t, h.listThings, in)
			for _, th := range out.Things {
				if *th.ThingName <= last {
					rt.Fatalf("%s came after %s", *th.ThingName, last)
				}
				last = *th.ThingName
				got[last] = true
			}
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if !maps.Equal(got, want) {
			rt.Fatalf("got %v, want %v", got, want)
		}
	})
	refused(t, h.listThings, &iot.ListThingsInput{NextToken: p("made up")}, "InvalidRequestException", "")
	refused(t, h.listThings, &iot.ListThingsInput{AttributeName: p("vin")}, "InvalidRequestException", "")
}
