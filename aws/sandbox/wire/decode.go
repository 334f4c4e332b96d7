package wire

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"reflect"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"fleetlab/aws/sandbox/model"
)

// decoder puts a value of the generic tree (maps, lists, strings, json.Number, bool) into a field of an SDK
// type and checks it against the model. It is made once per operation and member.
type decoder func(d *decoding, dst reflect.Value, src any)

// decoding is the state of decoding one request.
type decoding struct {
	text      bool // leaves are strings to be parsed: a form, the query, a label, a header
	lower     bool // IAM and STS name members with a lower-case first letter in messages
	path      []string
	malformed string   // the first value of a wrong type
	problems  []string // constraints that the values break
}

// at decodes with one more name on the path, unless enough is wrong already.
func (d *decoding) at(name string, fn decoder, dst reflect.Value, src any) {
	if d.failed() {
		return
	}
	d.path = append(d.path, name)
	fn(d, dst, src)
	d.path = d.path[:len(d.path)-1]
}

func (d *decoding) where() string {
	path := strings.Join(d.path, ".")
	if !d.lower {
		return path
	}
	parts := strings.Split(path, ".")
	for i, p := range parts {
		if p != "" {
			parts[i] = strings.ToLower(p[:1]) + p[1:]
		}
	}
	return strings.Join(parts, ".")
}

// wrong notes that a value has another type than the model says.
func (d *decoding) wrong(want string, got any) {
	if d.malformed == "" {
		d.malformed = fmt.Sprintf("'%s' must be %s, not %s", d.where(), want, describe(got))
	}
}

func describe(v any) string {
	switch v := v.(type) {
	case string:
		return "the string " + quote(v)
	case bool:
		return strconv.FormatBool(v)
	case json.Number:
		return "the number " + abridged(v.String())
	case []any:
		return "a list"
	case nil:
		return "null"
	default:
		return "an object"
	}
}

// maxEcho is how much of a caller's value an error repeats, in bytes.
const maxEcho = 256

func abridged(s string) string {
	if len(s) <= maxEcho {
		return s
	}
	return strings.ToValidUTF8(s[:maxEcho], "") + "..."
}

func quote(s string) string { return strconv.Quote(abridged(s)) }

// newDecoder makes the decoder of a shape for the SDK's type t. It panics when they do not fit.
func newDecoder(shape *model.Shape, t reflect.Type) decoder {
	if t.Kind() == reflect.Pointer {
		elem, into := t.Elem(), newDecoder(shape, t.Elem())
		return func(d *decoding, dst reflect.Value, src any) {
			p := reflect.New(elem)
			into(d, p.Elem(), src)
			dst.Set(p)
		}
	}
	switch shape.Type {
	case "structure":
		return structDecoder(shape, t)
	case "list":
		return listDecoder(shape, t)
	case "map":
		return mapDecoder(shape, t)
	default:
		return scalarDecoder(shape, t)
	}
}

func scalarDecoder(shape *model.Shape, t reflect.Type) decoder {
	check := newChecks(shape)
	switch shape.Type {
	case "string":
		mustBe(shape, t, t.Kind() == reflect.String)
		return stringDecoder(check)
	case "boolean":
		mustBe(shape, t, t.Kind() == reflect.Bool)
		return decodeBool
	case "integer", "long":
		mustBe(shape, t, t.Kind() == reflect.Int32 || t.Kind() == reflect.Int64)
		return intDecoder(check)
	case "float", "double":
		mustBe(shape, t, t.Kind() == reflect.Float32 || t.Kind() == reflect.Float64)
		return floatDecoder(check)
	case "blob":
		mustBe(shape, t, t == reflect.TypeFor[[]byte]())
		return blobDecoder(check)
	case "timestamp":
		mustBe(shape, t, t == reflect.TypeFor[time.Time]())
		return decodeTime
	}
	panic(fmt.Sprintf("wire: shape %s has the type %s, which has no decoder", shape.Name, shape.Type))
}

func mustBe(shape *model.Shape, t reflect.Type, ok bool) {
	if !ok {
		panic(fmt.Sprintf("wire: shape %s is a %s and cannot be a Go %s", shape.Name, shape.Type, t))
	}
}

func stringDecoder(check *checks) decoder {
	return func(d *decoding, dst reflect.Value, src any) {
		s, ok := src.(string)
		if !ok || !utf8.ValidString(s) {
			d.wrong("a string of UTF-8 characters", src)
			return
		}
		dst.SetString(s)
		check.string(d, s)
	}
}

func decodeBool(d *decoding, dst reflect.Value, src any) {
	if s, ok := src.(string); ok && d.text {
		switch strings.ToLower(s) {
		case "true", "false":
			dst.SetBool(len(s) == len("true"))
			return
		}
	}
	b, ok := src.(bool)
	if !ok {
		d.wrong("true or false", src)
		return
	}
	dst.SetBool(b)
}

// number returns the digits of a number, which stand in a string outside JSON.
func (d *decoding) number(src any) (string, bool) {
	if s, ok := src.(string); ok && d.text {
		return s, true
	}
	n, ok := src.(json.Number)
	return string(n), ok
}

func intDecoder(check *checks) decoder {
	return func(d *decoding, dst reflect.Value, src any) {
		s, ok := d.number(src)
		n, fits := wholeNumber(s)
		if !ok || !fits || dst.OverflowInt(n) {
			d.wrong("a whole number of "+dst.Kind().String()[len("int"):]+" bits", src)
			return
		}
		dst.SetInt(n)
		check.number(d, float64(n), s)
	}
}

// wholeNumber also reads 1e3 and 2.0, which are whole.
func wholeNumber(s string) (int64, bool) {
	if n, err := strconv.ParseInt(s, 10, 64); err == nil {
		return n, true
	}
	f, err := strconv.ParseFloat(s, 64)
	if err != nil || f != math.Trunc(f) || math.Abs(f) >= 1<<53 {
		return 0, false
	}
	return int64(f), true
}

func floatDecoder(check *checks) decoder {
	return func(d *decoding, dst reflect.Value, src any) {
		s, ok := d.number(src)
		f, err := strconv.ParseFloat(s, 64)
		if !ok || err != nil || math.IsNaN(f) || math.IsInf(f, 0) {
			d.wrong("a number", src)
			return
		}
		dst.SetFloat(f)
		check.number(d, f, s)
	}
}

func blobDecoder(check *checks) decoder {
	return func(d *decoding, dst reflect.Value, src any) {
		s, ok := src.(string)
		b, err := base64.StdEncoding.DecodeString(s)
		if !ok || err != nil {
			d.wrong("base64", src)
			return
		}
		dst.SetBytes(b)
		check.size(d, len(b), "blob")
	}
}

// decodeTime reads seconds since 1970 as a number, or ISO 8601 outside JSON.
func decodeTime(d *decoding, dst reflect.Value, src any) {
	if s, ok := src.(string); ok && d.text {
		if t, err := time.Parse(time.RFC3339Nano, s); err == nil {
			dst.Set(reflect.ValueOf(t.UTC()))
			return
		}
	}
	s, ok := d.number(src)
	f, err := strconv.ParseFloat(s, 64)
	if !ok || err != nil || math.IsNaN(f) || math.Abs(f) > 253402300799 { // the end of the year 9999
		d.wrong("a timestamp", src)
		return
	}
	dst.Set(reflect.ValueOf(time.UnixMilli(int64(math.Round(f * 1000))).UTC()))
}
