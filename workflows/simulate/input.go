// Package simulate plays the devices of a job: each takes its execution, downloads the firmware for real, checks it and
// reports how it went.
package simulate

import (
	"math"
	"strconv"
	"strings"

	"fleetlab/workflows/fleet"
)

// Input is what a person chooses.
type Input struct {
	Job         string `json:"job"`          // empty: the newest active job that has something to do
	SuccessRate int    `json:"success_rate"` // per cent of the devices, 0 to 100
	Seed        int64  `json:"seed"`         // which devices fail and why follows from it
	Scope       int    `json:"scope"`        // how many devices at most, the first by name; 0: all
}

// Names of the fields, which are the flags' names.
const (
	FieldJob         = "job"
	FieldSuccessRate = "success-rate"
	FieldSeed        = "seed"
	FieldScope       = "scope"
)

// ScopeAll is the text of a scope of all devices.
const ScopeAll = "all"

// Defaults is nine devices of ten succeeding, all of them.
func Defaults() Input { return Input{SuccessRate: 90, Seed: fleet.DefaultSeed} }

var _ fleet.Fields = (*Input)(nil)

// Names lists the fields in the order of the form.
func (in *Input) Names() []string {
	return []string{FieldJob, FieldSuccessRate, FieldSeed, FieldScope}
}

// Get is a field's text.
func (in *Input) Get(field string) string {
	switch field {
	case FieldJob:
		return in.Job
	case FieldSuccessRate:
		return strconv.Itoa(in.SuccessRate)
	case FieldSeed:
		return strconv.FormatInt(in.Seed, 10)
	case FieldScope:
		if in.Scope == 0 {
			return ScopeAll
		}
		return strconv.Itoa(in.Scope)
	}
	return ""
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(field, text string) error {
	trimmed := strings.TrimSpace(text)
	switch field {
	case FieldJob:
		return fleet.SetName(&in.Job, field, text, true, fleet.CheckJobID)
	case FieldSuccessRate:
		return fleet.SetNumber(&in.SuccessRate, field, text, 0, 100)
	case FieldSeed:
		return fleet.SetNumber(&in.Seed, field, text, math.MinInt64, math.MaxInt64)
	case FieldScope:
		if strings.EqualFold(trimmed, ScopeAll) {
			in.Scope = 0
			return nil
		}
		return fleet.SetNumber(&in.Scope, field, text, 1, math.MaxInt32)
	}
	return fleet.Unknown(in, field, text)
}

// Validate checks every field. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	return fleet.Recheck(&probe)
}
