package index

// groupSchema is the index AWS_ThingGroups: the rows are thing groups g.
type groupSchema struct{}

// ancestors are the groups above g.
const ancestors = `WITH RECURSIVE up(v) AS (SELECT g.parent UNION ALL SELECT x.parent FROM ix_groups x JOIN up ON x.name=up.v)
	SELECT v FROM up WHERE v IS NOT NULL`

var (
	parents          = source{value: "a.value", tables: "json_each((SELECT json_group_array(v) FROM (" + ancestors + "))) a", kind: plainText}
	groupDescription = source{value: "json_extract(g.props_json,'$.description')"}
)

var groupFields = map[string]source{
	"thingGroupName":        {value: "g.name", kind: plainText},
	"thingGroupId":          {value: "g.id", kind: plainText},
	"thingGroupDescription": groupDescription,
	"description":           groupDescription,
	"parentGroupNames":      parents,
}

func (groupSchema) known() string {
	return "thingGroupName, thingGroupId, thingGroupDescription, parentGroupNames and attributes.NAME"
}

func (groupSchema) rows() string { return "ix_groups g" }

func (groupSchema) key() string { return "g.name" }

func (groupSchema) field(name word) (source, bool, error) {
	if f, found := groupFields[name.text()]; found {
		return f, true, nil
	}
	if segments := name.segments(); segments[0].is("attributes") && len(segments) > 1 {
		return attribute("g.props_json", segments[1:], "$.attributes"), true, nil
	}
	return source{}, false, nil
}

func (groupSchema) any() []source {
	return []source{
		{value: "g.name", kind: plainText}, {value: "g.id", kind: plainText}, groupDescription, parents,
		{value: "j.atom", tables: "json_each(g.props_json,'$.attributes') j", kind: plainText},
	}
}
