package contract_test

import (
	"context"
	"errors"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// pkg makes a software package that goes when the test ends.
func (l *lab) pkg(name string) *iot.CreatePackageOutput {
	l.Helper()
	out := must(l.iot.CreatePackage(l.ctx, &iot.CreatePackageInput{PackageName: l.own(name), Description: aws.String("firmware")}))(l)
	l.undoPackage(name)
	return out
}

func (l *lab) undoPackage(name string) {
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.iot.DeletePackage(ctx, &iot.DeletePackageInput{PackageName: l.own(name)})
		return err
	})
}

// version makes a draft of a package's version that goes when the test ends, also as the default.
func (l *lab) version(pkg, name string, change ...func(*iot.CreatePackageVersionInput)) *iot.CreatePackageVersionOutput {
	l.Helper()
	in := &iot.CreatePackageVersionInput{PackageName: l.own(pkg), VersionName: &name}
	for _, f := range change {
		f(in)
	}
	out := must(l.iot.CreatePackageVersion(l.ctx, in))(l)
	l.undo(settled, func(ctx context.Context) error {
		if got, err := l.iot.GetPackage(ctx, &iot.GetPackageInput{PackageName: l.own(pkg)}); err == nil && aws.ToString(got.DefaultVersionName) == name {
			_, err = l.iot.UpdatePackage(ctx, &iot.UpdatePackageInput{PackageName: l.own(pkg), UnsetDefaultVersion: aws.Bool(true)})
			if err != nil {
				return err
			}
		}
		_, err := l.iot.DeletePackageVersion(ctx, &iot.DeletePackageVersionInput{PackageName: l.own(pkg), VersionName: &name})
		return err
	})
	return out
}

// act publishes or deprecates a version.
func (l *lab) act(pkg, version string, action types.PackageVersionAction) error {
	_, err := l.iot.UpdatePackageVersion(l.ctx, &iot.UpdatePackageVersionInput{PackageName: l.own(pkg), VersionName: &version, Action: action})
	return err
}

func TestPackageIsReadAsMade(t *testing.T) {
	each(t, func(l *lab) {
		made := l.pkg("P")
		equal(l, "ARN", aws.ToString(made.PackageArn), l.arn("package/"+*l.own("P")))
		got := must(l.iot.GetPackage(l.ctx, &iot.GetPackageInput{PackageName: l.own("P")}))(l)
		equal(l, "description", aws.ToString(got.Description), "firmware")
		if got.CreationDate == nil || got.LastModifiedDate == nil || got.DefaultVersionName != nil {
			l.Errorf("package is %+v", got)
		}
		_, err := l.iot.CreatePackage(l.ctx, &iot.CreatePackageInput{PackageName: l.own("P")})
		l.refused(err, http.StatusConflict, "ConflictException")
		var exists *types.ConflictException
		if errors.As(err, &exists) && !strings.Contains(aws.ToString(exists.ResourceId), *l.own("P")) {
			l.Errorf("the error names %q", aws.ToString(exists.ResourceId))
		}
		must(l.iot.UpdatePackage(l.ctx, &iot.UpdatePackageInput{PackageName: l.own("P"), Description: aws.String("new")}))(l)
		got = must(l.iot.GetPackage(l.ctx, &iot.GetPackageInput{PackageName: l.own("P")}))(l)
		equal(l, "new description", aws.ToString(got.Description), "new")
		_, err = l.iot.GetPackage(l.ctx, &iot.GetPackageInput{PackageName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestPackagesAreRepeatedByClientToken(t *testing.T) {
	each(t, func(l *lab) {
		in := &iot.CreatePackageInput{PackageName: l.own("P"), ClientToken: aws.String(l.prefix + "0123456789012345678901234567")}
		first := must(l.iot.CreatePackage(l.ctx, in))(l)
		l.undoPackage("P")
		equal(l, "ARN of the repeat", aws.ToString(must(l.iot.CreatePackage(l.ctx, in))(l).PackageArn), aws.ToString(first.PackageArn))
	})
}

func TestPackageNeedsItsVersionsGone(t *testing.T) {
	each(t, func(l *lab) {
		l.pkg("P")
		l.version("P", "1.0.0")
		if err := l.act("P", "1.0.0", types.PackageVersionActionPublish); err != nil {
			l.Fatal(err)
		}
		must(l.iot.UpdatePackage(l.ctx, &iot.UpdatePackageInput{PackageName: l.own("P"), DefaultVersionName: aws.String("1.0.0")}))(l)
		_, err := l.iot.DeletePackageVersion(l.ctx, &iot.DeletePackageVersionInput{PackageName: l.own("P"), VersionName: aws.String("1.0.0")})
		l.refused(err, http.StatusBadRequest, "ValidationException")
		_, err = l.iot.DeletePackage(l.ctx, &iot.DeletePackageInput{PackageName: l.own("P")})
		l.refused(err, http.StatusBadRequest, "ValidationException")
		_, err = l.iot.UpdatePackage(l.ctx, &iot.UpdatePackageInput{PackageName: l.own("P"), UnsetDefaultVersion: aws.Bool(true), DefaultVersionName: aws.String("1.0.0")})
		l.refused(err, http.StatusBadRequest, "ValidationException")
	})
}

func TestListPackages(t *testing.T) {
	each(t, func(l *lab) {
		l.pkg("P1")
		l.pkg("P2")
		var got []string
		for pages := iot.NewListPackagesPaginator(l.iot, &iot.ListPackagesInput{MaxResults: aws.Int32(5)}); pages.HasMorePages(); {
			for _, s := range must(pages.NextPage(l.ctx))(l).PackageSummaries {
				if own, ok := strings.CutPrefix(*s.PackageName, l.prefix); ok {
					got = append(got, own)
				}
			}
		}
		if slices.Sort(got); !slices.Equal(got, []string{"P1", "P2"}) {
			l.Errorf("listed %v", got)
		}
	})
}
