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
// events come from: the pending executions are listed.
const (
	StepExecutions = "job-executions"
	StepFind       = "find-executions"
)

// Execution is the kind of resource in events and counts.
const Execution = "execution"

// Plan is how every device would end. It holds little more than names, so that 100,000 devices fit.
type Plan struct {
	Input     Input          `json:"input"`
	Account   string         `json:"account"`
	Region    string         `json:"region"`
	Job       JobSummary     `json:"job"`      // as the cloud held it when the plan was made
	Download  bool           `json:"download"` // the job document has firmware to download
	Pending   int            `json:"pending"`  // executions that have not ended; Devices are as many of them as the scope allows
	Started   int            `json:"started"`  // devices that an earlier run left IN_PROGRESS
	Successes int            `json:"successes"`
	Failures  int            `json:"failures"`
	Reasons   map[string]int `json:"reasons,omitempty"` // planned failures by reason
	Estimate  Estimate       `json:"estimate"`
	Devices   []Device       `json:"devices"` // by thing name
}

// Device is one execution and the outcome planned for it.
type Device struct {
	Thing   string `json:"thing"`
	Number  int64  `json:"execution"`         // the execution's number
	Started bool   `json:"started,omitempty"` // it is IN_PROGRESS already
	Reason  string `json:"reason,omitempty"`  // why it is to fail; empty: it is to succeed
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
	Downloads     int     `json:"downloads"`                    // of the firmware
	DevicesSecond float64 `json:"devices_per_second,omitempty"` // at the pacer's rates; 0: no limit
	Seconds       float64 `json:"seconds"`                      // at that rate; the answers' own time comes on top
}

// Line is the i-th line of the plan, counted from 0.
func (p Plan) Line(i int) event.Event {
	d := p.Devices[i]
	e := event.Event{Workflow: Workflow, Kind: event.Plan, Step: StepExecutions, Resource: Execution, Subject: d.Thing,
		Status: d.Outcome(), Done: i + 1, Total: len(p.Devices)}
	if d.Reason != "" {
		e.Detail = map[string]string{"reason": d.Reason}
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
	Status    string          `json:"status"`    // IN_PROGRESS, COMPLETED, ...
	Selection string          `json:"selection"` // CONTINUOUS or SNAPSHOT
	Created   time.Time       `json:"created"`
	Counted   bool            `json:"counted"` // Counts and Packages were read; they are not for all of very many jobs
	Counts    fleet.JobCounts `json:"counts"`
	Packages  []string        `json:"packages,omitempty"` // package/version, what the job installs
	Reaching  Reaching        `json:"reaching,omitempty"` // whether there are things that the job has still to reach
}

// Idle tells that the job is active but no execution of it is waiting or about to. A continuous job stays like that until
// things join its groups or it is cancelled.
func (j JobSummary) Idle() bool { return j.Counted && j.Counts.Pending() == 0 && j.Reaching == "" }

// Reaching is how a job that is rolling out goes on to reach its things; empty when it has reached them all.
type Reaching string

// The ways to go on.
const (
	AtItsOwnRate Reaching = "staged"  // one that the job sets, slow on purpose
	AtFullSpeed  Reaching = "service" // as quickly as AWS does: 1000 things a minute
)

// Report is what became of a run.
type Report struct {
	event.Report                // Failures: those not planned first
	Job          JobSummary     `json:"job"`                  // as the cloud holds it after the run
	Planned      map[string]int `json:"planned"`              // SUCCESS and FAILURE
	Unplanned    int            `json:"unplanned"`            // devices that failed otherwise than planned
	Unfinished   int            `json:"unfinished"`           // devices that the run did not come to, or was stopped in the middle of
	Resumed      int            `json:"resumed"`              // devices that an earlier run had left IN_PROGRESS
	Reasons      map[string]int `json:"reasons,omitempty"`    // of all that failed
	Superseded   map[string]int `json:"superseded,omitempty"` // by the state that the cloud gave instead
	Checked      bool           `json:"checked"`              // the cloud's counts were compared with ours
	Differences  []Difference   `json:"differences,omitempty"`
	Updates      int            `json:"updates"` // that the cloud accepted
	PerSecond    float64        `json:"updates_per_second"`
	Downloads    int            `json:"downloads"` // that came to their end
	Bytes        int64          `json:"bytes"`     // downloaded, also in parts
	Latency      Percentiles    `json:"latency"`
	Slowest      []Slow         `json:"slowest,omitempty"`
}

// Failed is the number of devices that failed otherwise than planned: a planned failure is no fault of the run.
func (r Report) Failed() int { return r.Unplanned }

// Difference is a count that the devices and the cloud do not agree on.
type Difference struct {
	Status  string `json:"status"`  // SUCCEEDED or FAILED
	Devices int    `json:"devices"` // what should have been added as the devices saw it
	Cloud   int    `json:"cloud"`   // what was added as the cloud counts
}

// Percentiles are seconds from a device's first call to its accepted report.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Slow is one of the devices that took longest.
type Slow struct {
	Thing   string  `json:"thing"`
	Seconds float64 `json:"seconds"`
}
