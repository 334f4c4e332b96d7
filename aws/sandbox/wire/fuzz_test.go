package wire

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"
)

// FuzzServe sends anything, signed and unsigned. The answer is never a 5xx and always well-formed.
func FuzzServe(f *testing.F) {
	for _, seed := range []struct{ service, method, target, header, value, body string }{
		{"iot", "POST", "/things/a", "", "", `{"attributePayload":{"attributes":{"a":"b"},"merge":true},"thingTypeName":"T"}`},
		{"iot", "GET", "/things?maxResults=x&nextToken=", "", "", ""},
		{"iot", "PUT", "/things/a/principals", "X-Amzn-Principal", "arn:x", ""},
		{"iot", "PUT", "/packages/p/versions/1", "", "", `{"attributes":{"a":1},"recipe":"\ud800"}`},
		{"iot", "POST", "/jobs/j", "", "", `{"jobExecutionsRolloutConfig":{"exponentialRate":{"incrementFactor":1e999}}}`},
		{"iot", "PUT", "/jobs/j", "", "", `{"targets":[null,"x",["y"]],"schedulingConfig":[]}`},
		{"iot", "DELETE", "/things/%ff/jobs/%2F/executionNumber/99999999999999999999", "", "", ""},
		{"iot-jobs-data", "PUT", "/things/a/jobs/%24next", "", "", `{"stepTimeoutInMinutes":1.5}`},
		{"iotdata", "POST", "/things/a/shadow?name=%zz", "", "", "{\xff"},
		{"iotdata", "GET", "//shadow", "Authorization", "AWS4-HMAC-SHA256 Credential=////,", ""},
		{"iam", "POST", "/", "Content-Type", formType, "Action=TagRole&RoleName=r&Tags.member.1.Key=a&Tags.member.1=b&Tags=c&..=d"},
		{"iam", "POST", "/?Action=ListRoles&MaxItems=0", "", "", "%zz"},
		{"sts", "GET", "/?Action=GetCallerIdentity", "X-Amz-Date", "20200101T000000Z", ""},
		{"s3", "GET", "/b/k?X-Amz-Credential=a/b/c/d/aws4_request&X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Content-Sha256", "zz", ""},
		{"s3", "PUT", "/b?AWSAccessKeyId=AKIAFLEETLABTEST2345&Expires=-1", "", "", "x"},
		{"ec2", "POST", "/", "Content-Type", formType, "Action=DescribeVpcs"},
	} {
		f.Add(seed.service, seed.method, seed.target, seed.header, seed.value, []byte(seed.body), true)
		f.Add(seed.service, seed.method, seed.target, seed.header, seed.value, []byte(seed.body), false)
	}
	now := time.Now()
	s := newNoopServer(f, func() time.Time { return now })
	s.Mount("s3", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { _, _ = io.Copy(io.Discard, r.Body) }))
	f.Fuzz(func(t *testing.T, service, method, target, header, value string, body []byte, sign bool) {
		r := fuzzRequest(method, target, header, value, body)
		if r == nil {
			return
		}
		if sign {
			fuzzSign(t, s, r, service, body, now)
		}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK && (w.Code < 400 || w.Code > 499) {
			t.Fatalf("%s %s: %d %s", method, target, w.Code, w.Body)
		}
		checkForm(t, w.Result(), w.Body.Bytes())
	})
}

// fuzzRequest is the request as net/http would hand it over; nil when net/http would refuse it.
func fuzzRequest(method, target, header, value string, body []byte) *http.Request {
	u, err := url.ParseRequestURI(target)
	if err != nil || u.Host != "" || method == "" || strings.ContainsAny(method, " \r\n") {
		return nil
	}
	r := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", strings.NewReader(string(body)))
	r.Method, r.URL, r.RequestURI = method, u, target
	if header != "" {
		r.Header.Set(header, value)
	}
	return r
}

func fuzzSign(t *testing.T, s *Server, r *http.Request, service string, body []byte, at time.Time) {
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if service == "s3" {
		r.Header.Set(hashHeader, hash)
	}
	c := r.Clone(t.Context())
	c.URL.Opaque = "//x" + rawPath(r)
	if err := v4.NewSigner().SignHTTP(t.Context(), s.keys, c, hash, service, "us-east-1", at,
		func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" }); err != nil {
		return // the request goes out unsigned
	}
	r.Header = c.Header
}

// checkForm fails unless the answer is what its content type says.
func checkForm(t *testing.T, resp *http.Response, body []byte) {
	t.Helper()
	kind := resp.Header.Get("Content-Type")
	switch {
	case resp.Request != nil && resp.Request.Method == http.MethodHead || len(body) == 0:
	case strings.HasSuffix(kind, "/json"):
		if !json.Valid(body) {
			t.Fatalf("not JSON: %q", body)
		}
	case strings.HasSuffix(kind, "/xml"):
		d := xml.NewDecoder(strings.NewReader(string(body)))
		for {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return
			} else if err != nil {
				t.Fatalf("not XML: %v: %q", err, body)
			}
		}
	default:
		t.Fatalf("content type %q: %q", kind, body)
	}
}
