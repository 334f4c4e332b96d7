package rollback

import (
	"context"
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
)

// fromReports takes what the reports say of the job: the oldest that speaks of a thing knows what it had at first.
func (pr *preparer) fromReports(known Sources) {
	known = slices.Clone(known)
	slices.SortStableFunc(known, func(a, b report.Report) int { return a.Made.Compare(b.Made) })
	for _, r := range known {
		if !pr.fits(r) {
			continue
		}
		for _, pkg := range pr.packages {
			for thing, version := range r.Before.Of(pkg) {
				pr.know(thing, pkg, former{version: version, source: FromReport})
			}
		}
	}
}

// fits tells whether a report is about this very job: in another account, or after a reset, there may be one of the same id.
func (pr *preparer) fits(r report.Report) bool {
	j, ok := r.Job(pr.in.Job)
	return ok && r.Account == pr.cloud.Account && r.Region == pr.cloud.Region && j.Created.Truncate(time.Second).Equal(pr.created.Truncate(time.Second))
}

// know keeps what is known first of a thing that the job has updated.
func (pr *preparer) know(thing, pkg string, f former) {
	of, ours := pr.former[thing]
	if _, known := of[pkg]; ours && !known {
		of[pkg] = f
	}
}

// unknown tells whether there are things of which nobody knows what they had.
func (pr *preparer) unknown() bool {
	for _, t := range pr.things {
		if len(pr.former[t]) < len(pr.packages) {
			return true
		}
	}
	return false
}

// maxHistory is how many jobs are looked into for what they installed, the newest first. Each takes a call at least, of
// which AWS allows ten a second.
const maxHistory = 50

// fromHistory takes what other jobs installed on things before this one did.
func (pr *preparer) fromHistory(ctx context.Context) error {
	if !pr.unknown() {
		return nil
	}
	jobs, err := pr.otherJobs(ctx)
	if err != nil {
		return err
	}
	last := map[string]map[string]former{} // by package and thing
	for i, id := range jobs {
		if err := pr.look(ctx, id, last); err != nil {
			return err
		}
		pr.progress("job")(i + 1)
	}
	for pkg, things := range last {
		for thing, f := range things {
			pr.know(thing, pkg, f)
		}
	}
	return nil
}

// otherJobs lists the ids of the newest jobs but this one.
func (pr *preparer) otherJobs(ctx context.Context) ([]string, error) {
	jobs, err := fleet.NewestJobs(ctx, pr.cloud, maxHistory+1)
	if err != nil {
		return nil, err
	}
	var ids []string
	for _, j := range jobs {
		if id := aws.ToString(j.JobId); id != pr.in.Job && len(ids) < maxHistory {
			ids = append(ids, id)
		}
	}
	return ids, nil
}

// look puts into last what a job installed on the things of this one, where no job did later.
func (pr *preparer) look(ctx context.Context, id string, last map[string]map[string]former) error {
	job, err := fleet.DescribeJob(ctx, pr.cloud, id)
	if cloud.Is(err, cloud.NotFound) { // deleted since it was listed
		return nil
	}
	if err != nil {
		return err
	}
	var shared []string
	to := destinations(job)
	for _, pkg := range pr.packages {
		if _, ok := to[pkg]; ok {
			shared = append(shared, pkg)
		}
	}
	if len(shared) == 0 {
		return nil
	}
	done, err := succeeded(ctx, pr.cloud, id, func(int) {})
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	if err != nil {
		return err
	}
	for thing, at := range done {
		if !at.Before(pr.updated[thing]) { // later than this job, or the thing is none of its
			continue
		}
		for _, pkg := range shared {
			if last[pkg] == nil {
				last[pkg] = map[string]former{}
			}
			if f, ok := last[pkg][thing]; !ok || at.After(f.at) {
				last[pkg][thing] = former{version: to[pkg], source: FromHistory, at: at}
			}
		}
	}
	return nil
}

// fromInput takes what the person said for the things of which nobody knows.
func (pr *preparer) fromInput() {
	for _, pkg := range pr.packages {
		version := pr.in.former(pkg)
		if version == "" {
			continue
		}
		for _, thing := range pr.things {
			pr.know(thing, pkg, former{version: version, source: FromInput})
		}
	}
}
