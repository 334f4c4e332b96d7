package index

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"pgregory.net/rapid"
)

// The values are few and alike, so that random queries find some of them.
var (
	plainValues = []string{"x", "X", "xy", "ab-1", "5", "05", "5.0", "12", "-3", ".5", "true", "a=b", "k"}
	richValues  = append(plainValues, "X y", "a  x b", "tab\ty", "STRASSE", "straße", "straẞe", "ΣΑΣ", "σας", "été", "ÉTÉ", "\u212a", "\u017f", "s", "100%",
		`q"uo\te`, "日本 語", "İ", "a_b", "a%b", "*", "")
)

func anyText(t *rapid.T) any { return rapid.SampledFrom(richValues).Draw(t, "text") }

// anyLeaf draws what can stand in a shadow.
func anyLeaf(t *rapid.T) any {
	switch rapid.IntRange(0, 5).Draw(t, "kind") {
	case 0:
		return rapid.SampledFrom([]float64{5, 5.5, 12, -3, 0, 1000}).Draw(t, "number")
	case 1:
		return rapid.Bool().Draw(t, "boolean")
	case 2:
		return nil
	case 3:
		return rapid.SliceOfN(rapid.Custom(anyText), 0, 3).Draw(t, "array")
	default:
		return anyText(t)
	}
}

func anySection(t *rapid.T) map[string]any {
	section := map[string]any{}
	for _, name := range []string{"x", "y.z", "o"} {
		if rapid.Bool().Draw(t, "has "+name) {
			section[name] = anyLeaf(t)
		}
	}
	if rapid.Bool().Draw(t, "has object") {
		section["o"] = map[string]any{"x": anyLeaf(t)}
	}
	return section
}

// listed turns the slices that rapid draws into plain JSON values.
func listed(v any) any {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			v[name] = listed(inner)
		}
	case []any:
		for i, inner := range v {
			v[i] = listed(inner)
		}
	}
	return v
}

func anyPackages(t *rapid.T) map[string]any {
	reported := map[string]any{}
	for _, name := range []string{"P", "my.pkg"} {
		if rapid.Bool().Draw(t, "has "+name) {
			reported[name] = map[string]any{
				"version":    rapid.SampledFrom([]string{"1.0.0", "1.1.0", "x"}).Draw(t, "version"),
				"attributes": map[string]any{"k": rapid.SampledFrom(plainValues).Draw(t, "k")},
			}
		}
	}
	return map[string]any{"reported": reported}
}

func anyMachine(t *rapid.T) machine {
	m := machine{
		name:       rapid.SampledFrom([]string{"Car-1", "car-2", "CAR_3", "Bus:1", "x", "5", "Van", "K"}).Draw(t, "name"),
		typ:        rapid.SampledFrom([]string{"", "Sedan", "x", "12"}).Draw(t, "type"),
		groups:     rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"Asia", "x", "5"}), 0, 2, rapid.ID).Draw(t, "groups"),
		version:    float64(rapid.SampledFrom([]int{1, 5, 12}).Draw(t, "version")),
		attributes: map[string]string{}, shadows: map[string]map[string]any{},
	}
	for _, name := range []string{"a", "b.c"} {
		if rapid.Bool().Draw(t, "has "+name) {
			m.attributes[name] = rapid.SampledFrom(plainValues).Draw(t, name)
		}
	}
	for _, name := range []string{"", "named"} {
		if rapid.Bool().Draw(t, "shadow "+name) {
			state := map[string]any{"reported": anySection(t)}
			if rapid.Bool().Draw(t, "delta") {
				state["delta"] = anySection(t)
			}
			m.shadows[name], _ = listed(state).(map[string]any)
		}
	}
	if rapid.Bool().Draw(t, "packages") {
		m.shadows["$package"] = anyPackages(t)
	}
	return m
}

// expr is a random query together with what it means.
type expr struct {
	text    string
	matches func(machine) bool
}

// anyExpr draws a query.
func anyExpr(depth int) *rapid.Generator[expr] {
	leaf := rapid.Custom(anyTerm)
	if depth == 0 {
		return leaf
	}
	return rapid.OneOf(leaf, rapid.Custom(func(t *rapid.T) expr {
		l, r := anyExpr(depth-1).Draw(t, "left"), anyExpr(depth-1).Draw(t, "right")
		or := func(m machine) bool { return l.matches(m) || r.matches(m) }
		and := func(m machine) bool { return l.matches(m) && r.matches(m) }
		switch rapid.SampledFrom([]string{"OR", "NOT", "-", "AND", " ", "without"}).Draw(t, "operator") {
		case "OR":
			return expr{"(" + l.text + " OR " + r.text + ")", or}
		case "NOT":
			return expr{"NOT (" + l.text + ")", func(m machine) bool { return !l.matches(m) }}
		case "-":
			return expr{"-(" + l.text + ")", func(m machine) bool { return !l.matches(m) }}
		case "AND":
			return expr{"(" + l.text + " AND " + r.text + ")", and}
		case "without":
			return expr{"(" + l.text + " NOT " + r.text + ")", func(m machine) bool { return l.matches(m) && !r.matches(m) }}
		default:
			return expr{"(" + l.text + " " + r.text + ")", and}
		}
	}))
}

