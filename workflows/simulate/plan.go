package simulate

import (
	"iter"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Workflow is this workflow's name in events.
const Workflow = "simulate"

// StepExecutions is the one step of a run, which is also its learning moment's id. StepFind is where Prepare's progress
// events come from: the executions, and the things that a job has still to reach, are listed.
const (
	StepExecutions = "job-executions"
	StepFind       = "find-executions"
)

// Execution is the kind of resource in events and counts.
const Execution = "execution"

// Plan is how every device would end. It holds little more than names, so that 100,000 devices fit. The same seed and the
// same fleet make the same plan, in whatever order AWS lists them.
type Plan struct {
	Input      Input          `json:"input"`
	Account    string         `json:"account"`
	Region     string         `json:"region"`
	Jobs       []JobSummary   `json:"jobs"`                  // as the cloud held them when the plan was made
	Download   bool           `json:"download"`              // a job document has firmware to download
	StartNext  bool           `json:"start_next"`            // devices ask for their next execution; else for those of the jobs chosen, since others are active
	Pending    int            `json:"pending"`               // executions that have not ended, or are still to come; Devices are as many of them as the scope allows
	NotReached int            `json:"not_reached,omitempty"` // Devices that the rollout has still to reach
	Started    int            `json:"started"`               // Devices that an earlier run left IN_PROGRESS
	Offline    int            `json:"offline,omitempty"`     // Devices that come later
	Successes  int            `json:"successes"`
	Failures   int            `json:"failures"`
	Reasons    map[string]int `json:"reasons,omitempty"` // planned failures by reason
	Retries    int            `json:"retries,omitempty"` // further executions by the jobs' retries, as the seed has them
	Estimate   Estimate       `json:"estimate"`
	Devices    []Device       `json:"devices"` // by thing name, and the job that was created first
}

// Device is one execution of a thing and the outcome planned for it.
type Device struct {
	Thing   string  `json:"thing"`
	Job     string  `json:"job"`
	Number  int64   `json:"execution,omitempty"`       // the execution's number; 0: the job has not reached the thing yet
	Started bool    `json:"started,omitempty"`         // it is IN_PROGRESS already
	Reason  string  `json:"reason,omitempty"`          // why it is to fail; empty: it is to succeed
	Later   float64 `json:"offline_seconds,omitempty"` // how many seconds after the start of the run the device comes
	Attempt int     `json:"attempt,omitempty"`         // how many retries went before

	waiting int64  // since when the execution is queued, in Unix milliseconds
	status  string // as listed
	ended   bool
}

// Outcome is what is planned for the device, SUCCESS or FAILURE.
func (d Device) Outcome() event.Status {
	if d.Reason == "" {
		return event.Success
	}
	return event.Failure
}

// Estimate is what a run takes.
type Estimate struct {
	Calls         int     `json:"calls"`                        // API calls; downloads come on top
	Updates       int     `json:"updates"`                      // of them, those that tell the cloud how a device is doing
	PerDevice     int     `json:"updates_per_device"`           // at most; the larger the fleet, the fewer
	Downloads     int     `json:"downloads"`                    // of the firmware
	DevicesSecond float64 `json:"devices_per_second,omitempty"` // at the pacer's rates; 0: no limit
	DeviceSeconds float64 `json:"device_seconds"`               // what the slowest device takes by itself, also when it is offline or silent
	Rollout       float64 `json:"rollout_seconds,omitempty"`    // until the last thing is reached, at the jobs' rates
	Seconds       float64 `json:"seconds"`                      // of all that, at least; the answers' own time comes on top
}

// Line is the i-th line of the plan, counted from 0.
func (p Plan) Line(i int) event.Event {
	d := p.Devices[i]
	e := event.Event{Workflow: Workflow, Kind: event.Plan, Step: StepExecutions, Resource: Execution, Subject: d.Thing,
		Status: d.Outcome(), Done: i + 1, Total: len(p.Devices)}
	if d.Reason != "" {
		e.Detail = map[string]string{"reason": d.Reason}
	}
	if len(p.Jobs) > 1 {
		if e.Detail == nil {
			e.Detail = map[string]string{}
		}
		e.Detail["job"] = d.Job
	}
	return e
}

// Lines yields the plan's lines one by one.
func (p Plan) Lines() iter.Seq[event.Event] {
	return func(yield func(event.Event) bool) {
		for i := range p.Devices {
			if !yield(p.Line(i)) {
				return
			}
		}
	}
}

// JobSummary is a job as far as a choice needs it.
type JobSummary struct {
	ID        string          `json:"id"`
	Status    string          `json:"status"`    // IN_PROGRESS, SCHEDULED, COMPLETED, ...
	Selection string          `json:"selection"` // CONTINUOUS or SNAPSHOT
	Created   time.Time       `json:"created"`
	Starts    string          `json:"starts,omitempty"` // when a SCHEDULED job starts, or its next maintenance window, as AWS gives it
	Counted   bool            `json:"counted"`          // Counts and what follows were read; they are not for all of very many jobs
	Counts    fleet.JobCounts `json:"counts"`
	Packages  []string        `json:"packages,omitempty"`        // package/version, what the job installs
	Download  bool            `json:"download,omitempty"`        // its document has firmware to download; Prepare says so
	Reaching  Reaching        `json:"reaching,omitempty"`        // whether there are things that the job has still to reach
	PerMinute int             `json:"per_minute,omitempty"`      // things that it reaches in a minute, of late; 0: it sets no rate
	Timeout   int             `json:"timeout_minutes,omitempty"` // of an execution in progress; 0: none
	Retries   Retries         `json:"retries,omitzero"`
	Comment   string          `json:"comment,omitempty"` // of who or what cancelled it
	Reason    string          `json:"reason,omitempty"`  // code of why it was cancelled

}

// Retries are how often a thing gets another execution after one that failed or timed out.
type Retries struct {
	Failed   int `json:"failed,omitempty"`
	TimedOut int `json:"timed_out,omitempty"`
	All      int `json:"all,omitempty"` // of either
}

// Idle tells that the job is active but no execution of it is waiting or about to. A continuous job stays like that until
// things join its groups or it is cancelled.
func (j JobSummary) Idle() bool { return j.Counted && j.Counts.Pending() == 0 && j.Reaching == "" }

// Scheduled tells that the job waits for its time.
func (j JobSummary) Scheduled() bool { return j.Status == "SCHEDULED" }

// Reaching is how a job that is rolling out goes on to reach its things; empty when it has reached them all.
type Reaching string

// The ways to go on.
const (
	AtItsOwnRate Reaching = "staged"  // one that the job sets, slow on purpose
	AtFullSpeed  Reaching = "service" // as quickly as AWS does: 1000 things a minute
)
