// Package simulate plays the devices of jobs: each takes its execution, downloads the firmware for real, checks it, installs
// it in its own time and reports how it went.
package simulate

import (
	"math"
	"strconv"
	"strings"

	"fleetlab/workflows/fleet"
)

// Input is what a person chooses. It is comparable.
type Input struct {
	Job         string  `json:"job"`             // ids, with commas between; empty: the newest active job that has something to do
	Scope       int     `json:"scope"`           // how many things at most, the first by name; 0: all
	Group       string  `json:"group,omitempty"` // only the things of that thing group
	SuccessRate int     `json:"success_rate"`    // per cent of the devices, 0 to 100
	Failures    Weights `json:"failures"`        // how the others fail
	DeviceSpeed Speed   `json:"device_speed"`    // how long a step takes
	Offline     int     `json:"offline"`         // per cent of the devices that come later, 0 to 100
	OfflineFor  int     `json:"offline_for"`     // seconds that they come later at most; half of it at least
	Seed        int64   `json:"seed"`            // all that is drawn follows from it
}

// Names of the fields, which are the flags' names.
const (
	FieldJob         = "job"
	FieldScope       = "scope"
	FieldSuccessRate = "success-rate"
	FieldFailures    = "failures"
	FieldDeviceSpeed = "device-speed"
	FieldOffline     = "offline"
	FieldOfflineFor  = "offline-for"
	FieldSeed        = "seed"
)

// ScopeAll is the text of a scope of all devices, ScopeGroup what the name of a group is written after.
const (
	ScopeAll   = "all"
	ScopeGroup = "group:"
)

// MaxJobs is how many jobs are played at once.
const MaxJobs = 10

// maxOffline is how many seconds a device comes later at most: an hour.
const maxOffline = 3600

// Defaults is nine devices of ten succeeding, all of them, on quick devices that are there from the start.
func Defaults() Input {
	return Input{SuccessRate: 90, Failures: DefaultWeights(), DeviceSpeed: Fast, OfflineFor: 20, Seed: fleet.DefaultSeed}
}

var _ fleet.Fields = (*Input)(nil)

// Names lists the fields in the order of the form.
func (in *Input) Names() []string {
	return []string{FieldJob, FieldScope, FieldSuccessRate, FieldFailures, FieldDeviceSpeed, FieldOffline, FieldOfflineFor, FieldSeed}
}

// Get is a field's text.
func (in *Input) Get(field string) string {
	switch field {
	case FieldJob:
		return in.Job
	case FieldScope:
		return in.scope()
	case FieldSuccessRate:
		return strconv.Itoa(in.SuccessRate)
	case FieldFailures:
		return in.Failures.String()
	case FieldDeviceSpeed:
		return string(in.DeviceSpeed)
	case FieldOffline:
		return strconv.Itoa(in.Offline)
	case FieldOfflineFor:
		return strconv.Itoa(in.OfflineFor)
	case FieldSeed:
		return strconv.FormatInt(in.Seed, 10)
	}
	return ""
}

func (in *Input) scope() string {
	switch {
	case in.Group != "":
		return ScopeGroup + in.Group
	case in.Scope == 0:
		return ScopeAll
	}
	return strconv.Itoa(in.Scope)
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(field, text string) error {
	switch field {
	case FieldJob:
		return in.setJobs(text)
	case FieldScope:
		return in.setScope(text)
	case FieldSuccessRate:
		return fleet.SetNumber(&in.SuccessRate, field, text, 0, 100)
	case FieldFailures:
		return in.Failures.set(text)
	case FieldDeviceSpeed:
		return in.DeviceSpeed.set(text)
	case FieldOffline:
		return fleet.SetNumber(&in.Offline, field, text, 0, 100)
	case FieldOfflineFor:
		return fleet.SetNumber(&in.OfflineFor, field, text, 1, maxOffline)
	case FieldSeed:
		return fleet.SetNumber(&in.Seed, field, text, math.MinInt64, math.MaxInt64)
	}
	return fleet.Unknown(in, field, text)
}

func (in *Input) setJobs(text string) error {
	if strings.TrimSpace(text) == "" {
		in.Job = ""
		return nil
	}
	ids, err := fleet.List(FieldJob, text, MaxJobs, fleet.CheckJobID)
	if err != nil {
		return err
	}
	in.Job = strings.Join(ids, ",")
	return nil
}

func (in *Input) setScope(text string) error {
	trimmed := strings.TrimSpace(text)
	if strings.EqualFold(trimmed, ScopeAll) {
		in.Scope, in.Group = 0, ""
		return nil
	}
	if name, ok := strings.CutPrefix(trimmed, ScopeGroup); ok {
		if err := fleet.SetName(&in.Group, FieldScope, name, false, fleet.CheckGroup); err != nil {
			return err
		}
		in.Scope = 0
		return nil
	}
	if err := fleet.SetNumber(&in.Scope, FieldScope, text, 1, math.MaxInt32); err != nil {
		return err
	}
	in.Group = ""
	return nil
}

// IDs lists the jobs that were named; none: the newest that has something to do.
func (in *Input) IDs() []string {
	if in.Job == "" {
		return nil
	}
	return strings.Split(in.Job, ",")
}

// Validate checks every field, and that there is a way to fail where devices are to fail. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	if err := fleet.Recheck(&probe); err != nil {
		return err
	}
	if in.SuccessRate < 100 && in.Failures.total() == 0 {
		return fleet.Refuse(FieldFailures, in.Failures.String(), NoKind, "rate", in.SuccessRate)
	}
	return nil
}
