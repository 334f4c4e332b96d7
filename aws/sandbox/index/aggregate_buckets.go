package index

import (
	"context"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS IoT API reference, TermsAggregation.
const (
	defaultBuckets = 10
	maxBuckets     = 10_000
)

// buckets counts the rows with each value, the most frequent values first. totalCount are all rows that the query finds,
// whether they have the field or not (AWS IoT API reference, GetBucketsAggregation).
func (h *handlers) buckets(_ context.Context, in *iot.GetBucketsAggregationInput) (*iot.GetBucketsAggregationOutput, error) {
	if in.BucketsAggregationType.TermsAggregation == nil {
		return nil, invalid("bucketsAggregationType is empty; give it termsAggregation")
	}
	limit := defaultBuckets
	if m := in.BucketsAggregationType.TermsAggregation.MaxBuckets; m != nil {
		limit = int(*m)
	}
	if limit < 1 || limit > maxBuckets {
		return nil, invalid("maxBuckets is %d; it can be 1 to %d", limit, maxBuckets)
	}
	out := &iot.GetBucketsAggregationOutput{Buckets: []types.Bucket{}}
	return out, h.aggregate(asked{in.IndexName, in.QueryString, in.AggregationField, in.QueryVersion}, func(a aggregation) error {
		if err := a.tx.Row("SELECT count(*) FROM "+a.schema.rows()+" WHERE "+a.where.sql, a.where.args, &out.TotalCount); err != nil {
			return err
		}
		values := a.values()
		q := "SELECT v, " + a.rowCount() + " AS n FROM (" + values.sql + ") WHERE v IS NOT NULL GROUP BY v ORDER BY n DESC, v LIMIT ?"
		return a.tx.Each(q, append(values.args, limit), func(scan func(...any) error) error {
			var v any
			var b types.Bucket
			if err := scan(&v, &b.Count); err != nil {
				return err
			}
			b.KeyValue = a.keyValue(v)
			out.Buckets = append(out.Buckets, b)
			return nil
		})
	})
}

// keyValue writes a value of the field's type.
func (a aggregation) keyValue(v any) *string {
	switch v := v.(type) {
	case float64:
		return text("%s", strconv.FormatFloat(v, 'f', -1, 64))
	case int64:
		return text("%t", v == 1)
	default:
		return text("%s", v)
	}
}
