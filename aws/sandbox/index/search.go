package index

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// AWS's API reference speaks of at most 100 results on a page and its quotas of 500; what is above 500 is refused.
const (
	defaultResults = 100
	maxResults     = 500
)

func (h *handlers) search(_ context.Context, in *iot.SearchIndexInput) (*iot.SearchIndexOutput, error) {
	if in.QueryVersion != nil && *in.QueryVersion != queryVersion {
		return nil, invalid("Query version %s does not exist; use %s", *in.QueryVersion, queryVersion)
	}
	name := thingsIndex
	if in.IndexName != nil {
		name = *in.IndexName
	}
	size := page.Size(in.MaxResults, defaultResults)
	if size > maxResults {
		return nil, invalid("maxResults is %d; at most %d are allowed", size, maxResults)
	}
	list := page.Of("SearchIndex", name, *in.QueryString)
	after, err := list.After(in.NextToken)
	if err != nil {
		return nil, invalid("%s", err)
	}
	query, err := parse(*in.QueryString)
	out := &iot.SearchIndexOutput{}
	if err == nil {
		err = h.read(name, func(tx *store.Tx, c config) error {
			s := searcher{tx: tx, config: c, list: list, after: after, size: size}
			if name == groupsIndex {
				return s.groups(query, out)
			}
			return s.things(query, out)
		})
	}
	return out, queryError(err)
}

// searcher reads one page of results.
type searcher struct {
	tx     *store.Tx
	config config
	list   page.List
	after  string
	size   int
}

func (s searcher) things(query node, out *iot.SearchIndexOutput) error {
	where, err := compile(thingSchema{s.config}, query)
	if err != nil {
		return err
	}
	const columns = `SELECT t.name, t.id, t.type, t.attributes_json,
		(SELECT json_group_array(m.group_name) FROM ix_members m WHERE m.thing_name=t.name) FROM ix_things t `
	args := append([]any{s.after}, where.args...)
	found := []types.ThingDocument{}
	err = s.tx.Each(columns+"WHERE t.name>? AND "+where.sql+" ORDER BY t.name LIMIT ?", append(args, s.size+1), func(scan func(...any) error) error {
		var d types.ThingDocument
		var attributes, groups string
		if err := scan(&d.ThingName, &d.ThingId, &d.ThingTypeName, &attributes, &groups); err != nil {
			return err
		}
		found = append(found, d)
		last := &found[len(found)-1]
		return errors.Join(json.Unmarshal([]byte(attributes), &last.Attributes), json.Unmarshal([]byte(groups), &last.ThingGroupNames))
	})
	if err != nil {
		return err
	}
	out.Things, out.NextToken = page.Cut(s.list, found, s.size, func(d types.ThingDocument) string { return *d.ThingName })
	for i := range out.Things {
		if err := s.fill(&out.Things[i]); err != nil {
			return fmt.Errorf("search result %s: %w", *out.Things[i].ThingName, err)
		}
	}
	return nil
}

// fill adds what does not stand in the registry. Nothing connects to the sandbox over MQTT, so no thing is connected.
func (s searcher) fill(d *types.ThingDocument) error {
	if s.config.connectivityOn() {
		connected := false
		d.Connectivity = &types.ThingConnectivity{Connected: &connected}
	}
	names := s.config.shadows()
	if len(names) == 0 {
		return nil
	}
	text, err := shadowText(s.tx, *d.ThingName, names)
	if text != "" {
		d.Shadow = &text
	}
	return err
}

// groups searches thing groups of both kinds.
func (s searcher) groups(query node, out *iot.SearchIndexOutput) error {
	where, err := compile(groupSchema{}, query)
	if err != nil {
		return err
	}
	const columns = `SELECT g.name, g.id, json_extract(g.props_json,'$.description'), coalesce(json_extract(g.props_json,'$.attributes'),'{}'),
		(SELECT json_group_array(v) FROM (` + ancestors + `)) FROM ix_groups g `
	args := append([]any{s.after}, where.args...)
	found := []types.ThingGroupDocument{}
	err = s.tx.Each(columns+"WHERE g.name>? AND "+where.sql+" ORDER BY g.name LIMIT ?", append(args, s.size+1), func(scan func(...any) error) error {
		var d types.ThingGroupDocument
		var attributes, parents string
		if err := scan(&d.ThingGroupName, &d.ThingGroupId, &d.ThingGroupDescription, &attributes, &parents); err != nil {
			return err
		}
		found = append(found, d)
		last := &found[len(found)-1]
		return errors.Join(json.Unmarshal([]byte(attributes), &last.Attributes), json.Unmarshal([]byte(parents), &last.ParentGroupNames))
	})
	out.ThingGroups, out.NextToken = page.Cut(s.list, found, s.size, func(d types.ThingGroupDocument) string { return *d.ThingGroupName })
	return err
}

// shadowDocument is a shadow inside a search result.
type shadowDocument struct {
	Desired  json.RawMessage            `json:"desired,omitempty"`
	Reported json.RawMessage            `json:"reported,omitempty"`
	Metadata json.RawMessage            `json:"metadata,omitempty"`
	HasDelta *bool                      `json:"hasDelta,omitempty"`
	Version  int64                      `json:"version,omitempty"`
	Name     map[string]*shadowDocument `json:"name,omitempty"`
}

// shadowText is the JSON text with the indexed shadows of a thing, "" when it has none of them.
func shadowText(tx *store.Tx, thing string, indexed []string) (string, error) {
	top := &shadowDocument{}
	const q = "SELECT state_json, metadata_json, version FROM ix_shadows WHERE thing_name=? AND name=?"
	for _, name := range indexed {
		var state, metadata string
		var version int64
		err := tx.Row(q, []any{thing, name}, &state, &metadata, &version)
		if errors.Is(err, store.ErrNoRow) {
			continue
		}
		if err != nil {
			return "", err
		}
		d := top
		if name != "" {
			if top.Name == nil {
				top.Name = map[string]*shadowDocument{}
			}
			d = &shadowDocument{}
			top.Name[name] = d
		}
		if err := d.set(state, metadata, version); err != nil {
			return "", err
		}
	}
	if top.Version == 0 && top.Name == nil {
		return "", nil
	}
	b, err := json.Marshal(top)
	return string(b), err
}

func (d *shadowDocument) set(state, metadata string, version int64) error {
	var s struct{ Desired, Reported, Delta json.RawMessage }
	if err := json.Unmarshal([]byte(state), &s); err != nil {
		return err
	}
	hasDelta := s.Delta != nil
	d.Desired, d.Reported, d.Metadata, d.HasDelta, d.Version = s.Desired, s.Reported, json.RawMessage(metadata), &hasDelta, version
	return nil
}
