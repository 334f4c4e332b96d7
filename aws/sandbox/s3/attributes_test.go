package s3_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	sandboxs3 "fleetlab/aws/sandbox/s3"
)

// twoParts puts an object of two parts.
func twoParts(t *testing.T, c *s3.Client, bucket, key string, bodies [2]string) {
	t.Helper()
	ctx := t.Context()
	up := try[s3.CreateMultipartUploadOutput](t)(c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: &bucket, Key: &key,
		ChecksumAlgorithm: types.ChecksumAlgorithmCrc32}))
	var done []types.CompletedPart
	for i, body := range bodies {
		n := aws.Int32(int32(i + 1))
		p := try[s3.UploadPartOutput](t)(c.UploadPart(ctx, &s3.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: up.UploadId, PartNumber: n,
			Body: strings.NewReader(body), ChecksumAlgorithm: types.ChecksumAlgorithmCrc32}))
		done = append(done, types.CompletedPart{PartNumber: n, ETag: p.ETag, ChecksumCRC32: p.ChecksumCRC32})
	}
	listed := try[s3.ListPartsOutput](t)(c.ListParts(ctx, &s3.ListPartsInput{Bucket: &bucket, Key: &key, UploadId: up.UploadId}))
	if len(listed.Parts) != 2 || aws.ToString(listed.Parts[0].ChecksumCRC32) != *done[0].ChecksumCRC32 || listed.Owner == nil ||
		!strings.HasSuffix(*listed.Initiator.ID, "user/fleetlab") || listed.ChecksumType != types.ChecksumTypeComposite {
		t.Errorf("parts %+v", listed)
	}
	wrong := append([]types.CompletedPart{}, done...)
	wrong[1].ChecksumCRC32 = done[0].ChecksumCRC32
	in := &s3.CompleteMultipartUploadInput{Bucket: &bucket, Key: &key, UploadId: up.UploadId, MultipartUpload: &types.CompletedMultipartUpload{Parts: wrong}}
	_, err := c.CompleteMultipartUpload(ctx, in)
	mustFail(t, err, 400, "InvalidPart")
	in.MultipartUpload.Parts = done
	try[s3.CompleteMultipartUploadOutput](t)(c.CompleteMultipartUpload(ctx, in))
}

func TestObjectAttributesAndParts(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, key := client(t), t.Context(), aws.String("fleet-a"), aws.String("k")
	makeBucket(t, c, *bucket, types.BucketVersioningStatusEnabled)
	bodies := [2]string{strings.Repeat("1", 5<<20), "22"}
	twoParts(t, c, *bucket, *key, bodies)
	got := try[s3.GetObjectAttributesOutput](t)(c.GetObjectAttributes(ctx, &s3.GetObjectAttributesInput{Bucket: bucket, Key: key,
		ObjectAttributes: types.ObjectAttributes("").Values(), MaxParts: aws.Int32(1)}))
	if *got.ObjectSize != 5<<20+2 || !strings.HasSuffix(*got.ETag, "-2") || strings.Contains(*got.ETag, `"`) || got.StorageClass != "STANDARD" ||
		got.Checksum.ChecksumType != types.ChecksumTypeComposite || strings.Contains(*got.Checksum.ChecksumCRC32, "-") || got.VersionId == nil {
		t.Errorf("attributes %+v", got)
	}
	if p := got.ObjectParts; *p.TotalPartsCount != 2 || !*p.IsTruncated || len(p.Parts) != 1 || *p.Parts[0].Size != 5<<20 || p.Parts[0].ChecksumCRC32 == nil {
		t.Errorf("parts %+v", p)
	}
	for i, body := range bodies {
		out := try[s3.GetObjectOutput](t)(c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, PartNumber: aws.Int32(int32(i + 1))}))
		if b, err := io.ReadAll(out.Body); string(b) != body || err != nil || *out.PartsCount != 2 {
			t.Errorf("part %d: %d bytes of %v, %v", i+1, len(b), out.PartsCount, err)
		}
	}
	_, err := c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, PartNumber: aws.Int32(3)})
	mustFail(t, err, 416, "InvalidPartNumber")
	put(t, c, *bucket, "one", "piece")
	head := try[s3.HeadObjectOutput](t)(c.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: aws.String("one"), PartNumber: aws.Int32(1)}))
	if *head.ContentLength != 5 || head.PartsCount != nil {
		t.Errorf("%d bytes of %v parts", *head.ContentLength, head.PartsCount)
	}
}

