package index

import (
	"fmt"
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func set(t types.ThingIndexingConfiguration) *iot.UpdateIndexingConfigurationInput {
	return &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &t}
}

func TestNewAccountIndexesNothing(t *testing.T) {
	t.Parallel()
	h := open(t)
	c := ok(t, h.getConfig, &iot.GetIndexingConfigurationInput{})
	got := c.ThingIndexingConfiguration
	if got.ThingIndexingMode != "OFF" || got.ThingConnectivityIndexingMode != "OFF" || got.NamedShadowIndexingMode != "OFF" ||
		got.DeviceDefenderIndexingMode != "OFF" || c.ThingGroupIndexingConfiguration.ThingGroupIndexingMode != "OFF" {
		t.Errorf("configuration is %+v, %+v", got, c.ThingGroupIndexingConfiguration)
	}
	for _, name := range []string{thingsIndex, groupsIndex, "Mine"} {
		refused(t, h.describe, &iot.DescribeIndexInput{IndexName: &name}, "ResourceNotFoundException", name)
		refused(t, h.search, &iot.SearchIndexInput{IndexName: &name, QueryString: p("*")}, "ResourceNotFoundException", name)
	}
	if l := ok(t, h.list, &iot.ListIndicesInput{}); len(l.IndexNames) != 0 || l.NextToken != nil {
		t.Errorf("indices are %v", l.IndexNames)
	}
}

func TestSchemas(t *testing.T) {
	t.Parallel()
	h := open(t)
	shadows := &types.IndexingFilter{NamedShadowNames: []string{"$package"}}
	for want, c := range map[string]types.ThingIndexingConfiguration{
		"REGISTRY":                                    {ThingIndexingMode: "REGISTRY"},
		"REGISTRY_AND_SHADOW":                         {ThingIndexingMode: "REGISTRY_AND_SHADOW"},
		"REGISTRY_AND_CONNECTIVITY_STATUS":            {ThingIndexingMode: "REGISTRY", ThingConnectivityIndexingMode: "STATUS"},
		"REGISTRY_AND_SHADOW_AND_CONNECTIVITY_STATUS": {ThingIndexingMode: "REGISTRY_AND_SHADOW", ThingConnectivityIndexingMode: "STATUS"},
		"MULTI_INDEXING_MODE":                         {ThingIndexingMode: "REGISTRY", NamedShadowIndexingMode: "ON", Filter: shadows},
	} {
		ok(t, h.updateConfig, set(c))
		d := ok(t, h.describe, &iot.DescribeIndexInput{IndexName: p(thingsIndex)})
		if *d.Schema != want || d.IndexStatus != "ACTIVE" {
			t.Errorf("schema of %+v is %s, %s", c, *d.Schema, d.IndexStatus)
		}
	}
	everything(t, h)
	if d := ok(t, h.describe, &iot.DescribeIndexInput{IndexName: p(groupsIndex)}); *d.Schema != "THING_GROUPS" {
		t.Errorf("schema of groups is %s", *d.Schema)
	}
	first := ok(t, h.list, &iot.ListIndicesInput{MaxResults: p(int32(1))})
	second := ok(t, h.list, &iot.ListIndicesInput{MaxResults: p(int32(1)), NextToken: first.NextToken})
	if got := append(first.IndexNames, second.IndexNames...); !slices.Equal(got, []string{groupsIndex, thingsIndex}) || second.NextToken != nil {
		t.Errorf("indices are %v", got)
	}
	ok(t, h.updateConfig, set(types.ThingIndexingConfiguration{ThingIndexingMode: "OFF"}))
	if c := ok(t, h.getConfig, &iot.GetIndexingConfigurationInput{}); c.ThingGroupIndexingConfiguration.ThingGroupIndexingMode != "ON" {
		t.Errorf("the group's block changed though it was left out: %+v", c)
	}
}

