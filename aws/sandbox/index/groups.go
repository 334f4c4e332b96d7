package index

// groupSchema is the index AWS_ThingGroups: the rows are thing groups g.
type groupSchema struct{}

// ancestors are the groups above g.
const ancestors = `WITH RECURSIVE up(v) AS (SELECT g.parent UNION ALL SELECT x.parent FROM thing_groups x JOIN up ON x.name=up.v)
	SELECT v FROM up WHERE v IS NOT NULL`

var groupFields = map[string]string{
	"thingGroupName":        "SELECT g.name AS v",
	"thingGroupId":          "SELECT g.id AS v",
	"thingGroupDescription": "SELECT json_extract(g.props_json,'$.description') AS v",
	"parentGroupNames":      ancestors,
}

func (groupSchema) field(name word) (source, error) {
	if sql, found := groupFields[name.text()]; found {
		return source{sql: sql}, nil
	}
	if segments := name.segments(); segments[0].is("attributes") {
		return attribute("g.props_json", segments[1:], "$.attributes"), nil
	}
	return source{}, nil
}

func (groupSchema) any() []source {
	return []source{
		{sql: "SELECT g.name AS v UNION ALL SELECT g.id UNION ALL SELECT json_extract(g.props_json,'$.description')"},
		{sql: ancestors},
		{sql: "SELECT j.atom AS v FROM json_each(g.props_json,'$.attributes') j"},
	}
}
