package s3_test

import (
	"bytes"
	"context"
	"crypto/md5"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"
	"github.com/google/go-cmp/cmp"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

func client(t testing.TB, opts ...func(*sandbox.Options)) *s3.Client {
	return clientOf(sandboxtest.Start(t, opts...))
}

func clientOf(s *sandbox.Sandbox) *s3.Client {
	return s3.NewFromConfig(sandboxtest.Config(s), func(o *s3.Options) { o.UsePathStyle = true })
}

// try returns a function that fails the test on an error and otherwise gives the output.
func try[O any](t testing.TB) func(*O, error) *O {
	return func(out *O, err error) *O {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
}

func mustFail(t testing.TB, err error, status int, code string) {
	t.Helper()
	var api smithy.APIError
	var resp *awshttp.ResponseError
	if !errors.As(err, &api) || !errors.As(err, &resp) {
		t.Fatalf("got %v, want %d %s", err, status, code)
	}
	if api.ErrorCode() != code || resp.HTTPStatusCode() != status {
		t.Errorf("got %d %s (%s), want %d %s", resp.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage(), status, code)
	}
}

func makeBucket(t testing.TB, c *s3.Client, name string, versioning types.BucketVersioningStatus) {
	t.Helper()
	try[s3.CreateBucketOutput](t)(c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name}))
	if versioning != "" {
		setVersioning(t, c, name, versioning)
	}
}

func setVersioning(t testing.TB, c *s3.Client, name string, status types.BucketVersioningStatus) {
	t.Helper()
	try[s3.PutBucketVersioningOutput](t)(c.PutBucketVersioning(t.Context(), &s3.PutBucketVersioningInput{Bucket: &name,
		VersioningConfiguration: &types.VersioningConfiguration{Status: status}}))
}

func put(t testing.TB, c *s3.Client, bucket, key, body string) *s3.PutObjectOutput {
	t.Helper()
	return try[s3.PutObjectOutput](t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(body)}))
}

func get(ctx context.Context, c *s3.Client, bucket, key, version string) (string, error) {
	in := &s3.GetObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	out, err := c.GetObject(ctx, in)
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	b, err := io.ReadAll(out.Body)
	return string(b), err
}

func mustGet(t testing.TB, c *s3.Client, bucket, key, version, want string) {
	t.Helper()
	got, err := get(t.Context(), c, bucket, key, version)
	if err != nil || got != want {
		t.Errorf("get %s version %q = %q, %v; want %q", key, version, got, err, want)
	}
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	c, ctx := client(t), t.Context()
	out := try[s3.CreateBucketOutput](t)(c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("fleet-a")}))
	if got := aws.ToString(out.Location); got != "/fleet-a" {
		t.Errorf("location header %q, want /fleet-a", got)
	}
	try[s3.CreateBucketOutput](t)(c.CreateBucket(ctx, &s3.CreateBucketInput{Bucket: aws.String("fleet-a")})) // us-east-1 takes a repeat
	makeBucket(t, c, "fleet-b", "")
	list := try[s3.ListBucketsOutput](t)(c.ListBuckets(ctx, &s3.ListBucketsInput{}))
	var names []string
	for _, b := range list.Buckets {
		names = append(names, *b.Name)
	}
	if diff := cmp.Diff([]string{"fleet-a", "fleet-b"}, names); diff != "" {
		t.Error(diff)
	}
	head := try[s3.HeadBucketOutput](t)(c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("fleet-a")}))
	if got := aws.ToString(head.BucketRegion); got != "us-east-1" {
		t.Errorf("bucket region %q", got)
	}
	_, err := c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("fleet-c")})
	mustFail(t, err, 404, "NotFound")
	_, err = c.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: aws.String("fleet-a"), ExpectedBucketOwner: aws.String("111122223333")})
	mustFail(t, err, 403, "Forbidden")
	try[s3.DeleteBucketOutput](t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("fleet-a")}))
	_, err = c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: aws.String("fleet-a")})
	mustFail(t, err, 404, "NoSuchBucket")
}

