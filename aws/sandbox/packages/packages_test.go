package packages

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/smithy-go"
)

var (
	ctx   = context.Background()
	start = time.Date(2026, 5, 4, 12, 0, 0, 0, time.UTC)
)

func open(t *testing.T) (*handlers, *clock.Manual) {
	t.Helper()
	s, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	c := clock.NewManual(start)
	return &handlers{r: &realm.Realm{Store: s, Clock: c, Account: realm.Account, Region: "us-east-1"}}, c
}

// ok calls a handler that must succeed.
func ok[I, O any](t *testing.T, fn func(context.Context, *I) (*O, error), in *I) *O {
	t.Helper()
	out, err := fn(ctx, in)
	if err != nil {
		t.Fatalf("%T: %v", in, err)
	}
	return out
}

// refused calls a handler that must answer the exception.
func refused[I, O any](t *testing.T, fn func(context.Context, *I) (*O, error), in *I, code string) {
	t.Helper()
	_, err := fn(ctx, in)
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("%T: got %v, want %s", in, err, code)
	}
}

func p[T any](v T) *T { return &v }

func makeVersion(t *testing.T, h *handlers, pkg, name string) {
	t.Helper()
	ok(t, h.createVersion, &iot.CreatePackageVersionInput{PackageName: &pkg, VersionName: &name})
}

func act(t *testing.T, h *handlers, pkg, name string, a types.PackageVersionAction) {
	t.Helper()
	ok(t, h.updateVersion, &iot.UpdatePackageVersionInput{PackageName: &pkg, VersionName: &name, Action: a})
}

