package cleanup

import (
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Workflow is this workflow's name in events.
const Workflow = "cleanup"

// Steps are the ids of the steps in their order. Scopes other than All have only the one of their name.
var Steps = []string{StepJobs, StepDeprecate, StepThings, StepGroups, StepPackages, StepSettings, StepBuckets, StepRoles, StepTypes, StepCheck}

// The steps.
const (
	StepJobs      = "jobs"
	StepDeprecate = "deprecate-thing-types" // early, so that the five minutes of waiting run meanwhile
	StepThings    = "things"
	StepGroups    = "groups"
	StepPackages  = "packages"
	StepSettings  = "settings" // before the buckets: what the settings were is kept in one of them
	StepBuckets   = "buckets"
	StepRoles     = "roles"
	StepTypes     = "thing-types"
	StepCheck     = "check" // the last look
)

// Kinds of resources in events, plans and counts.
const (
	Job           = "job"
	JobTemplate   = "job-template"
	ThingType     = "thing-type"
	Thing         = "thing"
	Group         = "thing-group"
	DynamicGroup  = "dynamic-thing-group"
	Package       = "package"
	Version       = "package-version"
	Bucket        = "bucket"
	Role          = "role"
	Configuration = "package-configuration"
	Indexing      = "indexing"
)

// How an item was recognised as ours.
const (
	ByTag      = "tag"
	ByName     = "name"     // a thing: by its name and its tagged type
	ByAttached = "attached" // it belongs to something of ours
)

// Item is one resource that would go.
type Item struct {
	Name  string `json:"name"`            // a package version is package/version
	By    string `json:"by"`              // ByTag, ByName or ByAttached
	State string `json:"state,omitempty"` // of a job its status; of a thing type Deprecated or InUse; of a version Default
	Depth int    `json:"depth,omitempty"` // of a group: how many parents it has
	Since int64  `json:"since,omitempty"` // of a thing type: when it was deprecated, in Unix seconds
}

// States of items.
const (
	Deprecated = "DEPRECATED"
	InUse      = "IN_USE"  // things that are not to go use the type: it stays, and is not deprecated
	Default    = "DEFAULT" // the default version of its package
)

// Foreign is what stays because it is not ours.
type Foreign struct {
	Count int      `json:"count"`
	Names []string `json:"names"` // the first few
}

// Setting is an account-wide setting that would be put back.
type Setting struct {
	Resource string `json:"resource"` // Configuration or Indexing
	Now      string `json:"now"`      // in short
	Then     string `json:"then"`     // what it was before the first run
}

// LookError is a kind that could not be listed, wholly or in part.
type LookError struct {
	Resource string       `json:"resource"`
	Fault    *event.Fault `json:"fault"`
}

// Plan is what a run would remove and put back. It holds no more than names, so that 100,000 things fit.
type Plan struct {
	Input    Input              `json:"input"`
	Account  string             `json:"account"`
	Region   string             `json:"region"`
	Items    map[string][]Item  `json:"items"`              // by kind
	Foreign  map[string]Foreign `json:"foreign,omitempty"`  // by kind
	Settings []Setting          `json:"settings,omitempty"` //
	Errors   []LookError        `json:"errors,omitempty"`   // they make the run PARTIAL at best
	Work     fleet.Work         `json:"work"`               // without the last look
	Wait     float64            `json:"wait,omitempty"`     // seconds until AWS deletes the thing types, counted from the run's start
	Before   fleet.Settings     `json:"before"`             // what the settings were, as provisioning kept it
	Unread   []string           `json:"unread,omitempty"`   // buckets whose record of the settings could not be read: they stay
}

// Count is how many items of a kind would go.
func (p Plan) Count(resource string) int { return len(p.Items[resource]) }

// Total is how many items would go and settings be put back.
func (p Plan) Total() int {
	n := len(p.Settings)
	for _, items := range p.Items {
		n += len(items)
	}
	return n
}

// Left is something of ours that is still there after a run, or a setting that was not put back: its Name is its Resource.
type Left struct {
	Resource string `json:"resource"`
	Name     string `json:"name"`
	Reason   string `json:"reason"`
}

// Reasons why something of ours is left, and why an item is KEPT.
const (
	ReasonInUse      = "in-use"      // something that stays needs it: what is not ours, or what could not be removed
	ReasonFailed     = "failed"      // it could not be removed
	ReasonNotReached = "not-reached" // the run ended before
	ReasonDeleting   = "deleting"    // AWS is still removing it
	ReasonThere      = "there"       // it was removed, or came up, and is there nevertheless
)

// Report is what became of a run. Left and Foreign are what the last look saw.
type Report struct {
	event.Report
	Left    []Left             `json:"left,omitempty"`
	Foreign map[string]Foreign `json:"foreign,omitempty"`
	Looked  bool               `json:"looked"` // the last look was taken and saw every kind
}
