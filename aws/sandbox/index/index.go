// Package index is the sandbox's fleet index: its configuration, searches in AWS's query language over things and thing
// groups, and the members of dynamic groups. The index is a copy of what it indexes, the ix_ tables, that follows some
// moments later; a query is parsed and turned into one SQL statement over the copy.
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

type handlers struct {
	r *realm.Realm
	f *Follower
}

// Differences from AWS.
const (
	notConfirmed wire.Difference = "The text and kind of the refusal while the index is off are assumed; AWS's are not known."
	unconnected  wire.Difference = "Nothing connects to the sandbox over MQTT: each thing is disconnected, and since when is left out."
	oneBuild     wire.Difference = "An index is built as a whole within seconds, whatever part of the configuration changed."
)

// Register adds the fleet index's operations to a server. The follower that comes back has to be ticked, and in front of
// the server when the realm has no lag.
func Register(s *wire.Server, r *realm.Realm, hooks Hooks) *Follower {
	h := &handlers{r: r, f: newFollower(r, hooks)}
	const service = "iot"
	wire.Handle(s, service, "UpdateIndexingConfiguration", h.updateConfig, oneBuild, "The texts of refusals are assumed.")
	wire.Handle(s, service, "GetIndexingConfiguration", h.getConfig)
	wire.Handle(s, service, "DescribeIndex", h.describe)
	wire.Handle(s, service, "ListIndices", h.list)
	wire.Handle(s, service, "SearchIndex", h.search, append(queryDifferences, unconnected, notConfirmed)...)
	h.registerAggregations(s)
	return h.f
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

// read runs fn on an index that is on and can be searched, up to date when there is no lag.
func (h *handlers) read(name string, fn func(*store.Tx, config) error) error {
	if err := h.f.catchUp(); err != nil {
		return err
	}
	return h.r.Store.View(func(tx *store.Tx) error {
		c, err := readConfig(tx)
		if err != nil {
			return err
		}
		if err := c.need(name); err != nil {
			return err
		}
		if err := ready(tx, name); err != nil {
			return err
		}
		return fn(tx, c)
	})
}

func (h *handlers) readConfig() (config, error) {
	var c config
	err := h.r.Store.View(func(tx *store.Tx) (err error) {
		c, err = readConfig(tx)
		return err
	})
	return c, err
}

func (h *handlers) describe(_ context.Context, in *iot.DescribeIndexInput) (*iot.DescribeIndexOutput, error) {
	if err := h.f.catchUp(); err != nil {
		return nil, err
	}
	out := &iot.DescribeIndexOutput{IndexName: in.IndexName, Schema: text("THING_GROUPS")}
	return out, h.r.Store.View(func(tx *store.Tx) error {
		c, err := readConfig(tx)
		if err != nil {
			return err
		}
		if err := c.need(*in.IndexName); err != nil {
			return err
		}
		if *in.IndexName == thingsIndex {
			out.Schema = text("%s", c.schema())
		}
		if out.IndexStatus, err = status(tx, *in.IndexName); out.IndexStatus == "" {
			out.IndexStatus = types.IndexStatusBuilding // about to begin
		}
		return err
	})
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
