package cleanup

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// buckets finds our firmware buckets and reads what provisioning keeps in them.
func (l *look) buckets(ctx context.Context) error {
	found, err := fleet.FindBuckets(ctx, l.c)
	errs := []error{err}
	for _, name := range found.Ours {
		if l.plan.Input.Scope == All {
			l.ours(Bucket, Item{Name: name, By: ByTag})
		}
		kept, err := fleet.LoadSettings(ctx, l.c, name)
		if err != nil {
			l.plan.Unread = append(l.plan.Unread, name)
		}
		errs = append(errs, err)
		l.remember(kept)
	}
	for _, name := range found.Foreign {
		if l.plan.Input.Scope == All {
			l.foreign(Bucket, name)
		}
	}
	l.progress(Bucket, len(found.Ours)+len(found.Foreign))
	return errors.Join(errs...)
}

// remember takes what a bucket keeps into the plan; with several buckets the first one counts.
func (l *look) remember(kept fleet.Settings) {
	before := &l.plan.Before
	if before.Indexing == nil {
		before.Indexing = kept.Indexing
	}
	if before.Packages == nil {
		before.Packages = kept.Packages
	}
	before.Seeds = append(before.Seeds, kept.Seeds...)
}

// roles looks for the two roles by their names.
func (l *look) roles(ctx context.Context) error {
	var errs []error
	for _, name := range []string{fleet.JobsRole(l.c.Region, l.c.Account), fleet.ConfigRole(l.c.Region, l.c.Account)} {
		tags, err := fleet.RoleTags(ctx, l.c, name)
		switch {
		case cloud.Is(err, cloud.NotFound):
		case err != nil:
			errs = append(errs, err)
		case fleet.Ours(tags):
			l.ours(Role, Item{Name: name, By: ByTag})
		default:
			l.foreign(Role, name)
		}
	}
	l.progress(Role, 2)
	return errors.Join(errs...)
}

// configuration plans to put the package configuration back.
func (l *look) configuration(ctx context.Context) error {
	role := fleet.ConfigRole(l.c.Region, l.c.Account)
	foreign := l.plan.Before.Packages == nil && slices.Contains(l.plan.Foreign[Role].Names, role)
	if foreign || len(l.plan.Unread) > 0 { // not our doing, or nobody knows what was there before
		return nil
	}
	out, err := l.c.IoT.GetPackageConfiguration(ctx, &iot.GetPackageConfigurationInput{})
	if err != nil {
		return fmt.Errorf("read the package configuration: %w", err)
	}
	now := fleet.PackagesNow(out)
	if then := thenPackages(l.c, now, l.plan.Before); then != nil {
		l.plan.Settings = append(l.plan.Settings, Setting{Configuration, now.String(), then.String()})
	}
	return nil
}

// thenPackages is the package configuration to put back; nil when it is not ours, or off already. Our role marks it as
// ours: without a record of what was there before, it is switched off, since the role goes.
func thenPackages(c *cloud.Cloud, now fleet.PackageSettings, before fleet.Settings) *fleet.PackageSettings {
	if now.RoleARN != c.RoleARN(fleet.ConfigRole(c.Region, c.Account)) {
		return nil
	}
	then := fleet.PackageSettings{}
	if before.Packages != nil {
		then = *before.Packages
	}
	if then.Enabled == now.Enabled && then.RoleARN == "" {
		return nil
	}
	return &then
}

// indexing plans to put the indexing configuration back. Without a record of what it was before, it was not changed by us.
func (l *look) indexing(ctx context.Context) error {
	if l.plan.Before.Indexing == nil || len(l.plan.Unread) > 0 {
		return nil
	}
	out, err := l.c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{})
	if err != nil {
		return fmt.Errorf("read the indexing configuration: %w", err)
	}
	now := fleet.IndexingNow(out)
	if then := now.Undo(*l.plan.Before.Indexing); !then.Equal(now) {
		l.plan.Settings = append(l.plan.Settings, Setting{Indexing, now.String(), then.String()})
	}
	return nil
}
