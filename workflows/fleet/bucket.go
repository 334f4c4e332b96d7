package fleet

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"fleetlab/aws/cloud"
)

// Buckets are the account's buckets whose names start like those of firmware buckets of the Region.
type Buckets struct {
	Ours    []string // by their tag
	Foreign []string // also those whose tags may not be read
}

// FindBuckets looks through the account's buckets. On an error it returns what it could tell.
func FindBuckets(ctx context.Context, c *cloud.Cloud) (Buckets, error) {
	var found Buckets
	names, err := bucketNames(ctx, c)
	if err != nil {
		return found, err
	}
	var errs []error
	for _, name := range names {
		tags, err := BucketTags(ctx, c, name)
		switch {
		case err != nil:
			errs = append(errs, err)
			found.Foreign = append(found.Foreign, name)
		case Ours(tags):
			found.Ours = append(found.Ours, name)
		default:
			found.Foreign = append(found.Foreign, name)
		}
	}
	return found, errors.Join(errs...)
}

func bucketNames(ctx context.Context, c *cloud.Cloud) ([]string, error) {
	prefix := BucketPrefix(c.Region)
	var names []string
	pages := s3.NewListBucketsPaginator(c.S3, &s3.ListBucketsInput{Prefix: &prefix, MaxBuckets: aws.Int32(1000)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list buckets: %w", err)
		}
		for _, b := range page.Buckets {
			region := aws.ToString(b.BucketRegion)
			if strings.HasPrefix(aws.ToString(b.Name), prefix) && (region == "" || region == c.Region) {
				names = append(names, aws.ToString(b.Name))
			}
		}
	}
	slices.Sort(names)
	return names, nil
}

// BucketTags reads a bucket's tags. A bucket that has none or is gone gives an empty map.
func BucketTags(ctx context.Context, c *cloud.Cloud, bucket string) (map[string]string, error) {
	tags := map[string]string{}
	out, err := c.S3.GetBucketTagging(ctx, &s3.GetBucketTaggingInput{Bucket: &bucket})
	if cloud.Is(err, cloud.NotFound) { // NoSuchTagSet
		return tags, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the tags of bucket %s: %w", bucket, err)
	}
	for _, t := range out.TagSet {
		tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
	}
	return tags, nil
}

// S3Tags is Tags in S3's form.
func S3Tags(extra ...string) []s3types.Tag {
	var out []s3types.Tag
	for k, v := range Tags(extra...) {
		out = append(out, s3types.Tag{Key: &k, Value: &v})
	}
	return out
}
