// Package catalog reads the software package catalog: the packages and their versions, how many things report each, and the jobs that
// installed it. Nothing is changed.
package catalog

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"
	"golang.org/x/sync/errgroup"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
)

// Catalog is what was read.
type Catalog struct {
	Versions []Version // by package, the newest first
	Index    Index     // whether the things could be counted
}

// Version is a version of a package.
type Version struct {
	createjob.Version
	Package  string
	Default  bool   // it is the package's default version
	Artifact string // s3://BUCKET/KEY; empty when it has no file
	Things   int    // how many report it, as the index has it; -1: not known
	Jobs     []Job  // that installed it, the newest first; of the newest MaxJobs jobs only
}

// Item is the version as createjob and rollback name it: NAME/VERSION.
func (v Version) Item() string { return v.Package + "/" + v.Name }

// Updated is the newest job that has installed the version on a thing; false when none has.
func (v Version) Updated() (Job, bool) {
	for _, j := range v.Jobs {
		if j.Counts.Succeeded > 0 {
			return j, true
		}
	}
	return Job{}, false
}

// Job is a job that installs a version.
type Job struct {
	ID      string
	Status  string
	Created time.Time
	Counts  fleet.JobCounts
}

// Index is whether fleet indexing can tell what things report.
type Index string

// The states of the index.
const (
	Ready    Index = "ready"
	Off      Index = "off"      // things, or their $package shadows, are not indexed
	Building Index = "building" // it was just switched on
)

// MaxJobs is how many jobs are looked into for what they install, the newest first.
const MaxJobs = 50

// lookups is how many calls are under way at once; the pacer holds their rates.
const lookups = 16

// Read reads the catalog: two calls for each version, and one for each of the newest MaxJobs jobs.
func Read(ctx context.Context, c *cloud.Cloud) (Catalog, error) {
	packages, err := createjob.ListPackages(ctx, c)
	if err != nil {
		return Catalog{}, err
	}
	var out Catalog
	for _, p := range packages {
		for _, v := range p.Versions {
			out.Versions = append(out.Versions, Version{Version: v, Package: p.Name, Default: v.Name == p.Default, Things: -1})
		}
	}
	if len(out.Versions) == 0 {
		return out, nil
	}
	if out.Index, err = indexNow(ctx, c); err != nil {
		return Catalog{}, err
	}
	installed, err := installers(ctx, c)
	if err != nil {
		return Catalog{}, err
	}
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lookups)
	for i := range out.Versions {
		v, counted := &out.Versions[i], out.Index == Ready
		v.Jobs = installed[v.Item()]
		g.Go(func() error { return v.read(ctx, c, counted) })
	}
	return out, g.Wait()
}

// read finds the version's file and counts its things. A version that was deleted since it was listed has no file.
func (v *Version) read(ctx context.Context, c *cloud.Cloud, counted bool) (err error) {
	if v.Artifact, err = createjob.ArtifactOf(ctx, c, v.Package, v.Name); err != nil && !cloud.Is(err, cloud.NotFound) {
		return err
	}
	if !counted {
		return nil
	}
	v.Things, err = count(ctx, c, v.Package, v.Name)
	return err
}

// count asks the index how many things report a version. GetStatistics counts without a custom field, which the buckets of
// GetBucketsAggregation would need (AWS IoT developer guide, querying for aggregate data). The dollar is not escaped (the same,
// preparing to use the software package catalog).
func count(ctx context.Context, c *cloud.Cloud, pkg, version string) (int, error) {
	query := fmt.Sprintf("shadow.name.%s.reported.%s.version:%s", fleet.PackageShadow, pkg, version)
	out, err := c.IoT.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: &query})
	var building *iottypes.IndexNotReadyException
	switch {
	case errors.As(err, &building): // it was switched off, or begun anew, since it was looked at
		return -1, nil
	case err != nil:
		return -1, fmt.Errorf("count the things that report %s/%s: %w", pkg, version, err)
	case out.Statistics == nil:
		return 0, nil
	}
	return int(out.Statistics.Count), nil
}

// indexNow finds out whether the index can be asked.
func indexNow(ctx context.Context, c *cloud.Cloud) (Index, error) {
	out, err := c.IoT.GetIndexingConfiguration(ctx, &iot.GetIndexingConfigurationInput{})
	if err != nil {
		return "", fmt.Errorf("read the indexing configuration: %w", err)
	}
	if !fleet.IndexingNow(out).Packages() {
		return Off, nil
	}
	index, err := c.IoT.DescribeIndex(ctx, &iot.DescribeIndexInput{IndexName: aws.String(thingsIndex)})
	switch {
	case cloud.Is(err, cloud.NotFound):
		return Off, nil
	case err != nil:
		return "", fmt.Errorf("describe the index of things: %w", err)
	case index.IndexStatus == iottypes.IndexStatusBuilding:
		return Building, nil
	}
	return Ready, nil // one that is rebuilt answers from what it had
}

// thingsIndex is the name that AWS gives to the index of things.
const thingsIndex = "AWS_Things"

// installers finds the newest jobs by the versions that they install, as Version.Item names them.
func installers(ctx context.Context, c *cloud.Cloud) (map[string][]Job, error) {
	list, err := fleet.NewestJobs(ctx, c, MaxJobs)
	if err != nil {
		return nil, err
	}
	described := make([]*iottypes.Job, len(list))
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(lookups)
	for i, j := range list {
		g.Go(func() (err error) {
			if described[i], err = fleet.DescribeJob(ctx, c, aws.ToString(j.JobId)); cloud.Is(err, cloud.NotFound) {
				err = nil // deleted since it was listed
			}
			return err
		})
	}
	if err := g.Wait(); err != nil {
		return nil, err
	}
	found := map[string][]Job{}
	for _, job := range described {
		if job == nil {
			continue
		}
		for _, arn := range job.DestinationPackageVersions {
			if pkg, version, ok := fleet.DestinationOf(arn); ok {
				item := pkg + "/" + version
				found[item] = append(found[item], Job{ID: aws.ToString(job.JobId), Status: string(job.Status),
					Created: aws.ToTime(job.CreatedAt), Counts: fleet.CountsOf(job)})
			}
		}
	}
	return found, nil
}
