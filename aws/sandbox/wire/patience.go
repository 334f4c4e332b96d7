package wire

import (
	"errors"
	"io"
	"net/http"
	"os"
	"time"
)

// bodyPatience is how long the server waits for the next bytes of a body. S3 gives up after some 20 seconds, too, with
// RequestTimeout (S3 API reference, error responses).
const bodyPatience = 20 * time.Second

// patientBody is a request's body that fails when its sender says nothing for a while.
type patientBody struct {
	io.ReadCloser
	conn     *http.ResponseController
	patience time.Duration
}

// Read implements io.Reader. Writers without a connection have no deadlines; those are tests', which send bodies whole.
func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.conn.SetReadDeadline(time.Now().Add(b.patience))
	n, err := b.ReadCloser.Read(p)
	if err == io.EOF {
		_ = b.conn.SetReadDeadline(time.Time{}) // what comes next on the connection is net/http's to wait for
	}
	return n, err
}

// patiently bounds the waiting for r's body.
func (s *Server) patiently(w http.ResponseWriter, r *http.Request) {
	if r.Body != nil && r.ContentLength != 0 {
		r.Body = &patientBody{r.Body, http.NewResponseController(w), s.patience}
	}
}

// incompleteBody answers a body that ended, or stopped coming, before it was complete.
func incompleteBody(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		return &fault{http.StatusBadRequest, "RequestTimeout", "Your socket connection to the server was not read from or written to within the timeout period."}
	}
	return &fault{http.StatusBadRequest, "IncompleteBody", "The body could not be read to its end: " + err.Error() + "."}
}
