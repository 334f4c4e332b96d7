package shadow

import (
	"encoding/json"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// anyObject draws a section that has no null and no empty object, as stored ones.
func anyObject(depth int) *rapid.Generator[map[string]any] {
	return rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), anyValue(depth), 1, 3)
}

func anyValue(depth int) *rapid.Generator[any] {
	leaves := []*rapid.Generator[any]{
		rapid.Just[any](true), rapid.Just[any](json.Number("1")), rapid.Just[any]("x"), rapid.Just[any]([]any{"x", json.Number("2")}),
	}
	if depth == 0 {
		return rapid.OneOf(leaves...)
	}
	nested := rapid.Custom(func(t *rapid.T) any { return anyObject(depth-1).Draw(t, "object") })
	return rapid.OneOf(append(leaves, nested)...)
}

// anyPatch draws a section that may hold null and empty objects.
func anyPatch(depth int) *rapid.Generator[map[string]any] {
	value := rapid.OneOf(anyValue(1), rapid.Just[any](nil), rapid.Just[any](map[string]any{}))
	if depth > 0 {
		value = rapid.OneOf(value, rapid.Custom(func(t *rapid.T) any { return anyPatch(depth-1).Draw(t, "patch") }))
	}
	return rapid.MapOfN(rapid.SampledFrom([]string{"a", "b", "c"}), value, 0, 3)
}

// leaves are all values below v by path.
func leaves(v any, path string, into map[string]any) map[string]any {
	o, ok := v.(map[string]any)
	if !ok {
		into[path] = v
		return into
	}
	for k, child := range o {
		leaves(child, path+"/"+k, into)
	}
	return into
}

func TestMergeAndDelta(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		want, have := anyObject(3).Draw(t, "desired"), anyObject(3).Draw(t, "reported")
		d := Delta(want, have)
		if caughtUp := Merge(have, d); Delta(want, caughtUp) != nil {
			t.Fatalf("delta %v does not bring %v to %v: got %v", d, have, want, caughtUp)
		}
		for path, v := range leaves(d, "", map[string]any{}) {
			if d != nil && !reflect.DeepEqual(leaves(want, "", map[string]any{})[path], v) {
				t.Fatalf("delta %v has %s, which desired %v does not", d, path, want)
			}
		}
		if Delta(want, want) != nil {
			t.Fatalf("%v differs from itself", want)
		}
	})
}

func TestMergeKeepsSectionsClean(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		old, patch := anyObject(2).Draw(t, "old"), anyPatch(2).Draw(t, "patch")
		before, _ := encode(old)
		next := Merge(old, patch)
		if after, _ := encode(old); after != before {
			t.Fatalf("merge changed its argument from %s to %s", before, after)
		}
		if again := Merge(next, patch); !reflect.DeepEqual(again, next) {
			t.Fatalf("merging %v again gives %v, not %v", patch, again, next)
		}
		for path, v := range leaves(next, "", map[string]any{}) {
			if v == nil {
				t.Fatalf("null at %s in %v", path, next)
			}
		}
		if text, _ := encode(next); len(next) > 0 && strings.Contains(text, "{}") {
			t.Fatalf("empty object in %s", text)
		}
	})
}

// TestMetadataMirrorsState applies updates at different times: each leaf has the time of its last change.
func TestMetadataMirrorsState(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		s := &shadow{}
		for i := range rapid.IntRange(1, 6).Draw(t, "updates") {
			patch := anyPatch(2).Draw(t, "patch")
			u := &update{state: object{desired: patch}}
			if err := s.change(u, time.Unix(int64(i+1), 0)); err != nil {
				t.Fatal(err)
			}
			if s.version != int64(i+1) {
				t.Fatalf("version %d after %d updates", s.version, i+1)
			}
			checkMirror(t, s.state.Desired, s.metadata.Desired, patch, int64(i+1))
		}
	})
}

func checkMirror(t *rapid.T, state, meta, patch object, at int64) {
	if len(state) != len(meta) {
		t.Fatalf("state %v has metadata %v", state, meta)
	}
	for k, v := range state {
		change, touched := patch[k]
		if child, ok := v.(object); ok {
			m, _ := meta[k].(object)
			nested, _ := change.(object)
			checkMirror(t, child, m, nested, at)
			continue
		}
		if want := stamp(v, at); reflect.DeepEqual(meta[k], want) != touched {
			t.Fatalf("metadata of %s is %v; touched %v at %d", k, meta[k], touched, at)
		}
	}
}

func TestParseRefusals(t *testing.T) {
	t.Parallel()
	deep := func(n int) string {
		return `{"state":{"desired":` + strings.Repeat(`{"a":`, n) + `1` + strings.Repeat(`}`, n) + `}}`
	}
	for body, want := range map[string]error{
		``: errInvalidJSON, `[]`: errInvalidJSON, `null`: errInvalidJSON, `{} {}`: errInvalidJSON, `{"state"`: errInvalidJSON,
		`{}`: errNoState, `{"state":1}`: errStateObject, `{"state":{"desired":1}}`: errDesiredObject,
		`{"state":{"reported":[]}}`: errReportedObject, `{"state":{"other":{}}}`: errInvalidNode,
		`{"state":{},"version":"1"}`: errInvalidVersion, `{"state":{},"version":1.5}`: errInvalidVersion,
		`{"state":{},"version":-1}`: errInvalidVersion, `{"state":{},"clientToken":1}`: errInvalidToken,
		`{"state":{},"clientToken":"` + strings.Repeat("x", 65) + `"}`: errInvalidToken,
		`{"state":{"desired":{"a":[null]}}}`:                           errInvalidNode,
		deep(6):                                                        nil,
		deep(7):                                                        errTooDeep,
		"{\"state\":\"\xff\"}":                                         errEncoding,
		`{"state":{}` + strings.Repeat(" ", 8192):                      errTooLarge,
		`{"state":null}`:                                               nil,
		`{"state":{"desired":null,"reported":{"a":null}}}`:             nil,
	} {
		if _, err := parseUpdate([]byte(body)); !errors.Is(err, want) {
			t.Errorf("%.60s: got %v, want %v", body, err, want)
		}
	}
}

// FuzzUpdate feeds any bytes as an update: what is accepted leaves a shadow that can be stored and read.
func FuzzUpdate(f *testing.F) {
	f.Add([]byte(`{"state":{"desired":{"a":1,"b":[{"c":2}]},"reported":{"a":null}},"version":0,"clientToken":"t"}`))
	f.Add([]byte(`{"state":null}`))
	f.Add([]byte(`{"state":{"desired":{"a":{"b":{}}}}}`))
	f.Add([]byte(`{"state":{"desired":{"a":1e400,"é":"\u0000"}}}`))
	f.Fuzz(func(t *testing.T, body []byte) {
		u, err := parseUpdate(body)
		if err != nil {
			var p problem
			if !errors.As(err, &p) {
				t.Fatalf("refused with %v, which is no message of the service", err)
			}
			return
		}
		u.version = nil
		s := &shadow{state: Sections{Desired: object{"a": object{"b": json.Number("1")}}}, version: 3}
		s.metadata.Desired = stamp(s.state.Desired, 1).(object)
		if err := s.change(u, time.Unix(9, 0)); err != nil || s.version != 4 {
			t.Fatalf("version %d, %v", s.version, err)
		}
		text, err := encode(s.withDelta())
		if err != nil {
			t.Fatal(err)
		}
		var back document
		if err := decode("shadow", text, &back); err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		if !reflect.DeepEqual(back.Sections, s.state) {
			t.Fatalf("%s came back as %v", text, back.Sections)
		}
	})
}