// fieldPaths are fields as their segments; the last one that is drawn is none.
var fieldPaths = [][]string{
	{"thingName"}, {"thingId"}, {"thingTypeName"}, {"thingGroupNames"}, {"registry", "version"}, {"attributes", "a"}, {"attributes", "b.c"},
	{"shadow", "reported", "x"}, {"shadow", "reported", "o", "x"}, {"shadow", "reported", "o"}, {"shadow", "reported", "y.z"}, {"shadow", "delta", "x"},
	{"shadow", "hasDelta"}, {"shadow", "version"}, {"shadow", "name", "named", "reported", "x"}, {"shadow", "name", "named", "reported", "*", "x"},
	{"shadow", "name", "$package", "reported", "P", "version"}, {"shadow", "name", "$package", "reported", "my.pkg", "version"},
	{"shadow", "name", "$package", "reported", "*", "attributes", "k"}, {"shadow", "name", "$package", "reported", "totalCount"},
	{"connectivity", "connected"}, {"connectivity", "timestamp"}, {"deviceDefender", "violationCount"}, nil,
}

// spelled is a field's name in a query. A dot inside a name is escaped, but for attributes and packages that need it not.
func spelled(path []string) string {
	var parts []string
	for _, p := range path {
		if path[0] == "shadow" && p != "my.pkg" {
			p = strings.ReplaceAll(p, ".", `\.`)
		}
		parts = append(parts, p)
	}
	return strings.Join(parts, ".")
}

// anyTerm draws a test of one field, or of all.
func anyTerm(t *rapid.T) expr {
	path := rapid.SampledFrom(fieldPaths).Draw(t, "field")
	if path == nil {
		c := anyEqual(t)
		return expr{c.text, func(m machine) bool { return slices.ContainsFunc(m.everything(), c.passes) }}
	}
	name := spelled(path)
	forms := []func(*rapid.T) check{anyEqual, anyChoice}
	if !strings.HasSuffix(name, "version") || path[0] == "registry" {
		forms = append(forms, anyComparison, anyInterval)
	}
	form := rapid.IntRange(0, len(forms)).Draw(t, "form")
	if form == len(forms) {
		return expr{name + rapid.SampledFrom([]string{":*", ":[* TO *]", ": *"}).Draw(t, "present"), func(m machine) bool { return m.present(path) }}
	}
	c := forms[form](t)
	return expr{name + ":" + c.text, func(m machine) bool { return slices.ContainsFunc(m.values(path), c.passes) }}
}

// check is what one value is tested for.
type check struct {
	text   string
	passes func(any) bool
}

// quoted writes a value in a query so that each character stands for itself.
func quoted(t *rapid.T, value string) string {
	if strings.TrimSpace(value) != value || value == "" || rapid.Bool().Draw(t, "quotes") {
		return `"` + strings.NewReplacer(`"`, `\"`, `\`, `\\`).Replace(value) + `"`
	}
	return escaped(value)
}

func escaped(value string) string {
	var b strings.Builder
	for _, r := range value {
		if !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("_.=", r) {
			b.WriteByte('\\')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// anyEqual draws a value or, half of the time, a pattern made of one.
func anyEqual(t *rapid.T) check {
	value := rapid.SampledFrom(richValues).Draw(t, "value")
	runes := []rune(value)
	if len(runes) == 0 || rapid.Bool().Draw(t, "exact") {
		return check{quoted(t, value), func(v any) bool { return equal(v, value) }}
	}
	cut := rapid.IntRange(1, len(runes)).Draw(t, "cut")
	wildcard, meaning := "*", ".*"
	if rapid.Bool().Draw(t, "one") {
		wildcard, meaning = "?", "."
	}
	head, tail := string(runes[:cut]), string(runes[min(cut+1, len(runes)):])
	re := regexp.MustCompile(`(?is)^` + regexp.QuoteMeta(head) + meaning + regexp.QuoteMeta(tail) + `$`)
	return check{escaped(head) + wildcard + escaped(tail), func(v any) bool { return fits(v, re) }}
}

func anyChoice(t *rapid.T) check {
	a, b := anyEqual(t), anyEqual(t)
	if rapid.Bool().Draw(t, "two") {
		return check{"(" + a.text + " OR " + b.text + ")", func(v any) bool { return a.passes(v) || b.passes(v) }}
	}
	return a
}

var orders = map[string]func(int) bool{
	">": func(o int) bool { return o > 0 }, ">=": func(o int) bool { return o >= 0 },
	"<": func(o int) bool { return o < 0 }, "<=": func(o int) bool { return o <= 0 },
}

func passesBound(v any, op, bound string) bool {
	order, ok := compare(v, bound)
	return ok && orders[op](order)
}

func anyComparison(t *rapid.T) check {
	op := rapid.SampledFrom([]string{">", ">=", "<", "<="}).Draw(t, "comparison")
	bound := rapid.SampledFrom(richValues).Draw(t, "bound")
	return check{op + " " + quoted(t, bound), func(v any) bool { return passesBound(v, op, bound) }}
}

func anyInterval(t *rapid.T) check {
	low, high := rapid.SampledFrom(richValues).Draw(t, "low"), rapid.SampledFrom(richValues).Draw(t, "high")
	open, from := "[", ">="
	if rapid.Bool().Draw(t, "above") {
		open, from = "{", ">"
	}
	end, to := "]", "<="
	if rapid.Bool().Draw(t, "below") {
		end, to = "}", "<"
	}
	if rapid.Bool().Draw(t, "no high") {
		return check{open + quoted(t, low) + " TO *" + end, func(v any) bool { return passesBound(v, from, low) }}
	}
	return check{open + quoted(t, low) + " TO " + quoted(t, high) + end,
		func(v any) bool { return passesBound(v, from, low) && passesBound(v, to, high) }}
}
