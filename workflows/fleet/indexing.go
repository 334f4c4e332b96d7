package fleet

import (
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// IndexingSettings is the part of the fleet indexing configuration that provisioning changes. Custom fields, locations and
// whatever else a configuration holds are passed on as they are.
type IndexingSettings struct {
	Things       iottypes.ThingIndexingMode             `json:"things"` // OFF, REGISTRY or REGISTRY_AND_SHADOW
	Connectivity iottypes.ThingConnectivityIndexingMode `json:"connectivity"`
	Defender     iottypes.DeviceDefenderIndexingMode    `json:"defender"`
	NamedShadows iottypes.NamedShadowIndexingMode       `json:"named_shadows"`
	ShadowNames  []string                               `json:"shadow_names,omitempty"`
	Groups       iottypes.ThingGroupIndexingMode        `json:"groups"`
}

// IndexingNow takes the settings out of GetIndexingConfiguration's answer. What is absent is OFF.
func IndexingNow(out *iot.GetIndexingConfigurationOutput) IndexingSettings {
	s := IndexingSettings{}
	if t := out.ThingIndexingConfiguration; t != nil {
		s.Things, s.Connectivity, s.Defender, s.NamedShadows = t.ThingIndexingMode, t.ThingConnectivityIndexingMode,
			t.DeviceDefenderIndexingMode, t.NamedShadowIndexingMode
		if t.Filter != nil {
			s.ShadowNames = slices.Clone(t.Filter.NamedShadowNames)
		}
	}
	if g := out.ThingGroupIndexingConfiguration; g != nil {
		s.Groups = g.ThingGroupIndexingMode
	}
	return s.explicit()
}

// explicit writes OFF where nothing stands.
func (s IndexingSettings) explicit() IndexingSettings {
	off(&s.Things, iottypes.ThingIndexingModeOff)
	off(&s.Connectivity, iottypes.ThingConnectivityIndexingModeOff)
	off(&s.Defender, iottypes.DeviceDefenderIndexingModeOff)
	off(&s.NamedShadows, iottypes.NamedShadowIndexingModeOff)
	off(&s.Groups, iottypes.ThingGroupIndexingModeOff)
	return s
}

func off[T ~string](mode *T, value T) {
	if *mode == "" {
		*mode = value
	}
}

// Equal tells whether two settings are the same; the order of names does not count.
func (s IndexingSettings) Equal(o IndexingSettings) bool {
	a, b := slices.Clone(s.ShadowNames), slices.Clone(o.ShadowNames)
	slices.Sort(a)
	slices.Sort(b)
	return s.Things == o.Things && s.Connectivity == o.Connectivity && s.Defender == o.Defender &&
		s.NamedShadows == o.NamedShadows && s.Groups == o.Groups && slices.Equal(a, b)
}

// Packages tells whether what things report of their packages is in the index.
func (s IndexingSettings) Packages() bool {
	return s.Things == iottypes.ThingIndexingModeRegistryAndShadow && s.NamedShadows == iottypes.NamedShadowIndexingModeOn &&
		slices.Contains(s.ShadowNames, PackageShadow)
}

// Needed are the settings that the lab needs on top of s: nothing that s has is lost.
func (s IndexingSettings) Needed() IndexingSettings {
	n := IndexingSettings{
		Things:       iottypes.ThingIndexingModeRegistryAndShadow,
		Connectivity: iottypes.ThingConnectivityIndexingModeStatus,
		Defender:     iottypes.DeviceDefenderIndexingModeViolations,
		NamedShadows: iottypes.NamedShadowIndexingModeOn,
		ShadowNames:  slices.Clone(s.ShadowNames),
		Groups:       iottypes.ThingGroupIndexingModeOn,
	}
	if !slices.Contains(n.ShadowNames, PackageShadow) {
		n.ShadowNames = append(n.ShadowNames, PackageShadow)
	}
	return n
}

// Undo puts back in s what provisioning changed, given what the settings were before; what somebody else has changed
// since stays.
func (s IndexingSettings) Undo(before IndexingSettings) IndexingSettings {
	ours := before.Needed()
	back(&s.Things, ours.Things, before.Things)
	back(&s.Connectivity, ours.Connectivity, before.Connectivity)
	back(&s.Defender, ours.Defender, before.Defender)
	back(&s.NamedShadows, ours.NamedShadows, before.NamedShadows)
	back(&s.Groups, ours.Groups, before.Groups)
	if !slices.Contains(before.ShadowNames, PackageShadow) {
		s.ShadowNames = slices.DeleteFunc(slices.Clone(s.ShadowNames), func(n string) bool { return n == PackageShadow })
	}
	if s.Things == iottypes.ThingIndexingModeOff { // the rest hangs on it
		return IndexingSettings{Groups: s.Groups}.explicit()
	}
	if len(s.ShadowNames) > 0 { // somebody else has listed shadows since
		s.NamedShadows = iottypes.NamedShadowIndexingModeOn
	}
	return s
}

func back[T comparable](now *T, ours, before T) {
	if *now == ours {
		*now = before
	}
}

// Change is the request that turns the configuration now into one with the settings s. UpdateIndexingConfiguration
// replaces lists as a whole, so the rest of the configuration is sent along.
func (s IndexingSettings) Change(now *iot.GetIndexingConfigurationOutput) *iot.UpdateIndexingConfigurationInput {
	in := &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration:      &iottypes.ThingIndexingConfiguration{ThingIndexingMode: s.Things},
		ThingGroupIndexingConfiguration: &iottypes.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: s.Groups},
	}
	if g := now.ThingGroupIndexingConfiguration; g != nil && s.Groups != iottypes.ThingGroupIndexingModeOff {
		in.ThingGroupIndexingConfiguration.CustomFields = g.CustomFields
	}
	if s.Things == iottypes.ThingIndexingModeOff {
		return in
	}
	t := in.ThingIndexingConfiguration
	t.ThingConnectivityIndexingMode, t.DeviceDefenderIndexingMode, t.NamedShadowIndexingMode = s.Connectivity, s.Defender, s.NamedShadows
	if old := now.ThingIndexingConfiguration; old != nil {
		t.CustomFields = old.CustomFields
		if old.Filter != nil {
			filter := *old.Filter
			t.Filter = &filter
		}
	}
	if len(s.ShadowNames) > 0 || t.Filter != nil {
		if t.Filter == nil {
			t.Filter = &iottypes.IndexingFilter{}
		}
		t.Filter.NamedShadowNames = s.ShadowNames
	}
	return in
}

// String names the settings in short, for plans.
func (s IndexingSettings) String() string {
	text := "things " + string(s.Things) + ", connectivity " + string(s.Connectivity) + ", defender " + string(s.Defender) +
		", named shadows " + string(s.NamedShadows)
	for _, n := range s.ShadowNames {
		text += " " + n
	}
	return text + ", groups " + string(s.Groups)
}
