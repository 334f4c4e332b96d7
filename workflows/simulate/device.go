package simulate

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"hash"
	"strconv"
	"strings"
	"time"
	"unicode"

	"github.com/aws/aws-sdk-go-v2/aws"
	jobs "github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// session is one device at work on its execution.
type session struct {
	*runner
	index    int
	device   Device
	since    time.Time
	version  int64 // of the execution, as the cloud said last; 0: not known
	document string
	started  bool // by this run
}

// ending is how a device's work ended. err is set when that was not planned.
type ending struct {
	reason string // empty: success
	class  string // of the fault
	err    error
	bytes  int64
}

// device takes the execution, does the work and reports its end: two updates, the fewest that show a device at work. The
// first one brings the job document along, which spares a DescribeJobExecution.
func (r *runner) device(ctx context.Context, i int) {
	s := &session{runner: r, index: i, device: r.plan.Devices[i], since: time.Now()}
	if !s.take(ctx) {
		return
	}
	end := s.work(ctx)
	if ctx.Err() == nil {
		s.report(ctx, end)
	}
}

// Steps that a device tells in its status details.
const (
	stepDownloading = "downloading"
	stepWorking     = "working"
	stepInstalled   = "installed"
	stepFailed      = "failed"
)

// firstVersion is the version of an execution that is QUEUED (AWS IoT developer guide, job execution version number).
const firstVersion = 1

// take turns the execution to IN_PROGRESS and gets its document. The expected version keeps two runs from taking one
// execution. A started one is taken over, since the run that started it may be gone.
func (s *session) take(ctx context.Context) bool {
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
		s.superseded(s.device, string(x.status), s.since)
	}
	return false
}

