package contract_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// operator returns an execution as an operator sees it.
func (l *lab) operator(job, thing string) *types.JobExecution {
	l.Helper()
	return must(l.iot.DescribeJobExecution(l.ctx, &iot.DescribeJobExecutionInput{JobId: l.own(job), ThingName: l.own(thing)}))(l).Execution
}

func TestExecutionAsTheOperatorSeesIt(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a"))
		l.queued("j", 1)
		e := l.operator("j", "a")
		equal(l, "thing", aws.ToString(e.ThingArn), l.arn("thing/"+*l.own("a")))
		equal(l, "status", e.Status, types.JobExecutionStatusQueued)
		equal(l, "execution number", aws.ToInt64(e.ExecutionNumber), 1)
		equal(l, "version", e.VersionNumber, 1)
		if e.QueuedAt == nil || e.LastUpdatedAt == nil || e.StartedAt != nil {
			l.Errorf("execution is %+v", e)
		}
		l.start("j", "a", "step", "2")
		e = l.operator("j", "a")
		equal(l, "status", e.Status, types.JobExecutionStatusInProgress)
		equal(l, "version", e.VersionNumber, 2)
		equal(l, "detail", e.StatusDetails.DetailsMap["step"], "2")
		_, err := l.iot.DescribeJobExecution(l.ctx, &iot.DescribeJobExecutionInput{JobId: l.own("j"), ThingName: l.own("none")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}

func TestCancelJobExecution(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a", "b"))
		l.queued("j", 2)
		cancel := func(thing string, change func(*iot.CancelJobExecutionInput)) error {
			in := &iot.CancelJobExecutionInput{JobId: l.own("j"), ThingName: l.own(thing)}
			change(in)
			_, err := l.iot.CancelJobExecution(l.ctx, in)
			return err
		}
		l.refused(cancel("a", func(in *iot.CancelJobExecutionInput) { in.ExpectedVersion = aws.Int64(9) }), http.StatusConflict, "VersionConflictException")
		l.start("j", "a")
		plain := func(*iot.CancelJobExecutionInput) {}
		l.refused(cancel("a", plain), http.StatusConflict, "InvalidStateTransitionException")
		force := func(in *iot.CancelJobExecutionInput) { in.Force = true }
		for thing, how := range map[string]func(*iot.CancelJobExecutionInput){"a": force, "b": plain} {
			if err := cancel(thing, how); err != nil {
				l.Fatal(err)
			}
			l.wait(settled, func() error {
				if s := l.operator("j", thing).Status; s != types.JobExecutionStatusCanceled {
					return fmt.Errorf("execution of %s is %s", thing, s)
				}
				return nil
			})
		}
		l.refused(cancel("b", plain), http.StatusConflict, "InvalidStateTransitionException")
		l.becomes("j", types.JobStatusCompleted)
	})
}

func TestDeleteJobExecution(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", types.TargetSelectionContinuous, l.fleet("G", "a"))
		l.queued("j", 1)
		l.start("j", "a")
		in := &iot.DeleteJobExecutionInput{JobId: l.own("j"), ThingName: l.own("a"), ExecutionNumber: aws.Int64(1)}
		_, err := l.iot.DeleteJobExecution(l.ctx, in)
		l.refused(err, http.StatusConflict, "InvalidStateTransitionException")
		in.Force = true
		must(l.iot.DeleteJobExecution(l.ctx, in))(l)
		l.wait(settled, func() error {
			_, err := l.iot.DescribeJobExecution(l.ctx, &iot.DescribeJobExecutionInput{JobId: l.own("j"), ThingName: l.own("a")})
			return refusal(err, http.StatusNotFound, "ResourceNotFoundException")
		})
	})
}

func TestListJobExecutions(t *testing.T) {
	each(t, func(l *lab) {
		things := []string{"a", "b", "c"}
		group := l.fleet("G", things...)
		l.job("j", "", group)
		l.job("k", "", group)
		l.queued("j", 3)
		l.queued("k", 3)
		var got []string
		in := &iot.ListJobExecutionsForJobInput{JobId: l.own("j"), Status: types.JobExecutionStatusQueued, MaxResults: aws.Int32(2)}
		for pages := iot.NewListJobExecutionsForJobPaginator(l.iot, in); pages.HasMorePages(); {
			for _, s := range must(pages.NextPage(l.ctx))(l).ExecutionSummaries {
				got = append(got, strings.TrimPrefix(*s.ThingArn, l.arn("thing/"+l.prefix)))
			}
		}
		if slices.Sort(got); !slices.Equal(got, things) {
			l.Errorf("executions are of %v, want %v", got, things)
		}
		of := must(l.iot.ListJobExecutionsForThing(l.ctx, &iot.ListJobExecutionsForThingInput{ThingName: l.own("b")}))(l)
		if len(of.ExecutionSummaries) != 2 {
			l.Errorf("executions of the thing are %+v", of.ExecutionSummaries)
		}
	})
}

// Deleting a thing takes its executions with it.
func TestExecutionsOfDeletedThings(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a", "b"))
		l.queued("j", 2)
		must(l.iot.DeleteThing(l.ctx, &iot.DeleteThingInput{ThingName: l.own("a")}))(l)
		l.queued("j", 1)
		equal(l, "removed", aws.ToInt32(l.describeJob("j").JobProcessDetails.NumberOfRemovedThings), 1)
	})
}
