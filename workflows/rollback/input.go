// Package rollback takes the devices that a job has updated back to the versions that they had before. It finds out which
// these were, and has createjob make a job for each.
package rollback

import (
	"slices"
	"strings"

	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
)

// Input is what a person chooses.
type Input struct {
	Job    string   `json:"job"`              // the job whose devices go back
	Former []string `json:"former,omitempty"` // NAME/VERSION for devices whose former version nobody knows; without: they are left out
}

// Names of the fields, which are the flags' names.
const (
	FieldJob    = "job"
	FieldFormer = "former"
)

var _ fleet.Fields = (*Input)(nil)

// Names lists the fields in the order of the form.
func (in *Input) Names() []string { return []string{FieldJob, FieldFormer} }

// Get is a field's text.
func (in *Input) Get(field string) string {
	switch field {
	case FieldJob:
		return in.Job
	case FieldFormer:
		return strings.Join(in.Former, ",")
	}
	return ""
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(field, text string) error {
	switch field {
	case FieldJob:
		return fleet.SetName(&in.Job, field, text, false, fleet.CheckJobID)
	case FieldFormer:
		return in.setFormer(text)
	}
	return fleet.Unknown(in, field, text)
}

func (in *Input) setFormer(text string) error {
	if strings.TrimSpace(text) == "" {
		in.Former = nil
		return nil
	}
	var seen []string
	items, err := fleet.List(FieldFormer, text, createjob.MaxPackages, func(item string) *fleet.FieldError {
		name, version := createjob.PackageVersion(item)
		if err := fleet.CheckPackage(name); err != nil {
			return err
		}
		if slices.Contains(seen, name) {
			return fleet.Refuse("", item, fleet.Twice, "item", name)
		}
		seen = append(seen, name)
		return fleet.CheckVersion(version)
	})
	if err == nil {
		in.Former = items
	}
	return err
}

// Validate checks every field. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	return fleet.Recheck(&probe)
}

// former is the version that the input gives for a package; empty when it gives none.
func (in *Input) former(pkg string) string {
	for _, item := range in.Former {
		if name, version := createjob.PackageVersion(item); name == pkg {
			return version
		}
	}
	return ""
}

// Sources are what is known of the devices beside what the cloud holds: reports of earlier runs, see report.Find.
type Sources []report.Report