func TestLocation(t *testing.T) {
	t.Parallel()
	at := func(region types.BucketLocationConstraint) *s3.CreateBucketInput {
		in := &s3.CreateBucketInput{Bucket: aws.String("fleet-a")}
		if region != "" {
			in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: region}
		}
		return in
	}
	for _, tt := range []struct {
		region, location, code, reported string
	}{
		{"us-east-1", "", "", ""},
		{"us-east-1", "us-east-1", "InvalidLocationConstraint", ""},
		{"us-east-1", "eu-west-1", "IllegalLocationConstraintException", ""},
		{"us-east-1", "mars", "InvalidLocationConstraint", ""},
		{"eu-west-1", "", "IllegalLocationConstraintException", ""},
		{"eu-west-1", "eu-west-1", "", "eu-west-1"},
		{"eu-west-1", "eu-west-2", "IllegalLocationConstraintException", ""},
	} {
		t.Run(tt.region+"/"+tt.location, func(t *testing.T) {
			t.Parallel()
			c := client(t, func(o *sandbox.Options) { o.Region = tt.region })
			_, err := c.CreateBucket(t.Context(), at(types.BucketLocationConstraint(tt.location)))
			if tt.code != "" {
				mustFail(t, err, 400, tt.code)
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			out := try[s3.GetBucketLocationOutput](t)(c.GetBucketLocation(t.Context(), &s3.GetBucketLocationInput{Bucket: aws.String("fleet-a")}))
			if string(out.LocationConstraint) != tt.reported {
				t.Errorf("location %q, want %q", out.LocationConstraint, tt.reported)
			}
			if tt.region != "us-east-1" {
				_, err = c.CreateBucket(t.Context(), at(types.BucketLocationConstraint(tt.location)))
				mustFail(t, err, 409, "BucketAlreadyOwnedByYou")
			}
		})
	}
}

func TestObjectRoundTrip(t *testing.T) {
	t.Parallel()
	c, ctx, key := client(t), t.Context(), "dir//ä b+c%20?&=~."
	makeBucket(t, c, "fleet-a", "")
	sum := md5.Sum([]byte("hello"))
	out := try[s3.PutObjectOutput](t)(c.PutObject(ctx, &s3.PutObjectInput{Bucket: aws.String("fleet-a"), Key: &key, Body: strings.NewReader("hello"),
		ContentType: aws.String("text/plain"), CacheControl: aws.String("no-store"), ContentEncoding: aws.String("identity"),
		ContentLanguage: aws.String("ja"), ContentDisposition: aws.String("attachment"), Metadata: map[string]string{"vin": "001"},
		Tagging: aws.String("a=1&b=2")}))
	if want := `"` + hex.EncodeToString(sum[:]) + `"`; aws.ToString(out.ETag) != want || out.VersionId != nil {
		t.Errorf("put answered etag %s version %v, want %s and none", aws.ToString(out.ETag), out.VersionId, want)
	}
	mustGet(t, c, "fleet-a", key, "", "hello")
	mustGet(t, c, "fleet-a", key, "null", "hello")
	head := try[s3.HeadObjectOutput](t)(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: aws.String("fleet-a"), Key: &key}))
	got := []string{*head.ContentType, *head.CacheControl, *head.ContentEncoding, *head.ContentLanguage, *head.ContentDisposition,
		head.Metadata["vin"], *head.ETag, fmt.Sprint(*head.ContentLength)}
	want := []string{"text/plain", "no-store", "identity", "ja", "attachment", "001", *out.ETag, "5"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Error(diff)
	}
	copied := "copied"
	try[s3.CopyObjectOutput](t)(c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: aws.String("fleet-a"), Key: &copied,
		CopySource: aws.String("fleet-a/dir//%C3%A4%20b%2Bc%2520%3F%26%3D~.")}))
	mustGet(t, c, "fleet-a", copied, "", "hello")
	tags := try[s3.GetObjectTaggingOutput](t)(c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: aws.String("fleet-a"), Key: &copied}))
	if len(tags.TagSet) != 2 || *tags.TagSet[1].Value != "2" {
		t.Errorf("tags of the copy: %v", tags.TagSet)
	}
}

func TestObjectRefusals(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, "fleet-a", "")
	put(t, c, "fleet-a", "k", "0123456789")
	_, err := get(ctx, c, "fleet-a", "none", "")
	mustFail(t, err, 404, "NoSuchKey")
	_, err = get(ctx, c, "fleet-a", "k", "none")
	mustFail(t, err, 404, "NoSuchVersion")
	_, err = get(ctx, c, "fleet-z", "k", "")
	mustFail(t, err, 404, "NoSuchBucket")
	_, err = c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("none")})
	mustFail(t, err, 404, "NotFound")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String(strings.Repeat("k", 1025)), Body: strings.NewReader("")})
	mustFail(t, err, 400, "KeyTooLongError")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), Body: strings.NewReader("x"), ChecksumCRC32: aws.String("AAAAAA==")})
	mustFail(t, err, 400, "BadDigest")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), Body: strings.NewReader("x"),
		ContentMD5: aws.String("AAAAAAAAAAAAAAAAAAAAAA==")})
	mustFail(t, err, 400, "BadDigest")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")})
	mustFail(t, err, 412, "PreconditionFailed")
	_, err = c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("k"), Body: strings.NewReader("x"),
		Metadata: map[string]string{"big": strings.Repeat("x", 2048)}})
	mustFail(t, err, 400, "MetadataTooLarge")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("k"), Range: aws.String("bytes=10-")})
	mustFail(t, err, 416, "InvalidRange")
	_, err = c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: aws.String("k"), IfMatch: aws.String(`"other"`)})
	mustFail(t, err, 412, "PreconditionFailed")
	_, err = c.GetObjectTorrent(ctx, &s3.GetObjectTorrentInput{Bucket: bucket, Key: aws.String("k")})
	mustFail(t, err, 400, "InvalidRequest")
	mustGet(t, c, "fleet-a", "k", "", "0123456789") // none of these changed anything
}

