package s3

import (
	"io"
	"strings"
	"testing"

	"fleetlab/aws/sandbox/store"
)

// A content that was replaced while it was read goes with its last reader, and not when the replacement came to nothing.
func TestReadContentsGoWithTheirReaders(t *testing.T) {
	t.Parallel()
	r := testRealm(t)
	h := newHandler(r)
	call(h, "PUT", "/fleet-a", "")
	big := strings.Repeat("x", 3*chunkSize)
	call(h, "PUT", "/fleet-a/k", big)
	open := func() *bodyReader {
		body := &bodyReader{backend: h.backend}
		if err := h.reading(func(tx *store.Tx) error {
			_, o, err := lookUp(tx, "fleet-a", "k", "")
			if err != nil {
				return err
			}
			return body.open(tx, o)
		}); err != nil {
			t.Fatal(err)
		}
		return body
	}
	whole := func(body *bodyReader) {
		t.Helper()
		if b, err := io.ReadAll(body); string(b) != big || err != nil {
			t.Errorf("read %d bytes, %v", len(b), err)
		}
		body.Close()
		body.Close()
	}
	first, second := open(), open()
	if got := errorOf(t, call(h, "PUT", "/fleet-a/k", "new", "If-None-Match", "*")); got != "412 PreconditionFailed" {
		t.Error(got)
	}
	if err := h.replace(func(tx *store.Tx) error {
		if _, err := h.remove(tx, "fleet-a", "k", nullVersion); err != nil {
			return err
		}
		return errIncomplete // and so the object stays
	}); err == nil {
		t.Error("the transaction did not fail")
	}
	whole(open())
	call(h, "PUT", "/fleet-a/k", "new")
	if n := pieces(t, r.Store); n != 4 {
		t.Errorf("%d pieces while the old content is read, want 4", n)
	}
	whole(first)
	if n := pieces(t, r.Store); n != 4 {
		t.Errorf("%d pieces while one still reads, want 4", n)
	}
	whole(second)
	if n := pieces(t, r.Store); n != 1 {
		t.Errorf("%d pieces are left, want the new one's", n)
	}
}
