package simulate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Prepare finds the executions of the jobs that have not ended, and the things that they have still to reach, and plans how
// each ends. Nothing is changed. While it lists them it emits progress. What a field is wrong about is a *fleet.FieldError.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, st event.Stage) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	pr := &planner{c: c, st: st, plan: Plan{Input: in, Account: c.Account, Region: c.Region}}
	for _, step := range []func(context.Context) error{pr.findJobs, pr.checkKinds, pr.findDevices} {
		if err := step(ctx); err != nil {
			return Plan{}, err
		}
	}
	p := &pr.plan
	p.limit()
	download := map[string]bool{}
	for _, j := range p.Jobs {
		download[j.ID] = j.Download
	}
	assign(p.Devices, in, download)
	p.count()
	p.estimate(c, pr.rates)
	return *p, nil
}

// planner makes one plan.
type planner struct {
	c     *cloud.Cloud
	st    event.Stage
	plan  Plan
	rates map[string]rollout // of the jobs that are rolling out
}

// rollout is how a job goes on to reach things.
type rollout struct {
	rate    rate
	reached int
}

// findJobs reads the jobs that were named, or the newest active one that has something to do, with their documents.
func (pr *planner) findJobs(ctx context.Context) error {
	ids := pr.plan.Input.IDs()
	if len(ids) == 0 {
		id, err := newestWithWork(ctx, pr.c)
		if err != nil {
			return err
		}
		ids = []string{id}
	}
	for _, id := range ids {
		j, err := readJob(ctx, pr.c, id)
		if cloud.Is(err, cloud.NotFound) {
			return noJob(ctx, pr.c, id)
		}
		if err != nil {
			return err
		}
		if j.Scheduled() {
			return fleet.Refuse(FieldJob, pr.plan.Input.Job, StartsLater, "item", id, "time", j.Starts)
		}
		if j.Download, err = hasDownload(ctx, pr.c, id); err != nil {
			return err
		}
		pr.plan.Download = pr.plan.Download || j.Download
		pr.plan.Jobs = append(pr.plan.Jobs, j)
	}
	slices.SortStableFunc(pr.plan.Jobs, func(a, b JobSummary) int { return newestFirst(b, a) })
	return pr.othersActive(ctx)
}

// othersActive finds out whether a device that asks for its next execution could get one of another job.
func (pr *planner) othersActive(ctx context.Context) error {
	active, err := listJobs(ctx, pr.c, iottypes.JobStatusInProgress)
	if err != nil {
		return err
	}
	pr.plan.StartNext = !slices.ContainsFunc(active, func(j JobSummary) bool {
		_, chosen := pr.plan.job(j.ID)
		return !chosen
	})
	return nil
}

// checkKinds refuses kinds of failure that the jobs cannot have.
func (pr *planner) checkKinds(context.Context) error {
	in := pr.plan.Input
	if in.SuccessRate == 100 {
		return nil
	}
	for _, j := range pr.plan.Jobs {
		if in.Failures.fitting(j.Download).total() == 0 {
			return fleet.Refuse(FieldFailures, in.Failures.String(), NoKind, "rate", in.SuccessRate)
		}
		if in.Failures.Of(Silent) > 0 && j.Timeout == 0 {
			return fleet.Refuse(FieldFailures, in.Failures.String(), NeedsTimeout, "item", j.ID)
		}
	}
	return nil
}

// findDevices lists what there is to do.
func (pr *planner) findDevices(ctx context.Context) error {
	p := &pr.plan
	wanted, err := scope(ctx, pr.c, p.Input)
	if err != nil {
		return err
	}
	pr.rates = map[string]rollout{}
	for _, j := range p.Jobs {
		list, err := pr.devices(ctx, j)
		if err != nil {
			return err
		}
		p.Devices = append(p.Devices, list...)
	}
	if wanted != nil {
		p.Devices = slices.DeleteFunc(p.Devices, func(d Device) bool { return !wanted[d.Thing] })
	}
	slices.SortStableFunc(p.Devices, func(a, b Device) int { return strings.Compare(a.Thing, b.Thing) })
	if p.Pending = len(p.Devices); p.Pending == 0 {
		return nothingPending(p.Input, p.Jobs[0])
	}
	return nil
}

