package trace

import (
	"io"
	"reflect"
)

// body stands for the body of a file in a snapshot; the log does not keep those.
type body struct{}

func (body) Read([]byte) (int, error) { return 0, io.EOF }
func (body) Close() error             { return nil }

// skipped is the member of every answer that holds the SDK's own notes, among them the whole HTTP response.
const skipped = "ResultMetadata"

// snapshot copies an SDK value, so that neither its owner nor a reader of the log can change it for the other, and says about how
// many bytes the copy takes.
func snapshot(v any) (any, int) {
	if v == nil {
		return nil, 0
	}
	rv := reflect.ValueOf(v)
	c, n := copied(rv)
	return c.Interface(), n
}

// copied is a deep copy of v and its size in bytes, without that of v's own slot in what holds it.
func copied(v reflect.Value) (reflect.Value, int) {
	switch v.Kind() {
	case reflect.Pointer:
		return copiedPointer(v)
	case reflect.Interface:
		return copiedInterface(v)
	case reflect.String:
		return v, v.Len()
	case reflect.Slice:
		return copiedSlice(v)
	case reflect.Map:
		return copiedMap(v)
	case reflect.Struct:
		out := reflect.New(v.Type()).Elem()
		return out, copyStruct(out, v)
	}
	return v, 0
}

func copiedPointer(v reflect.Value) (reflect.Value, int) {
	if v.IsNil() {
		return v, 0
	}
	out := reflect.New(v.Type().Elem())
	return out, int(v.Type().Elem().Size()) + copyInto(out.Elem(), v.Elem())
}

// copiedInterface keeps a body's place, not the body, and a union's member.
func copiedInterface(v reflect.Value) (reflect.Value, int) {
	if v.IsNil() {
		return v, 0
	}
	if _, ok := v.Interface().(io.Reader); ok {
		return reflect.ValueOf(body{}), 0
	}
	return copied(v.Elem())
}

func copiedSlice(v reflect.Value) (reflect.Value, int) {
	if v.IsNil() {
		return v, 0
	}
	n := v.Len()
	out, size := reflect.MakeSlice(v.Type(), n, n), n*int(v.Type().Elem().Size())
	reflect.Copy(out, v)
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return out, size
	}
	for i := range n {
		size += copyInto(out.Index(i), v.Index(i))
	}
	return out, size
}

func copiedMap(v reflect.Value) (reflect.Value, int) {
	if v.IsNil() {
		return v, 0
	}
	const entry = 48 // about what a map adds to the strings in it
	out, size := reflect.MakeMapWithSize(v.Type(), v.Len()), 0
	for it := v.MapRange(); it.Next(); {
		value, n := copied(it.Value())
		out.SetMapIndex(it.Key(), value)
		size += entry + n
		if it.Key().Kind() == reflect.String {
			size += it.Key().Len()
		}
	}
	return out, size
}

// copyInto sets out to a copy of v.
func copyInto(out, v reflect.Value) int {
	if v.Kind() == reflect.Struct {
		return copyStruct(out, v)
	}
	c, n := copied(v)
	out.Set(c)
	return n
}

func copyStruct(out, v reflect.Value) int {
	out.Set(v)
	size, t := 0, v.Type()
	for i := range v.NumField() {
		f := t.Field(i)
		switch {
		case !f.IsExported():
		case f.Name == skipped:
			out.Field(i).SetZero()
		default:
			size += copyInto(out.Field(i), v.Field(i))
		}
	}
	return size
}
