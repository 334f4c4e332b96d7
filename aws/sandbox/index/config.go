package index

import (
	"context"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// The account-wide settings with the indexing configuration, as JSON of the SDK's types.
const (
	thingSetting = "thing-indexing"
	groupSetting = "thing-group-indexing"
)

// AWS General Reference, fleet indexing quotas.
const (
	maxNamedShadows = 10 // $package does not count
	maxCustomFields = 5
	maxGeoLocations = 1
)

// config is what is indexed.
type config struct {
	things types.ThingIndexingConfiguration
	groups types.ThingGroupIndexingConfiguration
}

// readConfig reads the configuration; a new account indexes nothing.
func readConfig(tx *store.Tx) (config, error) {
	c := config{
		things: types.ThingIndexingConfiguration{
			ThingIndexingMode:             types.ThingIndexingModeOff,
			ThingConnectivityIndexingMode: types.ThingConnectivityIndexingModeOff,
			DeviceDefenderIndexingMode:    types.DeviceDefenderIndexingModeOff,
			NamedShadowIndexingMode:       types.NamedShadowIndexingModeOff,
		},
		groups: types.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: types.ThingGroupIndexingModeOff},
	}
	if err := readSetting(tx, thingSetting, &c.things); err != nil {
		return c, err
	}
	return c, readSetting(tx, groupSetting, &c.groups)
}

func readSetting(tx *store.Tx, name string, into any) error {
	text, err := tx.Setting(name)
	if err != nil || text == "" {
		return err
	}
	if err := json.Unmarshal([]byte(text), into); err != nil {
		return fmt.Errorf("read setting %s: %w", name, err)
	}
	return nil
}

func writeSetting(tx *store.Tx, name string, v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return tx.SetSetting(name, string(b))
}

func (c config) thingsOn() bool { return c.things.ThingIndexingMode != types.ThingIndexingModeOff }

func (c config) groupsOn() bool {
	return c.groups.ThingGroupIndexingMode == types.ThingGroupIndexingModeOn
}

func (c config) connectivityOn() bool {
	return c.things.ThingConnectivityIndexingMode == types.ThingConnectivityIndexingModeStatus
}

// shadows names the shadows that are indexed; the classic one has the name "".
func (c config) shadows() []string {
	var names []string
	if c.things.ThingIndexingMode == types.ThingIndexingModeRegistryAndShadow {
		names = append(names, "")
	}
	if c.things.NamedShadowIndexingMode == types.NamedShadowIndexingModeOn && c.things.Filter != nil {
		names = append(names, c.things.Filter.NamedShadowNames...)
	}
	return names
}

// updateConfig replaces each block that is given; members left out of a block are off (AWS IoT developer guide, managing
// thing indexing). A block that changes has its index built anew, and one that stays the same does not.
func (h *handlers) updateConfig(_ context.Context, in *iot.UpdateIndexingConfigurationInput) (*iot.UpdateIndexingConfigurationOutput, error) {
	err := h.r.Store.Update(func(tx *store.Tx) error {
		before, err := readConfig(tx)
		if err != nil {
			return err
		}
		if in.ThingIndexingConfiguration != nil {
			if err := h.updateThings(tx, before, *in.ThingIndexingConfiguration); err != nil {
				return err
			}
		}
		if in.ThingGroupIndexingConfiguration == nil {
			return nil
		}
		return h.updateGroups(tx, before, *in.ThingGroupIndexingConfiguration)
	})
	if err == nil {
		err = h.f.wake()
	}
	return &iot.UpdateIndexingConfigurationOutput{}, err
}

func (h *handlers) updateThings(tx *store.Tx, before config, block types.ThingIndexingConfiguration) error {
	things, err := complete(block)
	if err != nil {
		return err
	}
	if err := neededByGroup(tx, things); err != nil {
		return err
	}
	on := things.ThingIndexingMode != types.ThingIndexingModeOff
	return h.replace(tx, thingSetting, thingsIndex, before.things, things, on)
}

func (h *handlers) updateGroups(tx *store.Tx, before config, groups types.ThingGroupIndexingConfiguration) error {
	groups.ManagedFields = nil
	if err := checkFields(groups.CustomFields, attributeField.MatchString); err != nil {
		return err
	}
	on := groups.ThingGroupIndexingMode == types.ThingGroupIndexingModeOn
	return h.replace(tx, groupSetting, groupsIndex, before.groups, groups, on)
}

