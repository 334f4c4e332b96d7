package wire_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
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
