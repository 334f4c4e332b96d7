// Package fieldform makes the fields of a form from the input of a workflow, so that a screen and the command line ask for the same
// things by the same names.
package fieldform

import (
	"unicode"
	"unicode/utf8"

	"fleetlab/ui/component/form"
	"fleetlab/ui/screen"
)

// Text is a line of text for the field of an input that a workflow calls name. value is what stands there at first; check says why a
// text cannot be used.
func Text(d *screen.Deps, workflow, name, value string, check func(string) error) form.Field {
	return form.Field{
		ID: name, Kind: form.Text, Label: d.Printer.FieldName(name), Help: sentence(d.T("about." + workflow + "." + name)),
		Value: value, Placeholder: value, Check: check,
	}
}

// sentence is words with a capital letter at the start: on the command line they are the end of a line.
func sentence(words string) string {
	first, n := utf8.DecodeRuneInString(words)
	return string(unicode.ToUpper(first)) + words[n:]
}

// settable is an input of type T whose fields are set by name.
type settable[T any] interface {
	*T
	Set(name, text string) error
}

// Check says why a field of in cannot take a text; in stays as it is.
func Check[T any, P settable[T]](in P, name string) func(string) error {
	return func(text string) error {
		probe := *in
		return P(&probe).Set(name, text)
	}
}