func TestLargeObjectAndRanges(t *testing.T) {
	t.Parallel()
	c, bucket, key := client(t), aws.String("fleet-a"), aws.String("firmware.bin")
	makeBucket(t, c, "fleet-a", "")
	body := make([]byte, 3<<18+17) // three pieces of the store and a bit
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range body {
		body[i] = byte(rng.Uint32())
	}
	try[s3.PutObjectOutput](t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(body)}))
	read := func(r string) ([]byte, *s3.GetObjectOutput) {
		in := &s3.GetObjectInput{Bucket: bucket, Key: key}
		if r != "" {
			in.Range = aws.String("bytes=" + r)
		}
		out := try[s3.GetObjectOutput](t)(c.GetObject(t.Context(), in))
		defer out.Body.Close()
		b, err := io.ReadAll(out.Body)
		if err != nil {
			t.Fatal(err)
		}
		return b, out
	}
	if b, _ := read(""); !bytes.Equal(b, body) {
		t.Error("the object came back different")
	}
	for _, r := range [][2]int{{0, 0}, {1<<18 - 1, 1 << 18}, {5, 3 << 18}, {3 << 18, len(body) - 1}} {
		b, out := read(fmt.Sprintf("%d-%d", r[0], r[1]))
		if !bytes.Equal(b, body[r[0]:r[1]+1]) {
			t.Errorf("range %v came back different", r)
		}
		if want := fmt.Sprintf("bytes %d-%d/%d", r[0], r[1], len(body)); aws.ToString(out.ContentRange) != want {
			t.Errorf("content range %q, want %q", aws.ToString(out.ContentRange), want)
		}
	}
	if b, _ := read("-17"); !bytes.Equal(b, body[3<<18:]) {
		t.Error("the last 17 bytes came back different")
	}
	if b, _ := read("0-1,4-5"); len(b) != len(body) {
		t.Error("S3 takes no notice of several ranges")
	}
}

func TestVersions(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, key := client(t), t.Context(), aws.String("fleet-a"), aws.String("k")
	makeBucket(t, c, "fleet-a", "")
	if got := try[s3.GetBucketVersioningOutput](t)(c.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: bucket})); got.Status != "" {
		t.Errorf("a new bucket has versioning %q", got.Status)
	}
	put(t, c, "fleet-a", "k", "null")
	setVersioning(t, c, "fleet-a", types.BucketVersioningStatusEnabled)
	one, two := put(t, c, "fleet-a", "k", "one"), put(t, c, "fleet-a", "k", "two")
	mustGet(t, c, "fleet-a", "k", "", "two")
	mustGet(t, c, "fleet-a", "k", *one.VersionId, "one")
	mustGet(t, c, "fleet-a", "k", "null", "null")

	marker := try[s3.DeleteObjectOutput](t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key}))
	if !aws.ToBool(marker.DeleteMarker) || aws.ToString(marker.VersionId) == "" {
		t.Fatalf("deleting made no marker: %+v", marker)
	}
	_, err := get(ctx, c, "fleet-a", "k", "")
	mustFail(t, err, 404, "NoSuchKey")
	var resp *awshttp.ResponseError
	if !errors.As(err, &resp) || resp.Response.Header.Get("x-amz-delete-marker") != "true" {
		t.Error("the answer does not tell of the marker")
	}
	_, err = get(ctx, c, "fleet-a", "k", *marker.VersionId)
	mustFail(t, err, 405, "MethodNotAllowed")
	mustGet(t, c, "fleet-a", "k", *two.VersionId, "two")

	undone := try[s3.DeleteObjectOutput](t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key, VersionId: marker.VersionId}))
	if !aws.ToBool(undone.DeleteMarker) || aws.ToString(undone.VersionId) != *marker.VersionId {
		t.Errorf("deleting the marker answered %+v", undone)
	}
	mustGet(t, c, "fleet-a", "k", "", "two")

	setVersioning(t, c, "fleet-a", types.BucketVersioningStatusSuspended)
	if v := put(t, c, "fleet-a", "k", "three").VersionId; aws.ToString(v) != "null" {
		t.Errorf("a suspended bucket gave version %q", aws.ToString(v))
	}
	mustGet(t, c, "fleet-a", "k", "null", "three") // the first "null" was replaced
	try[s3.DeleteObjectOutput](t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key}))
	list := try[s3.ListObjectVersionsOutput](t)(c.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: bucket}))
	if len(list.Versions) != 2 || len(list.DeleteMarkers) != 1 || *list.DeleteMarkers[0].VersionId != "null" || !*list.DeleteMarkers[0].IsLatest {
		t.Errorf("left are %d versions and markers %+v; want 2 and one latest null marker", len(list.Versions), list.DeleteMarkers)
	}
	_, err = c.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: bucket, VersioningConfiguration: &types.VersioningConfiguration{}})
	mustFail(t, err, 400, "MalformedXML")
}

