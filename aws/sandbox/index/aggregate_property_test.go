package index

import (
	"fmt"
	"math"
	"strconv"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

// converted is a value as one of a field's type; numbers and booleans are float64.
func converted(v any, typ types.FieldType) (any, bool) {
	n, isNumber := v.(float64)
	switch {
	case typ == types.FieldTypeString && isNumber:
		return strconv.FormatFloat(n, 'f', -1, 64), true
	case typ == types.FieldTypeString, isNumber && typ == types.FieldTypeNumber:
		return v, true
	case isNumber:
		return nil, false
	case typ == types.FieldTypeBoolean:
		return map[any]float64{"true": 1}[v], v == "true" || v == "false"
	}
	return numeric(v.(string))
}

// plainly is what aggregations of a field come from: the values of all things, and the things with each value.
type plainly struct {
	values []float64
	things map[any]int32
	count  int32 // of things with a value
}

func aggregatePlainly(fleet []machine, e expr, path []string, typ types.FieldType) plainly {
	p := plainly{things: map[any]int32{}}
	for _, m := range fleet {
		if !e.matches(m) {
			continue
		}
		seen := map[any]bool{}
		for _, v := range m.values(path) {
			c, ok := converted(v, typ)
			if !ok {
				continue
			}
			if n, isNumber := c.(float64); isNumber {
				p.values = append(p.values, n)
			}
			if !seen[c] {
				seen[c] = true
				p.things[c]++
			}
		}
		if len(seen) > 0 {
			p.count++
		}
	}
	return p
}

// near compares sums, which depend on their order a little.
func near(got *float64, want float64) bool { return got != nil && math.Abs(*got-want) < 1e-6 }

// check compares statistics with the plain values.
func (p plainly) check(s *types.Statistics) error {
	if s.Count != p.count {
		return fmt.Errorf("count is %d, want %d", s.Count, p.count)
	}
	if len(p.values) == 0 {
		if s.Sum != nil || s.Minimum != nil {
			return fmt.Errorf("statistics of no numbers are %+v", s)
		}
		return nil
	}
	n, sum, squares, low, high := float64(len(p.values)), 0.0, 0.0, math.Inf(1), math.Inf(-1)
	for _, v := range p.values {
		sum, squares, low, high = sum+v, squares+v*v, math.Min(low, v), math.Max(high, v)
	}
	average, variance := sum/n, 0.0
	for _, v := range p.values {
		variance += (v - average) * (v - average) / n
	}
	if !near(s.Sum, sum) || !near(s.SumOfSquares, squares) || !near(s.Average, average) || !near(s.Minimum, low) || !near(s.Maximum, high) ||
		!near(s.Variance, variance) || !near(s.StdDeviation, math.Sqrt(variance)) {
		return fmt.Errorf("statistics of %v are %v %v %v", p.values, *s.Sum, *s.Average, *s.Variance)
	}
	return nil
}

// TestAggregationsAddUp compares aggregations over random fleets with plain sums.
func TestAggregationsAddUp(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	paths := [][]string{{"attributes", "a"}, {"shadow", "reported", "x"}, {"shadow", "name", "named", "reported", "x"}}
	rapid.Check(t, func(rt *rapid.T) {
		fleet := rapid.SliceOfNDistinct(rapid.Custom(anyMachine), 1, 8, func(m machine) string { return m.name }).Draw(rt, "fleet")
		if err := h.save(fleet, false); err != nil {
			rt.Fatal(err)
		}
		path := rapid.SampledFrom(paths).Draw(rt, "field")
		typ := rapid.SampledFrom(types.FieldType("").Values()).Draw(rt, "type")
		field := spelled(path)
		h.custom(t, types.Field{Name: &field, Type: typ})
		e := anyExpr(1).Draw(rt, "query")
		want := aggregatePlainly(fleet, e, path, typ)
		s, err := h.statistics(ctx, &iot.GetStatisticsInput{QueryString: &e.text, AggregationField: &field})
		if err == nil && typ != types.FieldTypeString {
			err = want.check(s.Statistics)
		}
		if err != nil {
			rt.Fatal(err)
		}
		out, err := h.buckets(ctx, &iot.GetBucketsAggregationInput{QueryString: &e.text, AggregationField: &field,
			BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{MaxBuckets: p(int32(1000))}}})
		if err != nil || len(out.Buckets) != len(want.things) {
			rt.Fatalf("buckets are %v, want %v: %v", out, want.things, err)
		}
		for _, b := range out.Buckets {
			var key any = *b.KeyValue
			switch typ {
			case types.FieldTypeNumber:
				key, _ = numeric(*b.KeyValue)
			case types.FieldTypeBoolean:
				key = map[string]float64{"true": 1}[*b.KeyValue]
			}
			if want.things[key] != b.Count {
				rt.Fatalf("%s counts %d, want %d", *b.KeyValue, b.Count, want.things[key])
			}
		}
		n, err := h.cardinality(ctx, &iot.GetCardinalityInput{QueryString: &e.text, AggregationField: &field})
		if err != nil || int(n.Cardinality) != len(want.things) {
			rt.Fatalf("cardinality is %v, want %d: %v", n, len(want.things), err)
		}
	})
}
