// Package shadow is the sandbox's Device Shadow service: classic and named shadows with their metadata, delta
// and versions, as the AWS IoT developer guide describes them.
package shadow

import (
	"errors"
	"time"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"

	"github.com/aws/aws-sdk-go-v2/service/iotdataplane/types"
)

type handlers struct{ r *realm.Realm }

// Register adds the shadow operations to a server.
func Register(s *wire.Server, r *realm.Realm) {
	h := &handlers{r: r}
	const service = "iot-data"
	wire.Handle(s, service, "GetThingShadow", h.get)
	wire.Handle(s, service, "UpdateThingShadow", h.update)
	wire.Handle(s, service, "DeleteThingShadow", h.delete)
	wire.Handle(s, service, "ListNamedShadowsForThing", h.list)
}

// key names a shadow; the classic one has the name "".
type key struct{ thing, name string }

// String is the key as error messages show it.
func (k key) String() string {
	if k.name == "" {
		return k.thing
	}
	return k.thing + "~" + k.name
}

// shadow is a shadow as it is stored. It may be deleted, in which case only its version is left.
type shadow struct {
	deleted  bool
	state    Sections
	metadata Sections
	version  int64
}

// load reads a shadow. One that never was counts as deleted at version 0.
func load(tx *store.Tx, k key) (*shadow, error) {
	s := &shadow{}
	var state, metadata *string
	const q = "SELECT state_json, metadata_json, version FROM shadows WHERE thing_name=? AND name=?"
	err := tx.Row(q, []any{k.thing, k.name}, &state, &metadata, &s.version)
	if errors.Is(err, store.ErrNoRow) {
		s.deleted = true
		return s, nil
	}
	if err != nil {
		return nil, err
	}
	if state == nil {
		s.deleted = true
		return s, nil
	}
	if err := decode("shadow "+k.String(), *state, &s.state); err != nil {
		return nil, err
	}
	return s, decode("metadata of shadow "+k.String(), *metadata, &s.metadata)
}

// save writes a shadow. The delta is stored with the state, so that the fleet index can search it.
func (s *shadow) save(tx *store.Tx, k key, now time.Time) error {
	state, err := encode(s.state)
	if err != nil {
		return err
	}
	if len(state) > maxDocumentBytes {
		return errTooLarge
	}
	if state, err = encode(s.withDelta()); err != nil {
		return err
	}
	metadata, err := encode(s.metadata)
	if err != nil {
		return err
	}
	const q = `INSERT INTO shadows(thing_name,name,state_json,metadata_json,version,updated_at) VALUES(?,?,?,?,?,?)
		ON CONFLICT(thing_name,name) DO UPDATE SET state_json=excluded.state_json, metadata_json=excluded.metadata_json,
		version=excluded.version, updated_at=excluded.updated_at`
	_, err = tx.Exec(q, k.thing, k.name, state, metadata, s.version, store.Millis(now))
	return err
}

// document is a state as it is stored and shown: with the delta, when there is one.
type document struct {
	Sections
	Delta map[string]any `json:"delta,omitempty"`
}

func (s *shadow) withDelta() document {
	return document{Sections: s.state, Delta: Delta(s.state.Desired, s.state.Reported)}
}

// change applies an update: version up by one, state merged, metadata of what was touched renewed.
func (s *shadow) change(u *update, now time.Time) error {
	if u.version != nil && *u.version != s.version {
		return errVersionConflict
	}
	s.version++
	s.deleted = false
	if u.clear {
		s.state, s.metadata = Sections{}, Sections{}
		return nil
	}
	at := now.Unix()
	s.state.Desired, s.metadata.Desired = changeSection(s.state.Desired, s.metadata.Desired, u.state, desired, at)
	s.state.Reported, s.metadata.Reported = changeSection(s.state.Reported, s.metadata.Reported, u.state, reported, at)
	return nil
}

// changeSection is one section and its metadata after an update; an emptied section is nil.
func changeSection(old, meta, state object, name string, at int64) (object, object) {
	v, given := state[name]
	if !given {
		return old, meta
	}
	patch, _ := v.(object)
	if patch == nil {
		return nil, nil
	}
	next := Merge(old, patch)
	if len(next) == 0 {
		return nil, nil
	}
	return next, restamp(meta, patch, next, at)
}

// exception is a refusal as the SDK's error type.
func exception(err error) error {
	var p problem
	if !errors.As(err, &p) {
		return err
	}
	text := string(p)
	switch p {
	case errTooLarge:
		return &types.RequestEntityTooLargeException{Message: &text}
	case errEncoding:
		return &types.UnsupportedDocumentEncodingException{Message: &text}
	case errVersionConflict:
		return &types.ConflictException{Message: &text}
	default:
		return &types.InvalidRequestException{Message: &text}
	}
}
