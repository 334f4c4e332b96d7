package createjob

import (
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"fleetlab/workflows/fleet"
)

// fields are the fields in the order of the form.
var fields = []field{
	choiceField(FieldType, Types, func(in *Input) *string { return &in.Type }),
	listField(FieldGroups, MaxTargets, fleet.CheckGroup, func(in *Input) *[]string { return &in.Groups }),
	listField(FieldThings, MaxTargets, fleet.CheckGroup, func(in *Input) *[]string { return &in.Things }), // the same pattern
	listField(FieldPackage, MaxPackages, checkPackage, func(in *Input) *[]string { return &in.Packages }),
	nameField(FieldVersion, fleet.CheckVersion, func(in *Input) *string { return &in.Version }),
	{FieldNarrow, func(in *Input) string { return answer(in.Narrow) }, setNarrow},
	{FieldDocument, func(in *Input) string { return in.Document }, setDocument},
	optionalField(choiceField(FieldPreset, Presets, func(in *Input) *string { return &in.Preset }), func(in *Input) { in.Preset = "" }),
	nameField(FieldTemplate, fleet.CheckJobID, func(in *Input) *string { return &in.Template }),
	nameField(FieldSaveTemplate, fleet.CheckJobID, func(in *Input) *string { return &in.SaveTemplate }),
	choiceField(FieldSelection, Selections, func(in *Input) *string { return &in.Selection }),
	{FieldRollout, func(in *Input) string { return in.Rollout.String() }, setRollout},
	numberField(FieldBase, 1, MaxRate, func(in *Input) *int { return &in.Rollout.Base }),
	{FieldFactor, func(in *Input) string { return decimals(in.Rollout.Factor, 1) }, setFactor},
	{FieldIncrease, func(in *Input) string { return in.Rollout.increase() }, setIncrease},
	numberField(FieldMaximum, 1, MaxRate, func(in *Input) *int { return &in.Rollout.Maximum }),
	{FieldAbort, func(in *Input) string { return joined(in.Abort) }, setAbort},
	optionalField(numberField(FieldTimeout, 1, MaxTimeout, func(in *Input) *int { return &in.Timeout }), func(in *Input) { in.Timeout = 0 }),
	{FieldRetry, func(in *Input) string { return joined(in.Retry) }, setRetry},
	{FieldStart, func(in *Input) string { return in.Schedule.Start }, setTime(FieldStart, func(in *Input) *string { return &in.Schedule.Start })},
	{FieldEnd, func(in *Input) string { return in.Schedule.End }, setTime(FieldEnd, func(in *Input) *string { return &in.Schedule.End })},
	choiceField(FieldEndBehavior, EndBehaviors, func(in *Input) *string { return &in.Schedule.EndBehavior }),
	{FieldWindows, func(in *Input) string { return joined(in.Schedule.Windows) }, setWindows},
	numberField(FieldExpires, MinExpires, MaxExpires, func(in *Input) *int { return &in.Expires }),
	{FieldTags, func(in *Input) string { return joined(in.Tags) }, setTags},
	nameField(FieldID, fleet.CheckJobID, func(in *Input) *string { return &in.ID }),
	{FieldDescription, func(in *Input) string { return in.Description }, setDescription},
}

// choiceField is a field with one of a few words.
func choiceField(name string, words []string, at func(*Input) *string) field {
	return field{name, func(in *Input) string { return *at(in) }, func(in *Input, text string) error {
		word := strings.ToLower(strings.TrimSpace(text))
		switch {
		case slices.Contains(words, word):
			*at(in) = word
			return nil
		case word == "":
			return fleet.Refuse(name, text, fleet.Empty)
		}
		return noSuch(name, text, strings.TrimSpace(text), words)
	}}
}

// numberField is a field with a whole number.
func numberField(name string, least, most int64, at func(*Input) *int) field {
	return field{name, func(in *Input) string { return digits(*at(in)) },
		func(in *Input, text string) error { return fleet.SetNumber(at(in), name, text, least, most) }}
}

// optionalField is a field that may be empty as well.
func optionalField(f field, clear func(*Input)) field {
	set := f.set
	f.set = func(in *Input, text string) error {
		if strings.TrimSpace(text) == "" {
			clear(in)
			return nil
		}
		return set(in, text)
	}
	return f
}

// nameField is a field with one name, which may be empty.
func nameField(name string, check func(string) *fleet.FieldError, at func(*Input) *string) field {
	return field{name, func(in *Input) string { return *at(in) },
		func(in *Input, text string) error { return fleet.SetName(at(in), name, text, true, check) }}
}

// listField is a field with a list of names, which may be empty.
func listField(name string, most int, check func(string) *fleet.FieldError, at func(*Input) *[]string) field {
	return field{name, func(in *Input) string { return strings.Join(*at(in), ",") }, func(in *Input, text string) error {
		if strings.TrimSpace(text) == "" {
			*at(in) = nil
			return nil
		}
		names, err := fleet.List(name, text, most, check)
		if err == nil {
			*at(in) = names
		}
		return err
	}}
}

// digits is a number as it is typed; "" for zero, which no field takes.
func digits(n int) string {
	if n == 0 {
		return ""
	}
	return strconv.Itoa(n)
}

// decimals is a number with at most that many decimals.
func decimals(x float64, most int) string {
	text := strconv.FormatFloat(x, 'f', most, 64)
	return strings.TrimSuffix(strings.TrimRight(text, "0"), ".")
}

func answer(yes bool) string {
	if yes {
		return Yes
	}
	return No
}

func setNarrow(in *Input, text string) error {
	switch word := strings.ToLower(strings.TrimSpace(text)); word {
	case Yes, No:
		in.Narrow = word == Yes
		return nil
	case "":
		return fleet.Refuse(FieldNarrow, text, fleet.Empty)
	}
	return noSuch(FieldNarrow, text, strings.TrimSpace(text), Answers)
}

// checkPackage takes NAME and NAME/VERSION. AWS knows the version $default: the package's default version.
func checkPackage(item string) *fleet.FieldError {
	name, version, versioned := strings.Cut(item, "/")
	if err := fleet.CheckPackage(name); err != nil {
		return err
	}
	if !versioned || version == DefaultVersion {
		return nil
	}
	if fleet.CheckVersion(version) != nil {
		return badForm("", item, item, "SedanVehicle/1.0.0")
	}
	return nil
}

// DefaultVersion stands for a package's default version (AWS IoT developer guide, software package catalog).
const DefaultVersion = "$default"

// setDescription takes what AWS takes: no control characters and not too many of the others.
func setDescription(in *Input, text string) error {
	text = strings.TrimSpace(text)
	if utf8.RuneCountInString(text) > MaxDescription {
		return fleet.Refuse(FieldDescription, text, fleet.TooLong, "max", MaxDescription)
	}
	if !utf8.ValidString(text) || strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.C, r) }) {
		return fleet.Refuse(FieldDescription, text, fleet.BadName, "item", strconv.Quote(text), "allowed", "A-Z a-z 0-9 ...", "max", MaxDescription)
	}
	in.Description = text
	return nil
}

// joined writes a list as it is typed.
func joined[T interface{ String() string }](items []T) string {
	var out []string
	for _, item := range items {
		out = append(out, item.String())
	}
	return strings.Join(out, ",")
}
