package contract_test

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// settled is how long AWS may take for what it does behind its answers, with a good margin.
const settled = time.Minute

// attributes are the attributes of a thing or a group.
func attributes(pairs ...string) *types.AttributePayload {
	m := map[string]string{}
	for i := 0; i < len(pairs); i += 2 {
		m[pairs[i]] = pairs[i+1]
	}
	return &types.AttributePayload{Attributes: m}
}

// thing makes a thing that goes when the test ends.
func (l *lab) thing(name string, attrs ...string) *iot.CreateThingOutput {
	l.Helper()
	in := &iot.CreateThingInput{ThingName: l.own(name)}
	if len(attrs) > 0 {
		in.AttributePayload = attributes(attrs...)
	}
	l.undoThing(in.ThingName)
	return must(l.iot.CreateThing(l.ctx, in))(l)
}

func (l *lab) undoThing(name *string) {
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeleteThing(ctx, &iot.DeleteThingInput{ThingName: name})
		return err
	})
}

// thingType makes a thing type. It is deprecated when the test ends and deleted, five minutes later, when all do.
func (l *lab) thingType(name string, properties *types.ThingTypeProperties) *iot.CreateThingTypeOutput {
	l.Helper()
	out := must(l.iot.CreateThingType(l.ctx, &iot.CreateThingTypeInput{ThingTypeName: l.own(name), ThingTypeProperties: properties}))(l)
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeprecateThingType(ctx, &iot.DeprecateThingTypeInput{ThingTypeName: out.ThingTypeName})
		return err
	})
	l.atEnd(func(ctx context.Context) error {
		_, err := l.iot.DeleteThingType(ctx, &iot.DeleteThingTypeInput{ThingTypeName: out.ThingTypeName})
		return unlessGone(err)
	})
	return out
}

// group makes a static group that goes when the test ends; parent may be empty.
func (l *lab) group(name, parent string) *iot.CreateThingGroupOutput {
	l.Helper()
	in := &iot.CreateThingGroupInput{ThingGroupName: l.own(name)}
	if parent != "" {
		in.ParentGroupName = l.own(parent)
	}
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeleteThingGroup(ctx, &iot.DeleteThingGroupInput{ThingGroupName: in.ThingGroupName})
		return err
	})
	return must(l.iot.CreateThingGroup(l.ctx, in))(l)
}

// join puts things into a group.
func (l *lab) join(group string, things ...string) {
	l.Helper()
	for _, name := range things {
		must(l.iot.AddThingToThingGroup(l.ctx, &iot.AddThingToThingGroupInput{ThingGroupName: l.own(group), ThingName: l.own(name)}))(l)
	}
}

// describe returns a thing.
func (l *lab) describe(name string) *iot.DescribeThingOutput {
	l.Helper()
	return must(l.iot.DescribeThing(l.ctx, &iot.DescribeThingInput{ThingName: l.own(name)}))(l)
}

// names are the things' names without the test's prefix.
func (l *lab) names(things []types.ThingAttribute) (names []string) {
	for _, th := range things {
		names = append(names, aws.ToString(th.ThingName)[len(l.prefix):])
	}
	return names
}
