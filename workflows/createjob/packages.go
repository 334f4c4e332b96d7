package createjob

import (
	"context"
	"slices"

	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/workflows/fleet"
)

const statusDeprecated = string(iottypes.PackageVersionStatusDeprecated)

// packages finds the packages and their versions.
func (pr preparer) packages(ctx context.Context, p *Plan) error {
	items := pr.in.Packages
	if len(items) == 0 && pr.in.Type == Custom {
		return nil
	}
	all, err := packageNames(ctx, pr.cloud)
	if err != nil {
		return err
	}
	if len(items) == 0 {
		if len(all) == 0 {
			return notInCloud(FieldPackage, "", "", nil)
		}
		items = []string{all[0].Name}
	}
	p.Packages = make([]Installed, len(items))
	return each(ctx, pr.st.Workers(lookups), len(items), func(ctx context.Context, i int) (err error) {
		p.Packages[i], err = pr.installed(ctx, all, items[i])
		return err
	})
}

// installed finds the version that an item of the package field means.
func (pr preparer) installed(ctx context.Context, all []Package, item string) (Installed, error) {
	name, version := PackageVersion(item)
	i := slices.IndexFunc(all, func(p Package) bool { return p.Name == name })
	if i < 0 {
		var names []string
		for _, p := range all {
			names = append(names, p.Name)
		}
		return Installed{}, notInCloud(FieldPackage, pr.in.Get(FieldPackage), name, names)
	}
	field := FieldPackage
	switch version {
	case "":
		field, version = FieldVersion, pr.in.Version
	case DefaultVersion:
		if version = all[i].Default; version == "" {
			return Installed{}, fleet.Refuse(FieldPackage, pr.in.Get(FieldPackage), fleet.NotInCloud, "item", item, "choices", name+"/1.0.0")
		}
	}
	versions, err := listVersions(ctx, pr.cloud, name)
	if err != nil {
		return Installed{}, err
	}
	chosen, err := choose(field, versions, version)
	if err != nil {
		return Installed{}, err
	}
	return pr.artifact(ctx, Installed{Package: name, Version: chosen.Name, Status: chosen.Status,
		ARN: pr.cloud.ARN("package/" + name + "/version/" + chosen.Name)})
}

// choose finds the version wanted, or the newest published one, among versions from the newest to the oldest.
func choose(field string, versions []Version, wanted string) (Version, error) {
	var names []string
	for _, v := range versions {
		names = append(names, v.Name)
		if v.Name == wanted && !v.Installable() {
			return v, fleet.Refuse(field, wanted, fleet.NotPublished, "item", wanted, "status", v.Status)
		}
		if v.Name == wanted || wanted == "" && v.Published() {
			return v, nil
		}
	}
	if wanted == "" && len(versions) > 0 {
		return Version{}, fleet.Refuse(field, "", fleet.NotPublished, "item", names[0], "status", versions[0].Status)
	}
	return Version{}, notInCloud(field, wanted, wanted, names)
}

// artifact reads where the version's file is. AWS makes no over-the-air document for a version without one.
func (pr preparer) artifact(ctx context.Context, in Installed) (Installed, error) {
	at, err := ArtifactOf(ctx, pr.cloud, in.Package, in.Version)
	if err != nil {
		return in, err
	}
	if at == "" && pr.in.Type == OTA {
		item := in.Package + "/" + in.Version
		return in, fleet.Refuse(FieldPackage, item, fleet.NoArtifact, "item", item)
	}
	in.Artifact = at
	return in, nil
}
