package wire

import (
	"bufio"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"strconv"
	"strings"
)

// The values of x-amz-content-sha256 for a body in chunks that are signed one by one (S3 API reference, signature
// calculations for the authorization header: transferring payload in multiple chunks, and including trailing headers).
const (
	signedChunks        = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
	signedChunksTrailer = signedChunks + "-TRAILER"
)

// ErrChunkSignature is what reading a body ends with when the signature of a chunk or of the trailer does not fit.
var ErrChunkSignature = errors.New("the signature of a chunk of the body does not fit")

// maxChunkLine bounds a line of the framing in bytes.
const maxChunkLine = 4 << 10

const chunkSignature = "chunk-signature="

// chunkedBody passes an aws-chunked body on as it is, with its framing, and checks the chain of signatures: each covers the
// one before it, the first one that of the request.
type chunkedBody struct {
	body    io.Closer
	r       *bufio.Reader
	key     []byte
	scope   string // lines of every string to sign: the time and the scope
	last    string // the signature before
	want    string // the signature of the chunk at hand
	sum     hash.Hash
	left    int64  // bytes of the chunk's data
	line    []byte // of the framing, not yet passed on
	trailer bool
	ended   bool
	err     error
}

func newChunkedBody(body io.ReadCloser, cred *credential, trailer bool) *chunkedBody {
	key := []byte("AWS4" + cred.keys.SecretAccessKey)
	for _, part := range []string{cred.date, cred.region, cred.service, "aws4_request"} {
		key = mac(key, part)
	}
	return &chunkedBody{body: body, r: bufio.NewReaderSize(body, maxChunkLine), key: key, last: cred.signature, sum: sha256.New(), trailer: trailer,
		scope: cred.time.Format(dateFormat) + "\n" + strings.Join([]string{cred.date, cred.region, cred.service, "aws4_request"}, "/") + "\n"}
}

func mac(key []byte, text string) []byte {
	h := hmac.New(sha256.New, key)
	h.Write([]byte(text))
	return h.Sum(nil)
}

// Close implements io.Closer.
func (b *chunkedBody) Close() error { return b.body.Close() }

// Read implements io.Reader; it ends with ErrChunkSignature instead of io.EOF when a signature does not fit.
func (b *chunkedBody) Read(p []byte) (int, error) {
	for b.err == nil && b.left == 0 && len(b.line) == 0 {
		b.err = b.next()
	}
	if n := copy(p, b.line); n > 0 {
		b.line = b.line[n:]
		return n, nil
	}
	if b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p[:min(int64(len(p)), b.left)])
	b.sum.Write(p[:n])
	if b.left -= int64(n); err == nil && b.left == 0 {
		if err = b.check(algorithm+"-PAYLOAD", b.want, hexSum(nil)+"\n"); err == nil {
			b.line, err = b.readLine() // the line end behind the data
		}
	}
	b.err = err
	return n, nil
}

// next reads the line before a chunk's data.
func (b *chunkedBody) next() error {
	if b.ended {
		return io.EOF
	}
	line, err := b.readLine()
	if err != nil {
		return err
	}
	size, extension, _ := strings.Cut(strings.TrimSpace(string(line)), ";")
	b.left, err = strconv.ParseInt(size, 16, 64)
	var signed bool
	b.want, signed = strings.CutPrefix(extension, chunkSignature)
	if err != nil || b.left < 0 || !signed {
		b.left = 0
		return ErrChunkSignature
	}
	b.sum.Reset()
	b.line = line
	if b.left > 0 {
		return nil
	}
	b.ended = true
	if err := b.check(algorithm+"-PAYLOAD", b.want, hexSum(nil)+"\n"); err != nil {
		return err
	}
	return b.end()
}

// end reads what follows the last chunk: an empty line or the trailer, whose signature comes last.
func (b *chunkedBody) end() error {
	signature := ""
	for {
		line, err := b.readLine()
		b.line = append(b.line, line...)
		text := strings.TrimRight(string(line), "\r\n")
		if text == "" || err != nil {
			break
		}
		name, value, _ := strings.Cut(text, ":")
		name, value = strings.ToLower(strings.TrimSpace(name)), strings.TrimSpace(value)
		if name == "x-amz-trailer-signature" {
			signature = value
			continue
		}
		b.sum.Write([]byte(name + ":" + value + "\n"))
	}
	if !b.trailer {
		return nil
	}
	return b.check(algorithm+"-TRAILER", signature, "")
}

// check compares a signature with the one that what was summed up gives, and makes it the one before the next.
func (b *chunkedBody) check(algorithm, signature, headers string) error {
	text := algorithm + "\n" + b.scope + b.last + "\n" + headers + hex.EncodeToString(b.sum.Sum(nil))
	b.sum.Reset()
	b.last = hex.EncodeToString(mac(b.key, text))
	if !hmac.Equal([]byte(b.last), []byte(signature)) {
		b.line = nil // the end of the framing would make the body look complete
		return ErrChunkSignature
	}
	return nil
}

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// readLine reads a line of the framing with its end. A body that stops is complete only for who reads the framing.
func (b *chunkedBody) readLine() ([]byte, error) {
	line, err := b.r.ReadSlice('\n')
	if errors.Is(err, bufio.ErrBufferFull) {
		return nil, ErrChunkSignature
	}
	return append([]byte(nil), line...), err
}
