package index

import (
	"context"
	"fmt"
	"math"
	"slices"
	"testing"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

// custom adds custom fields to the index that is on; the fleet's index is complete already.
func (h *handlers) custom(t testing.TB, fields ...types.Field) {
	t.Helper()
	err := h.r.Store.Update(func(tx *store.Tx) error {
		c, err := readConfig(tx)
		c.things.CustomFields = fields
		if err != nil {
			return err
		}
		return writeSetting(tx, thingSetting, c.things)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (h *handlers) statisticsOf(t testing.TB, query, field string) types.Statistics {
	t.Helper()
	return *ok(t, h.statistics, &iot.GetStatisticsInput{QueryString: &query, AggregationField: &field}).Statistics
}

// aggregated is the fleet of the search tests with custom fields of each type.
func aggregated(t testing.TB) *handlers {
	t.Helper()
	h := fleet(t)
	h.custom(t, types.Field{Name: p("attributes.speed"), Type: types.FieldTypeNumber}, types.Field{Name: p("attributes.country"), Type: types.FieldTypeString},
		types.Field{Name: p("shadow.reported.temp"), Type: types.FieldTypeNumber}, types.Field{Name: p("shadow.reported.door"), Type: types.FieldTypeBoolean},
		types.Field{Name: p("shadow.reported.tags"), Type: types.FieldTypeString})
	return h
}

func TestStatistics(t *testing.T) {
	t.Parallel()
	h := aggregated(t)
	s := *ok(t, h.statistics, &iot.GetStatisticsInput{QueryString: p("*")}).Statistics // of registry.version, 5 each
	if s.Count != 4 || *s.Average != 5 || *s.Sum != 20 || *s.Minimum != 5 || *s.Maximum != 5 || *s.SumOfSquares != 100 || *s.Variance != 0 || *s.StdDeviation != 0 {
		t.Errorf("of the version: %+v", s)
	}
	if s := h.statisticsOf(t, "*", "attributes.speed"); s.Count != 2 || *s.Average != 95 || *s.Sum != 190 || *s.Variance != 25 || *s.StdDeviation != 5 {
		t.Errorf("of numbers in attributes: %+v", s)
	}
	if s := h.statisticsOf(t, "thingTypeName:Sedan", "shadow.reported.temp"); s.Count != 2 || *s.Sum != 26.5 || *s.Minimum != 5 {
		t.Errorf("of numbers in shadows: %+v", s)
	}
	if s := h.statisticsOf(t, "*", "shadow.reported.door"); s.Count != 1 || *s.Average != 1 || *s.Sum != 1 {
		t.Errorf("of booleans: %+v", s)
	}
	for field, count := range map[string]int32{"attributes.country": 3, "shadow.reported.tags": 1, "registry.thingGroupNames": 2, "thingName": 4, "connectivity.disconnectReason": 0} {
		if s := h.statisticsOf(t, "*", field); s.Count != count || s.Average != nil || s.Sum != nil {
			t.Errorf("of %s: %+v, want the count %d alone", field, s, count)
		}
	}
	if s := h.statisticsOf(t, "thingName:Nobody", "attributes.speed"); s.Count != 0 || s.Average != nil || s.Minimum != nil {
		t.Errorf("of nothing: %+v", s)
	}
}

func TestValuesOfAnotherTypeAreLeftOut(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	for i, v := range []string{`5`, `"7"`, `"x"`, `true`, `"true"`, `null`, `{"a":1}`, `[1,"2",1]`, `-0.5`} {
		name := fmt.Sprintf("T%d", i)
		h.thing(t, name, "", `{}`)
		h.shadow(t, name, "", `{"reported":{"v":`+v+`}}`)
	}
	field := p("shadow.reported.v")
	for typ, want := range map[types.FieldType][]string{
		types.FieldTypeNumber:  {"-0.5", "1", "2", "5", "7"},
		types.FieldTypeBoolean: {"true"},
		types.FieldTypeString:  {"-0.5", "1", "2", "5", "7", "true", "x"},
	} {
		h.custom(t, types.Field{Name: field, Type: typ})
		out := ok(t, h.buckets, &iot.GetBucketsAggregationInput{QueryString: p("*"), AggregationField: field,
			BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{}}})
		var keys []string
		for _, b := range out.Buckets {
			keys = append(keys, *b.KeyValue)
			if want := map[string]int32{"true": 2}[*b.KeyValue]; b.Count != max(1, want) {
				t.Errorf("%s: %s counts %d", typ, *b.KeyValue, b.Count)
			}
		}
		slices.Sort(keys)
		if !slices.Equal(keys, want) || out.TotalCount != 9 {
			t.Errorf("%s: %v of %d, want %v of 9", typ, keys, out.TotalCount, want)
		}
		cardinality := ok(t, h.cardinality, &iot.GetCardinalityInput{QueryString: p("*"), AggregationField: field}).Cardinality
		if cardinality != int32(len(want)) {
			t.Errorf("%s: %d different values, want %d", typ, cardinality, len(want))
		}
	}
}

func TestBucketsComeInOrder(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	h.custom(t, types.Field{Name: p("attributes.model"), Type: types.FieldTypeString})
	for i := range 66 { // M00 once, M01 twice, up to M10
		model := int(math.Sqrt(float64(2*i)+0.25) - 0.5)
		h.thing(t, fmt.Sprintf("T%02d", i), "", fmt.Sprintf(`{"model":"M%02d"}`, model))
	}
	h.thing(t, "Other", "", `{}`)
	ask := func(max *int32) *iot.GetBucketsAggregationOutput {
		return ok(t, h.buckets, &iot.GetBucketsAggregationInput{QueryString: p("thingName:*"), AggregationField: p("attributes.model"),
			BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{MaxBuckets: max}}})
	}
	out := ask(nil)
	if len(out.Buckets) != 10 || out.TotalCount != 67 {
		t.Fatalf("%d buckets of %d things, want 10 of 67", len(out.Buckets), out.TotalCount)
	}
	for i, b := range out.Buckets {
		if want := fmt.Sprintf("M%02d", 10-i); *b.KeyValue != want || b.Count != int32(11-i) {
			t.Errorf("bucket %d is %s with %d, want %s with %d", i, *b.KeyValue, b.Count, want, 11-i)
		}
	}
	if out := ask(p(int32(2))); len(out.Buckets) != 2 {
		t.Errorf("%d buckets, want 2", len(out.Buckets))
	}
	if out := ask(p(int32(10_000))); len(out.Buckets) != 11 {
		t.Errorf("%d buckets, want 11", len(out.Buckets))
	}
}

func TestPercentiles(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	h.custom(t, types.Field{Name: p("attributes.n"), Type: types.FieldTypeNumber})
	for i := range 9 { // three each of 1, 2 and 3, as in AWS's example
		h.thing(t, fmt.Sprintf("T%d", i), "", fmt.Sprintf(`{"n":"%d"}`, i/3+1))
	}
	out := ok(t, h.percentiles, &iot.GetPercentilesInput{QueryString: p("*"), AggregationField: p("attributes.n"), Percents: []float64{10, 20, 30, 50, 70, 80, 99, 0, 100}})
	for i, want := range []float64{1, 1, 1.4, 2, 2.6, 3, 3, 1, 3} {
		if got := out.Percentiles[i]; math.Abs(got.Value-want) > 1e-9 {
			t.Errorf("percentile %v is %v, want %v", got.Percent, got.Value, want)
		}
	}
	var percents []float64
	for _, pair := range ok(t, h.percentiles, &iot.GetPercentilesInput{QueryString: p("*")}).Percentiles {
		percents = append(percents, pair.Percent)
	}
	if !slices.Equal(percents, []float64{1, 5, 25, 50, 75, 95, 99}) {
		t.Errorf("default percents are %v", percents)
	}
	none := ok(t, h.percentiles, &iot.GetPercentilesInput{QueryString: p("thingName:Nobody")})
	if none.Percentiles == nil || len(none.Percentiles) != 0 {
		t.Errorf("of nothing: %v, want an empty list", none.Percentiles)
	}
}

// TestPercentilesAreRanks compares percentiles with a plain calculation over all values.
func TestPercentilesAreRanks(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.Float64Range(-5, 5), 1, 40).Draw(rt, "values")
		values = append(values, rapid.SliceOfN(rapid.SampledFrom(values), 0, 40).Draw(rt, "again")...)
		slices.Sort(values)
		var r ranks
		for i, v := range values {
			r.count++
			if i > 0 && v == values[i-1] {
				r.upTo[len(r.upTo)-1] = r.count
				continue
			}
			r.values, r.upTo = append(r.values, v), append(r.upTo, r.count)
		}
		percent := rapid.Float64Range(0, 100).Draw(rt, "percent")
		rank := percent / 100 * float64(len(values)-1)
		below := int(rank)
		want := values[below] + (values[min(below+1, len(values)-1)]-values[below])*(rank-float64(below))
		if got := r.percentile(percent); got != want {
			rt.Fatalf("percentile %v of %v is %v, want %v", percent, values, got, want)
		}
	})
}

