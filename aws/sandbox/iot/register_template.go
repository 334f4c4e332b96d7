package iot

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
)

// template is a provisioning template (AWS IoT developer guide, provisioning templates). Sections that only fleet
// provisioning uses are read over.
type template struct {
	Parameters map[string]struct {
		Type    string
		Default *string
	}
	Resources map[string]templateResource
}

// templateResource is one resource. DependsOn is not read: the order of things, certificates and policies is always the
// same.
type templateResource struct {
	Type             string
	Properties       any
	OverrideSettings map[string]string
}

// parseTemplate reads a template and gives its parameters their values.
func parseTemplate(body string, given map[string]string) (*template, map[string]string, error) {
	var t template
	if err := json.Unmarshal([]byte(body), &t); err != nil {
		return nil, nil, invalid("The template is not valid: %s", err)
	}
	if len(t.Resources) == 0 {
		return nil, nil, invalid("The template has no Resources; declare at least a thing")
	}
	values := map[string]string{}
	for name, p := range t.Parameters {
		if p.Type != "String" {
			return nil, nil, invalid("The parameter %s has the type %q; only String is known", name, p.Type)
		}
		v, ok := given[name]
		if !ok && p.Default == nil {
			return nil, nil, invalid("The parameter %s has neither a value nor a Default", name)
		}
		if !ok {
			v = *p.Default
		}
		values[name] = v
	}
	return &t, values, nil
}

// resolve replaces Ref and Fn::Join in a value. Other functions are refused.
func resolve(v any, values map[string]string) (any, error) {
	switch v := v.(type) {
	case []any:
		out := make([]any, len(v))
		for i, e := range v {
			r, err := resolve(e, values)
			if err != nil {
				return nil, err
			}
			out[i] = r
		}
		return out, nil
	case map[string]any:
		if len(v) == 1 {
			for name, arg := range v {
				if name == "Ref" || strings.HasPrefix(name, "Fn::") {
					return call(name, arg, values)
				}
			}
		}
		out := make(map[string]any, len(v))
		for k, e := range v {
			r, err := resolve(e, values)
			if err != nil {
				return nil, err
			}
			out[k] = r
		}
		return out, nil
	}
	return v, nil
}

func call(name string, arg any, values map[string]string) (any, error) {
	switch name {
	case "Ref":
		parameter, ok := arg.(string)
		value, declared := values[parameter]
		if !ok || !declared {
			return nil, invalid("Ref %v does not name a parameter that the template declares", arg)
		}
		return value, nil
	case "Fn::Join":
		arg, err := resolve(arg, values)
		if err != nil {
			return nil, err
		}
		return join(arg)
	}
	return nil, invalid("The sandbox does not know the function %s in a template; it knows Ref and Fn::Join", name)
}

func join(arg any) (any, error) {
	args, _ := arg.([]any)
	if len(args) != 2 {
		return nil, invalid("Fn::Join takes a delimiter and a list of texts")
	}
	delimiter, ok := args[0].(string)
	list, isList := args[1].([]any)
	parts := make([]string, len(list))
	for i, e := range list {
		var isText bool
		parts[i], isText = e.(string)
		ok = ok && isText
	}
	if !ok || !isList {
		return nil, invalid("Fn::Join takes a delimiter and a list of texts")
	}
	return strings.Join(parts, delimiter), nil
}

// properties reads the resolved properties of a resource; ones that are not known are refused.
func (r templateResource) properties(id string, values map[string]string, into any) error {
	resolved, err := resolve(r.Properties, values)
	if err != nil {
		return err
	}
	b, err := json.Marshal(resolved)
	if err != nil {
		return fmt.Errorf("read the resource %s: %w", id, err)
	}
	d := json.NewDecoder(bytes.NewReader(b))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return invalid("The Properties of the resource %s are not valid: %s", id, err)
	}
	return nil
}

// What a template can ask for when a resource exists.
const (
	doNothing = "DO_NOTHING"
	replace   = "REPLACE"
	merge     = "MERGE"
	fail      = "FAIL"
)

// override is what to do about a property of a resource that exists. Without a setting it is left as it is, which AWS does
// not document.
func (r templateResource) override(id, property string, mergeable bool) (string, error) {
	switch o := r.OverrideSettings[property]; o {
	case "":
		return doNothing, nil
	case doNothing, replace, fail:
		return o, nil
	case merge:
		if mergeable {
			return o, nil
		}
		return "", invalid("The OverrideSettings of the resource %s cannot merge %s", id, property)
	default:
		return "", invalid("The OverrideSettings of the resource %s have %q for %s; use DO_NOTHING, REPLACE, MERGE or FAIL", id, o, property)
	}
}
