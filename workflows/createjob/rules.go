package createjob

import (
	"strings"
	"time"

	"fleetlab/workflows/fleet"
)

// Applies tells whether a field means something with the choices made so far: a form shows it only then. A field that
// does not apply is left out of the job.
func (in *Input) Applies(field string) bool {
	exponential := in.Rollout.Kind == RolloutExponential
	switch field {
	case FieldDocument, FieldPreset:
		return in.Type == Custom
	case FieldVersion, FieldNarrow:
		return in.Type == OTA || len(in.Packages) > 0
	case FieldBase, FieldFactor, FieldIncrease, FieldMaximum:
		return exponential
	case FieldEndBehavior:
		return in.Schedule.End != ""
	case FieldWindows:
		return in.Selection == Continuous
	}
	return true
}

// Problems are the rules between fields that the choices break, each at the field that a person would change.
func (in *Input) Problems() []*fleet.FieldError {
	var all []*fleet.FieldError
	for _, rule := range []func() *fleet.FieldError{
		in.targetsRule, in.documentRule, in.presetRule, in.packagesRule, in.narrowRule, in.maximumRule, in.retryRule,
		in.endRule, in.behaviorRule, in.windowsRule, in.holdersRule,
	} {
		if err := rule(); err != nil {
			all = append(all, err)
		}
	}
	return all
}

func (in *Input) targetsRule() *fleet.FieldError {
	if len(in.Groups)+len(in.Things) > MaxTargets {
		return fleet.Refuse(FieldThings, in.Get(FieldThings), fleet.TooMany, "max", max(0, MaxTargets-len(in.Groups)))
	}
	return nil
}

// worksWith says that a field's value means nothing unless another field is want.
func (in *Input) worksWith(field, value, other, want string) *fleet.FieldError {
	return fleet.Refuse(field, value, fleet.WorksWith, "other", other, "want", want)
}

// needs says that a field's value means nothing unless another field has one, such as want.
func (in *Input) needs(field, value, other, want string) *fleet.FieldError {
	return fleet.Refuse(field, value, fleet.Needs, "other", other, "want", want)
}

func (in *Input) documentRule() *fleet.FieldError {
	switch {
	case in.Type == OTA && in.Document != "":
		return in.worksWith(FieldDocument, firstLine(in.Document), FieldType, Custom)
	case in.Type == Custom && in.Document == "" && in.Preset == "":
		return fleet.Refuse(FieldDocument, "", fleet.Empty)
	}
	return nil
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

func (in *Input) presetRule() *fleet.FieldError {
	if in.Type == OTA && in.Preset != "" {
		return in.worksWith(FieldPreset, in.Preset, FieldType, Custom)
	}
	return nil
}

// packagesRule: an OTA document needs two placeholders a package at most, and AWS takes ten in all.
func (in *Input) packagesRule() *fleet.FieldError {
	seen := map[string]bool{}
	for _, item := range in.Packages {
		name, _ := PackageVersion(item)
		if seen[name] {
			return fleet.Refuse(FieldPackage, in.Get(FieldPackage), fleet.Twice, "item", name)
		}
		seen[name] = true
	}
	if in.Type == OTA && len(in.Packages) > MaxPlaceholders {
		return fleet.Refuse(FieldPackage, in.Get(FieldPackage), fleet.TooMany, "max", MaxPlaceholders)
	}
	return nil
}

func (in *Input) narrowRule() *fleet.FieldError {
	if !in.Narrow {
		return nil
	}
	switch {
	case in.Type == Custom && len(in.Packages) == 0:
		return in.worksWith(FieldNarrow, Yes, FieldType, OTA)
	case len(in.Packages) > 1: // no thing has two types
		return fleet.Refuse(FieldPackage, in.Get(FieldPackage), fleet.TooMany, "max", 1)
	}
	return nil
}

func (in *Input) maximumRule() *fleet.FieldError {
	if in.Rollout.Kind == RolloutExponential && in.Rollout.Base > in.Rollout.Maximum {
		return outOfRange(FieldMaximum, in.Get(FieldMaximum), in.Rollout.Base, MaxRate)
	}
	return nil
}

func (in *Input) retryRule() *fleet.FieldError {
	for _, r := range in.Retry {
		if r.Kind == KindTimedOut && in.Timeout == 0 {
			return in.needs(FieldRetry, r.String(), FieldTimeout, "60")
		}
	}
	return nil
}

func (in *Input) endRule() *fleet.FieldError {
	now := time.Now()
	start, end := in.Schedule.times(now)
	if end.IsZero() || start.IsZero() {
		return nil
	}
	first, last := start.Add(MinLead), now.AddDate(2, 0, 0)
	if end.Before(first) || end.After(last) {
		return outOfRange(FieldEnd, in.Schedule.End, first.Format(timeForm), last.UTC().Format(timeForm))
	}
	return nil
}

func (in *Input) behaviorRule() *fleet.FieldError {
	if in.Schedule.End == "" && in.Schedule.EndBehavior != StopRollout {
		return in.needs(FieldEndBehavior, in.Schedule.EndBehavior, FieldEnd, "+2h")
	}
	return nil
}

func (in *Input) windowsRule() *fleet.FieldError {
	if len(in.Schedule.Windows) > 0 && in.Selection != Continuous {
		return in.worksWith(FieldWindows, in.Get(FieldWindows), FieldSelection, Continuous)
	}
	return nil
}
