package iot

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestThingTypeLife(t *testing.T) {
	t.Parallel()
	h, clk := open(t, Hooks{})
	props := &types.ThingTypeProperties{ThingTypeDescription: p("cars"), SearchableAttributes: []string{"vin"}}
	in := &iot.CreateThingTypeInput{ThingTypeName: p("Sedan"), ThingTypeProperties: props, Tags: []types.Tag{{Key: p("owner"), Value: p("lab")}}}
	first, again := ok(t, h.createThingType, in), ok(t, h.createThingType, in)
	if *first.ThingTypeId != *again.ThingTypeId {
		t.Errorf("ids differ: %s, %s", *first.ThingTypeId, *again.ThingTypeId)
	}
	refused(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan")}, "ResourceAlreadyExistsException", "")
	del := &iot.DeleteThingTypeInput{ThingTypeName: p("Sedan")}
	refused(t, h.deleteThingType, del, "InvalidRequestException", "")
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), ThingTypeName: p("Sedan")})
	ok(t, h.deprecateThingType, &iot.DeprecateThingTypeInput{ThingTypeName: p("Sedan")})
	d := ok(t, h.describeThingType, &iot.DescribeThingTypeInput{ThingTypeName: p("Sedan")})
	if m := d.ThingTypeMetadata; !m.Deprecated || !m.DeprecationDate.Equal(start) || !m.CreationDate.Equal(start) {
		t.Errorf("metadata is %+v", m)
	}
	clk.Advance(5*time.Minute - time.Millisecond)
	refused(t, h.deleteThingType, del, "InvalidRequestException",
		"Cannot delete thing type : Sedan. Please wait for 5 minutes after deprecation and then retry")
	clk.Advance(time.Millisecond)
	refused(t, h.deleteThingType, del, "InvalidRequestException", "")
	ok(t, h.deleteThing, &iot.DeleteThingInput{ThingName: p("V1")})
	ok(t, h.deleteThingType, del)
	refused(t, h.describeThingType, &iot.DescribeThingTypeInput{ThingTypeName: p("Sedan")}, "ResourceNotFoundException", "")
	refused(t, h.deleteThingType, del, "ResourceNotFoundException", "")
}

func TestThingTypeLimits(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	propagating := func(n int, a types.PropagatingAttribute) *types.ThingTypeProperties {
		list := make([]types.PropagatingAttribute, n)
		for i := range list {
			list[i] = a
		}
		return &types.ThingTypeProperties{Mqtt5Configuration: &types.Mqtt5Configuration{PropagatingAttributes: list}}
	}
	good := types.PropagatingAttribute{UserPropertyKey: p("vin"), ThingAttribute: p("vin")}
	for name, props := range map[string]*types.ThingTypeProperties{
		"four searchable": {SearchableAttributes: []string{"a", "b", "c", "d"}},
		"21 propagating":  propagating(21, good),
		"no key":          propagating(1, types.PropagatingAttribute{ThingAttribute: p("vin")}),
		"no source":       propagating(1, types.PropagatingAttribute{UserPropertyKey: p("vin")}),
		"two sources":     propagating(1, types.PropagatingAttribute{UserPropertyKey: p("vin"), ThingAttribute: p("vin"), ConnectionAttribute: p("iot:ClientId")}),
	} {
		t.Log(name)
		refused(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("T"), ThingTypeProperties: props}, "InvalidRequestException", "")
	}
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("T"), ThingTypeProperties: propagating(20, good)})
	d := ok(t, h.describeThingType, &iot.DescribeThingTypeInput{ThingTypeName: p("T")})
	if m := d.ThingTypeProperties.Mqtt5Configuration; m == nil || len(m.PropagatingAttributes) != 20 || *m.PropagatingAttributes[0].ThingAttribute != "vin" {
		t.Errorf("configuration is %+v", m)
	}
	refused(t, h.updateThingType, &iot.UpdateThingTypeInput{ThingTypeName: p("T"), ThingTypeProperties: propagating(21, good)}, "InvalidRequestException", "")
	refused(t, h.updateThingType, &iot.UpdateThingTypeInput{ThingTypeName: p("None")}, "ResourceNotFoundException", "")
}

func TestUndoDeprecation(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: p("Sedan")})
	ok(t, h.deprecateThingType, &iot.DeprecateThingTypeInput{ThingTypeName: p("Sedan")})
	ok(t, h.deprecateThingType, &iot.DeprecateThingTypeInput{ThingTypeName: p("Sedan"), UndoDeprecate: true})
	d := ok(t, h.describeThingType, &iot.DescribeThingTypeInput{ThingTypeName: p("Sedan")})
	if d.ThingTypeMetadata.Deprecated || d.ThingTypeMetadata.DeprecationDate != nil {
		t.Errorf("metadata is %+v", d.ThingTypeMetadata)
	}
	ok(t, h.createThing, &iot.CreateThingInput{ThingName: p("V1"), ThingTypeName: p("Sedan")})
	ok(t, h.updateThingType, &iot.UpdateThingTypeInput{ThingTypeName: p("Sedan"), ThingTypeProperties: &types.ThingTypeProperties{ThingTypeDescription: p("new")}})
	if d = ok(t, h.describeThingType, &iot.DescribeThingTypeInput{ThingTypeName: p("Sedan")}); *d.ThingTypeProperties.ThingTypeDescription != "new" {
		t.Errorf("description is %v", *d.ThingTypeProperties.ThingTypeDescription)
	}
}

func TestListThingTypesByPrefix(t *testing.T) {
	t.Parallel()
	h, _ := open(t, Hooks{})
	for _, n := range []string{"Sedan", "SUV", "SedanVehicle", "Truck"} {
		ok(t, h.createThingType, &iot.CreateThingTypeInput{ThingTypeName: &n})
	}
	out := ok(t, h.listThingTypes, &iot.ListThingTypesInput{ThingTypeName: p("Sedan"), MaxResults: p(int32(1))})
	if len(out.ThingTypes) != 1 || *out.ThingTypes[0].ThingTypeName != "Sedan" || out.NextToken == nil {
		t.Fatalf("first page %+v", out)
	}
	out = ok(t, h.listThingTypes, &iot.ListThingTypesInput{ThingTypeName: p("Sedan"), MaxResults: p(int32(1)), NextToken: out.NextToken})
	if len(out.ThingTypes) != 1 || *out.ThingTypes[0].ThingTypeName != "SedanVehicle" || out.NextToken != nil {
		t.Fatalf("second page %+v", out)
	}
}
