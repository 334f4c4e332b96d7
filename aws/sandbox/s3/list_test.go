package s3_test

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

// row is what the model of a bucket remembers: newest last.
type row struct {
	key, version string
	marker       bool
}

// fill makes random versions and delete markers and returns them.
func fill(t *rapid.T, tb testing.TB, c *s3.Client, bucket string) (rows []row) {
	keys := rapid.StringMatching(`[ab/]{1,4}`)
	for i := range rapid.IntRange(0, 18).Draw(t, "rows") {
		key := keys.Draw(t, "key")
		if rapid.IntRange(0, 3).Draw(t, "marker") == 0 {
			out := try[s3.DeleteObjectOutput](tb)(c.DeleteObject(tb.Context(), &s3.DeleteObjectInput{Bucket: &bucket, Key: &key}))
			rows = append(rows, row{key, *out.VersionId, true})
			continue
		}
		rows = append(rows, row{key, *put(tb, c, bucket, key, fmt.Sprint(i)).VersionId, false})
	}
	return rows
}

// expect lists rows as S3 should: "key version" or "prefix/", keys in order, newest first.
func expect(rows []row, prefix, delimiter string, all bool) (list []string) {
	newest := slices.Clone(rows)
	slices.Reverse(newest)
	sort.SliceStable(newest, func(i, j int) bool { return newest[i].key < newest[j].key })
	last := ""
	for i, r := range newest {
		latest := i == 0 || newest[i-1].key != r.key
		if !strings.HasPrefix(r.key, prefix) || !all && (!latest || r.marker) {
			continue
		}
		if before, _, found := strings.Cut(r.key[len(prefix):], delimiter); delimiter != "" && found {
			if common := prefix + before + delimiter; common != last {
				list = append(list, common)
				last = common
			}
			continue
		}
		if !all {
			list = append(list, r.key+" ")
			continue
		}
		list = append(list, fmt.Sprintf("%s %s %t %t", r.key, r.version, r.marker, latest))
	}
	return list
}

type query struct {
	prefix, delimiter string
	max               int32
}

func drawQuery(t *rapid.T) query {
	return query{
		prefix:    rapid.SampledFrom([]string{"", "", "a", "a/", "/", "b//", "zz"}).Draw(t, "prefix"),
		delimiter: rapid.SampledFrom([]string{"", "/", "ab"}).Draw(t, "delimiter"),
		max:       rapid.Int32Range(1, 7).Draw(t, "max"),
	}
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// sorted puts what a page gives apart back into one order: entries and the prefixes between them.
func sorted(list []string, prefixes []types.CommonPrefix) []string {
	for _, p := range prefixes {
		list = append(list, *p.Prefix)
	}
	sort.SliceStable(list, func(i, j int) bool {
		a, _, _ := strings.Cut(list[i], " ")
		b, _, _ := strings.Cut(list[j], " ")
		return a < b
	})
	return list
}

func versionsByPage(tb testing.TB, c *s3.Client, bucket string, q query) (all []string) {
	in := &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: optional(q.prefix), Delimiter: optional(q.delimiter), MaxKeys: &q.max}
	for {
		out := try[s3.ListObjectVersionsOutput](tb)(c.ListObjectVersions(tb.Context(), in))
		var page []string
		for _, v := range out.Versions {
			page = append(page, fmt.Sprintf("%s %s %t %t", *v.Key, *v.VersionId, false, *v.IsLatest))
		}
		for _, m := range out.DeleteMarkers {
			page = append(page, fmt.Sprintf("%s %s %t %t", *m.Key, *m.VersionId, true, *m.IsLatest))
		}
		page = sorted(page, out.CommonPrefixes)
		all = append(all, page...)
		if !*out.IsTruncated {
			if out.NextKeyMarker != nil || out.NextVersionIdMarker != nil {
				tb.Error("the last page names a next one")
			}
			return all
		}
		if len(page) != int(q.max) {
			tb.Errorf("a page of %d has %d entries and is not the last", q.max, len(page))
		}
		if strings.HasSuffix(*out.NextKeyMarker, "/") && len(out.CommonPrefixes) > 0 &&
			*out.CommonPrefixes[len(out.CommonPrefixes)-1].Prefix == *out.NextKeyMarker && out.NextVersionIdMarker != nil && q.delimiter == "/" {
			tb.Error("a page that ends in a common prefix names a version")
		}
		in.KeyMarker, in.VersionIdMarker = out.NextKeyMarker, out.NextVersionIdMarker
	}
}

// byKeyOnly drops the order of versions within a key, which the SDK loses when it puts versions and markers apart.
func byKeyOnly(list []string) []string {
	list = slices.Clone(list)
	slices.Sort(list)
	return list
}

