package iot

import (
	"context"

	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS General Reference, dynamic group quotas.
const maxDynamicGroups = 100

// What a dynamic group has when nothing else is asked for, and nothing else is allowed (AWS IoT API reference,
// CreateDynamicThingGroup).
const (
	dynamicIndex = "AWS_Things"
	queryVersion = "2017-09-30"
)

func (h *handlers) registerDynamicGroups(s *wire.Server) {
	const texts wire.Difference = "The texts that refuse a query's index or version, a static group, or an index that is not active are assumed."
	wire.Handle(s, service, "CreateDynamicThingGroup", h.createDynamic, texts,
		"Creating the same group with the same properties again succeeds, as it does for static groups; AWS does not document it.")
	wire.Handle(s, service, "UpdateDynamicThingGroup", h.updateDynamic, texts)
	wire.Handle(s, service, "DeleteDynamicThingGroup", h.deleteDynamic, texts)
}

// needDynamic refuses a static group. AWS's text is known for the other kind only.
func (h *handlers) needDynamic(g *group) error {
	if g.dynamic() {
		return nil
	}
	return invalid("This operation does not support static thing groups. Thing group arn: %s", h.groupARN(g.name))
}

// search is what a dynamic group looks for, and where.
type search struct{ query, version, index *string }

// check completes what is left out and refuses what does not exist.
func (s search) check() (search, error) {
	if s.index == nil {
		s.index = text(dynamicIndex)
	}
	if s.version == nil {
		s.version = text(queryVersion)
	}
	if *s.index != dynamicIndex {
		return s, invalid("Index %s cannot be used for dynamic thing groups; use %s", *s.index, dynamicIndex)
	}
	if *s.version != queryVersion {
		return s, invalid("Query version %s does not exist; use %s", *s.version, queryVersion)
	}
	return s, nil
}

// createDynamic is idempotent like createGroup. The index has to be complete; the members follow.
func (h *handlers) createDynamic(_ context.Context, in *iot.CreateDynamicThingGroupInput) (*iot.CreateDynamicThingGroupOutput, error) {
	name := *in.ThingGroupName
	props, err := groupProps{}.changed(in.ThingGroupProperties).encode(name)
	if err != nil {
		return nil, err
	}
	s, err := search{in.QueryString, in.QueryVersion, in.IndexName}.check()
	if err != nil {
		return nil, err
	}
	g := &group{name: name, id: newID(), props: props, query: s.query, queryVersion: s.version, indexName: s.index}
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
		if err := h.checkQuery(tx, *s.query); err != nil {
			return err
		}
		if err := h.insertDynamic(tx, g); err != nil {
			return err
		}
		return setTags(tx, arn, in.Tags)
	})
	return &iot.CreateDynamicThingGroupOutput{ThingGroupName: &name, ThingGroupArn: &arn, ThingGroupId: &g.id,
		IndexName: s.index, QueryString: s.query, QueryVersion: s.version}, err
}

func (h *handlers) checkQuery(tx *store.Tx, query string) error {
	if h.hooks.DynamicQuery == nil {
		return nil
	}
	return h.hooks.DynamicQuery(tx, query)
}

func (h *handlers) insertDynamic(tx *store.Tx, g *group) error {
	count := 0
	if err := tx.Row("SELECT count(*) FROM thing_groups WHERE query IS NOT NULL", nil, &count); err != nil {
		return err
	}
	if count >= maxDynamicGroups {
		return &types.LimitExceededException{Message: text("The account has %d dynamic thing groups already, which is the limit", count)}
	}
	const q = `INSERT INTO thing_groups(name,id,props_json,version,created_at,query,query_version,index_name)
		VALUES(?,?,?,1,?,?,?,?)`
	if _, err := tx.Exec(q, g.name, g.id, g.props, store.Millis(h.r.Now()), *g.query, *g.queryVersion, *g.indexName); err != nil {
		return err
	}
	return h.fill(tx, g.name, types.DynamicGroupStatusBuilding)
}

// fill has the index hold the whole fleet against the group's query. The group has the status until that is done; with
// no lag nobody sees it.
func (h *handlers) fill(tx *store.Tx, name string, status types.DynamicGroupStatus) error {
	if h.r.Lag.Index == 0 {
		status = types.DynamicGroupStatusActive
	}
	if _, err := tx.Exec("UPDATE thing_groups SET status=? WHERE name=?", string(status), name); err != nil {
		return err
	}
	const q = `INSERT INTO ix_dynamic_builds(group_name,due_at) VALUES(?,?)
		ON CONFLICT(group_name) DO UPDATE SET due_at=excluded.due_at, cursor=''`
	_, err := tx.Exec(q, name, store.Millis(h.r.Now().Add(h.r.Lag.IndexBuild)))
	return err
}

// updateDynamic changes what is given; the rest stays. Only another query has the group filled anew.
func (h *handlers) updateDynamic(_ context.Context, in *iot.UpdateDynamicThingGroupInput) (*iot.UpdateDynamicThingGroupOutput, error) {
	if _, err := (search{in.QueryString, in.QueryVersion, in.IndexName}).check(); err != nil {
		return nil, err
	}
	out := &iot.UpdateDynamicThingGroupOutput{}
	err := h.update(func(tx *store.Tx) error {
		g, err := needGroup(tx, *in.ThingGroupName)
		if err != nil {
			return err
		}
		if err := h.needDynamic(g); err != nil {
			return err
		}
		if out.Version, err = h.updateProps(tx, g, in.ThingGroupProperties, in.ExpectedVersion); err != nil {
			return err
		}
		if in.QueryString == nil || *in.QueryString == *g.query {
			return nil
		}
		return h.changeQuery(tx, g, *in.QueryString)
	})
	return out, err
}

func (h *handlers) changeQuery(tx *store.Tx, g *group, query string) error {
	if err := h.checkQuery(tx, query); err != nil {
		return err
	}
	if _, err := tx.Exec("UPDATE thing_groups SET query=? WHERE name=?", query, g.name); err != nil {
		return err
	}
	status := types.DynamicGroupStatusRebuilding
	if str(g.statusOfBuilding) == string(types.DynamicGroupStatusBuilding) {
		status = types.DynamicGroupStatusBuilding
	}
	return h.fill(tx, g.name, status)
}

// deleteDynamic is a success for a group that does not exist: DeleteDynamicThingGroup declares no
// ResourceNotFoundException.
func (h *handlers) deleteDynamic(_ context.Context, in *iot.DeleteDynamicThingGroupInput) (*iot.DeleteDynamicThingGroupOutput, error) {
	return &iot.DeleteDynamicThingGroupOutput{}, h.inParts(func(tx *store.Tx) (bool, error) {
		g, err := findGroup(tx, *in.ThingGroupName)
		if err != nil || g == nil {
			return true, err
		}
		if err := h.needDynamic(g); err != nil {
			return true, err
		}
		if err := checkVersion("thing group", g.name, g.version, in.ExpectedVersion); err != nil {
			return true, err
		}
		// Between the parts nobody may be taken in again; an empty query finds nothing.
		if _, err := tx.Exec("UPDATE thing_groups SET query='' WHERE name=?", g.name); err != nil {
			return false, err
		}
		return h.removeGroup(tx, g)
	})
}
