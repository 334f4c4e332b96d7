// Package event is what a workflow can say. Workflows emit values, never sentences: the words are the
// front end's, in the language chosen, so that one run reads right in every language and its JSON is
// the same in all of them. It imports the standard library only.
package event

import (
	"context"
	"time"
)

// Kind is what sort of thing an event tells.
type Kind string

// The kinds, in the order in which a run shows them.
const (
	RunStarted  Kind = "run-started"  // Total: items planned
	StepStarted Kind = "step-started" // Step; Lesson: the learning moment that belongs to it
	Plan        Kind = "plan"         // one line of a plan: Subject, Status is what is planned
	Item        Kind = "item"         // one resource changed, or failed to: Resource, Subject, Status, Done, Total
	Progress    Kind = "progress"     // numbers only: Done, Total, Rate
	Waiting     Kind = "waiting"      // Status says what for, Seconds how long at most
	Warning     Kind = "warning"      // something a person should know; Status says what, Fault why
	StepEnded   Kind = "step-ended"   // Step, Status (DONE, PARTIAL, FAILED, INTERRUPTED), Counts
	RunEnded    Kind = "run-ended"    // Status as StepEnded, Counts, Seconds
)

// Status is the outcome or state an event reports. The values are the same in every language.
type Status string

// Outcomes of items.
const (
	Created    Status = "CREATED"
	Exists     Status = "EXISTS"
	Repaired   Status = "REPAIRED"
	Updated    Status = "UPDATED"
	Deleted    Status = "DELETED"
	Gone       Status = "GONE" // was to be deleted, but was not there any more
	Kept       Status = "KEPT" // not ours, or still in use by something not ours
	Restored   Status = "RESTORED"
	Cancelled  Status = "CANCELLED"
	Deprecated Status = "DEPRECATED"
	Skipped    Status = "SKIPPED"
	Failed     Status = "FAILED"
	// Executions of a job, as the device or the service sees them.
	Success     Status = "SUCCESS" // planned outcome
	Failure     Status = "FAILURE" // planned outcome
	InProgress  Status = "IN_PROGRESS"
	Downloading Status = "DOWNLOADING"
	Downloaded  Status = "DOWNLOADED"
	Succeeded   Status = "SUCCEEDED"
	Rejected    Status = "REJECTED"   // the device refused the job
	TimedOut    Status = "TIMED_OUT"  // the device was silent until the execution's timer ran out
	Superseded  Status = "SUPERSEDED" // the cloud ended the execution (cancel, abort, timeout) before the device did
)

// Outcomes of steps and runs.
const (
	Done        Status = "DONE"
	Partial     Status = "PARTIAL"
	RunFailed   Status = "RUN_FAILED"
	Interrupted Status = "INTERRUPTED"
)

// Fault says why something went wrong, in terms that a front end can put into words.
type Fault struct {
	Class     string `json:"class"`               // one of aws/cloud's classes, or "checksum", "download", ...
	Operation string `json:"operation,omitempty"` // the API call that failed, as service:Operation
	Code      string `json:"code,omitempty"`      // the service's error code
	Message   string `json:"message"`             // the service's own words
}

// Error makes a Fault usable as an error; the text is for logs, not for people.
func (f *Fault) Error() string {
	if f.Operation == "" {
		return f.Message
	}
	return f.Operation + ": " + f.Code + ": " + f.Message
}

// Event is one thing that happened. It is flat, so that it is cheap to copy and one line of JSON.
type Event struct {
	Seq      uint64            `json:"seq"`                // given by the sink that receives it, from 1
	Time     time.Time         `json:"time"`               // given by the sink when zero
	Workflow string            `json:"workflow"`           // provision, job-create, simulate, cleanup
	Kind     Kind              `json:"kind"`               //
	Step     string            `json:"step,omitempty"`     // id of the step it belongs to
	Resource string            `json:"resource,omitempty"` // what Subject is: thing, thing-group, job, ...
	Subject  string            `json:"subject,omitempty"`  // Vehicle-VIN-001
	Status   Status            `json:"status,omitempty"`   //
	Done     int               `json:"done,omitempty"`     // items finished so far
	Total    int               `json:"total,omitempty"`    // items in all
	Bytes    int64             `json:"bytes,omitempty"`    // size of a download
	Seconds  float64           `json:"seconds,omitempty"`  // duration, or the longest wait to expect
	Rate     float64           `json:"rate,omitempty"`     // items a second
	Lesson   string            `json:"lesson,omitempty"`   // id of a learning moment
	Detail   map[string]string `json:"detail,omitempty"`   // small facts by name: type, country, group, version, reason
	Counts   Counts            `json:"counts,omitempty"`   // at the end of a step or a run
	Fault    *Fault            `json:"fault,omitempty"`    //
}

// Missed reports whether the event tells of an item that failed. What is planned to fail has not failed yet, and the end of a step or
// a run tells of items that were counted before.
func (e Event) Missed() bool {
	if e.Kind != Item {
		return false
	}
	switch e.Status {
	case Failed, Rejected, TimedOut:
		return true
	}
	return false
}

// Sink receives the events of a run. Emit must not block and must be safe for concurrent use.
type Sink interface{ Emit(Event) }

// Gate may hold a run before a step, so that a learner can read first. Pass returns when the step may
// start, or ctx's error when the run was stopped while it waited.
type Gate interface {
	Pass(ctx context.Context, step string) error
}

// Stage is what a run plays on: where its events go and what may hold it.
type Stage struct {
	Sink       Sink // must be set
	Gate       Gate // nil: the run never waits for a person
	Sequential bool // one call after the other, to be read along (debug mode)
}

// Pass waits at the gate, if there is one.
func (s Stage) Pass(ctx context.Context, step string) error {
	if err := ctx.Err(); err != nil || s.Gate == nil {
		return err
	}
	return s.Gate.Pass(ctx, step)
}

// Workers is how many items may be worked on at once: n, or one in debug mode.
func (s Stage) Workers(n int) int {
	if s.Sequential {
		return 1
	}
	return n
}
