package wire

import (
	"bufio"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"
)

// A sender that announces a body and then says nothing is answered; the connection, with half a request in it, ends.
func TestSilentSendersAreAnswered(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := newNoopServer(t, func() time.Time { return now })
	s.patience = 20 * time.Millisecond
	s.Mount("s3", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	ts := httptest.NewServer(s)
	defer ts.Close()
	for service, target := range map[string]string{"iot": "/things/a", "s3": "/bucket/key"} {
		r := httptest.NewRequest(http.MethodPut, target, http.NoBody)
		fuzzSign(t, s, r, service, []byte("{}"), now)
		r.Header.Set("Content-Length", "2")
		var b strings.Builder
		b.WriteString("PUT " + target + " HTTP/1.1\r\nHost: example.com\r\n")
		if err := r.Header.Write(&b); err != nil {
			t.Fatal(err)
		}
		conn, err := net.Dial("tcp", ts.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, b.String()+"\r\n{"); err != nil {
			t.Fatal(err)
		}
		resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(resp.Body)
		if resp.StatusCode != http.StatusBadRequest || resp.Header.Get("X-Amzn-Errortype")+string(body) == "" || err != nil {
			t.Errorf("%s: %s %s %v", service, resp.Status, body, err)
		}
		if !strings.Contains(string(body), "within the timeout period") {
			t.Errorf("%s says %s", service, body)
		}
		_ = conn.Close()
	}
}
