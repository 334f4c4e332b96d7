package packages_test

import (
	"errors"
	"net/http"
	"testing"

	"fleetlab/aws/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// TestCatalogOverTheSDK publishes a version, makes it the default and takes everything down again.
func TestCatalogOverTheSDK(t *testing.T) {
	t.Parallel()
	c, ctx := iot.NewFromConfig(sandboxtest.Config(sandboxtest.Start(t))), t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	name, version := aws.String("Sedan.fw"), aws.String("1.0.0")
	must(c.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: name, Description: aws.String("firmware"), Tags: map[string]string{"owner": "lab"}}))
	made, err := c.CreatePackageVersion(ctx, &iot.CreatePackageVersionInput{
		PackageName: name, VersionName: version, Attributes: map[string]string{"signature": "abc"}, Tags: map[string]string{"owner": "lab"},
		Artifact: &types.PackageVersionArtifact{S3Location: &types.S3Location{Bucket: aws.String("b"), Key: aws.String("k"), Version: aws.String("v")}},
	})
	must(made, err)
	if made.Status != types.PackageVersionStatusDraft {
		t.Errorf("status is %s", made.Status)
	}
	tags, err := c.ListTagsForResource(ctx, &iot.ListTagsForResourceInput{ResourceArn: made.PackageVersionArn})
	must(tags, err)
	if len(tags.Tags) != 1 {
		t.Errorf("tags are %v", tags.Tags)
	}
	must(c.UpdatePackageVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: name, VersionName: version, Action: types.PackageVersionActionPublish}))
	must(c.UpdatePackage(ctx, &iot.UpdatePackageInput{PackageName: name, DefaultVersionName: version}))
	got, err := c.GetPackage(ctx, &iot.GetPackageInput{PackageName: name})
	must(got, err)
	if *got.DefaultVersionName != "1.0.0" || got.CreationDate == nil {
		t.Errorf("package is %+v", got)
	}
	_, err = c.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: name})
	var exists *types.ConflictException
	var r *awshttp.ResponseError
	if !errors.As(err, &exists) || aws.ToString(exists.ResourceId) != "Sedan.fw" || !errors.As(err, &r) || r.HTTPStatusCode() != http.StatusConflict {
		t.Errorf("second creation: got %v", err)
	}
	_, err = c.DeletePackageVersion(ctx, &iot.DeletePackageVersionInput{PackageName: name, VersionName: version})
	var refused *types.ValidationException
	if !errors.As(err, &refused) {
		t.Errorf("deleting the default: got %v", err)
	}
	must(c.UpdatePackage(ctx, &iot.UpdatePackageInput{PackageName: name, UnsetDefaultVersion: aws.Bool(true)}))
	must(c.DeletePackageVersion(ctx, &iot.DeletePackageVersionInput{PackageName: name, VersionName: version}))
	must(c.DeletePackage(ctx, &iot.DeletePackageInput{PackageName: name}))
	list, err := c.ListPackages(ctx, &iot.ListPackagesInput{})
	must(list, err)
	if len(list.PackageSummaries) != 0 {
		t.Errorf("left over: %+v", list.PackageSummaries)
	}
}

// TestConfigurationOverTheSDK switches the reports of jobs on with a role that AWS IoT can assume.
func TestConfigurationOverTheSDK(t *testing.T) {
	t.Parallel()
	cfg, ctx := sandboxtest.Config(sandboxtest.Start(t)), t.Context()
	c := iot.NewFromConfig(cfg)
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	role, err := iam.NewFromConfig(cfg).CreateRole(ctx, &iam.CreateRoleInput{RoleName: aws.String("jobs"), AssumeRolePolicyDocument: aws.String(
		`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)})
	must(role, err)
	must(c.UpdatePackageConfiguration(ctx, &iot.UpdatePackageConfigurationInput{VersionUpdateByJobsConfig: &types.VersionUpdateByJobsConfig{
		Enabled: aws.Bool(true), RoleArn: role.Role.Arn}}))
	conf, err := c.GetPackageConfiguration(ctx, &iot.GetPackageConfigurationInput{})
	must(conf, err)
	if !*conf.VersionUpdateByJobsConfig.Enabled {
		t.Errorf("configuration is %+v", conf.VersionUpdateByJobsConfig)
	}
}
