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
)

// Waits of a run. AWS IoT sees a new role within some ten seconds, and shows the executions of a new job after a few.
var (
	roleWaits      = []time.Duration{2 * time.Second, 4 * time.Second, 8 * time.Second}
	executionWaits = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second, 3 * time.Second, 3500 * time.Millisecond}
)

// Run creates the job and waits until its executions can be seen. Running a plan again finds its job and creates no second
// one. The error says why there is no job; a run that was stopped is INTERRUPTED and no error.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	ctx, run := fleet.Begin(ctx, Workflow, st, 1)
	rep := Report{Job: p.Request.JobID}
	var failed error
	// The step's own error says no more than the items do.
	_ = run.Step(ctx, StepCreate, StepCreate, func(ctx context.Context, s *fleet.Step) {
		s.Expect(Job, 1)
		cr := creator{cloud: c, plan: p, step: s}
		if failed = cr.create(ctx); failed == nil {
			rep.ARN = c.ARN("job/" + rep.Job)
			rep.Executions = cr.executions(ctx)
		}
		if fleet.Stopped(ctx, failed) {
			failed = nil
		}
	})
	var fatal error
	rep.Report, fatal = run.End(ctx)
	if fatal != nil {
		return rep, fatal
	}
	return rep, failed
}

type creator struct {
	cloud *cloud.Cloud
	plan  Plan
	step  *fleet.Step
}

func (cr creator) create(ctx context.Context) error {
	status := event.Created
	err := cr.send(ctx)
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
	cr.step.Result(ctx, Job, cr.plan.Request.JobID, status, err,
		"package", cr.plan.Package, "version", cr.plan.Version, "selection", cr.plan.Request.TargetSelection)
	return err
}

// send creates the job. A role made moments ago may not be known to AWS IoT yet; that passes.
func (cr creator) send(ctx context.Context) error {
	for i := 0; ; i++ {
		_, err := cr.cloud.IoT.CreateJob(ctx, cr.plan.Request.sdk())
		if err == nil || i == len(roleWaits) || !cr.aboutRole(ctx, err) {
			return err
		}
		cr.step.Waiting("role", cr.role(), RolePropagation, total(roleWaits[i:]))
		if err := fleet.Pause(ctx, roleWaits[i]); err != nil {
			return err
		}
	}
}

func (cr creator) role() string {
	arn := cr.plan.Request.PresignedURL.RoleARN
	return arn[strings.LastIndexByte(arn, '/')+1:]
}

// aboutRole tells whether AWS refused a role that IAM knows. There is no error code for that, only words.
func (cr creator) aboutRole(ctx context.Context, err error) bool {
	p := cloud.Explain(err)
	if p.Class != cloud.Invalid || !strings.Contains(strings.ToLower(p.Message), "role") {
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
func (cr creator) isOurs(ctx context.Context) (bool, error) {
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

// executions waits until the job has reached its things, if that is a matter of seconds, and counts the executions that it
// has by then.
func (cr creator) executions(ctx context.Context) fleet.JobCounts {
	for i := 0; ; i++ {
		job, err := fleet.DescribeJob(ctx, cr.cloud, cr.plan.Request.JobID)
		if err != nil {
			if !fleet.Stopped(ctx, err) {
				cr.step.Warn(Job, cr.plan.Request.JobID, ExecutionsMade, err)
			}
			return fleet.JobCounts{}
		}
		n := fleet.CountsOf(job)
		if n.Total() > 0 && !fleet.RollingOut(job) || cr.plan.Members == 0 || i == len(executionWaits) {
			return n
		}
		cr.step.Waiting(Job, cr.plan.Request.JobID, ExecutionsMade, total(executionWaits[i:]))
		if fleet.Pause(ctx, executionWaits[i]) != nil {
			return n
		}
	}
}
