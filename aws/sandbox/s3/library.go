package s3

import (
	"encoding/xml"
	"errors"
	"fmt"
	"log/slog"
	"net/http"

	"github.com/johannesboyne/gofakes3"
)

// serveLibrary lets gofakes3 answer. Its errors are worded and numbered anew.
func (h *handler) serveLibrary(w http.ResponseWriter, q *request) error {
	body, err := prepareBody(q)
	if err != nil {
		return err
	}
	for _, name := range carried {
		if v := q.Header.Get(name); v != "" {
			q.Header.Set(carryPrefix+name, v)
		}
	}
	if q.key != "" && (q.Method == http.MethodPut || q.Method == http.MethodPost) {
		setEncrypted(w)
	}
	t := &translator{ResponseWriter: w, id: w.Header().Get("x-amz-request-id"), body: body}
	h.library.ServeHTTP(t, q.Request)
	return t.err()
}

// errBackend stands for a failure of the backend, whose cause libraryLog has logged.
var errBackend = errors.New("the S3 backend failed")

// libraryLog logs the failures that gofakes3 answers with InternalError.
type libraryLog struct{}

// Print implements gofakes3.Logger.
func (libraryLog) Print(level gofakes3.LogLevel, v ...any) {
	if level == gofakes3.LogErr {
		slog.Error("sandbox S3 request failed", "err", fmt.Sprint(v...))
	}
}

// translator passes the library's successes on and holds its errors back.
type translator struct {
	http.ResponseWriter
	id     string    // the request's; the library makes one of its own
	body   *verifier // of the request
	status int
	fault  []byte // the body of an error
}

// WriteHeader implements http.ResponseWriter.
func (t *translator) WriteHeader(status int) {
	if t.status != 0 {
		return
	}
	t.status = status
	h := t.Header()
	h.Set("x-amz-request-id", t.id)
	h.Set("x-amz-id-2", t.id)
	h.Del("Access-Control-Allow-Origin") // this server is for programs, not for pages of any site
	if status >= http.StatusBadRequest {
		return
	}
	for name := range t.body.sums { // S3 repeats the checksums that it has verified
		h.Set(checksumPrefix+name, t.body.header.Get(checksumPrefix+name))
	}
	t.ResponseWriter.WriteHeader(status)
}

// Write implements http.ResponseWriter.
func (t *translator) Write(p []byte) (int, error) {
	if t.status == 0 {
		t.Header().Set("Content-Type", "application/xml") // all bodies that the library writes are XML
		t.WriteHeader(http.StatusOK)
	}
	if t.status >= http.StatusBadRequest {
		t.fault = append(t.fault, p...)
		return len(p), nil
	}
	return t.ResponseWriter.Write(p)
}

// err ends the answer and returns the error that was held back.
func (t *translator) err() error {
	if t.status == 0 {
		t.WriteHeader(http.StatusOK)
	}
	if t.status < http.StatusBadRequest {
		return nil
	}
	var e gofakes3.ErrorResponse
	if err := xml.Unmarshal(t.fault, &e); err != nil || e.Code == "" {
		return fail("InvalidRequest", "The request is not valid: "+http.StatusText(t.status)+".")
	}
	if e.Code == gofakes3.ErrNotImplemented {
		return fail("InvalidRequest", "The sandbox does not offer this. Use an AWS account for it.")
	}
	if e.Code == gofakes3.ErrInternal {
		return errBackend
	}
	return &e
}
