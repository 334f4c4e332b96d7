package provision

import (
	"context"
	"fmt"
	"maps"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

func (r *runner) catalog(ctx context.Context, s *fleet.Step) {
	s.Expect(Package, len(r.in.ThingTypes))
	s.Expect(Version, len(r.in.ThingTypes)*len(r.in.Versions))
	fleet.Each(ctx, s, fewWorkers, r.in.ThingTypes, func(ctx context.Context, name string) {
		status, ours, err := r.pkg(ctx, name)
		s.Result(ctx, Package, name, status, err, "foreign", yes(!ours && err == nil))
		if err != nil {
			return
		}
		for _, v := range r.in.Versions {
			if ctx.Err() != nil {
				return
			}
			status, err := r.version(ctx, release{name, v}, ours)
			s.Result(ctx, Version, name+"/"+v, status, err, "package", name, "version", v)
		}
	})
}

func yes(b bool) string {
	if b {
		return "true"
	}
	return ""
}

// pkg makes a package. One that somebody else made is used: versions of ours are added to it.
func (r *runner) pkg(ctx context.Context, name string) (status event.Status, ours bool, err error) {
	out, err := r.c.IoT.GetPackage(ctx, &iot.GetPackageInput{PackageName: &name})
	if cloud.Is(err, cloud.NotFound) {
		_, err = r.c.IoT.CreatePackage(ctx, &iot.CreatePackageInput{PackageName: &name, Tags: fleet.Tags(),
			Description: aws.String("Firmware of the thing type " + name)})
		if err != nil {
			return "", false, fmt.Errorf("create package %s: %w", name, err)
		}
		return event.Created, true, nil
	}
	if err != nil {
		return "", false, fmt.Errorf("look for package %s: %w", name, err)
	}
	tags, err := fleet.ResourceTags(ctx, r.c, aws.ToString(out.PackageArn))
	return event.Exists, fleet.Ours(tags), err
}

// version makes sure of a published package version. ourPackage tells whether its package is ours.
func (r *runner) version(ctx context.Context, rel release, ourPackage bool) (event.Status, error) {
	out, err := r.c.IoT.GetPackageVersion(ctx, &iot.GetPackageVersionInput{PackageName: &rel.thingType, VersionName: &rel.version})
	if cloud.Is(err, cloud.NotFound) {
		return event.Created, r.createVersion(ctx, rel)
	}
	if err != nil {
		return "", fmt.Errorf("look for package version %s/%s: %w", rel.thingType, rel.version, err)
	}
	if out.Status != iottypes.PackageVersionStatusDraft {
		return event.Exists, r.checkArtifact(ctx, rel, out.Artifact)
	}
	if !ourPackage {
		tags, err := fleet.ResourceTags(ctx, r.c, aws.ToString(out.PackageVersionArn))
		if err != nil {
			return "", err
		}
		if !fleet.Ours(tags) {
			return "", fleet.Foreign("package version", rel.thingType+"/"+rel.version, "it is a draft; publish it, or choose another version")
		}
	}
	if err := r.amend(ctx, rel, out); err != nil {
		return "", err
	}
	return event.Repaired, r.publish(ctx, rel)
}

func (r *runner) createVersion(ctx context.Context, rel release) error {
	attributes, art := r.contents(rel)
	_, err := r.c.IoT.CreatePackageVersion(ctx, &iot.CreatePackageVersionInput{PackageName: &rel.thingType, VersionName: &rel.version,
		Attributes: attributes, Artifact: art, Tags: fleet.Tags()})
	if err != nil {
		return fmt.Errorf("create package version %s/%s: %w", rel.thingType, rel.version, err)
	}
	return r.publish(ctx, rel)
}

// contents are a version's attributes and artifact.
func (r *runner) contents(rel release) (map[string]string, *iottypes.PackageVersionArtifact) {
	r.mu.Lock()
	a := r.artifacts[fleet.FirmwareKey(rel.thingType, rel.version)]
	r.mu.Unlock()
	attributes := map[string]string{fleet.AttrSigningKey: fleet.SigningKey, fleet.AttrOverride: "true", fleet.AttrSHA256: a.digest}
	return attributes, &iottypes.PackageVersionArtifact{S3Location: &iottypes.S3Location{Bucket: &r.bucket, Key: &a.key, Version: &a.version}}
}

// amend gives a draft the attributes and the artifact that are planned.
func (r *runner) amend(ctx context.Context, rel release, draft *iot.GetPackageVersionOutput) error {
	attributes, art := r.contents(rel)
	if maps.Equal(draft.Attributes, attributes) && sameArtifact(draft.Artifact, art) {
		return nil
	}
	_, err := r.c.IoT.UpdatePackageVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: &rel.thingType, VersionName: &rel.version,
		Attributes: attributes, Artifact: art})
	if err != nil {
		return fmt.Errorf("complete the draft of package version %s/%s: %w", rel.thingType, rel.version, err)
	}
	return nil
}

func (r *runner) publish(ctx context.Context, rel release) error {
	_, err := r.c.IoT.UpdatePackageVersion(ctx, &iot.UpdatePackageVersionInput{PackageName: &rel.thingType, VersionName: &rel.version,
		Action: iottypes.PackageVersionActionPublish})
	if err != nil {
		return fmt.Errorf("publish package version %s/%s: %w", rel.thingType, rel.version, err)
	}
	return nil
}

func sameArtifact(a, b *iottypes.PackageVersionArtifact) bool {
	if a == nil || a.S3Location == nil {
		return false
	}
	x, y := a.S3Location, b.S3Location
	return aws.ToString(x.Bucket) == *y.Bucket && aws.ToString(x.Key) == *y.Key && aws.ToString(x.Version) == *y.Version
}

// checkArtifact makes sure that what a published version points to is there: it is frozen, so only a person can mend it.
func (r *runner) checkArtifact(ctx context.Context, rel release, art *iottypes.PackageVersionArtifact) error {
	if _, planned := r.contents(rel); sameArtifact(art, planned) {
		return nil
	}
	if art != nil && art.S3Location != nil {
		at := art.S3Location
		_, err := r.c.S3.HeadObject(ctx, &s3.HeadObjectInput{Bucket: at.Bucket, Key: at.Key, VersionId: at.Version})
		if err == nil {
			return nil
		}
		if !cloud.Is(err, cloud.NotFound) && !cloud.Is(err, cloud.Invalid) { // a version id of another bucket is invalid
			return fmt.Errorf("look for s3://%s/%s: %w", aws.ToString(at.Bucket), aws.ToString(at.Key), err)
		}
	}
	return &event.Fault{Class: ClassNoArtifact, Message: "package version " + rel.thingType + "/" + rel.version +
		" is published and its firmware is not in S3: delete this package version and run again, or choose another version"}
}

// ClassNoArtifact is the fault of a published package version whose firmware is gone.
const ClassNoArtifact = "no-artifact"