// devices lists the pending executions of a job by thing, and the things that it is still to reach.
func (pr *planner) devices(ctx context.Context, j JobSummary) ([]Device, error) {
	if j.Reaching == "" {
		list, err := pr.list(ctx, j, iottypes.JobExecutionStatusQueued, iottypes.JobExecutionStatusInProgress)
		return latest(list), err
	}
	job, err := fleet.DescribeJob(ctx, pr.c, j.ID)
	if err != nil {
		return nil, err
	}
	things, err := targets(ctx, pr.c, job)
	if err != nil {
		return nil, err
	}
	list, err := pr.list(ctx, j, "")
	if err != nil {
		return nil, err
	}
	list = latest(list)
	pr.rates[j.ID] = rollout{rateOf(job), len(list)}
	for _, d := range list {
		delete(things, d.Thing)
	}
	list = slices.DeleteFunc(list, func(d Device) bool { return d.ended })
	for thing := range things {
		list = append(list, Device{Thing: thing, Job: j.ID})
	}
	return list, nil
}

// list lists executions in the states, "" for all. The queued ones come first: one that is started meanwhile is then in both
// listings and not in none.
func (pr *planner) list(ctx context.Context, j JobSummary, statuses ...iottypes.JobExecutionStatus) ([]Device, error) {
	var devices []Device
	for _, status := range statuses {
		err := eachExecution(ctx, pr.c, j.ID, status, func(page []Device) {
			devices = append(devices, page...)
			pr.st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Step: StepFind, Resource: Execution,
				Done: len(devices), Total: max(len(devices), j.Counts.Pending())})
		})
		if err != nil {
			return nil, err
		}
	}
	return devices, nil
}

// eachExecution calls fn for every page of a job's executions in a state, "" for all.
func eachExecution(ctx context.Context, c *cloud.Cloud, job string, status iottypes.JobExecutionStatus, fn func([]Device)) error {
	pages := iot.NewListJobExecutionsForJobPaginator(c.IoT,
		&iot.ListJobExecutionsForJobInput{JobId: &job, Status: status, MaxResults: aws.Int32(pageSize)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the executions of job %s: %w", job, err)
		}
		devices := make([]Device, 0, len(page.ExecutionSummaries))
		for _, x := range page.ExecutionSummaries {
			if x.JobExecutionSummary != nil {
				devices = append(devices, device(job, x))
			}
		}
		fn(devices)
	}
	return nil
}

// latest sorts by thing and leaves each its newest execution. Of one execution the entry that was listed later counts, in
// which it is started.
func latest(list []Device) []Device {
	slices.SortFunc(list, func(a, b Device) int {
		return cmp.Or(strings.Compare(a.Thing, b.Thing), cmp.Compare(b.Number, a.Number), cmp.Compare(rank(b), rank(a)))
	})
	return slices.CompactFunc(list, func(a, b Device) bool { return a.Thing == b.Thing })
}

func rank(d Device) int {
	if d.Started {
		return 1
	}
	return 0
}

func device(job string, x iottypes.JobExecutionSummaryForJob) Device {
	arn, s := aws.ToString(x.ThingArn), x.JobExecutionSummary
	return Device{Thing: arn[strings.LastIndexByte(arn, '/')+1:], Job: job, Number: aws.ToInt64(s.ExecutionNumber),
		Started: s.Status == iottypes.JobExecutionStatusInProgress, Attempt: int(aws.ToInt32(s.RetryAttempt)),
		ended:  s.Status != iottypes.JobExecutionStatusInProgress && s.Status != iottypes.JobExecutionStatusQueued,
		status: string(s.Status), waiting: aws.ToTime(s.QueuedAt).UnixMilli()}
}

// limit leaves the devices of as many things as the scope allows, the first by name.
func (p *Plan) limit() {
	if p.Input.Scope == 0 {
		return
	}
	things, last := 0, ""
	for i, d := range p.Devices {
		if d.Thing != last {
			things, last = things+1, d.Thing
		}
		if things > p.Input.Scope {
			p.Devices = slices.Clone(p.Devices[:i])
			return
		}
	}
}
