package home

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"golang.org/x/sync/errgroup"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/bars"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

// indexState is whether fleet indexing can be asked.
type indexState int

const (
	indexOff indexState = iota
	indexBuilding
	indexReady
)

// Limits of what is counted.
const (
	mostBuckets  = 1000 // values of a field: types, groups
	mostPackages = 8    // whose versions are looked at; a query takes no more than twelve terms (AWS IoT quotas)
	mostVersions = 6    // that are counted, the newest
)

// shape is how many things there are of each type and in each country, as the index has it.
type shape struct {
	Index             indexState
	Shadows           bool // what things report of their packages is indexed
	Total             int  // things in the index
	ByType, ByCountry []bars.Row
	Err               error
}

func readShape(ctx context.Context, c *cloud.Cloud) stateMsg {
	s := &shape{}
	if err := s.read(ctx, c); err != nil {
		s = &shape{Err: err}
	}
	return stateMsg{shape: s}
}

func (s *shape) read(ctx context.Context, c *cloud.Cloud) error {
	config, err := c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{})
	if err != nil {
		return err
	}
	now := fleet.IndexingNow(config)
	if now.Things == types.ThingIndexingModeOff {
		return nil
	}
	s.Index, s.Shadows = indexReady, now.Packages()
	g, ctx := errgroup.WithContext(ctx)
	g.Go(func() (err error) {
		var byType []bars.Row
		byType, s.Total, err = buckets(ctx, c, "registry.thingTypeName")
		s.ByType = withRest(byType, s.Total)
		return err
	})
	g.Go(func() error {
		groups, total, err := buckets(ctx, c, "registry.thingGroupNames")
		s.ByCountry = withRest(countries(groups), total)
		return err
	})
	err = g.Wait()
	if building(err) {
		*s, err = shape{Index: indexBuilding}, nil
	}
	return err
}

// building reports that the index was just switched on, or begun anew.
func building(err error) bool {
	var notReady *types.IndexNotReadyException
	return errors.As(err, &notReady)
}

// buckets counts the things by the values of a managed field, the most frequent first.
func buckets(ctx context.Context, c *cloud.Cloud, field string) (rows []bars.Row, total int, err error) {
	out, err := c.IoT.GetBucketsAggregation(ctx, &iot.GetBucketsAggregationInput{
		QueryString: aws.String("*"), AggregationField: &field,
		BucketsAggregationType: &types.BucketsAggregationType{TermsAggregation: &types.TermsAggregation{MaxBuckets: aws.Int32(mostBuckets)}},
	})
	if err != nil {
		return nil, 0, err
	}
	for _, b := range out.Buckets {
		rows = append(rows, bars.Row{Label: aws.ToString(b.KeyValue), Count: int(b.Count)})
	}
	return rows, int(out.TotalCount), nil
}

// countries leaves the groups of countries, by their country. The attribute itself cannot be counted: buckets are of managed and of custom
// fields only (AWS IoT developer guide, querying for aggregate data), and it is neither.
func countries(groups []bars.Row) (rows []bars.Row) {
	codes := fleet.AllCountries()
	for _, g := range groups {
		if i := slices.IndexFunc(codes, func(code string) bool { return g.Label == fleet.GroupName(code) }); i >= 0 {
			rows = append(rows, bars.Row{Label: codes[i], Count: g.Count})
		}
	}
	return rows
}

// withRest adds the things that no row counts, without a label.
func withRest(rows []bars.Row, total int) []bars.Row {
	for _, r := range rows {
		total -= r.Count
	}
	if total > 0 {
		rows = append(rows, bars.Row{Count: total})
	}
	return rows
}

// tally counts items by a value, the most frequent first; those without one come last, without a label.
func tally[T any](items []T, value func(T) string) (rows []bars.Row) {
	counts := map[string]int{}
	for _, i := range items {
		counts[value(i)]++
	}
	for _, v := range slices.Sorted(maps.Keys(counts)) {
		rows = append(rows, bars.Row{Label: v, Count: counts[v]})
	}
	slices.SortStableFunc(rows, func(a, b bars.Row) int {
		if (a.Label == "") != (b.Label == "") {
			return strings.Compare(b.Label, a.Label)
		}
		return b.Count - a.Count
	})
	return rows
}