func TestAggregationRefusals(t *testing.T) {
	t.Parallel()
	h := aggregated(t)
	star, terms := p("*"), &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{}}
	refused(t, h.statistics, &iot.GetStatisticsInput{QueryString: star, AggregationField: p("attributes.vin")}, "InvalidAggregationException", "attributes.vin")
	refused(t, h.cardinality, &iot.GetCardinalityInput{QueryString: star, AggregationField: p("nonsense")}, "InvalidAggregationException", "customFields")
	refused(t, h.percentiles, &iot.GetPercentilesInput{QueryString: star, AggregationField: p("attributes.country")}, "InvalidAggregationException", "String")
	refused(t, h.percentiles, &iot.GetPercentilesInput{QueryString: star, Percents: []float64{101}}, "InvalidRequestException", "101")
	refused(t, h.percentiles, &iot.GetPercentilesInput{QueryString: star, Percents: []float64{math.NaN()}}, "InvalidRequestException", "NaN")
	refused(t, h.buckets, &iot.GetBucketsAggregationInput{QueryString: star, AggregationField: p("attributes.vin"), BucketsAggregationType: terms}, "InvalidAggregationException", "vin")
	refused(t, h.buckets, &iot.GetBucketsAggregationInput{QueryString: star, AggregationField: p("thingName"), BucketsAggregationType: &types.BucketsAggregationType{}},
		"InvalidRequestException", "termsAggregation")
	terms.TermsAggregation.MaxBuckets = p(int32(10_001))
	refused(t, h.buckets, &iot.GetBucketsAggregationInput{QueryString: star, AggregationField: p("thingName"), BucketsAggregationType: terms}, "InvalidRequestException", "10001")
	refused(t, h.statistics, &iot.GetStatisticsInput{QueryString: p("a:")}, "InvalidQueryException", "position")
	refused(t, h.statistics, &iot.GetStatisticsInput{QueryString: p("nonsense:x")}, "InvalidQueryException", "invalid field name, field name: nonsense, query string: nonsense:x")
	refused(t, h.statistics, &iot.GetStatisticsInput{QueryString: star, QueryVersion: p("2001")}, "InvalidRequestException", "2001")
	refused(t, h.statistics, &iot.GetStatisticsInput{QueryString: star, IndexName: p("Mine")}, "ResourceNotFoundException", "Mine")
	refused(t, open(t).statistics, &iot.GetStatisticsInput{QueryString: star}, "ResourceNotFoundException", thingsIndex)
	h.exec(t, "UPDATE ix_status SET status='BUILDING', due_at=9e15 WHERE name=?", thingsIndex)
	refused(t, h.cardinality, &iot.GetCardinalityInput{QueryString: star}, "IndexNotReadyException", thingsIndex)
}

