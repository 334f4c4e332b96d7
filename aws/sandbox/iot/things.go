package iot

import (
	"context"
	"errors"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func (h *handlers) registerThings(s *wire.Server) {
	const limits wire.Difference = "AWS's texts for too many or too large attributes are not known."
	wire.Handle(s, service, "CreateThing", h.createThing, limits, "There are no billing groups, so every billingGroupName is unknown.")
	wire.Handle(s, service, "DescribeThing", h.describeThing)
	wire.Handle(s, service, "UpdateThing", h.updateThing, limits)
	wire.Handle(s, service, "DeleteThing", h.deleteThing,
		"Deleting a thing that does not exist is a success, as the API reference says; this could not be confirmed.")
	wire.Handle(s, service, "ListThings", h.listThings,
		"The order is by name and the page size 25 unless asked for another; AWS documents neither.",
		"Half of an attribute filter is refused; AWS does not say what it means.")
}

type thing struct {
	name, id, thingType string
	attrs               string // JSON, canonical
	version             int64
}

// findThing reads one thing; nil when there is none.
func findThing(tx *store.Tx, name string) (*thing, error) {
	t := thing{name: name}
	var typ *string
	err := tx.Row("SELECT id, type, attributes_json, version FROM things WHERE name=?", []any{name}, &t.id, &typ, &t.attrs, &t.version)
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil
	}
	t.thingType = str(typ)
	return &t, err
}

// needThing reads one thing that must exist.
func needThing(tx *store.Tx, name string) (*thing, error) {
	t, err := findThing(tx, name)
	if t == nil && err == nil {
		err = notFound("Thing %s does not exist", name)
	}
	return t, err
}

func (t *thing) attributes() (map[string]string, error) {
	attrs := map[string]string{}
	return attrs, decode("attributes of thing "+t.name, t.attrs, &attrs)
}

func (h *handlers) thingARN(name string) string { return h.r.ARN("thing/" + name) }

// createThing is idempotent: the same configuration again succeeds with the same id, another one conflicts.
// The sandbox has no billing groups, so naming one answers that it does not exist.
func (h *handlers) createThing(_ context.Context, in *iot.CreateThingInput) (*iot.CreateThingOutput, error) {
	t := &thing{name: *in.ThingName, thingType: str(in.ThingTypeName)}
	attrs := apply(nil, in.AttributePayload)
	if err := checkAttributes(t.name, t.thingType, attrs); err != nil {
		return nil, err
	}
	if in.BillingGroupName != nil {
		return nil, notFound("Billing group %s does not exist", *in.BillingGroupName)
	}
	var err error
	if t.attrs, err = encodeAttributes(attrs); err != nil {
		return nil, err
	}
	t.id = newID()
	if err := h.update(func(tx *store.Tx) error { return h.insertThing(tx, t) }); err != nil {
		return nil, err
	}
	arn := h.thingARN(t.name)
	return &iot.CreateThingOutput{ThingName: &t.name, ThingArn: &arn, ThingId: &t.id}, nil
}

// insertThing stores a new thing in one statement, which is all that a new thing needs; what was wrong is asked only when
// nothing was stored. A thing that exists with the same configuration gives t its id.
func (h *handlers) insertThing(tx *store.Tx, t *thing) error {
	const q = `INSERT INTO things(name,id,type,attributes_json,version,created_at) SELECT ?1,?2,?3,?4,1,?5
		WHERE ?3 IS NULL OR EXISTS(SELECT 1 FROM thing_types WHERE name=?3 AND deprecated_at IS NULL)
		ON CONFLICT(name) DO NOTHING`
	n, err := tx.Exec(q, t.name, t.id, opt(t.thingType), t.attrs, store.Millis(h.r.Now()))
	if err != nil || n == 1 {
		return err
	}
	if t.thingType != "" {
		// The misspelling is in AWS's own message.
		err := usableType(tx, t.thingType, "Can not create new thing with depreated thing type:"+t.thingType)
		if err != nil {
			return err
		}
	}
	old, err := needThing(tx, t.name)
	if err != nil {
		return err
	}
	if old.thingType != t.thingType || old.attrs != t.attrs {
		return &types.ResourceAlreadyExistsException{
			Message:     text("Thing %s already exists in account with different attributes", t.name),
			ResourceId:  &old.id,
			ResourceArn: text("%s", h.thingARN(t.name)),
		}
	}
	t.id = old.id
	return nil
}

