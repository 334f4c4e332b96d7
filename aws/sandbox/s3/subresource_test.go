package s3_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

func TestSubResources(t *testing.T) {
	t.Parallel()
	c, ctx, bucket := client(t), t.Context(), aws.String("fleet-a")
	makeBucket(t, c, "fleet-a", "")
	_, err := c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
	mustFail(t, err, 404, "NoSuchTagSet")
	tag := func(k, v string) types.Tag { return types.Tag{Key: &k, Value: &v} }
	tags := &types.Tagging{TagSet: []types.Tag{tag("project", "fleetlab"), tag("a", "")}}
	try[s3.PutBucketTaggingOutput](t)(c.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: tags}))
	got := try[s3.GetBucketTaggingOutput](t)(c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket}))
	if len(got.TagSet) != 2 || *got.TagSet[0].Value != "fleetlab" {
		t.Errorf("tags %+v", got.TagSet)
	}
	for code, set := range map[string][]types.Tag{"InvalidTag": {tag("a", ""), tag("a", "b")}, "BadRequest": manyTags(51)} {
		_, err = c.PutBucketTagging(ctx, &s3.PutBucketTaggingInput{Bucket: bucket, Tagging: &types.Tagging{TagSet: set}})
		mustFail(t, err, 400, code)
	}
	try[s3.DeleteBucketTaggingOutput](t)(c.DeleteBucketTagging(ctx, &s3.DeleteBucketTaggingInput{Bucket: bucket}))
	_, err = c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: bucket})
	mustFail(t, err, 404, "NoSuchTagSet")
	_, err = c.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: aws.String("fleet-z")})
	mustFail(t, err, 404, "NoSuchBucket")

	block := try[s3.GetPublicAccessBlockOutput](t)(c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket}))
	if !aws.ToBool(block.PublicAccessBlockConfiguration.BlockPublicPolicy) {
		t.Error("a new bucket is open to public policies")
	}
	try[s3.DeletePublicAccessBlockOutput](t)(c.DeletePublicAccessBlock(ctx, &s3.DeletePublicAccessBlockInput{Bucket: bucket}))
	_, err = c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket})
	mustFail(t, err, 404, "NoSuchPublicAccessBlockConfiguration")
	try[s3.PutPublicAccessBlockOutput](t)(c.PutPublicAccessBlock(ctx, &s3.PutPublicAccessBlockInput{Bucket: bucket,
		PublicAccessBlockConfiguration: &types.PublicAccessBlockConfiguration{IgnorePublicAcls: aws.Bool(true)}}))
	block = try[s3.GetPublicAccessBlockOutput](t)(c.GetPublicAccessBlock(ctx, &s3.GetPublicAccessBlockInput{Bucket: bucket}))
	if aws.ToBool(block.PublicAccessBlockConfiguration.BlockPublicPolicy) || !aws.ToBool(block.PublicAccessBlockConfiguration.IgnorePublicAcls) {
		t.Errorf("the block did not come back as it was put: %+v", block.PublicAccessBlockConfiguration)
	}
	sse := try[s3.GetBucketEncryptionOutput](t)(c.GetBucketEncryption(ctx, &s3.GetBucketEncryptionInput{Bucket: bucket}))
	if sse.ServerSideEncryptionConfiguration.Rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm != types.ServerSideEncryptionAes256 {
		t.Error("a new bucket is not encrypted")
	}
	_, err = c.PutBucketPolicy(ctx, &s3.PutBucketPolicyInput{Bucket: bucket, Policy: aws.String("{")})
	mustFail(t, err, 400, "MalformedPolicy")
	_, err = c.ListBucketMetricsConfigurations(ctx, &s3.ListBucketMetricsConfigurationsInput{Bucket: bucket})
	mustFail(t, err, 400, "InvalidRequest")
}

func manyTags(n int) (list []types.Tag) {
	for i := range n {
		list = append(list, types.Tag{Key: aws.String(fmt.Sprint(i)), Value: aws.String("")})
	}
	return list
}

func TestObjectTagging(t *testing.T) {
	t.Parallel()
	c, ctx, bucket, key := client(t), t.Context(), aws.String("fleet-a"), aws.String("k")
	makeBucket(t, c, "fleet-a", types.BucketVersioningStatusEnabled)
	one := put(t, c, "fleet-a", "k", "1")
	put(t, c, "fleet-a", "k", "2")
	set := &types.Tagging{TagSet: []types.Tag{{Key: aws.String("stage"), Value: aws.String("beta")}}}
	try[s3.PutObjectTaggingOutput](t)(c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: bucket, Key: key, VersionId: one.VersionId, Tagging: set}))
	for version, want := range map[*string]int{one.VersionId: 1, nil: 0} {
		out := try[s3.GetObjectTaggingOutput](t)(c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key, VersionId: version}))
		if len(out.TagSet) != want {
			t.Errorf("version %v has %d tags, want %d", aws.ToString(version), len(out.TagSet), want)
		}
	}
	_, err := c.PutObjectTagging(ctx, &s3.PutObjectTaggingInput{Bucket: bucket, Key: key, Tagging: &types.Tagging{TagSet: manyTags(11)}})
	mustFail(t, err, http.StatusBadRequest, "BadRequest")
	try[s3.DeleteObjectTaggingOutput](t)(c.DeleteObjectTagging(ctx, &s3.DeleteObjectTaggingInput{Bucket: bucket, Key: key, VersionId: one.VersionId}))
	out := try[s3.GetObjectTaggingOutput](t)(c.GetObjectTagging(ctx, &s3.GetObjectTaggingInput{Bucket: bucket, Key: key, VersionId: one.VersionId}))
	if len(out.TagSet) != 0 {
		t.Errorf("tags are left: %v", out.TagSet)
	}
}

func TestBucketNames(t *testing.T) {
	t.Parallel()
	c := client(t)
	for _, name := range []string{"ab", "Fleet", "fleet_a", "-fleet", "fleet-", "192.168.5.4", "a..b", "xn--a", "sthree-a", "amzn-s3-demo-a",
		"a-s3alias", "a--ol-s3", "a.mrap", "a--table-s3", strings.Repeat("a", 64)} {
		_, err := c.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &name})
		if err == nil {
			t.Errorf("bucket %q was made", name)
			continue
		}
		mustFail(t, err, 400, "InvalidBucketName")
	}
	for _, name := range []string{"abc", "1-2.3", strings.Repeat("a", 63)} {
		makeBucket(t, c, name, "")
	}
}
