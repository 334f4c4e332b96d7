// Package s3 answers the S3 API for path-style requests, and for virtual-host style below localhost.
package s3

import (
	"crypto/md5"
	"encoding/base64"
	"encoding/xml"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/wire"
)

// Register makes s answer for S3. The handler trusts that the server has verified the signature.
func Register(s *wire.Server, r *realm.Realm) { s.Mount("s3", newHandler(r)) }

type handler struct{ *backend }

func newHandler(r *realm.Realm) *handler {
	return &handler{&backend{realm: r, st: r.Store, readers: newReaders()}}
}

// request is an HTTP request with what S3 reads from its path and query.
type request struct {
	*http.Request
	bucket string
	key    string
	query  url.Values
}

// parse splits the path. A host name below localhost names the bucket (virtual-host style), as the Go SDK
// sends it when its endpoint is a name and path style is not asked for.
func parse(r *http.Request) *request {
	host := r.Host
	if h, _, err := net.SplitHostPort(host); err == nil {
		host = h
	}
	if bucket, ok := strings.CutSuffix(host, ".localhost"); ok {
		r.URL.Path, r.URL.RawPath = "/"+bucket+r.URL.Path, ""
	}
	q := &request{Request: r, query: r.URL.Query()}
	q.bucket, q.key, _ = strings.Cut(strings.TrimPrefix(r.URL.Path, "/"), "/")
	return q
}

func (q *request) has(name string) bool { return q.query.Has(name) }

// version is the versionId of the query; "" means the newest.
func (q *request) version() string { return q.query.Get("versionId") }

// ServeHTTP implements http.Handler.
func (h *handler) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	id := w.Header().Get("x-amz-request-id") // the wire layer's
	w.Header().Set("x-amz-id-2", id)
	q := parse(r)
	if err := h.serve(w, q); err != nil {
		writeError(w, q, err)
	}
}

func (h *handler) serve(w http.ResponseWriter, q *request) error {
	if err := h.check(q); err != nil {
		return err
	}
	return h.route(q)(w, q)
}

// check refuses what no operation accepts.
func (h *handler) check(q *request) error {
	if owner := q.Header.Get("x-amz-expected-bucket-owner"); owner != "" && owner != h.realm.Account {
		return fail("AccessDenied", "")
	}
	if q.version() == "" && q.has("versionId") {
		return fail("InvalidArgument", "Version id cannot be the empty string")
	}
	if q.key == "" {
		return nil
	}
	if q.Method == http.MethodPut || q.Method == http.MethodPost {
		if err := checkWriteHeaders(q.Header); err != nil {
			return err
		}
	}
	return checkKey(q.key)
}

type answer func(http.ResponseWriter, *request) error

// route finds the operation.
func (h *handler) route(q *request) answer {
	switch {
	case q.bucket == "":
		return h.routeService(q)
	case q.has("uploads"), q.has("uploadId"):
		return h.routeUpload(q)
	case q.key == "":
		return h.routeBucket(q)
	default:
		return h.routeObject(q)
	}
}

func (h *handler) routeService(q *request) answer {
	if q.Method == http.MethodGet {
		return h.listBuckets
	}
	return notAllowed
}

func (h *handler) routeBucket(q *request) answer {
	if answer := h.routeSubResource(q); answer != nil {
		return answer
	}
	for name, methods := range bucketQueries {
		if q.has(name) && !slices.Contains(methods, q.Method) {
			return notAllowed
		}
	}
	switch q.Method {
	case http.MethodGet:
		return h.routeBucketGet(q)
	case http.MethodHead:
		return h.headBucket
	case http.MethodPost:
		if q.has("delete") {
			return h.deleteObjects
		}
		return unsupported
	case http.MethodPut:
		if q.has("versioning") {
			return h.putVersioning
		}
		return h.createBucket
	case http.MethodDelete:
		return h.deleteBucket
	default:
		return notAllowed
	}
}

// bucketQueries are the parameters that make a request for a bucket one for something else, with the methods that it
// takes then. Without this, DELETE /b?versioning would delete the bucket.
var bucketQueries = map[string][]string{
	"location":   {http.MethodGet},
	"versioning": {http.MethodGet, http.MethodPut},
	"versions":   {http.MethodGet},
	"delete":     {http.MethodPost},
}

func (h *handler) routeBucketGet(q *request) answer {
	switch {
	case q.has("location"):
		return h.getLocation
	case q.has("versioning"):
		return h.getVersioning
	case q.has("versions"):
		return h.listVersions
	case q.query.Get("list-type") == "2":
		return h.listObjectsV2
	default:
		return h.listObjects
	}
}

func (h *handler) routeObject(q *request) answer {
	if q.has("tagging") {
		return h.routeObjectTagging(q)
	}
	switch {
	case q.has("acl"):
		return h.routeACL(q)
	case q.has("attributes") && q.Method == http.MethodGet:
		return h.getAttributes
	case unsupportedIn(q.query):
		return unsupported
	}
	switch q.Method {
	case http.MethodGet, http.MethodHead:
		return h.getObject
	case http.MethodDelete:
		return h.deleteObject
	case http.MethodPut:
		if q.Header.Get("x-amz-copy-source") != "" {
			return h.copyObject
		}
		return h.putObject
	case http.MethodPost:
		return unsupported
	default:
		return notAllowed
	}
}

func notAllowed(http.ResponseWriter, *request) error { return fail("MethodNotAllowed", "") }

// unsupported answers what S3 has and this sandbox has not. S3 itself says 501 NotImplemented, which SDKs
// would take for a server fault.
func unsupported(_ http.ResponseWriter, q *request) error {
	return failf("InvalidRequest", "The sandbox does not offer %s on %s?%s. Use an AWS account for it.", q.Method, q.URL.Path, q.URL.RawQuery)
}

// maxDocument is the largest XML or JSON request body in bytes: a thousand keys of DeleteObjects fit.
const maxDocument = 4 << 20

// readDocument reads and verifies a small body.
func readDocument(q *request) ([]byte, error) {
	if _, err := prepareBody(q); err != nil {
		return nil, err
	}
	b, err := io.ReadAll(io.LimitReader(q.Body, maxDocument+1))
	if err != nil {
		return nil, readFault(err)
	}
	if len(b) > maxDocument {
		return nil, fail("MalformedXML", "")
	}
	if want := q.Header.Get("Content-MD5"); want != "" {
		if sum := md5.Sum(b); want != base64.StdEncoding.EncodeToString(sum[:]) {
			return nil, fail("BadDigest", "")
		}
	}
	return b, nil
}

// readXML reads a small XML body into v.
func readXML(q *request, v any) error {
	b, err := readDocument(q)
	if err != nil {
		return err
	}
	if xml.Unmarshal(b, v) != nil {
		return fail("MalformedXML", "")
	}
	return nil
}
