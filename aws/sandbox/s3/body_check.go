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
	sums   map[string]hash.Hash
}

// prepareBody makes q.Body the plain, verified content: the framing of aws-chunked is taken off, and
// reading fails at the end when a checksum does not match.
func prepareBody(q *request) (*verifier, error) {
	v := &verifier{Reader: q.Body, Closer: q.Body, header: q.Header, sums: map[string]hash.Hash{}}
	if strings.HasPrefix(q.Header.Get("x-amz-content-sha256"), "STREAMING-") {
		if err := unframe(q, v); err != nil {
			return nil, err
		}
	}
	for name := range checksums {
		if q.Header.Get(checksumPrefix+name) != "" || strings.EqualFold(q.Header.Get("x-amz-trailer"), checksumPrefix+name) {
			v.sums[name] = checksums[name]()
		}
	}
	q.Body = v
	return v, nil
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
	q.Header.Set("x-amz-content-sha256", "UNSIGNED-PAYLOAD") // or the library would look for the framing
	var rest []string
	for encoding := range strings.SplitSeq(q.Header.Get("Content-Encoding"), ",") {
		if encoding = strings.TrimSpace(encoding); encoding != "" && encoding != "aws-chunked" {
			rest = append(rest, encoding)
		}
	}
	q.Header.Del("Content-Encoding")
	if len(rest) > 0 {
		q.Header.Set("Content-Encoding", strings.Join(rest, ","))
	}
	return nil
}

// Read implements io.Reader.
func (v *verifier) Read(p []byte) (int, error) {
	n, err := v.Reader.Read(p)
	for _, h := range v.sums {
		h.Write(p[:n])
	}
	if errors.Is(err, io.EOF) {
		return n, v.verify()
	}
	return n, err
}

// verify returns io.EOF when everything matches.
func (v *verifier) verify() error {
	for name, h := range v.sums {
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
