package contract_test

import (
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
)

// shadowDocument is what a shadow's answers hold.
type shadowDocument struct {
	State       map[string]any `json:"state"`
	Metadata    map[string]any `json:"metadata"`
	Version     int64          `json:"version"`
	Timestamp   int64          `json:"timestamp"`
	ClientToken string         `json:"clientToken"`
}

func (l *lab) parse(payload []byte) (d shadowDocument) {
	l.Helper()
	if err := json.Unmarshal(payload, &d); err != nil {
		l.Fatalf("%s: %v", payload, err)
	}
	return d
}

// shadow updates a thing's shadow; a name of "" is the classic one. It goes when the test ends.
func (l *lab) shadow(thing, name, body string) (shadowDocument, error) {
	l.Helper()
	in := &iotdataplane.UpdateThingShadowInput{ThingName: l.own(thing), ShadowName: optional(name), Payload: []byte(body)}
	out, err := l.data.UpdateThingShadow(l.ctx, in)
	if err != nil {
		return shadowDocument{}, err
	}
	l.undo(settled, func(ctx context.Context) error {
		_, err := l.data.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: in.ThingName, ShadowName: in.ShadowName})
		return err
	})
	return l.parse(out.Payload), nil
}

func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// write is a shadow update that must succeed.
func (l *lab) write(thing, name, body string) shadowDocument {
	l.Helper()
	d, err := l.shadow(thing, name, body)
	if err != nil {
		l.Fatal(err)
	}
	return d
}

func (l *lab) readShadow(thing, name string) shadowDocument {
	l.Helper()
	in := &iotdataplane.GetThingShadowInput{ThingName: l.own(thing), ShadowName: optional(name)}
	return l.parse(must(l.data.GetThingShadow(l.ctx, in))(l).Payload)
}

// same compares a value with JSON.
func (l *lab) same(what string, got any, want string) {
	l.Helper()
	var w any
	if err := json.Unmarshal([]byte(want), &w); err != nil {
		l.Fatal(err)
	}
	if g, ok := got.(map[string]any); ok && g == nil {
		got = nil
	}
	if !reflect.DeepEqual(got, w) {
		b, _ := json.Marshal(got)
		l.Errorf("%s is %s, want %s", what, b, want)
	}
}

func TestShadowDelta(t *testing.T) {
	each(t, func(l *lab) {
		l.thing("a")
		d := l.write("a", "", `{"state":{"desired":{"a":1,"n":{"x":true,"y":[1,2]}}},"clientToken":"t-1"}`)
		l.same("answer to an update", d.State, `{"desired":{"a":1,"n":{"x":true,"y":[1,2]}}}`)
		equal(l, "token", d.ClientToken, "t-1")
		equal(l, "version", d.Version, 1)
		d = l.write("a", "", `{"state":{"reported":{"a":1,"n":{"x":false,"y":[1]}}}}`)
		l.same("answer to a report", d.State, `{"reported":{"a":1,"n":{"x":false,"y":[1]}}}`)
		d = l.readShadow("a", "")
		l.same("state", d.State, `{"desired":{"a":1,"n":{"x":true,"y":[1,2]}},"reported":{"a":1,"n":{"x":false,"y":[1]}},"delta":{"n":{"x":true,"y":[1,2]}}}`)
		equal(l, "version", d.Version, 2)
		if at, ok := d.Metadata["desired"].(map[string]any)["a"].(map[string]any)["timestamp"].(float64); !ok || at < 1e9 || at > 1e10 {
			l.Errorf("metadata is %v", d.Metadata)
		}
		l.write("a", "", `{"state":{"reported":{"n":{"x":true,"y":[1,2]}}}}`)
		l.same("state without a delta", l.readShadow("a", "").State["delta"], `null`)
	})
}

