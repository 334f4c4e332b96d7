package cleanup

import (
	"context"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// settings puts the account's settings back to what they were before the first run.
func (r *runner) settings(ctx context.Context, s *fleet.Step) {
	for range r.plan.Unread {
		s.Fail(ctx, Configuration, "*", &event.Fault{Class: ClassLeft,
			Message: "what the settings were before could not be read, so they stay as they are: see the bucket's error"})
	}
	for _, setting := range r.plan.Settings {
		s.Expect(setting.Resource, 1)
		switch setting.Resource {
		case Configuration:
			r.done(ctx, s, Configuration, Configuration, event.Restored, r.restorePackages(ctx), "then", setting.Then)
		case Indexing:
			r.restoreIndexing(ctx, s, setting)
		}
	}
}

func (r *runner) restorePackages(ctx context.Context) error {
	out, err := r.c.IoT.GetPackageConfiguration(ctx, &iot.GetPackageConfigurationInput{})
	if err != nil {
		return fmt.Errorf("read the package configuration: %w", err)
	}
	then := thenPackages(r.c, fleet.PackagesNow(out), r.plan.Before)
	if then == nil {
		return nil
	}
	config := &iottypes.VersionUpdateByJobsConfig{Enabled: &then.Enabled}
	if then.RoleARN != "" {
		config.RoleArn = &then.RoleARN
	}
	_, err = r.c.IoT.UpdatePackageConfiguration(ctx, &iot.UpdatePackageConfigurationInput{VersionUpdateByJobsConfig: config})
	return wrap(err, "put the package configuration back")
}

// restoreIndexing puts the indexing configuration back, unless dynamic groups that are not ours need the index.
func (r *runner) restoreIndexing(ctx context.Context, s *fleet.Step, setting Setting) {
	err := r.undoIndexing(ctx)
	if cloud.Is(err, cloud.Invalid) {
		if needed, looked := r.dynamicGroups(ctx); looked == nil && needed {
			r.kept(s, Indexing, Indexing, ReasonInUse)
			return
		}
	}
	r.done(ctx, s, Indexing, Indexing, event.Restored, err, "then", setting.Then)
}

func (r *runner) undoIndexing(ctx context.Context) error {
	out, err := r.c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{})
	if err != nil {
		return fmt.Errorf("read the indexing configuration: %w", err)
	}
	now := fleet.IndexingNow(out)
	then := now.Undo(*r.plan.Before.Indexing)
	if then.Equal(now) {
		return nil
	}
	_, err = r.c.IoT.UpdateIndexingConfiguration(ctx, then.Change(out))
	return wrap(err, "put the indexing configuration back")
}

// dynamicGroups tells whether there are any.
func (r *runner) dynamicGroups(ctx context.Context) (bool, error) {
	pages := iot.NewListThingGroupsPaginator(r.c.IoT, &iot.ListThingGroupsInput{MaxResults: aws.Int32(registryPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return false, err
		}
		for _, g := range out.ThingGroups {
			d, err := r.c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: g.GroupName})
			if err == nil && d.QueryString != nil {
				return true, nil
			}
		}
	}
	return false, nil
}
