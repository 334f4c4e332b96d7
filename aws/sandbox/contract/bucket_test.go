package contract_test

import (
	"context"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// bucket makes a bucket that goes when the test ends, with all versions of all that is in it.
func (l *lab) bucket(versioned bool) *string {
	l.Helper()
	name := l.own("b")
	in := &s3.CreateBucketInput{Bucket: name}
	if region := l.cfg.Region; region != "us-east-1" {
		in.CreateBucketConfiguration = &types.CreateBucketConfiguration{LocationConstraint: types.BucketLocationConstraint(region)}
	}
	must(l.s3.CreateBucket(l.ctx, in))(l)
	l.undo(settled, func(ctx context.Context) error { return l.emptyAndDelete(ctx, name) })
	if versioned {
		must(l.s3.PutBucketVersioning(l.ctx, &s3.PutBucketVersioningInput{Bucket: name,
			VersioningConfiguration: &types.VersioningConfiguration{Status: types.BucketVersioningStatusEnabled}}))(l)
	}
	return name
}

func (l *lab) emptyAndDelete(ctx context.Context, bucket *string) error {
	for pages := s3.NewListObjectVersionsPaginator(l.s3, &s3.ListObjectVersionsInput{Bucket: bucket}); pages.HasMorePages(); {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return err
		}
		var ids []types.ObjectIdentifier
		for _, v := range page.Versions {
			ids = append(ids, types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range page.DeleteMarkers {
			ids = append(ids, types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		if len(ids) == 0 {
			continue
		}
		if _, err := l.s3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: bucket, Delete: &types.Delete{Objects: ids}}); err != nil {
			return err
		}
	}
	_, err := l.s3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: bucket})
	return err
}

func TestBucketDefaults(t *testing.T) {
	each(t, func(l *lab) {
		b := l.bucket(false)
		equal(l, "region", aws.ToString(must(l.s3.HeadBucket(l.ctx, &s3.HeadBucketInput{Bucket: b}))(l).BucketRegion), l.cfg.Region)
		want := types.BucketLocationConstraint(l.cfg.Region)
		if want == "us-east-1" {
			want = ""
		}
		equal(l, "location", must(l.s3.GetBucketLocation(l.ctx, &s3.GetBucketLocationInput{Bucket: b}))(l).LocationConstraint, want)
		equal(l, "versioning", must(l.s3.GetBucketVersioning(l.ctx, &s3.GetBucketVersioningInput{Bucket: b}))(l).Status, "")
		rules := must(l.s3.GetBucketEncryption(l.ctx, &s3.GetBucketEncryptionInput{Bucket: b}))(l).ServerSideEncryptionConfiguration.Rules
		if len(rules) != 1 || rules[0].ApplyServerSideEncryptionByDefault.SSEAlgorithm != types.ServerSideEncryptionAes256 {
			l.Errorf("encryption is %+v", rules)
		}
		block := must(l.s3.GetPublicAccessBlock(l.ctx, &s3.GetPublicAccessBlockInput{Bucket: b}))(l).PublicAccessBlockConfiguration
		if !aws.ToBool(block.BlockPublicAcls) || !aws.ToBool(block.RestrictPublicBuckets) {
			l.Errorf("public access is %+v", block)
		}
		_, err := l.s3.GetBucketTagging(l.ctx, &s3.GetBucketTaggingInput{Bucket: b})
		l.refused(err, http.StatusNotFound, "NoSuchTagSet")
		_, err = l.s3.GetBucketPolicy(l.ctx, &s3.GetBucketPolicyInput{Bucket: b})
		l.refused(err, http.StatusNotFound, "NoSuchBucketPolicy", "The bucket policy does not exist")
	})
}

func TestBucketsAreRefused(t *testing.T) {
	each(t, func(l *lab) {
		_, err := l.s3.GetBucketLocation(l.ctx, &s3.GetBucketLocationInput{Bucket: l.own("none")})
		l.refused(err, http.StatusNotFound, "NoSuchBucket", "The specified bucket does not exist")
		_, err = l.s3.HeadBucket(l.ctx, &s3.HeadBucketInput{Bucket: l.own("none")})
		l.refused(err, http.StatusNotFound, "NotFound")
		_, err = l.s3.CreateBucket(l.ctx, &s3.CreateBucketInput{Bucket: aws.String("Not_A_Bucket_" + l.prefix)})
		l.refused(err, http.StatusBadRequest, "InvalidBucketName")
		b := l.bucket(false)
		l.put(b, "k", "text")
		_, err = l.s3.DeleteBucket(l.ctx, &s3.DeleteBucketInput{Bucket: b})
		l.refused(err, http.StatusConflict, "BucketNotEmpty", "The bucket you tried to delete is not empty")
	})
}

// Versions and delete markers keep a bucket, though it looks empty.
func TestBucketOfDeletedObjects(t *testing.T) {
	each(t, func(l *lab) {
		b := l.bucket(true)
		l.put(b, "k", "text")
		must(l.s3.DeleteObject(l.ctx, &s3.DeleteObjectInput{Bucket: b, Key: aws.String("k")}))(l)
		if list := must(l.s3.ListObjectsV2(l.ctx, &s3.ListObjectsV2Input{Bucket: b}))(l); len(list.Contents) != 0 {
			l.Errorf("objects are %+v", list.Contents)
		}
		_, err := l.s3.DeleteBucket(l.ctx, &s3.DeleteBucketInput{Bucket: b})
		l.refused(err, http.StatusConflict, "BucketNotEmpty")
	})
}

func TestBucketTags(t *testing.T) {
	each(t, func(l *lab) {
		b := l.bucket(false)
		set := []types.Tag{{Key: aws.String("owner"), Value: aws.String("lab")}}
		must(l.s3.PutBucketTagging(l.ctx, &s3.PutBucketTaggingInput{Bucket: b, Tagging: &types.Tagging{TagSet: set}}))(l)
		got := must(l.s3.GetBucketTagging(l.ctx, &s3.GetBucketTaggingInput{Bucket: b}))(l).TagSet
		if len(got) != 1 || *got[0].Value != "lab" {
			l.Errorf("tags are %+v", got)
		}
		_, err := l.s3.PutBucketTagging(l.ctx, &s3.PutBucketTaggingInput{Bucket: b, Tagging: &types.Tagging{TagSet: append(set, set...)}})
		l.refused(err, http.StatusBadRequest, "InvalidTag")
		must(l.s3.DeleteBucketTagging(l.ctx, &s3.DeleteBucketTaggingInput{Bucket: b}))(l)
	})
}