func TestShadowRemovals(t *testing.T) {
	each(t, func(l *lab) {
		l.thing("a")
		l.write("a", "", `{"state":{"desired":{"a":1,"b":2},"reported":{"a":1}}}`)
		l.write("a", "", `{"state":{"desired":{"a":null},"reported":null}}`)
		l.same("state", l.readShadow("a", "").State, `{"desired":{"b":2},"delta":{"b":2}}`)
		l.write("a", "", `{"state":null}`)
		d := l.readShadow("a", "")
		l.same("state of nothing", d.State, `{}`)
		equal(l, "version", d.Version, 3)
	})
}

func TestShadowVersions(t *testing.T) {
	each(t, func(l *lab) {
		l.thing("a")
		l.write("a", "named", `{"state":{"reported":{"a":1}}}`)
		l.write("a", "named", `{"state":{"reported":{"a":2}},"version":1}`)
		_, err := l.shadow("a", "named", `{"state":{"reported":{"a":3}},"version":1}`)
		l.refused(err, http.StatusConflict, "ConflictException", "Version conflict")
		gone := must(l.data.DeleteThingShadow(l.ctx, &iotdataplane.DeleteThingShadowInput{ThingName: l.own("a"), ShadowName: aws.String("named")}))(l)
		equal(l, "deleted version", l.parse(gone.Payload).Version, 2)
		_, err = l.data.GetThingShadow(l.ctx, &iotdataplane.GetThingShadowInput{ThingName: l.own("a"), ShadowName: aws.String("named")})
		l.refused(err, http.StatusNotFound, "ResourceNotFoundException", "No shadow exists with name: '"+*l.own("a"))
		if d := l.write("a", "named", `{"state":{"reported":{"a":3}}}`); d.Version < 3 { // deletion does not reset the count
			l.Errorf("the version after a deletion is %d", d.Version)
		}
	})
}

func TestShadowIsRefused(t *testing.T) {
	each(t, func(l *lab) {
		l.thing("a")
		for body, message := range map[string]string{
			`{`:                            "Invalid JSON",
			`{}`:                           "Missing required node: state",
			`{"state":1}`:                  "State node must be an object",
			`{"state":{"desired":1}}`:      "Desired node must be an object",
			`{"state":{"reported":[]}}`:    "Reported node must be an object",
			`{"state":{},"version":"one"}`: "Invalid version",
			`{"state":{},"clientToken":5}`: "Invalid clientToken",
			`{"state":{"reported":` + nested(20) + `}}`: "JSON contains too many levels of nesting",
		} {
			_, err := l.shadow("a", "", body)
			if problem := refusal(err, http.StatusBadRequest, "InvalidRequestException", message); problem != nil {
				l.Errorf("%s: %v", body, problem)
			}
		}
		_, err := l.shadow("a", "", `{"state":{"reported":{"a":"`+strings.Repeat("x", 9<<10)+`"}}}`)
		l.refused(err, http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "The payload exceeds the maximum size allowed")
		_, err = l.shadow("a", "", "\xff")
		l.refused(err, http.StatusUnsupportedMediaType, "UnsupportedDocumentEncodingException")
	})
}

func nested(levels int) string {
	return strings.Repeat(`{"a":`, levels) + "1" + strings.Repeat("}", levels)
}

func TestListNamedShadows(t *testing.T) {
	each(t, func(l *lab) {
		l.thing("a")
		l.write("a", "", `{"state":{"reported":{"a":1}}}`) // the classic one is not listed
		for _, name := range []string{"x", "y", "z"} {
			l.write("a", name, `{"state":{"reported":{"a":1}}}`)
		}
		var got []string
		in := &iotdataplane.ListNamedShadowsForThingInput{ThingName: l.own("a"), PageSize: aws.Int32(2)}
		for pages := 0; pages < 5; pages++ {
			out := must(l.data.ListNamedShadowsForThing(l.ctx, in))(l)
			got = append(got, out.Results...)
			if in.NextToken = out.NextToken; in.NextToken == nil {
				break
			}
		}
		if slices.Sort(got); !slices.Equal(got, []string{"x", "y", "z"}) {
			l.Errorf("listed %v", got)
		}
	})
}
