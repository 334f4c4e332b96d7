package wire

import (
	"encoding/base64"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"slices"
	"strconv"
	"time"
	"unicode/utf8"

	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/model"
)

// encoder appends a value to b in JSON.
type encoder func(b []byte, v reflect.Value) []byte

// outputPlan says how an operation's output becomes an answer.
type outputPlan struct {
	op      *operation
	xml     xmlEncoder // of query services; nil without output
	json    encoder
	payload int // the index of the field that is the body, or -1
	status  int // the index of the field that is the HTTP status, or -1
}

// newOutputPlan makes the plan for the SDK's output type t; it panics when t does not fit the model.
func newOutputPlan(op *operation, t reflect.Type) *outputPlan {
	p := &outputPlan{op: op, payload: -1, status: -1}
	shape := op.Output
	switch {
	case shape == nil && op.service.family == query:
		return p
	case shape == nil:
		shape = &model.Shape{Name: "no output", Type: "structure"}
	case op.service.family == query:
		p.xml = newXMLEncoder(shape, t)
		return p
	}
	for i := range shape.Members {
		m := &shape.Members[i]
		switch {
		case m.Name == shape.Payload:
			p.payload = fieldOf(m, shape, t).Index[0]
		case m.Location == model.InStatus:
			p.status = fieldOf(m, shape, t).Index[0]
		case m.Location != "":
			panic(fmt.Sprintf("wire: output member %s of %s is in the %s, which has no encoder", m.Name, op.Name, m.Location))
		}
	}
	p.json = newEncoder(shape, t)
	return p
}

func (p *outputPlan) encode(r *request, v reflect.Value) *answer {
	a := &answer{status: http.StatusOK, contentType: "application/json"}
	if p.op.service.family == query {
		a.contentType, a.body = "text/xml", p.document(r, v)
		return a
	}
	if p.status >= 0 {
		if n := reflect.Indirect(v.Field(p.status)); n.IsValid() && n.Int() >= 200 && n.Int() < 300 {
			a.status = int(n.Int())
		}
	}
	if p.payload >= 0 {
		a.body = v.Field(p.payload).Bytes()
		return a
	}
	a.body = p.json(make([]byte, 0, 512), v)
	return a
}

// newEncoder makes the JSON encoder of a shape for the SDK's type t.
func newEncoder(shape *model.Shape, t reflect.Type) encoder {
	if t.Kind() == reflect.Pointer {
		elem := newEncoder(shape, t.Elem())
		return func(b []byte, v reflect.Value) []byte { return elem(b, v.Elem()) }
	}
	switch shape.Type {
	case "structure":
		return structEncoder(shape, t)
	case "list":
		return listEncoder(shape, t)
	case "map":
		return mapEncoder(shape, t)
	case "string":
		return func(b []byte, v reflect.Value) []byte { return appendString(b, v.String()) }
	case "boolean":
		return func(b []byte, v reflect.Value) []byte { return strconv.AppendBool(b, v.Bool()) }
	case "integer", "long":
		return func(b []byte, v reflect.Value) []byte { return strconv.AppendInt(b, v.Int(), 10) }
	case "float", "double":
		return func(b []byte, v reflect.Value) []byte { return appendFloat(b, v.Float()) }
	case "timestamp":
		mustBe(shape, t, t == reflect.TypeFor[time.Time]())
		return appendTime
	case "blob":
		mustBe(shape, t, t == reflect.TypeFor[[]byte]())
		return func(b []byte, v reflect.Value) []byte {
			b = append(b, '"')
			return append(base64.StdEncoding.AppendEncode(b, v.Bytes()), '"')
		}
	}
	panic(fmt.Sprintf("wire: shape %s has the type %s, which has no encoder", shape.Name, shape.Type))
}

// outField is a member that is written, with what comes before its value.
type outField struct {
	name   string
	prefix []byte // "thingName":
	index  int
	encode encoder
}

// onlyRead names members that AWS takes in a request and never returns, though the shape is used for both.
var onlyRead = map[string]bool{"AttributePayload.merge": true}

