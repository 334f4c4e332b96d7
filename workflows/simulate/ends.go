package simulate

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane/types"

	"fleetlab/workflows/event"
)

// finished counts an execution whose end the cloud accepted.
func (s *session) finished(status types.JobExecutionStatus, end ending) {
	e := event.Event{Subject: s.device.Thing, Status: event.Status(status), Bytes: s.download.bytes, Fault: end.fault()}
	if end.reason != "" {
		e.Detail = map[string]string{"planned": string(s.device.Outcome()), "reason": end.reason}
	}
	s.board.set(s.place, endState(string(status)), 0)
	s.ledger.finished(s, e, end)
	s.mayComeAgain(string(status))
}

// fallSilent leaves the execution to the cloud's timer.
func (s *session) fallSilent() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.quiet[s], s.hush[s.device.Job] = true, true
	s.settle()
}

// heard is what became of the execution of a silent device.
func (s *session) heard(status string) {
	if status != string(types.JobExecutionStatusTimedOut) {
		s.superseded(status)
		return
	}
	s.board.set(s.place, TimedOut, 0)
	e := event.Event{Subject: s.device.Thing, Status: event.Status(status), Detail: map[string]string{"planned": string(s.device.Outcome()), "reason": Silent}}
	s.repeated = map[string]string{"reason": Silent} // the timer runs out without one: that is the reason
	s.ledger.finished(s, e, ending{reason: Silent})
	s.mayComeAgain(status)
}

// superseded counts a device whose execution somebody else has ended or taken.
func (s *session) superseded(state string) {
	if state == "" {
		state = Gone
	}
	s.board.set(s.place, endState(state), 0)
	s.ledger.superseded(s, state)
	s.mayComeAgain(state)
}

// lost counts a device whose end the cloud did not accept for another reason than that it was there first.
func (s *session) lost(ctx context.Context, err error) {
	if s.halted(ctx, err) {
		return
	}
	s.board.set(s.place, Unfinished, 0)
	s.ledger.unreported(s, err)
}

// mayComeAgain expects another execution where the job's retries make one after that end.
func (s *session) mayComeAgain(status string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	j, _ := s.plan.job(s.device.Job)
	k := execKey{s.device.Thing, s.device.Job}
	x := s.seen[k]
	if j.Retries.again(status, &x.used) && x.number == s.device.Number { // else it is there already
		s.expected[k] = time.Now()
	}
	s.seen[k] = x
}

// endState is how the board shows an end.
func endState(status string) State {
	switch status {
	case "SUCCEEDED":
		return Succeeded
	case "FAILED":
		return Failed
	case "REJECTED":
		return Refused
	case "TIMED_OUT":
		return TimedOut
	case "CANCELED":
		return Canceled
	case "REMOVED", Gone:
		return Removed
	}
	return Elsewhere
}
