package index

import (
	"context"
	"math"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// statistics answers the count alone for a field of texts, and when there are no values; what AWS answers for numbers then
// is not documented.
func (h *handlers) statistics(_ context.Context, in *iot.GetStatisticsInput) (*iot.GetStatisticsOutput, error) {
	out := &iot.GetStatisticsOutput{}
	return out, h.aggregate(asked{in.IndexName, in.QueryString, in.AggregationField, in.QueryVersion}, func(a aggregation) error {
		values := a.values()
		s := &types.Statistics{}
		out.Statistics = s
		if a.field.Type == types.FieldTypeString {
			return a.tx.Row("SELECT "+a.rowCount()+" FROM ("+values.sql+")", values.args, &s.Count)
		}
		var n, sum, squares float64
		err := a.tx.Row("SELECT "+a.rowCount()+", count(v), total(v), total(1.0*v*v), min(v), max(v) FROM ("+values.sql+")", values.args,
			&s.Count, &n, &sum, &squares, &s.Minimum, &s.Maximum)
		if err != nil || n == 0 {
			return err
		}
		average, variance := sum/n, math.Max(0, (squares-sum*sum/n)/n)
		deviation := math.Sqrt(variance)
		if math.IsInf(squares, 0) || math.IsInf(sum, 0) {
			s.Minimum, s.Maximum = nil, nil // values that are too large leave nothing but the count
			return nil
		}
		s.Sum, s.SumOfSquares, s.Average, s.Variance, s.StdDeviation = &sum, &squares, &average, &variance, &deviation
		return nil
	})
}

// defaultPercents are AWS's (AWS IoT API reference, GetPercentiles).
var defaultPercents = []float64{1, 5, 25, 50, 75, 95, 99}

func (h *handlers) percentiles(_ context.Context, in *iot.GetPercentilesInput) (*iot.GetPercentilesOutput, error) {
	percents := in.Percents
	if len(percents) == 0 {
		percents = defaultPercents
	}
	for _, p := range percents {
		if !(p >= 0 && p <= 100) {
			return nil, invalid("percents has %v; percents are numbers from 0 to 100", p)
		}
	}
	out := &iot.GetPercentilesOutput{Percentiles: []types.PercentPair{}}
	return out, h.aggregate(asked{in.IndexName, in.QueryString, in.AggregationField, in.QueryVersion}, func(a aggregation) error {
		if a.field.Type != types.FieldTypeNumber {
			return &types.InvalidAggregationException{Message: text("Percentiles of field %s do not exist: its type is %s. Use a field of type Number",
				*a.field.Name, a.field.Type)}
		}
		r, err := a.ranks()
		if err != nil || r.count == 0 {
			return err
		}
		for _, p := range percents {
			value := r.percentile(p)
			out.Percentiles = append(out.Percentiles, types.PercentPair{Percent: p, Value: value})
		}
		return nil
	})
}

// ranks are the values in order, each with the number of values up to it.
type ranks struct {
	values []float64
	upTo   []int64
	count  int64
}

// ranks keeps each different value once, so that a fleet with few values needs little memory.
func (a aggregation) ranks() (ranks, error) {
	var r ranks
	values := a.values()
	err := a.tx.Each("SELECT v, count(*) FROM ("+values.sql+") WHERE v IS NOT NULL GROUP BY v ORDER BY v", values.args, func(scan func(...any) error) error {
		var v float64
		var n int64
		if err := scan(&v, &n); err != nil {
			return err
		}
		r.count += n
		r.values, r.upTo = append(r.values, v), append(r.upTo, r.count)
		return nil
	})
	return r, err
}

// percentile interpolates between the values next to the rank, as the example in AWS's developer guide (aggregate data) does.
func (r ranks) percentile(p float64) float64 {
	rank := p / 100 * float64(r.count-1)
	below := math.Floor(rank)
	low, high := r.at(int64(below)), r.at(min(int64(below)+1, r.count-1))
	return low + (high-low)*(rank-below)
}

// at is the value with a rank, from 0.
func (r ranks) at(rank int64) float64 {
	i, found := slices.BinarySearch(r.upTo, rank)
	if found {
		i++ // values up to i end before the rank
	}
	return r.values[i]
}
