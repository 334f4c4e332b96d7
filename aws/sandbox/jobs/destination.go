package jobs

import (
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// The two version names that are not names (AWS IoT developer guide, software package catalog).
const (
	defaultVersion = "$default" // the package's default version when the job is created
	noVersion      = "$null"    // remove the package from the device
)

// maxDestinations is how many package versions a job may install (AWS IoT API reference, CreateJob).
const maxDestinations = 25

// errNullVersion is AWS's refusal of a document that refers to a package that the job removes.
var errNullVersion = invalid("$null is not allowed to be referenced as a package version in job documents.")

// destination is a package version that a device has after it succeeded.
type destination struct {
	Package string `json:"package"`
	Version string `json:"version"`
	Default bool   `json:"default,omitempty"` // given as $default
}

// name is the version as the job was given it, which is how its document has to name it.
func (d destination) name() string {
	if d.Default {
		return defaultVersion
	}
	return d.Version
}

type destinations []destination

// resolveDestinations reads package version ARNs and checks that a job may install them. Unconfirmed: an
// unknown package or version is ResourceNotFoundException; two versions of one package are refused.
func resolveDestinations(tx *store.Tx, r *realm.Realm, arns []string) (destinations, error) {
	if len(arns) > maxDestinations {
		return nil, invalid("destinationPackageVersions has %d entries; give at most %d", len(arns), maxDestinations)
	}
	var out destinations
	for _, arn := range arns {
		d, err := parseDestination(r, arn)
		if err != nil {
			return nil, err
		}
		if slices.ContainsFunc(out, func(o destination) bool { return o.Package == d.Package }) {
			return nil, invalid("destinationPackageVersions names package %s twice; a device has one version of it.", d.Package)
		}
		d.Default = d.Version == defaultVersion
		if d.Version, err = deployable(tx, d); err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

func parseDestination(r *realm.Realm, arn string) (destination, error) {
	if !strings.HasPrefix(arn, "arn:aws:iot:") {
		return destination{}, invalid("%s is not a package version ARN; it looks like %s", arn, r.ARN("package/NAME/version/VERSION"))
	}
	rest, ours := strings.CutPrefix(arn, r.ARN("package/"))
	pkg, version, found := strings.Cut(rest, "/version/")
	switch {
	case !ours && !strings.Contains(arn, ":package/"), ours && (!found || pkg == "" || version == ""):
		return destination{}, invalid("%s is not a package version ARN; it looks like %s", arn, r.ARN("package/NAME/version/VERSION"))
	case !ours:
		return destination{}, missing("Package version %s does not exist in this account and Region.", arn)
	}
	return destination{Package: pkg, Version: version}, nil
}

// deployable is the version's own name when a job may install it.
func deployable(tx *store.Tx, d destination) (string, error) {
	var byDefault sql.NullString
	err := tx.Row(`SELECT default_version FROM packages WHERE name=?`, []any{d.Package}, &byDefault)
	if errors.Is(err, store.ErrNoRow) {
		return "", missing("Package %s does not exist.", d.Package)
	}
	switch {
	case err != nil:
		return "", err
	case d.Version == noVersion:
		return d.Version, nil
	case d.Version == defaultVersion && !byDefault.Valid:
		return "", invalid("Package %s has no default version.", d.Package)
	case d.Version == defaultVersion:
		d.Version = byDefault.String
	}
	var status string
	err = tx.Row(`SELECT status FROM package_versions WHERE package=? AND name=?`, []any{d.Package, d.Version}, &status)
	switch {
	case errors.Is(err, store.ErrNoRow):
		return "", missing("Package %s has no version %s.", d.Package, d.Version)
	case err != nil:
		return "", err
	case status == "DRAFT":
		return "", invalid("Package %s version %s is a draft; publish it before a job installs it.", d.Package, d.Version)
	}
	return d.Version, nil
}

// check refuses a placeholder whose package version is not among the destinations. Both must name the version alike, also
// when it is $default (AWS IoT developer guide, preparing the job document and package version for deployment).
func (ds destinations) check(p placeholder) error {
	d, err := ds.find(p)
	if err != nil || p.pkg == "" || d.name() == p.ver {
		return err
	}
	return invalid("The job document refers to package %s version %s and destinationPackageVersions to version %s; name it alike.",
		p.pkg, p.ver, d.name())
}

// find is the destination that a placeholder means.
func (ds destinations) find(p placeholder) (destination, error) {
	if p.pkg == "" {
		if len(ds) != 1 {
			return destination{}, invalid("Cannot resolve empty package name and version name given multiple elements in destination package versions.")
		}
		return ds.referable(ds[0])
	}
	for _, d := range ds {
		if d.Package == p.pkg && (d.Version == p.ver || p.ver == defaultVersion) {
			return ds.referable(d)
		}
	}
	return destination{}, invalid("The job document refers to package %s version %s, which is not in destinationPackageVersions.", p.pkg, p.ver)
}

func (ds destinations) referable(d destination) (destination, error) {
	if d.Version == noVersion {
		return d, errNullVersion
	}
	return d, nil
}

// arns names the destinations with the versions that they were resolved to.
func (ds destinations) arns(r *realm.Realm) []string {
	var out []string
	for _, d := range ds {
		out = append(out, r.ARN("package/"+d.Package+"/version/"+d.Version))
	}
	return out
}

// column is the destinations as the table jobs keeps them.
func (ds destinations) column() (sql.NullString, error) {
	if len(ds) == 0 {
		return sql.NullString{}, nil
	}
	text, err := json.Marshal(ds)
	return sql.NullString{String: string(text), Valid: true}, err
}

func parseDestinations(column sql.NullString) (destinations, error) {
	if !column.Valid {
		return nil, nil
	}
	var ds destinations
	if err := json.Unmarshal([]byte(column.String), &ds); err != nil {
		return nil, fmt.Errorf("destination package versions %s: %w", column.String, err)
	}
	return ds, nil
}

// attributes is the placeholder's value: the package version's attributes as an object, or one of them.
func (ds destinations) attributes(tx *store.Tx, p placeholder) (value, error) {
	d, err := ds.find(p)
	if err != nil {
		return value{}, err
	}
	var text string
	if err := tx.Row(`SELECT attributes_json FROM package_versions WHERE package=? AND name=?`,
		[]any{d.Package, d.Version}, &text); err != nil {
		return value{}, err
	}
	if p.key == "" {
		return value{raw: json.RawMessage(text)}, nil
	}
	var all map[string]string
	if err := json.Unmarshal([]byte(text), &all); err != nil {
		return value{}, fmt.Errorf("attributes of package %s version %s: %w", d.Package, d.Version, err)
	}
	one, found := all[p.key]
	if !found {
		return value{}, invalid("Package %s version %s has no attribute %s.", d.Package, d.Version, p.key)
	}
	return value{text: one}, nil
}

// object is where something lies in S3.
type object struct {
	Bucket  string `json:"bucket"`
	Key     string `json:"key"`
	Version string `json:"version"`
}

// artifact is where the artifact lies that the placeholder means.
func (ds destinations) artifact(tx *store.Tx, p placeholder) (object, error) {
	d, err := ds.find(p)
	if err != nil {
		return object{}, err
	}
	var text sql.NullString
	err = tx.Row(`SELECT artifact_json FROM package_versions WHERE package=? AND name=?`, []any{d.Package, d.Version}, &text)
	if errors.Is(err, store.ErrNoRow) {
		return object{}, invalid("Package %s version %s, whose artifact the job delivers, does not exist any more.", d.Package, d.Version)
	}
	var o object
	if err == nil && text.Valid {
		err = json.Unmarshal([]byte(text.String), &o)
	}
	if err != nil {
		return object{}, fmt.Errorf("artifact of package %s version %s: %w", d.Package, d.Version, err)
	}
	if o.Bucket == "" {
		return o, invalid("Package %s version %s does not have an associated artifact to generate an S3 presigned url.", d.Package, d.Version)
	}
	return o, nil
}