func TestGroupsAreAggregated(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	for _, g := range [][]any{{"World", nil}, {"Asia", "World"}, {"Japan", "Asia"}} {
		h.exec(t, "INSERT INTO thing_groups(name,id,parent,props_json,version,created_at) VALUES(?,'id',?,'{}',1,0)", g...)
	}
	out := ok(t, h.buckets, &iot.GetBucketsAggregationInput{IndexName: p(groupsIndex), QueryString: p("*"), AggregationField: p("parentGroupNames"),
		BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{}}})
	if len(out.Buckets) != 2 || *out.Buckets[0].KeyValue != "World" || out.Buckets[0].Count != 2 || out.Buckets[1].Count != 1 || out.TotalCount != 3 {
		t.Errorf("parents are %+v", out)
	}
}

func TestThingConnectivityData(t *testing.T) {
	t.Parallel()
	h := fleet(t)
	out := ok(t, h.connectivity, &iot.GetThingConnectivityDataInput{ThingName: p("Car-1")})
	if *out.ThingName != "Car-1" || *out.Connected || out.Timestamp != nil || out.ClientId != nil {
		t.Errorf("connectivity is %+v", out)
	}
	refused(t, h.connectivity, &iot.GetThingConnectivityDataInput{ThingName: p("Nobody")}, "ResourceNotFoundException", "Nobody")
	refused(t, open(t).connectivity, &iot.GetThingConnectivityDataInput{ThingName: p("Car-1")}, "IndexNotReadyException", "STATUS")
}

func TestCheckQuery(t *testing.T) {
	t.Parallel()
	if err := CheckQuery("a b c d e", 5); err != nil {
		t.Error(err)
	}
	for query, want := range map[string]string{"a b c d e f": "at most 5 terms", "a AND": "position 6", "thingGroupName:x": "invalid field name, field name: thingGroupName"} {
		refused(t, func(_ context.Context, q *string) (*string, error) { return q, CheckQuery(*q, 5) }, &query, "InvalidQueryException", want)
	}
}