func TestConfigRefusals(t *testing.T) {
	t.Parallel()
	h := open(t)
	eleven := &types.IndexingFilter{NamedShadowNames: []string{"$package"}}
	for i := range 10 {
		eleven.NamedShadowNames = append(eleven.NamedShadowNames, fmt.Sprint("s", i))
	}
	ok(t, h.updateConfig, set(types.ThingIndexingConfiguration{ThingIndexingMode: "REGISTRY", NamedShadowIndexingMode: "ON", Filter: eleven}))
	twelve := &types.IndexingFilter{NamedShadowNames: append(eleven.NamedShadowNames, "s10")}
	for _, c := range []types.ThingIndexingConfiguration{
		{ThingIndexingMode: "OFF", ThingConnectivityIndexingMode: "STATUS"},
		{ThingIndexingMode: "REGISTRY", NamedShadowIndexingMode: "ON"},
		{ThingIndexingMode: "REGISTRY", NamedShadowIndexingMode: "ON", Filter: twelve},
		{ThingIndexingMode: "REGISTRY", Filter: &types.IndexingFilter{NamedShadowNames: []string{"a", "a"}}},
		{ThingIndexingMode: "REGISTRY", CustomFields: make([]types.Field, 6)},
		{ThingIndexingMode: "REGISTRY", CustomFields: []types.Field{{Name: p("attributes.a")}}},
		{ThingIndexingMode: "REGISTRY", CustomFields: []types.Field{{Name: p("thingName"), Type: "String"}}},
		{ThingIndexingMode: "REGISTRY", CustomFields: []types.Field{{Name: p("attributes.a b"), Type: "String"}}},
		{ThingIndexingMode: "REGISTRY", CustomFields: []types.Field{{Name: p("shadow.reported.a"), Type: "Number"}}},
		{ThingIndexingMode: "REGISTRY_AND_SHADOW", CustomFields: []types.Field{{Name: p("shadow.name.x.reported.a"), Type: "Number"}}},
		{ThingIndexingMode: "REGISTRY", CustomFields: []types.Field{{Name: p("attributes.a"), Type: "Number"}, {Name: p("attributes.a"), Type: "String"}}},
		{ThingIndexingMode: "REGISTRY", Filter: &types.IndexingFilter{GeoLocations: make([]types.GeoLocationTarget, 2)}},
	} {
		refused(t, h.updateConfig, set(c), "InvalidRequestException", "")
	}
	h.exec(t, "INSERT INTO thing_groups(name,id,props_json,version,created_at,query) VALUES('D','id','{}',1,0,'*')")
	refused(t, h.updateConfig, set(types.ThingIndexingConfiguration{ThingIndexingMode: "OFF"}), "InvalidRequestException", "dynamic")
}

func TestCustomFieldsOfWhatIsIndexed(t *testing.T) {
	t.Parallel()
	h := open(t)
	ok(t, h.updateConfig, set(types.ThingIndexingConfiguration{
		ThingIndexingMode: "REGISTRY_AND_SHADOW", NamedShadowIndexingMode: "ON", Filter: &types.IndexingFilter{NamedShadowNames: []string{"$package"}},
		CustomFields: []types.Field{{Name: p("attributes.a"), Type: "Number"}, {Name: p("shadow.reported.a.b"), Type: "String"},
			{Name: p("shadow.name.$package.reported.Sedan.version"), Type: "String"}},
	}))
	c := ok(t, h.getConfig, &iot.GetIndexingConfigurationInput{}).ThingIndexingConfiguration
	managed := slices.ContainsFunc(c.ManagedFields, func(f types.Field) bool { return *f.Name == "shadow.hasDelta" && f.Type == "Boolean" })
	if len(c.CustomFields) != 3 || !managed {
		t.Errorf("configuration is %+v", c)
	}
}

// TestShadowsNeedTheirMode: only what the configuration names can be searched and is shown.
func TestShadowsNeedTheirMode(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	ok(t, h.updateConfig, set(types.ThingIndexingConfiguration{ThingIndexingMode: "REGISTRY"}))
	for _, query := range []string{"shadow.reported.temp:*", "shadow.name.$package.reported.Sedan.version:*", "connectivity.connected:*", "red"} {
		if got, err := h.found(query); err != nil || len(got) != 0 {
			t.Errorf("%s found %v, %v", query, got, err)
		}
	}
	if d := ok(t, h.search, &iot.SearchIndexInput{QueryString: p("Car-1")}).Things[0]; d.Shadow != nil || d.Connectivity != nil {
		t.Errorf("document is %+v", d)
	}
}
