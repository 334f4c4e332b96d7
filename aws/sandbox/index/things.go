package index

import (
	"errors"
	"slices"
	"strings"
)

// thingSchema is the index AWS_Things: the rows are things t. Fields are AWS's (IoT developer guide, fleet indexing).
type thingSchema struct{ config config }

// registryFields are the fields of the registry with one value or, for groups, several.
var registryFields = map[string]source{
	"thingName":                {value: "t.name", kind: plainText},
	"thingId":                  {value: "t.id", kind: plainText},
	"thingTypeName":            {value: "t.type", kind: plainText},
	"registry.thingTypeName":   {value: "t.type", kind: plainText},
	"thingGroupNames":          memberships,
	"registry.thingGroupNames": memberships,
	"registry.version":         {value: "t.version", kind: number},
}

// memberships are a thing's groups, billing groups among them.
var memberships = source{value: "m.group_name", tables: "ix_members m", on: "m.thing_name=t.name", kind: plainText}

func (thingSchema) known() string {
	return "thingName, thingId, thingTypeName, thingGroupNames, registry.version, attributes.NAME, shadow.reported.NAME (desired, delta, " +
		"hasDelta and version, too), shadow.name.SHADOW.reported.NAME, connectivity.connected and deviceDefender.violationCount"
}

func (thingSchema) rows() string { return "ix_things t" }

func (thingSchema) key() string { return "t.name" }

// field answers an empty source for what is not indexed now.
func (s thingSchema) field(name word) (source, bool, error) {
	if f, found := registryFields[name.text()]; found {
		return f, true, nil
	}
	segments := name.segments()
	if len(segments) < 2 || slices.ContainsFunc(segments, func(s word) bool { return len(s) == 0 }) {
		return source{}, false, nil
	}
	switch segments[0].text() {
	case "attributes":
		return attribute("t.attributes_json", segments[1:], "$"), true, nil
	case "shadow":
		return s.shadow(segments[1:])
	case "connectivity":
		return s.connectivity(name.text())
	case "deviceDefender":
		return source{}, true, nil // nothing ever violates a security profile
	}
	return source{}, false, nil
}

// connectivity has one value: nothing connects to the sandbox over MQTT.
func (s thingSchema) connectivity(name string) (source, bool, error) {
	switch name {
	case "connectivity.connected":
		if s.config.connectivityOn() {
			return source{value: "'false'", kind: plainText}, true, nil
		}
		return source{}, true, nil
	case "connectivity.timestamp", "connectivity.version", "connectivity.disconnectReason":
		return source{}, true, nil
	}
	return source{}, false, nil
}

// attribute is one entry of a JSON object of texts. Attribute names can have dots.
func attribute(column string, segments []word, root string) source {
	path, ok := jsonPath(strings.Join(names(segments), "."))
	if !ok {
		return source{}
	}
	return source{value: "json_extract(" + column + ",?)", args: []any{root + strings.TrimPrefix(path, "$")}, kind: plainText}
}

// A shadow of a thing is one row of shadows at most.
const (
	shadows  = "ix_shadows s"
	ofShadow = "s.thing_name=t.name AND s.name=?"
)

// shadow takes what follows "shadow." in a field: REST for the classic one, name.NAME.REST for the others. A shadow
// that is not indexed has no values.
func (s thingSchema) shadow(segments []word) (source, bool, error) {
	shadow := ""
	if len(segments) > 2 && segments[0].is("name") {
		shadow, segments = segments[1].text(), segments[2:]
	}
	indexed := slices.Contains(s.config.shadows(), shadow)
	var f source
	var err error
	switch first := segments[0].text(); {
	case len(segments) == 1 && first == "version":
		f = source{value: "s.version", tables: shadows, on: ofShadow, args: []any{shadow}, kind: number}
	case len(segments) == 1 && first == "hasDelta":
		f = source{value: "iif(json_type(s.state_json,'$.delta') IS NULL,'false','true')", tables: shadows, on: ofShadow,
			args: []any{shadow}, kind: plainText}
	case first == "metadata" && len(segments) > 1:
		f, err = document("s.metadata_json", shadow, segments[1:])
	case first != "desired" && first != "reported" && first != "delta":
		return source{}, false, nil
	case shadow == "$package":
		f, err = packages(segments)
	default:
		f, err = document("s.state_json", shadow, segments)
	}
	if !indexed {
		return source{noRange: f.noRange}, true, err
	}
	return f, true, err
}

