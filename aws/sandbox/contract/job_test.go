package contract_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

const document = `{"operation":"reboot"}`

// fleet makes things in a group and returns the group's ARN.
func (l *lab) fleet(group string, things ...string) string {
	l.Helper()
	arn := *l.group(group, "").ThingGroupArn
	for _, name := range things {
		l.thing(name)
		l.join(group, name)
	}
	return arn
}

// job makes a job that goes when the test ends.
func (l *lab) job(id string, selection types.TargetSelection, targets ...string) *iot.CreateJobOutput {
	l.Helper()
	l.undoJob(id)
	return must(l.iot.CreateJob(l.ctx, &iot.CreateJobInput{JobId: l.own(id), Targets: targets, TargetSelection: selection, Document: aws.String(document)}))(l)
}

// undoJob deletes a job with what is left of it; AWS deletes at most ten at a time.
func (l *lab) undoJob(id string) {
	l.undo(2*settled, func(ctx context.Context) error {
		_, err := l.iot.DeleteJob(ctx, &iot.DeleteJobInput{JobId: l.own(id), Force: true})
		return err
	})
}

func (l *lab) describeJob(id string) *types.Job {
	l.Helper()
	return must(l.iot.DescribeJob(l.ctx, &iot.DescribeJobInput{JobId: l.own(id)}))(l).Job
}

// queued waits until all of a job's executions have appeared.
func (l *lab) queued(id string, n int32) {
	l.Helper()
	l.wait(settled, func() error {
		if d := l.describeJob(id).JobProcessDetails; aws.ToInt32(d.NumberOfQueuedThings) != n {
			return fmt.Errorf("%d executions are queued, want %d", aws.ToInt32(d.NumberOfQueuedThings), n)
		}
		return nil
	})
}

// becomes waits until a job has a status.
func (l *lab) becomes(id string, want types.JobStatus) {
	l.Helper()
	l.wait(settled, func() error {
		if got := l.describeJob(id).Status; got != want {
			return fmt.Errorf("job %s is %s, want %s", id, got, want)
		}
		return nil
	})
}

func TestJobIsDescribedAsMade(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a")
		made := l.job("j", "", group)
		equal(l, "ARN", aws.ToString(made.JobArn), l.arn("job/"+*l.own("j")))
		got := l.describeJob("j")
		equal(l, "ARN", aws.ToString(got.JobArn), aws.ToString(made.JobArn))
		equal(l, "status", got.Status, types.JobStatusInProgress)
		equal(l, "selection", got.TargetSelection, types.TargetSelectionSnapshot)
		if !slices.Equal(got.Targets, []string{group}) || got.CreatedAt == nil || got.LastUpdatedAt == nil || got.CompletedAt != nil {
			l.Errorf("job is %+v", got)
		}
		l.queued("j", 1)
		d := l.describeJob("j").JobProcessDetails
		for name, n := range map[string]*int32{"canceled": d.NumberOfCanceledThings, "succeeded": d.NumberOfSucceededThings, "failed": d.NumberOfFailedThings,
			"rejected": d.NumberOfRejectedThings, "in progress": d.NumberOfInProgressThings, "removed": d.NumberOfRemovedThings, "timed out": d.NumberOfTimedOutThings} {
			if n == nil || *n != 0 {
				l.Errorf("the number of things %s is %v, want a zero", name, n)
			}
		}
		equal(l, "document", aws.ToString(must(l.iot.GetJobDocument(l.ctx, &iot.GetJobDocumentInput{JobId: l.own("j")}))(l).Document), document)
	})
}

