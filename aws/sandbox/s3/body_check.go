package s3

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"hash"
	"hash/crc32"
	"hash/crc64"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
)

// checksums are the algorithms of the x-amz-checksum-* headers (S3 user guide, checking object integrity).
var checksums = map[string]func() hash.Hash{
	"crc32":     func() hash.Hash { return crc32.NewIEEE() },
	"crc32c":    func() hash.Hash { return crc32.New(crc32.MakeTable(crc32.Castagnoli)) },
	"crc64nvme": func() hash.Hash { return crc64.New(crc64.MakeTable(0x9a6c9329ac4bc9b5)) },
	"sha1":      sha1.New,
	"sha256":    sha256.New,
}

const checksumPrefix = "X-Amz-Checksum-"

// verifier checks a body against the checksums that its headers, or the trailer behind it, promise. The hash
// that was signed is the wire layer's to check.
type verifier struct {
	io.Reader
	io.Closer
	header http.Header // of the request; trailers are added when they arrive
	hashes map[string]hash.Hash
	extra  []string // algorithms that nobody promised and that are computed for the record
}

// prepareBody makes q.Body the plain, verified content: the framing of aws-chunked is taken off, and
// reading fails at the end when a checksum does not match. The checksums named by record are computed as well.
func prepareBody(q *request, record ...string) (*verifier, error) {
	v := &verifier{Reader: q.Body, Closer: q.Body, header: q.Header, hashes: map[string]hash.Hash{}}
	if strings.HasPrefix(q.Header.Get("x-amz-content-sha256"), "STREAMING-") {
		if err := unframe(q, v); err != nil {
			return nil, err
		}
	}
	for name := range checksums {
		if q.Header.Get(checksumPrefix+name) != "" || strings.EqualFold(q.Header.Get("x-amz-trailer"), checksumPrefix+name) {
			v.hashes[name] = checksums[name]()
		}
	}
	if len(v.hashes) > 1 {
		return nil, fail("InvalidRequest", "Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.")
	}
	for _, name := range record {
		if v.hashes[name] == nil {
			v.hashes[name] = checksums[name]()
			v.extra = append(v.extra, name)
		}
	}
	q.Body = v
	return v, nil
}

// results are the checksums of a content that was read to its end.
func (v *verifier) results() sums {
	s := sums{}
	for name, h := range v.hashes {
		s[name] = base64.StdEncoding.EncodeToString(h.Sum(nil))
	}
	return s
}

// unframe rewrites a request with an aws-chunked body as one with a plain body.
func unframe(q *request, v *verifier) error {
	size, err := strconv.ParseInt(q.Header.Get("x-amz-decoded-content-length"), 10, 64)
	if err != nil || size < 0 {
		return fail("MissingContentLength", "")
	}
	v.Reader = newChunkedReader(q.Body, q.Header)
	q.ContentLength = size
	q.Header.Set("Content-Length", strconv.FormatInt(size, 10))
	q.Header.Set("x-amz-content-sha256", "UNSIGNED-PAYLOAD")
	return nil
}

// Read implements io.Reader.
func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.Reader.Read(p)
	for _, h := range v.hashes {
		h.Write(p[:n])
	}
	if errors.Is(err, io.EOF) {
		return n, v.verify()
	}
	return n, err
}

// verify returns io.EOF when everything matches.
func (v *verifier) verify() error {
	for name, h := range v.hashes {
		if slices.Contains(v.extra, name) {
			continue
		}
		want, err := base64.StdEncoding.DecodeString(v.header.Get(checksumPrefix + name))
		if err != nil || len(want) != h.Size() {
			return failf("InvalidRequest", "Value for x-amz-checksum-%s header is invalid.", name)
		}
		if subtle.ConstantTimeCompare(want, h.Sum(nil)) == 0 {
			return failf("BadDigest", "The %s you specified did not match the calculated checksum.", strings.ToUpper(name))
		}
	}
	return io.EOF
}

// hasDigest tells whether the request says how to verify its body, which S3 demands of DeleteObjects.
func hasDigest(h http.Header) bool {
	if h.Get("Content-MD5") != "" || h.Get("x-amz-trailer") != "" {
		return true
	}
	for name := range checksums {
		if h.Get(checksumPrefix+name) != "" {
			return true
		}
	}
	return false
}
