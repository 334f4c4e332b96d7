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
		return in.setJob(trimmed)
	case FieldSuccessRate:
		return setNumber(&in.SuccessRate, field, text, 0, 100)
	case FieldSeed:
		return setNumber(&in.Seed, field, text, math.MinInt64, math.MaxInt64)
	case FieldScope:
		if strings.EqualFold(trimmed, ScopeAll) {
			in.Scope = 0
			return nil
		}
		return setNumber(&in.Scope, field, text, 1, math.MaxInt32)
	}
	return fleet.Refuse(field, text, fleet.NoSuch, "item", field, "choices", strings.Join(in.Names(), ", "))
}

func (in *Input) setJob(text string) error {
	if text != "" {
		if err := fleet.CheckJobID(text); err != nil {
			err.Field, err.Value = FieldJob, text
			return err
		}
	}
	in.Job = text
	return nil
}

func setNumber[T int | int64](to *T, field, text string, least, most int64) error {
	n, err := fleet.Number(field, text, least, most)
	if err != nil {
		return err
	}
	*to = T(n)
	return nil
}

// Validate checks every field. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	for _, field := range in.Names() {
		if err := probe.Set(field, in.Get(field)); err != nil {
			return err
		}
	}
	return nil
}
