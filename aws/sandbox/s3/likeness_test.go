package s3_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"fleetlab/aws/sandbox/sandboxtest"
)

func TestListBucketsByPage(t *testing.T) {
	t.Parallel()
	c := client(t)
	for _, name := range []string{"fleet-c", "fleet-a", "other", "fleet-b"} {
		makeBucket(t, c, name, "")
	}
	pages := s3.NewListBucketsPaginator(c, &s3.ListBucketsInput{Prefix: aws.String("fleet-"), MaxBuckets: aws.Int32(2)})
	var got [][]string
	for pages.HasMorePages() {
		page := try[s3.ListBucketsOutput](t)(pages.NextPage(t.Context()))
		var names []string
		for _, b := range page.Buckets {
			names = append(names, *b.Name)
			if aws.ToString(b.BucketRegion) != "us-east-1" || b.CreationDate == nil {
				t.Errorf("bucket %+v", b)
			}
		}
		got = append(got, names)
	}
	if diff := cmp.Diff([][]string{{"fleet-a", "fleet-b"}, {"fleet-c"}}, got); diff != "" {
		t.Error(diff)
	}
	_, err := c.ListBuckets(t.Context(), &s3.ListBucketsInput{ContinuationToken: aws.String("!")})
	mustFail(t, err, 400, "InvalidArgument")
	_, err = c.ListBuckets(t.Context(), &s3.ListBucketsInput{MaxBuckets: aws.Int32(10_001)})
	mustFail(t, err, 400, "InvalidArgument")
}

// There is one owner, whichever operation names it.
func TestOwnerIsTheSameEverywhere(t *testing.T) {
	t.Parallel()
	c := client(t)
	makeBucket(t, c, "fleet-a", "")
	put(t, c, "fleet-a", "k", "x")
	buckets := try[s3.ListBucketsOutput](t)(c.ListBuckets(t.Context(), nil))
	versions := try[s3.ListObjectVersionsOutput](t)(c.ListObjectVersions(t.Context(), &s3.ListObjectVersionsInput{Bucket: aws.String("fleet-a")}))
	if a, b := buckets.Owner, versions.Versions[0].Owner; *a.ID != *b.ID || *a.DisplayName != *b.DisplayName {
		t.Errorf("owners %s %s and %s %s", *a.ID, *a.DisplayName, *b.ID, *b.DisplayName)
	}
}

// S3 gives user metadata back under lower-case names; boto3 shows them as they come.
func TestMetadataNamesComeInLowerCase(t *testing.T) {
	t.Parallel()
	c := client(t)
	makeBucket(t, c, "fleet-a", "")
	try[s3.PutObjectOutput](t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("fleet-a"), Key: aws.String("k"),
		Metadata: map[string]string{"Part-Number": "7"}}))
	var raw http.Header
	out := try[s3.GetObjectOutput](t)(c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("fleet-a"), Key: aws.String("k")},
		func(o *s3.Options) { o.HTTPClient = headers{o.HTTPClient, &raw} }))
	if out.Metadata["part-number"] != "7" {
		t.Errorf("metadata %v", out.Metadata)
	}
	if raw.Get("x-amz-meta-part-number") != "7" {
		t.Errorf("headers %v", raw)
	}
}

// headers notes the header of the last answer.
type headers struct {
	s3.HTTPClient
	last *http.Header
}

func (h headers) Do(r *http.Request) (*http.Response, error) {
	resp, err := h.HTTPClient.Do(r)
	if err == nil {
		*h.last = resp.Header
	}
	return resp, err
}

func TestVerifiedChecksumIsRepeated(t *testing.T) {
	t.Parallel()
	c := client(t)
	makeBucket(t, c, "fleet-a", "")
	for algorithm, want := range map[types.ChecksumAlgorithm]string{"CRC32": "jNwWgw==", "SHA256": "LXEWQrcmsEQBYnyp+6wy9chTD7GQPMTbAiWHF5IaSIE="} {
		out := try[s3.PutObjectOutput](t)(c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("fleet-a"), Key: aws.String("k"),
			Body: strings.NewReader("x"), ChecksumAlgorithm: algorithm}))
		if got := aws.ToString(out.ChecksumCRC32) + aws.ToString(out.ChecksumSHA256); got != want {
			t.Errorf("%s: %q, want %q", algorithm, got, want)
		}
	}
}

