package iot

import (
	"context"
	"errors"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/tag"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS General Reference, thing group quotas.
const (
	maxGroupAttributes = 50
	maxGroupDepth      = 7
	maxChildGroups     = 100
	maxGroupsPerThing  = 10
)

func (h *handlers) registerGroups(s *wire.Server) {
	const (
		hierarchy  wire.Difference = "The texts that refuse an unknown parent, an eighth level or a 101st child are assumed."
		membership wire.Difference = "The texts that refuse an eleventh group or a second group of a hierarchy are assumed."
		child      wire.Difference = "A deleted child stands in the way of deleting its parent for two seconds; on AWS it can take a minute."
		pages      wire.Difference = "The page size of 25 is assumed; AWS documents none."
	)
	wire.Handle(s, service, "CreateThingGroup", h.createGroup, hierarchy)
	wire.Handle(s, service, "DescribeThingGroup", h.describeGroup)
	wire.Handle(s, service, "UpdateThingGroup", h.updateGroup)
	wire.Handle(s, service, "DeleteThingGroup", h.deleteGroup, child)
	wire.Handle(s, service, "ListThingGroups", h.listGroups, pages, "Recursive is assumed when it is left out; AWS does not document it.")
	wire.Handle(s, service, "AddThingToThingGroup", h.addToGroup, membership)
	wire.Handle(s, service, "RemoveThingFromThingGroup", h.removeFromGroup)
	wire.Handle(s, service, "UpdateThingGroupsForThing", h.updateGroupsForThing, membership)
	wire.Handle(s, service, "ListThingsInThingGroup", h.listThingsInGroup, pages)
	wire.Handle(s, service, "ListThingGroupsForThing", h.listGroupsForThing, pages)
}

type group struct {
	name, id, parent, props     string
	version, createdAt          int64
	childlessAt                 int64   // until then a deleted child counts
	query, queryVersion         *string // dynamic groups only
	indexName, statusOfBuilding *string
}

func (g *group) dynamic() bool { return g.query != nil }

// findGroup reads one group of either kind; nil when there is none.
func findGroup(tx *store.Tx, name string) (*group, error) {
	g := group{name: name}
	var parent *string
	const q = "SELECT id, parent, props_json, version, created_at, query, query_version, index_name, status, coalesce(childless_at,0) FROM thing_groups WHERE name=?"
	err := tx.Row(q, []any{name}, &g.id, &parent, &g.props, &g.version, &g.createdAt,
		&g.query, &g.queryVersion, &g.indexName, &g.statusOfBuilding, &g.childlessAt)
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil
	}
	g.parent = str(parent)
	return &g, err
}

// needGroup reads one group of either kind that must exist.
func needGroup(tx *store.Tx, name string) (*group, error) {
	g, err := findGroup(tx, name)
	if g == nil && err == nil {
		err = notFound("Thing group %s does not exist", name)
	}
	return g, err
}

// static refuses a dynamic group in AWS's words.
func (h *handlers) static(g *group) error {
	if !g.dynamic() {
		return nil
	}
	return invalid("This operation does not support dynamic thing groups. Thing group arn: %s", h.groupARN(g.name))
}

func (h *handlers) groupARN(name string) string { return h.r.ARN("thinggroup/" + name) }

// groupProps is a group's description and attributes as they are stored; equal ones have equal texts.
type groupProps struct {
	Description string            `json:"description,omitempty"`
	Attributes  map[string]string `json:"attributes,omitempty"`
}

func (g *group) properties() (groupProps, error) {
	var p groupProps
	return p, decode("properties of thing group "+g.name, g.props, &p)
}

// changed applies what a caller gave; what is left out stays.
func (p groupProps) changed(in *types.ThingGroupProperties) groupProps {
	if in == nil {
		return p
	}
	if in.ThingGroupDescription != nil {
		p.Description = *in.ThingGroupDescription
	}
	p.Attributes = apply(p.Attributes, in.AttributePayload)
	return p
}

func (p groupProps) encode(name string) (string, error) {
	if len(p.Attributes) > maxGroupAttributes {
		return "", invalid("Thing group %s has %d attributes; at most %d are allowed", name, len(p.Attributes), maxGroupAttributes)
	}
	return encode(p)
}