func TestDeleteObjects(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, "fleet-a", types.BucketVersioningStatusEnabled)
	v := put(t, c, "fleet-a", "a", "1").VersionId
	out := try[s3.DeleteObjectsOutput](t)(c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{
		Objects: []types.ObjectIdentifier{{Key: aws.String("a")}, {Key: aws.String("never")}, {Key: aws.String("a"), VersionId: v},
			{Key: aws.String(strings.Repeat("x", 1025))}}}}))
	if len(out.Deleted) != 3 || len(out.Errors) != 1 || *out.Errors[0].Code != "KeyTooLongError" {
		t.Fatalf("deleted %+v, errors %+v", out.Deleted, out.Errors)
	}
	for i, d := range out.Deleted[:2] {
		if !aws.ToBool(d.DeleteMarker) || aws.ToString(d.DeleteMarkerVersionId) == "" || d.VersionId != nil {
			t.Errorf("entry %d does not tell of its marker: %+v", i, d)
		}
	}
	if d := out.Deleted[2]; aws.ToString(d.VersionId) != *v || aws.ToBool(d.DeleteMarker) {
		t.Errorf("deleting a version answered %+v", d)
	}
	_, err := c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket})
	mustFail(t, err, 409, "BucketNotEmpty") // two markers are left
	quiet := try[s3.DeleteObjectsOutput](t)(c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Quiet: aws.Bool(true),
		Objects: []types.ObjectIdentifier{{Key: aws.String("a"), VersionId: out.Deleted[0].DeleteMarkerVersionId},
			{Key: aws.String("never"), VersionId: out.Deleted[1].DeleteMarkerVersionId}}}}))
	if len(quiet.Deleted) != 0 || len(quiet.Errors) != 0 {
		t.Errorf("quiet said %+v %+v", quiet.Deleted, quiet.Errors)
	}
	try[s3.DeleteBucketOutput](t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}))
	_, err = c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: make1001()}})
	mustFail(t, err, 400, "MalformedXML")
}

func make1001() (list []types.ObjectIdentifier) {
	for i := range 1001 {
		list = append(list, types.ObjectIdentifier{Key: aws.String(fmt.Sprint(i))})
	}
	return list
}

// TestEmptyingByPages does what clean-up does: list a page, delete it, go on behind it. The markers then name
// versions that are gone.
func TestEmptyingByPages(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, "fleet-a", "")
	put(t, c, "fleet-a", "b", "null")
	setVersioning(t, c, "fleet-a", types.BucketVersioningStatusEnabled)
	for i := range 20 {
		put(t, c, "fleet-a", string(rune('a'+i%3)), fmt.Sprint(i))
	}
	try[s3.DeleteObjectOutput](t)(c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("a")}))
	pages := s3.NewListObjectVersionsPaginator(c, &s3.ListObjectVersionsInput{Bucket: bucket, MaxKeys: aws.Int32(3)})
	for pages.HasMorePages() {
		page := try[s3.ListObjectVersionsOutput](t)(pages.NextPage(ctx))
		var ids []types.ObjectIdentifier
		for _, v := range page.Versions {
			ids = append(ids, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			ids = append(ids, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		try[s3.DeleteObjectsOutput](t)(c.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: ids}}))
	}
	try[s3.DeleteBucketOutput](t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}))
}