func (s *session) start(ctx context.Context) error {
	step := stepWorking
	if s.plan.Download && fetches(s.device.Reason) != none {
		step = stepDownloading
	}
	in := s.update(types.JobExecutionStatusInProgress, map[string]string{"step": step})
	in.IncludeJobDocument, in.IncludeJobExecutionState = aws.Bool(true), aws.Bool(true)
	out, err := s.cloud.Jobs.UpdateJobExecution(ctx, in)
	if err != nil {
		return fmt.Errorf("start the execution of job %s on %s: %w", s.plan.Jobs[0].ID, s.device.Thing, err)
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
	s.accepted()
}

// update is an update of the execution in the version last known.
func (s *session) update(status types.JobExecutionStatus, details map[string]string) *jobs.UpdateJobExecutionInput {
	details["run"] = s.token
	in := &jobs.UpdateJobExecutionInput{JobId: &s.plan.Jobs[0].ID, ThingName: &s.device.Thing, Status: status, StatusDetails: details}
	if s.device.Number > 0 {
		in.ExecutionNumber = &s.device.Number
	}
	if s.version > 0 {
		in.ExpectedVersion = aws.Int64(s.version)
	}
	return in
}

// work is what the device does between taking the execution and reporting its end.
func (s *session) work(ctx context.Context) ending {
	end := ending{reason: s.device.Reason}
	part := fetches(s.device.Reason)
	found := artifacts(s.document)
	if part == none || len(found) == 0 {
		return end
	}
	s.emit(event.Event{Kind: event.Item, Step: StepExecutions, Resource: Execution, Subject: s.device.Thing, Status: event.Downloading})
	for i := range found {
		if broken := s.download(ctx, found, i, part, &end.bytes); broken.reason != "" {
			broken.bytes = end.bytes
			s.fetched(end.bytes, 0)
			return broken
		}
	}
	s.fetched(end.bytes, 1)
	s.emit(event.Event{Kind: event.Item, Step: StepExecutions, Resource: Execution, Subject: s.device.Thing, Status: event.Downloaded, Bytes: end.bytes})
	return end
}

// download fetches the i-th artifact and compares its digest. Its ending has a reason if that failed or was to be
// interrupted.
func (s *session) download(ctx context.Context, found []artifact, i int, part fraction, bytes *int64) ending {
	h := sha256.New()
	n, err := s.fetch(ctx, found, i, part, h)
	*bytes += n
	switch {
	case errors.Is(err, errInterrupted):
		return ending{reason: DownloadInterrupted}
	case err != nil:
		return ending{reason: DownloadFailed, class: "download", err: fmt.Errorf("download the firmware of %s: %w", s.device.Thing, err)}
	case !found[i].matches(h):
		return ending{reason: ChecksumMismatch, class: "checksum",
			err: fmt.Errorf("the firmware has SHA-256 %x, the job document says %s", h.Sum(nil), found[i].sha256)}
	}
	return ending{}
}

// fetch downloads the i-th artifact. A URL that has expired since the document was delivered is fetched anew, once.
func (s *session) fetch(ctx context.Context, found []artifact, i int, part fraction, h hash.Hash) (int64, error) {
	n, err := fetch(ctx, s.cloud.Download, found[i].url, part, h)
	var refused *statusError
	if !errors.As(err, &refused) || !refused.expired() {
		return n, err
	}
	x, look := s.describe(ctx)
	if look != nil {
		return n, fmt.Errorf("%w, and no new one could be had: %w", err, look)
	}
	fresh := artifacts(x.document)
	if i >= len(fresh) {
		return n, err
	}
	found[i] = fresh[i]
	return fetch(ctx, s.cloud.Download, found[i].url, part, h)
}

// report tells the cloud how the work ended. Only what it accepted counts as the device's outcome.
func (s *session) report(ctx context.Context, end ending) {
	status, details := types.JobExecutionStatusSucceeded, map[string]string{"step": stepInstalled}
	if end.reason != "" {
		status, details = types.JobExecutionStatusFailed, map[string]string{"step": stepFailed, "reason": end.reason, "detail": end.detail()}
	}
	if end.bytes > 0 {
		details["bytes"] = strconv.FormatInt(end.bytes, 10)
	}
	err := s.finish(ctx, status, details)
	if err != nil && !s.halted(ctx, err) && refused(err) {
		err = s.settle(ctx, status, details)
	}
	switch {
	case err == nil:
		s.accepted()
		s.finished(s.index, s.device, end, s.since)
	case ctx.Err() == nil && !errors.Is(err, errSuperseded):
		s.lost(ctx, err)
	}
}

func (s *session) finish(ctx context.Context, status types.JobExecutionStatus, details map[string]string) error {
	if _, err := s.cloud.Jobs.UpdateJobExecution(ctx, s.update(status, details)); err != nil {
		return fmt.Errorf("report the execution of job %s on %s as %s: %w", s.plan.Jobs[0].ID, s.device.Thing, status, err)
	}
	return nil
}

var errSuperseded = errors.New("the cloud ended the execution first")

// settle finds out why the cloud refused the end of an execution. nil means that it has accepted it after all.
func (s *session) settle(ctx context.Context, status types.JobExecutionStatus, details map[string]string) error {
	x, err := s.look(ctx)
	switch {
	case err != nil:
		return err
	case x.mine(s.token) && x.status == status: // the answer was lost
		return nil
	case x.mine(s.token) && x.status == types.JobExecutionStatusInProgress:
		s.version = x.version
		return s.finish(ctx, status, details)
	}
	s.superseded(s.device, string(x.status), s.since)
	return errSuperseded
}

// lost counts a device whose end the cloud did not accept for another reason than that it was there first.
func (s *session) lost(ctx context.Context, err error) {
	if s.halted(ctx, err) {
		return
	}
	s.unreported(s.device, err, s.since)
}

// maxDetail keeps the detail well within what AWS takes for a value of the status details (1,024 characters, AWS IoT API
// reference, UpdateJobExecution).
const maxDetail = 200

// detail is the reason in a few words, without what AWS refuses: control characters.
func (e ending) detail() string {
	text := details[e.reason]
	if e.err != nil {
		text = e.err.Error()
		if p := cloud.Explain(e.err); p.Code != "" {
			text = p.Code + ": " + p.Message
		}
	}
	text = strings.Map(func(r rune) rune {
		if unicode.Is(unicode.C, r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(text, "?"))
	if r := []rune(text); len(r) > maxDetail {
		text = string(r[:maxDetail-1]) + "…"
	}
	return text
}

// fault is what the event of an unplanned ending says.
func (e ending) fault() *event.Fault {
	if e.err == nil {
		return nil
	}
	if e.class == "" || cloud.Explain(e.err).Code != "" {
		return fleet.Fault(e.err)
	}
	return &event.Fault{Class: e.class, Message: e.err.Error()}
}
