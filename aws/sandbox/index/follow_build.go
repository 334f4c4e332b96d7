package index

import (
	"errors"
	"fmt"
	"time"

	"fleetlab/aws/sandbox/store"

	"github.com/aws/aws-sdk-go-v2/service/iot/types"
)

// status is an index's; "" for one that is off.
func status(tx *store.Tx, name string) (types.IndexStatus, error) {
	var s string
	err := tx.Row("SELECT status FROM ix_status WHERE name=?", []any{name}, &s)
	if errors.Is(err, store.ErrNoRow) {
		err = nil
	}
	return types.IndexStatus(s), err
}

// ready refuses to search an index that is built for the first time. One that is built again can be searched.
func ready(tx *store.Tx, name string) error {
	s, err := status(tx, name)
	if err == nil && s != types.IndexStatusActive && s != types.IndexStatusRebuilding {
		err = &types.IndexNotReadyException{Message: text("Index %s is not ready: it is being built. Try again once DescribeIndex answers ACTIVE", name)}
	}
	return err
}

// beginBuild has an index filled from the registry from a time on; until then and until it is full it is BUILDING, or
// REBUILDING when there was one before.
func beginBuild(tx *store.Tx, name string, dueAt time.Time) error {
	_, err := tx.Exec(`INSERT INTO ix_status(name,status,due_at) VALUES(?,'BUILDING',?) ON CONFLICT(name) DO UPDATE
		SET status=iif(status='BUILDING','BUILDING','REBUILDING'), due_at=excluded.due_at, cursor=''`, name, store.Millis(dueAt))
	return err
}

// source and target tables of the indices, with the kind that their entries have in a batch.
var indexed = map[string]struct {
	kind, from string
	into       []string
}{
	thingsIndex: {"thing", "things", []string{"ix_things", "ix_members", "ix_shadows"}},
	groupsIndex: {"group", "thing_groups", []string{"ix_groups"}},
}

// drop forgets an index that was switched off.
func drop(tx *store.Tx, name string) error {
	for _, table := range indexed[name].into {
		if _, err := tx.Exec("DELETE FROM " + table); err != nil {
			return err
		}
	}
	if _, err := tx.Exec("DELETE FROM ix_changes WHERE kind=?", indexed[name].kind); err != nil {
		return err
	}
	_, err := tx.Exec("DELETE FROM ix_status WHERE name=?", name)
	return err
}

// build reads a part of the registry into an index.
func (p pass) build(name string) error {
	var cursor string
	err := p.tx.Row("SELECT cursor FROM ix_status WHERE name=? AND status<>'ACTIVE'", []any{name}, &cursor)
	if errors.Is(err, store.ErrNoRow) {
		return nil // switched off meanwhile
	}
	if err != nil {
		return err
	}
	source := indexed[name]
	end, err := p.stage(source.kind, source.from, cursor)
	if err != nil {
		return fmt.Errorf("build index %s after %q: %w", name, cursor, err)
	}
	if end == "" {
		return p.exec("UPDATE ix_status SET status='ACTIVE', cursor='' WHERE name=?", name)
	}
	if err := p.apply(0); err != nil {
		return err
	}
	return p.exec("UPDATE ix_status SET cursor=? WHERE name=?", end, name)
}

// stage puts the names that follow after a cursor in a table into the batch, and answers the last; "" when there are none.
func (p pass) stage(kind, table, cursor string) (string, error) {
	size, err := p.size()
	if err != nil {
		return "", err
	}
	q := "INSERT INTO ix_batch(kind,name) SELECT ?, name FROM " + table + " WHERE name>? ORDER BY name LIMIT ?"
	if err := p.exec(q, kind, cursor, size); err != nil {
		return "", err
	}
	end := ""
	return end, p.tx.Row("SELECT coalesce(max(name),'') FROM ix_batch WHERE kind=?", []any{kind}, &end)
}
