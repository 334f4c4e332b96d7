package index

import (
	"encoding/json"
	"errors"

	"fleetlab/aws/sandbox/store"
)

// partSize is how many things one transaction brings into the index while there are no dynamic groups.
const partSize = 1000

// size is how many things one transaction can hold against all dynamic groups and still be short.
func (p pass) size() (int, error) {
	groups := 0
	err := p.tx.Row("SELECT count(*) FROM thing_groups WHERE query IS NOT NULL", nil, &groups)
	return partSize * 4 / (4 + groups), err
}

// pass brings some things and groups, those in ix_batch, into the index within one transaction.
type pass struct {
	tx     *store.Tx
	config config
	hooks  Hooks
}

// changes follows a part of the changes up to a number, oldest first. If changes at or below the number remain, the next
// part finds them due again. Those of one part have the same turn.
func (p pass) changes(upTo int64) error {
	size, err := p.size()
	if err != nil {
		return err
	}
	last, turn := int64(0), int64(-1)
	const oldest = "SELECT seq, turn FROM ix_changes WHERE seq<=? ORDER BY seq LIMIT ?"
	err = p.tx.Each(oldest, []any{upTo, size}, func(scan func(...any) error) error {
		var seq, its int64
		if err := scan(&seq, &its); err != nil {
			return err
		}
		if turn < 0 {
			turn = its
		}
		if its != turn {
			return errCut
		}
		last = seq
		return nil
	})
	if err != nil && !errors.Is(err, errCut) {
		return err
	}
	if err := p.exec("INSERT OR IGNORE INTO ix_batch(kind,name) SELECT kind, name FROM ix_changes WHERE seq<=?", last); err != nil {
		return err
	}
	if err := p.exec("DELETE FROM ix_changes WHERE seq<=?", last); err != nil {
		return err
	}
	return p.apply(turn)
}

// errCut ends a part where the turn changes.
var errCut = errors.New("the next changes have another turn")

// apply brings the batch into the index and lets dynamic groups follow.
func (p pass) apply(turn int64) error {
	var things, groups bool
	const kinds = "SELECT EXISTS(SELECT 1 FROM ix_batch WHERE kind='thing'), EXISTS(SELECT 1 FROM ix_batch WHERE kind='group')"
	if err := p.tx.Row(kinds, nil, &things, &groups); err != nil {
		return err
	}
	if groups && p.config.groupsOn() {
		if err := p.groups(); err != nil {
			return err
		}
	}
	if things && p.config.thingsOn() {
		if err := p.things(); err != nil {
			return err
		}
		if err := p.dynamicGroups(turn); err != nil {
			return err
		}
	}
	return p.exec("DELETE FROM ix_batch")
}

func (p pass) exec(query string, args ...any) error {
	_, err := p.tx.Exec(query, args...)
	return err
}

func (p pass) all(queries ...string) error {
	for _, q := range queries {
		if err := p.exec(q); err != nil {
			return err
		}
	}
	return nil
}

// batch are the things at hand.
const batch = "(SELECT name FROM ix_batch WHERE kind='thing')"

// things copies the things of the batch with their groups and indexed shadows; only registered things are indexed.
func (p pass) things() error {
	err := p.all("DELETE FROM ix_things WHERE name IN "+batch+" AND name NOT IN (SELECT name FROM things)",
		`INSERT INTO ix_things(name,id,type,attributes_json,version)
			SELECT name, id, type, attributes_json, version FROM things WHERE name IN `+batch+`
			ON CONFLICT(name) DO UPDATE SET id=excluded.id, type=excluded.type, attributes_json=excluded.attributes_json,
				version=excluded.version`,
		"DELETE FROM ix_members WHERE thing_name IN "+batch,
		`INSERT OR IGNORE INTO ix_members(thing_name,group_name)
			SELECT m.thing_name, m.group_name FROM things t JOIN group_members m ON m.thing_name=t.name WHERE t.name IN `+batch+`
			UNION ALL SELECT name, billing_group FROM things WHERE billing_group IS NOT NULL AND name IN `+batch,
		"DELETE FROM ix_shadows WHERE thing_name IN "+batch)
	if err != nil {
		return err
	}
	names := p.config.shadows()
	if len(names) == 0 {
		return nil
	}
	indexed, err := json.Marshal(names)
	if err != nil {
		return err
	}
	return p.exec(`INSERT INTO ix_shadows(thing_name,name,state_json,metadata_json,version)
		SELECT s.thing_name, s.name, s.state_json, coalesce(s.metadata_json,'{}'), s.version
		FROM things t JOIN shadows s ON s.thing_name=t.name
		WHERE t.name IN `+batch+" AND s.state_json IS NOT NULL AND s.name IN (SELECT value FROM json_each(?))", string(indexed))
}

// groups copies the groups of the batch.
func (p pass) groups() error {
	const batch = "(SELECT name FROM ix_batch WHERE kind='group')"
	return p.all("DELETE FROM ix_groups WHERE name IN "+batch,
		"INSERT INTO ix_groups(name,id,parent,props_json) SELECT name, id, parent, props_json FROM thing_groups WHERE name IN "+batch)
}