func TestCreateJobIsRefused(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a")
		l.job("j", "", group)
		in := &iot.CreateJobInput{JobId: l.own("j"), Targets: []string{group}, Document: aws.String(document)}
		_, err := l.iot.CreateJob(l.ctx, in)
		l.refused(err, http.StatusConflict, "ResourceAlreadyExistsException")
		var exists *types.ResourceAlreadyExistsException
		if errors.As(err, &exists) {
			equal(l, "ARN in the error", aws.ToString(exists.ResourceArn), l.arn("job/"+*l.own("j")))
		}
		for why, change := range map[string]func(*iot.CreateJobInput){
			"no document": func(in *iot.CreateJobInput) { in.Document = nil },
			"no JSON":     func(in *iot.CreateJobInput) { in.Document = aws.String("{") },
			"too long":    func(in *iot.CreateJobInput) { in.Document = aws.String(`{"a":"` + strings.Repeat("x", 32<<10) + `"}`) },
			"rate of 0":   func(in *iot.CreateJobInput) { in.JobExecutionsRolloutConfig = rollout(0) },
			"start too early": func(in *iot.CreateJobInput) {
				in.SchedulingConfig = &types.SchedulingConfig{StartTime: aws.String("2020-01-01T00:00")}
			},
			"presign for a day": func(in *iot.CreateJobInput) {
				in.PresignedUrlConfig = &types.PresignedUrlConfig{ExpiresInSec: aws.Int64(86400)}
			},
		} {
			in := &iot.CreateJobInput{JobId: l.own("k"), Targets: []string{group}, Document: aws.String(document)}
			change(in)
			_, err := l.iot.CreateJob(l.ctx, in)
			if problem := refusal(err, http.StatusBadRequest, "InvalidRequestException"); problem != nil {
				l.Errorf("%s: %v", why, problem)
			}
		}
		_, err = l.iot.CreateJob(l.ctx, &iot.CreateJobInput{JobId: l.own("k"), Targets: []string{l.arn("thinggroup/" + *l.own("none"))}, Document: aws.String(document)})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func rollout(perMinute int32) *types.JobExecutionsRolloutConfig {
	return &types.JobExecutionsRolloutConfig{MaximumPerMinute: &perMinute}
}

func TestJobCompletesWithItsLastExecution(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a", "b")
		l.job("j", "", group)
		l.queued("j", 2)
		l.succeed("j", "a")
		equal(l, "status while one is left", l.describeJob("j").Status, types.JobStatusInProgress)
		l.succeed("j", "b")
		l.becomes("j", types.JobStatusCompleted)
		got := l.describeJob("j")
		if got.CompletedAt == nil || aws.ToInt32(got.JobProcessDetails.NumberOfSucceededThings) != 2 {
			l.Errorf("completed job is %+v", got)
		}
		_, err := l.iot.CancelJob(l.ctx, &iot.CancelJobInput{JobId: l.own("j")})
		l.refused(err, http.StatusBadRequest, "InvalidRequestException")
	})
}

func TestContinuousJobFollowsItsGroup(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a")
		l.job("j", types.TargetSelectionContinuous, group)
		l.queued("j", 1)
		l.thing("b")
		l.join("G", "b")
		l.queued("j", 2)
		must(l.iot.RemoveThingFromThingGroup(l.ctx, &iot.RemoveThingFromThingGroupInput{ThingGroupName: l.own("G"), ThingName: l.own("a")}))(l)
		l.queued("j", 1)
		equal(l, "removed", aws.ToInt32(l.describeJob("j").JobProcessDetails.NumberOfRemovedThings), 1)
		l.succeed("j", "b")
		equal(l, "status", l.describeJob("j").Status, types.JobStatusInProgress) // it has no end of its own
		other := l.fleet("H", "c")
		must(l.iot.AssociateTargetsWithJob(l.ctx, &iot.AssociateTargetsWithJobInput{JobId: l.own("j"), Targets: []string{other}}))(l)
		l.queued("j", 1)
	})
}

