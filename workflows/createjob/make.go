package createjob

import (
	"context"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// groups makes the dynamic groups of a job that is narrowed and waits until they are filled.
func (cr *creator) groups(ctx context.Context, s *fleet.Step) error {
	s.Expect(DynamicGroup, len(cr.plan.Narrow.Groups))
	for _, g := range cr.plan.Narrow.Groups {
		status, err := cr.group(ctx, g)
		s.Result(ctx, DynamicGroup, g.Name, status, err, "query", g.Query)
		if err != nil {
			return err
		}
		cr.report.Groups = append(cr.report.Groups, g.Name)
	}
	for _, g := range cr.plan.Narrow.Groups {
		if err := cr.filled(ctx, s, g); err != nil {
			return err
		}
	}
	return nil
}

func (cr *creator) group(ctx context.Context, g NarrowGroup) (event.Status, error) {
	there, err := readGroup(ctx, cr.cloud, g.Name)
	if err != nil {
		return "", err
	}
	if there.Query == g.Query {
		switch ours, err := oursByTag(ctx, cr.cloud, g.ARN); {
		case err != nil:
			return "", err
		case ours:
			return event.Exists, nil
		}
		return "", fleet.Foreign("thing group", g.Name, "choose another job id")
	}
	_, err = cr.cloud.IoT.CreateDynamicThingGroup(ctx, g.sdk())
	return event.Created, err
}

// filled waits until a group is ACTIVE and holds what it should. A job for a group that is still being filled would leave out
// things, unless it is continuous; after the last wait it goes on all the same, and says so.
func (cr *creator) filled(ctx context.Context, s *fleet.Step, g NarrowGroup) error {
	for i := 0; ; i++ {
		full, err := cr.isFilled(ctx, g)
		switch {
		case err != nil:
			s.Fail(ctx, DynamicGroup, g.Name, err)
			return err
		case full:
			return nil
		case i == len(groupWaits):
			s.Warn(DynamicGroup, g.Name, GroupFilled, nil)
			return nil
		}
		s.Waiting(DynamicGroup, g.Name, GroupFilled, total(groupWaits[i:]))
		if err := fleet.Pause(ctx, groupWaits[i]); err != nil {
			return err
		}
	}
}

func (cr *creator) isFilled(ctx context.Context, g NarrowGroup) (bool, error) {
	out, err := cr.cloud.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: &g.Name})
	if cloud.Is(err, cloud.NotFound) { // not known everywhere yet
		return false, nil
	}
	if err != nil || out.Status != iottypes.DynamicGroupStatusActive {
		return false, err
	}
	n := 0
	err = members(ctx, cr.cloud, g.Name, func(things []string) { n += len(things) })
	return n >= g.Members, err
}

// template saves the choices as a job template.
func (cr *creator) template(ctx context.Context, s *fleet.Step) error {
	s.Expect(JobTemplate, 1)
	t := *cr.plan.Template
	status := event.Created
	err := cr.sendTemplate(ctx, s, t)
	if cloud.Is(err, cloud.Exists) || cloud.Is(err, cloud.Conflict) {
		there, look := cr.cloud.IoT.DescribeJobTemplate(ctx, &iot.DescribeJobTemplateInput{JobTemplateId: &t.ID})
		switch {
		case look != nil:
			err = look
		case aws.ToString(there.Document) == t.Document && aws.ToString(there.Description) == t.Description:
			status, err = event.Exists, nil
		}
	}
	s.Result(ctx, JobTemplate, t.ID, status, err)
	if err == nil {
		cr.report.Template = t.ID
	}
	return err
}

// sendTemplate creates the template. Like a job it may meet a role that is not known everywhere yet.
func (cr *creator) sendTemplate(ctx context.Context, s *fleet.Step, t Template) error {
	return cr.patient(ctx, s, func() error {
		_, err := cr.cloud.IoT.CreateJobTemplate(ctx, t.sdk())
		return err
	})
}

// patient repeats what AWS refuses because of a role made moments ago; that passes.
func (cr *creator) patient(ctx context.Context, s *fleet.Step, call func() error) error {
	for i := 0; ; i++ {
		err := call()
		if err == nil || i == len(roleWaits) || !cr.aboutRole(ctx, err) {
			return err
		}
		s.Waiting("role", cr.role(), RolePropagation, total(roleWaits[i:]))
		if err := fleet.Pause(ctx, roleWaits[i]); err != nil {
			return err
		}
	}
}
