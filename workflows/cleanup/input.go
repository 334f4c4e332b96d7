// Package cleanup removes what provisioning and jobs made, and nothing else. What is ours is told by its tags; things, which
// cannot be tagged, by their name and their tagged type.
package cleanup

import (
	"strings"

	"fleetlab/workflows/fleet"
)

// Input is what a person chooses.
type Input struct {
	Scope  string `json:"scope"`  // all, things or groups
	Prefix string `json:"prefix"` // of thing names
}

// The scopes.
const (
	All    = "all"    // everything of ours
	Things = "things" // things of the prefix and their shadows
	Groups = "groups" // thing groups, static and dynamic
)

// Scopes lists them in the order of the form.
var Scopes = []string{All, Things, Groups}

// ConfirmWord is what a person types before anything is deleted.
const ConfirmWord = "DELETE"

const (
	fieldScope  = "scope"
	fieldPrefix = "prefix"
)

// Defaults is everything of the default prefix.
func Defaults() Input { return Input{Scope: All, Prefix: fleet.DefaultPrefix} }

var _ fleet.Fields = (*Input)(nil)

// Names lists the fields in the order of the form.
func (in *Input) Names() []string { return []string{fieldScope, fieldPrefix} }

// Get is a field's text.
func (in *Input) Get(field string) string {
	switch field {
	case fieldScope:
		return in.Scope
	case fieldPrefix:
		return in.Prefix
	}
	return ""
}

// Set reads a field's text. The error is a *fleet.FieldError, and then nothing has changed.
func (in *Input) Set(field, text string) error {
	trimmed := strings.TrimSpace(text)
	if trimmed == "" {
		return fleet.Refuse(field, text, fleet.Empty)
	}
	switch field {
	case fieldScope:
		return in.setScope(text, strings.ToLower(trimmed))
	case fieldPrefix:
		return fleet.SetName(&in.Prefix, field, text, false, fleet.CheckPrefix)
	}
	return fleet.Unknown(in, field, text)
}

func (in *Input) setScope(text, scope string) error {
	for _, s := range Scopes {
		if s == scope {
			in.Scope = scope
			return nil
		}
	}
	return fleet.Refuse(fieldScope, text, fleet.NoSuch, "item", text, "choices", strings.Join(Scopes, ", "))
}

// Validate checks every field. Its errors are *fleet.FieldErrors.
func (in *Input) Validate() error {
	probe := *in
	return fleet.Recheck(&probe)
}

// Confirm checks the word that a person typed.
func Confirm(word string) error {
	if word != ConfirmWord {
		return fleet.Refuse("confirm", word, fleet.WrongWord, "word", ConfirmWord)
	}
	return nil
}
