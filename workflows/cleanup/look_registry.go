package cleanup

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/workflows/fleet"
)

// Page sizes: the most that the services give (AWS IoT API model).
const (
	registryPage = 250
	catalogPage  = 100
)

func (l *look) thingTypes(ctx context.Context) error {
	var all []tagged
	found := map[string]iottypes.ThingTypeDefinition{}
	pages := iot.NewListThingTypesPaginator(l.c.IoT, &iot.ListThingTypesInput{MaxResults: aws.Int32(registryPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list thing types: %w", err)
		}
		for _, t := range out.ThingTypes {
			all = append(all, tagged{aws.ToString(t.ThingTypeName), aws.ToString(t.ThingTypeArn)})
			found[aws.ToString(t.ThingTypeName)] = t
		}
	}
	return l.sortOut(ctx, ThingType, all, func(_ context.Context, t tagged) error {
		item := Item{Name: t.name, By: ByTag}
		if m := found[t.name].ThingTypeMetadata; m != nil && m.Deprecated {
			item.State, item.Since = Deprecated, aws.ToTime(m.DeprecationDate).Unix()
		}
		l.mu.Lock()
		l.ownTypes[t.name] = true
		l.mu.Unlock()
		if l.plan.Input.Scope == All {
			l.ours(ThingType, item)
		}
		return nil
	})
}

// typesInUse marks the thing types that things use which are not to go.
func (l *look) typesInUse(context.Context) error {
	for i, t := range l.plan.Items[ThingType] {
		if l.usage[t.Name] > 0 {
			l.plan.Items[ThingType][i].State = InUse
		}
	}
	return nil
}

func (l *look) things(ctx context.Context) error {
	pattern := fleet.ThingPattern(l.plan.Input.Prefix)
	pages := iot.NewListThingsPaginator(l.c.IoT, &iot.ListThingsInput{MaxResults: aws.Int32(registryPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list things: %w", err)
		}
		for _, t := range out.Things {
			if name := aws.ToString(t.ThingName); l.ownThing(pattern, t) {
				l.ours(Thing, Item{Name: name, By: ByName})
			} else {
				l.foreign(Thing, name)
				l.usage[aws.ToString(t.ThingTypeName)]++
			}
		}
		l.progress(Thing, len(out.Things))
	}
	return nil
}

// ownThing tells a thing of ours: its name is one of the prefix's, and its type carries our tag. Where provisioning had to
// use somebody else's thing type, the customer id decides: it follows from the name and the seed.
func (l *look) ownThing(pattern *regexp.Regexp, t iottypes.ThingAttribute) bool {
	m := pattern.FindStringSubmatch(aws.ToString(t.ThingName))
	if m == nil {
		return false
	}
	if l.ownTypes[aws.ToString(t.ThingTypeName)] {
		return true
	}
	n, err := strconv.Atoi(m[1])
	if err != nil || n < 1 {
		return false
	}
	for _, seed := range l.plan.Before.Seeds {
		v := fleet.NewVehicle(l.plan.Input.Prefix, n, []string{""}, []string{""}, seed)
		if t.Attributes[fleet.CustomerID] == v.Attributes()[fleet.CustomerID] {
			return true
		}
	}
	return false
}

// groups lists static and dynamic groups, which one call lists together.
func (l *look) groups(ctx context.Context) error {
	var all []tagged
	pages := iot.NewListThingGroupsPaginator(l.c.IoT, &iot.ListThingGroupsInput{MaxResults: aws.Int32(registryPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list thing groups: %w", err)
		}
		for _, g := range out.ThingGroups {
			all = append(all, tagged{aws.ToString(g.GroupName), aws.ToString(g.GroupArn)})
		}
	}
	return l.sortOut(ctx, Group, all, func(ctx context.Context, t tagged) error {
		out, err := l.c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: &t.name})
		if err != nil {
			return fmt.Errorf("look at thing group %s: %w", t.name, err)
		}
		kind, item := Group, Item{Name: t.name, By: ByTag}
		if out.QueryString != nil {
			kind = DynamicGroup
		}
		if out.ThingGroupMetadata != nil {
			item.Depth = len(out.ThingGroupMetadata.RootToParentThingGroups)
		}
		l.ours(kind, item)
		return nil
	})
}

func (l *look) jobs(ctx context.Context) error {
	var all []tagged
	status := map[string]string{}
	pages := iot.NewListJobsPaginator(l.c.IoT, &iot.ListJobsInput{MaxResults: aws.Int32(registryPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list jobs: %w", err)
		}
		for _, j := range out.Jobs {
			all = append(all, tagged{aws.ToString(j.JobId), aws.ToString(j.JobArn)})
			status[aws.ToString(j.JobId)] = string(j.Status)
		}
	}
	return l.sortOut(ctx, Job, all, func(_ context.Context, t tagged) error {
		l.ours(Job, Item{Name: t.name, By: ByTag, State: status[t.name]})
		return nil
	})
}

// packages lists packages and their versions. In a package of ours all versions are ours; in another one those that carry
// our tag, which provisioning adds when the package was there before.
func (l *look) packages(ctx context.Context) error {
	var all []tagged
	defaults := map[string]string{}
	pages := iot.NewListPackagesPaginator(l.c.IoT, &iot.ListPackagesInput{MaxResults: aws.Int32(catalogPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list packages: %w", err)
		}
		for _, p := range out.PackageSummaries {
			name := aws.ToString(p.PackageName)
			all = append(all, tagged{name, l.c.ARN("package/" + name)})
			defaults[name] = aws.ToString(p.DefaultVersionName)
		}
	}
	return l.each(ctx, all, func(ctx context.Context, t tagged) error {
		defer l.progress(Package, 1)
		tags, err := fleet.ResourceTags(ctx, l.c, t.arn)
		ours := fleet.Ours(tags)
		if ours {
			l.ours(Package, Item{Name: t.name, By: ByTag})
		} else {
			l.foreign(Package, t.name)
		}
		if err != nil {
			return err
		}
		return l.versions(ctx, t, ours, defaults[t.name])
	})
}

func (l *look) versions(ctx context.Context, pkg tagged, ours bool, standard string) error {
	var errs []error
	pages := iot.NewListPackageVersionsPaginator(l.c.IoT, &iot.ListPackageVersionsInput{PackageName: &pkg.name, MaxResults: aws.Int32(catalogPage)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return errors.Join(append(errs, fmt.Errorf("list the versions of package %s: %w", pkg.name, err))...)
		}
		for _, v := range out.PackageVersionSummaries {
			item := Item{Name: pkg.name + "/" + aws.ToString(v.VersionName), By: ByAttached}
			if aws.ToString(v.VersionName) == standard {
				item.State = Default
			}
			if !ours {
				item.By = ByTag
				tags, err := fleet.ResourceTags(ctx, l.c, pkg.arn+"/version/"+aws.ToString(v.VersionName))
				if err != nil || !fleet.Ours(tags) {
					l.foreign(Version, item.Name)
					errs = append(errs, err)
					continue
				}
			}
			l.ours(Version, item)
		}
	}
	return errors.Join(errs...)
}
