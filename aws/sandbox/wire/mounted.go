package wire

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"hash"
	"io"
	"net/http"
)

// bufferedBody is up to which size a signed body of a mounted service is read and compared with its hash
// before the handler sees it, in bytes. A longer one is compared while the handler reads it.
const bufferedBody = 4 << 20

// maxBody bounds the requests of modelled services, in bytes.
const maxBody = 1 << 20

// serveMounted gives a request whose signature fits to the mounted handler.
func (c *call) serveMounted(cred *credential) error {
	if err := c.server.verify(c, cred, nil); err != nil {
		return err
	}
	if !cred.presigned {
		if err := c.guardBody(cred, c.r.Header.Get(hashHeader)); err != nil {
			return err
		}
	}
	if !c.server.quotas.object(c.r.Method).allow(c.server.now()) {
		return c.service.throttled()
	}
	c.service.mounted.ServeHTTP(&startedWriter{c.w, c}, c.r)
	return nil
}

// guardBody makes sure that the handler cannot take a body for complete that is not the signed one.
func (c *call) guardBody(cred *credential, declared string) error {
	switch {
	case declared == unsignedPayload || declared == unsignedTrailer:
		return nil
	case declared == signedChunks || declared == signedChunksTrailer:
		c.r.Body = newChunkedBody(c.r.Body, cred, declared == signedChunksTrailer)
		return nil
	case len(declared) != 2*sha256.Size:
		return &fault{http.StatusBadRequest, "InvalidRequest", "x-amz-content-sha256 is " + quote(declared) +
			"; it must be the hex SHA-256 of the body, " + unsignedPayload + ", " + unsignedTrailer + ", " + signedChunks +
			" or " + signedChunksTrailer + "."}
	}
	body := &checkedBody{body: c.r.Body, hash: sha256.New(), want: declared}
	c.r.Body = body
	if c.r.ContentLength < 0 || c.r.ContentLength > bufferedBody {
		return nil
	}
	b, err := io.ReadAll(body)
	switch {
	case errors.Is(err, ErrBodyHash):
		return &fault{http.StatusBadRequest, "XAmzContentSHA256Mismatch",
			"The provided 'x-amz-content-sha256' header does not match what was computed."}
	case err != nil:
		return incompleteBody(err)
	}
	c.r.Body = io.NopCloser(bytes.NewReader(b))
	return nil
}

// checkedBody compares what is read with a hash. It holds the end back until the hash is known to fit.
type checkedBody struct {
	body io.ReadCloser
	hash hash.Hash
	want string
}

// Read implements io.Reader; it ends with ErrBodyHash instead of io.EOF when the hash differs.
func (b *checkedBody) Read(p []byte) (int, error) {
	n, err := b.body.Read(p)
	b.hash.Write(p[:n])
	if err == io.EOF && hex.EncodeToString(b.hash.Sum(nil)) != b.want {
		return n, ErrBodyHash
	}
	return n, err
}

// Close implements io.Closer.
func (b *checkedBody) Close() error { return b.body.Close() }

// startedWriter notes that an answer has begun, after which no error can be sent.
type startedWriter struct {
	http.ResponseWriter
	call *call
}

// WriteHeader implements http.ResponseWriter.
func (w *startedWriter) WriteHeader(status int) {
	w.call.started = true
	w.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (w *startedWriter) Write(b []byte) (int, error) {
	w.call.started = true
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController find the connection's writer.
func (w *startedWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// readBody reads the body of a modelled service's request.
func readBody(c *call) ([]byte, error) {
	if c.r.ContentLength == 0 || c.r.Body == nil {
		return nil, nil
	}
	body := http.MaxBytesReader(c.w, c.r.Body, maxBody)
	var b []byte
	var err error
	if n := c.r.ContentLength; n > 0 && n <= maxBody {
		b = make([]byte, n)
		_, err = io.ReadFull(body, b)
	} else {
		b, err = io.ReadAll(body)
	}
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return nil, c.service.tooLarge()
	case err != nil:
		return nil, incompleteBody(err)
	}
	return b, nil
}

func (svc *service) tooLarge() error {
	f := &fault{http.StatusRequestEntityTooLarge, "RequestEntityTooLargeException", "The request body is larger than 1 MiB."}
	if svc.errors[f.code] == nil {
		f.status, f.code = http.StatusBadRequest, "InvalidRequestException"
	}
	if svc.family == query {
		f.code = "ValidationError"
	}
	return f
}
