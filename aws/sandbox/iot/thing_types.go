package iot

import (
	"context"
	"errors"
	"time"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// deprecationWait is how long a thing type must have been deprecated before it can be deleted (AWS IoT
// developer guide, thing types).
const deprecationWait = 5 * time.Minute

// AWS General Reference, thing type quotas; the first could not be confirmed.
const (
	maxSearchable  = 3
	maxPropagating = 20
)

func (h *handlers) registerThingTypes(s *wire.Server) {
	const texts wire.Difference = "AWS's texts for limits of the properties are not known."
	wire.Handle(s, service, "CreateThingType", h.createThingType, texts, "The limit of three searchable attributes could not be confirmed.")
	wire.Handle(s, service, "DescribeThingType", h.describeThingType)
	wire.Handle(s, service, "ListThingTypes", h.listThingTypes, "The order is by name; AWS documents none.")
	wire.Handle(s, service, "UpdateThingType", h.updateThingType, texts,
		"The properties are replaced as a whole; whether AWS keeps those that are left out could not be confirmed.")
	wire.Handle(s, service, "DeprecateThingType", h.deprecateThingType,
		"Deprecating a type again does not start its five minutes anew; AWS does not say.")
	wire.Handle(s, service, "DeleteThingType", h.deleteThingType,
		"AWS's texts for a type that is in use or not deprecated are not known.")
}

type thingType struct {
	name, id, props string
	createdAt       int64
	deprecatedAt    *int64
}

const thingTypeColumns = "SELECT name, id, props_json, created_at, deprecated_at FROM thing_types "

func (t *thingType) scan(scan func(...any) error) error {
	return scan(&t.name, &t.id, &t.props, &t.createdAt, &t.deprecatedAt)
}

// findThingType reads one thing type; nil when there is none.
func findThingType(tx *store.Tx, name string) (*thingType, error) {
	t := thingType{}
	err := t.scan(func(dest ...any) error { return tx.Row(thingTypeColumns+"WHERE name=?", []any{name}, dest...) })
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil
	}
	return &t, err
}

// needThingType reads one thing type that must exist.
func needThingType(tx *store.Tx, name string) (*thingType, error) {
	t, err := findThingType(tx, name)
	if t == nil && err == nil {
		err = notFound("Thing type %s does not exist", name)
	}
	return t, err
}

// usableType answers whether a thing may get this type; refusal is the message for a deprecated one.
func usableType(tx *store.Tx, name, refusal string) error {
	t, err := needThingType(tx, name)
	if err == nil && t.deprecatedAt != nil {
		err = invalid("%s", refusal)
	}
	return err
}

func (h *handlers) thingTypeARN(name string) string { return h.r.ARN("thingtype/" + name) }

// typeProps is the stored form of a thing type's properties. The number of searchable attributes is limited
// to three, which could not be confirmed.
func typeProps(name string, p *types.ThingTypeProperties) (string, error) {
	if p == nil {
		p = &types.ThingTypeProperties{}
	}
	if n := len(p.SearchableAttributes); n > maxSearchable {
		return "", invalid("Thing type %s has %d searchable attributes; at most %d are allowed", name, n, maxSearchable)
	}
	if err := checkPropagation(name, p.Mqtt5Configuration); err != nil {
		return "", err
	}
	c := *p
	if m := c.Mqtt5Configuration; m != nil && len(m.PropagatingAttributes) == 0 {
		c.Mqtt5Configuration = nil // so that none and an empty list are equal
	}
	if len(c.SearchableAttributes) == 0 {
		c.SearchableAttributes = []string{} // so that none and an empty list are equal
	}
	return encode(c)
}

// checkPropagation holds the attributes that MQTT messages are enriched with to their limit and their form. That each has
// a key and exactly one source is how the developer guide describes them.
func checkPropagation(name string, m *types.Mqtt5Configuration) error {
	if m == nil {
		return nil
	}
	if n := len(m.PropagatingAttributes); n > maxPropagating {
		return invalid("Thing type %s has %d propagating attributes; at most %d are allowed", name, n, maxPropagating)
	}
	for _, a := range m.PropagatingAttributes {
		if str(a.UserPropertyKey) == "" || (str(a.ThingAttribute) == "") == (str(a.ConnectionAttribute) == "") {
			return invalid("A propagating attribute of thing type %s needs a userPropertyKey and either a thingAttribute or a connectionAttribute", name)
		}
	}
	return nil
}