// firmware is the packages, and how many things report each version.
type firmware struct {
	Packages, Versions count
	Counted            bool
	ByVersion          []bars.Row // the newest first
	Err                error
}

// readFirmware lists the packages and, if the index can be asked, counts the things of each version.
func readFirmware(ctx context.Context, c *cloud.Cloud, countable bool) stateMsg {
	f := &firmware{}
	if err := f.read(ctx, c, countable); err != nil {
		f = &firmware{Err: err}
	}
	return stateMsg{firmware: f}
}

func (f *firmware) read(ctx context.Context, c *cloud.Cloud, countable bool) error {
	list, err := c.IoT.ListPackages(ctx, &iot.ListPackagesInput{})
	if err != nil {
		return err
	}
	f.Packages = count{len(list.PackageSummaries), list.NextToken != nil}
	packages := list.PackageSummaries[:min(mostPackages, f.Packages.N)]
	versions, longer := make([][]string, len(packages)), make([]bool, len(packages))
	g, inner := errgroup.WithContext(ctx)
	for i, p := range packages {
		g.Go(func() (err error) {
			versions[i], longer[i], err = versionsOf(inner, c, aws.ToString(p.PackageName))
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return err
	}
	having := map[string][]string{} // packages by version
	for i, p := range packages {
		for _, v := range versions[i] {
			having[v] = append(having[v], aws.ToString(p.PackageName))
		}
		f.Versions.N += len(versions[i])
	}
	f.Versions.More = f.Packages.N > len(packages) || slices.Contains(longer, true)
	if countable {
		return f.count(ctx, c, having)
	}
	return nil
}

// versionsOf is the versions on the first page of a package's, and whether there are more.
func versionsOf(ctx context.Context, c *cloud.Cloud, pkg string) (names []string, more bool, err error) {
	out, err := c.IoT.ListPackageVersions(ctx, &iot.ListPackageVersionsInput{PackageName: &pkg})
	if err != nil {
		if cloud.Is(err, cloud.NotFound) { // deleted since it was listed
			return nil, false, nil
		}
		return nil, false, err
	}
	for _, v := range out.PackageVersionSummaries {
		names = append(names, aws.ToString(v.VersionName))
	}
	return names, out.NextToken != nil, nil
}

// count asks the index once for each of the newest versions, whatever package it belongs to.
func (f *firmware) count(ctx context.Context, c *cloud.Cloud, having map[string][]string) error {
	names := slices.SortedFunc(maps.Keys(having), func(a, b string) int { return cmp.Or(createjob.CompareVersions(b, a), strings.Compare(a, b)) })
	names = names[:min(mostVersions, len(names))]
	rows := make([]bars.Row, len(names))
	g, ctx := errgroup.WithContext(ctx)
	for i, version := range names {
		g.Go(func() error {
			out, err := c.IoT.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: aws.String(reporting(version, having[version]))})
			rows[i].Label = version
			if err == nil && out.Statistics != nil {
				rows[i].Count = int(out.Statistics.Count)
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		if building(err) {
			return nil
		}
		return err
	}
	f.Counted, f.ByVersion = true, rows
	return nil
}

// reporting is the query for the things that report a version of any of the packages.
func reporting(version string, packages []string) string {
	terms := make([]string, len(packages))
	for i, p := range packages {
		terms[i] = fmt.Sprintf("shadow.name.%s.reported.%s.version:%s", fleet.PackageShadow, p, version)
	}
	return strings.Join(terms, " OR ")
}

// newest is the ids of the jobs created last, at most so many.
func newest(jobs []types.JobSummary, most int) []string {
	jobs = slices.Clone(jobs)
	slices.SortFunc(jobs, func(a, b types.JobSummary) int {
		return cmp.Or(aws.ToTime(b.CreatedAt).Compare(aws.ToTime(a.CreatedAt)), strings.Compare(aws.ToString(a.JobId), aws.ToString(b.JobId)))
	})
	var ids []string
	for _, j := range jobs[:min(most, len(jobs))] {
		ids = append(ids, aws.ToString(j.JobId))
	}
	return ids
}
