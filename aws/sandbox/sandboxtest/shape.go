package sandboxtest

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"fleetlab/aws/sandbox/model"
)

// json checks an answer of a REST service.
func (d *deviations) json(resp *http.Response, body []byte) {
	if resp.StatusCode >= http.StatusBadRequest {
		code, _, _ := strings.Cut(resp.Header.Get("X-Amzn-Errortype"), ":")
		shape := d.code(code[strings.LastIndex(code, "#")+1:], resp.StatusCode)
		if tree := d.document(body); tree != nil {
			d.errorBody(tree, shape)
		}
		return
	}
	shape := d.op.Output
	switch {
	case shape == nil:
		if tree := d.document(body); len(tree) > 0 {
			d.add("the operation has no output")
		}
	case shape.Payload != "":
		if !json.Valid(body) { // the only payloads are the documents of shadows
			d.add("the payload is not JSON")
		}
	default:
		if tree := d.document(body); tree != nil {
			d.structure(shape, tree)
		}
	}
}

// document parses a body, which is one JSON object.
func (d *deviations) document(body []byte) map[string]any {
	var tree map[string]any
	dec := json.NewDecoder(bytes.NewReader(body))
	dec.UseNumber()
	if err := dec.Decode(&tree); err != nil || tree == nil || dec.More() || !utf8.Valid(body) {
		d.add("the body is not one JSON object: %v", err)
		return nil
	}
	return tree
}

// errorBody checks an error's members. message is everywhere, __type is what other JSON protocols send as well.
func (d *deviations) errorBody(tree map[string]any, shape *model.Shape) {
	if text, ok := tree["message"].(string); !ok || text == "" {
		d.add("there is no message")
	}
	for name, v := range tree {
		m := shape.Member(name)
		switch {
		case m != nil:
			d.at(name, func() { d.value(m.Shape, v) })
		case name != "message" && name != "__type" && name != "traceId":
			d.add("the error has no member %s", name)
		}
	}
}

func (d *deviations) structure(shape *model.Shape, tree map[string]any) {
	for i := range shape.Members {
		m := &shape.Members[i]
		if m.Location != "" {
			continue
		}
		if v, ok := tree[m.Wire]; ok {
			d.at(m.Wire, func() { d.value(m.Shape, v) })
		} else if m.Required {
			d.add("%s is missing", m.Wire)
		}
	}
	for name := range tree {
		if !slices.ContainsFunc(shape.Members, func(m model.Member) bool { return m.Wire == name && m.Location == "" }) {
			d.add("%s has no member %s", shape.Name, name)
		}
	}
}

// value checks a value in JSON.
func (d *deviations) value(shape *model.Shape, v any) {
	switch shape.Type {
	case "structure":
		if m := typed[map[string]any](d, v, "an object"); m != nil {
			d.structure(shape, m)
		}
	case "list":
		list := typed[[]any](d, v, "a list")
		d.size(shape, len(list))
		for i, e := range list {
			d.at(strconv.Itoa(i), func() { d.value(shape.Element, e) })
		}
	case "map":
		m := typed[map[string]any](d, v, "an object")
		d.size(shape, len(m))
		for k, e := range m {
			d.at(k, func() { d.text(shape.Key, k); d.value(shape.Value, e) })
		}
	case "string":
		d.text(shape, typed[string](d, v, "a string"))
	case "boolean":
		typed[bool](d, v, "true or false")
	case "blob":
		if _, err := base64.StdEncoding.DecodeString(typed[string](d, v, "base64")); err != nil {
			d.add("%v", err)
		}
	default:
		d.number(shape, typed[json.Number](d, v, "a number").String())
	}
}

// typed returns v as a T, or notes that it is something else.
func typed[T any](d *deviations, v any, want string) T {
	t, ok := v.(T)
	if !ok {
		d.add("must be %s, not %v", want, v)
	}
	return t
}

// number checks whole numbers, fractions and times, which are seconds with at most milliseconds.
func (d *deviations) number(shape *model.Shape, s string) {
	n, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return // its type is wrong, which is known already
	}
	switch shape.Type {
	case "integer", "long":
		bits := 64
		if shape.Type == "integer" {
			bits = 32
		}
		if _, err := strconv.ParseInt(s, 10, bits); err != nil {
			d.add("%s is no whole number of %d bits", s, bits)
		}
	case "timestamp":
		if n < 1e9 || n > 1e11 || strings.ContainsAny(s, "eE") || math.Abs(n*1000-math.Round(n*1000)) > 1e-3 {
			d.add("%s is no time in seconds with milliseconds", s)
		}
		return
	}
	d.limits(shape, n, s)
}

func (d *deviations) text(shape *model.Shape, s string) {
	if shape.Enum != nil && !slices.Contains(shape.Enum, s) {
		d.add("%q is none of %s", s, strings.Join(shape.Enum, ", "))
	}
	d.size(shape, utf8.RuneCountInString(s))
}

func (d *deviations) size(shape *model.Shape, n int) {
	d.limits(shape, float64(n), fmt.Sprint("a length of ", n))
}

func (d *deviations) limits(shape *model.Shape, n float64, what string) {
	if shape.Min != nil && n < *shape.Min {
		d.add("%s is below %v", what, *shape.Min)
	}
	if shape.Max != nil && n > *shape.Max {
		d.add("%s is above %v", what, *shape.Max)
	}
}
