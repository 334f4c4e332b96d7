package rollback

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
)

// Prepare finds out what the things had before a job, and plans the jobs that take them back. Nothing is changed. What a
// field is wrong about is a *fleet.FieldError. A plan may have no moves: Left says why.
//
// The cloud keeps no version but the present one. What a thing had is, in this order: what a report of a run on the job says
// that it reported before; what the last earlier job installed on it; what the input says. Nothing else is assumed.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, known Sources, st event.Stage) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	pr := &preparer{cloud: c, in: in, st: st}
	if err := pr.readJob(ctx); err != nil {
		return Plan{}, err
	}
	for _, part := range []func(context.Context) error{pr.readUpdated, pr.readPresent} {
		if err := part(ctx); err != nil {
			return Plan{}, err
		}
	}
	pr.fromReports(known)
	if err := pr.fromHistory(ctx); err != nil {
		return Plan{}, err
	}
	pr.fromInput()
	p := Plan{Input: in, Account: c.Account, Region: c.Region, Status: pr.status, Updated: len(pr.things)}
	for _, pkg := range pr.packages {
		p.Packages = append(p.Packages, pkg+"/"+pr.installed[pkg])
	}
	return p, pr.plan(ctx, &p)
}

// preparer gathers what is known of the things.
type preparer struct {
	cloud *cloud.Cloud
	in    Input
	st    event.Stage

	status    string
	created   time.Time
	installed map[string]string // version by package, as the job installs them; report.Absent: it takes the package away
	packages  []string          // by name
	things    []string          // on which the job SUCCEEDED, by name
	updated   map[string]time.Time
	present   map[string]map[string]report.Reported // by thing and package
	former    map[string]map[string]former          // by thing and package
}

// former is what a thing had of a package, and how that is known.
type former struct {
	version string
	source  Source
	at      time.Time // of FromHistory
}

func (pr *preparer) readJob(ctx context.Context) error {
	job, err := fleet.DescribeJob(ctx, pr.cloud, pr.in.Job)
	if cloud.Is(err, cloud.NotFound) {
		return pr.noJob(ctx)
	}
	if err != nil {
		return err
	}
	pr.status, pr.created, pr.installed = string(job.Status), aws.ToTime(job.CreatedAt), destinations(job)
	if len(pr.installed) == 0 {
		return fleet.Refuse(FieldJob, pr.in.Job, NoPackage, "item", pr.in.Job)
	}
	pr.packages = slices.Sorted(maps.Keys(pr.installed))
	return nil
}

// few is how many choices an error names.
const few = 8

func (pr *preparer) noJob(ctx context.Context) error {
	out, err := pr.cloud.IoT.ListJobs(ctx, &iot.ListJobsInput{MaxResults: aws.Int32(few)})
	if err != nil {
		return fmt.Errorf("list jobs: %w", err)
	}
	var ids []string
	for _, j := range out.Jobs {
		ids = append(ids, aws.ToString(j.JobId))
	}
	if len(ids) == 0 {
		return fleet.Refuse(FieldJob, pr.in.Job, fleet.NothingToDo, "step", createjob.Workflow)
	}
	return fleet.Refuse(FieldJob, pr.in.Job, fleet.NotInCloud, "item", pr.in.Job, "choices", strings.Join(ids, ", "))
}

// uninstall stands in a job for no version (AWS IoT developer guide, software package catalog).
const uninstall = "$null"

// destinations are the versions that a job installs, by package.
func destinations(job *iottypes.Job) map[string]string {
	out := map[string]string{}
	for _, arn := range job.DestinationPackageVersions {
		pkg, version, ok := fleet.DestinationOf(arn)
		if !ok {
			continue
		}
		if version == uninstall {
			version = report.Absent
		}
		out[pkg] = version
	}
	return out
}

func (pr *preparer) readUpdated(ctx context.Context) error {
	var err error
	if pr.updated, err = succeeded(ctx, pr.cloud, pr.in.Job, pr.progress("execution")); err != nil {
		return err
	}
	if len(pr.updated) == 0 {
		return fleet.Refuse(FieldJob, pr.in.Job, NoneUpdated, "item", pr.in.Job)
	}
	pr.things = slices.Sorted(maps.Keys(pr.updated))
	pr.former = make(map[string]map[string]former, len(pr.things))
	for _, t := range pr.things {
		pr.former[t] = map[string]former{}
	}
	return nil
}

// progress tells how many of a kind were read so far.
func (pr *preparer) progress(resource string) func(int) {
	return func(n int) {
		pr.st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Step: StepFind, Resource: resource, Done: n})
	}
}

// page is the largest page of executions and jobs (AWS IoT API reference).
const page = 250

// succeeded lists when things SUCCEEDED in a job, the last time each.
func succeeded(ctx context.Context, c *cloud.Cloud, job string, progress func(int)) (map[string]time.Time, error) {
	found := map[string]time.Time{}
	pages := iot.NewListJobExecutionsForJobPaginator(c.IoT, &iot.ListJobExecutionsForJobInput{JobId: &job,
		Status: iottypes.JobExecutionStatusSucceeded, MaxResults: aws.Int32(page)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return nil, fmt.Errorf("list the executions of job %s: %w", job, err)
		}
		for _, x := range out.ExecutionSummaries {
			_, thing, ok := strings.Cut(aws.ToString(x.ThingArn), ":thing/")
			if !ok || x.JobExecutionSummary == nil {
				continue
			}
			if at := aws.ToTime(x.JobExecutionSummary.LastUpdatedAt); !at.Before(found[thing]) {
				found[thing] = at
			}
		}
		progress(len(found))
	}
	return found, nil
}

func (pr *preparer) readPresent(ctx context.Context) error {
	st := pr.st
	st.Sink = relabel{pr.st.Sink, StepFind}
	found, err := report.ReadShadows(ctx, pr.cloud, pr.things, st)
	if err != nil {
		return err
	}
	pr.present = make(map[string]map[string]report.Reported, len(found))
	for i, t := range pr.things {
		pr.present[t] = found[i]
	}
	return nil
}

// relabel passes the events of a part on as those of a step of this workflow.
type relabel struct {
	next event.Sink
	step string
}

// Emit implements event.Sink. Where a part begins and ends is not passed on: it is no run of its own here.
func (r relabel) Emit(e event.Event) {
	switch e.Kind {
	case event.Progress, event.Waiting, event.Warning:
		e.Workflow, e.Step = Workflow, r.step
		r.next.Emit(e)
	}
}