func TestDefaultsOfSubResources(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, *bucket, "")
	try[s3.PutPublicAccessBlockOutput](t)(c.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: bucket,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{BlockPublicAcls: aws.Bool(true)}}))
	block := try[s3.GetPublicAccessBlockOutput](t)(c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})).PublicAccessBlockConfiguration
	if b := block.RestrictPublicBuckets; b == nil || *b || !*block.BlockPublicAcls {
		t.Errorf("access block %+v", block)
	}
	rule := func(a types.ServerSideEncryption) *s3.PutBucketEncryptionInput {
		return &s3.PutBucketEncryptionInput{Bucket: bucket, ServerSideEncryptionConfiguration: &types.ServerSideEncryptionConfiguration{
			Rules: []types.ServerSideEncryptionRule{{ApplyServerSideEncryptionByDefault: &types.ServerSideEncryptionByDefault{SSEAlgorithm: a}}}}}
	}
	try[s3.PutBucketEncryptionOutput](t)(c.PutBucketEncryption(ctx, rule("aws:kms")))
	rules := try[s3.GetBucketEncryptionOutput](t)(c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket})).ServerSideEncryptionConfiguration.Rules
	if rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm != "aws:kms" || rules[0].BucketKeyEnabled == nil || *rules[0].BucketKeyEnabled {
		t.Errorf("encryption %+v", rules[0])
	}
	_, err := c.PutBucketEncryption(ctx, rule("rot13"))
	mustFail(t, err, 400, "MalformedXML")
}

// Copies above 8 MiB, which the AWS CLI makes part by part.
func TestMultipartCopy(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, *bucket, types.BucketVersioningStatusEnabled)
	content := strings.Repeat("0123456789abcdef", 6<<16) // 6 MiB
	from := put(t, c, *bucket, "from", content)
	up := try[s3.CreateMultipartUploadOutput](t)(c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: aws.String("to")}))
	part := func(number int32, source, span string) (*s3.UploadPartCopyOutput, error) {
		in := &s3.UploadPartCopyInput{Bucket: bucket, Key: aws.String("to"), UploadId: up.UploadId, PartNumber: &number, CopySource: &source}
		if span != "" {
			in.CopySourceRange = &span
		}
		return c.UploadPartCopy(ctx, in)
	}
	var done []types.CompletedPart
	for i, span := range []string{"bytes=0-5242879", "bytes=5242880-6291455", ""} {
		out := try[s3.UploadPartCopyOutput](t)(part(int32(i+1), "fleet-a/from?versionId="+*from.VersionId, span))
		if aws.ToString(out.CopySourceVersionId) != *from.VersionId || out.CopyPartResult.LastModified == nil {
			t.Errorf("part %d: %+v", i+1, out)
		}
		done = append(done, types.CompletedPart{PartNumber: aws.Int32(int32(i + 1)), ETag: out.CopyPartResult.ETag})
	}
	for span, code := range map[string]string{"bytes=0-6291456": "InvalidArgument", "bytes=5-": "InvalidArgument", "bytes=3-2": "InvalidArgument"} {
		_, err := part(4, "fleet-a/from", span)
		mustFail(t, err, 400, code)
	}
	_, err := part(4, "fleet-a/none", "")
	mustFail(t, err, 404, "NoSuchKey")
	_, err = part(10_001, "fleet-a/from", "")
	mustFail(t, err, 400, "InvalidArgument")
	for i := range done {
		done[i].ETag = aws.String(strings.Trim(*done[i].ETag, `"`))
	}
	_, err = c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: aws.String("to"), UploadId: up.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{done[0], done[2]}}})
	if err != nil {
		t.Fatal(err)
	}
	mustGet(t, c, *bucket, "to", "", content[:5<<20]+content)
	_, err = part(1, "fleet-a/from", "")
	mustFail(t, err, 404, "NoSuchUpload")
}

