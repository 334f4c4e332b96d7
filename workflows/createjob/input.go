// Package createjob makes an over-the-air job: it brings a version of a package to the things of one or more groups.
package createjob

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/workflows/fleet"
)

// Input is what a person chooses. Empty fields mean a choice that Prepare makes from what the cloud holds.
type Input struct {
	Groups      []string `json:"groups"`      // thing groups; none: all country groups of ours
	Package     string   `json:"package"`     // empty: the first by name
	Version     string   `json:"version"`     // empty: the newest that is published
	Selection   string   `json:"selection"`   // continuous or snapshot
	Expires     int      `json:"expires"`     // seconds that a presigned URL lasts
	ID          string   `json:"id"`          // empty: made from the time
	Description string   `json:"description"` // empty: made from package, version and groups
}

// Names of the fields, which are the flags' names.
const (
	FieldGroups      = "groups"
	FieldPackage     = "package"
	FieldVersion     = "version"
	FieldSelection   = "selection"
	FieldExpires     = "expires"
	FieldID          = "id"
	FieldDescription = "description"
)

// Selections: a continuous job also reaches things that join its groups later and does not end by itself; a snapshot is
// the members of now.
const (
	Continuous = "continuous"
	Snapshot   = "snapshot"
)

// Selections lists them in the order of the form.
var Selections = []string{Continuous, Snapshot}

// Limits of a job (AWS IoT API reference, CreateJob and PresignedUrlConfig).
const (
	MaxTargets     = 100
	MinExpires     = 60   // seconds
	MaxExpires     = 3600 // seconds
	MaxDescription = 2028 // characters
)

// Defaults is a continuous job for all country groups.
func Defaults() Input { return Input{Selection: Continuous, Expires: MaxExpires} }

var _ fleet.Fields = (*Input)(nil)

// Names lists the fields in the order of the form.
func (in *Input) Names() []string {
	return []string{FieldGroups, FieldPackage, FieldVersion, FieldSelection, FieldExpires, FieldID, FieldDescription}
}

// Get is a field's text.
func (in *Input) Get(field string) string {
	switch field {
	case FieldGroups:
		return strings.Join(in.Groups, ",")
	case FieldPackage:
		return in.Package
	case FieldVersion:
		return in.Version
	case FieldSelection:
		return in.Selection
	case FieldExpires:
		return strconv.Itoa(in.Expires)
	case FieldID:
		return in.ID
	case FieldDescription:
		return in.Description
	}
	return ""
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(field, text string) error {
	trimmed := strings.TrimSpace(text)
	switch field {
	case FieldGroups:
		return in.setGroups(text)
	case FieldPackage:
		return fleet.SetName(&in.Package, field, text, true, fleet.CheckPackage)
	case FieldVersion:
		return fleet.SetName(&in.Version, field, text, true, fleet.CheckVersion)
	case FieldSelection:
		return in.setSelection(text, strings.ToLower(trimmed))
	case FieldExpires:
		return fleet.SetNumber(&in.Expires, field, text, MinExpires, MaxExpires)
	case FieldID:
		return fleet.SetName(&in.ID, field, text, true, fleet.CheckJobID)
	case FieldDescription:
		return in.setDescription(trimmed)
	}
	return fleet.Unknown(in, field, text)
}

func (in *Input) setGroups(text string) error {
	if strings.TrimSpace(text) == "" {
		in.Groups = nil
		return nil
	}
	list, err := fleet.List(FieldGroups, text, MaxTargets, fleet.CheckGroup)
	if err != nil {
		return err
	}
	in.Groups = list
	return nil
}

func (in *Input) setSelection(text, selection string) error {
	switch selection {
	case Continuous, Snapshot:
		in.Selection = selection
		return nil
	case "":
		return fleet.Refuse(FieldSelection, text, fleet.Empty)
	}
	return fleet.Refuse(FieldSelection, text, fleet.NoSuch, "item", text, "choices", strings.Join(Selections, ", "))
}

// setDescription takes what AWS takes: no control characters and not too many of the others.
func (in *Input) setDescription(text string) error {
	if utf8.RuneCountInString(text) > MaxDescription {
		return fleet.Refuse(FieldDescription, text, fleet.TooLong, "max", MaxDescription)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.C, r) }) {
		return fleet.Refuse(FieldDescription, text, fleet.BadName, "item", strconv.Quote(text), "allowed", "A-Z a-z 0-9 ...", "max", MaxDescription)
	}
	in.Description = text
	return nil
}

// Validate checks every field. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	return fleet.Recheck(&probe)
}

// selection is the API's word for Input.Selection.
func (in Input) selection() iottypes.TargetSelection {
	return iottypes.TargetSelection(strings.ToUpper(in.Selection))
}
