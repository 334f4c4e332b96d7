package createjob

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"golang.org/x/sync/errgroup"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
)

// Choices are what a job can be made of.
type Choices struct {
	Groups     []Group        `json:"groups"`      // by name
	Packages   []Package      `json:"packages"`    // by name
	Templates  []TemplateInfo `json:"templates"`   // job templates, by id
	Bucket     string         `json:"bucket"`      // the bucket that provisioning made; empty when there is none, or when the caller may not look
	Role       string         `json:"role"`        // the role with which AWS IoT Jobs presigns URLs
	RoleExists bool           `json:"role_exists"` // also when the caller may not look for it: AWS has the last word then
}

// Group is a thing group. Its members are not counted: CountMembers does that, since it takes long for a large fleet.
type Group struct {
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Dynamic bool   `json:"dynamic"`
	Query   string `json:"query,omitempty"` // of a dynamic group
	Ours    bool   `json:"ours"`            // a country group made by this program: chosen when nothing else is
}

// Package is a software package with its versions, the newest first.
type Package struct {
	Name     string    `json:"name"`
	Default  string    `json:"default,omitempty"` // version
	Versions []Version `json:"versions"`
}

// Version is a version of a package.
type Version struct {
	Name    string    `json:"name"`
	Status  string    `json:"status"` // DRAFT, PUBLISHED or DEPRECATED
	Created time.Time `json:"created"`
}

// Published tells whether the version is meant to be installed.
func (v Version) Published() bool {
	return v.Status == string(iottypes.PackageVersionStatusPublished)
}

// Installable tells whether a job can install the version: AWS refuses a draft only (AWS IoT developer guide, package
// version lifecycle).
func (v Version) Installable() bool { return v.Status != string(iottypes.PackageVersionStatusDraft) }

// lookups is how many calls of a discovery are under way at once; the pacer holds their rates.
const lookups = 16

// Options lists what a job can be made of.
func Options(ctx context.Context, c *cloud.Cloud) (Choices, error) {
	out := Choices{Role: fleet.JobsRole(c.Region, c.Account)}
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		out.Groups, err = listGroups(ctx, c)
		return err
	})
	g.Go(func() (err error) {
		out.Packages, err = ListPackages(ctx, c)
		return err
	})
	g.Go(func() (err error) {
		out.Templates, err = listTemplates(ctx, c)
		return err
	})
	g.Go(func() (err error) {
		if out.Bucket, err = ourBucket(ctx, c); cloud.Is(err, cloud.Denied) {
			err = nil
		}
		return err
	})
	g.Go(func() (err error) {
		out.RoleExists, err = roleUsable(ctx, c, out.Role)
		return err
	})
	return out, g.Wait()
}

func listGroups(ctx context.Context, c *cloud.Cloud) ([]Group, error) {
	names, err := groupNames(ctx, c)
	if err != nil {
		return nil, err
	}
	groups := make([]Group, len(names))
	err = each(ctx, lookups, len(names), func(ctx context.Context, i int) error {
		var err error
		if groups[i], err = readGroup(ctx, c, names[i]); err != nil || !countryGroup(names[i]) {
			return err
		}
		groups[i].Ours, err = oursByTag(ctx, c, groups[i].ARN)
		return err
	})
	// One that was deleted since it was listed is no choice.
	return slices.DeleteFunc(groups, func(g Group) bool { return g.Name == "" }), err
}

// each calls fn for 0 to n-1, at most limit at once, and returns the first error.
func each(ctx context.Context, limit, n int, fn func(context.Context, int) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(limit)
	for i := range n {
		g.Go(func() error { return fn(ctx, i) })
	}
	return g.Wait()
}

func groupNames(ctx context.Context, c *cloud.Cloud) ([]string, error) {
	var names []string
	pages := iot.NewListThingGroupsPaginator(c.IoT, &iot.ListThingGroupsInput{MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list thing groups: %w", err)
		}
		for _, g := range page.ThingGroups {
			names = append(names, aws.ToString(g.GroupName))
		}
	}
	slices.Sort(names)
	return names, nil
}

// readGroup reads a group; the zero Group when there is none of that name.
func readGroup(ctx context.Context, c *cloud.Cloud, name string) (Group, error) {
	out, err := c.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return Group{}, nil
	}
	if err != nil {
		return Group{}, fmt.Errorf("describe thing group %s: %w", name, err)
	}
	query := aws.ToString(out.QueryString)
	return Group{Name: name, ARN: aws.ToString(out.ThingGroupArn), Dynamic: query != "", Query: query}, nil
}