func TestCopyConditions(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, to := client(t), t.Context(), aws.String("fleet-a"), aws.String("to")
	makeBucket(t, c, *bucket, "")
	from := put(t, c, *bucket, "from", "x")
	head := try[s3.HeadObjectOutput](t)(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("from")}))
	other, written, before := aws.String(`"0"`), head.LastModified, aws.Time(head.LastModified.Add(-time.Hour))
	up := try[s3.CreateMultipartUploadOutput](t)(c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: to}))
	for _, tt := range []struct {
		name  string
		in    s3.CopyObjectInput
		holds bool
	}{
		{"match", s3.CopyObjectInput{CopySourceIfMatch: from.ETag}, true},
		{"no match", s3.CopyObjectInput{CopySourceIfMatch: other}, false},
		{"match and old date", s3.CopyObjectInput{CopySourceIfMatch: from.ETag, CopySourceIfUnmodifiedSince: before}, true},
		{"none match", s3.CopyObjectInput{CopySourceIfNoneMatch: other}, true},
		{"not none", s3.CopyObjectInput{CopySourceIfNoneMatch: from.ETag}, false},
		{"unmodified", s3.CopyObjectInput{CopySourceIfUnmodifiedSince: written}, true},
		{"modified meanwhile", s3.CopyObjectInput{CopySourceIfUnmodifiedSince: before}, false},
		{"modified", s3.CopyObjectInput{CopySourceIfModifiedSince: before}, true},
		{"not modified", s3.CopyObjectInput{CopySourceIfModifiedSince: written}, false},
	} {
		in := tt.in
		in.Bucket, in.Key, in.CopySource = bucket, to, aws.String("fleet-a/from")
		_, whole := c.CopyObject(ctx, &in)
		_, part := c.UploadPartCopy(ctx, &s3.UploadPartCopyInput{Bucket: bucket, Key: to, UploadId: up.UploadId, PartNumber: aws.Int32(1), CopySource: in.CopySource,
			CopySourceIfMatch: in.CopySourceIfMatch, CopySourceIfNoneMatch: in.CopySourceIfNoneMatch,
			CopySourceIfModifiedSince: in.CopySourceIfModifiedSince, CopySourceIfUnmodifiedSince: in.CopySourceIfUnmodifiedSince})
		for _, err := range []error{whole, part} {
			if !tt.holds && err != nil {
				mustFail(t, err, 412, "PreconditionFailed")
			} else if tt.holds != (err == nil) {
				t.Errorf("%s: %v", tt.name, err)
			}
		}
	}
}

// A copy has the storage class that it asks for, whatever its source's.
func TestStorageClassOfCopies(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, *bucket, "")
	class := func(key string) types.StorageClass {
		t.Helper()
		return try[s3.HeadObjectOutput](t)(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: &key})).StorageClass
	}
	try[s3.PutObjectOutput](t)(c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("a"), StorageClass: "STANDARD_IA",
		Metadata: map[string]string{"k": "v"}}))
	copyTo := func(key string, class types.StorageClass) {
		t.Helper()
		try[s3.CopyObjectOutput](t)(c.CopyObject(ctx, &s3.CopyObjectInput{Bucket: bucket, Key: &key, CopySource: aws.String("fleet-a/a"), StorageClass: class}))
	}
	copyTo("b", "")
	copyTo("c", "GLACIER")
	if a, b, c := class("a"), class("b"), class("c"); a != "STANDARD_IA" || b != "" || c != "GLACIER" {
		t.Errorf("classes %q, %q and %q", a, b, c)
	}
	copyTo("a", "STANDARD") // onto itself, to change the class
	head := try[s3.HeadObjectOutput](t)(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("a")}))
	if head.StorageClass != "" || head.Metadata["k"] != "v" {
		t.Errorf("class %q, metadata %v", head.StorageClass, head.Metadata)
	}
}

// Whoever reads an object while others replace it gets one of the contents, and all of it.
func TestReadersSeeWholeObjects(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t)
	c, bucket, key := clientOf(s), aws.String("fleet-a"), aws.String("k")
	makeBucket(t, c, *bucket, "")
	contents := [][]byte{bytes.Repeat([]byte("a"), 1000), bytes.Repeat([]byte("b"), 200_000)}
	put(t, c, *bucket, *key, string(contents[0]))
	var wg sync.WaitGroup
	for w := range 2 {
		wg.Go(func() {
			for i := range 40 {
				_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: bucket, Key: key, Body: bytes.NewReader(contents[(w+i)%2])})
				if err != nil {
					t.Error(err)
				}
			}
		})
		wg.Go(func() {
			for range 80 {
				out, err := c.GetObject(t.Context(), &s3.GetObjectInput{Bucket: bucket, Key: key})
				if err != nil {
					t.Error(err)
					continue
				}
				b, err := io.ReadAll(out.Body)
				_ = out.Body.Close()
				if err != nil || !bytes.Equal(b, contents[0]) && !bytes.Equal(b, contents[1]) {
					t.Errorf("read %d bytes, %v", len(b), err)
				}
			}
		})
	}
	wg.Wait()
}
