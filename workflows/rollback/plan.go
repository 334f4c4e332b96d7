package rollback

import (
	"context"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
)

// Workflow is this workflow's name in events.
const Workflow = "rollback"

// Steps of a run. StepFind is where Prepare's progress events come from.
const (
	StepGroups = "thing-groups" // only when a job is for more things than a job has targets
	StepJobs   = "create-jobs"
	StepFind   = "find-versions"
)

// Group is the kind of resource, in events and counts, of the groups that are made.
const Group = "thing-group"

// Plan is what would be made: one job for each set of former versions.
type Plan struct {
	Input    Input    `json:"input"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	Status   string   `json:"status"`   // of the job that is taken back
	Packages []string `json:"packages"` // NAME/VERSION that it installed
	Updated  int      `json:"updated"`  // things on which it SUCCEEDED
	Moves    []Move   `json:"moves"`    // those with the most things first
	Left     []Left   `json:"left,omitempty"`
}

// Move is a job that takes things back.
type Move struct {
	To      []string        `json:"to"` // NAME/VERSION
	Things  []string        `json:"things"`
	Sources map[Source]int  `json:"sources"`         // how many things' former versions are known from where
	Group   string          `json:"group,omitempty"` // static group to make of the things; empty: they are the job's targets themselves
	Input   createjob.Input `json:"job"`             // what createjob is asked for
	Job     *createjob.Plan `json:"plan,omitempty"`  // what it answered; nil while there is no group yet
}

// Source is how a former version is known.
type Source string

// The sources, the best first.
const (
	FromReport  Source = "report"  // a report's: read from the thing before the update
	FromHistory Source = "history" // the last earlier job that installed the package on the thing
	FromInput   Source = "former"  // as the person said
)

// Left are things that are left out, and why.
type Left struct {
	Reason Reason   `json:"reason"`
	Item   string   `json:"item,omitempty"` // NAME/VERSION, or NAME when there is no version, that it is about
	Things []string `json:"things"`
}

// Reason is why things are left out.
type Reason string

// The reasons.
const (
	Unknown     Reason = "unknown"      // nothing tells the version that they had of Item
	HadNone     Reason = "had-none"     // they had no version of Item
	Unchanged   Reason = "unchanged"    // they had the version that the job installs
	MovedOn     Reason = "moved-on"     // they report Item now, which is not what the job installed
	AlreadyBack Reason = "already-back" // they report the former versions
	Missing     Reason = "missing"      // Item does not exist any more
	Draft       Reason = "draft"        // Item is not published
	NoFile      Reason = "no-file"      // Item has no file to download
	Deleted     Reason = "deleted"      // the things do not exist any more
)

// Report is what became of a run.
type Report struct {
	event.Report
	Jobs   []createjob.Report `json:"jobs"`
	Groups []string           `json:"groups,omitempty"` // static groups that were made
}

// Prepare finds out what the things had before a job, and plans the jobs that take them back. Nothing is changed. What a
// field is wrong about is a *fleet.FieldError. A plan may have no moves: Left says why.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, known Sources, st event.Stage) (Plan, error) {
	return Plan{}, nil
}

// Run makes the groups and the jobs. Running a plan again makes nothing twice.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	return Report{}, nil
}
