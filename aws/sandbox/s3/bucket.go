package s3

import (
	"encoding/json"
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/store"
)

// bucket is a row of the table buckets.
type bucket struct {
	name       string
	region     string
	versioning string            // "", Enabled or Suspended
	settings   map[string]string // sub-resource name to its document, as it was put
}

// getBucket reads a bucket; NoSuchBucket when there is none.
func getBucket(tx *store.Tx, name string) (*bucket, error) {
	b := &bucket{name: name}
	var settings string
	err := tx.Row("SELECT region,versioning,settings_json FROM buckets WHERE name=?", []any{name}, &b.region, &b.versioning, &settings)
	if errors.Is(err, store.ErrNoRow) {
		return nil, fail("NoSuchBucket", "")
	}
	if err != nil {
		return nil, err
	}
	if err := json.Unmarshal([]byte(settings), &b.settings); err != nil {
		return nil, fmt.Errorf("read bucket %s: %w", name, err)
	}
	return b, nil
}

// saveSettings writes the bucket's sub-resources back.
func (b *bucket) saveSettings(tx *store.Tx) error {
	s, err := json.Marshal(b.settings)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE buckets SET settings_json=? WHERE name=?", string(s), b.name)
	return err
}

// createBucket makes a bucket. A repeat by its owner is an error in every Region but us-east-1
// (S3 API reference, CreateBucket).
func createBucket(tx *store.Tx, name, region string, now int64) error {
	n, err := tx.Exec("INSERT INTO buckets(name,region,created_at) VALUES(?,?,?) ON CONFLICT(name) DO NOTHING", name, region, now)
	if err == nil && n == 0 && region != "us-east-1" {
		return fail("BucketAlreadyOwnedByYou", "")
	}
	return err
}

// deleteBucket removes a bucket that holds neither objects nor older versions nor delete markers. Uploads
// that were never completed go with it.
func deleteBucket(tx *store.Tx, name string) error {
	if _, err := getBucket(tx, name); err != nil {
		return err
	}
	var used bool
	if err := tx.Row("SELECT EXISTS(SELECT 1 FROM objects WHERE bucket=?)", []any{name}, &used); err != nil {
		return err
	}
	if used {
		return fail("BucketNotEmpty", "")
	}
	for _, q := range []string{
		"DELETE FROM chunks WHERE body IN (SELECT body FROM upload_parts WHERE upload_id IN (SELECT id FROM uploads WHERE bucket=?))",
		"DELETE FROM upload_parts WHERE upload_id IN (SELECT id FROM uploads WHERE bucket=?)",
		"DELETE FROM uploads WHERE bucket=?",
		"DELETE FROM buckets WHERE name=?",
	} {
		if _, err := tx.Exec(q, name); err != nil {
			return err
		}
	}
	return nil
}
