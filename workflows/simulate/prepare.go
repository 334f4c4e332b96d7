package simulate

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// stepCreateJob is the workflow that makes something to do.
const stepCreateJob = "job create"

// Prepare finds the pending executions of the job and plans how each ends. Nothing is changed. While it lists them it emits
// progress. What a field is wrong about is a *fleet.FieldError.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, st event.Stage) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	p := Plan{Input: in, Account: c.Account, Region: c.Region, Jobs: make([]JobSummary, 1)}
	var err error
	if p.Jobs[0], err = findJob(ctx, c, in.Job); err != nil {
		return Plan{}, err
	}
	if p.Download, err = hasDownload(ctx, c, p.Jobs[0].ID); err != nil {
		return Plan{}, err
	}
	if p.Jobs[0], err = reached(ctx, c, p.Jobs[0], in.Scope, st); err != nil {
		return Plan{}, err
	}
	if p.Devices, err = pending(ctx, c, p.Jobs[0], st); err != nil {
		return Plan{}, err
	}
	if p.Pending = len(p.Devices); p.Pending == 0 {
		return Plan{}, nothingPending(in, p.Jobs[0])
	}
	if in.Scope > 0 && in.Scope < len(p.Devices) {
		p.Devices = slices.Clone(p.Devices[:in.Scope])
	}
	assign(p.Devices, in, map[string]bool{p.Jobs[0].ID: p.Download})
	p.count()
	p.Estimate = p.estimate(c)
	return p, nil
}

func nothingPending(in Input, job JobSummary) error {
	return fleet.Refuse(FieldJob, in.Job, fleet.NothingToDo, "step", stepCreateJob, "item", job.ID, "status", job.Status,
		"selection", job.Selection)
}

// JobRollingOut is what Prepare waits for: the job's executions appear at the rate of its rollout.
const JobRollingOut event.Status = "JOB_ROLLING_OUT"

// reachPause is between looks at a job that is rolling out.
const reachPause = time.Second

// reached waits until a job that sets no rate of its own has reached its things, or as many as the scope asks for: their
// executions appear some seconds after the job is created and at 1000 a minute. A job that is slow on purpose is planned with
// those that there are, and waited for only while there are none.
func reached(ctx context.Context, c *cloud.Cloud, job JobSummary, scope int, st event.Stage) (JobSummary, error) {
	for told := false; ; told = true {
		n := job.Counts.Pending()
		if job.Reaching == "" || n > 0 && job.Reaching == AtItsOwnRate || scope > 0 && n >= scope {
			return job, nil
		}
		if !told {
			st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Waiting, Step: StepFind, Resource: "job", Subject: job.ID, Status: JobRollingOut})
		}
		st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Step: StepFind, Resource: Execution, Done: n, Total: n})
		if err := fleet.Pause(ctx, reachPause); err != nil {
			return job, err
		}
		var err error
		if job, err = readJob(ctx, c, job.ID); err != nil {
			return job, err
		}
	}
}

// findJob is the job of that id, or the newest active one that has something to do.
func findJob(ctx context.Context, c *cloud.Cloud, id string) (JobSummary, error) {
	if id != "" {
		job, err := readJob(ctx, c, id)
		if cloud.Is(err, cloud.NotFound) {
			return job, noJob(ctx, c, id)
		}
		return job, err
	}
	jobs, err := Jobs(ctx, c)
	if err != nil {
		return JobSummary{}, err
	}
	for _, j := range jobs {
		if !j.Idle() {
			return j, nil
		}
	}
	if len(jobs) > 0 {
		return JobSummary{}, nothingPending(Input{}, jobs[0])
	}
	return JobSummary{}, fleet.Refuse(FieldJob, "", fleet.NothingToDo, "step", stepCreateJob)
}

