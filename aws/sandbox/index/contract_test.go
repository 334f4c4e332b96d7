package index_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"fleetlab/aws/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
)

// TestPackageSearchOverTheSDK finds things by the package version that their devices reported.
func TestPackageSearchOverTheSDK(t *testing.T) {
	t.Parallel()
	config, ctx := sandboxtest.Config(sandboxtest.Start(t)), t.Context()
	c, data := iot.NewFromConfig(config), iotdataplane.NewFromConfig(config)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	_, err := c.SearchIndex(ctx, &iot.SearchIndexInput{QueryString: aws.String("*")})
	var off *types.ResourceNotFoundException
	if !errors.As(err, &off) {
		t.Errorf("before it is on: got %v", err)
	}
	must(c.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{
		ThingIndexingConfiguration: &types.ThingIndexingConfiguration{
			ThingIndexingMode: types.ThingIndexingModeRegistryAndShadow, NamedShadowIndexingMode: types.NamedShadowIndexingModeOn,
			ThingConnectivityIndexingMode: types.ThingConnectivityIndexingModeStatus,
			Filter:                        &types.IndexingFilter{NamedShadowNames: []string{"$package"}},
		},
		ThingGroupIndexingConfiguration: &types.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: types.ThingGroupIndexingModeOn},
	}))
	d, err := c.DescribeIndex(ctx, &iot.DescribeIndexInput{IndexName: aws.String("AWS_Things")})
	must(d, err)
	if d.IndexStatus != types.IndexStatusActive || *d.Schema != "MULTI_INDEXING_MODE" {
		t.Errorf("index is %+v", d)
	}
	for name, version := range map[string]string{"V1": "1.0.0", "V2": "1.1.0", "V3": "1.1.0"} {
		must(c.CreateThing(ctx, &iot.CreateThingInput{ThingName: &name}))
		body := []byte(`{"state":{"reported":{"Sedan":{"version":"` + version + `"}}}}`)
		must(data.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: &name, ShadowName: aws.String("$package"), Payload: body}))
	}
	found, err := c.SearchIndex(ctx, &iot.SearchIndexInput{QueryString: aws.String("shadow.name.$package.reported.Sedan.version:1.1.0"), MaxResults: aws.Int32(1)})
	must(found, err)
	if len(found.Things) != 1 || *found.Things[0].ThingName != "V2" || found.NextToken == nil || !json.Valid([]byte(*found.Things[0].Shadow)) {
		t.Errorf("first page is %+v", found)
	}
	_, err = c.SearchIndex(ctx, &iot.SearchIndexInput{QueryString: aws.String("thingName:(")})
	var wrong *types.InvalidQueryException
	var r *awshttp.ResponseError
	if !errors.As(err, &wrong) || !errors.As(err, &r) || r.HTTPStatusCode() != http.StatusBadRequest {
		t.Errorf("bad query: got %v", err)
	}
	conf, err := c.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{})
	must(conf, err)
	if f := conf.ThingIndexingConfiguration.Filter; f == nil || len(f.NamedShadowNames) != 1 {
		t.Errorf("configuration is %+v", conf.ThingIndexingConfiguration)
	}
}
