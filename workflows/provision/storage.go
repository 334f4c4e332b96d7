package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func (r *runner) storage(ctx context.Context, s *fleet.Step) {
	s.Expect(Bucket, 1)
	status, err := r.versionedBucket(ctx)
	name := r.bucket
	if name == "" {
		name = fleet.BucketName(r.c.Region, r.c.Account)
	}
	s.Result(ctx, Bucket, name, status, err, "region", r.c.Region)
}

// versionedBucket makes sure of the bucket and of its versioning.
func (r *runner) versionedBucket(ctx context.Context) (event.Status, error) {
	bucket, err := r.ownBucket(ctx)
	if err != nil {
		return "", err
	}
	status := event.Created
	if !r.bucketNew {
		out, err := r.c.S3.GetBucketVersioning(ctx, &s3.GetBucketVersioningInput{Bucket: &bucket})
		if err != nil {
			return "", fmt.Errorf("read the versioning of bucket %s: %w", bucket, err)
		}
		if out.Status == s3types.BucketVersioningStatusEnabled {
			return event.Exists, nil
		}
		status = event.Repaired
	}
	_, err = r.c.S3.PutBucketVersioning(ctx, &s3.PutBucketVersioningInput{Bucket: &bucket,
		VersioningConfiguration: &s3types.VersioningConfiguration{Status: s3types.BucketVersioningStatusEnabled}})
	if err != nil {
		return "", fmt.Errorf("switch on the versioning of bucket %s: %w", bucket, err)
	}
	return status, nil
}

// ownBucket finds our bucket or makes one. It is called by one step at a time.
func (r *runner) ownBucket(ctx context.Context) (string, error) {
	if r.bucket != "" {
		return r.bucket, nil
	}
	found, err := fleet.FindBuckets(ctx, r.c)
	switch {
	case len(found.Ours) > 0:
		r.bucket = found.Ours[0]
		return r.bucket, nil
	case err != nil && len(found.Foreign) == 0:
		return "", err
	}
	return r.createBucket(ctx, found.Foreign)
}

// maxNames is how many bucket names are tried; all accounts share one space of names.
const maxNames = 20

// createBucket makes a bucket under the first free name. Names of foreign buckets are left out, because us-east-1 answers
// a repeated CreateBucket of the same account with success (S3 API reference, CreateBucket).
func (r *runner) createBucket(ctx context.Context, foreign []string) (string, error) {
	base := fleet.BucketName(r.c.Region, r.c.Account)
	for n := 1; n <= maxNames; n++ {
		name := base
		if n > 1 {
			name += "-" + strconv.Itoa(n)
		}
		if slices.Contains(foreign, name) {
			continue
		}
		err := r.makeBucket(ctx, name)
		if cloud.Is(err, cloud.Exists) {
			continue
		}
		if err == nil {
			r.bucket, r.bucketNew = name, true
		}
		return name, err
	}
	return "", fleet.Foreign("bucket", base, "so are the next "+strconv.Itoa(maxNames-1)+" names; delete one of these buckets")
}

// makeBucket makes and tags a bucket in one go: once it exists it is tagged even if the run is stopped in between, since
// without its tag nobody would know it for ours.
func (r *runner) makeBucket(ctx context.Context, name string) error {
	in := &s3.CreateBucketInput{Bucket: &name}
	if r.c.Region != "us-east-1" { // the one Region that must not be named (S3 API reference, CreateBucket)
		in.CreateBucketConfiguration = &s3types.CreateBucketConfiguration{LocationConstraint: s3types.BucketLocationConstraint(r.c.Region)}
	}
	if _, err := r.c.S3.CreateBucket(ctx, in); err != nil {
		return fmt.Errorf("create bucket %s: %w", name, err)
	}
	_, err := r.c.S3.PutBucketTagging(context.WithoutCancel(ctx), &s3.PutBucketTaggingInput{Bucket: &name,
		Tagging: &s3types.Tagging{TagSet: fleet.S3Tags()}})
	if err == nil {
		return nil
	}
	err = fmt.Errorf("tag bucket %s: %w", name, err)
	if _, undo := r.c.S3.DeleteBucket(context.WithoutCancel(ctx), &s3.DeleteBucketInput{Bucket: &name}); undo != nil {
		return errors.Join(err, fmt.Errorf("delete bucket %s again (it is empty; delete it by hand): %w", name, undo))
	}
	return err
}