// TestListings compares all three listings, page by page, with a model.
func TestListings(t *testing.T) {
	t.Parallel()
	c := client(t)
	n := 0
	rapid.Check(t, func(rt *rapid.T) {
		n++
		bucket := fmt.Sprint("fleet-", n)
		makeBucket(t, c, bucket, types.BucketVersioningStatusEnabled)
		rows := fill(rt, t, c, bucket)
		q := drawQuery(rt)
		want := expect(rows, q.prefix, q.delimiter, false)
		if diff := cmp.Diff(want, v2ByPage(t, c, bucket, q)); diff != "" {
			rt.Fatalf("version 2, %+v: %s", q, diff)
		}
		if diff := cmp.Diff(want, v1ByPage(t, c, bucket, q)); diff != "" {
			rt.Fatalf("version 1, %+v: %s", q, diff)
		}
		want, got := expect(rows, q.prefix, q.delimiter, true), versionsByPage(t, c, bucket, q)
		if diff := cmp.Diff(byKeyOnly(want), byKeyOnly(got)); diff != "" {
			rt.Fatalf("versions, %+v: %s", q, diff)
		}
		isMarker := func(s string) bool { return strings.Contains(s, " true ") }
		if diff := cmp.Diff(slices.DeleteFunc(want, isMarker), slices.DeleteFunc(got, isMarker)); diff != "" {
			rt.Fatalf("order of versions, %+v: %s", q, diff)
		}
	})
}

func keysOf(contents []types.Object) (list []string) {
	for _, o := range contents {
		list = append(list, *o.Key+" ")
	}
	return list
}

func v2ByPage(tb testing.TB, c *s3.Client, bucket string, q query) (all []string) {
	in := &s3.ListObjectsV2Input{Bucket: &bucket, Prefix: optional(q.prefix), Delimiter: optional(q.delimiter), MaxKeys: &q.max}
	for {
		out := try[s3.ListObjectsV2Output](tb)(c.ListObjectsV2(tb.Context(), in))
		page := sorted(keysOf(out.Contents), out.CommonPrefixes)
		if int(aws.ToInt32(out.KeyCount)) != len(page) || out.KeyCount == nil {
			tb.Errorf("key count %v for %d entries", out.KeyCount, len(page))
		}
		all = append(all, page...)
		if !*out.IsTruncated {
			return all
		}
		in.ContinuationToken = out.NextContinuationToken
	}
}

func v1ByPage(tb testing.TB, c *s3.Client, bucket string, q query) (all []string) {
	in := &s3.ListObjectsInput{Bucket: &bucket, Prefix: optional(q.prefix), Delimiter: optional(q.delimiter), MaxKeys: &q.max}
	for {
		out := try[s3.ListObjectsOutput](tb)(c.ListObjects(tb.Context(), in))
		all = append(all, sorted(keysOf(out.Contents), out.CommonPrefixes)...)
		if !*out.IsTruncated {
			return all
		}
		in.Marker = out.NextMarker
		if q.delimiter == "" {
			in.Marker = out.Contents[len(out.Contents)-1].Key // S3 names the next marker only with a delimiter
		}
	}
}

func TestListingParameters(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, "fleet-a", types.BucketVersioningStatusEnabled)
	for _, key := range []string{"a b", "ü/+", "z"} {
		put(t, c, "fleet-a", key, "x")
	}
	out := try[s3.ListObjectsV2Output](t)(c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, EncodingType: types.EncodingTypeUrl, StartAfter: aws.String("a b")}))
	if diff := cmp.Diff([]string{"z ", "%C3%BC/%2B "}, keysOf(out.Contents)); diff != "" || out.EncodingType != types.EncodingTypeUrl {
		t.Error(diff, out.EncodingType)
	}
	out = try[s3.ListObjectsV2Output](t)(c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(0)}))
	if *out.KeyCount != 0 || *out.IsTruncated {
		t.Errorf("a page of none: %d, truncated %t", *out.KeyCount, *out.IsTruncated)
	}
	_, err := c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, MaxKeys: aws.Int32(-1)})
	mustFail(t, err, 400, "InvalidArgument")
	_, err = c.ListObjectsV2(ctx, &s3.ListObjectsV2Input{Bucket: bucket, ContinuationToken: aws.String("?")})
	mustFail(t, err, 400, "InvalidArgument")
	_, err = c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket, VersionIdMarker: aws.String("null")})
	mustFail(t, err, 400, "InvalidArgument")
	_, err = c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket, KeyMarker: aws.String("a"), VersionIdMarker: aws.String("bad")})
	mustFail(t, err, 400, "InvalidArgument")
	_, err = c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String("fleet-z")})
	mustFail(t, err, 404, "NoSuchBucket")
}