// replace stores a block of the configuration and has its index built or forgotten.
func (h *handlers) replace(tx *store.Tx, setting, index string, old, block any, on bool) error {
	if reflect.DeepEqual(old, block) {
		return nil
	}
	if err := writeSetting(tx, setting, block); err != nil {
		return err
	}
	if !on {
		return drop(tx, index)
	}
	return beginBuild(tx, index, h.r.Now().Add(h.r.Lag.IndexBuild))
}

// complete fills in what is off and checks the limits of AWS's developer guide (managing fleet indexing). Texts of
// the refusals are not known.
func complete(t types.ThingIndexingConfiguration) (types.ThingIndexingConfiguration, error) {
	t.ManagedFields = nil // read only
	if t.ThingConnectivityIndexingMode == "" {
		t.ThingConnectivityIndexingMode = types.ThingConnectivityIndexingModeOff
	}
	if t.DeviceDefenderIndexingMode == "" {
		t.DeviceDefenderIndexingMode = types.DeviceDefenderIndexingModeOff
	}
	if t.NamedShadowIndexingMode == "" {
		t.NamedShadowIndexingMode = types.NamedShadowIndexingModeOff
	}
	named := t.NamedShadowIndexingMode == types.NamedShadowIndexingModeOn
	others := named || t.ThingConnectivityIndexingMode != types.ThingConnectivityIndexingModeOff ||
		t.DeviceDefenderIndexingMode != types.DeviceDefenderIndexingModeOff
	if t.ThingIndexingMode == types.ThingIndexingModeOff && others {
		return t, invalid("thingIndexingMode has to be REGISTRY or REGISTRY_AND_SHADOW to index connectivity, Device Defender violations or named shadows")
	}
	if err := checkFields(t.CustomFields, config{things: t}.canHave); err != nil {
		return t, err
	}
	return t, checkFilter(t.Filter, named)
}

func checkFilter(f *types.IndexingFilter, named bool) error {
	if f == nil {
		f = &types.IndexingFilter{}
	}
	if named && len(f.NamedShadowNames) == 0 {
		return invalid("namedShadowIndexingMode ON needs the names of the shadows in filter.namedShadowNames")
	}
	count := 0
	for i, n := range f.NamedShadowNames {
		if slices.Contains(f.NamedShadowNames[:i], n) {
			return invalid("filter.namedShadowNames has %s more than once", n)
		}
		if n != "$package" {
			count++
		}
	}
	if count > maxNamedShadows {
		return invalid("filter.namedShadowNames has %d names; at most %d are allowed besides $package", count, maxNamedShadows)
	}
	if len(f.GeoLocations) > maxGeoLocations {
		return invalid("filter.geoLocations has %d entries; at most %d is allowed", len(f.GeoLocations), maxGeoLocations)
	}
	return nil
}

// neededByGroup refuses to stop indexing while a dynamic group depends on it.
func neededByGroup(tx *store.Tx, t types.ThingIndexingConfiguration) error {
	if t.ThingIndexingMode != types.ThingIndexingModeOff {
		return nil
	}
	n := 0
	if err := tx.Row("SELECT count(*) FROM thing_groups WHERE query IS NOT NULL", nil, &n); err != nil {
		return err
	}
	if n > 0 {
		return invalid("Thing indexing cannot be switched off while there are dynamic thing groups (%d). Delete them first", n)
	}
	return nil
}

func (h *handlers) getConfig(context.Context, *iot.GetIndexingConfigurationInput) (*iot.GetIndexingConfigurationOutput, error) {
	c, err := h.readConfig()
	c.things.ManagedFields, c.groups.ManagedFields = c.managedOfThings(), c.managedOfGroups()
	return &iot.GetIndexingConfigurationOutput{ThingIndexingConfiguration: &c.things, ThingGroupIndexingConfiguration: &c.groups}, err
}

func fields(t types.FieldType, names ...string) []types.Field {
	list := make([]types.Field, 0, len(names))
	for _, n := range names {
		list = append(list, types.Field{Name: &n, Type: t})
	}
	return list
}
