package wire

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/url"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"

	"fleetlab/aws/sandbox/model"
)

// inputPlan says where each member of an operation's input is found.
type inputPlan struct {
	op      *operation
	form    decoder // of query services: the whole input
	path    []field
	query   []field
	header  []field
	body    []field
	payload *field // the member that is the body itself
}

// newInputPlan makes the plan for the SDK's input type t; it panics when t does not fit the model.
func newInputPlan(op *operation, t reflect.Type) *inputPlan {
	p := &inputPlan{op: op}
	shape := op.Input
	if shape == nil {
		return p
	}
	if op.service.family == query {
		p.form = newDecoder(shape, t)
		return p
	}
	for i := range shape.Members {
		m := &shape.Members[i]
		f := newField(m, shape, t)
		switch {
		case m.Name == shape.Payload:
			p.payload = &f
		case m.Location == model.InPath:
			p.path = append(p.path, f)
		case m.Location == model.InQuery:
			p.query = append(p.query, f)
		case m.Location == model.InHeader:
			p.header = append(p.header, f)
		default:
			p.body = append(p.body, f)
		}
	}
	return p
}

// decode fills dst, the SDK's input, from the request.
func (p *inputPlan) decode(r *request, dst reflect.Value) error {
	d := &decoding{text: true}
	if p.form != nil {
		d.lower = true
		p.form(d, dst, formTree(r.form))
		return d.verdict(p.op)
	}
	for i := range p.path {
		p.path[i].set(d, dst, r.label(p.path[i].wire))
	}
	p.decodeQuery(d, r, dst)
	for i := range p.header {
		if v := r.http.Header.Values(p.header[i].wire); len(v) > 0 {
			p.header[i].set(d, dst, v[0])
		} else {
			p.header[i].set(d, dst, nil)
		}
	}
	d.text = false
	if err := p.decodeBody(d, r, dst); err != nil {
		return p.op.invalid.saying("The request body could not be read: " + err.Error() + ".")
	}
	return d.verdict(p.op)
}

// label returns the decoded value of a path label.
func (r *request) label(name string) any { return r.values[slices.Index(r.labels, name)] }

func (p *inputPlan) decodeQuery(d *decoding, r *request, dst reflect.Value) {
	if len(p.query) == 0 {
		return
	}
	var q url.Values
	if r.http.URL.RawQuery != "" {
		q = r.http.URL.Query()
	}
	for i := range p.query {
		var v any
		if values := q[p.query[i].wire]; len(values) > 0 {
			v = values[0]
		}
		if v == "" && !p.query[i].required {
			v = nil // ?nextToken= means no token
		}
		p.query[i].set(d, dst, v)
	}
}

func (p *inputPlan) decodeBody(d *decoding, r *request, dst reflect.Value) error {
	if p.payload != nil {
		if len(r.body) == 0 {
			p.payload.set(d, dst, nil)
			return nil
		}
		dst.Field(p.payload.index).SetBytes(r.body)
		return nil
	}
	if len(p.body) == 0 {
		return nil
	}
	tree := map[string]any{}
	if len(r.body) > 0 {
		if err := parseJSON(r.body, &tree); err != nil {
			return err
		}
	}
	for i := range p.body {
		p.body[i].set(d, dst, tree[p.body[i].wire])
	}
	return nil
}

// maxDepth bounds the nesting of a body. The deepest input that a model describes has 6 levels.
const maxDepth = 64

var errUTF8 = errors.New("it is not valid UTF-8")

// parseJSON reads one JSON object and nothing after it.
func parseJSON(b []byte, tree *map[string]any) error {
	if !utf8.Valid(b) {
		return errUTF8
	}
	if err := checkDepth(b); err != nil {
		return err
	}
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.UseNumber()
	if err := dec.Decode(tree); err != nil {
		var typ *json.UnmarshalTypeError
		if errors.As(err, &typ) {
			return fmt.Errorf("it must be a JSON object, not %s", typ.Value)
		}
		return fmt.Errorf("it is not valid JSON: %s", strings.TrimPrefix(err.Error(), "json: "))
	}
	if _, err := dec.Token(); err != io.EOF {
		return errors.New("there is more after the JSON object")
	}
	return nil
}

// checkDepth counts brackets outside strings.
func checkDepth(b []byte) error {
	depth, inString := 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case inString && c == '\\':
			i++
		case c == '"':
			inString = !inString
		case inString:
		case c == '{' || c == '[':
			if depth++; depth > maxDepth {
				return fmt.Errorf("it is nested more than %d levels deep", maxDepth)
			}
		case c == '}' || c == ']':
			depth--
		}
	}
	return nil
}
