// Package provision makes a fleet and all it needs: thing types, fleet indexing, a firmware bucket, packages, roles, groups
// and things with their shadows. Running it again finishes what is half made and leaves the rest alone.
package provision

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"fleetlab/workflows/fleet"
)

// Input is what a person chooses. Every value has been checked when it was set; Validate checks what only holds between
// them.
type Input struct {
	ThingTypes []string `json:"thing_types"` // each has a package of the same name
	Versions   []string `json:"versions"`    // the first one is what new vehicles run
	Continent  int      `json:"continent"`   // 1 to 7
	Countries  string   `json:"countries"`   // a number or codes, as typed; empty: the continent's default number
	Devices    int      `json:"devices"`
	Prefix     string   `json:"prefix"` // of thing names
	Seed       int64    `json:"seed"`   // vehicles and firmware follow from it
}

// Names of the fields, which are the flags' names.
const (
	fieldThingTypes = "thing-types"
	fieldVersions   = "versions"
	fieldContinent  = "continent"
	fieldCountries  = "countries"
	fieldDevices    = "devices"
	fieldPrefix     = "prefix"
	fieldSeed       = "seed"
)

// maxList is how many thing types, and how many versions of each, one run makes at most. An account has 100 packages and
// 10,000 versions (AWS General Reference, AWS IoT Device Management quotas).
const maxList = 50

// Defaults is a fleet of 100 vehicles of three types in three countries.
func Defaults() Input {
	return Input{
		ThingTypes: []string{"SedanVehicle", "SUVVehicle", "TruckVehicle"},
		Versions:   []string{"1.0.0", "1.1.0"},
		Continent:  1,
		Devices:    100,
		Prefix:     fleet.DefaultPrefix,
		Seed:       fleet.DefaultSeed,
	}
}

var _ fleet.Fields = (*Input)(nil)

// Names lists the fields in the order of the form.
func (in *Input) Names() []string {
	return []string{fieldThingTypes, fieldVersions, fieldContinent, fieldCountries, fieldDevices, fieldPrefix, fieldSeed}
}

// Get is a field's text.
func (in *Input) Get(field string) string {
	switch field {
	case fieldThingTypes:
		return strings.Join(in.ThingTypes, ",")
	case fieldVersions:
		return strings.Join(in.Versions, ",")
	case fieldContinent:
		return strconv.Itoa(in.Continent)
	case fieldCountries:
		return in.countriesText()
	case fieldDevices:
		return strconv.Itoa(in.Devices)
	case fieldPrefix:
		return in.Prefix
	case fieldSeed:
		return strconv.FormatInt(in.Seed, 10)
	}
	return ""
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(field, text string) error {
	switch field {
	case fieldThingTypes:
		return setList(&in.ThingTypes, field, text, fleet.CheckType)
	case fieldVersions:
		return setList(&in.Versions, field, text, fleet.CheckVersion)
	case fieldContinent:
		return fleet.SetNumber(&in.Continent, field, text, 1, int64(len(fleet.Continents)))
	case fieldCountries:
		return in.setCountries(text)
	case fieldDevices:
		return fleet.SetNumber(&in.Devices, field, text, 1, fleet.MaxDevices)
	case fieldPrefix:
		return fleet.SetName(&in.Prefix, field, text, false, fleet.CheckPrefix)
	case fieldSeed:
		return fleet.SetNumber(&in.Seed, field, text, math.MinInt64, math.MaxInt64)
	}
	return fleet.Unknown(in, field, text)
}

func setList(to *[]string, field, text string, check func(string) *fleet.FieldError) error {
	list, err := fleet.List(field, text, maxList, check)
	if err != nil {
		return err
	}
	*to = list
	return nil
}

// setCountries takes any continent's codes and numbers, since the continent may be set after the countries; Validate tells
// when the two do not go together. Empty means the continent's default number.
func (in *Input) setCountries(text string) error {
	text = strings.TrimSpace(text)
	if text == "" {
		in.Countries = ""
		return nil
	}
	var first error
	for continent := range len(fleet.Continents) {
		_, err := fleet.ParseCountries(fieldCountries, text, continent+1)
		if err == nil {
			in.Countries = text
			return nil
		}
		if first == nil || continent+1 == in.Continent {
			first = err
		}
	}
	return first
}

func (in *Input) countriesText() string {
	if in.Countries == "" && in.Continent >= 1 && in.Continent <= len(fleet.Continents) {
		return strconv.Itoa(fleet.DefaultCountries(in.Continent))
	}
	return in.Countries
}

// Codes are the countries' codes; none when countries and continent do not go together.
func (in Input) Codes() []string {
	codes, err := fleet.ParseCountries(fieldCountries, in.countriesText(), in.Continent)
	if err != nil {
		return nil
	}
	return codes
}

// Validate checks every field, and the countries against the continent. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	if err := fleet.Recheck(&probe); err != nil {
		return err
	}
	if _, err := fleet.ParseCountries(fieldCountries, in.countriesText(), in.Continent); err != nil {
		return err
	}
	return in.oneKeyEach()
}

// oneKeyEach refuses versions whose firmware would lie under one and the same key in the bucket, such as 1.0 and 1_0.
func (in *Input) oneKeyEach() error {
	var keys []string
	for _, t := range in.ThingTypes {
		for _, v := range in.Versions {
			key := fleet.FirmwareKey(t, v)
			if slices.Contains(keys, key) {
				return fleet.Refuse(fieldVersions, in.Get(fieldVersions), fleet.Twice, "item", v)
			}
			keys = append(keys, key)
		}
	}
	return nil
}

// Vehicle is the n-th vehicle of the fleet, counted from 1. codes are Codes.
func (in Input) vehicle(n int, codes []string) fleet.Vehicle {
	return fleet.NewVehicle(in.Prefix, n, in.ThingTypes, codes, in.Seed)
}
