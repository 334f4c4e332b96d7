package locale

import (
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
func (p *Printer) Refusal(err error) (string, bool) {
	fe, ok := fleet.AsFieldError(err)
	if !ok {
		return "", false
	}
	kv := []any{"Field", p.FieldName(fe.Field), "Value", fe.Value}
	for name, v := range fe.Args {
		if list, isList := v.([]string); isList {
			v = strings.Join(list, ", ")
		}
		kv = append(kv, name, v)
	}
	return p.T("invalid."+string(fe.Reason), kv...), true
}

// FieldName is the label of a field, which is also a flag: what the catalogue calls it, or the flag.
func (p *Printer) FieldName(name string) string { return p.known("field.", name, "--"+name) }
