package s3

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"

	"fleetlab/aws/sandbox/wire"
)

// chunkedReader takes the framing off an aws-chunked body: each chunk is its length in hex, perhaps
// ";chunk-signature=...", CRLF, the data, CRLF; a chunk of length 0 and trailer lines end it (S3 API
// reference, signature calculations for the authorization header: transferring payload in chunks).
type chunkedReader struct {
	r       *bufio.Reader
	trailer http.Header // gets the trailer lines that name a checksum
	left    int64       // bytes of the chunk at hand
	first   bool
	err     error
}

// maxLine bounds a line of the framing in bytes.
const maxLine = 4 << 10

func newChunkedReader(r io.Reader, trailer http.Header) *chunkedReader {
	return &chunkedReader{r: bufio.NewReaderSize(r, maxLine), trailer: trailer, first: true}
}

// Read implements io.Reader.
func (c *chunkedReader) Read(p []byte) (int, error) {
	for c.err == nil && c.left == 0 {
		c.err = c.next()
	}
	if c.err != nil {
		return 0, c.err
	}
	n, err := c.r.Read(p[:min(int64(len(p)), c.left)])
	c.left -= int64(n)
	if err != nil {
		c.err = framingFault(err)
	}
	return n, nil
}

var errIncomplete = fail("IncompleteBody", "")

// next reads up to the data of the next chunk; io.EOF means that there is none.
func (c *chunkedReader) next() error {
	if !c.first {
		if line, err := c.line(); err != nil {
			return err
		} else if line != "" {
			return errIncomplete
		}
	}
	c.first = false
	line, err := c.line()
	if err != nil {
		return err
	}
	size, _, _ := strings.Cut(line, ";")
	c.left, err = strconv.ParseInt(strings.TrimSpace(size), 16, 64)
	if err != nil || c.left < 0 {
		c.left = 0
		return fail("InvalidRequest", "The chunk length is not a hexadecimal number.")
	}
	if c.left == 0 {
		return c.trailers()
	}
	return nil
}

// trailers reads the lines behind the last chunk. Some clients leave out the empty line at the end.
func (c *chunkedReader) trailers() error {
	for {
		line, err := c.line()
		if err != nil || line == "" {
			return io.EOF
		}
		name, value, _ := strings.Cut(line, ":")
		if strings.HasPrefix(http.CanonicalHeaderKey(name), checksumPrefix) {
			c.trailer.Set(name, strings.TrimSpace(value))
		}
	}
}

func (c *chunkedReader) line() (string, error) {
	line, err := c.r.ReadSlice('\n')
	if errors.Is(err, io.EOF) && len(line) > 0 {
		return string(bytes.TrimRight(line, "\r\n")), nil
	}
	if err != nil {
		return "", framingFault(err)
	}
	return string(bytes.TrimRight(line, "\r\n")), nil
}

// framingFault is why a body cannot be read on: the signature of a chunk, or that the client stopped sending.
func framingFault(err error) error {
	if errors.Is(err, wire.ErrChunkSignature) {
		return err
	}
	return errIncomplete
}
