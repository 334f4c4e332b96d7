package fleet

import (
	"errors"
	"strconv"
	"strings"
)

// Reason is why a value was refused. Front ends have a sentence for each that names the remedy; its arguments are
// in the error's Args.
type Reason string

// The reasons.
const (
	Empty        Reason = "empty"         // nothing was given
	NotANumber   Reason = "not-a-number"  // a whole number is wanted: min, max
	OutOfRange   Reason = "out-of-range"  // min, max
	BadName      Reason = "bad-name"      // one item of a list does not fit the pattern: item, allowed, max
	BadVersion   Reason = "bad-version"   // one item is no version: item
	Twice        Reason = "twice"         // one item stands there twice: item
	TooMany      Reason = "too-many"      // max
	NoSuch       Reason = "no-such"       // the value is none of the choices: item, choices
	NotInCloud   Reason = "not-in-cloud"  // the resource does not exist: item, choices
	NotPublished Reason = "not-published" // a package version that cannot be deployed: item, status
	Taken        Reason = "taken"         // the name exists already: item
	NothingToDo  Reason = "nothing-to-do" // the cloud holds nothing that this could work on: step says what makes it
	TooLong      Reason = "too-long"      // max
	WrongWord    Reason = "wrong-word"    // a confirmation word: word
	BadForm      Reason = "bad-form"      // one item is not written as it should be: item, form
	WorksWith    Reason = "works-with"    // the value works only with another field's: other (that field), want
	Needs        Reason = "needs"         // the value works only if another field has one: other (that field), want (an example)
	TakenTry     Reason = "taken-try"     // the name exists already: item, free (a name that does not)
	BadJSON      Reason = "bad-json"      // no JSON: line and column (from 1), item (what is there)
	OpenJSON     Reason = "open-json"     // JSON that ends too early: line, column
	BadHolder    Reason = "bad-holder"    // a placeholder that AWS IoT does not know: line, column, item
	OpenHolder   Reason = "open-holder"   // a placeholder without its closing brace: line, column, item
	TooBig       Reason = "too-big"       // bytes, max
	NoArtifact   Reason = "no-artifact"   // a package version without a file: item
)

// FieldError says that a value given for a field, on a form or as a flag, cannot be used. Nothing was done.
type FieldError struct {
	Field  string // the flag's name without dashes
	Value  string // as it was given
	Reason Reason
	Args   map[string]any
}

// Error is for logs; people get the sentence for Reason in their language.
func (e *FieldError) Error() string {
	return e.Field + " " + strconv.Quote(e.Value) + ": " + string(e.Reason)
}

// Refuse makes a FieldError. args are pairs of a name and a value.
func Refuse(field, value string, reason Reason, args ...any) *FieldError {
	e := &FieldError{Field: field, Value: value, Reason: reason, Args: map[string]any{}}
	for i := 0; i+1 < len(args); i += 2 {
		if name, ok := args[i].(string); ok {
			e.Args[name] = args[i+1]
		}
	}
	return e
}

// AsFieldError finds a FieldError in err.
func AsFieldError(err error) (*FieldError, bool) {
	var e *FieldError
	ok := errors.As(err, &e)
	return e, ok
}

// Fields is what a form and a command line need to fill in a workflow's input. Names are the flags' names; the texts are
// what a person types. Set returns a *FieldError and leaves the input unchanged when the text cannot be used.
type Fields interface {
	Names() []string
	Get(field string) string
	Set(field, text string) error
	// Validate checks what only holds between fields; its errors are *FieldErrors as well.
	Validate() error
}

// Recheck sets every field of probe, a copy of an input, to its own text: an input that was filled in otherwise than by Set is
// checked like one that was.
func Recheck(probe Fields) error {
	for _, field := range probe.Names() {
		if err := probe.Set(field, probe.Get(field)); err != nil {
			return err
		}
	}
	return nil
}

// Unknown says that there is no field of that name.
func Unknown(in Fields, field, text string) *FieldError {
	return Refuse(field, text, NoSuch, "item", field, "choices", strings.Join(in.Names(), ", "))
}
