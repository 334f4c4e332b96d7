package index

import (
	"regexp"
	"slices"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// Names of custom fields (AWS IoT developer guide, managing fleet indexing). Dots lead into documents.
var (
	attributeField = regexp.MustCompile(`^attributes\.[\w.-]+$`)
	shadowField    = regexp.MustCompile(`^shadow\.(?:name\.([^.]+)\.)?(?:desired|reported)\.[\w.-]+$`)
	defenderField  = regexp.MustCompile(`^deviceDefender\.[\w.-]+$`)
)

// checkFields holds custom fields to their limits; of says whether the index has a field of that name. Texts of the
// refusals are not known.
func checkFields(fields []types.Field, of func(name string) bool) error {
	if len(fields) > maxCustomFields {
		return invalid("The configuration has %d custom fields; at most %d are allowed", len(fields), maxCustomFields)
	}
	for i, f := range fields {
		if f.Name == nil || f.Type == "" {
			return invalid("Custom field %d needs a name and a type", i+1)
		}
		if slices.ContainsFunc(fields[:i], func(g types.Field) bool { return *g.Name == *f.Name }) {
			return invalid("The configuration has the custom field %s more than once", *f.Name)
		}
		if !of(*f.Name) {
			return invalid("%s cannot be a custom field with this configuration. Name an attribute, or what is desired or reported in a shadow that is indexed", *f.Name)
		}
	}
	return nil
}

// canHave tells whether things have custom fields of that name with this configuration.
func (c config) canHave(name string) bool {
	if m := shadowField.FindStringSubmatch(name); m != nil {
		return slices.Contains(c.shadows(), m[1])
	}
	violations := c.things.DeviceDefenderIndexingMode == types.DeviceDefenderIndexingModeViolations
	return attributeField.MatchString(name) || violations && defenderField.MatchString(name)
}