func noJob(ctx context.Context, c *cloud.Cloud, id string) error {
	jobs, err := activeJobs(ctx, c)
	if err != nil {
		return err
	}
	if len(jobs) == 0 {
		return fleet.Refuse(FieldJob, id, fleet.NothingToDo, "step", stepCreateJob, "item", id)
	}
	const few = 5
	var choices []string
	for _, j := range jobs[:min(few, len(jobs))] {
		choices = append(choices, j.ID)
	}
	text := strings.Join(choices, ", ")
	if len(jobs) > few {
		text += fmt.Sprintf(", … (%d)", len(jobs))
	}
	return fleet.Refuse(FieldJob, id, fleet.NotInCloud, "item", id, "choices", text)
}

// hasDownload tells whether devices will find firmware to download in the job document.
func hasDownload(ctx context.Context, c *cloud.Cloud, id string) (bool, error) {
	out, err := c.IoT.GetJobDocument(ctx, &iot.GetJobDocumentInput{JobId: &id})
	if err != nil {
		return false, fmt.Errorf("read the document of job %s: %w", id, err)
	}
	return len(artifacts(aws.ToString(out.Document))) > 0, nil
}

// pending lists the executions that have not ended, by thing name. The queued ones come first: one that is started
// meanwhile is then in both listings and not in none.
func pending(ctx context.Context, c *cloud.Cloud, job JobSummary, st event.Stage) ([]Device, error) {
	var devices []Device
	for _, status := range []iottypes.JobExecutionStatus{iottypes.JobExecutionStatusQueued, iottypes.JobExecutionStatusInProgress} {
		pages := iot.NewListJobExecutionsForJobPaginator(c.IoT,
			&iot.ListJobExecutionsForJobInput{JobId: &job.ID, Status: status, MaxResults: aws.Int32(pageSize)})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				return nil, fmt.Errorf("list the executions of job %s: %w", job.ID, err)
			}
			for _, x := range page.ExecutionSummaries {
				devices = append(devices, device(x, status))
			}
			st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Step: StepFind, Resource: Execution,
				Done: len(devices), Total: max(len(devices), job.Counts.Pending())})
		}
	}
	slices.SortFunc(devices, byThing)
	for i := range devices {
		devices[i].Job = job.ID
	}
	return slices.CompactFunc(devices, func(a, b Device) bool { return a.Thing == b.Thing }), nil
}

// byThing sorts by thing. Of two entries of one thing the newer execution is first, and of one execution the entry that was
// listed later, which is the one that is started.
func byThing(a, b Device) int {
	switch {
	case a.Thing != b.Thing:
		return strings.Compare(a.Thing, b.Thing)
	case a.Number != b.Number:
		return cmp.Compare(b.Number, a.Number)
	case a.Started == b.Started:
		return 0
	case a.Started:
		return -1
	}
	return 1
}

func device(x iottypes.JobExecutionSummaryForJob, status iottypes.JobExecutionStatus) Device {
	arn := aws.ToString(x.ThingArn)
	d := Device{Thing: arn[strings.LastIndexByte(arn, '/')+1:], Started: status == iottypes.JobExecutionStatusInProgress}
	if x.JobExecutionSummary != nil {
		d.Number = aws.ToInt64(x.JobExecutionSummary.ExecutionNumber)
	}
	return d
}

// count fills in the plan's numbers.
func (p *Plan) count() {
	p.Reasons = map[string]int{}
	for _, d := range p.Devices {
		if d.Started {
			p.Started++
		}
		if d.Reason == "" {
			p.Successes++
			continue
		}
		p.Failures++
		p.Reasons[d.Reason]++
	}
}

// callsPerDevice are one update that takes the execution and one that reports its end.
const callsPerDevice = 2

func (p *Plan) estimate(c *cloud.Cloud) Estimate {
	e := Estimate{Calls: callsPerDevice*len(p.Devices) + 2} // the job is read before and after
	for _, d := range p.Devices {
		if p.Download && fetches(d.Reason) != none {
			e.Downloads++
		}
	}
	const fastest = 1e6 // JSON knows no infinity
	if r := c.Pace.Rate("iot-jobs-data", "UpdateJobExecution") / callsPerDevice; r < fastest {
		e.DevicesSecond, e.Seconds = r, float64(len(p.Devices))/r
	}
	return e
}
