package index

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
	"pgregory.net/rapid"
)

// printed writes a parsed query again, with a field for each term and parentheses around all that joins.
func printed(n node) string {
	list := func(parts []node, with string) string {
		texts := make([]string, 0, len(parts))
		for _, part := range parts {
			texts = append(texts, printed(part))
		}
		return "(" + strings.Join(texts, with) + ")"
	}
	switch n := n.(type) {
	case all:
		return list(n, " AND ")
	case some:
		return list(n, " OR ")
	case not:
		return "NOT " + printed(n.part)
	case term:
		if n.field != nil {
			return printedWord(n.field) + ":" + printedTest(n.test)
		}
		return printedTest(n.test)
	}
	return "?"
}

func printedTest(t test) string {
	low, high, open, end := "*", "*", "[", "]"
	if t.equal != nil {
		return printedWord(t.equal)
	}
	for _, b := range t.bounds {
		if b.op[0] == '>' {
			low, open = printedWord(b.value), map[string]string{">": "{", ">=": "["}[b.op]
		} else {
			high, end = printedWord(b.value), map[string]string{"<": "}", "<=": "]"}[b.op]
		}
	}
	return open + low + " TO " + high + end
}

func printedWord(w word) string {
	if len(w) == 0 {
		return `""`
	}
	var b strings.Builder
	for _, c := range w {
		if c.escaped {
			b.WriteByte('\\')
		}
		b.WriteRune(c.r)
	}
	return b.String()
}

var unlimited = limits{chars: math.MaxInt, terms: math.MaxInt, leadChars: math.MaxInt}

// roundTrip wants a query to be the same after it has been written and read again.
func roundTrip(t rapid.TB, n node) {
	t.Helper()
	first := printed(n)
	again, err := parseWithin(first, unlimited)
	if err != nil {
		t.Fatalf("%q cannot be read again: %v", first, err)
	}
	if second := printed(again); second != first {
		t.Fatalf("%q became %q", first, second)
	}
}

func TestQueriesCanBeWrittenAndReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		query := anyExpr(3).Draw(rt, "query").text
		n, err := parseWithin(query, unlimited)
		if err != nil {
			rt.Fatalf("%q: %v", query, err)
		}
		roundTrip(rt, n)
	})
}

// depth is how many nodes of a query are inside each other.
func depth(n node) int {
	var parts []node
	switch n := n.(type) {
	case all:
		parts = n
	case some:
		parts = n
	case not:
		parts = []node{n.part}
	}
	deepest := 0
	for _, part := range parts {
		deepest = max(deepest, depth(part))
	}
	return deepest + 1
}

// FuzzQuery runs any text as a query: it finds something or nothing, or is refused with a position inside it.
func FuzzQuery(f *testing.F) {
	for _, q := range []string{
		`thingName:a* AND (attributes.x:[1 TO 5} OR NOT shadow.reported.a.b:"c d")`, `shadow.name.$package.reported.*.version:*`,
		`a\`, `attributes.\"x:1`, `registry.version >= -5`, `-(-a)`, `"\"`, `thingName:(a OR b) c`, `shadow.version:{* TO *]`, `shadow.reported..a:1`,
		"attributes.\x00:1", `shadow.name.*.reported.*:1`, `attributes.a:[TO TO x] TO -b`, `*a ??`, `shadow.reported.a > *`, "thingName:\u212a* İ ſ", `shadow.reported.a > "b c"`,
		`shadow.name.$package.reported.totalCount > 1 parentGroupNames:a`, `((a OR b) OR (c (d e)))`, "-" + strings.Repeat("(", 49) + "a" + strings.Repeat(")", 49),
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
		n, err := parse(query)
		var at *syntaxError
		if errors.As(err, &at) && (at.at < 1 || at.at > len([]rune(query))+1) {
			t.Fatalf("%q: position %d is outside", query, at.at)
		}
		if err != nil {
			return
		}
		// Terms under alternating operators, each of which can be negated.
		if d := depth(n); d > 2*maxTerms+1 {
			t.Fatalf("%q is %d deep", query, d)
		}
		roundTrip(t, n)
	})
}
