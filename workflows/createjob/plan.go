package createjob

import (
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/trace"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Workflow is this workflow's name in events.
const Workflow = "job-create"

// StepCreate is the one step of a run, which is also its learning moment's id. StepTargets is where Prepare's progress
// events come from: the members of the groups are counted.
const (
	StepCreate  = "create-job"
	StepTargets = "targets"
)

// Job is the kind of resource in events and counts.
const Job = "job"

// Plan is the job that a run would create, down to the request.
type Plan struct {
	Input    Input     `json:"input"` // as it was chosen
	Account  string    `json:"account"`
	Region   string    `json:"region"`
	Targets  []Target  `json:"targets"`
	Members  int       `json:"members"` // things that the targets hold, each counted once
	Package  string    `json:"package"`
	Version  string    `json:"version"`
	Request  Request   `json:"request"`  // what CreateJob is sent
	Document string    `json:"document"` // the job document, indented; part of Request too
	Command  string    `json:"command"`  // the same request as an AWS CLI command
	Warnings []Warning `json:"warnings,omitempty"`
	Cost     float64   `json:"cost"` // rough, in US dollars, when every member executes the job on a real account
}

// Target is a group that the job is for.
type Target struct {
	Name    string `json:"name"`
	ARN     string `json:"arn"`
	Dynamic bool   `json:"dynamic"`
	Members int    `json:"members"`
}

// Warning is something to think about before the job is created.
type Warning struct {
	What  string `json:"what"`            // one of the constants below
	Group string `json:"group,omitempty"` // the group that it is about; empty: the whole job
	Type  string `json:"type,omitempty"`  // the thing type that the package is for
	Count int    `json:"count,omitempty"` // things
	More  bool   `json:"more,omitempty"`  // Count is the least: not all were counted
}

// The warnings.
const (
	OtherType    = "other-type"    // the group holds Count things of another type than the package is for
	NotChecked   = "not-checked"   // the types were not compared: fleet indexing is off or not ready
	NoMembers    = "no-members"    // nothing is in the group, or in all of them, yet
	LastsForever = "lasts-forever" // a continuous job stays IN_PROGRESS until it is cancelled
)

// Request is CreateJob's input under the API's names.
type Request struct {
	JobID           string   `json:"jobId"`
	Targets         []string `json:"targets"`
	Document        string   `json:"document"`
	Description     string   `json:"description"`
	TargetSelection string   `json:"targetSelection"`
	PresignedURL    Presign  `json:"presignedUrlConfig"`
	Packages        []string `json:"destinationPackageVersions"`
	Tags            []Tag    `json:"tags"`
}

// Presign is how AWS makes the URLs in the delivered document.
type Presign struct {
	RoleARN string `json:"roleArn"`
	Expires int64  `json:"expiresInSec"`
}

// Tag is a tag of the job.
type Tag struct {
	Key   string `json:"Key"`
	Value string `json:"Value"`
}

// sdk is the request in the SDK's form.
func (r Request) sdk() *iot.CreateJobInput {
	in := &iot.CreateJobInput{
		JobId: &r.JobID, Targets: r.Targets, Document: &r.Document, Description: &r.Description,
		TargetSelection:            iottypes.TargetSelection(r.TargetSelection),
		PresignedUrlConfig:         &iottypes.PresignedUrlConfig{RoleArn: &r.PresignedURL.RoleARN, ExpiresInSec: &r.PresignedURL.Expires},
		DestinationPackageVersions: r.Packages,
	}
	for _, t := range r.Tags {
		in.Tags = append(in.Tags, iottypes.Tag{Key: aws.String(t.Key), Value: aws.String(t.Value)})
	}
	return in
}

// command is the request as an AWS CLI command.
func (r Request) command() string { return trace.Command("IoT", "CreateJob", r.sdk()) }

// perExecution is the price of one job execution in US dollars: the public price page of AWS IoT Device Management, remote
// actions, US East (N. Virginia), first tier. It is an estimate: prices change and differ between Regions.
const perExecution = 0.003

// describe makes a description when none was given.
func describe(in Input, pkg, version string, targets []Target) string {
	if in.Description != "" {
		return in.Description
	}
	groups := targets[0].Name
	if len(targets) > 1 {
		groups = fmt.Sprintf("%s and %d more", groups, len(targets)-1)
	}
	return fmt.Sprintf("OTA update to %s %s for %s", pkg, version, groups)
}

// Report is what became of a run.
type Report struct {
	event.Report
	Job        string          `json:"job"` // the job's id
	ARN        string          `json:"arn,omitempty"`
	Executions fleet.JobCounts `json:"executions"` // as far as the cloud had made them when the run ended
}
