package s3

import (
	"errors"
	"io"
	"net/textproto"
	"strings"

	"github.com/johannesboyne/gofakes3"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// backend keeps what gofakes3 serves: PutObject and multipart uploads. The operations in which the library differs
// from S3 never reach it; see handler.route.
type backend struct {
	frontOnly
	realm *realm.Realm
	st    *store.Store
}

var (
	_ gofakes3.Backend          = (*backend)(nil)
	_ gofakes3.MultipartBackend = (*backend)(nil)
)

// BucketExists implements gofakes3.Backend.
func (b *backend) BucketExists(name string) (bool, error) {
	err := b.st.View(func(tx *store.Tx) error { _, err := getBucket(tx, name); return err })
	if gofakes3.HasErrorCode(err, gofakes3.ErrNoSuchBucket) {
		return false, nil
	}
	return err == nil, err
}

// PutObject implements gofakes3.Backend.
func (b *backend) PutObject(bucket, key string, meta map[string]string, input io.Reader, size int64,
	conditions *gofakes3.PutConditions) (gofakes3.PutObjectResult, error) {
	o, err := b.newObject(key, meta)
	if err != nil {
		return gofakes3.PutObjectResult{}, err
	}
	c, err := b.stage(input, size)
	if err != nil {
		return gofakes3.PutObjectResult{}, err
	}
	o.body, o.size, o.etag = c.id, c.size, c.etag
	versioned := false
	err = b.st.Update(func(tx *store.Tx) error {
		at, err := getBucket(tx, bucket)
		if err != nil {
			return err
		}
		versioned = at.versioning != ""
		if err := checkConditions(tx, bucket, key, conditions); err != nil {
			return err
		}
		if err := c.keep(tx); err != nil {
			return err
		}
		return insert(tx, at, o)
	})
	if err != nil {
		return gofakes3.PutObjectResult{}, b.discarded(c, err)
	}
	if !versioned {
		return gofakes3.PutObjectResult{}, nil
	}
	return gofakes3.PutObjectResult{VersionID: gofakes3.VersionID(o.version)}, nil
}

// checkConditions holds a write to If-Match and If-None-Match (S3 user guide, conditional writes).
func checkConditions(tx *store.Tx, bucket, key string, c *gofakes3.PutConditions) error {
	if c == nil {
		return nil
	}
	o, err := find(tx, bucket, key, "")
	if err != nil {
		return err
	}
	there := o != nil && !o.marker
	if c.IfNoneMatch != nil && *c.IfNoneMatch == "*" && there {
		return fail("PreconditionFailed", "")
	}
	if c.IfMatch == nil {
		return nil
	}
	if !there {
		return fail("NoSuchKey", "")
	}
	if strings.Trim(*c.IfMatch, `"`) != o.etag {
		return fail("PreconditionFailed", "")
	}
	return nil
}

// kept are the request headers of a PUT that come back with GET, besides x-amz-meta-*.
var kept = []string{"Content-Type", "Content-Disposition", "Content-Encoding", "Cache-Control", "Content-Language", "Expires",
	"X-Amz-Website-Redirect-Location"}

// carried are those of kept that gofakes3 does not hand to its backend; carryPrefix, put before their
// names, gets them through.
var carried = []string{"Cache-Control", "Content-Language", "Expires"}

const carryPrefix = "X-Amz-Carried-"

// maxMetadata limits user metadata, names and values together, in bytes (S3 user guide, object metadata).
const maxMetadata = 2 << 10

const metaPrefix = "X-Amz-Meta-"

// newObject makes an object of the headers that gofakes3 collected from its PUT.
func (b *backend) newObject(key string, meta map[string]string) (*object, error) {
	o := &object{key: key, header: map[string]string{"Content-Type": "binary/octet-stream"}, modified: b.realm.Now()}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	for _, h := range carried {
		if v := meta[carryPrefix+h]; v != "" {
			o.header[h] = v
		}
	}
	for _, h := range kept {
		if v := meta[h]; v != "" {
			o.header[h] = v
		}
	}
	o.setClass(meta[classHeader])
	size := 0
	for h, v := range meta {
		h = textproto.CanonicalMIMEHeaderKey(h)
		if name, ok := strings.CutPrefix(h, metaPrefix); ok {
			o.header[h] = v
			size += len(name) + len(v)
		}
	}
	if size > maxMetadata {
		return nil, fail("MetadataTooLarge", "")
	}
	var err error
	o.tags, err = parseTagHeader(meta["X-Amz-Tagging"])
	return o, err
}

// discarded removes a content that err kept from being stored, and returns err.
func (b *backend) discarded(c *content, err error) error {
	if undo := b.discard(c); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}
