package contract_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestThingTypeIsDescribedAsMade(t *testing.T) {
	each(t, func(l *lab) {
		properties := &types.ThingTypeProperties{ThingTypeDescription: aws.String("cars"), SearchableAttributes: []string{"vin"}}
		made := l.thingType("T", properties)
		got := must(l.iot.DescribeThingType(l.ctx, &iot.DescribeThingTypeInput{ThingTypeName: l.own("T")}))(l)
		equal(l, "ARN", aws.ToString(got.ThingTypeArn), l.arn("thingtype/"+*l.own("T")))
		equal(l, "id", aws.ToString(got.ThingTypeId), aws.ToString(made.ThingTypeId))
		equal(l, "description", aws.ToString(got.ThingTypeProperties.ThingTypeDescription), "cars")
		if !slices.Equal(got.ThingTypeProperties.SearchableAttributes, []string{"vin"}) {
			l.Errorf("searchable attributes are %v", got.ThingTypeProperties.SearchableAttributes)
		}
		if m := got.ThingTypeMetadata; m.Deprecated || m.DeprecationDate != nil || m.CreationDate == nil {
			l.Errorf("metadata is %+v", m)
		}
		again := must(l.iot.CreateThingType(l.ctx, &iot.CreateThingTypeInput{ThingTypeName: l.own("T"), ThingTypeProperties: properties}))(l)
		equal(l, "id of the repeat", aws.ToString(again.ThingTypeId), aws.ToString(made.ThingTypeId))
		_, err := l.iot.CreateThingType(l.ctx, &iot.CreateThingTypeInput{ThingTypeName: l.own("T")})
		l.refused(err, http.StatusConflict, "ResourceAlreadyExistsException")
	})
}

func TestThingTypesOfThings(t *testing.T) {
	each(t, func(l *lab) {
		l.thingType("T", nil)
		in := &iot.CreateThingInput{ThingName: l.own("a"), ThingTypeName: l.own("T"), AttributePayload: attributes("a", "1", "b", "2", "c", "3", "d", "4")}
		must(l.iot.CreateThing(l.ctx, in))(l)
		l.undoThing(in.ThingName)
		equal(l, "type", aws.ToString(l.describe("a").ThingTypeName), *l.own("T"))
		list := must(l.iot.ListThings(l.ctx, &iot.ListThingsInput{ThingTypeName: l.own("T")}))(l)
		if got := l.names(list.Things); !slices.Equal(got, []string{"a"}) {
			l.Errorf("things of the type are %v", got)
		}
		_, err := l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("a"), RemoveThingType: true})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException") // four attributes need a type
		must(l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("a"), AttributePayload: attributes("a", "1"), RemoveThingType: true}))(l)
		if got := l.describe("a"); got.ThingTypeName != nil {
			l.Errorf("the type is still %s", *got.ThingTypeName)
		}
	})
}

func TestDeprecatedThingType(t *testing.T) {
	each(t, func(l *lab) {
		l.thingType("T", nil)
		l.thing("a")
		_, err := l.iot.DeleteThingType(l.ctx, &iot.DeleteThingTypeInput{ThingTypeName: l.own("T")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
		deprecate := func(undo bool) *types.ThingTypeMetadata {
			must(l.iot.DeprecateThingType(l.ctx, &iot.DeprecateThingTypeInput{ThingTypeName: l.own("T"), UndoDeprecate: undo}))(l)
			return must(l.iot.DescribeThingType(l.ctx, &iot.DescribeThingTypeInput{ThingTypeName: l.own("T")}))(l).ThingTypeMetadata
		}
		if m := deprecate(false); !m.Deprecated || m.DeprecationDate == nil {
			l.Errorf("metadata of a deprecated type is %+v", m)
		}
		_, err = l.iot.CreateThing(l.ctx, &iot.CreateThingInput{ThingName: l.own("b"), ThingTypeName: l.own("T")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException", "Can not create new thing with depreated thing type:"+*l.own("T"))
		_, err = l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("a"), ThingTypeName: l.own("T")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException", "Can not update a thing to use deprecated thing type: "+*l.own("T"))
		_, err = l.iot.DeleteThingType(l.ctx, &iot.DeleteThingTypeInput{ThingTypeName: l.own("T")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException", "Please wait for 5 minutes after deprecation and then retry")
		if m := deprecate(true); m.Deprecated || m.DeprecationDate != nil {
			l.Errorf("metadata after the undoing is %+v", m)
		}
	})
}

// The five minutes pass in seconds on a fast sandbox; elsewhere they are only waited for once all tests are over.
func TestThingTypeGoesAfterFiveMinutes(t *testing.T) {
	each(t, func(l *lab) {
		if l.speed < 10 {
			return
		}
		l.thingType("T", nil)
		must(l.iot.DeprecateThingType(l.ctx, &iot.DeprecateThingTypeInput{ThingTypeName: l.own("T")}))(l)
		l.wait(6*time.Minute, func() error {
			_, err := l.iot.DeleteThingType(l.ctx, &iot.DeleteThingTypeInput{ThingTypeName: l.own("T")})
			return err
		})
		_, err := l.iot.DescribeThingType(l.ctx, &iot.DescribeThingTypeInput{ThingTypeName: l.own("T")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestListThingTypesByPrefix(t *testing.T) {
	each(t, func(l *lab) {
		l.thingType("T1", nil)
		l.thingType("T2", nil)
		var got []string
		in := &iot.ListThingTypesInput{ThingTypeName: l.own("T"), MaxResults: aws.Int32(1)}
		for pages := iot.NewListThingTypesPaginator(l.iot, in); pages.HasMorePages(); {
			for _, d := range must(pages.NextPage(l.ctx))(l).ThingTypes {
				got = append(got, (*d.ThingTypeName)[len(l.prefix):])
			}
		}
		if slices.Sort(got); !slices.Equal(got, []string{"T1", "T2"}) {
			l.Errorf("listed %v", got)
		}
	})
}
