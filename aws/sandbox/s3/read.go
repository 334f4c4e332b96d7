package s3

import (
	"errors"
	"fmt"

	"fleetlab/aws/sandbox/store"
)

// What Read fails with.
var (
	ErrNoObject = errors.New("there is no such object")
	ErrTooLong  = errors.New("the object is too long")
)

// Read reads a whole object of at most limit bytes for another service area. An empty version means the newest. It fails
// with ErrNoObject for an object, a version or a bucket that is not there, and with ErrTooLong.
func Read(tx *store.Tx, bucket, key, version string, limit int64) ([]byte, error) {
	o, err := find(tx, bucket, key, version)
	switch {
	case err != nil:
		return nil, err
	case o == nil || o.marker:
		return nil, fmt.Errorf("read %s/%s: %w", bucket, key, ErrNoObject)
	case o.size > limit:
		return nil, fmt.Errorf("read %s/%s of %d bytes: %w", bucket, key, o.size, ErrTooLong)
	}
	body := make([]byte, 0, o.size)
	r := &bodyReader{body: o.body, size: o.size}
	for r.pos < r.size {
		if err := r.readPiece(tx); err != nil {
			return nil, fmt.Errorf("read %s/%s: %w", bucket, key, err)
		}
		body = append(body, r.piece[r.pos-r.start:]...)
		r.pos = r.start + int64(len(r.piece))
	}
	return body, nil
}
