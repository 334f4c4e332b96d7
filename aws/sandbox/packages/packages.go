// Package packages is the sandbox's Software Package Catalog: packages, their versions, and the account's
// package configuration, as the AWS IoT developer guide describes them.
//
// Jobs read the tables packages and package_versions, and the setting ConfigurationSetting.
package packages

import (
	"context"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS General Reference, software package quotas.
const (
	maxPackages       = 100
	maxVersions       = 10_000
	maxAttributeBytes = 3 * 1024
)

// pageSize is how many entries a list returns unless asked for another number. AWS documents only the maximum
// of 100.
const pageSize = 25

type handlers struct{ r *realm.Realm }

// Known differences from AWS that several operations share.
const (
	unknownDeleted = "Deleting what does not exist succeeds; AWS declares no error for it, and what it answers could not be confirmed."
	tokenReuse     = "A client token is remembered for 24 hours, and with another request it is a ValidationException; AWS documents neither."
)

// Register adds the catalog's operations to a server.
func Register(s *wire.Server, r *realm.Realm) {
	h := &handlers{r: r}
	const service = "iot"
	wire.Handle(s, service, "CreatePackage", h.createPackage, tokenReuse)
	wire.Handle(s, service, "GetPackage", h.getPackage)
	wire.Handle(s, service, "UpdatePackage", h.updatePackage,
		"A draft as the default version is a ConflictException, which could not be confirmed.", tokenReuse)
	wire.Handle(s, service, "DeletePackage", h.deletePackage, unknownDeleted, tokenReuse)
	wire.Handle(s, service, "ListPackages", h.listPackages)
	h.registerVersions(s, service)
	wire.Handle(s, service, "GetPackageConfiguration", h.getConfiguration)
	wire.Handle(s, service, "UpdatePackageConfiguration", h.updateConfiguration,
		"Enabling needs a role that AWS IoT can assume; whether AWS checks more than that, and with which words, could not be confirmed.", tokenReuse)
}

func (h *handlers) registerVersions(s *wire.Server, service string) {
	wire.Handle(s, service, "CreatePackageVersion", h.createVersion,
		"A version of an unknown package is a ValidationException, since AWS declares no ResourceNotFoundException; what it answers could not be confirmed.",
		"The object of an artifact is not looked for; whether AWS does so could not be confirmed.", tokenReuse)
	wire.Handle(s, service, "GetPackageVersion", h.getVersion,
		"There is never an errorReason or an SBOM.")
	wire.Handle(s, service, "UpdatePackageVersion", h.updateVersion,
		"A change that the version's status does not allow is a ConflictException, which could not be confirmed.", tokenReuse)
	wire.Handle(s, service, "DeletePackageVersion", h.deleteVersion, unknownDeleted, tokenReuse)
	wire.Handle(s, service, "ListPackageVersions", h.listVersions,
		"An unknown package has an empty list; what AWS answers could not be confirmed.")
}

func invalid(format string, args ...any) error {
	return &types.ValidationException{Message: text(format, args...)}
}

func notFound(format string, args ...any) error {
	return &types.ResourceNotFoundException{Message: text(format, args...)}
}

func conflict(resource, format string, args ...any) error {
	return &types.ConflictException{Message: text(format, args...), ResourceId: &resource}
}

func tooMany(format string, args ...any) error {
	return &types.ServiceQuotaExceededException{Message: text(format, args...)}
}

func text(format string, args ...any) *string {
	s := fmt.Sprintf(format, args...)
	return &s
}

// after opens a list's token; a foreign one is a ValidationException.
func after(l page.List, token *string) (string, error) {
	key, err := l.After(token)
	if errors.Is(err, page.ErrToken) {
		return "", invalid("%s", err)
	}
	return key, err
}

func (h *handlers) packageARN(name string) string { return h.r.ARN("package/" + name) }

// setTags tags a resource that is being created.
func setTags(tx *store.Tx, arn string, in map[string]string) error {
	tags := make([]tag.Tag, 0, len(in))
	for k, v := range in {
		tags = append(tags, tag.Tag{Key: k, Value: v})
	}
	if len(tags) == 0 {
		return nil
	}
	err := tag.Set(tx, arn, tags)
	switch {
	case errors.Is(err, tag.ErrTooMany):
		return tooMany("%s", err)
	case errors.Is(err, tag.ErrReserved):
		return invalid("%s", err)
	}
	return err
}

// exists answers whether there is such a package.
func exists(tx *store.Tx, name string) (bool, error) {
	n := 0
	err := tx.Row("SELECT EXISTS(SELECT 1 FROM packages WHERE name=?)", []any{name}, &n)
	return n != 0, err
}

func (h *handlers) createPackage(_ context.Context, in *iot.CreatePackageInput) (*iot.CreatePackageOutput, error) {
	arn, now := h.packageARN(*in.PackageName), store.Millis(h.r.Now())
	out := &iot.CreatePackageOutput{PackageName: in.PackageName, PackageArn: &arn, Description: in.Description}
	err := h.once("CreatePackage", in.ClientToken, in, out, func(tx *store.Tx) error {
		const q = "INSERT INTO packages(name,description,created_at,modified_at) VALUES(?,?,?,?) ON CONFLICT DO NOTHING"
		n, err := tx.Exec(q, *in.PackageName, in.Description, now, now)
		if err != nil {
			return err
		}
		if n == 0 {
			return conflict(*in.PackageName, "Package %s already exists", *in.PackageName)
		}
		if err := tx.Row("SELECT count(*) FROM packages", nil, &n); err != nil {
			return err
		}
		if n > maxPackages {
			return tooMany("This account has %d packages, which is the quota. Delete one first", maxPackages)
		}
		return setTags(tx, arn, in.Tags)
	})
	return out, err
}

func (h *handlers) getPackage(_ context.Context, in *iot.GetPackageInput) (*iot.GetPackageOutput, error) {
	arn := h.packageARN(*in.PackageName)
	out := &iot.GetPackageOutput{PackageName: in.PackageName, PackageArn: &arn}
	var created, modified int64
	err := h.r.Store.View(func(tx *store.Tx) error {
		const q = "SELECT description, default_version, created_at, modified_at FROM packages WHERE name=?"
		return tx.Row(q, []any{*in.PackageName}, &out.Description, &out.DefaultVersionName, &created, &modified)
	})
	if errors.Is(err, store.ErrNoRow) {
		return nil, notFound("Package %s does not exist", *in.PackageName)
	}
	c, m := store.Time(created), store.Time(modified)
	out.CreationDate, out.LastModifiedDate = &c, &m
	return out, err
}

// updatePackage keeps what is left out. A default version has to be published or deprecated; a draft is a
// ConflictException, which could not be confirmed.
func (h *handlers) updatePackage(_ context.Context, in *iot.UpdatePackageInput) (*iot.UpdatePackageOutput, error) {
	unset := in.UnsetDefaultVersion != nil && *in.UnsetDefaultVersion
	if unset && in.DefaultVersionName != nil {
		return nil, invalid("Give either defaultVersionName or unsetDefaultVersion, not both")
	}
	out := &iot.UpdatePackageOutput{}
	err := h.once("UpdatePackage", in.ClientToken, in, out, func(tx *store.Tx) error {
		found, err := exists(tx, *in.PackageName)
		if err != nil {
			return err
		}
		if !found {
			return notFound("Package %s does not exist", *in.PackageName)
		}
		if in.DefaultVersionName != nil {
			if err := checkDefault(tx, *in.PackageName, *in.DefaultVersionName); err != nil {
				return err
			}
		}
		const q = `UPDATE packages SET description=coalesce(?1,description), modified_at=?2,
			default_version=CASE WHEN ?3 THEN NULL ELSE coalesce(?4,default_version) END WHERE name=?5`
		_, err = tx.Exec(q, in.Description, store.Millis(h.r.Now()), unset, in.DefaultVersionName, *in.PackageName)
		return err
	})
	return out, err
}

func checkDefault(tx *store.Tx, pkg, name string) error {
	v, err := needVersion(tx, pkg, name)
	if err != nil {
		return err
	}
	if v.status == types.PackageVersionStatusDraft {
		return conflict(name, "Version %s of package %s is a draft and cannot be the default version. Publish it first", name, pkg)
	}
	return nil
}

// deletePackage refuses a package that has versions. DeletePackage declares no ResourceNotFoundException, so
// one that does not exist is taken as deleted; that could not be confirmed.
func (h *handlers) deletePackage(_ context.Context, in *iot.DeletePackageInput) (*iot.DeletePackageOutput, error) {
	out := &iot.DeletePackageOutput{}
	err := h.once("DeletePackage", in.ClientToken, in, out, func(tx *store.Tx) error {
		n := 0
		if err := tx.Row("SELECT count(*) FROM package_versions WHERE package=?", []any{*in.PackageName}, &n); err != nil {
			return err
		}
		if n > 0 {
			return invalid("Package %s has %d versions and cannot be deleted. Delete its versions first", *in.PackageName, n)
		}
		if _, err := tx.Exec("DELETE FROM packages WHERE name=?", *in.PackageName); err != nil {
			return err
		}
		return tag.Clear(tx, h.packageARN(*in.PackageName))
	})
	return out, err
}

func (h *handlers) listPackages(_ context.Context, in *iot.ListPackagesInput) (*iot.ListPackagesOutput, error) {
	list := page.Of("ListPackages")
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	out := &iot.ListPackagesOutput{PackageSummaries: []types.PackageSummary{}}
	err = h.r.Store.View(func(tx *store.Tx) error {
		const q = "SELECT name, default_version, created_at, modified_at FROM packages WHERE name>? ORDER BY name LIMIT ?"
		return tx.Each(q, []any{from, size + 1}, func(scan func(...any) error) error {
			var p types.PackageSummary
			var created, modified int64
			err := scan(&p.PackageName, &p.DefaultVersionName, &created, &modified)
			c, m := store.Time(created), store.Time(modified)
			p.CreationDate, p.LastModifiedDate = &c, &m
			out.PackageSummaries = append(out.PackageSummaries, p)
			return err
		})
	})
	out.PackageSummaries, out.NextToken = page.Cut(list, out.PackageSummaries, size, func(p types.PackageSummary) string { return *p.PackageName })
	return out, err
}
