package wire_test

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"fleetlab/aws/sandbox/wire"
)

type readCloser struct{ io.Reader }

func (readCloser) Close() error { return nil }

// signed is a request with a good signature, made without a client, so that it can be spoilt.
func signed(t testing.TB, service, method, target, body string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	sign(t, r, service, body, at)
	return r
}

func sign(t testing.TB, r *http.Request, service, body string, at time.Time) {
	t.Helper()
	sum := sha256.Sum256([]byte(body))
	hash := hex.EncodeToString(sum[:])
	r.ContentLength = int64(len(body))
	if service == "s3" {
		r.Header.Set("X-Amz-Content-Sha256", hash)
	}
	uri := r.RequestURI
	r.RequestURI = ""
	creds := aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret}
	err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hash, service, "us-east-1", at,
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" })
	if err != nil {
		t.Fatal(err)
	}
	r.RequestURI = uri
}

// serve sends r to s and returns the answer and its body.
func serve(s *wire.Server, r *http.Request) (*http.Response, string) {
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w.Result(), w.Body.String()
}

func signedWithHeader(t testing.TB, target, body string, at time.Time) *http.Request {
	t.Helper()
	r := httptest.NewRequest(http.MethodPost, target, strings.NewReader(body))
	r.Header.Set("X-Amz-Extra", "1")
	sign(t, r, "iot", body, at)
	return r
}

func mustURL(t testing.TB, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

// botocore waits for the interim answer even when the body that it announces has no bytes. Whoever does not send one
// leaves the connection in a state in which the next body is never sent.
func TestEmptyBodyIsContinued(t *testing.T) {
	t.Parallel()
	_, base := server(t, wire.Options{}, nil)
	conn, err := net.Dial("tcp", strings.TrimPrefix(base, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	read := bufio.NewReader(conn)
	for range 2 { // the connection stays in use
		if _, err := io.WriteString(conn, "PUT /b/k HTTP/1.1\r\nHost: h\r\nExpect: 100-continue\r\nContent-Length: 0\r\n\r\n"); err != nil {
			t.Fatal(err)
		}
		for _, want := range []int{http.StatusContinue, http.StatusForbidden} {
			resp, err := http.ReadResponse(read, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			if resp.StatusCode != want {
				t.Errorf("got %s, want status %d", resp.Status, want)
			}
		}
	}
}

func TestQueryServicesTakeGetAndPost(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := wire.New(wire.Options{Realm: testRealm(), Now: func() time.Time { return now }})
	registerEach(s)
	for method, want := range map[string]int{http.MethodGet: 200, http.MethodPost: 200, http.MethodPut: 405, http.MethodDelete: 405} {
		resp, body := serve(s, signed(t, "sts", method, "http://127.0.0.1/?Action=GetCallerIdentity", "", now))
		if resp.StatusCode != want || want != 200 && !strings.Contains(body, "<Code>InvalidAction</Code>") {
			t.Errorf("%s: %d %s", method, resp.StatusCode, body)
		}
	}
}
