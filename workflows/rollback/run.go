package rollback

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Run makes the groups and the jobs. Running a plan again makes nothing twice. The error is set only if the run could not
// go on; a run that was stopped is INTERRUPTED and no error.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	ctx, run := fleet.Begin(ctx, Workflow, st, len(p.Moves))
	r := runner{cloud: c, plan: p, run: run, unfit: map[string]bool{}, members: map[string]int{}}
	var err error
	if p.groups() > 0 {
		err = run.Step(ctx, StepGroups, "", r.groups)
	}
	if err == nil || errors.Is(err, fleet.ErrStep) {
		_ = run.Step(ctx, StepJobs, createjob.StepCreate, r.jobs) // the items say what failed
	}
	rep, fatal := run.End(ctx)
	r.rep.Report = rep
	return r.rep, fatal
}

// groups is how many groups the plan makes.
func (p Plan) groups() int {
	n := 0
	for _, m := range p.Moves {
		if m.Group != "" {
			n++
		}
	}
	return n
}

type runner struct {
	cloud   *cloud.Cloud
	plan    Plan
	run     *fleet.Run
	unfit   map[string]bool // groups that do not hold all that they should
	members map[string]int  // of the groups
	rep     Report
}

// adders is how many things are put into a group at once; the pacer holds their rate.
const adders = 64

// groups makes the groups of the moves that need one, and puts the things into them.
func (r *runner) groups(ctx context.Context, s *fleet.Step) {
	s.Expect(Group, r.plan.groups())
	for _, m := range r.plan.Moves {
		if m.Group == "" || ctx.Err() != nil {
			continue
		}
		status, err := r.group(ctx, m)
		s.Result(ctx, Group, m.Group, status, err)
		if err != nil {
			r.unfit[m.Group] = true
			continue
		}
		r.rep.Groups = append(r.rep.Groups, m.Group)
		r.fill(ctx, s, m)
	}
}

// group makes a static group that cleanup recognises. One that exists is ours from an earlier run of the plan, or in the way.
func (r *runner) group(ctx context.Context, m Move) (event.Status, error) {
	_, err := r.cloud.IoT.CreateThingGroup(ctx, &iot.CreateThingGroupInput{ThingGroupName: &m.Group, Tags: fleet.IoTTags(),
		ThingGroupProperties: &iottypes.ThingGroupProperties{ThingGroupDescription: &m.Input.Description}})
	switch {
	case err == nil:
		return event.Created, nil
	case !cloud.Is(err, cloud.Exists):
		return event.Failed, fmt.Errorf("create thing group %s: %w", m.Group, err)
	}
	tags, err := fleet.ResourceTags(ctx, r.cloud, r.cloud.ARN("thinggroup/"+m.Group))
	if err == nil && !fleet.Ours(tags) {
		err = fleet.Foreign("thing group", m.Group, "delete it, then prepare the rollback again")
	}
	return event.Exists, err
}

// fill puts the things into the group. Those that do not exist any more have nothing to go back to.
func (r *runner) fill(ctx context.Context, s *fleet.Step, m Move) {
	s.Expect("thing", len(m.Things))
	var failed atomic.Bool
	var members atomic.Int64
	fleet.Each(ctx, s, adders, m.Things, func(ctx context.Context, thing string) {
		_, err := r.cloud.IoT.AddThingToThingGroup(ctx, &iot.AddThingToThingGroupInput{ThingGroupName: &m.Group, ThingName: &thing})
		if cloud.Is(err, cloud.NotFound) {
			s.Item("thing", thing, event.Gone)
			return
		}
		if err != nil {
			failed.Store(true)
			err = fmt.Errorf("add thing %s to thing group %s: %w", thing, m.Group, err)
		} else {
			members.Add(1)
		}
		s.Result(ctx, "thing", thing, event.Updated, err, "group", m.Group)
	})
	r.unfit[m.Group], r.members[m.Group] = failed.Load(), int(members.Load())
}

// jobs has createjob make the jobs. A job whose group is not complete would leave things behind: it is left for the next run.
func (r *runner) jobs(ctx context.Context, s *fleet.Step) {
	s.Expect(createjob.Job, len(r.plan.Moves))
	for _, m := range r.plan.Moves {
		if ctx.Err() != nil {
			return
		}
		if m.Group != "" && r.unfit[m.Group] {
			s.Item(createjob.Job, m.Input.ID, event.Skipped, "group", m.Group)
			continue
		}
		rep, err := r.job(ctx, s, m)
		status := event.Created
		if rep.Counts[createjob.Job][event.Exists] > 0 {
			status = event.Exists
		}
		if err == nil && rep.Status == event.Interrupted {
			return
		}
		s.Result(ctx, createjob.Job, m.Input.ID, status, err, "version", strings.Join(m.To, " "))
		if err == nil {
			r.rep.Jobs = append(r.rep.Jobs, rep)
		}
	}
}

func (r *runner) job(ctx context.Context, s *fleet.Step, m Move) (createjob.Report, error) {
	st := event.Stage{Sink: relabel{r.run.Stage.Sink, StepJobs}, Sequential: r.run.Stage.Sequential}
	if m.Job != nil {
		return createjob.Run(ctx, r.cloud, *m.Job, st)
	}
	if rep, made := r.made(ctx, m); made {
		return rep, nil
	}
	plan, err := r.prepare(ctx, m, st)
	if err != nil {
		return createjob.Report{}, err
	}
	if plan.Members < r.members[m.Group] {
		s.Warn(Group, m.Group, MembersMissing, nil)
	}
	return createjob.Run(ctx, r.cloud, plan, st)
}

// made tells whether an earlier run of the plan has made the job of a group.
func (r *runner) made(ctx context.Context, m Move) (createjob.Report, bool) {
	job, err := fleet.DescribeJob(ctx, r.cloud, m.Input.ID)
	if err != nil || aws.ToString(job.Description) != m.Input.Description || !slices.Contains(job.Targets, r.cloud.ARN("thinggroup/"+m.Group)) {
		return createjob.Report{}, false
	}
	rep := createjob.Report{Job: m.Input.ID, ARN: aws.ToString(job.JobArn), Executions: fleet.CountsOf(job)}
	rep.Status, rep.Counts = event.Done, event.Counts{createjob.Job: {event.Exists: 1}}
	return rep, true
}

// memberWaits are the pauses between looks at a group: the last members may show late.
var memberWaits = []time.Duration{time.Second, 2 * time.Second, 4 * time.Second}

// prepare plans the job of a group.
func (r *runner) prepare(ctx context.Context, m Move, st event.Stage) (createjob.Plan, error) {
	for i := 0; ; i++ {
		plan, err := createjob.Prepare(ctx, r.cloud, m.Input, st)
		if err != nil || plan.Members >= r.members[m.Group] || i == len(memberWaits) {
			return plan, err
		}
		if err := fleet.Pause(ctx, memberWaits[i]); err != nil {
			return plan, err
		}
	}
}
