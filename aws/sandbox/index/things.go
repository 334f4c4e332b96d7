package index

import (
	"fmt"
	"slices"
	"strings"
)

// thingSchema is the index AWS_Things: the rows are things t. Fields are AWS's (IoT developer guide, fleet indexing).
type thingSchema struct{ config config }

// registryFields are the fields of the registry with one value or, for groups, several.
var registryFields = map[string]string{
	"thingName":                "SELECT t.name AS v",
	"thingId":                  "SELECT t.id AS v",
	"thingTypeName":            "SELECT t.type AS v",
	"registry.thingTypeName":   "SELECT t.type AS v",
	"thingGroupNames":          memberships,
	"registry.thingGroupNames": memberships,
	"registry.version":         "SELECT t.version AS v",
}

const memberships = "SELECT m.group_name AS v FROM group_members m WHERE m.thing_name=t.name"

// field answers no source for a name that it does not know: what AWS answers then could not be confirmed, here the
// field is missing from each thing.
func (s thingSchema) field(name word) (source, error) {
	if sql, found := registryFields[name.text()]; found {
		return source{sql: sql}, nil
	}
	segments := name.segments()
	switch segments[0].text() {
	case "attributes":
		return attribute("t.attributes_json", segments[1:], "$"), nil
	case "shadow":
		return s.shadow(segments[1:])
	case "connectivity":
		if s.config.connectivityOn() && name.text() == "connectivity.connected" {
			return source{sql: "SELECT 'false' AS v"}, nil // nothing connects to the sandbox over MQTT
		}
	}
	return source{}, nil
}

// attribute is one entry of a JSON object of texts. Attribute names can have dots.
func attribute(column string, segments []word, root string) source {
	name := strings.Join(names(segments), ".")
	path, ok := jsonPath(name)
	if name == "" || !ok {
		return source{}
	}
	return source{sql: "SELECT json_extract(" + column + ",?) AS v", args: []any{root + strings.TrimPrefix(path, "$")}}
}

// shadow takes what follows "shadow." in a field: REST for the classic one, name.NAME.REST for the others. A shadow
// that is not indexed has no values.
func (s thingSchema) shadow(segments []word) (source, error) {
	shadow := ""
	if len(segments) > 2 && segments[0].is("name") {
		shadow, segments = segments[1].text(), segments[2:]
	}
	if len(segments) == 0 || !slices.Contains(s.config.shadows(), shadow) {
		return source{}, nil
	}
	rest := names(segments)
	const from = " AS v FROM shadows s WHERE s.thing_name=t.name AND s.name=? AND s.state_json IS NOT NULL"
	switch {
	case len(rest) == 1 && rest[0] == "version":
		return source{sql: "SELECT s.version" + from, args: []any{shadow}}, nil
	case len(rest) == 1 && rest[0] == "hasDelta":
		return source{sql: "SELECT iif(json_type(s.state_json,'$.delta') IS NULL,'false','true')" + from, args: []any{shadow}}, nil
	case len(rest) < 2 || !slices.Contains([]string{"desired", "reported", "delta"}, rest[0]):
		return source{}, nil
	}
	if shadow == "$package" {
		segments = packageSegments(segments)
	}
	return stateSource(shadow, segments)
}

// packageSegments puts the name of a package together again, which can have dots: it ends where its version or its
// attributes begin.
func packageSegments(segments []word) []word {
	for i := 2; i < len(segments); i++ {
		if s := segments[i]; s.is("version") || s.is("attributes") {
			var pkg word
			for j, part := range segments[1:i] {
				if j > 0 {
					pkg = append(pkg, char{'.', true})
				}
				pkg = append(pkg, part...)
			}
			return append([]word{segments[0], pkg}, segments[i:]...)
		}
	}
	return segments
}

// atom is the value of a row j of json_each or json_tree: booleans are texts, objects and null are NULL.
const atom = "CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE j.atom END AS v"

// stateSource is the values at a path in a shadow's state; of an array, each element. One segment can be a star, which
// stands for each name at its place.
func stateSource(shadow string, segments []word) (source, error) {
	star := slices.IndexFunc(segments, func(s word) bool { return s.is("*") })
	if star < 0 {
		path, ok := jsonPath(names(segments)...)
		if !ok {
			return source{}, nil
		}
		const where = " FROM shadows s%s WHERE s.thing_name=t.name AND s.name=?"
		return source{
			// A key that is a text belongs to an object, which equals and compares to nothing.
			sql:  "SELECT " + atom + fmt.Sprintf(where, ", json_each(s.state_json,?) j") + " AND typeof(j.key)<>'text'",
			args: []any{path, shadow}, present: "SELECT json_type(s.state_json,?) AS v" + fmt.Sprintf(where, ""),
		}, nil
	}
	if slices.ContainsFunc(segments[star+1:], func(s word) bool { return s.is("*") }) {
		return source{}, &syntaxError{1, "a field name can have one * only"}
	}
	before, ok1 := jsonPath(names(segments[:star])...)
	after, ok2 := jsonPath(names(segments[star+1:])...)
	if !ok1 || !ok2 {
		return source{}, nil
	}
	return source{sql: "SELECT " + atom + ` FROM shadows s, json_each(s.state_json,?) e,
		json_each(CASE e.type WHEN 'object' THEN e.value ELSE '{}' END,?) j WHERE s.thing_name=t.name AND s.name=?`,
		args: []any{before, after, shadow}}, nil
}

// any are the name, id, type and groups of a thing, and all values of its attributes and its indexed shadows.
func (s thingSchema) any() []source {
	list := []source{
		{sql: "SELECT t.name AS v UNION ALL SELECT t.id UNION ALL SELECT t.type"},
		{sql: memberships},
		{sql: "SELECT j.atom AS v FROM json_each(t.attributes_json) j"},
	}
	for _, shadow := range s.config.shadows() {
		const q = "SELECT " + atom + " FROM shadows s, json_tree(s.state_json) j WHERE s.thing_name=t.name AND s.name=?"
		list = append(list, source{sql: q, args: []any{shadow}})
	}
	return list
}
