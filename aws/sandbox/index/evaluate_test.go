package index

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"pgregory.net/rapid"
)

// machine is a thing as the tests know it, and the plain evaluation of queries that searches are held against.
type machine struct {
	name, typ  string
	groups     []string
	version    float64
	attributes map[string]string
	shadows    map[string]map[string]any // by shadow name, then reported, desired, delta
}

// values are those of a field, given by its path without escapes; numbers are float64, all else is text.
func (m machine) values(path []string) []any {
	switch strings.Join(path, ".") {
	case "thingName":
		return []any{m.name}
	case "thingId":
		return []any{"id-" + m.name}
	case "thingTypeName":
		return leaves(m.typ, m.typ != "")
	case "thingGroupNames":
		var list []any
		for _, g := range m.groups {
			list = append(list, g)
		}
		return list
	case "registry.version":
		return []any{m.version}
	case "connectivity.connected":
		return []any{"false"}
	}
	switch path[0] {
	case "attributes":
		v, found := m.attributes[path[1]]
		return leaves(v, found)
	case "deviceDefender", "connectivity":
		return nil
	}
	shadow, rest := "", path[1:]
	if rest[0] == "name" {
		shadow, rest = rest[1], rest[2:]
	}
	state, found := m.shadows[shadow]
	switch {
	case !found:
		return nil
	case rest[0] == "version":
		return []any{7.0}
	case rest[0] == "hasDelta":
		return []any{fmt.Sprint(state["delta"] != nil)}
	case rest[len(rest)-1] == "totalCount":
		reported, _ := state["reported"].(map[string]any)
		return []any{float64(len(reported))}
	}
	return at(state, rest)
}

func leaves(v any, found bool) []any {
	if !found {
		return nil
	}
	return []any{v}
}

// at are the values at a path of a document.
func at(v any, path []string) []any {
	var all []any
	for _, inner := range inside(v, path) {
		if list, ok := inner.([]any); ok {
			for _, element := range list {
				all = append(all, atoms(element)...)
			}
			continue
		}
		all = append(all, atoms(inner)...)
	}
	return all
}

// atoms is the value itself, unless it holds others or is null.
func atoms(v any) []any {
	switch v := v.(type) {
	case bool:
		return []any{fmt.Sprint(v)}
	case map[string]any, []any, nil:
		return nil
	default:
		return []any{v}
	}
}

// present is whether a field has a value; an object has it when anything in it does.
func (m machine) present(path []string) bool {
	shadow, rest := "", path[1:]
	if path[0] == "shadow" && rest[0] == "name" {
		shadow, rest = rest[1], rest[2:]
	}
	if path[0] != "shadow" || len(rest) == 1 || rest[1] == "totalCount" {
		return len(m.values(path)) > 0
	}
	for _, section := range inside(m.shadows[shadow], rest) {
		if len(below(section)) > 0 {
			return true
		}
	}
	return false
}

// inside is what stands at a path of a document.
func inside(v any, path []string) []any {
	if len(path) == 0 {
		return []any{v}
	}
	object, _ := v.(map[string]any)
	var all []any
	for name, inner := range object {
		if path[0] == name || path[0] == "*" {
			all = append(all, inside(inner, path[1:])...)
		}
	}
	return all
}

// everything is each value that a term without a field looks at.
func (m machine) everything() []any {
	list := []any{m.name, "id-" + m.name}
	list = append(list, leaves(m.typ, m.typ != "")...)
	list = append(list, m.values([]string{"thingGroupNames"})...)
	for _, v := range m.attributes {
		list = append(list, v)
	}
	for _, state := range m.shadows {
		list = append(list, below(state)...)
	}
	return list
}

func below(v any) []any {
	var list []any
	switch v := v.(type) {
	case map[string]any:
		for _, inner := range v {
			list = append(list, below(inner)...)
		}
	case []any:
		for _, inner := range v {
			list = append(list, below(inner)...)
		}
	default:
		return atoms(v)
	}
	return list
}

var plainNumber = regexp.MustCompile(`^-?([0-9]+|[0-9]*\.[0-9]+)$`)

func numeric(s string) (float64, bool) {
	if !plainNumber.MatchString(s) {
		return 0, false
	}
	n, err := strconv.ParseFloat(s, 64)
	return n, err == nil
}

