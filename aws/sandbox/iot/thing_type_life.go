package iot

import (
	"context"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"

	"github.com/aws/aws-sdk-go-v2/service/iot"
)

// updateThingType replaces the properties as a whole. Whether AWS keeps members that are left out could not
// be confirmed.
func (h *handlers) updateThingType(_ context.Context, in *iot.UpdateThingTypeInput) (*iot.UpdateThingTypeOutput, error) {
	props, err := typeProps(*in.ThingTypeName, in.ThingTypeProperties)
	if err != nil {
		return nil, err
	}
	return &iot.UpdateThingTypeOutput{}, h.update(func(tx *store.Tx) error {
		if _, err := needThingType(tx, *in.ThingTypeName); err != nil {
			return err
		}
		_, err := tx.Exec("UPDATE thing_types SET props_json=? WHERE name=?", props, *in.ThingTypeName)
		return err
	})
}

// deprecateThingType deprecates a type or takes that back. Deprecating it again does not start the wait
// anew; AWS does not say.
func (h *handlers) deprecateThingType(_ context.Context, in *iot.DeprecateThingTypeInput) (*iot.DeprecateThingTypeOutput, error) {
	return &iot.DeprecateThingTypeOutput{}, h.update(func(tx *store.Tx) error {
		if _, err := needThingType(tx, *in.ThingTypeName); err != nil {
			return err
		}
		if in.UndoDeprecate {
			_, err := tx.Exec("UPDATE thing_types SET deprecated_at=NULL WHERE name=?", *in.ThingTypeName)
			return err
		}
		const q = "UPDATE thing_types SET deprecated_at=coalesce(deprecated_at,?) WHERE name=?"
		_, err := tx.Exec(q, store.Millis(h.r.Now()), *in.ThingTypeName)
		return err
	})
}

// deleteThingType needs a type that is deprecated, has been so for five minutes, and that no thing uses. AWS's
// texts for the first and the last are not known.
func (h *handlers) deleteThingType(_ context.Context, in *iot.DeleteThingTypeInput) (*iot.DeleteThingTypeOutput, error) {
	name := *in.ThingTypeName
	return &iot.DeleteThingTypeOutput{}, h.update(func(tx *store.Tx) error {
		t, err := needThingType(tx, name)
		if err != nil {
			return err
		}
		if t.deprecatedAt == nil {
			return invalid("Cannot delete thing type : %s. Please deprecate it first and wait for 5 minutes", name)
		}
		if h.r.Now().Before(store.Time(*t.deprecatedAt).Add(deprecationWait)) {
			return invalid("Cannot delete thing type : %s. Please wait for 5 minutes after deprecation and then retry", name)
		}
		used := 0
		if err := tx.Row("SELECT EXISTS(SELECT 1 FROM things WHERE type=?)", []any{name}, &used); err != nil {
			return err
		}
		if used != 0 {
			return invalid("Cannot delete thing type : %s. Things are still associated with it; delete them or remove their thing type first", name)
		}
		if _, err := tx.Exec("DELETE FROM thing_types WHERE name=?", name); err != nil {
			return err
		}
		return tag.Clear(tx, h.thingTypeARN(name))
	})
}
