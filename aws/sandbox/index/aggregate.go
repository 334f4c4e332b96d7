package index

import (
	"context"
	"slices"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// Differences from AWS.
const (
	exactValues wire.Difference = "Aggregates are exact, where AWS approximates cardinality and percentiles."
	fieldError  wire.Difference = "The text of InvalidAggregationException is assumed; AWS's is not known."
)

func (h *handlers) registerAggregations(s *wire.Server) {
	const service = "iot"
	wire.Handle(s, service, "GetStatistics", h.statistics, fieldError)
	wire.Handle(s, service, "GetCardinality", h.cardinality, exactValues, fieldError)
	wire.Handle(s, service, "GetPercentiles", h.percentiles, exactValues, fieldError,
		"Percentiles interpolate between the two nearest values and come in the order in which they were asked for.")
	wire.Handle(s, service, "GetBucketsAggregation", h.buckets, fieldError,
		"Values that differ in case are counted apart; what AWS does with them is not documented.")
	wire.Handle(s, service, "GetThingConnectivityData", h.connectivity, unconnected)
}

// defaultField is what is aggregated when nothing else is asked for (AWS IoT developer guide, aggregate data).
const defaultField = "registry.version"

// aggregation is one question about the values of a field in the rows that a query finds.
type aggregation struct {
	tx     *store.Tx
	schema schema
	where  condition
	field  types.Field
	source source
}

// asked are the members that all aggregations have.
type asked struct{ index, query, field, version *string }

// aggregate runs fn on an index that is on and complete. The texts of its errors but for the query's are assumptions.
func (h *handlers) aggregate(in asked, fn func(aggregation) error) error {
	name, err := checkAsked(in.index, in.version)
	if err != nil {
		return err
	}
	query, err := parse(*in.query)
	if err != nil {
		return queryError(err)
	}
	field := defaultField
	if in.field != nil {
		field = *in.field
	}
	return queryError(h.read(name, func(tx *store.Tx, c config) error {
		a := aggregation{tx: tx, schema: groupSchema{}}
		if name == thingsIndex {
			a.schema = thingSchema{c}
		}
		if a.where, err = compile(a.schema, query); err != nil {
			return err
		}
		if err := a.choose(c.fields(name), field); err != nil {
			return err
		}
		return fn(a)
	}))
}

// checkAsked answers the name of the index.
func checkAsked(index, version *string) (string, error) {
	if version != nil && *version != queryVersion {
		return "", invalid("Query version %s does not exist; use %s", *version, queryVersion)
	}
	if index == nil {
		return thingsIndex, nil
	}
	return *index, nil
}

// choose finds the field among those that can be aggregated. A $ can be escaped, as in queries.
func (a *aggregation) choose(fields []types.Field, name string) error {
	asked := fieldName(name)
	i := slices.IndexFunc(fields, func(f types.Field) bool { return fieldName(*f.Name).text() == asked.text() })
	if i < 0 {
		return &types.InvalidAggregationException{Message: text("Field %s cannot be aggregated: it is neither a managed nor a custom field. "+
			"Add it to customFields with UpdateIndexingConfiguration", name)}
	}
	a.field = fields[i]
	source, found, err := a.schema.field(fieldName(*a.field.Name))
	if err != nil || !found {
		return &types.InvalidAggregationException{Message: text("Field %s cannot be aggregated: the index has no such field", name)}
	}
	a.source = source
	return nil
}

// fieldName reads a field's name outside of a query, where only \ is special.
func fieldName(s string) word {
	var w word
	escaped := false
	for _, r := range s {
		if r == '\\' && !escaped {
			escaped = true
			continue
		}
		w = append(w, char{r, escaped})
		escaped = false
	}
	return w
}

// fields are those that can be aggregated: managed ones, of the data that is indexed, and custom ones.
func (c config) fields(index string) []types.Field {
	if index == groupsIndex {
		return append(c.managedOfGroups(), c.groups.CustomFields...)
	}
	return append(c.managedOfThings(), c.things.CustomFields...)
}

// managedOfThings are the fields of things whose types AWS knows (AWS IoT developer guide, managing fleet indexing).
func (c config) managedOfThings() []types.Field {
	if !c.thingsOn() {
		return nil
	}
	list := append(fields(types.FieldTypeString, "thingId", "thingName", "registry.thingTypeName", "registry.thingGroupNames"),
		fields(types.FieldTypeNumber, "registry.version")...)
	if c.things.ThingIndexingMode == types.ThingIndexingModeRegistryAndShadow {
		list = append(append(list, fields(types.FieldTypeNumber, "shadow.version")...), fields(types.FieldTypeBoolean, "shadow.hasDelta")...)
	}
	if c.connectivityOn() {
		list = append(append(list, fields(types.FieldTypeBoolean, "connectivity.connected")...),
			fields(types.FieldTypeNumber, "connectivity.timestamp", "connectivity.version")...)
		list = append(list, fields(types.FieldTypeString, "connectivity.disconnectReason")...)
	}
	if c.things.DeviceDefenderIndexingMode == types.DeviceDefenderIndexingModeViolations {
		list = append(list, fields(types.FieldTypeNumber, "deviceDefender.violationCount")...)
	}
	return list
}

func (c config) managedOfGroups() []types.Field {
	if !c.groupsOn() {
		return nil
	}
	return fields(types.FieldTypeString, "thingGroupId", "thingGroupName", "description", "parentGroupNames")
}

// values is a subquery with the name of each row that the query finds and the field's value v in it, of the field's type: a
// REAL, a TEXT, or 1 and 0 for true and false. Values of another type are left out (AWS IoT developer guide, fleet
// indexing troubleshooting).
func (a aggregation) values() condition {
	if a.source.value == "" {
		return condition{sql: "SELECT NULL AS name, NULL AS v WHERE false"}
	}
	from, where := a.schema.rows(), a.where.sql
	if a.source.tables != "" {
		from += " CROSS JOIN " + a.source.tables
	}
	if a.source.on != "" {
		where = a.source.on + " AND " + where
	}
	// The limit keeps SQLite from working out the value again wherever v is used.
	raw := "SELECT " + a.schema.key() + " AS name, " + a.source.value + " AS v FROM " + from + " WHERE " + where + " LIMIT -1"
	sql := "SELECT name, " + typed(a.source.kind, a.field.Type) + " AS v FROM (" + raw + ") WHERE v IS NOT NULL LIMIT -1"
	return condition{sql, slices.Concat(a.source.args, a.where.args)}
}

// typed turns a value v into one of the field's type.
func typed(kind valueKind, t types.FieldType) string {
	switch {
	case t == types.FieldTypeString && kind == plainText:
		return "v"
	case t == types.FieldTypeString:
		return "CAST(v AS TEXT)"
	case t == types.FieldTypeBoolean:
		return "CASE v WHEN 'true' THEN 1 WHEN 'false' THEN 0 END"
	case kind == number:
		return "CAST(v AS REAL)"
	}
	return "CASE WHEN typeof(v)<>'text' OR " + withValue(decimal, "v") + " THEN CAST(v AS REAL) END"
}

// rowCount counts rows, not values: of an array all values are in the same row.
func (a aggregation) rowCount() string {
	if a.source.tables == "" {
		return "count(v)"
	}
	return "count(DISTINCT CASE WHEN v IS NOT NULL THEN name END)"
}

// cardinality counts the different values.
func (h *handlers) cardinality(_ context.Context, in *iot.GetCardinalityInput) (*iot.GetCardinalityOutput, error) {
	out := &iot.GetCardinalityOutput{}
	return out, h.aggregate(asked{in.IndexName, in.QueryString, in.AggregationField, in.QueryVersion}, func(a aggregation) error {
		values := a.values()
		return a.tx.Row("SELECT count(DISTINCT v) FROM ("+values.sql+")", values.args, &out.Cardinality)
	})
}