func TestCancelJob(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a", "b")
		l.job("j", "", group)
		l.queued("j", 2)
		l.start("j", "a")
		out := must(l.iot.CancelJob(l.ctx, &iot.CancelJobInput{JobId: l.own("j"), ReasonCode: aws.String("TEST"), Comment: aws.String("enough")}))(l)
		equal(l, "id", aws.ToString(out.JobId), *l.own("j"))
		l.becomes("j", types.JobStatusCanceled)
		l.wait(settled, func() error {
			d := l.describeJob("j").JobProcessDetails
			if *d.NumberOfCanceledThings != 1 || *d.NumberOfInProgressThings != 1 {
				return fmt.Errorf("%d canceled and %d in progress, want 1 and 1", *d.NumberOfCanceledThings, *d.NumberOfInProgressThings)
			}
			return nil
		})
		got := l.describeJob("j")
		equal(l, "reason", aws.ToString(got.ReasonCode), "TEST")
		equal(l, "comment", aws.ToString(got.Comment), "enough")
	})
}

func TestDeleteJob(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a")
		l.job("j", "", group)
		_, err := l.iot.DeleteJob(l.ctx, &iot.DeleteJobInput{JobId: l.own("j")})
		l.refused(err, http.StatusConflict, "InvalidStateTransitionException")
		must(l.iot.DeleteJob(l.ctx, &iot.DeleteJobInput{JobId: l.own("j"), Force: true}))(l)
		l.wait(2*settled, func() error {
			_, err := l.iot.DescribeJob(l.ctx, &iot.DescribeJobInput{JobId: l.own("j")})
			return refusal(err, http.StatusNotFound, "ResourceNotFoundException")
		})
		l.job("j", "", group) // the id is free again
		for _, ask := range []func() error{
			func() error {
				_, err := l.iot.GetJobDocument(l.ctx, &iot.GetJobDocumentInput{JobId: l.own("none")})
				return err
			},
			func() error { _, err := l.iot.CancelJob(l.ctx, &iot.CancelJobInput{JobId: l.own("none")}); return err },
			func() error { _, err := l.iot.DeleteJob(l.ctx, &iot.DeleteJobInput{JobId: l.own("none")}); return err },
			func() error { _, err := l.iot.UpdateJob(l.ctx, &iot.UpdateJobInput{JobId: l.own("none")}); return err },
		} {
			l.refused(ask(), http.StatusNotFound, "ResourceNotFoundException")
		}
	})
}

func TestUpdateJob(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a"))
		must(l.iot.UpdateJob(l.ctx, &iot.UpdateJobInput{JobId: l.own("j"), Description: aws.String("new"), JobExecutionsRolloutConfig: rollout(7),
			TimeoutConfig: &types.TimeoutConfig{InProgressTimeoutInMinutes: aws.Int64(90)}}))(l)
		got := l.describeJob("j")
		equal(l, "description", aws.ToString(got.Description), "new")
		equal(l, "rate", aws.ToInt32(got.JobExecutionsRolloutConfig.MaximumPerMinute), 7)
		equal(l, "timeout", aws.ToInt64(got.TimeoutConfig.InProgressTimeoutInMinutes), 90)
	})
}

func TestListJobs(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a")
		l.job("j", "", group)
		l.job("k", types.TargetSelectionContinuous, group)
		list := func(selection types.TargetSelection) (ids []string) {
			in := &iot.ListJobsInput{ThingGroupName: l.own("G"), Status: types.JobStatusInProgress, TargetSelection: selection, MaxResults: aws.Int32(1)}
			for pages := iot.NewListJobsPaginator(l.iot, in); pages.HasMorePages(); {
				for _, j := range must(pages.NextPage(l.ctx))(l).Jobs {
					ids = append(ids, (*j.JobId)[len(l.prefix):])
				}
			}
			slices.Sort(ids)
			return ids
		}
		if all, some := list(""), list(types.TargetSelectionContinuous); !slices.Equal(all, []string{"j", "k"}) || !slices.Equal(some, []string{"k"}) {
			l.Errorf("the group's jobs are %v, the continuous ones %v", all, some)
		}
	})
}