func structEncoder(shape *model.Shape, t reflect.Type) encoder {
	mustBe(shape, t, t.Kind() == reflect.Struct)
	var fields []outField
	for i := range shape.Members {
		m := &shape.Members[i]
		if m.Location != "" || onlyRead[shape.Name+"."+m.Name] {
			continue
		}
		f := fieldOf(m, shape, t)
		fields = append(fields, outField{m.Name, append(appendString(nil, m.Wire), ':'), f.Index[0], newEncoder(m.Shape, f.Type)})
	}
	return func(b []byte, v reflect.Value) []byte {
		b = append(b, '{')
		start := len(b)
		for i := range fields {
			f := v.Field(fields[i].index)
			if absent(f) {
				continue
			}
			if len(b) > start {
				b = append(b, ',')
			}
			b = append(b, fields[i].prefix...)
			b = fields[i].encode(b, f)
		}
		return append(b, '}')
	}
}

// absent says whether a field is left out: nil pointers, lists and maps, and enums without a value. Numbers
// and booleans that are no pointers are always there on AWS too.
func absent(v reflect.Value) bool {
	switch v.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		return v.IsNil()
	case reflect.String:
		return v.Len() == 0
	default:
		return false
	}
}

func listEncoder(shape *model.Shape, t reflect.Type) encoder {
	mustBe(shape, t, t.Kind() == reflect.Slice)
	element := newEncoder(shape.Element, t.Elem())
	return func(b []byte, v reflect.Value) []byte {
		b = append(b, '[')
		for i := range v.Len() {
			if i > 0 {
				b = append(b, ',')
			}
			b = element(b, v.Index(i))
		}
		return append(b, ']')
	}
}

func mapEncoder(shape *model.Shape, t reflect.Type) encoder {
	mustBe(shape, t, t.Kind() == reflect.Map && t.Key().Kind() == reflect.String)
	value := newEncoder(shape.Value, t.Elem())
	return func(b []byte, v reflect.Value) []byte {
		keys := v.MapKeys()
		slices.SortFunc(keys, func(x, y reflect.Value) int {
			if x.String() < y.String() {
				return -1
			}
			return 1
		})
		b = append(b, '{')
		for i, k := range keys {
			if i > 0 {
				b = append(b, ',')
			}
			b = append(appendString(b, k.String()), ':')
			b = value(b, v.MapIndex(k))
		}
		return append(b, '}')
	}
}

// appendTime writes seconds since 1970 with milliseconds, as the IoT services do.
func appendTime(b []byte, v reflect.Value) []byte {
	ms := v.Interface().(time.Time).UnixMilli()
	return strconv.AppendFloat(b, float64(ms)/1000, 'f', -1, 64)
}

func appendFloat(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, `"NaN"`...)
	case math.IsInf(f, 0):
		return strconv.AppendQuote(b, map[bool]string{true: "Infinity", false: "-Infinity"}[f > 0])
	default:
		return strconv.AppendFloat(b, f, 'f', -1, 64)
	}
}

const hexDigits = "0123456789abcdef"

// appendString writes a JSON string. Unlike encoding/json it leaves <, > and & as they are, as AWS does.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for i := 0; i < len(s); {
		c := s[i]
		if c >= utf8.RuneSelf {
			r, n := utf8.DecodeRuneInString(s[i:])
			b = utf8.AppendRune(b, r) // bytes that are no UTF-8 become U+FFFD
			i += n
			continue
		}
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c == '\n':
			b = append(b, '\\', 'n')
		case c < ' ':
			b = append(b, '\\', 'u', '0', '0', hexDigits[c>>4], hexDigits[c&15])
		default:
			b = append(b, c)
		}
		i++
	}
	return append(b, '"')
}

// errorBody writes all modelled members of an SDK error.
func errorBody(shape *model.Shape, e smithy.APIError) []byte {
	v := reflect.Indirect(reflect.ValueOf(e))
	return structEncoder(shape, v.Type())(nil, v)
}
