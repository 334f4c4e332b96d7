package fleet

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

// anySettings draws settings as AWS allows them: without the registry's index there is nothing else.
func anySettings(t *rapid.T, label string) IndexingSettings {
	s := IndexingSettings{Groups: rapid.SampledFrom(iottypes.ThingGroupIndexingMode("").Values()).Draw(t, label+" groups")}
	s.Things = rapid.SampledFrom(iottypes.ThingIndexingMode("").Values()).Draw(t, label+" things")
	if s.Things != iottypes.ThingIndexingModeOff {
		s.Connectivity = rapid.SampledFrom(iottypes.ThingConnectivityIndexingMode("").Values()).Draw(t, label+" connectivity")
		s.Defender = rapid.SampledFrom(iottypes.DeviceDefenderIndexingMode("").Values()).Draw(t, label+" defender")
		if rapid.Bool().Draw(t, label+" named") {
			s.NamedShadows = iottypes.NamedShadowIndexingModeOn
			s.ShadowNames = rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", PackageShadow}), 0, 3, rapid.ID).Draw(t, label+" names")
		}
	}
	return s.explicit()
}

// What provisioning adds loses nothing, is enough, and is undone exactly.
func TestIndexingIsMergedAndUndone(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		before := anySettings(t, "before")
		after := before.Needed()
		for _, name := range append(before.ShadowNames, PackageShadow) {
			if !slices.Contains(after.ShadowNames, name) {
				t.Fatalf("shadow %s is lost: %v", name, after)
			}
		}
		if !after.Needed().Equal(after) {
			t.Fatalf("not enough: %v", after)
		}
		if got := after.Undo(before); !got.Equal(before) {
			t.Fatalf("undone %v, was %v", got, before)
		}
		if got := before.Undo(before); !got.Equal(before) {
			t.Fatalf("undone twice %v, was %v", got, before)
		}
	})
}

// What somebody else lists after provisioning survives clean-up.
func TestUndoKeepsWhatOthersAdded(t *testing.T) {
	t.Parallel()
	before := IndexingSettings{Things: iottypes.ThingIndexingModeRegistry}.explicit()
	now := before.Needed()
	now.ShadowNames = append(now.ShadowNames, "theirs")
	got := now.Undo(before)
	if !slices.Equal(got.ShadowNames, []string{"theirs"}) || got.NamedShadows != iottypes.NamedShadowIndexingModeOn ||
		got.Things != iottypes.ThingIndexingModeRegistry {
		t.Errorf("got %v", got)
	}
}

func TestChangePassesTheRestOn(t *testing.T) {
	t.Parallel()
	custom := []iottypes.Field{{Name: aws.String("attributes.x"), Type: iottypes.FieldTypeString}}
	now := &iot.GetIndexingConfigurationOutput{
		ThingIndexingConfiguration: &iottypes.ThingIndexingConfiguration{ThingIndexingMode: iottypes.ThingIndexingModeRegistry, CustomFields: custom,
			Filter: &iottypes.IndexingFilter{GeoLocations: []iottypes.GeoLocationTarget{{Name: aws.String("here")}}}},
		ThingGroupIndexingConfiguration: &iottypes.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: iottypes.ThingGroupIndexingModeOn, CustomFields: custom},
	}
	in := IndexingNow(now).Needed().Change(now)
	th := in.ThingIndexingConfiguration
	if len(th.CustomFields) != 1 || len(th.Filter.GeoLocations) != 1 || !slices.Equal(th.Filter.NamedShadowNames, []string{PackageShadow}) {
		t.Errorf("things: %+v", th)
	}
	if len(in.ThingGroupIndexingConfiguration.CustomFields) != 1 {
		t.Errorf("groups: %+v", in.ThingGroupIndexingConfiguration)
	}
	if now.ThingIndexingConfiguration.Filter.NamedShadowNames != nil {
		t.Error("the answer was changed")
	}
}