// packages is a field of the reserved shadow in which devices report what is installed (AWS IoT developer guide,
// preparing fleet indexing). totalCount is how many packages that is.
func packages(segments []word) (source, error) {
	if len(segments) == 2 && segments[1].is("totalCount") {
		path, _ := jsonPath(segments[0].text())
		return source{value: "(SELECT count(*) FROM json_each(s.state_json,?) j WHERE j.type='object')", tables: shadows, on: ofShadow,
			args: []any{path, "$package"}, kind: number}, nil
	}
	segments = packageSegments(segments)
	f, err := document("s.state_json", "$package", segments)
	f.noRange = len(segments) == 3 && segments[2].is("version")
	return f, err
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
const atom = "CASE j.type WHEN 'true' THEN 'true' WHEN 'false' THEN 'false' ELSE j.atom END"

// anyAtom asks whether a path in a JSON column leads to any value.
func anyAtom(column string) string {
	return "EXISTS(SELECT 1 FROM json_tree(" + column + ",?) j WHERE j.atom IS NOT NULL)"
}

var errStars = errors.New("a field name can have one * only")

// document is the values at a path in a column with JSON; of an array, each element. One segment can be a star, which
// stands for each name at its place. A field is present when there is any value at its place or below.
func document(column, shadow string, segments []word) (source, error) {
	star := slices.IndexFunc(segments, func(s word) bool { return s.is("*") })
	if star < 0 {
		path, ok := jsonPath(names(segments)...)
		if !ok {
			return source{}, nil
		}
		return source{
			// A key that is a text belongs to an object, which equals and compares to nothing.
			value: atom, tables: shadows + ", json_each(" + column + ",?) j", on: ofShadow + " AND typeof(j.key)<>'text'",
			args: []any{path, shadow}, text: column,
			present: condition{"EXISTS(SELECT 1 FROM " + shadows + " WHERE " + ofShadow + " AND CASE coalesce(json_type(" + column +
				",?),'null') WHEN 'null' THEN false WHEN 'object' THEN " + anyAtom(column) + " WHEN 'array' THEN " + anyAtom(column) + " ELSE true END)",
				[]any{shadow, path, path, path}},
		}, nil
	}
	if slices.ContainsFunc(segments[star+1:], func(s word) bool { return s.is("*") }) {
		return source{}, errStars
	}
	before, ok1 := jsonPath(names(segments[:star])...)
	after, ok2 := jsonPath(names(segments[star+1:])...)
	if !ok1 || !ok2 {
		return source{}, nil
	}
	const values = "(CASE e.type WHEN 'object' THEN e.value ELSE '{}' END,?) j"
	tables, args := shadows+", json_each("+column+",?) e, ", []any{before, after, shadow}
	return source{
		value: atom, tables: tables + "json_each" + values, on: ofShadow + " AND typeof(j.key)<>'text'", args: args, text: column,
		present: condition{"EXISTS(SELECT 1 FROM " + tables + "json_tree" + values + " WHERE " + ofShadow + " AND j.atom IS NOT NULL)", args},
	}, nil
}

// any are the name, id, type and groups of a thing, and all values of its attributes and its indexed shadows.
func (s thingSchema) any() []source {
	list := []source{
		{value: "t.name", kind: plainText}, {value: "t.id", kind: plainText}, {value: "t.type", kind: plainText}, memberships,
		{value: "j.atom", tables: "json_each(t.attributes_json) j", on: "true", text: "t.attributes_json", kind: plainText},
	}
	indexed := s.config.shadows()
	if len(indexed) == 0 {
		return list
	}
	args := make([]any, 0, len(indexed))
	for _, shadow := range indexed {
		args = append(args, shadow)
	}
	// The + has all shadows of a thing read in one go.
	return append(list, source{value: atom, tables: shadows + ", json_tree(s.state_json) j", text: "s.state_json", args: args,
		on: "s.thing_name=t.name AND +s.name IN (?" + strings.Repeat(",?", len(indexed)-1) + ")"})
}
