package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"net/http"
	"slices"
	"strings"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// backend is what all operations work on.
type backend struct {
	realm   *realm.Realm
	st      *store.Store
	readers *readers
}

// putObject answers PutObject.
func (h *handler) putObject(w http.ResponseWriter, q *request) error {
	o, err := h.newObject(q.key, objectHeaders(q.Header))
	if err != nil {
		return err
	}
	conditions, err := parseConditions(q.Header)
	if err != nil {
		return err
	}
	c, found, err := h.receive(q)
	if err != nil {
		return err
	}
	found.put(o.header, fullObject)
	o.body, o.size, o.etag = c.id, c.size, c.etag
	err = h.replace(func(tx *store.Tx) error {
		at, err := getBucket(tx, q.bucket)
		if err != nil {
			return err
		}
		if err := conditions.check(tx, q.bucket, q.key); err != nil {
			return err
		}
		if err := c.keep(tx); err != nil {
			return err
		}
		defer func() { setVersion(w, at, o) }()
		return h.insert(tx, at, o)
	})
	if err != nil {
		return h.discarded(c, err)
	}
	setEncrypted(w)
	answerSums(w, o.header)
	w.Header().Set("ETag", `"`+o.etag+`"`)
	w.WriteHeader(http.StatusOK)
	return nil
}

// receive stores the body of a request as a content and says which checksums it has: those that were promised and those of
// record, or S3's own when there is neither.
func (h *handler) receive(q *request, record ...string) (*content, sums, error) {
	v, err := prepareBody(q, record...)
	if err != nil {
		return nil, nil, err
	}
	if len(v.hashes) == 0 {
		v.hashes[defaultChecksum], v.extra = checksums[defaultChecksum](), []string{defaultChecksum}
	}
	if q.ContentLength < 0 {
		return nil, nil, fail("MissingContentLength", "")
	}
	digest, err := contentMD5(q.Header)
	if err != nil {
		return nil, nil, err
	}
	c, err := h.stage(q.Body, q.ContentLength)
	if err != nil {
		return nil, nil, err
	}
	if digest != "" && digest != c.etag {
		return nil, nil, h.discarded(c, fail("BadDigest", "The Content-MD5 you specified did not match what we received."))
	}
	return c, v.results(), nil
}

// contentMD5 is the header in hex; "" when there is none.
func contentMD5(header http.Header) (string, error) {
	values, ok := header["Content-Md5"]
	if !ok {
		return "", nil
	}
	b, err := base64.StdEncoding.DecodeString(values[0])
	if err != nil || len(b) != md5.Size {
		return "", fail("InvalidDigest", "The Content-MD5 you specified was invalid.")
	}
	return hex.EncodeToString(b), nil
}

// conditions are what a write demands of the object it would replace (S3 user guide, conditional writes).
type conditions struct {
	match string // the ETag that it must have; "" for no demand
	none  bool   // it must not be there
}

func parseConditions(header http.Header) (conditions, error) {
	c := conditions{match: strings.Trim(header.Get("If-Match"), `"`), none: header.Get("If-None-Match") == "*"}
	if !c.none && header.Get("If-None-Match") != "" {
		return c, fail("InvalidRequest", "A write takes no other If-None-Match than *.")
	}
	return c, nil
}

func (c conditions) check(tx *store.Tx, bucket, key string) error {
	if c == (conditions{}) {
		return nil
	}
	o, err := find(tx, bucket, key, "")
	if err != nil {
		return err
	}
	there := o != nil && !o.marker
	switch {
	case c.none && there:
		return fail("PreconditionFailed", "")
	case c.match != "" && !there:
		return fail("NoSuchKey", "")
	case c.match != "" && c.match != "*" && c.match != o.etag:
		return fail("PreconditionFailed", "")
	}
	return nil
}

// kept are the request headers of a PUT that come back with GET, besides x-amz-meta-*.
var kept = []string{"Content-Type", "Content-Disposition", "Content-Encoding", "Cache-Control", "Content-Language", "Expires",
	"X-Amz-Website-Redirect-Location"}

// used are those that say something else about the object.
var used = []string{classHeader, "X-Amz-Tagging", algorithmHeader, typeHeader}

// maxMetadata limits user metadata, names and values together, in bytes (S3 user guide, object metadata).
const maxMetadata = 2 << 10

const metaPrefix = "X-Amz-Meta-"

// objectHeaders are the headers of a request that make an object what it is, by canonical name.
func objectHeaders(header http.Header) map[string]string {
	m := map[string]string{}
	for name, values := range header {
		if strings.HasPrefix(name, metaPrefix) || slices.Contains(kept, name) || slices.Contains(used, name) {
			m[name] = strings.Join(values, ",")
		}
	}
	if encoding := m["Content-Encoding"]; encoding != "" {
		m["Content-Encoding"] = withoutFraming(encoding)
	}
	return m
}

// withoutFraming is a Content-Encoding without aws-chunked, which is of the request only.
func withoutFraming(encoding string) string {
	var rest []string
	for e := range strings.SplitSeq(encoding, ",") {
		if e = strings.TrimSpace(e); e != "" && e != "aws-chunked" {
			rest = append(rest, e)
		}
	}
	return strings.Join(rest, ",")
}

// newObject makes an object of the headers of its PUT.
func (b *backend) newObject(key string, headers map[string]string) (*object, error) {
	o := &object{key: key, header: map[string]string{"Content-Type": "binary/octet-stream"}, modified: b.realm.Now()}
	if err := checkKey(key); err != nil {
		return nil, err
	}
	for _, h := range kept {
		if v := headers[h]; v != "" {
			o.header[h] = v
		}
	}
	o.setClass(headers[classHeader])
	size := 0
	for h, v := range headers {
		if name, ok := strings.CutPrefix(h, metaPrefix); ok {
			o.header[h] = v
			size += len(name) + len(v)
		}
	}
	if size > maxMetadata {
		return nil, fail("MetadataTooLarge", "")
	}
	var err error
	o.tags, err = parseTagHeader(headers["X-Amz-Tagging"])
	return o, err
}

// discarded removes a content that err kept from being stored, and returns err.
func (b *backend) discarded(c *content, err error) error {
	if undo := b.discard(c); undo != nil {
		return errors.Join(err, undo)
	}
	return err
}
