package trace

import (
	"io"
	"reflect"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// bodyWord stands for the body of a file, which is not kept.
const bodyWord = "<body>"

// plain turns an SDK value into maps, lists and scalars with the member names of the service's model. Unset members
// are left out. service decides how names are spelt.
func plain(v any, service string) any { return plainValue(reflect.ValueOf(v), service) }

func plainValue(v reflect.Value, service string) any {
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if v.IsNil() {
			return nil
		}
		if _, ok := v.Interface().(io.Reader); ok {
			return bodyWord
		}
		return plainValue(v.Elem(), service)
	case reflect.Struct:
		return plainStruct(v, service)
	case reflect.Slice:
		if v.IsNil() {
			return nil
		}
		if v.Type().Elem().Kind() == reflect.Uint8 {
			return blob(v.Bytes())
		}
		out := make([]any, v.Len())
		for i := range out {
			out[i] = plainValue(v.Index(i), service)
		}
		return out
	case reflect.Map:
		if v.IsNil() {
			return nil
		}
		out := make(map[string]any, v.Len())
		for it := v.MapRange(); it.Next(); {
			key := it.Key().String()
			out[redact(key)] = shown(key, plainValue(it.Value(), service))
		}
		return out
	case reflect.String:
		return redact(v.String())
	case reflect.Invalid, reflect.Func, reflect.Chan:
		return nil
	}
	return v.Interface()
}

func plainStruct(v reflect.Value, service string) any {
	if t, ok := v.Interface().(time.Time); ok {
		return t
	}
	out := map[string]any{}
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if !f.IsExported() || f.Name == skipped {
			continue
		}
		val := plainValue(v.Field(i), service)
		if val == nil || v.Field(i).IsZero() {
			continue
		}
		out[memberName(service, v.Type().Name(), f.Name)] = shown(f.Name, val)
	}
	return out
}

// shown is the value called name, or what stands for it when it is a secret.
func shown(name string, value any) any {
	if secretName(name) {
		return redacted
	}
	return value
}

func blob(b []byte) any {
	if utf8.Valid(b) {
		return redact(string(b))
	}
	return b
}

// upper are the IoT structures whose members start with a capital letter in the model, lower the others' that do not.
var (
	upper = map[string]bool{"Tag": true, "Configuration": true, "KeyPair": true}
	lower = map[string]bool{"PolicyDescriptorType": true}
)

// memberName is a member's name in the model: the IoT family starts them in lower case, S3, IAM and STS do not. Go's names end in _
// where they would be a method's.
func memberName(service, structure, field string) string {
	field = strings.TrimSuffix(field, "_")
	if (upper[structure] || !strings.HasPrefix(service, "IoT")) && !lower[structure] || strings.ToUpper(field) == field {
		return field
	}
	r := []rune(field)
	r[0] = unicode.ToLower(r[0])
	return string(r)
}
