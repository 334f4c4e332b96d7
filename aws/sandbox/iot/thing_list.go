package iot

import (
	"context"
	"strconv"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// listThings lists things by name, filtered by type and by one attribute. AWS does not say what one half of
// the attribute filter alone means; it is refused here.
func (h *handlers) listThings(_ context.Context, in *iot.ListThingsInput) (*iot.ListThingsOutput, error) {
	if (in.AttributeName == nil) != (in.AttributeValue == nil) {
		return nil, invalid("attributeName and attributeValue have to be given together")
	}
	list := page.Of("ListThings", str(in.ThingTypeName), str(in.AttributeName), str(in.AttributeValue),
		strconv.FormatBool(in.UsePrefixAttributeValue))
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	query, args := thingsQuery(in, from, size+1)
	out := &iot.ListThingsOutput{Things: []types.ThingAttribute{}}
	err = h.view(func(tx *store.Tx) error {
		return tx.Each(query, args, func(scan func(...any) error) error {
			t, err := h.scanThing(scan)
			out.Things = append(out.Things, t)
			return err
		})
	})
	out.Things, out.NextToken = page.Cut(list, out.Things, size, func(t types.ThingAttribute) string { return *t.ThingName })
	return out, err
}

func thingsQuery(in *iot.ListThingsInput, from string, limit int) (string, []any) {
	query := "SELECT name, type, attributes_json, version FROM things WHERE name>?"
	args := []any{from}
	if in.ThingTypeName != nil {
		query += " AND type=?"
		args = append(args, *in.ThingTypeName)
	}
	if in.AttributeName != nil {
		// Attribute names have no quotes, by their pattern.
		path, value := `$."`+*in.AttributeName+`"`, *in.AttributeValue
		if in.UsePrefixAttributeValue {
			query += " AND substr(json_extract(attributes_json,?),1,length(?))=?"
			args = append(args, path, value, value)
		} else {
			query += " AND json_extract(attributes_json,?)=?"
			args = append(args, path, value)
		}
	}
	return query + " ORDER BY name LIMIT ?", append(args, limit)
}

func (h *handlers) scanThing(scan func(...any) error) (types.ThingAttribute, error) {
	var name, attrs string
	var t types.ThingAttribute
	if err := scan(&name, &t.ThingTypeName, &attrs, &t.Version); err != nil {
		return t, err
	}
	arn := h.thingARN(name)
	t.ThingName, t.ThingArn = &name, &arn
	return t, decode("attributes of thing "+name, attrs, &t.Attributes)
}
