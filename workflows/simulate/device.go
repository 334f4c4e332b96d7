package simulate

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	jobs "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/workflows/event"
)

// session is one device at work on one execution. One worker has it at a time.
type session struct {
	*runner
	place    int // on the board
	device   Device
	steps    []Step
	at       int  // the step that it is in
	entered  bool // that step has begun
	since    time.Time
	version  int64 // of the execution, as the cloud said last; 0: not known
	document string
	started  bool // by this run
	download download
	repeated map[string]string // the status details that the cloud answered its end with
}

// ending is how a device's work ended. err is set when that was not planned.
type ending struct {
	reason string // empty: success
	class  string // of the fault
	err    error
}

// Steps that a device tells in its status details, beside the names of its states.
const (
	stepInstalled = "installed"
	stepFailed    = "failed"
)

// firstVersion is the version of an execution that is QUEUED (AWS IoT developer guide, job execution version number).
const firstVersion = 1

// forever is how long a device is silent for.
const forever = time.Duration(-1)

// take turns the execution to IN_PROGRESS and gets its document. The expected version keeps two runs from taking one
// execution. A started one is taken over, since the run that started it may be gone.
func (s *session) take(ctx context.Context) bool {
	s.since = time.Now()
	if !s.device.Started {
		s.version = firstVersion
	}
	err := s.start(ctx)
	if err == nil {
		return true
	}
	if s.halted(ctx, err) {
		return false
	}
	if !refused(err) {
		// The cloud cannot deliver the document. A device that cannot work says so rather than leaving its execution pending.
		s.version = 0
		s.report(ctx, ending{reason: NoDocument, class: "document", err: err})
		return false
	}
	x, err := s.look(ctx)
	switch {
	case err != nil:
		s.lost(ctx, err)
	case x.mine(s.token) && x.status == types.JobExecutionStatusInProgress: // the answer was lost
		s.begin(x.version, x.document)
		return true
	case x.status == types.JobExecutionStatusQueued: // the cloud's first version is another one
		s.version = x.version
		if err := s.start(ctx); err != nil {
			s.lost(ctx, err)
			return false
		}
		return true
	default:
		s.superseded(string(x.status))
	}
	return false
}

func (s *session) start(ctx context.Context) error {
	in := s.update(types.JobExecutionStatusInProgress, map[string]string{"step": Checking.String()})
	in.IncludeJobDocument, in.IncludeJobExecutionState = aws.Bool(true), aws.Bool(true)
	out, err := s.cloud.Jobs.UpdateJobExecution(ctx, in)
	if err != nil {
		return fmt.Errorf("start the execution of job %s on %s: %w", s.device.Job, s.device.Thing, err)
	}
	var version int64
	if out.ExecutionState != nil {
		version = out.ExecutionState.VersionNumber
	}
	s.begin(version, aws.ToString(out.JobDocument))
	return nil
}

// begin notes that the cloud has accepted the start.
func (s *session) begin(version int64, document string) {
	s.version, s.document, s.started = version, document, true
	if s.since.IsZero() {
		s.since = time.Now()
	}
	s.download = download{found: artifacts(document)}
	s.accepted()
}

// update is an update of the execution in the version last known.
func (s *session) update(status types.JobExecutionStatus, details map[string]string) *jobs.UpdateJobExecutionInput {
	details["run"] = s.token
	in := &jobs.UpdateJobExecutionInput{JobId: &s.device.Job, ThingName: &s.device.Thing, Status: status, StatusDetails: details}
	if s.device.Number > 0 {
		in.ExecutionNumber = &s.device.Number
	}
	if s.version > 0 {
		in.ExpectedVersion = aws.Int64(s.version)
	}
	return in
}

// step goes on with the work and says how long the device takes until it can go on again. over: the execution has ended.
func (s *session) step(ctx context.Context) (wait time.Duration, over bool) {
	if s.entered {
		if end := s.leave(ctx); end.reason != "" {
			if ctx.Err() == nil {
				s.report(ctx, end)
			}
			return 0, true
		}
		s.at, s.entered = s.at+1, false
	}
	if s.at == len(s.steps) {
		if ctx.Err() == nil {
			s.report(ctx, ending{reason: s.device.Reason})
		}
		return 0, true
	}
	if !s.enter(ctx) {
		return 0, true
	}
	s.entered = true
	x := s.steps[s.at]
	if x.State == Quiet {
		s.fallSilent()
		return forever, false
	}
	return x.wait(), false
}

