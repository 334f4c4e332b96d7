package shadow

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
	"unicode/utf8"
)

// AWS General Reference, device shadow limits. The reference allows eight levels and the service's own text
// says six; six levels below desired or reported are allowed here.
const (
	maxDocumentBytes = 8 * 1024
	maxDepth         = 6
	maxTokenBytes    = 64
)

// problem is a document that the service refuses, with its own text (AWS IoT developer guide, device shadow
// error messages).
type problem string

func (p problem) Error() string { return string(p) }

const (
	errInvalidJSON     = problem("Invalid JSON")
	errNoState         = problem("Missing required node: state")
	errStateObject     = problem("State node must be an object")
	errDesiredObject   = problem("Desired node must be an object")
	errReportedObject  = problem("Reported node must be an object")
	errInvalidVersion  = problem("Invalid version")
	errInvalidToken    = problem("Invalid clientToken")
	errTooDeep         = problem("JSON contains too many levels of nesting; maximum is 6")
	errInvalidNode     = problem("State contains an invalid node")
	errTooLarge        = problem("The payload exceeds the maximum size allowed")
	errEncoding        = problem("Unsupported documented encoding; supported encoding is UTF-8")
	errVersionConflict = problem("Version conflict")
)

const (
	desired  = "desired"
	reported = "reported"
)

type object = map[string]any

// Sections are the parts of a shadow's state or metadata, each an object or nil.
type Sections struct {
	Desired  map[string]any `json:"desired,omitempty"`
	Reported map[string]any `json:"reported,omitempty"`
}

// update is a request to change a shadow.
type update struct {
	clear   bool   // state is null: everything goes
	state   object // desired and reported as they were sent, objects or null
	version *int64
	token   *string
}

// parseUpdate reads and checks a request.
func parseUpdate(payload []byte) (*update, error) {
	if len(payload) > maxDocumentBytes {
		return nil, errTooLarge
	}
	if !utf8.Valid(payload) {
		return nil, errEncoding
	}
	doc, err := parseObject(payload)
	if err != nil {
		return nil, errInvalidJSON
	}
	u := &update{}
	if u.version, err = parseVersion(doc["version"]); err != nil {
		return nil, err
	}
	if u.token, err = parseToken(doc); err != nil {
		return nil, err
	}
	state, found := doc["state"]
	if !found {
		return nil, errNoState
	}
	if state == nil {
		u.clear = true
		return u, nil
	}
	var ok bool
	if u.state, ok = state.(object); !ok {
		return nil, errStateObject
	}
	return u, checkState(u.state)
}

// parseObject reads exactly one JSON object; numbers keep their text.
func parseObject(text []byte) (object, error) {
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	var doc object
	if err := dec.Decode(&doc); err != nil {
		return nil, err
	}
	if _, err := dec.Token(); !errors.Is(err, io.EOF) {
		return nil, errInvalidJSON
	}
	if doc == nil {
		return nil, errInvalidJSON
	}
	return doc, nil
}

func parseVersion(v any) (*int64, error) {
	if v == nil {
		return nil, nil
	}
	n, ok := v.(json.Number)
	if !ok {
		return nil, errInvalidVersion
	}
	i, err := n.Int64()
	if err != nil || i < 0 {
		return nil, errInvalidVersion
	}
	return &i, nil
}

func parseToken(doc object) (*string, error) {
	v, found := doc["clientToken"]
	if !found {
		return nil, nil
	}
	s, ok := v.(string)
	if !ok || len(s) > maxTokenBytes {
		return nil, errInvalidToken
	}
	return &s, nil
}

func checkState(state object) error {
	for name, v := range state {
		if name != desired && name != reported {
			return errInvalidNode
		}
		section, ok := v.(object)
		switch {
		case v == nil:
		case !ok && name == desired:
			return errDesiredObject
		case !ok:
			return errReportedObject
		default:
			if err := checkNode(section, 0); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkNode walks a value that is depth levels below its section. An array must not hold null.
func checkNode(v any, depth int) error {
	if depth > maxDepth {
		return errTooDeep
	}
	switch v := v.(type) {
	case object:
		for _, child := range v {
			if err := checkNode(child, depth+1); err != nil {
				return err
			}
		}
	case []any:
		for _, child := range v {
			if child == nil {
				return errInvalidNode
			}
			if err := checkNode(child, depth+1); err != nil {
				return err
			}
		}
	}
	return nil
}

// Merge is old changed by patch: objects merge key by key, null removes, everything else replaces. An object
// that becomes empty goes too. Neither argument is changed, but the result may share parts with both.
func Merge(old, patch map[string]any) map[string]any {
	next := make(object, len(old)+len(patch))
	for k, v := range old {
		next[k] = v
	}
	for k, v := range patch {
		child, isObject := v.(object)
		switch {
		case v == nil:
			delete(next, k)
		case isObject:
			was, _ := next[k].(object)
			if merged := Merge(was, child); len(merged) > 0 {
				next[k] = merged
			} else {
				delete(next, k)
			}
		default:
			next[k] = v
		}
	}
	return next
}

// Delta is what of desired is missing from reported or differs there, at its place. Arrays count as one
// value. Nil means no difference.
func Delta(desired, reported map[string]any) map[string]any {
	var d object
	for k, want := range desired {
		have, found := reported[k]
		if found && reflect.DeepEqual(want, have) {
			continue
		}
		wantObject, ok1 := want.(object)
		haveObject, ok2 := have.(object)
		if ok1 && ok2 {
			nested := Delta(wantObject, haveObject)
			if nested == nil {
				continue
			}
			want = nested
		}
		if d == nil {
			d = object{}
		}
		d[k] = want
	}
	return d
}

// stamp mirrors a value with a timestamp in place of each leaf; null counts as a leaf.
func stamp(v any, at int64) any {
	switch v := v.(type) {
	case object:
		m := make(object, len(v))
		for k, child := range v {
			m[k] = stamp(child, at)
		}
		return m
	case []any:
		a := make([]any, len(v))
		for i, child := range v {
			a[i] = stamp(child, at)
		}
		return a
	default:
		return object{"timestamp": at}
	}
}

// restamp is old metadata after patch made next out of the state before: what patch touched has the time at, and
// what is gone from the state is gone here.
func restamp(old, patch, next map[string]any, at int64) map[string]any {
	meta := make(object, len(next))
	for k, v := range next {
		change, touched := patch[k]
		if !touched {
			meta[k] = old[k]
			continue
		}
		child, isObject := v.(object)
		changes, _ := change.(object)
		if !isObject {
			meta[k] = stamp(v, at)
			continue
		}
		was, _ := old[k].(object)
		meta[k] = restamp(was, changes, child, at)
	}
	return meta
}

// encode is the JSON text of a value, without escapes for HTML.
func encode(v any) (string, error) {
	var b strings.Builder
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	err := enc.Encode(v)
	return strings.TrimSuffix(b.String(), "\n"), err
}

// decode reads what encode wrote; numbers keep their text.
func decode(what, text string, v any) error {
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(v); err != nil {
		return fmt.Errorf("read %s: %w", what, err)
	}
	return nil
}
