// Package index is the sandbox's fleet index: its configuration, and searches in AWS's query language over things and
// thing groups. A query is parsed and turned into one SQL statement over the state itself, so the index is never
// behind what it indexes; on AWS it is, by seconds.
package index

import (
	"context"
	"fmt"
	"slices"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// The two indices (AWS IoT developer guide, fleet indexing).
const (
	thingsIndex = "AWS_Things"
	groupsIndex = "AWS_ThingGroups"
)

// queryVersion is the only version of the query language.
const queryVersion = "2017-09-30"

type handlers struct{ r *realm.Realm }

// Register adds the fleet index's operations to a server.
func Register(s *wire.Server, r *realm.Realm) {
	h := &handlers{r: r}
	const service = "iot"
	wire.Handle(s, service, "UpdateIndexingConfiguration", h.updateConfig)
	wire.Handle(s, service, "GetIndexingConfiguration", h.getConfig)
	wire.Handle(s, service, "DescribeIndex", h.describe)
	wire.Handle(s, service, "ListIndices", h.list)
	wire.Handle(s, service, "SearchIndex", h.search)
}

func invalid(format string, args ...any) error {
	return &types.InvalidRequestException{Message: text(format, args...)}
}

func text(format string, args ...any) *string {
	s := fmt.Sprintf(format, args...)
	return &s
}

// names of the indices that exist with this configuration, in order.
func (c config) indices() []string {
	list := []string{}
	if c.groupsOn() {
		list = append(list, groupsIndex)
	}
	if c.thingsOn() {
		list = append(list, thingsIndex)
	}
	return list
}

// need is nil for an index that exists. For the others, searching answers as describing does; that could not be
// confirmed.
func (c config) need(name string) error {
	if slices.Contains(c.indices(), name) {
		return nil
	}
	if name == thingsIndex || name == groupsIndex {
		return &types.ResourceNotFoundException{Message: text("Index %s does not exist. Switch it on with UpdateIndexingConfiguration", name)}
	}
	return &types.ResourceNotFoundException{Message: text("Index %s does not exist", name)}
}

// schema is the name that DescribeIndex has for what is indexed.
func (c config) schema() string {
	t := c.things
	if t.DeviceDefenderIndexingMode == types.DeviceDefenderIndexingModeViolations || t.NamedShadowIndexingMode == types.NamedShadowIndexingModeOn {
		return "MULTI_INDEXING_MODE"
	}
	name := string(t.ThingIndexingMode)
	if c.connectivityOn() {
		name += "_AND_CONNECTIVITY_STATUS"
	}
	return name
}

func (h *handlers) readConfig() (config, error) {
	var c config
	err := h.r.Store.View(func(tx *store.Tx) (err error) {
		c, err = readConfig(tx)
		return err
	})
	return c, err
}

// describe finds each index that exists active.
func (h *handlers) describe(_ context.Context, in *iot.DescribeIndexInput) (*iot.DescribeIndexOutput, error) {
	c, err := h.readConfig()
	if err == nil {
		err = c.need(*in.IndexName)
	}
	schema := "THING_GROUPS"
	if *in.IndexName == thingsIndex {
		schema = c.schema()
	}
	return &iot.DescribeIndexOutput{IndexName: in.IndexName, IndexStatus: types.IndexStatusActive, Schema: &schema}, err
}

func (h *handlers) list(_ context.Context, in *iot.ListIndicesInput) (*iot.ListIndicesOutput, error) {
	list := page.Of("ListIndices")
	from, err := list.After(in.NextToken)
	if err != nil {
		return nil, invalid("%s", err)
	}
	c, err := h.readConfig()
	rest := slices.DeleteFunc(c.indices(), func(n string) bool { return n <= from })
	out := &iot.ListIndicesOutput{}
	out.IndexNames, out.NextToken = page.Cut(list, rest, page.Size(in.MaxResults, len(rest)), func(n string) string { return n })
	return out, err
}
