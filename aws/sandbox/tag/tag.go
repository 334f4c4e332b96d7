// Package tag keeps the tags of all IoT resources, by the resource's ARN. It does not know whether the
// resource exists; the operations that tag do.
package tag

import (
	"errors"
	"fmt"
	"strings"

	"fleetlab/aws/sandbox/store"
)

// Limit is how many tags a resource can have (AWS General Reference, tag restrictions).
const Limit = 50

// What Set refuses. The service decides which of its exceptions that becomes.
var (
	ErrTooMany  = errors.New("a resource can have at most 50 tags")
	ErrReserved = errors.New("tag keys must not start with aws:, which is reserved")
)

// Tag is one key with its value.
type Tag struct{ Key, Value string }

// Set adds tags to a resource; a key that it has already gets the new value.
func Set(tx *store.Tx, arn string, tags []Tag) error {
	for _, t := range tags {
		if strings.HasPrefix(strings.ToLower(t.Key), "aws:") {
			return fmt.Errorf("tag %s: %w", t.Key, ErrReserved)
		}
		const q = "INSERT INTO tags(arn,key,value) VALUES(?,?,?) ON CONFLICT(arn,key) DO UPDATE SET value=excluded.value"
		if _, err := tx.Exec(q, arn, t.Key, t.Value); err != nil {
			return err
		}
	}
	n := 0
	if err := tx.Row("SELECT count(*) FROM tags WHERE arn=?", []any{arn}, &n); err != nil {
		return err
	}
	if n > Limit {
		return fmt.Errorf("%s would have %d tags: %w", arn, n, ErrTooMany)
	}
	return nil
}

// Remove takes tags off a resource; keys that it does not have are ignored.
func Remove(tx *store.Tx, arn string, keys []string) error {
	for _, k := range keys {
		if _, err := tx.Exec("DELETE FROM tags WHERE arn=? AND key=?", arn, k); err != nil {
			return err
		}
	}
	return nil
}

// Clear removes all tags of a resource, as its deletion does.
func Clear(tx *store.Tx, arn string) error {
	_, err := tx.Exec("DELETE FROM tags WHERE arn=?", arn)
	return err
}

// After is up to limit tags of a resource in the order of their keys, from the first behind a key on; "" is before all keys.
func After(tx *store.Tx, arn, key string, limit int) ([]Tag, error) {
	var tags []Tag
	const q = "SELECT key, value FROM tags WHERE arn=? AND key>? ORDER BY key LIMIT ?"
	err := tx.Each(q, []any{arn, key, limit}, func(scan func(...any) error) error {
		var t Tag
		if err := scan(&t.Key, &t.Value); err != nil {
			return err
		}
		tags = append(tags, t)
		return nil
	})
	return tags, err
}
