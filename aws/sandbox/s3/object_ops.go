package s3

import (
	"encoding/json"
	"maps"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/store"
)

// lookUp returns a bucket and an object in it that can be read: NoSuchBucket, NoSuchKey, NoSuchVersion, or
// MethodNotAllowed for a delete marker asked for by its version. A marker comes with its error.
func lookUp(tx *store.Tx, bucketName, key, version string) (*bucket, *object, error) {
	b, err := getBucket(tx, bucketName)
	if err != nil {
		return nil, nil, err
	}
	o, err := find(tx, bucketName, key, version)
	switch {
	case err != nil:
		return b, nil, err
	case o == nil && version != "":
		return b, nil, fail("NoSuchVersion", "")
	case o == nil:
		return b, nil, fail("NoSuchKey", "")
	case o.marker && version != "":
		return b, o, fail("MethodNotAllowed", "")
	case o.marker:
		return b, o, fail("NoSuchKey", "")
	}
	return b, o, nil
}

func saveTags(tx *store.Tx, seq int64, tags []tag) error {
	if tags == nil {
		tags = []tag{}
	}
	s, err := json.Marshal(tags)
	if err != nil {
		return err
	}
	_, err = tx.Exec("UPDATE objects SET tags_json=? WHERE seq=?", string(s), seq)
	return err
}

// overrides are the query parameters of a GET that replace headers of the answer (S3 API reference, GetObject).
var overrides = map[string]string{
	"response-content-type":        "Content-Type",
	"response-content-language":    "Content-Language",
	"response-expires":             "Expires",
	"response-cache-control":       "Cache-Control",
	"response-content-disposition": "Content-Disposition",
	"response-content-encoding":    "Content-Encoding",
}

// getObject answers GetObject and HeadObject, with ranges and conditions.
func (h *handler) getObject(w http.ResponseWriter, q *request) error {
	var b *bucket
	var o *object
	body := &bodyReader{backend: h.backend}
	defer body.Close()
	err := h.reading(func(tx *store.Tx) (err error) {
		if b, o, err = lookUp(tx, q.bucket, q.key, q.version()); err != nil || q.Method == http.MethodHead {
			return err
		}
		return body.open(tx, o)
	})
	if o != nil && (b.versioning != "" || q.has("versionId")) {
		w.Header().Set("x-amz-version-id", o.version)
	}
	if o != nil && o.marker {
		w.Header().Set("x-amz-delete-marker", "true")
	}
	if err != nil {
		return err
	}
	if !rangePattern.MatchString(q.Header.Get("Range")) {
		q.Header.Del("Range")
	}
	if q.has("partNumber") {
		if err := choosePart(w, q, o); err != nil {
			return err
		}
	}
	setObjectHeaders(w.Header(), o, strings.EqualFold(q.Header.Get("x-amz-checksum-mode"), "ENABLED"))
	setEncrypted(w)
	for param, name := range overrides {
		if v := q.query.Get(param); v != "" {
			w.Header().Set(name, v)
		}
	}
	body.size = o.size
	guard := &rangeGuard{ResponseWriter: w, size: o.size}
	http.ServeContent(guard, q.Request, "", o.modified, body)
	return guard.err
}

func setObjectHeaders(header http.Header, o *object, checksums bool) {
	for name, v := range o.header {
		if name == partsHeader || !checksums && strings.HasPrefix(name, checksumPrefix) {
			continue
		}
		if strings.HasPrefix(name, metaPrefix) {
			header[strings.ToLower(name)] = []string{v} // S3 keeps these names in lower case, and boto3 shows them as they come
		} else {
			header.Set(name, v)
		}
	}
	header.Set("ETag", `"`+o.etag+`"`)
	if len(o.tags) > 0 {
		header.Set("x-amz-tagging-count", strconv.Itoa(len(o.tags)))
	}
}

// setEncrypted tells that the object is encrypted by S3, as all new ones are (S3 user guide, default encryption).
func setEncrypted(w http.ResponseWriter) { w.Header().Set("x-amz-server-side-encryption", "AES256") }

// rangePattern is the one form of Range that S3 knows; it takes no notice of others (S3 API reference, GetObject).
var rangePattern = regexp.MustCompile(`^bytes=([0-9]+-[0-9]*|-[0-9]+)$`)

// rangeGuard holds back what net/http says about a range or a condition that cannot be met, so that it is
// said in S3's words.
type rangeGuard struct {
	http.ResponseWriter
	size int64
	err  error
}

// refuse holds an error back. The headers of the object go: SDKs would compare its checksum with the error's body.
func (g *rangeGuard) refuse(err error) {
	g.err = err
	maps.DeleteFunc(g.Header(), func(name string, _ []string) bool {
		return !strings.HasPrefix(name, "X-Amz-") || strings.HasPrefix(name, checksumPrefix)
	})
}

// WriteHeader implements http.ResponseWriter.
func (g *rangeGuard) WriteHeader(status int) {
	switch status {
	case http.StatusPreconditionFailed:
		g.refuse(fail("PreconditionFailed", ""))
	case http.StatusRequestedRangeNotSatisfiable:
		g.refuse(fail("InvalidRange", ""))
	case http.StatusOK:
		g.Header().Set("Content-Length", strconv.FormatInt(g.size, 10)) // net/http leaves it out with an encoding
		g.ResponseWriter.WriteHeader(status)
	case http.StatusPartialContent, http.StatusNotModified: // not all of the content, of which the checksum would be
		maps.DeleteFunc(g.Header(), func(name string, _ []string) bool { return strings.HasPrefix(name, checksumPrefix) })
		g.ResponseWriter.WriteHeader(status)
	default:
		g.ResponseWriter.WriteHeader(status)
	}
}

// Write implements http.ResponseWriter.
func (g *rangeGuard) Write(p []byte) (int, error) {
	if g.err != nil {
		return len(p), nil
	}
	return g.ResponseWriter.Write(p)
}

// deleteObject answers DeleteObject.
func (h *handler) deleteObject(w http.ResponseWriter, q *request) error {
	var d deletion
	err := h.replace(func(tx *store.Tx) error {
		b, err := getBucket(tx, q.bucket)
		if err == nil {
			d, err = h.erase(tx, b, q.key, q.version(), h.realm.Now())
		}
		return err
	})
	if err != nil {
		return err
	}
	if d.version != "" {
		w.Header().Set("x-amz-version-id", d.version)
	}
	if d.marker {
		w.Header().Set("x-amz-delete-marker", "true")
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
