// Package createjob makes a job: an over-the-air update that brings versions of packages to things, or a custom job with a
// document of one's own. It says before what the job would reach, and how its rollout would go.
package createjob

import (
	"fmt"
	"strings"

	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/workflows/fleet"
)

// Input is what a person chooses. Empty fields mean a choice that Prepare makes from what the cloud holds, or that AWS
// makes.
type Input struct {
	Type     string   `json:"type"`     // OTA or Custom
	Groups   []string `json:"groups"`   // thing groups, static and dynamic; none and no things: all country groups of ours
	Things   []string `json:"things"`   // single things
	Packages []string `json:"package"`  // NAME or NAME/VERSION; none: the first by name for OTA, no package for Custom
	Version  string   `json:"version"`  // for packages without one; empty: the newest that is published
	Narrow   bool     `json:"narrow"`   // leave out things of another type than the package is for
	Document string   `json:"document"` // text of a custom job's document; empty: the preset's
	Preset   string   `json:"preset"`   // one of Presets, or empty

	Template     string `json:"template"`      // the job template that the choices came from (see FromTemplate); empty: none
	SaveTemplate string `json:"save_template"` // save the choices as a job template of that id; empty: do not

	Selection   string   `json:"selection"` // Continuous or Snapshot
	Rollout     Rollout  `json:"rollout"`
	Abort       []Abort  `json:"abort"`   // any of them ends the job
	Timeout     int      `json:"timeout"` // minutes that an execution may be in progress; 0: any time
	Retry       []Retry  `json:"retry"`   // what is tried again
	Schedule    Schedule `json:"schedule"`
	Expires     int      `json:"expires"`     // seconds that a presigned URL lasts
	Tags        []Tag    `json:"tags"`        // in addition to ours
	ID          string   `json:"id"`          // empty: made from the time
	Description string   `json:"description"` // empty: made from packages, versions and targets
}

// Names of the fields, which are the flags' names.
const (
	FieldType         = "type"
	FieldGroups       = "groups"
	FieldThings       = "things"
	FieldPackage      = "package"
	FieldVersion      = "version"
	FieldNarrow       = "narrow"
	FieldDocument     = "document"
	FieldPreset       = "preset"
	FieldTemplate     = "template"
	FieldSaveTemplate = "save-template"
	FieldSelection    = "selection"
	FieldRollout      = "rollout"
	FieldBase         = "rollout-base"
	FieldFactor       = "rollout-factor"
	FieldIncrease     = "rollout-increase"
	FieldMaximum      = "rollout-max"
	FieldAbort        = "abort"
	FieldTimeout      = "timeout"
	FieldRetry        = "retry"
	FieldStart        = "start"
	FieldEnd          = "end"
	FieldEndBehavior  = "end-behavior"
	FieldWindows      = "windows"
	FieldExpires      = "expires"
	FieldTags         = "tags"
	FieldID           = "id"
	FieldDescription  = "description"
)

// Types of job.
const (
	OTA    = "ota"    // installs versions of packages
	Custom = "custom" // runs a document of one's own
)

// Types lists them in the order of the form.
var Types = []string{OTA, Custom}

// Selections: a continuous job also reaches things that join its groups later and does not end by itself; a snapshot is
// the members of now.
const (
	Continuous = "continuous"
	Snapshot   = "snapshot"
)

// Selections lists them in the order of the form.
var Selections = []string{Continuous, Snapshot}

// Answers are the values of a field that is on or off.
var Answers = []string{No, Yes}

// The answers.
const (
	Yes = "yes"
	No  = "no"
)

// Limits of a job (AWS IoT API reference, CreateJob and PresignedUrlConfig; AWS General Reference, Jobs quotas).
const (
	MaxTargets     = 100 // groups and things together
	MaxPackages    = 25
	MaxDocument    = 32768 // bytes
	MinExpires     = 60    // seconds
	MaxExpires     = 3600  // seconds
	MaxDescription = 2028  // characters
	MaxTimeout     = 10080 // minutes
	MaxTags        = 50    // ours included
)

// Defaults is a continuous over-the-air job for all country groups.
func Defaults() Input {
	return Input{Type: OTA, Selection: Continuous, Expires: MaxExpires, Rollout: defaultRollout,
		Schedule: Schedule{EndBehavior: StopRollout}}
}

var _ fleet.Fields = (*Input)(nil)

// field is how a field of the input is written and read. Errors of set are *fleet.FieldErrors, and then nothing has changed.
type field struct {
	name string
	get  func(in *Input) string
	set  func(in *Input, text string) error
}

// Names lists the fields in the order of the form.
func (in *Input) Names() []string {
	var names []string
	for _, f := range fields {
		names = append(names, f.name)
	}
	return names
}

// Get is a field's text.
func (in *Input) Get(name string) string {
	for _, f := range fields {
		if f.name == name {
			return f.get(in)
		}
	}
	return ""
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(name, text string) error {
	for _, f := range fields {
		if f.name == name {
			return f.set(in, text)
		}
	}
	return fleet.Unknown(in, name, text)
}

// Validate checks every field and what only holds between fields. Its errors are *fleet.FieldErrors; for all that hold
// between fields at once see Problems.
func (in *Input) Validate() error {
	probe := *in
	if err := fleet.Recheck(&probe); err != nil {
		return err
	}
	if all := in.Problems(); len(all) > 0 {
		return all[0]
	}
	return nil
}

// selection is the API's word for Input.Selection.
func (in Input) selection() iottypes.TargetSelection {
	return iottypes.TargetSelection(strings.ToUpper(in.Selection))
}

// PackageVersion splits an item of Input.Packages; version is empty when it names none.
func PackageVersion(item string) (name, version string) {
	name, version, _ = strings.Cut(item, "/")
	return name, version
}

func noSuch(field, text, item string, choices []string) error {
	return fleet.Refuse(field, text, fleet.NoSuch, "item", item, "choices", strings.Join(choices, ", "))
}

func badForm(field, text, item, form string) *fleet.FieldError {
	return fleet.Refuse(field, text, fleet.BadForm, "item", item, "form", form)
}

func outOfRange(field, text string, least, most any) *fleet.FieldError {
	return fleet.Refuse(field, text, fleet.OutOfRange, "min", fmt.Sprint(least), "max", fmt.Sprint(most))
}
