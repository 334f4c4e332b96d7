package rollback

import (
	"slices"

	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
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

// Things is how many things go back.
func (p Plan) Things() int {
	n := 0
	for _, m := range p.Moves {
		n += len(m.Things)
	}
	return n
}

// Complete tells that nothing is left that could go back: what is left out has the former version, or had it all the time.
func (p Plan) Complete() bool {
	return !slices.ContainsFunc(p.Left, func(l Left) bool { return l.Reason != AlreadyBack && l.Reason != Unchanged })
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

// Reasons why a job is refused, beside those of fleet.
const (
	NoPackage   fleet.Reason = "no-package"   // the job installs no package: item
	NoneUpdated fleet.Reason = "none-updated" // no execution of it has SUCCEEDED: item
)

// MembersMissing is the warning that a group does not show all its members yet: its job would not reach them.
const MembersMissing event.Status = "MEMBERS_MISSING"

// Report is what became of a run.
type Report struct {
	event.Report
	Jobs   []createjob.Report `json:"jobs"`
	Groups []string           `json:"groups,omitempty"` // static groups that were made
}