// enter begins a step: the board shows it, and the cloud is told where there is room for that. false: the execution is not
// this device's any more.
func (s *session) enter(ctx context.Context) bool {
	x := s.steps[s.at]
	s.board.set(s.place, x.State, x.Percent)
	if x.State == Checking && s.plan.downloads(s.device.Job) && s.board.wants(s.place) {
		if shadow, err := versions(ctx, s.cloud, s.device.Thing); err == nil { // only a story would lack it
			s.board.keep(s.place, shadow)
		}
	}
	if x.State == Downloading && x.Percent == 0 && len(s.download.found) > 0 {
		s.emit(event.Event{Kind: event.Item, Step: StepExecutions, Resource: Execution, Subject: s.device.Thing, Status: event.Downloading})
	}
	if x.State == Checking || !x.Told {
		return true // the start has told of the first one
	}
	details := map[string]string{"step": x.State.String()}
	if x.State == Downloading {
		details["percent"] = strconv.Itoa(x.Percent)
	}
	s.emit(event.Event{Kind: event.Item, Step: StepExecutions, Resource: Execution, Subject: s.device.Thing, Status: event.InProgress, Detail: maps.Clone(details)})
	return s.progressed(ctx, details)
}

// progressed tells the cloud how far the device is.
func (s *session) progressed(ctx context.Context, details map[string]string) bool {
	_, err := s.cloud.Jobs.UpdateJobExecution(ctx, s.update(types.JobExecutionStatusInProgress, details))
	if err == nil {
		s.version++
		s.accepted()
		return true
	}
	if s.halted(ctx, err) {
		return false
	}
	if !refused(err) {
		return true // the next update tells it
	}
	x, err := s.look(ctx)
	switch {
	case err != nil:
		s.lost(ctx, err)
	case x.mine(s.token) && x.status == types.JobExecutionStatusInProgress:
		s.version = x.version
		return true
	default:
		s.superseded(string(x.status))
	}
	return false
}

// leave ends a step: what was to be downloaded in it is. Its ending has a reason if the execution ends with it otherwise than
// planned.
func (s *session) leave(ctx context.Context) ending {
	if s.steps[s.at].State != Downloading || len(s.download.found) == 0 {
		return ending{}
	}
	percent := until(s.steps, s.at, s.device.Reason)
	broken := s.transfer(ctx, percent)
	if broken.reason == "" && percent == 100 {
		s.ledger.fetched(0, 1)
		s.emit(event.Event{Kind: event.Item, Step: StepExecutions, Resource: Execution, Subject: s.device.Thing, Status: event.Downloaded, Bytes: s.download.bytes})
	}
	return broken
}

// report tells the cloud how the work ended. Only what it accepted counts as the device's outcome.
func (s *session) report(ctx context.Context, end ending) {
	status, details := types.JobExecutionStatusSucceeded, map[string]string{"step": stepInstalled}
	if end.reason != "" {
		status = types.JobExecutionStatusFailed
		details = map[string]string{"step": stepFailed, "reason": end.reason, "detail": end.detail()}
	}
	if end.reason == Rejected {
		status = types.JobExecutionStatusRejected
	}
	if s.download.bytes > 0 {
		details["bytes"] = strconv.FormatInt(s.download.bytes, 10)
	}
	err := s.finish(ctx, status, details)
	if err != nil && !s.halted(ctx, err) && refused(err) {
		err = s.resolve(ctx, status, details)
	}
	switch {
	case err == nil:
		s.accepted()
		s.finished(status, end)
	case ctx.Err() == nil && !errors.Is(err, errSuperseded):
		s.lost(ctx, err)
	}
}

func (s *session) finish(ctx context.Context, status types.JobExecutionStatus, details map[string]string) error {
	in := s.update(status, details)
	in.IncludeJobExecutionState = aws.Bool(true)
	out, err := s.cloud.Jobs.UpdateJobExecution(ctx, in)
	if err != nil {
		return fmt.Errorf("report the execution of job %s on %s as %s: %w", s.device.Job, s.device.Thing, status, err)
	}
	if out.ExecutionState != nil {
		s.repeated = out.ExecutionState.StatusDetails
	}
	return nil
}

var errSuperseded = errors.New("the cloud ended the execution first")

// resolve finds out why the cloud refused the end of an execution. nil means that it has accepted it after all.
func (s *session) resolve(ctx context.Context, status types.JobExecutionStatus, details map[string]string) error {
	x, err := s.look(ctx)
	switch {
	case err != nil:
		return err
	case x.mine(s.token) && x.status == status: // the answer was lost
		s.repeated = details
		return nil
	case x.mine(s.token) && x.status == types.JobExecutionStatusInProgress:
		s.version = x.version
		return s.finish(ctx, status, details)
	}
	s.superseded(string(x.status))
	return errSuperseded
}
