package cleanup

import (
	"context"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	s3types "github.com/aws/aws-sdk-go-v2/service/s3/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// buckets empties each bucket, page by page, and deletes it.
func (r *runner) buckets(ctx context.Context, s *fleet.Step) {
	s.Expect(Bucket, len(r.plan.Items[Bucket]))
	for _, b := range r.plan.Items[Bucket] {
		if ctx.Err() != nil {
			return
		}
		objects, err := r.empty(ctx, b.Name)
		if err == nil {
			_, err = r.c.S3.DeleteBucket(ctx, &s3.DeleteBucketInput{Bucket: &b.Name})
			err = wrap(err, "delete bucket "+b.Name)
		}
		status, err := removal(err)
		r.done(ctx, s, Bucket, b.Name, status, err, "objects", number(objects))
	}
}

// empty deletes every version and delete marker and counts them.
func (r *runner) empty(ctx context.Context, bucket string) (int, error) {
	n := 0
	pages := s3.NewListObjectVersionsPaginator(r.c.S3, &s3.ListObjectVersionsInput{Bucket: &bucket})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return n, fmt.Errorf("list what bucket %s holds: %w", bucket, err)
		}
		var all []s3types.ObjectIdentifier
		for _, v := range out.Versions {
			all = append(all, s3types.ObjectIdentifier{Key: v.Key, VersionId: v.VersionId})
		}
		for _, m := range out.DeleteMarkers {
			all = append(all, s3types.ObjectIdentifier{Key: m.Key, VersionId: m.VersionId})
		}
		for batch := range slices.Chunk(all, maxBatch) {
			if err := r.deleteObjects(ctx, bucket, batch); err != nil {
				return n, err
			}
			n += len(batch)
		}
	}
	return n, nil
}

// maxBatch is how many objects one call deletes (S3 API reference, DeleteObjects).
const maxBatch = 1000

func (r *runner) deleteObjects(ctx context.Context, bucket string, batch []s3types.ObjectIdentifier) error {
	out, err := r.c.S3.DeleteObjects(ctx, &s3.DeleteObjectsInput{Bucket: &bucket,
		Delete: &s3types.Delete{Objects: batch, Quiet: aws.Bool(true)}})
	if err != nil {
		return fmt.Errorf("empty bucket %s: %w", bucket, err)
	}
	if len(out.Errors) == 0 {
		return nil
	}
	first := out.Errors[0]
	return &event.Fault{Class: string(cloud.Denied), Operation: "s3:DeleteObjects", Code: aws.ToString(first.Code),
		Message: fmt.Sprintf("%d objects of bucket %s could not be deleted, the first one %s: %s", len(out.Errors), bucket,
			aws.ToString(first.Key), aws.ToString(first.Message))}
}

// roles deletes the roles with what hangs on them.
func (r *runner) roles(ctx context.Context, s *fleet.Step) {
	s.Expect(Role, len(r.plan.Items[Role]))
	for _, ro := range r.plan.Items[Role] {
		if ctx.Err() != nil {
			return
		}
		status, err := removal(r.role(ctx, ro.Name))
		r.done(ctx, s, Role, ro.Name, status, wrap(err, "delete role "+ro.Name))
	}
}

func (r *runner) role(ctx context.Context, name string) error {
	inline := iam.NewListRolePoliciesPaginator(r.c.IAM, &iam.ListRolePoliciesInput{RoleName: &name})
	for inline.HasMorePages() {
		out, err := inline.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, p := range out.PolicyNames {
			_, err := r.c.IAM.DeleteRolePolicy(ctx, &iam.DeleteRolePolicyInput{RoleName: &name, PolicyName: &p})
			if err != nil && !cloud.Is(err, cloud.NotFound) {
				return err
			}
		}
	}
	attached := iam.NewListAttachedRolePoliciesPaginator(r.c.IAM, &iam.ListAttachedRolePoliciesInput{RoleName: &name})
	for attached.HasMorePages() {
		out, err := attached.NextPage(ctx)
		if err != nil {
			return err
		}
		for _, p := range out.AttachedPolicies {
			_, err := r.c.IAM.DetachRolePolicy(ctx, &iam.DetachRolePolicyInput{RoleName: &name, PolicyArn: p.PolicyArn})
			if err != nil && !cloud.Is(err, cloud.NotFound) {
				return err
			}
		}
	}
	_, err := r.c.IAM.DeleteRole(ctx, &iam.DeleteRoleInput{RoleName: &name})
	return err
}