func TestUploadsAreListed(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, *bucket, "")
	for _, key := range []string{"a/1", "a/2", "b", "b", "c/1", "d e"} {
		try[s3.CreateMultipartUploadOutput](t)(c.CreateMultipartUpload(ctx, &s3.CreateMultipartUploadInput{Bucket: bucket, Key: &key}))
	}
	for most := int32(1); most < 8; most++ {
		var got []string
		in := &s3.ListMultipartUploadsInput{Bucket: bucket, Delimiter: aws.String("/"), MaxUploads: &most, EncodingType: types.EncodingTypeUrl}
		for p := s3.NewListMultipartUploadsPaginator(c, in); p.HasMorePages(); {
			out := try[s3.ListMultipartUploadsOutput](t)(p.NextPage(ctx))
			for _, u := range out.Uploads {
				got = append(got, *u.Key)
				if u.Owner == nil || u.Initiator == nil || u.Initiated == nil || u.StorageClass != "STANDARD" {
					t.Errorf("upload %+v", u)
				}
			}
			for _, x := range out.CommonPrefixes {
				got = append(got, *x.Prefix)
			}
		}
		if len(got) != 5 || strings.Count(fmt.Sprint(got), "a/") != 1 || strings.Count(fmt.Sprint(got), "b") != 2 || strings.Count(fmt.Sprint(got), "c/") != 1 {
			t.Errorf("by %d: %q", most, got)
		}
	}
}

func TestAccessControlLists(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, key := client(t), t.Context(), aws.String("fleet-a"), aws.String("k")
	makeBucket(t, c, *bucket, "")
	put(t, c, *bucket, *key, "x")
	onBucket := try[s3.GetBucketAclOutput](t)(c.GetBucketAcl(ctx, &s3.GetBucketAclInput{Bucket: bucket}))
	onObject := try[s3.GetObjectAclOutput](t)(c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: bucket, Key: key}))
	for _, grants := range [][]types.Grant{onBucket.Grants, onObject.Grants} {
		if len(grants) != 1 || grants[0].Permission != types.PermissionFullControl || *grants[0].Grantee.ID != *onBucket.Owner.ID ||
			grants[0].Grantee.Type != types.TypeCanonicalUser {
			t.Errorf("grants %+v", grants)
		}
	}
	_, err := c.PutBucketAcl(ctx, &s3.PutBucketAclInput{Bucket: bucket, ACL: types.BucketCannedACLPrivate})
	mustFail(t, err, 400, "AccessControlListNotSupported")
	_, err = c.GetObjectAcl(ctx, &s3.GetObjectAclInput{Bucket: bucket, Key: aws.String("other")})
	mustFail(t, err, 404, "NoSuchKey")
	_, err = c.GetObjectLockConfiguration(ctx, &s3.GetObjectLockConfigurationInput{Bucket: bucket})
	mustFail(t, err, 404, "ObjectLockConfigurationNotFoundError")
	_, err = c.GetBucketPolicyStatus(ctx, &s3.GetBucketPolicyStatusInput{Bucket: bucket})
	mustFail(t, err, 404, "NoSuchBucketPolicy")
	if out := try[s3.GetBucketRequestPaymentOutput](t)(c.GetBucketRequestPayment(ctx, &s3.GetBucketRequestPaymentInput{Bucket: bucket})); out.Payer != types.PayerBucketOwner {
		t.Errorf("payer %s", out.Payer)
	}
}

// Who reads a large object gets all of what it was when he asked, though it is replaced or deleted before he is done.
func TestReadsOutliveTheirObject(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, key := client(t), t.Context(), aws.String("fleet-a"), aws.String("k")
	makeBucket(t, c, *bucket, "")
	old := bytes.Repeat([]byte("0123456789abcdef"), 1<<19) // 8 MiB, more than the connection's buffers hold
	for name, change := range map[string]func(context.Context) error{
		"replaced": func(ctx context.Context) error {
			_, err := c.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: key, Body: strings.NewReader("new")})
			return err
		},
		"deleted": func(ctx context.Context) error {
			_, err := c.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: key})
			return err
		},
	} {
		put(t, c, *bucket, *key, string(old))
		first := try[s3.GetObjectOutput](t)(c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key}))
		second := try[s3.GetObjectOutput](t)(c.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, Range: aws.String("bytes=16-")}))
		if err := change(ctx); err != nil {
			t.Fatal(err)
		}
		a, err := io.ReadAll(first.Body)
		b, err2 := io.ReadAll(second.Body)
		if err := errors.Join(err, err2, first.Body.Close(), second.Body.Close()); err != nil || !bytes.Equal(a, old) || !bytes.Equal(b, old[16:]) {
			t.Errorf("%s: read %d and %d bytes, %v", name, len(a), len(b), err)
		}
	}
}

func TestOperationsAreNamedOnce(t *testing.T) {
	t.Parallel()
	last := ""
	for _, o := range sandboxs3.Operations() {
		if o.Name <= last {
			t.Errorf("%s comes behind %s", o.Name, last)
		}
		last = o.Name
		for _, d := range o.Differences {
			if !strings.HasSuffix(string(d), ".") {
				t.Errorf("%s: %q is no sentence", o.Name, d)
			}
		}
	}
}
