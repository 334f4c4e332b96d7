package fleet

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	iamtypes "github.com/aws/aws-sdk-go-v2/service/iam/types"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
)

// ResourceTags reads the tags of an IoT resource. One that is gone gives an empty map.
func ResourceTags(ctx context.Context, c *cloud.Cloud, arn string) (map[string]string, error) {
	tags := map[string]string{}
	pages := iot.NewListTagsForResourcePaginator(c.IoT, &iot.ListTagsForResourceInput{ResourceArn: &arn})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if cloud.Is(err, cloud.NotFound) {
			return tags, nil
		}
		if err != nil {
			return nil, fmt.Errorf("read the tags of %s: %w", arn, err)
		}
		for _, t := range page.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return tags, nil
}

// RoleTags reads a role's tags. The error is of class NotFound when there is no such role.
func RoleTags(ctx context.Context, c *cloud.Cloud, role string) (map[string]string, error) {
	tags := map[string]string{}
	pages := iam.NewListRoleTagsPaginator(c.IAM, &iam.ListRoleTagsInput{RoleName: &role})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("read the tags of role %s: %w", role, err)
		}
		for _, t := range page.Tags {
			tags[aws.ToString(t.Key)] = aws.ToString(t.Value)
		}
	}
	return tags, nil
}

// IAMTags is Tags in IAM's form.
func IAMTags(extra ...string) []iamtypes.Tag {
	var out []iamtypes.Tag
	for k, v := range Tags(extra...) {
		out = append(out, iamtypes.Tag{Key: &k, Value: &v})
	}
	return out
}
