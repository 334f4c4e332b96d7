package index

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

// expr is a random query together with what it means.
type expr struct {
	text    string
	matches func(thing map[string]string) bool
}

// anyExpr draws a query over thingName and the attributes a and b.
func anyExpr(depth int) *rapid.Generator[expr] {
	leaf := rapid.Custom(anyTerm)
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(leaf, rapid.Custom(func(t *rapid.T) expr {
		l, r := anyExpr(depth-1).Draw(t, "left"), anyExpr(depth-1).Draw(t, "right")
		switch rapid.SampledFrom([]string{"AND", "OR", "NOT", " "}).Draw(t, "operator") {
		case "OR":
			return expr{"(" + l.text + " OR " + r.text + ")", func(m map[string]string) bool { return l.matches(m) || r.matches(m) }}
		case "NOT":
			return expr{"NOT (" + l.text + ")", func(m map[string]string) bool { return !l.matches(m) }}
		case "AND":
			return expr{"(" + l.text + " AND " + r.text + ")", func(m map[string]string) bool { return l.matches(m) && r.matches(m) }}
		default:
			return expr{"(" + l.text + " " + r.text + ")", func(m map[string]string) bool { return l.matches(m) && r.matches(m) }}
		}
	}))
}

func anyTerm(t *rapid.T) expr {
	field := rapid.SampledFrom([]string{"a", "b"}).Draw(t, "field")
	value := rapid.SampledFrom([]string{"x", "xy", "5", "12", "-3"}).Draw(t, "value")
	name := "attributes." + field
	switch rapid.IntRange(0, 3).Draw(t, "form") {
	case 0:
		return expr{name + ":" + value, func(m map[string]string) bool { return m[field] == value }}
	case 1:
		return expr{name + ":*", func(m map[string]string) bool { return m[field] != "" }}
	case 2:
		return expr{name + ":" + value + "*", func(m map[string]string) bool { return strings.HasPrefix(m[field], value) }}
	default:
		return expr{name + " > " + value, func(m map[string]string) bool { return m[field] != "" && greater(m[field], value) }}
	}
}

// greater compares numbers by size and texts by letters, and finds no order between a text bound and a number.
func greater(a, b string) bool {
	x, err1 := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	if err1 == nil && err2 == nil {
		return x > y
	}
	return a > b
}

// TestQueriesMeanWhatTheySay compares searches with a plain evaluation over all things.
func TestQueriesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	values := []string{"", "x", "xy", "xyz", "5", "12", "-3", "120"}
	things := map[string]map[string]string{}
	for i, a := range values {
		for j, b := range values {
			m, parts := map[string]string{"a": a, "b": b}, []string{}
			for k, v := range m {
				if v != "" {
					parts = append(parts, fmt.Sprintf("%q:%q", k, v))
				}
			}
			name := fmt.Sprintf("T%d%d", i, j)
			things[name] = m
			h.thing(t, name, "", "{"+strings.Join(parts, ",")+"}")
		}
	}
	rapid.Check(t, func(rt *rapid.T) {
		e := anyExpr(3).Draw(rt, "query")
		var want []string
		for name, m := range things {
			if e.matches(m) {
				want = append(want, name)
			}
		}
		out, err := h.search(ctx, &iot.SearchIndexInput{QueryString: &e.text})
		if err != nil {
			rt.Fatalf("%s: %v", e.text, err)
		}
		var got []string
		for _, d := range out.Things {
			got = append(got, *d.ThingName)
		}
		slices.Sort(want)
		if !slices.Equal(got, want) {
			rt.Fatalf("%s found %v, want %v", e.text, got, want)
		}
	})
}

// FuzzQuery runs any text as a query: it finds something or nothing, or is refused with a position inside it.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		`thingName:a* AND (attributes.x:[1 TO 5} OR NOT shadow.reported.a.b:"c d")`, `shadow.name.$package.reported.*.version:*`,
		`a\`, `attributes.\"x:1`, `registry.version >= -5`, `-(-a)`, `"\"`, `thingName:(a OR b) c`, `x:{* TO *]`, `shadow.reported..a:1`,
		"attributes.\x00:1", `shadow.name.*.reported.*:1`,
	} {
		f.Add(q)
	}
	h := fleet(f)
	f.Fuzz(func(t *testing.T, query string) {
		for _, name := range []string{thingsIndex, groupsIndex} {
			_, err := h.search(ctx, &iot.SearchIndexInput{QueryString: &query, IndexName: &name})
			var wrong *types.InvalidQueryException
			if err != nil && !errors.As(err, &wrong) {
				t.Fatalf("%q: %v", query, err)
			}
		}
		_, err := parse(query)
		var at *syntaxError
		if errors.As(err, &at) && (at.at < 1 || at.at > len([]rune(query))+1) {
			t.Fatalf("%q: position %d is outside", query, at.at)
		}
	})
}
