package cleanup

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/workflows/fleet"
)

// packages deletes the package versions and then the packages. A default version is unset first, since AWS refuses to
// delete it (AWS IoT API reference, DeletePackageVersion).
func (r *runner) packages(ctx context.Context, s *fleet.Step) {
	versions, all := r.plan.Items[Version], r.plan.Items[Package]
	s.Expect(Version, len(versions))
	s.Expect(Package, len(all))
	fleet.Each(ctx, s, fewWorkers, versions, func(ctx context.Context, v Item) {
		status, err := removal(r.packageVersion(ctx, v))
		r.done(ctx, s, Version, v.Name, status, wrap(err, "delete package version "+v.Name))
	})
	fleet.Each(ctx, s, fewWorkers, all, func(ctx context.Context, p Item) {
		_, err := r.c.IoT.DeletePackage(ctx, &iot.DeletePackageInput{PackageName: &p.Name})
		status, err := removal(err)
		r.done(ctx, s, Package, p.Name, status, wrap(err, "delete package "+p.Name))
	})
}

func (r *runner) packageVersion(ctx context.Context, v Item) error {
	pkg, version, _ := strings.Cut(v.Name, "/")
	if v.State == Default {
		unset := true
		_, err := r.c.IoT.UpdatePackage(ctx, &iot.UpdatePackageInput{PackageName: &pkg, UnsetDefaultVersion: &unset})
		if err != nil {
			return err
		}
	}
	_, err := r.c.IoT.DeletePackageVersion(ctx, &iot.DeletePackageVersionInput{PackageName: &pkg, VersionName: &version})
	return err
}