// createGroup is idempotent like createThing. CreateThingGroup declares no ResourceNotFoundException, so an
// unknown parent and the limits of a hierarchy are an InvalidRequestException here; AWS's texts are not known.
func (h *handlers) createGroup(_ context.Context, in *iot.CreateThingGroupInput) (*iot.CreateThingGroupOutput, error) {
	name := *in.ThingGroupName
	props, err := groupProps{}.changed(in.ThingGroupProperties).encode(name)
	if err != nil {
		return nil, err
	}
	g := &group{name: name, id: newID(), parent: str(in.ParentGroupName), props: props}
	arn := h.groupARN(name)
	err = h.update(func(tx *store.Tx) error {
		old, err := findGroup(tx, name)
		if err != nil {
			return err
		}
		if old != nil {
			g.id = old.id
			return h.sameGroup(old, g)
		}
		if err := h.insertGroup(tx, g); err != nil {
			return err
		}
		return setTags(tx, arn, in.Tags)
	})
	return &iot.CreateThingGroupOutput{ThingGroupName: &name, ThingGroupArn: &arn, ThingGroupId: &g.id}, err
}

func (h *handlers) sameGroup(old, g *group) error {
	if old.props == g.props && old.parent == g.parent && old.dynamic() == g.dynamic() && str(old.query) == str(g.query) {
		return nil
	}
	return &types.ResourceAlreadyExistsException{
		Message:     text("Thing Group %s already exists in current account with different properties", g.name),
		ResourceId:  &old.id,
		ResourceArn: text("%s", h.groupARN(g.name)),
	}
}

func (h *handlers) insertGroup(tx *store.Tx, g *group) error {
	if g.parent != "" {
		if err := h.checkParent(tx, g.parent); err != nil {
			return err
		}
	}
	const q = "INSERT INTO thing_groups(name,id,parent,props_json,version,created_at) VALUES(?,?,?,?,1,?)"
	_, err := tx.Exec(q, g.name, g.id, opt(g.parent), g.props, store.Millis(h.r.Now()))
	return err
}

// checkParent answers whether a group may get one more child.
func (h *handlers) checkParent(tx *store.Tx, name string) error {
	parent, err := findGroup(tx, name)
	if err != nil {
		return err
	}
	if parent == nil {
		return invalid("Parent thing group %s does not exist; create it first", name)
	}
	if err := h.static(parent); err != nil {
		return err
	}
	above, err := ancestors(tx, parent)
	if err != nil {
		return err
	}
	if len(above)+2 > maxGroupDepth {
		return invalid("A hierarchy of thing groups can be at most %d levels deep; %s is the last", maxGroupDepth, name)
	}
	children := 0
	if err := tx.Row("SELECT count(*) FROM thing_groups WHERE parent=?", []any{name}, &children); err != nil {
		return err
	}
	if children >= maxChildGroups {
		return invalid("Thing group %s has %d child groups already, which is the limit", name, children)
	}
	return nil
}

// ancestors are the names from the root down to the parent.
func ancestors(tx *store.Tx, g *group) ([]string, error) {
	const q = `WITH RECURSIVE up(name, level) AS (
		SELECT ?, 0 UNION ALL
		SELECT g.parent, up.level+1 FROM thing_groups g JOIN up ON g.name=up.name WHERE g.parent IS NOT NULL)
		SELECT name FROM up ORDER BY level DESC`
	if g.parent == "" {
		return nil, nil
	}
	return names(tx, q, g.parent)
}

// names runs a query for one column of names.
func names(tx *store.Tx, query string, args ...any) ([]string, error) {
	list := []string{}
	err := tx.Each(query, args, func(scan func(...any) error) error {
		var n string
		if err := scan(&n); err != nil {
			return err
		}
		list = append(list, n)
		return nil
	})
	return list, err
}

func (h *handlers) describeGroup(_ context.Context, in *iot.DescribeThingGroupInput) (*iot.DescribeThingGroupOutput, error) {
	var g *group
	var above []string
	err := h.view(func(tx *store.Tx) (err error) {
		if g, err = needGroup(tx, *in.ThingGroupName); err != nil {
			return err
		}
		above, err = ancestors(tx, g)
		return err
	})
	if err != nil {
		return nil, err
	}
	p, err := g.properties()
	arn, created := h.groupARN(g.name), store.Time(g.createdAt)
	out := &iot.DescribeThingGroupOutput{
		ThingGroupName: &g.name, ThingGroupId: &g.id, ThingGroupArn: &arn, Version: g.version,
		ThingGroupProperties: &types.ThingGroupProperties{ThingGroupDescription: opt(p.Description)},
		ThingGroupMetadata: &types.ThingGroupMetadata{
			CreationDate: &created, ParentGroupName: opt(g.parent),
		},
		QueryString: g.query, QueryVersion: g.queryVersion, IndexName: g.indexName,
		Status: types.DynamicGroupStatus(str(g.statusOfBuilding)),
	}
	if len(above) > 0 { // a root has no such member
		out.ThingGroupMetadata.RootToParentThingGroups = h.namesAndARNs(above)
	}
	if len(p.Attributes) > 0 {
		out.ThingGroupProperties.AttributePayload = &types.AttributePayload{Attributes: p.Attributes}
	}
	return out, err
}

