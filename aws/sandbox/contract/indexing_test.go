package contract_test

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// built is how long a small account's index may take to be built.
const built = 5 * time.Minute

// indexed switches fleet indexing on, once for the account, and waits until the index can be asked. What the account had
// before comes back when all tests are over.
func (l *lab) indexed() {
	l.Helper()
	l.index.Do(func() {
		before := must(l.iot.GetIndexingConfiguration(l.ctx, nil))(l)
		l.atEnd(func(ctx context.Context) error {
			before.ThingIndexingConfiguration.ManagedFields, before.ThingGroupIndexingConfiguration.ManagedFields = nil, nil
			_, err := l.iot.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{
				ThingIndexingConfiguration: before.ThingIndexingConfiguration, ThingGroupIndexingConfiguration: before.ThingGroupIndexingConfiguration})
			return err
		})
		must(l.iot.UpdateIndexingConfiguration(l.ctx, &iot.UpdateIndexingConfigurationInput{
			ThingIndexingConfiguration: &types.ThingIndexingConfiguration{ThingIndexingMode: types.ThingIndexingModeRegistryAndShadow,
				ThingConnectivityIndexingMode: types.ThingConnectivityIndexingModeStatus, NamedShadowIndexingMode: types.NamedShadowIndexingModeOn,
				Filter:       &types.IndexingFilter{NamedShadowNames: []string{"$package"}},
				CustomFields: []types.Field{{Name: aws.String("attributes.size"), Type: types.FieldTypeNumber}}},
			ThingGroupIndexingConfiguration: &types.ThingGroupIndexingConfiguration{ThingGroupIndexingMode: types.ThingGroupIndexingModeOn}}))(l)
	})
	l.wait(built, func() error {
		out, err := l.iot.DescribeIndex(l.ctx, &iot.DescribeIndexInput{IndexName: aws.String("AWS_Things")})
		if err == nil && out.IndexStatus != types.IndexStatusActive {
			err = fmt.Errorf("the index is %s", out.IndexStatus)
		}
		return err
	})
}

func TestIndexingConfiguration(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		got := must(l.iot.GetIndexingConfiguration(l.ctx, nil))(l).ThingIndexingConfiguration
		equal(l, "mode", got.ThingIndexingMode, types.ThingIndexingModeRegistryAndShadow)
		equal(l, "connectivity", got.ThingConnectivityIndexingMode, types.ThingConnectivityIndexingModeStatus)
		if got.Filter == nil || len(got.Filter.NamedShadowNames) != 1 || len(got.CustomFields) != 1 || len(got.ManagedFields) == 0 {
			l.Errorf("configuration is %+v", got)
		}
		index := must(l.iot.DescribeIndex(l.ctx, &iot.DescribeIndexInput{IndexName: aws.String("AWS_Things")}))(l)
		equal(l, "schema", aws.ToString(index.Schema), "MULTI_INDEXING_MODE")
		names := must(l.iot.ListIndices(l.ctx, nil))(l).IndexNames
		if len(names) != 2 {
			l.Errorf("indices are %v", names)
		}
		_, err := l.iot.DescribeIndex(l.ctx, &iot.DescribeIndexInput{IndexName: aws.String("none")})
		if refusal(err, http.StatusNotFound, "ResourceNotFoundException") != nil && refusal(err, http.StatusBadRequest, "InvalidRequestException") != nil {
			l.Errorf("an unknown index: got %v", err)
		}
	})
}
