package contract_test

import (
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestThingIsDescribedAsMade(t *testing.T) {
	each(t, func(l *lab) {
		made := l.thing("a", "color", "red", "vin", "V-1")
		got := l.describe("a")
		equal(l, "ARN", aws.ToString(got.ThingArn), l.arn("thing/"+*l.own("a")))
		equal(l, "id", aws.ToString(got.ThingId), aws.ToString(made.ThingId))
		equal(l, "client id", aws.ToString(got.DefaultClientId), *l.own("a"))
		equal(l, "version", got.Version, 1)
		if !maps.Equal(got.Attributes, map[string]string{"color": "red", "vin": "V-1"}) {
			l.Errorf("attributes are %v", got.Attributes)
		}
	})
}

func TestCreateThingIsIdempotent(t *testing.T) {
	each(t, func(l *lab) {
		first := l.thing("a", "color", "red")
		in := &iot.CreateThingInput{ThingName: l.own("a"), AttributePayload: attributes("color", "red")}
		again := must(l.iot.CreateThing(l.ctx, in))(l)
		equal(l, "id of the repeat", aws.ToString(again.ThingId), aws.ToString(first.ThingId))
		in.AttributePayload = attributes("color", "blue")
		_, err := l.iot.CreateThing(l.ctx, in)
		l.refused(err, http.StatusConflict, "ResourceAlreadyExistsException", "Thing "+*l.own("a")+" already exists in account with different attributes")
		var exists *types.ResourceAlreadyExistsException
		if errors.As(err, &exists) {
			equal(l, "ARN in the error", aws.ToString(exists.ResourceArn), *first.ThingArn)
		}
	})
}

func TestUpdateThing(t *testing.T) {
	each(t, func(l *lab) {
		l.thing("a", "color", "red", "vin", "1")
		update := func(in *iot.UpdateThingInput) error {
			in.ThingName = l.own("a")
			_, err := l.iot.UpdateThing(l.ctx, in)
			return err
		}
		merged := attributes("color", "blue", "vin", "", "size", "2")
		merged.Merge = true
		for i, step := range []struct {
			in   *iot.UpdateThingInput
			want map[string]string
		}{
			{&iot.UpdateThingInput{AttributePayload: merged}, map[string]string{"color": "blue", "size": "2"}},
			{&iot.UpdateThingInput{AttributePayload: attributes("only", "x"), ExpectedVersion: aws.Int64(2)}, map[string]string{"only": "x"}},
		} {
			if err := update(step.in); err != nil {
				l.Fatal(err)
			}
			got := l.describe("a")
			equal(l, "version", got.Version, int64(i+2))
			if !maps.Equal(got.Attributes, step.want) {
				l.Errorf("attributes are %v, want %v", got.Attributes, step.want)
			}
		}
		l.refused(update(&iot.UpdateThingInput{ExpectedVersion: aws.Int64(1)}), http.StatusConflict, "VersionConflictException")
		l.refused(update(&iot.UpdateThingInput{ThingTypeName: l.own("none")}), http.StatusNotFound, "ResourceNotFoundException")
		l.refused(update(&iot.UpdateThingInput{ThingTypeName: l.own("none"), RemoveThingType: true}), http.StatusBadRequest, "InvalidRequestException")
		equal(l, "version after refusals", l.describe("a").Version, 3)
	})
}

func TestThingNamesAndAttributesAreLimited(t *testing.T) {
	each(t, func(l *lab) {
		for why, in := range map[string]*iot.CreateThingInput{
			"a space in the name":  {ThingName: l.own("a b")},
			"a value with a space": {ThingName: l.own("a"), AttributePayload: attributes("k", "a b")},
			"four attributes":      {ThingName: l.own("a"), AttributePayload: attributes("a", "1", "b", "1", "c", "1", "d", "1")},
		} {
			_, err := l.iot.CreateThing(l.ctx, in)
			if err == nil {
				l.undoThing(in.ThingName)
			}
			if problem := refusal(err, http.StatusBadRequest, "InvalidRequestException"); problem != nil {
				l.Errorf("%s: %v", why, problem)
			}
		}
		_, err := l.iot.CreateThing(l.ctx, &iot.CreateThingInput{ThingName: l.own("a"), ThingTypeName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestThingThatIsNotThere(t *testing.T) {
	each(t, func(l *lab) {
		_, err := l.iot.DescribeThing(l.ctx, &iot.DescribeThingInput{ThingName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
		_, err = l.iot.UpdateThing(l.ctx, &iot.UpdateThingInput{ThingName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
		l.thing("a")
		_, err = l.iot.DeleteThing(l.ctx, &iot.DeleteThingInput{ThingName: l.own("a"), ExpectedVersion: aws.Int64(9)})
		l.refused(err, http.StatusConflict, "VersionConflictException")
		must(l.iot.DeleteThing(l.ctx, &iot.DeleteThingInput{ThingName: l.own("a")}))(l)
		_, err = l.iot.DescribeThing(l.ctx, &iot.DescribeThingInput{ThingName: l.own("a")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestListThingsPagesAndFilters(t *testing.T) {
	each(t, func(l *lab) {
		value := l.prefix + "fleet" // other tests' things have no such attribute
		var want []string
		for i := range 5 {
			want = append(want, fmt.Sprint("t", i))
			l.thing(want[i], "fleet", value)
		}
		in := &iot.ListThingsInput{AttributeName: aws.String("fleet"), AttributeValue: &value, MaxResults: aws.Int32(2)}
		var got []string
		for pages := iot.NewListThingsPaginator(l.iot, in); pages.HasMorePages(); {
			page := must(pages.NextPage(l.ctx))(l)
			if len(page.Things) > 2 {
				l.Errorf("a page of two has %d things", len(page.Things))
			}
			got = append(got, l.names(page.Things)...)
		}
		if slices.Sort(got); !slices.Equal(got, want) {
			l.Errorf("listed %v, want %v", got, want)
		}
		in.NextToken = aws.String("nonsense")
		_, err := l.iot.ListThings(l.ctx, in)
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
	})
}