func (h *handlers) createThingType(_ context.Context, in *iot.CreateThingTypeInput) (*iot.CreateThingTypeOutput, error) {
	props, err := typeProps(*in.ThingTypeName, in.ThingTypeProperties)
	if err != nil {
		return nil, err
	}
	arn, id := h.thingTypeARN(*in.ThingTypeName), newID()
	err = h.update(func(tx *store.Tx) error {
		old, err := findThingType(tx, *in.ThingTypeName)
		if err != nil {
			return err
		}
		if old != nil {
			id = old.id
			return h.sameThingType(old, props)
		}
		const q = "INSERT INTO thing_types(name,id,props_json,created_at) VALUES(?,?,?,?)"
		if _, err := tx.Exec(q, *in.ThingTypeName, id, props, store.Millis(h.r.Now())); err != nil {
			return err
		}
		return setTags(tx, arn, in.Tags)
	})
	return &iot.CreateThingTypeOutput{ThingTypeName: in.ThingTypeName, ThingTypeArn: &arn, ThingTypeId: &id}, err
}

// sameThingType makes creation idempotent: only other properties conflict.
func (h *handlers) sameThingType(old *thingType, props string) error {
	if old.props == props {
		return nil
	}
	return &types.ResourceAlreadyExistsException{
		Message:     text("Thing type %s already exists in account with different properties", old.name),
		ResourceId:  &old.id,
		ResourceArn: text("%s", h.thingTypeARN(old.name)),
	}
}

// definition is the thing type as lists and descriptions show it.
func (h *handlers) definition(t *thingType) (types.ThingTypeDefinition, error) {
	arn, created := h.thingTypeARN(t.name), store.Time(t.createdAt)
	d := types.ThingTypeDefinition{
		ThingTypeName: &t.name, ThingTypeArn: &arn, ThingTypeProperties: &types.ThingTypeProperties{},
		ThingTypeMetadata: &types.ThingTypeMetadata{CreationDate: &created, Deprecated: t.deprecatedAt != nil},
	}
	if t.deprecatedAt != nil {
		at := store.Time(*t.deprecatedAt)
		d.ThingTypeMetadata.DeprecationDate = &at
	}
	return d, decode("properties of thing type "+t.name, t.props, d.ThingTypeProperties)
}

func (h *handlers) describeThingType(_ context.Context, in *iot.DescribeThingTypeInput) (*iot.DescribeThingTypeOutput, error) {
	var t *thingType
	err := h.view(func(tx *store.Tx) (err error) {
		t, err = needThingType(tx, *in.ThingTypeName)
		return err
	})
	if err != nil {
		return nil, err
	}
	d, err := h.definition(t)
	return &iot.DescribeThingTypeOutput{
		ThingTypeName: d.ThingTypeName, ThingTypeId: &t.id, ThingTypeArn: d.ThingTypeArn,
		ThingTypeProperties: d.ThingTypeProperties, ThingTypeMetadata: d.ThingTypeMetadata,
	}, err
}

// listThingTypes takes the thingTypeName parameter as a prefix.
func (h *handlers) listThingTypes(_ context.Context, in *iot.ListThingTypesInput) (*iot.ListThingTypesOutput, error) {
	prefix := str(in.ThingTypeName)
	list := page.Of("ListThingTypes", prefix)
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	out := &iot.ListThingTypesOutput{ThingTypes: []types.ThingTypeDefinition{}}
	err = h.view(func(tx *store.Tx) error {
		const q = thingTypeColumns + "WHERE name>? AND name>=? AND name<? ORDER BY name LIMIT ?"
		return tx.Each(q, []any{from, prefix, prefixEnd(prefix), size + 1}, func(scan func(...any) error) error {
			t := thingType{}
			if err := t.scan(scan); err != nil {
				return err
			}
			d, err := h.definition(&t)
			out.ThingTypes = append(out.ThingTypes, d)
			return err
		})
	})
	out.ThingTypes, out.NextToken = page.Cut(list, out.ThingTypes, size, func(d types.ThingTypeDefinition) string { return *d.ThingTypeName })
	return out, err
}
