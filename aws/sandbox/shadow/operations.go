package shadow

import (
	"context"

	"fleetlab/aws/sandbox/page"
	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane/types"
)

// listSize is how many names ListNamedShadowsForThing returns unless asked for another number; AWS documents
// only the maximum of 100.
const listSize = 25

// answer is the body of a reply.
type answer struct {
	State     any     `json:"state"`
	Metadata  any     `json:"metadata"`
	Version   int64   `json:"version"`
	Timestamp int64   `json:"timestamp"` // seconds
	Token     *string `json:"clientToken,omitempty"`
}

func keyOf(thing, name *string) key {
	k := key{thing: *thing}
	if name != nil {
		k.name = *name
	}
	return k
}

// missing is AWS's text for a shadow that is not there, whether or not the thing exists. How it writes the name
// of a named shadow could not be confirmed.
func missing(k key) error {
	text := "No shadow exists with name: '" + k.String() + "'"
	return &types.ResourceNotFoundException{Message: &text}
}

func (h *handlers) get(_ context.Context, in *iotdataplane.GetThingShadowInput) (*iotdataplane.GetThingShadowOutput, error) {
	k := keyOf(in.ThingName, in.ShadowName)
	var s *shadow
	err := h.r.Store.View(func(tx *store.Tx) (err error) {
		s, err = load(tx, k)
		return err
	})
	if err != nil {
		return nil, err
	}
	if s.deleted {
		return nil, missing(k)
	}
	body, err := encode(answer{State: s.withDelta(), Metadata: s.metadata, Version: s.version, Timestamp: h.r.Now().Unix()})
	return &iotdataplane.GetThingShadowOutput{Payload: []byte(body)}, err
}

// update accepts a shadow for a name that is no registered thing, as AWS does. The reply has only what was
// sent.
func (h *handlers) update(_ context.Context, in *iotdataplane.UpdateThingShadowInput) (*iotdataplane.UpdateThingShadowOutput, error) {
	k, now := keyOf(in.ThingName, in.ShadowName), h.r.Now()
	u, err := parseUpdate(in.Payload)
	if err == nil && k.name == packageShadow {
		err = checkPackages(u.state)
	}
	if err != nil {
		return nil, exception(err)
	}
	reply := answer{Timestamp: now.Unix(), Token: u.token}
	if !u.clear {
		reply.State = u.state
	}
	reply.Metadata = stamp(reply.State, now.Unix())
	err = h.r.Store.Update(func(tx *store.Tx) error {
		s, err := load(tx, k)
		if err != nil {
			return err
		}
		if err := s.change(u, now); err != nil {
			return err
		}
		reply.Version = s.version
		return s.save(tx, k, now)
	})
	if err != nil {
		return nil, exception(err)
	}
	body, err := encode(reply)
	return &iotdataplane.UpdateThingShadowOutput{Payload: []byte(body)}, err
}

// delete leaves the version behind, so that the next document with this name goes on counting.
func (h *handlers) delete(_ context.Context, in *iotdataplane.DeleteThingShadowInput) (*iotdataplane.DeleteThingShadowOutput, error) {
	k, now := keyOf(in.ThingName, in.ShadowName), h.r.Now()
	var version int64
	err := h.r.Store.Update(func(tx *store.Tx) error {
		s, err := load(tx, k)
		if err != nil {
			return err
		}
		if s.deleted {
			return missing(k)
		}
		version = s.version
		const q = "UPDATE shadows SET state_json=NULL, metadata_json=NULL, updated_at=? WHERE thing_name=? AND name=?"
		_, err = tx.Exec(q, store.Millis(now), k.thing, k.name)
		return err
	})
	if err != nil {
		return nil, err
	}
	body, err := encode(map[string]int64{"version": version, "timestamp": now.Unix()})
	return &iotdataplane.DeleteThingShadowOutput{Payload: []byte(body)}, err
}

// list names a thing's shadows without the classic one; a thing that does not exist has none.
func (h *handlers) list(_ context.Context, in *iotdataplane.ListNamedShadowsForThingInput) (*iotdataplane.ListNamedShadowsForThingOutput, error) {
	list := page.Of("ListNamedShadowsForThing", *in.ThingName)
	from, err := list.After(in.NextToken)
	if err != nil {
		text := err.Error()
		return nil, &types.InvalidRequestException{Message: &text}
	}
	size := page.Size(in.PageSize, listSize)
	out := &iotdataplane.ListNamedShadowsForThingOutput{Results: []string{}, Timestamp: h.r.Now().Unix()}
	err = h.r.Store.View(func(tx *store.Tx) error {
		// Names greater than "" leave out the classic shadow.
		const q = "SELECT name FROM shadows WHERE thing_name=? AND name>? AND state_json IS NOT NULL ORDER BY name LIMIT ?"
		return tx.Each(q, []any{*in.ThingName, from, size + 1}, func(scan func(...any) error) error {
			var name string
			err := scan(&name)
			out.Results = append(out.Results, name)
			return err
		})
	})
	out.Results, out.NextToken = page.Cut(list, out.Results, size, func(s string) string { return s })
	return out, err
}