func TestPackageLife(t *testing.T) {
	t.Parallel()
	h, clk := open(t)
	made := ok(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("Sedan"), Description: p("cars"), Tags: map[string]string{"owner": "lab"}})
	if *made.PackageArn != "arn:aws:iot:us-east-1:000000000000:package/Sedan" {
		t.Errorf("arn is %s", *made.PackageArn)
	}
	_, err := h.createPackage(ctx, &iot.CreatePackageInput{PackageName: p("Sedan")})
	var c *types.ConflictException
	if !errors.As(err, &c) || *c.ResourceId != "Sedan" {
		t.Errorf("second creation: got %v, want ConflictException with the resource", err)
	}
	makeVersion(t, h, "Sedan", "1.0.0")
	refused(t, h.updatePackage, &iot.UpdatePackageInput{PackageName: p("Sedan"), DefaultVersionName: p("1.0.0")}, "ConflictException")
	refused(t, h.updatePackage, &iot.UpdatePackageInput{PackageName: p("Sedan"), DefaultVersionName: p("9")}, "ResourceNotFoundException")
	refused(t, h.updatePackage, &iot.UpdatePackageInput{PackageName: p("None")}, "ResourceNotFoundException")
	act(t, h, "Sedan", "1.0.0", types.PackageVersionActionPublish)
	clk.Advance(time.Minute)
	ok(t, h.updatePackage, &iot.UpdatePackageInput{PackageName: p("Sedan"), DefaultVersionName: p("1.0.0")})
	got := ok(t, h.getPackage, &iot.GetPackageInput{PackageName: p("Sedan")})
	if *got.DefaultVersionName != "1.0.0" || *got.Description != "cars" || !got.CreationDate.Equal(start) || !got.LastModifiedDate.Equal(start.Add(time.Minute)) {
		t.Errorf("package is %+v", got)
	}
	refused(t, h.deleteVersion, &iot.DeletePackageVersionInput{PackageName: p("Sedan"), VersionName: p("1.0.0")}, "ValidationException")
	refused(t, h.deletePackage, &iot.DeletePackageInput{PackageName: p("Sedan")}, "ValidationException")
	both := &iot.UpdatePackageInput{PackageName: p("Sedan"), DefaultVersionName: p("1.0.0"), UnsetDefaultVersion: p(true)}
	refused(t, h.updatePackage, both, "ValidationException")
	ok(t, h.updatePackage, &iot.UpdatePackageInput{PackageName: p("Sedan"), UnsetDefaultVersion: p(true)})
	for range 2 {
		ok(t, h.deleteVersion, &iot.DeletePackageVersionInput{PackageName: p("Sedan"), VersionName: p("1.0.0")})
		refused(t, h.getVersion, &iot.GetPackageVersionInput{PackageName: p("Sedan"), VersionName: p("1.0.0")}, "ResourceNotFoundException")
	}
	for range 2 {
		ok(t, h.deletePackage, &iot.DeletePackageInput{PackageName: p("Sedan")})
		refused(t, h.getPackage, &iot.GetPackageInput{PackageName: p("Sedan")}, "ResourceNotFoundException")
	}
	err = h.r.Store.View(func(tx *store.Tx) error {
		tags, err := tag.After(tx, *made.PackageArn, "", tag.Limit)
		if len(tags) != 0 {
			t.Errorf("tags outlived the package: %v", tags)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestVersionLife(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	refused(t, h.createVersion, &iot.CreatePackageVersionInput{PackageName: p("Sedan"), VersionName: p("1")}, "ValidationException")
	ok(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("Sedan")})
	art := &types.PackageVersionArtifact{S3Location: &types.S3Location{Bucket: p("b"), Key: p("k/1.json"), Version: p("v")}}
	in := &iot.CreatePackageVersionInput{PackageName: p("Sedan"), VersionName: p("1"), Attributes: map[string]string{"size": "10"}, Artifact: art, Recipe: p("{}")}
	if out := ok(t, h.createVersion, in); out.Status != "DRAFT" || out.Attributes["size"] != "10" {
		t.Errorf("created as %+v", out)
	}
	refused(t, h.createVersion, in, "ConflictException")
	up := func(in iot.UpdatePackageVersionInput) *iot.UpdatePackageVersionInput {
		in.PackageName, in.VersionName = p("Sedan"), p("1")
		return &in
	}
	refused(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Action: types.PackageVersionActionDeprecate}), "ConflictException")
	ok(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Attributes: map[string]string{"size": "11"}, Action: types.PackageVersionActionPublish}))
	refused(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Attributes: map[string]string{"size": "12"}}), "ConflictException")
	refused(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Artifact: art}), "ConflictException")
	ok(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Description: p("new")}))
	ok(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Action: types.PackageVersionActionDeprecate}))
	got := ok(t, h.getVersion, &iot.GetPackageVersionInput{PackageName: p("Sedan"), VersionName: p("1")})
	l := got.Artifact.S3Location
	if got.Status != "DEPRECATED" || got.Attributes["size"] != "11" || *got.Description != "new" || *got.Recipe != "{}" || *l.Key != "k/1.json" || *l.Version != "v" {
		t.Errorf("version is %+v with artifact %+v", got, l)
	}
	ok(t, h.updatePackage, &iot.UpdatePackageInput{PackageName: p("Sedan"), DefaultVersionName: p("1")})
	ok(t, h.updateVersion, up(iot.UpdatePackageVersionInput{Action: types.PackageVersionActionPublish}))
	big := map[string]string{"k": strings.Repeat("x", 3073)}
	refused(t, h.createVersion, &iot.CreatePackageVersionInput{PackageName: p("Sedan"), VersionName: p("2"), Attributes: big}, "ValidationException")
	half := &types.PackageVersionArtifact{S3Location: &types.S3Location{Bucket: p("b")}}
	refused(t, h.createVersion, &iot.CreatePackageVersionInput{PackageName: p("Sedan"), VersionName: p("2"), Artifact: half}, "ValidationException")
}

func TestLists(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	for i := range 30 {
		ok(t, h.createPackage, &iot.CreatePackageInput{PackageName: p(fmt.Sprintf("P%02d", i))})
		makeVersion(t, h, "P00", fmt.Sprintf("1.%02d", i))
	}
	act(t, h, "P00", "1.03", types.PackageVersionActionPublish)
	first := ok(t, h.listPackages, &iot.ListPackagesInput{})
	second := ok(t, h.listPackages, &iot.ListPackagesInput{NextToken: first.NextToken})
	if len(first.PackageSummaries) != 25 || len(second.PackageSummaries) != 5 || second.NextToken != nil || *second.PackageSummaries[0].PackageName != "P25" {
		t.Errorf("pages have %d and %d packages", len(first.PackageSummaries), len(second.PackageSummaries))
	}
	var names []string
	in := &iot.ListPackageVersionsInput{PackageName: p("P00"), MaxResults: p(int32(7))}
	for {
		out := ok(t, h.listVersions, in)
		for _, v := range out.PackageVersionSummaries {
			names = append(names, *v.VersionName)
		}
		if in.NextToken = out.NextToken; in.NextToken == nil {
			break
		}
	}
	if len(names) != 30 || !slices.IsSorted(names) {
		t.Errorf("versions listed are %v", names)
	}
	published := ok(t, h.listVersions, &iot.ListPackageVersionsInput{PackageName: p("P00"), Status: "PUBLISHED"})
	if len(published.PackageVersionSummaries) != 1 || *published.PackageVersionSummaries[0].VersionName != "1.03" {
		t.Errorf("published are %+v", published.PackageVersionSummaries)
	}
	refused(t, h.listPackages, &iot.ListPackagesInput{NextToken: p("x")}, "ValidationException")
	for i := range 70 {
		ok(t, h.createPackage, &iot.CreatePackageInput{PackageName: p(fmt.Sprintf("Q%02d", i))})
	}
	refused(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("one-more")}, "ServiceQuotaExceededException")
}

