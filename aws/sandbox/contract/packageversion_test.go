package contract_test

import (
	"maps"
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

func TestPackageVersionIsReadAsMade(t *testing.T) {
	each(t, func(l *lab) {
		l.pkg("P")
		want := map[string]string{"size": "2 KB", "key": "v"}
		made := l.version("P", "1.0.0", func(in *iot.CreatePackageVersionInput) {
			in.Attributes, in.Description, in.Recipe = want, aws.String("d"), aws.String("{}")
			in.Artifact = &types.PackageVersionArtifact{S3Location: &types.S3Location{Bucket: l.own("b"), Key: aws.String("k"), Version: aws.String("v")}}
		})
		equal(l, "ARN", aws.ToString(made.PackageVersionArn), l.arn("package/"+*l.own("P")+"/version/1.0.0"))
		equal(l, "status of the new one", made.Status, types.PackageVersionStatusDraft)
		got := must(l.iot.GetPackageVersion(l.ctx, &iot.GetPackageVersionInput{PackageName: l.own("P"), VersionName: aws.String("1.0.0")}))(l)
		equal(l, "description", aws.ToString(got.Description), "d")
		equal(l, "artifact", aws.ToString(got.Artifact.S3Location.Key), "k")
		equal(l, "recipe", aws.ToString(got.Recipe), "{}")
		if !maps.Equal(got.Attributes, want) {
			l.Errorf("attributes are %v", got.Attributes)
		}
		_, err := l.iot.CreatePackageVersion(l.ctx, &iot.CreatePackageVersionInput{PackageName: l.own("P"), VersionName: aws.String("1.0.0")})
		l.refused(err, http.StatusConflict, "ConflictException")
		_, err = l.iot.GetPackageVersion(l.ctx, &iot.GetPackageVersionInput{PackageName: l.own("P"), VersionName: aws.String("2")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

// A draft may be changed and not used; published, its attributes are frozen; deprecated, it may still be published again.
func TestLifeOfPackageVersion(t *testing.T) {
	each(t, func(l *lab) {
		l.pkg("P")
		l.version("P", "1.0.0")
		version := aws.String("1.0.0")
		change := func() error {
			_, err := l.iot.UpdatePackageVersion(l.ctx, &iot.UpdatePackageVersionInput{PackageName: l.own("P"), VersionName: version, Attributes: map[string]string{"a": "b"}})
			return err
		}
		makeDefault := func() error {
			_, err := l.iot.UpdatePackage(l.ctx, &iot.UpdatePackageInput{PackageName: l.own("P"), DefaultVersionName: version})
			return err
		}
		status := func() types.PackageVersionStatus {
			return must(l.iot.GetPackageVersion(l.ctx, &iot.GetPackageVersionInput{PackageName: l.own("P"), VersionName: version}))(l).Status
		}
		if err := change(); err != nil {
			l.Errorf("change a draft: %v", err)
		}
		if makeDefault() == nil {
			l.Error("a draft became the default")
		}
		for _, step := range []struct {
			action types.PackageVersionAction
			want   types.PackageVersionStatus
		}{
			{types.PackageVersionActionPublish, types.PackageVersionStatusPublished},
			{types.PackageVersionActionDeprecate, types.PackageVersionStatusDeprecated},
			{types.PackageVersionActionPublish, types.PackageVersionStatusPublished},
		} {
			if err := l.act("P", *version, step.action); err != nil {
				l.Fatal(err)
			}
			equal(l, "status", status(), step.want)
			if change() == nil {
				l.Errorf("the attributes of a version that is %s were changed", step.want)
			}
			if err := makeDefault(); err != nil {
				l.Errorf("make a version that is %s the default: %v", step.want, err)
			}
		}
		list := must(l.iot.ListPackageVersions(l.ctx, &iot.ListPackageVersionsInput{PackageName: l.own("P"), Status: types.PackageVersionStatusPublished}))(l)
		if len(list.PackageVersionSummaries) != 1 || *list.PackageVersionSummaries[0].VersionName != *version {
			l.Errorf("published versions are %+v", list.PackageVersionSummaries)
		}
	})
}
