package createjob

import (
	"cmp"
	"fmt"
	"strings"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Workflow is this workflow's name in events.
const Workflow = "job-create"

// Steps of a run; StepCreate is also the id of its learning moment. StepTargets is where Prepare's progress events come from: the
// members of the groups are counted. The first two run only when the plan has something for them to do.
const (
	StepNarrow   = "narrow-targets"
	StepTemplate = "save-template"
	StepCreate   = "create-job"
	StepTargets  = "targets"
)

// Kinds of resource in events and counts.
const (
	Job          = "job"
	JobTemplate  = "job-template"
	DynamicGroup = "dynamic-thing-group"
)

// Plan is the job that a run would create, down to the request.
type Plan struct {
	Input    Input       `json:"input"` // as it was chosen
	Account  string      `json:"account"`
	Region   string      `json:"region"`
	Targets  []Target    `json:"targets"`            // as they were chosen
	Members  int         `json:"members"`            // things that the job reaches, each counted once
	Packages []Installed `json:"packages,omitempty"` // what is installed
	Narrow   *Narrowing  `json:"narrow,omitempty"`   // what would leave out things of another type; done if Input.Narrow
	Request  Request     `json:"request"`            // what CreateJob is sent
	Template *Template   `json:"template,omitempty"` // what CreateJobTemplate is sent, if the choices are to be saved
	Document string      `json:"document"`           // the job document; part of Request too
	Command  string      `json:"command"`            // the CreateJob request as an AWS CLI command
	Before   []string    `json:"before,omitempty"`   // AWS CLI commands for what the job needs, to be run before Command
	Warnings []Warning   `json:"warnings,omitempty"`
	Cost     float64     `json:"cost"` // rough, in US dollars, when every member executes the job on a real account
	Forecast Forecast    `json:"forecast"`
}

// Steps are the steps that a run of the plan has.
func (p Plan) Steps() []string {
	var steps []string
	if p.narrows() {
		steps = append(steps, StepNarrow)
	}
	if p.Template != nil {
		steps = append(steps, StepTemplate)
	}
	return append(steps, StepCreate)
}

func (p Plan) narrows() bool { return p.Input.Narrow && p.Narrow != nil && len(p.Narrow.Groups) > 0 }

// Installs names what the job brings: "SedanVehicle 1.1.0, Telematics 2.0.0", or a custom job's preset.
func (p Plan) Installs() string {
	if len(p.Packages) == 0 {
		return cmp.Or(p.Input.Preset, p.Input.Type)
	}
	var out []string
	for _, i := range p.Packages {
		out = append(out, i.Package+" "+i.Version)
	}
	return strings.Join(out, ", ")
}

// Target is a group or a thing that the job is for.
type Target struct {
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Thing   bool   `json:"thing,omitempty"` // a single thing, no group
	Type    string `json:"type,omitempty"`  // of a single thing
	Dynamic bool   `json:"dynamic"`
	Query   string `json:"query,omitempty"` // of a dynamic group
	Members int    `json:"members"`
}

// Installed is a version of a package that the job brings.
type Installed struct {
	Package  string `json:"package"`
	Version  string `json:"version"`
	Status   string `json:"status"`             // PUBLISHED or DEPRECATED
	Artifact string `json:"artifact,omitempty"` // s3://BUCKET/KEY; empty: the version has none
	ARN      string `json:"arn"`
}

// Narrowing is how a job leaves out things of another type than its package is for: in place of the groups it targets
// dynamic groups, made for it, of what is in them and of the type.
type Narrowing struct {
	Type    string        `json:"type"`
	Members int           `json:"members"`  // things of the type
	LeftOut int           `json:"left_out"` // things of other types, and without one
	Groups  []NarrowGroup `json:"groups"`
	Things  []string      `json:"things,omitempty"` // single things of the type
}

// NarrowGroup is a dynamic group made for a job.
type NarrowGroup struct {
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Query   string `json:"query"`
	Members int    `json:"members"`
}

// Warning is something to think about before the job is created.
type Warning struct {
	What  string `json:"what"`            // one of the constants below
	Group string `json:"group,omitempty"` // the group or thing that it is about; empty: the whole job
	Type  string `json:"type,omitempty"`  // the thing type that the package is for
	Item  string `json:"item,omitempty"`  // a package version, a time or a role
	Count int    `json:"count,omitempty"` // things
}

// The warnings.
const (
	OtherType       = "other-type"        // the group holds Count things of another type than the package is for
	NotChecked      = "not-checked"       // the types were not compared: fleet indexing is off or not ready
	NoMembers       = "no-members"        // nothing is in the group, or in all of them, yet
	LastsForever    = "lasts-forever"     // a continuous job stays IN_PROGRESS until it is cancelled
	Deprecated      = "deprecated"        // Item, a package version, is deprecated
	StartsLater     = "starts-later"      // the job is SCHEDULED until Item
	EndsAt          = "ends-at"           // the job ends at Item
	InWindows       = "in-windows"        // the job is carried out in maintenance windows only; the next opens as Item says
	UploadRole      = "upload-role"       // the document uploads: Item, the role, has to be allowed to put objects
	ManyPackages    = "many-packages"     // more than five packages: their attributes, with the checksums, are left out of the document
	AbortNotReached = "abort-not-reached" // a criterion (Item) needs more executions than there are things (Count)
)

// perExecution is the price of one job execution in US dollars: the public price page of AWS IoT Device Management, remote
// actions, US East (N. Virginia), first tier. It is an estimate: prices change and differ between Regions.
const perExecution = 0.003

// describe makes a description when none was given.
func (p Plan) describe() string {
	if p.Input.Description != "" {
		return p.Input.Description
	}
	targets := p.Targets[0].Name
	if len(p.Targets) > 1 {
		targets = fmt.Sprintf("%s and %d more", targets, len(p.Targets)-1)
	}
	const longest = 200 // of a targets' text
	return p.about(MaxDescription-longest) + " for " + targets
}

// about says in at most so many characters what the job does, for whomever it is.
func (p Plan) about(most int) string {
	if p.Input.Description != "" {
		return p.Input.Description
	}
	what := "Custom job"
	if p.Input.Type == OTA {
		what = "OTA update to " + p.Installs()
	} else if p.Input.Preset != "" {
		what += " " + p.Input.Preset
	}
	return what[:min(len(what), most)] // names and versions are ASCII
}

// Report is what became of a run.
type Report struct {
	event.Report
	Job        string          `json:"job"` // the job's id
	ARN        string          `json:"arn,omitempty"`
	State      string          `json:"state,omitempty"`    // the job's status when the run ended: IN_PROGRESS, SCHEDULED, ...
	Starts     string          `json:"starts,omitempty"`   // of a SCHEDULED job: when it begins, UTC
	Executions fleet.JobCounts `json:"executions"`         // as far as the cloud had made them when the run ended
	Template   string          `json:"template,omitempty"` // id of the job template that was saved
	Groups     []string        `json:"groups,omitempty"`   // dynamic groups that were made for the job
}
