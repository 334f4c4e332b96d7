package locale

import (
	"fmt"
	"strings"

	"fleetlab/workflows/fleet"
)

// Field is why a value was refused and what to give instead, for a *fleet.FieldError. Other errors come
// as their own text; nil is "".
func (p *Printer) Field(err error) string {
	if err == nil {
		return ""
	}
	if s, ok := p.Refusal(err); ok {
		return s
	}
	return err.Error()
}

// Refusal is Field for an error that may be of another kind; false if it is.
func (p *Printer) Refusal(err error) (string, bool) { return p.refusal(err, p.FieldName) }

// FlagRefusal is Refusal for the command line: it names the flag and not the form's field.
func (p *Printer) FlagRefusal(err error) (string, bool) {
	return p.refusal(err, func(field string) string { return "--" + field })
}

func (p *Printer) refusal(err error, name func(field string) string) (string, bool) {
	fe, ok := fleet.AsFieldError(err)
	if !ok {
		return "", false
	}
	kv := []any{"Field", name(fe.Field), "Value", fe.Value}
	for arg, v := range fe.Args {
		if other, ok := v.(string); ok && arg == "other" { // another field
			v = name(other)
		}
		kv = append(kv, arg, plainly(v))
	}
	return p.T("invalid."+string(fe.Reason), kv...), true
}

// plainly is an argument as it would be typed: numbers without commas.
func plainly(v any) any {
	switch arg := v.(type) {
	case []string:
		return strings.Join(arg, ", ")
	case int, int64:
		return fmt.Sprint(arg)
	}
	return v
}

// FieldName is the label of a field, which is also a flag: what the catalogue calls it, or the flag.
func (p *Printer) FieldName(name string) string { return p.known("field.", name, "--"+name) }
