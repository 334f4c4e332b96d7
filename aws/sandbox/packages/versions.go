package packages

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

type version struct {
	pkg, name           string
	description, recipe *string
	attributes          string  // JSON
	artifact            *string // JSON of an artifact, or nil
	status              types.PackageVersionStatus
	created, modified   int64
}

// artifact is where a version's file lies in S3, as it is stored.
type artifact struct {
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Version string `json:"version,omitempty"`
}

const versionColumns = "SELECT package, name, description, recipe, attributes_json, artifact_json, status, created_at, modified_at FROM package_versions "

func (v *version) scan(scan func(...any) error) error {
	return scan(&v.pkg, &v.name, &v.description, &v.recipe, &v.attributes, &v.artifact, &v.status, &v.created, &v.modified)
}

// needVersion reads one version that must exist.
func needVersion(tx *store.Tx, pkg, name string) (*version, error) {
	v := &version{}
	err := v.scan(func(dest ...any) error {
		return tx.Row(versionColumns+"WHERE package=? AND name=?", []any{pkg, name}, dest...)
	})
	if errors.Is(err, store.ErrNoRow) {
		return nil, notFound("Version %s of package %s does not exist", name, pkg)
	}
	return v, err
}

func (h *handlers) versionARN(pkg, name string) string {
	return h.r.ARN("package/" + pkg + "/version/" + name)
}

// encodeAttributes is the stored form of a version's attributes, which may take 3 KB.
func encodeAttributes(attrs map[string]string) (string, error) {
	if len(attrs) == 0 {
		return "{}", nil
	}
	size := 0
	for k, v := range attrs {
		size += len(k) + len(v)
	}
	if size > maxAttributeBytes {
		return "", invalid("The attributes take %d bytes; at most %d are allowed", size, maxAttributeBytes)
	}
	b, err := json.Marshal(attrs)
	return string(b), err
}

// encodeArtifact is the stored form of an artifact. Whether AWS looks for the object could not be confirmed; it
// is not looked for here.
func encodeArtifact(a *types.PackageVersionArtifact) (*string, error) {
	if a == nil || a.S3Location == nil {
		return nil, nil
	}
	l := a.S3Location
	if l.Bucket == nil || l.Key == nil {
		return nil, invalid("An artifact needs the bucket and the key of its S3 object")
	}
	stored := artifact{Bucket: *l.Bucket, Key: *l.Key}
	if l.Version != nil {
		stored.Version = *l.Version
	}
	b, err := json.Marshal(stored)
	s := string(b)
	return &s, err
}

// createVersion makes a draft. CreatePackageVersion declares no ResourceNotFoundException, so an unknown package
// is a ValidationException; that could not be confirmed.
func (h *handlers) createVersion(_ context.Context, in *iot.CreatePackageVersionInput) (*iot.CreatePackageVersionOutput, error) {
	attrs, err := encodeAttributes(in.Attributes)
	if err != nil {
		return nil, err
	}
	file, err := encodeArtifact(in.Artifact)
	if err != nil {
		return nil, err
	}
	pkg, name := *in.PackageName, *in.VersionName
	arn := h.versionARN(pkg, name)
	out := &iot.CreatePackageVersionOutput{
		PackageName: &pkg, VersionName: &name, PackageVersionArn: &arn, Description: in.Description,
		Attributes: in.Attributes, Status: types.PackageVersionStatusDraft,
	}
	err = h.once("CreatePackageVersion", in.ClientToken, in, out, func(tx *store.Tx) error {
		if err := h.insertVersion(tx, in, attrs, file); err != nil {
			return err
		}
		return setTags(tx, arn, in.Tags)
	})
	return out, err
}

func (h *handlers) insertVersion(tx *store.Tx, in *iot.CreatePackageVersionInput, attrs string, file *string) error {
	pkg, name := *in.PackageName, *in.VersionName
	found, err := exists(tx, pkg)
	if err != nil {
		return err
	}
	if !found {
		return invalid("Package %s does not exist. Create it first", pkg)
	}
	const q = `INSERT INTO package_versions(package,name,description,recipe,attributes_json,artifact_json,status,created_at,modified_at)
		VALUES(?1,?2,?3,?4,?5,?6,'DRAFT',?7,?7) ON CONFLICT DO NOTHING`
	n, err := tx.Exec(q, pkg, name, in.Description, in.Recipe, attrs, file, store.Millis(h.r.Now()))
	if err != nil {
		return err
	}
	if n == 0 {
		return conflict(name, "Version %s of package %s already exists", name, pkg)
	}
	if err := tx.Row("SELECT count(*) FROM package_versions", nil, &n); err != nil {
		return err
	}
	if n > maxVersions {
		return tooMany("This account has %d package versions, which is the quota. Delete one first", maxVersions)
	}
	return nil
}

func (h *handlers) getVersion(_ context.Context, in *iot.GetPackageVersionInput) (*iot.GetPackageVersionOutput, error) {
	var v *version
	err := h.r.Store.View(func(tx *store.Tx) (err error) {
		v, err = needVersion(tx, *in.PackageName, *in.VersionName)
		return err
	})
	if err != nil {
		return nil, err
	}
	arn, created, modified := h.versionARN(v.pkg, v.name), store.Time(v.created), store.Time(v.modified)
	out := &iot.GetPackageVersionOutput{
		PackageName: &v.pkg, VersionName: &v.name, PackageVersionArn: &arn, Description: v.description, Recipe: v.recipe,
		Status: v.status, CreationDate: &created, LastModifiedDate: &modified,
	}
	if err := json.Unmarshal([]byte(v.attributes), &out.Attributes); err != nil {
		return nil, fmt.Errorf("read attributes of %s: %w", arn, err)
	}
	if v.artifact != nil {
		var a artifact
		if err := json.Unmarshal([]byte(*v.artifact), &a); err != nil {
			return nil, fmt.Errorf("read artifact of %s: %w", arn, err)
		}
		out.Artifact = &types.PackageVersionArtifact{S3Location: &types.S3Location{Bucket: &a.Bucket, Key: &a.Key}}
		if a.Version != "" {
			out.Artifact.S3Location.Version = &a.Version
		}
	}
	return out, nil
}

