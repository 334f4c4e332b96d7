package contract_test

import (
	"net/http"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	data "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"
)

// report updates an execution as its device does.
func (l *lab) report(job, thing string, status types.JobExecutionStatus, change ...func(*data.UpdateJobExecutionInput)) error {
	in := &data.UpdateJobExecutionInput{JobId: l.own(job), ThingName: l.own(thing), Status: status}
	for _, f := range change {
		f(in)
	}
	_, err := l.jobs.UpdateJobExecution(l.ctx, in)
	return err
}

// start has a device begin, with details as pairs.
func (l *lab) start(job, thing string, details ...string) {
	l.Helper()
	m := map[string]string{}
	for i := 0; i < len(details); i += 2 {
		m[details[i]] = details[i+1]
	}
	err := l.report(job, thing, types.JobExecutionStatusInProgress, func(in *data.UpdateJobExecutionInput) { in.StatusDetails = m })
	if err != nil {
		l.Fatal(err)
	}
}

func (l *lab) succeed(job, thing string) {
	l.Helper()
	if err := l.report(job, thing, types.JobExecutionStatusSucceeded); err != nil {
		l.Fatal(err)
	}
}

// peek returns the execution that a device would do next; nil for none.
func (l *lab) peek(thing, job string) *types.JobExecution {
	l.Helper()
	return must(l.jobs.DescribeJobExecution(l.ctx, &data.DescribeJobExecutionInput{ThingName: l.own(thing), JobId: &job}))(l).Execution
}

func TestExecutionAsTheDeviceSeesIt(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a"))
		l.queued("j", 1)
		e := l.peek("a", "$next")
		equal(l, "job", aws.ToString(e.JobId), *l.own("j"))
		equal(l, "thing", aws.ToString(e.ThingName), *l.own("a"))
		equal(l, "status", e.Status, types.JobExecutionStatusQueued)
		equal(l, "document", aws.ToString(e.JobDocument), document)
		equal(l, "version", e.VersionNumber, 1)
		equal(l, "execution number", aws.ToInt64(e.ExecutionNumber), 1)
		equal(l, "time for both planes", e.QueuedAt, l.operator("j", "a").QueuedAt.Unix())
		bare := must(l.jobs.DescribeJobExecution(l.ctx, &data.DescribeJobExecutionInput{ThingName: l.own("a"), JobId: l.own("j"), IncludeJobDocument: aws.Bool(false)}))(l)
		if bare.Execution.JobDocument != nil {
			l.Errorf("the document is %q, though it was not wanted", *bare.Execution.JobDocument)
		}
		pending := must(l.jobs.GetPendingJobExecutions(l.ctx, &data.GetPendingJobExecutionsInput{ThingName: l.own("a")}))(l)
		if len(pending.QueuedJobs) != 1 || len(pending.InProgressJobs) != 0 {
			l.Errorf("pending are %+v", pending)
		}
	})
}

func TestStartNextPendingJobExecution(t *testing.T) {
	each(t, func(l *lab) {
		group := l.fleet("G", "a")
		next := func(details map[string]string) *types.JobExecution {
			return must(l.jobs.StartNextPendingJobExecution(l.ctx, &data.StartNextPendingJobExecutionInput{ThingName: l.own("a"), StatusDetails: details}))(l).Execution
		}
		if e := next(nil); e != nil || l.peek("a", "$next") != nil {
			l.Errorf("with nothing pending there is %+v", e)
		}
		l.job("j", "", group)
		l.queued("j", 1)
		e := next(map[string]string{"step": "1"})
		equal(l, "status", e.Status, types.JobExecutionStatusInProgress)
		equal(l, "version", e.VersionNumber, 2)
		equal(l, "detail", e.StatusDetails["step"], "1")
		again := next(map[string]string{"step": "2"}) // what is in progress comes first, as it is
		equal(l, "version of the same", again.VersionNumber, 2)
		equal(l, "detail of the same", again.StatusDetails["step"], "1")
		l.succeed("j", "a")
		if e := next(nil); e != nil {
			l.Errorf("after the last there is %+v", e)
		}
	})
}

func TestUpdateJobExecution(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a"))
		l.queued("j", 1)
		l.start("j", "a", "step", "1")
		if err := l.report("j", "a", types.JobExecutionStatusInProgress); err != nil { // no details: unchanged
			l.Fatal(err)
		}
		e := l.peek("a", *l.own("j"))
		equal(l, "version", e.VersionNumber, 3)
		equal(l, "detail", e.StatusDetails["step"], "1")
		out := must(l.jobs.UpdateJobExecution(l.ctx, &data.UpdateJobExecutionInput{JobId: l.own("j"), ThingName: l.own("a"), Status: types.JobExecutionStatusInProgress,
			StatusDetails: map[string]string{"other": "2"}, IncludeJobExecutionState: aws.Bool(true), IncludeJobDocument: aws.Bool(true), ExpectedVersion: aws.Int64(3)}))(l)
		equal(l, "version", out.ExecutionState.VersionNumber, 4)
		equal(l, "document", aws.ToString(out.JobDocument), document)
		if d := out.ExecutionState.StatusDetails; len(d) != 1 || d["other"] != "2" {
			l.Errorf("details are %v", d)
		}
		l.succeed("j", "a")
		l.refused(l.report("j", "a", types.JobExecutionStatusFailed), http.StatusConflict, "InvalidStateTransitionException")
	})
}

// A device need not say that it begins, and it may refuse.
func TestOutcomesWithoutABeginning(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a", "b", "c"))
		l.queued("j", 3)
		for thing, status := range map[string]types.JobExecutionStatus{"a": types.JobExecutionStatusSucceeded, "b": types.JobExecutionStatusFailed, "c": types.JobExecutionStatusRejected} {
			if err := l.report("j", thing, status); err != nil {
				l.Error(err)
			}
		}
		l.becomes("j", "COMPLETED")
		d := l.describeJob("j").JobProcessDetails
		if *d.NumberOfSucceededThings != 1 || *d.NumberOfFailedThings != 1 || *d.NumberOfRejectedThings != 1 {
			l.Errorf("counts are %+v", d)
		}
	})
}

func TestDeviceIsRefused(t *testing.T) {
	each(t, func(l *lab) {
		l.job("j", "", l.fleet("G", "a"))
		l.queued("j", 1)
		many := map[string]string{}
		for _, k := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k"} {
			many[k] = "1"
		}
		for why, err := range map[string]error{
			"eleven details": l.report("j", "a", types.JobExecutionStatusInProgress, func(in *data.UpdateJobExecutionInput) { in.StatusDetails = many }),
			"a step timer of eight days": l.report("j", "a", types.JobExecutionStatusInProgress,
				func(in *data.UpdateJobExecutionInput) { in.StepTimeoutInMinutes = aws.Int64(8 * 24 * 60) }),
		} {
			if problem := refusal(err, http.StatusBadRequest, "InvalidRequestException"); problem != nil {
				l.Errorf("%s: %v", why, problem)
			}
		}
		l.refused(l.report("none", "a", types.JobExecutionStatusSucceeded), http.StatusNotFound, "ResourceNotFoundException")
		_, err := l.jobs.DescribeJobExecution(l.ctx, &data.DescribeJobExecutionInput{JobId: l.own("none"), ThingName: l.own("a")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException")
	})
}
