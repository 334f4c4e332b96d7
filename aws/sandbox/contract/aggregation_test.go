package contract_test

import (
	"fmt"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestAggregations(t *testing.T) {
	each(t, func(l *lab) {
		l.indexed()
		run := l.prefix + "run"
		for name, size := range map[string]string{"a": "10", "b": "20", "c": "20"} {
			l.thing(name, "run", run, "size", size)
		}
		query, field := aws.String("attributes.run:"+run), aws.String("attributes.size")
		l.finds(*query, "a", "b", "c")
		s := must(l.iot.GetStatistics(l.ctx, &iot.GetStatisticsInput{QueryString: query, AggregationField: field}))(l).Statistics
		if got := fmt.Sprint(s.Count, *s.Sum, *s.Minimum, *s.Maximum, *s.SumOfSquares); got != "3 50 10 20 900" {
			l.Errorf("statistics are %s", got)
		}
		equal(l, "cardinality", must(l.iot.GetCardinality(l.ctx, &iot.GetCardinalityInput{QueryString: query, AggregationField: field}))(l).Cardinality, 2)
		p := must(l.iot.GetPercentiles(l.ctx, &iot.GetPercentilesInput{QueryString: query, AggregationField: field}))(l).Percentiles
		if len(p) != 7 {
			l.Errorf("percentiles are %+v, want those of 1, 5, 25, 50, 75, 95 and 99", p)
		}
		b := must(l.iot.GetBucketsAggregation(l.ctx, &iot.GetBucketsAggregationInput{QueryString: query, AggregationField: field,
			BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{MaxBuckets: aws.Int32(10)}}}))(l)
		if b.TotalCount != 3 || len(b.Buckets) != 2 || b.Buckets[0].Count != 2 {
			l.Errorf("buckets are %d %+v", b.TotalCount, b.Buckets)
		}
		_, err := l.iot.GetStatistics(l.ctx, &iot.GetStatisticsInput{QueryString: query, AggregationField: aws.String("attributes.unknown")})
		l.refused(err, http.StatusBadRequest, "InvalidAggregationException")
		none := must(l.iot.GetCardinality(l.ctx, &iot.GetCardinalityInput{QueryString: aws.String("thingName:" + run), AggregationField: field}))(l)
		equal(l, "cardinality of nothing", none.Cardinality, 0)
	})
}
