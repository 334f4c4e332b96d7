package s3

import (
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/johannesboyne/gofakes3"
)

// serveLibrary lets gofakes3 answer. Its errors are worded and numbered anew.
func (h *handler) serveLibrary(w http.ResponseWriter, q *request) error {
	q.Header.Del("x-minio-force-delete")
	if err := prepareBody(q); err != nil {
		return err
	}
	for _, name := range carried {
		if v := q.Header.Get(name); v != "" {
			q.Header.Set(carryPrefix+name, v)
		}
	}
	if q.Method == http.MethodPut && q.key != "" {
		w.Header().Set("x-amz-server-side-encryption", "AES256")
	}
	t := &translator{ResponseWriter: w}
	h.library.ServeHTTP(t, q.Request)
	return t.err()
}

// translator passes the library's successes on and holds its errors back.
type translator struct {
	http.ResponseWriter
	status int
	body   []byte // of an error
}

// WriteHeader implements http.ResponseWriter.
func (t *translator) WriteHeader(status int) {
	if t.status != 0 {
		return
	}
	t.status = status
	h := t.Header()
	h.Del("Access-Control-Allow-Origin") // this server is for programs, not for pages of any site
	if status >= http.StatusBadRequest {
		return
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
		t.body = append(t.body, p...)
		return len(p), nil
	}
	return t.ResponseWriter.Write(p)
}

func (t *translator) err() error {
	if t.status < http.StatusBadRequest {
		return nil
	}
	var e gofakes3.ErrorResponse
	if err := xml.Unmarshal(t.body, &e); err != nil || e.Code == "" {
		return fail("InvalidRequest", "The request is not valid: "+http.StatusText(t.status)+".")
	}
	if e.Code == gofakes3.ErrNotImplemented {
		return fail("InvalidRequest", "The sandbox does not offer this. Use an AWS account for it.")
	}
	if e.Code == gofakes3.ErrInternal {
		return errors.New("internal error in the S3 backend") // the message says no more
	}
	return &e
}
