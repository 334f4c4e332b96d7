package wire

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strconv"

	"fleetlab/aws/sandbox/model"
)

// field is a member of a structure and the Go field that holds it.
type field struct {
	name     string // in the model
	wire     string // at its location
	required bool
	index    int
	decode   decoder
}

// fieldOf finds the Go field of a member: its name with an upper-case first letter, and an underscore after it
// where that would be a method's name (String_).
func fieldOf(m *model.Member, shape *model.Shape, t reflect.Type) reflect.StructField {
	name := []byte(m.Name)
	if 'a' <= name[0] && name[0] <= 'z' {
		name[0] -= 'a' - 'A'
	}
	f, ok := t.FieldByName(string(name))
	if !ok {
		f, ok = t.FieldByName(string(name) + "_")
	}
	if !ok || len(f.Index) != 1 {
		panic(fmt.Sprintf("wire: %s has no field %s for the member %s of %s", t, name, m.Name, shape.Name))
	}
	return f
}

func newField(m *model.Member, shape *model.Shape, t reflect.Type) field {
	f := fieldOf(m, shape, t)
	return field{name: m.Name, wire: m.Wire, required: m.Required, index: f.Index[0], decode: newDecoder(m.Shape, f.Type)}
}

// set decodes the value of a field; nil is a member that was not sent.
func (f *field) set(d *decoding, dst reflect.Value, src any) {
	if src != nil {
		d.at(f.name, f.decode, dst.Field(f.index), src)
		return
	}
	if f.required {
		d.at(f.name, missing, dst, nil)
	}
}

func missing(d *decoding, _ reflect.Value, _ any) {
	d.broken("null", false, "Member must not be null")
}

func structDecoder(shape *model.Shape, t reflect.Type) decoder {
	mustBe(shape, t, t.Kind() == reflect.Struct)
	fields := make([]field, len(shape.Members))
	for i := range shape.Members {
		fields[i] = newField(&shape.Members[i], shape, t)
	}
	return func(d *decoding, dst reflect.Value, src any) {
		m, ok := src.(map[string]any)
		if !ok {
			d.wrong("an object", src)
			return
		}
		for i := range fields {
			fields[i].set(d, dst, m[fields[i].wire])
		}
	}
}

func listDecoder(shape *model.Shape, t reflect.Type) decoder {
	mustBe(shape, t, t.Kind() == reflect.Slice)
	element, check := newDecoder(shape.Element, t.Elem()), newChecks(shape)
	return func(d *decoding, dst reflect.Value, src any) {
		list, ok := src.([]any)
		if d.text && src == "" {
			list, ok = []any{}, true // a form's Tags= is an empty list
		}
		if !ok {
			d.wrong("a list", src)
			return
		}
		check.size(d, len(list), "list")
		if d.failed() {
			return
		}
		out := reflect.MakeSlice(t, len(list), len(list))
		for i, v := range list {
			d.path = append(d.path, strconv.Itoa(i+1))
			if v == nil {
				missing(d, dst, nil)
			} else {
				d.at("member", element, out.Index(i), v)
			}
			d.path = d.path[:len(d.path)-1]
		}
		dst.Set(out)
	}
}

func mapDecoder(shape *model.Shape, t reflect.Type) decoder {
	mustBe(shape, t, t.Kind() == reflect.Map && t.Key().Kind() == reflect.String)
	value, check, keys := newDecoder(shape.Value, t.Elem()), newChecks(shape), newChecks(shape.Key)
	return func(d *decoding, dst reflect.Value, src any) {
		m, ok := src.(map[string]any)
		if !ok {
			d.wrong("an object", src)
			return
		}
		check.size(d, len(m), "map")
		if d.failed() {
			return
		}
		out := reflect.MakeMapWithSize(t, len(m))
		for _, k := range slices.Sorted(maps.Keys(m)) { // sorted: errors must not change from call to call
			d.path = append(d.path, k)
			keys.string(d, k)
			if v := reflect.New(t.Elem()).Elem(); m[k] != nil {
				value(d, v, m[k])
				out.SetMapIndex(reflect.ValueOf(k).Convert(t.Key()), v)
			}
			d.path = d.path[:len(d.path)-1]
		}
		dst.Set(out)
	}
}
