package iot

import (
	"context"
	"strconv"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// below names the groups under ?1, which is not one of them.
const below = `WITH RECURSIVE down(name) AS (
	SELECT name FROM thing_groups WHERE parent=?1
	UNION ALL SELECT g.name FROM thing_groups g JOIN down ON g.parent=down.name) `

// listGroups lists both kinds of groups by name. Not recursive means the direct children, or the roots when no
// parent is given. Recursive is assumed when it is left out.
func (h *handlers) listGroups(_ context.Context, in *iot.ListThingGroupsInput) (*iot.ListThingGroupsOutput, error) {
	recursive := in.Recursive == nil || *in.Recursive
	parent, prefix := str(in.ParentGroup), str(in.NamePrefixFilter)
	list := page.Of("ListThingGroups", parent, prefix, strconv.FormatBool(recursive))
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	query := groupsQuery(parent != "", recursive) + " AND name>?2 AND name>=?3 AND name<?4 ORDER BY name LIMIT ?5"
	var found []string
	err = h.view(func(tx *store.Tx) (err error) {
		if parent != "" {
			if _, err := needGroup(tx, parent); err != nil {
				return err
			}
		}
		found, err = names(tx, query, parent, from, prefix, prefixEnd(prefix), size+1)
		return err
	})
	return h.groupPage(list, found, size), err
}

func groupsQuery(hasParent, recursive bool) string {
	switch {
	case hasParent && recursive:
		return below + "SELECT name FROM down WHERE true"
	case hasParent:
		return "SELECT name FROM thing_groups WHERE parent=?1"
	case recursive:
		return "SELECT name FROM thing_groups WHERE ?1=''"
	default:
		return "SELECT name FROM thing_groups WHERE parent IS NULL AND ?1=''"
	}
}

func (h *handlers) groupPage(list page.List, found []string, size int) *iot.ListThingGroupsOutput {
	groups, next := page.Cut(list, h.namesAndARNs(found), size, func(g types.GroupNameAndArn) string { return *g.GroupName })
	return &iot.ListThingGroupsOutput{ThingGroups: groups, NextToken: next}
}

func (h *handlers) listThingsInGroup(_ context.Context, in *iot.ListThingsInThingGroupInput) (*iot.ListThingsInThingGroupOutput, error) {
	list := page.Of("ListThingsInThingGroup", *in.ThingGroupName, strconv.FormatBool(in.Recursive))
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	query := "SELECT thing_name FROM group_members WHERE group_name=?1 AND thing_name>?2 ORDER BY thing_name LIMIT ?3"
	if in.Recursive {
		query = below + `SELECT DISTINCT thing_name FROM group_members
			WHERE group_name IN (SELECT name FROM down UNION SELECT ?1) AND thing_name>?2 ORDER BY thing_name LIMIT ?3`
	}
	out := &iot.ListThingsInThingGroupOutput{}
	err = h.view(func(tx *store.Tx) (err error) {
		if _, err := needGroup(tx, *in.ThingGroupName); err != nil {
			return err
		}
		out.Things, err = names(tx, query, *in.ThingGroupName, from, size+1)
		return err
	})
	out.Things, out.NextToken = page.Cut(list, out.Things, size, self)
	return out, err
}

func (h *handlers) listGroupsForThing(_ context.Context, in *iot.ListThingGroupsForThingInput) (*iot.ListThingGroupsForThingOutput, error) {
	list := page.Of("ListThingGroupsForThing", *in.ThingName)
	from, err := after(list, in.NextToken)
	if err != nil {
		return nil, err
	}
	size := page.Size(in.MaxResults, pageSize)
	var found []string
	err = h.view(func(tx *store.Tx) (err error) {
		if err := thingExists(tx, *in.ThingName); err != nil {
			return err
		}
		const q = "SELECT group_name FROM group_members WHERE thing_name=? AND group_name>? ORDER BY group_name LIMIT ?"
		found, err = names(tx, q, *in.ThingName, from, size+1)
		return err
	})
	p := h.groupPage(list, found, size)
	return &iot.ListThingGroupsForThingOutput{ThingGroups: p.ThingGroups, NextToken: p.NextToken}, err
}

func self(s string) string { return s }