// updateVersion keeps what is left out. Once published, attributes and artifact are frozen. A change that the
// status does not allow is a ConflictException, which could not be confirmed.
func (h *handlers) updateVersion(_ context.Context, in *iot.UpdatePackageVersionInput) (*iot.UpdatePackageVersionOutput, error) {
	attrs, err := encodeAttributes(in.Attributes)
	if err != nil {
		return nil, err
	}
	file, err := encodeArtifact(in.Artifact)
	if err != nil {
		return nil, err
	}
	out := &iot.UpdatePackageVersionOutput{}
	err = h.once("UpdatePackageVersion", in.ClientToken, in, out, func(tx *store.Tx) error {
		v, err := needVersion(tx, *in.PackageName, *in.VersionName)
		if err != nil {
			return err
		}
		if v.status != types.PackageVersionStatusDraft && (in.Attributes != nil || in.Artifact != nil) {
			return conflict(v.name, "Version %s of package %s is %s; the attributes and the artifact of a draft only can be changed. Create another version",
				v.name, v.pkg, v.status)
		}
		if in.Attributes != nil {
			v.attributes = attrs
		}
		if in.Artifact != nil {
			v.artifact = file
		}
		if v.status, err = v.next(in.Action); err != nil {
			return err
		}
		const q = `UPDATE package_versions SET description=coalesce(?,description), recipe=coalesce(?,recipe), attributes_json=?,
			artifact_json=?, status=?, modified_at=? WHERE package=? AND name=?`
		_, err = tx.Exec(q, in.Description, in.Recipe, v.attributes, v.artifact, string(v.status), store.Millis(h.r.Now()), v.pkg, v.name)
		return err
	})
	return out, err
}

// next is the status that an action leads to: DRAFT, then PUBLISHED, then DEPRECATED and back. Asking for the status
// that the version has already changes nothing.
func (v *version) next(action types.PackageVersionAction) (types.PackageVersionStatus, error) {
	switch {
	case action == types.PackageVersionActionPublish:
		return types.PackageVersionStatusPublished, nil
	case action == types.PackageVersionActionDeprecate && v.status == types.PackageVersionStatusDraft:
		return "", conflict(v.name, "Version %s of package %s is a draft and cannot be deprecated. Publish it first", v.name, v.pkg)
	case action == types.PackageVersionActionDeprecate:
		return types.PackageVersionStatusDeprecated, nil
	default:
		return v.status, nil
	}
}

// deleteVersion refuses the default version. As with packages, one that does not exist is taken as deleted.
func (h *handlers) deleteVersion(_ context.Context, in *iot.DeletePackageVersionInput) (*iot.DeletePackageVersionOutput, error) {
	pkg, name := *in.PackageName, *in.VersionName
	out := &iot.DeletePackageVersionOutput{}
	err := h.once("DeletePackageVersion", in.ClientToken, in, out, func(tx *store.Tx) error {
		n := 0
		if err := tx.Row("SELECT EXISTS(SELECT 1 FROM packages WHERE name=? AND default_version=?)", []any{pkg, name}, &n); err != nil {
			return err
		}
		if n != 0 {
			return invalid("Version %s is the default version of package %s and cannot be deleted. Unset the default version first", name, pkg)
		}
		if _, err := tx.Exec("DELETE FROM package_versions WHERE package=? AND name=?", pkg, name); err != nil {
			return err
		}
		return tag.Clear(tx, h.versionARN(pkg, name))
	})
	return out, err
}

// listVersions answers an empty list for a package that does not exist: ListPackageVersions declares no
// ResourceNotFoundException.
func (h *handlers) listVersions(_ context.Context, in *iot.ListPackageVersionsInput) (*iot.ListPackageVersionsOutput, error) {
	list := page.Of("ListPackageVersions", *in.PackageName, string(in.Status))
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	out := &iot.ListPackageVersionsOutput{PackageVersionSummaries: []types.PackageVersionSummary{}}
	err = h.r.Store.View(func(tx *store.Tx) error {
		const q = versionColumns + "WHERE package=?1 AND name>?2 AND (?3='' OR status=?3) ORDER BY name LIMIT ?4"
		return tx.Each(q, []any{*in.PackageName, from, string(in.Status), size + 1}, func(scan func(...any) error) error {
			v := version{}
			err := v.scan(scan)
			created, modified := store.Time(v.created), store.Time(v.modified)
			out.PackageVersionSummaries = append(out.PackageVersionSummaries, types.PackageVersionSummary{
				PackageName: &v.pkg, VersionName: &v.name, Status: v.status, CreationDate: &created, LastModifiedDate: &modified,
			})
			return err
		})
	})
	out.PackageVersionSummaries, out.NextToken = page.Cut(list, out.PackageVersionSummaries, size,
		func(v types.PackageVersionSummary) string { return *v.VersionName })
	return out, err
}
