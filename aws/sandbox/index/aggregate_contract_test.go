package index_test

import (
	"errors"
	"slices"
	"testing"

	"fleetlab/aws/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// TestAggregationsOverTheSDK counts things by an attribute that the configuration names.
func TestAggregationsOverTheSDK(t *testing.T) {
	t.Parallel()
	ctx, c := t.Context(), iot.NewFromConfig(sandboxtest.Config(sandboxtest.Start(t)))
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(c.UpdateIndexingConfiguration(ctx, &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &types.ThingIndexingConfiguration{
		ThingIndexingMode: types.ThingIndexingModeRegistry,
		CustomFields:      []types.Field{{Name: aws.String("attributes.speed"), Type: types.FieldTypeNumber}},
	}}))
	for name, speed := range map[string]string{"V1": "50", "V2": "50", "V3": "80"} {
		must(c.CreateThing(ctx, &iot.CreateThingInput{ThingName: &name, AttributePayload: &types.AttributePayload{Attributes: map[string]string{"speed": speed}}}))
	}
	star, field := aws.String("*"), aws.String("attributes.speed")
	s, err := c.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: star, AggregationField: field})
	must(s, err)
	if s.Statistics.Count != 3 || *s.Statistics.Average != 60 || *s.Statistics.Maximum != 80 || *s.Statistics.Variance != 200 {
		t.Errorf("statistics are %+v", s.Statistics)
	}
	n, err := c.GetCardinality(ctx, &iot.GetCardinalityInput{QueryString: star, AggregationField: field})
	must(n, err)
	if n.Cardinality != 2 {
		t.Errorf("cardinality is %d, want 2", n.Cardinality)
	}
	l, err := c.GetPercentiles(ctx, &iot.GetPercentilesInput{QueryString: star, AggregationField: field, Percents: []float64{50, 75}})
	must(l, err)
	if len(l.Percentiles) != 2 || l.Percentiles[0].Value != 50 || l.Percentiles[1].Value != 65 {
		t.Errorf("percentiles are %+v", l.Percentiles)
	}
	b, err := c.GetBucketsAggregation(ctx, &iot.GetBucketsAggregationInput{QueryString: star, AggregationField: field,
		BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{}}})
	must(b, err)
	keys := []string{}
	for _, bucket := range b.Buckets {
		keys = append(keys, *bucket.KeyValue)
	}
	if b.TotalCount != 3 || !slices.Equal(keys, []string{"50", "80"}) || b.Buckets[0].Count != 2 {
		t.Errorf("buckets are %+v", b)
	}
	_, err = c.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: star, AggregationField: aws.String("attributes.other")})
	var wrong *types.InvalidAggregationException
	if !errors.As(err, &wrong) {
		t.Errorf("field that is not custom: got %v", err)
	}
	_, err = c.GetPercentiles(ctx, &iot.GetPercentilesInput{QueryString: star, Percents: []float64{-1}})
	var invalid *types.InvalidRequestException
	if !errors.As(err, &invalid) {
		t.Errorf("percent that is too small: got %v", err)
	}
}