// equal looks for the words of a query side by side in a text, and compares numbers by size.
func equal(v any, query string) bool {
	if n, ok := v.(float64); ok {
		q, ok := numeric(strings.TrimSpace(query))
		return ok && n == q
	}
	have, want := strings.Fields(v.(string)), strings.Fields(query)
	for i := 0; len(want) > 0 && i+len(want) <= len(have); i++ {
		if slices.EqualFunc(have[i:i+len(want)], want, strings.EqualFold) {
			return true
		}
	}
	return false
}

// fits holds a value, or one of its words, against a pattern.
func fits(v any, re *regexp.Regexp) bool {
	if n, ok := v.(float64); ok {
		return re.MatchString(strconv.FormatFloat(n, 'f', -1, 64))
	}
	return re.MatchString(v.(string)) || slices.ContainsFunc(strings.Fields(v.(string)), re.MatchString)
}

// compare orders a value and a bound; ok is false when a number meets a text.
func compare(v any, bound string) (order int, ok bool) {
	b, numericBound := numeric(bound)
	n, isNumber := v.(float64)
	if !isNumber {
		var isNumeric bool
		if n, isNumeric = numeric(v.(string)); !isNumeric || !numericBound {
			return strings.Compare(fold(v.(string)), fold(bound)), true
		}
	}
	switch {
	case !numericBound:
		return 0, false
	case n < b:
		return -1, true
	case n > b:
		return 1, true
	}
	return 0, true
}

// save replaces the index's content with these machines. With escapes, each text of a shadow is written with \u escapes.
func (h *handlers) save(fleet []machine, escapes bool) error {
	return h.r.Store.Update(func(tx *store.Tx) error {
		for _, table := range []string{"ix_things", "ix_members", "ix_shadows"} {
			if _, err := tx.Exec("DELETE FROM " + table); err != nil {
				return err
			}
		}
		for _, m := range fleet {
			attributes, err := json.Marshal(m.attributes)
			if err != nil {
				return err
			}
			if _, err := tx.Exec("INSERT INTO ix_things(name,id,type,attributes_json,version) VALUES(?,?,nullif(?,''),?,?)",
				m.name, "id-"+m.name, m.typ, string(attributes), int64(m.version)); err != nil {
				return err
			}
			for _, g := range m.groups {
				if _, err := tx.Exec("INSERT INTO ix_members(thing_name,group_name) VALUES(?,?)", m.name, g); err != nil {
					return err
				}
			}
			for name, state := range m.shadows {
				if _, err := tx.Exec("INSERT INTO ix_shadows(thing_name,name,state_json,metadata_json,version) VALUES(?,?,?,'{}',7)",
					m.name, name, written(state, escapes)); err != nil {
					return err
				}
			}
		}
		return nil
	})
}

// written is a value as JSON.
func written(v any, escapes bool) string {
	var parts []string
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			parts = append(parts, written(name, false)+":"+written(inner, escapes))
		}
		return "{" + strings.Join(parts, ",") + "}"
	case []any:
		for _, inner := range v {
			parts = append(parts, written(inner, escapes))
		}
		return "[" + strings.Join(parts, ",") + "]"
	case string:
		if escapes {
			for _, r := range v {
				parts = append(parts, fmt.Sprintf(`\u%04x`, r))
			}
			return `"` + strings.Join(parts, "") + `"`
		}
	}
	b, _ := json.Marshal(v)
	return string(b)
}

// TestQueriesMeanWhatTheySay compares searches over random fleets with a plain evaluation of the query.
func TestQueriesMeanWhatTheySay(t *testing.T) {
	t.Parallel()
	h := open(t)
	everything(t, h)
	rapid.Check(t, func(rt *rapid.T) {
		fleet := rapid.SliceOfNDistinct(rapid.Custom(anyMachine), 1, 6, func(m machine) string { return m.name }).Draw(rt, "fleet")
		if err := h.save(fleet, rapid.Bool().Draw(rt, "escapes")); err != nil {
			rt.Fatal(err)
		}
		for range 5 {
			e := anyExpr(rapid.IntRange(0, 2).Draw(rt, "depth")).Draw(rt, "query")
			var want []string
			for _, m := range fleet {
				if e.matches(m) {
					want = append(want, m.name)
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
		}
	})
}
