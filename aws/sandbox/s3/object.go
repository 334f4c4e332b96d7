package s3

import (
	"crypto/rand"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"fleetlab/aws/sandbox/store"
)

// nullVersion is the version id of objects that were put while their bucket was not versioned.
const nullVersion = "null"

// object is one version of an object, or a delete marker.
type object struct {
	seq      int64
	key      string
	version  string
	marker   bool
	body     int64
	size     int64
	etag     string            // without quotes
	header   map[string]string // response headers kept with the object, by canonical name
	tags     []tag
	modified time.Time
}

const classHeader = "X-Amz-Storage-Class"

// setClass sets the storage class, of which S3 says nothing when it is the usual one.
func (o *object) setClass(class string) {
	delete(o.header, classHeader)
	if class != "" && class != "STANDARD" {
		o.header[classHeader] = class
	}
}

const objectColumns = "seq,key,version,delete_marker,body,size,etag,metadata_json,tags_json,modified_at"

func scanObject(scan func(...any) error) (*object, error) {
	var o object
	var header, tags string
	var modified int64
	err := scan(&o.seq, &o.key, &o.version, &o.marker, &o.body, &o.size, &o.etag, &header, &tags, &modified)
	if err != nil {
		return nil, err
	}
	o.modified = store.Time(modified)
	if err := errors.Join(json.Unmarshal([]byte(header), &o.header), json.Unmarshal([]byte(tags), &o.tags)); err != nil {
		return nil, fmt.Errorf("read object %s: %w", o.key, err)
	}
	return &o, nil
}

// find returns a version of an object, or its newest when version is empty; nil when there is none.
func find(tx *store.Tx, bucket, key, version string) (*object, error) {
	query, args := "SELECT "+objectColumns+" FROM objects WHERE bucket=? AND key=? ORDER BY seq DESC LIMIT 1", []any{bucket, key}
	if version != "" {
		query, args = "SELECT "+objectColumns+" FROM objects WHERE bucket=? AND key=? AND version=?", append(args, version)
	}
	o, err := scanObject(func(dest ...any) error { return tx.Row(query, args, dest...) })
	if errors.Is(err, store.ErrNoRow) {
		return nil, nil
	}
	return o, err
}

// insert adds o as the newest version of its key. In a bucket without versioning, or with versioning
// suspended, it takes the place of the version "null".
func (b *backend) insert(tx *store.Tx, bucket *bucket, o *object) error {
	if err := tx.Row("SELECT coalesce(max(seq),0)+1 FROM objects", nil, &o.seq); err != nil {
		return err
	}
	o.version = newVersion(o.seq)
	if bucket.versioning != "Enabled" {
		o.version = nullVersion
		if _, err := b.remove(tx, bucket.name, o.key, nullVersion); err != nil {
			return err
		}
	}
	header, err := json.Marshal(o.header)
	if err != nil {
		return err
	}
	tags, err := json.Marshal(o.tags)
	if err != nil {
		return err
	}
	_, err = tx.Exec("INSERT INTO objects("+objectColumns+",bucket) VALUES(?,?,?,?,?,?,?,?,?,?,?)", o.seq, o.key, o.version,
		o.marker, o.body, o.size, o.etag, string(header), string(tags), store.Millis(o.modified), bucket.name)
	return err
}

// remove deletes one version for good and returns it; nil when there was none. Call it within backend.replace.
func (b *backend) remove(tx *store.Tx, bucket, key, version string) (*object, error) {
	o, err := find(tx, bucket, key, version)
	if o == nil || err != nil {
		return nil, err
	}
	if _, err := tx.Exec("DELETE FROM objects WHERE seq=?", o.seq); err != nil {
		return nil, err
	}
	if b.readers.spare(o.body) {
		return o, nil
	}
	return o, dropBody(tx, o.body)
}

// deletion is what deleting did: a version removed, or a delete marker put.
type deletion struct {
	version string // of what was removed or, when put is set, of the marker; "" without versioning
	marker  bool   // a delete marker was removed or put
	put     bool
}

// erase deletes an object the way DELETE does: by version for good, otherwise as the bucket's versioning
// says (S3 user guide, working with delete markers).
func (b *backend) erase(tx *store.Tx, at *bucket, key, version string, now time.Time) (deletion, error) {
	if version != "" {
		o, err := b.remove(tx, at.name, key, version)
		return deletion{version: version, marker: o != nil && o.marker}, err
	}
	if at.versioning == "" {
		_, err := b.remove(tx, at.name, key, nullVersion)
		return deletion{}, err
	}
	o := &object{key: key, marker: true, modified: now}
	err := b.insert(tx, at, o)
	return deletion{version: o.version, marker: true, put: true}, err
}

// newVersion makes an id that nobody can guess and that still says where the version stood, so that a
// listing can go on behind a version that was deleted meanwhile.
func newVersion(seq int64) string {
	var b [24]byte
	_, _ = rand.Read(b[:16]) // never fails (crypto/rand)
	binary.BigEndian.PutUint64(b[16:], uint64(seq))
	return base64.RawURLEncoding.EncodeToString(b[:])
}

// versionSeq is the inverse of newVersion; false for "null" and for ids that newVersion never made.
func versionSeq(version string) (int64, bool) {
	b, err := base64.RawURLEncoding.DecodeString(version)
	if err != nil || len(b) != 24 {
		return 0, false
	}
	seq := int64(binary.BigEndian.Uint64(b[16:]))
	return seq, seq > 0
}
