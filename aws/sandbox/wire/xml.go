package wire

import (
	"fmt"
	"reflect"
	"strconv"
	"time"

	"fleetlab/aws/sandbox/model"
)

const xmlHeader = `<?xml version="1.0" encoding="UTF-8"?>` + "\n"

// xmlBuffer is XML under construction.
type xmlBuffer struct{ b []byte }

func (x *xmlBuffer) open(name, xmlns string) {
	x.b = append(append(x.b, '<'), name...)
	if xmlns != "" {
		x.b = append(append(append(x.b, ` xmlns="`...), xmlns...), '"')
	}
	x.b = append(x.b, '>')
}

func (x *xmlBuffer) close(name string) { x.b = append(append(append(x.b, "</"...), name...), '>') }

func (x *xmlBuffer) text(name, s string) {
	x.open(name, "")
	x.escaped(s)
	x.close(name)
}

// escaped writes text. What XML 1.0 cannot hold becomes U+FFFD.
func (x *xmlBuffer) escaped(s string) {
	for _, r := range s {
		switch {
		case r == '<':
			x.b = append(x.b, "&lt;"...)
		case r == '>':
			x.b = append(x.b, "&gt;"...)
		case r == '&':
			x.b = append(x.b, "&amp;"...)
		case r == '\r':
			x.b = append(x.b, "&#13;"...) // parsers turn a plain one into a line feed
		case r < ' ' && r != '\n' && r != '\t', r == 0xFFFE, r == 0xFFFF:
			x.b = append(x.b, "\uFFFD"...)
		default:
			x.b = append(x.b, string(r)...)
		}
	}
}

// xmlEncoder writes the content of an element.
type xmlEncoder func(x *xmlBuffer, v reflect.Value)

// newXMLEncoder makes the encoder of a shape for the SDK's type t, as query services write it.
func newXMLEncoder(shape *model.Shape, t reflect.Type) xmlEncoder {
	if t.Kind() == reflect.Pointer {
		elem := newXMLEncoder(shape, t.Elem())
		return func(x *xmlBuffer, v reflect.Value) { elem(x, v.Elem()) }
	}
	switch shape.Type {
	case "structure":
		return xmlStruct(shape, t)
	case "list":
		return xmlList(shape, t)
	case "string":
		return func(x *xmlBuffer, v reflect.Value) { x.escaped(v.String()) }
	case "boolean":
		return func(x *xmlBuffer, v reflect.Value) { x.b = strconv.AppendBool(x.b, v.Bool()) }
	case "integer", "long":
		return func(x *xmlBuffer, v reflect.Value) { x.b = strconv.AppendInt(x.b, v.Int(), 10) }
	case "timestamp":
		mustBe(shape, t, t == reflect.TypeFor[time.Time]())
		return func(x *xmlBuffer, v reflect.Value) {
			x.b = v.Interface().(time.Time).UTC().AppendFormat(x.b, time.RFC3339)
		}
	}
	panic(fmt.Sprintf("wire: shape %s has the type %s, which has no XML encoder", shape.Name, shape.Type))
}

func xmlStruct(shape *model.Shape, t reflect.Type) xmlEncoder {
	mustBe(shape, t, t.Kind() == reflect.Struct)
	type member struct {
		name   string
		index  int
		encode xmlEncoder
	}
	var members []member
	for i := range shape.Members {
		m := &shape.Members[i]
		f := fieldOf(m, shape, t)
		members = append(members, member{m.Wire, f.Index[0], newXMLEncoder(m.Shape, f.Type)})
	}
	return func(x *xmlBuffer, v reflect.Value) {
		for _, m := range members {
			f := v.Field(m.index)
			if absent(f) {
				continue
			}
			x.open(m.name, "")
			m.encode(x, f)
			x.close(m.name)
		}
	}
}

func xmlList(shape *model.Shape, t reflect.Type) xmlEncoder {
	mustBe(shape, t, t.Kind() == reflect.Slice)
	element := newXMLEncoder(shape.Element, t.Elem())
	return func(x *xmlBuffer, v reflect.Value) {
		for i := range v.Len() {
			x.open("member", "")
			element(x, v.Index(i))
			x.close("member")
		}
	}
}

// document wraps a query service's output: <CreateRoleResponse><CreateRoleResult>...
func (p *outputPlan) document(r *request, v reflect.Value) []byte {
	x := &xmlBuffer{b: make([]byte, 0, 1024)}
	x.open(p.op.Name+"Response", p.op.service.xmlns)
	if p.xml != nil {
		x.open(p.op.ResultWrapper, "")
		p.xml(x, v)
		x.close(p.op.ResultWrapper)
	}
	x.open("ResponseMetadata", "")
	x.text("RequestId", r.id)
	x.close("ResponseMetadata")
	x.close(p.op.Name + "Response")
	return x.b
}