func (h *handlers) describeThing(_ context.Context, in *iot.DescribeThingInput) (*iot.DescribeThingOutput, error) {
	var t *thing
	err := h.view(func(tx *store.Tx) (err error) {
		t, err = needThing(tx, *in.ThingName)
		return err
	})
	if err != nil {
		return nil, err
	}
	attrs, err := t.attributes()
	if err != nil {
		return nil, err
	}
	arn := h.thingARN(t.name)
	return &iot.DescribeThingOutput{
		DefaultClientId: &t.name, ThingName: &t.name, ThingArn: &arn, ThingId: &t.id,
		ThingTypeName: opt(t.thingType), Attributes: attrs, Version: t.version,
	}, nil
}

func (h *handlers) updateThing(_ context.Context, in *iot.UpdateThingInput) (*iot.UpdateThingOutput, error) {
	if in.RemoveThingType && in.ThingTypeName != nil {
		return nil, invalid("Thing type name cannot be specified together with removing the thing type")
	}
	return &iot.UpdateThingOutput{}, h.update(func(tx *store.Tx) error { return changeThing(tx, in) })
}

func changeThing(tx *store.Tx, in *iot.UpdateThingInput) error {
	t, err := needThing(tx, *in.ThingName)
	if err != nil {
		return err
	}
	if err := checkVersion("thing", t.name, t.version, in.ExpectedVersion); err != nil {
		return err
	}
	switch {
	case in.RemoveThingType:
		t.thingType = ""
	case in.ThingTypeName != nil:
		t.thingType = *in.ThingTypeName
		if err := usableType(tx, t.thingType, "Can not update a thing to use deprecated thing type: "+t.thingType); err != nil {
			return err
		}
	}
	attrs, err := t.attributes()
	if err != nil {
		return err
	}
	attrs = apply(attrs, in.AttributePayload)
	if err := checkAttributes(t.name, t.thingType, attrs); err != nil {
		return err
	}
	if t.attrs, err = encodeAttributes(attrs); err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE things SET type=?, attributes_json=?, version=version+1 WHERE name=?", opt(t.thingType), t.attrs, t.name)
	return err
}

// checkVersion holds an optimistic lock: the version that the caller expects must be the current one.
func checkVersion(kind, name string, version int64, expected *int64) error {
	if expected == nil || *expected == version {
		return nil
	}
	return &types.VersionConflictException{
		Message: text("The version for %s %s does not match the expected version.", kind, name),
	}
}

// deleteThing removes a thing and its memberships. Its shadows stay, and a thing that does not exist is a
// success (AWS IoT API reference, DeleteThing).
func (h *handlers) deleteThing(_ context.Context, in *iot.DeleteThingInput) (*iot.DeleteThingOutput, error) {
	return &iot.DeleteThingOutput{}, h.update(func(tx *store.Tx) error {
		t, err := findThing(tx, *in.ThingName)
		if err != nil || t == nil {
			return err
		}
		if err := checkVersion("thing", t.name, t.version, in.ExpectedVersion); err != nil {
			return err
		}
		return h.removeThing(tx, t.name)
	})
}

func (h *handlers) removeThing(tx *store.Tx, name string) error {
	attached, err := h.attached(tx, name)
	if err != nil {
		return err
	}
	if attached {
		return invalid("Cannot delete. Thing %s is still attached to one or more principals", name)
	}
	for _, q := range []string{
		"DELETE FROM things WHERE name=?",
		"DELETE FROM group_members WHERE thing_name=?",
		"DELETE FROM thing_detachments WHERE thing_name=?",
	} {
		if _, err := tx.Exec(q, name); err != nil {
			return err
		}
	}
	if h.hooks.ThingDeleted == nil {
		return nil
	}
	return h.hooks.ThingDeleted(tx, name)
}
