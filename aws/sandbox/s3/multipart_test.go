package s3_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
)

func TestMultipart(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, key := client(t), t.Context(), aws.String("fleet-a"), aws.String("big")
	makeBucket(t, c, "fleet-a", types.BucketVersioningStatusEnabled)
	up := try[s3.CreateMultipartUploadOutput](t)(c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: key,
		ContentType: aws.String("application/zip")}))
	var done []types.CompletedPart
	bodies := []string{"lost", strings.Repeat("1", 5<<20), strings.Repeat("2", 3)}
	for i, n := range []int32{1, 1, 2} { // part 1 twice: the second upload replaces the first
		part := try[s3.UploadPartOutput](t)(c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId,
			PartNumber: aws.Int32(n), Body: strings.NewReader(bodies[i])}))
		if i > 0 {
			done = append(done, types.CompletedPart{PartNumber: aws.Int32(n), ETag: part.ETag})
		}
	}
	parts := try[s3.ListPartsOutput](t)(c.ListParts(ctx, &s3.ListPartsInput{Bucket: bucket, Key: key, UploadId: up.UploadId, MaxParts: aws.Int32(1)}))
	if len(parts.Parts) != 1 || !*parts.IsTruncated || *parts.Parts[0].Size != 5<<20 {
		t.Errorf("parts: %+v", parts.Parts)
	}
	complete := func(p ...types.CompletedPart) (*s3.CompleteMultipartUploadOutput, error) {
		return c.CompleteMultipartUpload(ctx, &s3.CompleteMultipartUploadInput{Bucket: bucket, Key: key, UploadId: up.UploadId,
			MultipartUpload: &types.CompletedMultipartUpload{Parts: p}})
	}
	_, err := complete(done[1], done[0])
	mustFail(t, err, 400, "InvalidPartOrder")
	_, err = complete(types.CompletedPart{PartNumber: aws.Int32(7), ETag: done[0].ETag})
	mustFail(t, err, 400, "InvalidPart")
	out := try[s3.CompleteMultipartUploadOutput](t)(complete(done...))
	if aws.ToString(out.VersionId) == "" || !strings.HasSuffix(*out.ETag, `-2"`) {
		t.Errorf("completed as %+v", out)
	}
	mustGet(t, c, "fleet-a", "big", "", bodies[1]+bodies[2])
	_, err = complete(done...)
	mustFail(t, err, 404, "NoSuchUpload")
	_, err = c.UploadPart(ctx, &s3.UploadPartInput{Bucket: bucket, Key: key, UploadId: up.UploadId, PartNumber: aws.Int32(1), Body: strings.NewReader("x")})
	mustFail(t, err, 404, "NoSuchUpload")
}

func TestAbortMultipart(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, "fleet-a", "")
	for _, key := range []string{"b", "a", "a"} {
		try[s3.CreateMultipartUploadOutput](t)(c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: &key}))
	}
	pages := s3.NewListMultipartUploadsPaginator(c, &s3.ListMultipartUploadsInput{Bucket: bucket, MaxUploads: aws.Int32(1)})
	var keys []string
	for pages.HasMorePages() {
		for _, u := range try[s3.ListMultipartUploadsOutput](t)(pages.NextPage(ctx)).Uploads {
			keys = append(keys, *u.Key)
			try[s3.AbortMultipartUploadOutput](t)(c.AbortMultipartUpload(ctx, &s3.AbortMultipartUploadInput{Bucket: bucket, Key: u.Key, UploadId: u.UploadId}))
		}
	}
	if diff := cmp.Diff([]string{"a", "a", "b"}, keys); diff != "" {
		t.Error(diff)
	}
	try[s3.DeleteBucketOutput](t)(c.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket}))
}
