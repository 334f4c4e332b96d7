package createjob

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
)

// FindThings lists things by name: those whose names begin with text, or, when it holds a colon, those that it matches as a
// query of fleet indexing. There are MaxTargets at most; more tells that others match as well.
func FindThings(ctx context.Context, c *cloud.Cloud, text string) (names []string, more bool, err error) {
	query := strings.TrimSpace(text)
	if !strings.Contains(query, ":") {
		query = "thingName:" + query + "*"
	}
	out, err := c.IoT.SearchIndex(ctx, &iot.SearchIndexInput{MaxResults: aws.Int32(MaxTargets), QueryString: &query})
	if err != nil {
		return nil, false, fmt.Errorf("search for %s: %w", query, err)
	}
	for _, t := range out.Things {
		names = append(names, aws.ToString(t.ThingName))
	}
	slices.Sort(names)
	return names, out.NextToken != nil, nil
}

// ArtifactOf is where a version's file is, s3://BUCKET/KEY, or "" for a version without one.
func ArtifactOf(ctx context.Context, c *cloud.Cloud, pkg, version string) (string, error) {
	out, err := c.IoT.GetPackageVersion(ctx, &iot.GetPackageVersionInput{PackageName: &pkg, VersionName: &version})
	if err != nil {
		return "", fmt.Errorf("read version %s of package %s: %w", version, pkg, err)
	}
	if a := out.Artifact; a != nil && a.S3Location != nil {
		return "s3://" + aws.ToString(a.S3Location.Bucket) + "/" + aws.ToString(a.S3Location.Key), nil
	}
	return "", nil
}
