package createjob

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// What a run waits for.
const (
	RolePropagation event.Status = "ROLE_PROPAGATION" // a role made just now is not known everywhere yet
	ExecutionsMade  event.Status = "EXECUTIONS_MADE"  // AWS makes the executions some seconds after the job
	GroupFilled     event.Status = "GROUP_FILLED"     // AWS fills a dynamic group some seconds after it was made
)

// JobScheduled is a warning: the job was created and notifies nobody before its start.
const JobScheduled event.Status = "JOB_SCHEDULED"

// Waits of a run. AWS IoT sees a new role within some ten seconds, and shows the executions of a new job after a few. A
// dynamic group is filled within seconds, or minutes in a large fleet.
var (
	roleWaits      = []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}
	executionWaits = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 3500 * time.Millisecond}
	groupWaits     = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 5 * time.Second, 10 * time.Second, 20 * time.Second}
)

// Run makes what the job needs, creates it and waits until its executions can be seen. Running a plan again finds what it has
// made and makes nothing a second time. The error says why there is no job; a run that was stopped is INTERRUPTED and no
// error.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	steps := p.Steps()
	ctx, run := fleet.Begin(ctx, Workflow, st, p.items())
	cr := &creator{cloud: c, plan: p, report: Report{Job: p.Request.JobID}}
	work := map[string]func(context.Context, *fleet.Step) error{StepNarrow: cr.groups, StepTemplate: cr.template, StepCreate: cr.job}
	var failed error
	for i, id := range steps {
		if failed != nil {
			run.Skip(id, steps[i-1])
			continue
		}
		// The step's own error says no more than the items do.
		_ = run.Step(ctx, id, lessons[id], func(ctx context.Context, s *fleet.Step) {
			if failed = work[id](ctx, s); fleet.Stopped(ctx, failed) {
				failed = nil
			}
		})
	}
	var fatal error
	cr.report.Report, fatal = run.End(ctx)
	if fatal != nil {
		return cr.report, fatal
	}
	return cr.report, failed
}

// lessons are what steps teach.
var lessons = map[string]string{StepNarrow: "target-selection", StepCreate: "rollout"}

// items is how many things a run makes.
func (p Plan) items() int {
	n := 1
	if p.narrows() {
		n += len(p.Narrow.Groups)
	}
	if p.Template != nil {
		n++
	}
	return n
}

// creator is a run under way.
type creator struct {
	cloud  *cloud.Cloud
	plan   Plan
	report Report
}

// job creates the job and looks at its executions.
func (cr *creator) job(ctx context.Context, s *fleet.Step) error {
	s.Expect(Job, 1)
	err := cr.create(ctx, s)
	if err == nil {
		cr.report.ARN = cr.cloud.ARN("job/" + cr.report.Job)
		cr.watch(ctx, s)
	}
	return err
}

func (cr *creator) create(ctx context.Context, s *fleet.Step) error {
	status := event.Created
	err := cr.send(ctx, s)
	if cloud.Is(err, cloud.Exists) {
		// Either the answer to an attempt was lost, or the plan is run again.
		ours, look := cr.isOurs(ctx)
		switch {
		case look != nil:
			err = look
		case ours:
			status, err = event.Exists, nil
		}
	}
	r := cr.plan.Request
	detail := []string{"selection", r.TargetSelection}
	for _, i := range cr.plan.Packages[:min(1, len(cr.plan.Packages))] {
		detail = append(detail, "package", i.Package, "version", i.Version)
	}
	s.Result(ctx, Job, r.JobID, status, err, detail...)
	return err
}

// send creates the job. A role made moments ago may not be known to AWS IoT yet; that passes.
func (cr *creator) send(ctx context.Context, s *fleet.Step) error {
	return cr.patient(ctx, s, func() error {
		_, err := cr.cloud.IoT.CreateJob(ctx, cr.plan.Request.sdk())
		return err
	})
}

func (cr *creator) role() string {
	p := cr.plan.Request.PresignedURL
	if p == nil {
		return ""
	}
	return p.RoleARN[strings.LastIndexByte(p.RoleARN, '/')+1:]
}

// aboutRole tells whether AWS refused a role that IAM knows. There is no error code for that, only words.
func (cr *creator) aboutRole(ctx context.Context, err error) bool {
	p := cloud.Explain(err)
	if p.Class != cloud.Invalid || cr.role() == "" || !strings.Contains(strings.ToLower(p.Message), "role") {
		return false
	}
	ok, err := roleExists(ctx, cr.cloud, cr.role())
	return ok && err == nil
}

func total(waits []time.Duration) time.Duration {
	var sum time.Duration
	for _, w := range waits {
		sum += w
	}
	return sum
}

// isOurs tells whether the job of that id is the one that the plan makes.
func (cr *creator) isOurs(ctx context.Context) (bool, error) {
	job, err := fleet.DescribeJob(ctx, cr.cloud, cr.plan.Request.JobID)
	if err != nil {
		return false, err
	}
	return cr.plan.Request.made(job), nil
}

// made tells whether a job is what the request makes.
func (r Request) made(job *iottypes.Job) bool {
	return aws.ToString(job.Description) == r.Description && string(job.TargetSelection) == r.TargetSelection &&
		same(job.Targets, r.Targets) && same(job.DestinationPackageVersions, r.Packages)
}

func same(a, b []string) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

// watch waits until the job has reached its things, if that is a matter of seconds, and notes its state and the executions that it
// has by then. A job that is to start later has none yet.
func (cr *creator) watch(ctx context.Context, s *fleet.Step) {
	for i := 0; ; i++ {
		job, err := fleet.DescribeJob(ctx, cr.cloud, cr.report.Job)
		if err != nil {
			if !fleet.Stopped(ctx, err) {
				s.Warn(Job, cr.report.Job, ExecutionsMade, err)
			}
			return
		}
		n := fleet.CountsOf(job)
		cr.report.Executions, cr.report.State = n, string(job.Status)
		if job.Status == iottypes.JobStatusScheduled {
			cr.report.Starts = starts(job)
			s.Warn(Job, cr.report.Job, JobScheduled, nil)
			return
		}
		slow := cr.plan.Forecast.Notified > total(executionWaits).Seconds() // it takes more time than there is
		if n.Total() > 0 && (slow || !fleet.RollingOut(job)) || cr.plan.Members == 0 || i == len(executionWaits) {
			return
		}
		s.Waiting(Job, cr.report.Job, ExecutionsMade, total(executionWaits[i:]))
		if fleet.Pause(ctx, executionWaits[i]) != nil {
			return
		}
	}
}

// starts is when a scheduled job begins: at its start, or when its next maintenance window opens.
func starts(job *iottypes.Job) string {
	if c := job.SchedulingConfig; c != nil && c.StartTime != nil {
		return *c.StartTime
	}
	if len(job.ScheduledJobRollouts) > 0 {
		return aws.ToString(job.ScheduledJobRollouts[0].StartTime)
	}
	return ""
}