func TestClientTokens(t *testing.T) {
	t.Parallel()
	h, clk := open(t)
	token := p(strings.Repeat("t", 36))
	in := &iot.CreatePackageInput{PackageName: p("Sedan"), Description: p("d"), ClientToken: token}
	ok(t, h.createPackage, in)
	if again := ok(t, h.createPackage, in); *again.PackageName != "Sedan" || *again.Description != "d" || again.PackageArn == nil {
		t.Errorf("repeat answered %+v", again)
	}
	refused(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("Truck"), ClientToken: token}, "ValidationException")
	ok(t, h.deletePackage, &iot.DeletePackageInput{PackageName: p("Sedan"), ClientToken: token})
	ok(t, h.createPackage, in) // answered from memory
	refused(t, h.getPackage, &iot.GetPackageInput{PackageName: p("Sedan")}, "ResourceNotFoundException")
	clk.Advance(tokenLife + time.Millisecond)
	ok(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("Other"), ClientToken: p(strings.Repeat("u", 36))})
	ok(t, h.createPackage, in) // forgotten, so it is done
	ok(t, h.getPackage, &iot.GetPackageInput{PackageName: p("Sedan")})
	refused(t, h.createPackage, &iot.CreatePackageInput{PackageName: p("Sedan"), ClientToken: p(strings.Repeat("v", 36))}, "ConflictException")
}

// makeRole gives the account the role r with a trust policy.
func makeRole(t *testing.T, h *handlers, trust string) {
	t.Helper()
	err := h.r.Store.Update(func(tx *store.Tx) error {
		_, err := tx.Exec(`INSERT OR REPLACE INTO roles(name,id,path,trust,max_session,created_at) VALUES('r','R','/',?,3600,0)`, trust)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestConfiguration(t *testing.T) {
	t.Parallel()
	h, _ := open(t)
	get := func() *types.VersionUpdateByJobsConfig {
		return ok(t, h.getConfiguration, &iot.GetPackageConfigurationInput{}).VersionUpdateByJobsConfig
	}
	if c := get(); *c.Enabled || c.RoleArn != nil {
		t.Errorf("a new account has %+v", c)
	}
	set := func(c types.VersionUpdateByJobsConfig) *iot.UpdatePackageConfigurationInput {
		return &iot.UpdatePackageConfigurationInput{VersionUpdateByJobsConfig: &c}
	}
	refused(t, h.updateConfiguration, set(types.VersionUpdateByJobsConfig{Enabled: p(true)}), "ValidationException")
	enabled := set(types.VersionUpdateByJobsConfig{Enabled: p(true), RoleArn: p("arn:aws:iam::000000000000:role/r")})
	refused(t, h.updateConfiguration, enabled, "ValidationException")
	makeRole(t, h, `{"Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	refused(t, h.updateConfiguration, enabled, "ValidationException")
	makeRole(t, h, `{"Statement":[{"Effect":"Allow","Principal":{"Service":"iot.amazonaws.com"},"Action":"sts:AssumeRole"}]}`)
	ok(t, h.updateConfiguration, enabled)
	if c := get(); !*c.Enabled || *c.RoleArn != "arn:aws:iam::000000000000:role/r" {
		t.Errorf("configuration is %+v", c)
	}
	ok(t, h.updateConfiguration, set(types.VersionUpdateByJobsConfig{Enabled: p(false)}))
	if c := get(); *c.Enabled || c.RoleArn == nil {
		t.Errorf("configuration is %+v", c)
	}
}