func (h *handlers) namesAndARNs(names []string) []types.GroupNameAndArn {
	list := make([]types.GroupNameAndArn, 0, len(names))
	for _, n := range names {
		arn := h.groupARN(n)
		list = append(list, types.GroupNameAndArn{GroupName: &n, GroupArn: &arn})
	}
	return list
}

// updateGroup changes the members of the properties that are given; the others stay.
func (h *handlers) updateGroup(_ context.Context, in *iot.UpdateThingGroupInput) (*iot.UpdateThingGroupOutput, error) {
	out := &iot.UpdateThingGroupOutput{}
	err := h.update(func(tx *store.Tx) error {
		g, err := needGroup(tx, *in.ThingGroupName)
		if err != nil {
			return err
		}
		if err := h.static(g); err != nil {
			return err
		}
		out.Version, err = h.updateProps(tx, g, in.ThingGroupProperties, in.ExpectedVersion)
		return err
	})
	return out, err
}

// updateProps changes a group's properties and answers its new version.
func (h *handlers) updateProps(tx *store.Tx, g *group, in *types.ThingGroupProperties, expected *int64) (int64, error) {
	if err := checkVersion("thing group", g.name, g.version, expected); err != nil {
		return 0, err
	}
	p, err := g.properties()
	if err != nil {
		return 0, err
	}
	props, err := p.changed(in).encode(g.name)
	if err != nil {
		return 0, err
	}
	_, err = tx.Exec("UPDATE thing_groups SET props_json=?, version=? WHERE name=?", props, g.version+1, g.name)
	return g.version + 1, err
}

// deleteGroup removes a static group; members do not stand in the way, and a group that does not exist is a
// success, as AWS was seen to answer.
func (h *handlers) deleteGroup(_ context.Context, in *iot.DeleteThingGroupInput) (*iot.DeleteThingGroupOutput, error) {
	return &iot.DeleteThingGroupOutput{}, h.inParts(func(tx *store.Tx) (bool, error) {
		g, err := findGroup(tx, *in.ThingGroupName)
		if err != nil || g == nil {
			return true, err
		}
		if err := h.static(g); err != nil {
			return true, err
		}
		if err := checkVersion("thing group", g.name, g.version, in.ExpectedVersion); err != nil {
			return true, err
		}
		if err := h.childless(tx, g); err != nil {
			return true, err
		}
		return h.removeGroup(tx, g)
	})
}

// inParts calls fn in one transaction after the other, so that other writers get their turn, until it is done.
func (h *handlers) inParts(fn func(*store.Tx) (bool, error)) error {
	for done := false; !done; {
		err := h.update(func(tx *store.Tx) (err error) {
			done, err = fn(tx)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// childless refuses to delete a group with children. On AWS a child counts for some moments after it was deleted.
func (h *handlers) childless(tx *store.Tx, g *group) error {
	children := 0
	if err := tx.Row("SELECT EXISTS(SELECT 1 FROM thing_groups WHERE parent=?)", []any{g.name}, &children); err != nil {
		return err
	}
	if children != 0 || g.childlessAt > store.Millis(h.r.Now()) {
		return invalid("Cannot delete thing group : %s when there are still child groups attached to it", g.name)
	}
	return nil
}

// lastsOnParent has the parent of a group that is being deleted keep it as a child for Lag.ChildGroup.
func (h *handlers) lastsOnParent(tx *store.Tx, g *group) error {
	if g.parent == "" || h.r.Lag.ChildGroup == 0 {
		return nil
	}
	_, err := tx.Exec("UPDATE thing_groups SET childless_at=? WHERE name=?", store.Millis(h.r.Now().Add(h.r.Lag.ChildGroup)), g.parent)
	return err
}

// membersPerPart is how many members of a group that is deleted leave it in one transaction.
const membersPerPart = 500

// removeGroup takes members out of a group and, once there are none, deletes it, which is when it is done.
func (h *handlers) removeGroup(tx *store.Tx, g *group) (bool, error) {
	members, err := names(tx, "SELECT thing_name FROM group_members WHERE group_name=? ORDER BY thing_name LIMIT ?", g.name, membersPerPart)
	if err != nil {
		return false, err
	}
	for _, thing := range members {
		if err := h.removeMember(tx, g, thing); err != nil {
			return false, err
		}
	}
	if len(members) == membersPerPart {
		return false, nil
	}
	for _, q := range []string{"DELETE FROM thing_groups WHERE name=?", "DELETE FROM ix_dynamic_builds WHERE group_name=?"} {
		if _, err := tx.Exec(q, g.name); err != nil {
			return false, err
		}
	}
	if err := h.lastsOnParent(tx, g); err != nil {
		return false, err
	}
	return true, tag.Clear(tx, h.groupARN(g.name))
}