// countryGroup tells whether a name is one that provisioning gives.
func countryGroup(name string) bool {
	code, ok := strings.CutSuffix(name, fleet.GroupName(""))
	return ok && slices.Contains(fleet.AllCountries(), code)
}

func oursByTag(ctx context.Context, c *cloud.Cloud, arn string) (bool, error) {
	tags, err := fleet.ResourceTags(ctx, c, arn)
	return fleet.Ours(tags), err
}

// ListPackages lists the packages with their versions, by name.
func ListPackages(ctx context.Context, c *cloud.Cloud) ([]Package, error) {
	packages, err := packageNames(ctx, c)
	if err != nil {
		return nil, err
	}
	return packages, each(ctx, lookups, len(packages), func(ctx context.Context, i int) (err error) {
		packages[i].Versions, err = listVersions(ctx, c, packages[i].Name)
		return err
	})
}

// packageNames lists the packages without their versions.
func packageNames(ctx context.Context, c *cloud.Cloud) ([]Package, error) {
	var packages []Package
	pages := iot.NewListPackagesPaginator(c.IoT, &iot.ListPackagesInput{MaxResults: aws.Int32(packagePage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list packages: %w", err)
		}
		for _, p := range page.PackageSummaries {
			packages = append(packages, Package{Name: aws.ToString(p.PackageName), Default: aws.ToString(p.DefaultVersionName)})
		}
	}
	slices.SortFunc(packages, func(a, b Package) int { return strings.Compare(a.Name, b.Name) })
	return packages, nil
}

// listVersions lists a package's versions, the newest first.
func listVersions(ctx context.Context, c *cloud.Cloud, pkg string) ([]Version, error) {
	var versions []Version
	pages := iot.NewListPackageVersionsPaginator(c.IoT,
		&iot.ListPackageVersionsInput{PackageName: &pkg, MaxResults: aws.Int32(packagePage)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the versions of package %s: %w", pkg, err)
		}
		for _, v := range page.PackageVersionSummaries {
			versions = append(versions, Version{Name: aws.ToString(v.VersionName), Status: string(v.Status),
				Created: aws.ToTime(v.CreationDate)})
		}
	}
	slices.SortFunc(versions, func(a, b Version) int { return CompareVersions(b.Name, a.Name) })
	return versions, nil
}

// roleUsable is roleExists for before a job is made: a caller who may not look for the role is let through, since AWS has the last
// word.
func roleUsable(ctx context.Context, c *cloud.Cloud, name string) (bool, error) {
	ok, err := roleExists(ctx, c, name)
	if cloud.Is(err, cloud.Denied) {
		return true, nil
	}
	return ok, err
}

func roleExists(ctx context.Context, c *cloud.Cloud, name string) (bool, error) {
	_, err := c.IAM.GetRole(ctx, &iam.GetRoleInput{RoleName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("look for role %s: %w", name, err)
	}
	return true, nil
}

// Largest pages (AWS IoT API reference).
const (
	pageSize    = 250 // thing groups and their members
	packagePage = 100 // packages and their versions
)

// CountMembers counts the things of groups, those of child groups included, several groups at once. report is told after
// every page how many there are so far and whether that is all; it is called from several goroutines, but for one group
// from one at a time.
func CountMembers(ctx context.Context, c *cloud.Cloud, groups []string, report func(group string, members int, all bool)) error {
	return each(ctx, countAtOnce, len(groups), func(ctx context.Context, i int) error {
		n := 0
		if err := members(ctx, c, groups[i], func(things []string) {
			n += len(things)
			report(groups[i], n, false)
		}); err != nil {
			return err
		}
		report(groups[i], n, true)
		return nil
	})
}

// countAtOnce is how many groups are counted at once: the pages of a few are enough to use up the quota.
const countAtOnce = 4

// members hands out a group's things page by page.
func members(ctx context.Context, c *cloud.Cloud, group string, page func(things []string)) error {
	pages := iot.NewListThingsInThingGroupPaginator(c.IoT,
		&iot.ListThingsInThingGroupInput{ThingGroupName: &group, Recursive: true, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the things in thing group %s: %w", group, err)
		}
		page(out.Things)
	}
	return nil
}

// union collects the things of several groups.
type union struct {
	mu   sync.Mutex
	seen map[string]struct{}
}

// add returns how many different things there are now.
func (u *union) add(things []string) int {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.seen == nil {
		u.seen = map[string]struct{}{}
	}
	for _, t := range things {
		u.seen[t] = struct{}{}
	}
	return len(u.seen)
}
