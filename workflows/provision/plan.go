package provision

import (
	"context"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
)

// Workflow is this workflow's name in events.
const Workflow = "provision"

// Steps are the ids of the steps, which are also their learning moments', in their order.
var Steps = []string{StepThingTypes, StepIndexing, StepStorage, StepFirmware, StepCatalog, StepRoles, StepConfiguration, StepThings}

// The steps.
const (
	StepThingTypes    = "thing-types"
	StepIndexing      = "fleet-indexing"
	StepStorage       = "s3-storage"
	StepFirmware      = "firmware-packages"
	StepCatalog       = "package-catalog"
	StepRoles         = "iam-roles"
	StepConfiguration = "package-configuration"
	StepThings        = "things-and-groups"
)

// Kinds of resources in events and counts.
const (
	ThingType     = "thing-type"
	Indexing      = "indexing"
	Bucket        = "bucket"
	Firmware      = "firmware"
	Package       = "package"
	Version       = "package-version"
	Role          = "role"
	Configuration = "package-configuration"
	Group         = "thing-group"
	Thing         = "thing"
)

// Plan is what a run would make, and what that takes.
type Plan struct {
	Input    Input    `json:"input"`
	Account  string   `json:"account"`
	Region   string   `json:"region"`
	Codes    []string `json:"countries"` // of the groups
	Estimate Estimate `json:"estimate"`  // of a run that finds nothing made yet
}

// Report is what became of a run. Seconds leave out the time in which it waited for a person.
type Report struct{ event.Report }

// Prepare checks the input and makes the plan of it. It makes no call: Run looks at each resource before it makes it.
func Prepare(_ context.Context, c *cloud.Cloud, in Input) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	return Plan{Input: in, Account: c.Account, Region: c.Region, Codes: in.Codes(), Estimate: in.Estimate(c.Pace)}, nil
}
