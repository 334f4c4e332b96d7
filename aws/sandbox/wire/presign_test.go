package wire_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/wire"
)

// echoObject mounts an S3 that answers with the body it got.
func echoObject(s *wire.Server) {
	s.Mount("s3", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		b, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		fmt.Fprintf(w, "%s %s %s", r.Method, r.URL.Path, b)
	}))
}

// fetch sends a presigned request and returns the status and the body.
func fetch(t *testing.T, method, url, body string, header http.Header) (int, string) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for k, v := range header {
		r.Header[k] = v
	}
	resp, err := http.DefaultClient.Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

func presigner(url string) *s3.PresignClient {
	return s3.NewPresignClient(s3.NewFromConfig(config(url), func(o *s3.Options) { o.UsePathStyle = true }))
}

func TestPresignedGetAndPut(t *testing.T) {
	t.Parallel()
	_, base := server(t, wire.Options{}, echoObject)
	get, err := presigner(base).PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("fw/1.0.0 ü+~.bin"),
		ResponseContentType: aws.String("text/plain")})
	if err != nil {
		t.Fatal(err)
	}
	if status, body := fetch(t, get.Method, get.URL, "", get.SignedHeader); status != 200 || body != "GET /b/fw/1.0.0 ü+~.bin " {
		t.Errorf("GET: %d %s", status, body)
	}
	put, err := presigner(base).PresignPutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("b"), Key: aws.String("k"),
		ContentType: aws.String("text/plain"), Metadata: map[string]string{"a": "b"}})
	if err != nil {
		t.Fatal(err)
	}
	if status, body := fetch(t, put.Method, put.URL, "hello", put.SignedHeader); status != 200 || body != "PUT /b/k hello" {
		t.Errorf("PUT: %d %s", status, body)
	}
	for name, spoil := range map[string]func(string) string{
		"key":       func(u string) string { return strings.Replace(u, "1.0.0", "1.1.0", 1) },
		"signature": func(u string) string { return strings.Replace(u, "X-Amz-Signature=", "X-Amz-Signature=0", 1) },
		"expires":   func(u string) string { return strings.Replace(u, "X-Amz-Expires=900", "X-Amz-Expires=901", 1) },
		"query":     func(u string) string { return u + "&versionId=1" },
		"no end":    func(u string) string { return strings.Replace(u, "X-Amz-Expires=900", "X-Amz-Expires=0", 1) },
		"endless":   func(u string) string { return strings.Replace(u, "X-Amz-Expires=900", "X-Amz-Expires=604801", 1) },
		"date":      func(u string) string { return strings.Replace(u, "X-Amz-Date=2", "X-Amz-Date=x", 1) },
	} {
		status, body := fetch(t, get.Method, spoil(get.URL), "", get.SignedHeader)
		if status != 403 && status != 400 || !strings.Contains(body, "<Error><Code>") {
			t.Errorf("%s: %d %s", name, status, body)
		}
	}
	if status, _ := fetch(t, http.MethodDelete, get.URL, "", get.SignedHeader); status != http.StatusForbidden {
		t.Errorf("DELETE with a URL for GET: %d", status)
	}
}

// The vector is in the S3 API reference, "Authenticating requests: using query parameters".
func TestPresignedVectorOfTheDocumentation(t *testing.T) {
	t.Parallel()
	r := testRealm()
	r.AccessKey, r.SecretKey = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
	now := time.Date(2013, 5, 24, 23, 59, 0, 0, time.UTC)
	s := wire.New(wire.Options{Realm: r, Now: func() time.Time { return now }})
	echoObject(s)
	target := "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256" +
		"&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z" +
		"&X-Amz-Expires=86400&X-Amz-SignedHeaders=host" +
		"&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
	if resp, body := serve(s, httptest.NewRequest(http.MethodGet, target, nil)); resp.StatusCode != 200 {
		t.Errorf("%d %s", resp.StatusCode, body)
	}
	now = now.Add(2 * time.Minute)
	resp, body := serve(s, httptest.NewRequest(http.MethodGet, target, nil))
	for _, want := range []string{"<Code>AccessDenied</Code>", "<Message>Request has expired</Message>", "<X-Amz-Expires>86400<",
		"<Expires>2013-05-25T00:00:00Z<", "<ServerTime>2013-05-25T00:01:00Z<"} {
		if resp.StatusCode != http.StatusForbidden || !strings.Contains(body, want) {
			t.Errorf("expired: %d %s, want %s", resp.StatusCode, body, want)
		}
	}
}

// fastClock is a clock at ten times the wall clock's speed.
type fastClock struct{ clock.Clock }

func (fastClock) Speed() float64 { return 10 }

func TestPresignedURLsExpireAtTheSandboxsSpeed(t *testing.T) {
	t.Parallel()
	r := testRealm()
	r.Clock = fastClock{r.Clock}
	now := time.Now()
	var late time.Duration
	s := wire.New(wire.Options{Realm: r, Now: func() time.Time { return now.Add(late) }})
	echoObject(s)
	u, err := presigner("http://127.0.0.1").PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")},
		s3.WithPresignExpires(100*time.Second))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		late   time.Duration
		status int
	}{{8 * time.Second, 200}, {12 * time.Second, 403}, {-time.Hour, 403}} {
		late = c.late
		if resp, body := serve(s, httptest.NewRequest(http.MethodGet, u.URL, nil)); resp.StatusCode != c.status {
			t.Errorf("after %s: %d %s", c.late, resp.StatusCode, body)
		}
	}
}

// boto3 makes the old form of presigned URLs by default.
func TestPresignedBySignatureVersion2(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := wire.New(wire.Options{Realm: testRealm(), Now: func() time.Time { return now }})
	echoObject(s)
	v2 := func(expires, toSign string) string {
		mac := hmac.New(sha1.New, []byte(testSecret))
		mac.Write([]byte(toSign))
		return url.Values{"AWSAccessKeyId": {testKey}, "Expires": {expires},
			"Signature": {base64.StdEncoding.EncodeToString(mac.Sum(nil))}}.Encode()
	}
	soon, past := fmt.Sprint(now.Add(time.Minute).Unix()), fmt.Sprint(now.Add(-time.Minute).Unix())
	cases := []struct {
		query  string
		status int
	}{
		{v2(soon, "GET\n\n\n"+soon+"\n/b/a%20b"), 200},
		{v2(soon, "GET\n\n\n"+soon+"\nx-amz-meta-k:v\n/b/a%20b?versionId=7") + "&versionId=7&x-amz-meta-k=v", 200},
		{v2(soon, "GET\n\n\n"+soon+"\n/b/other"), 403},
		{v2(past, "GET\n\n\n"+past+"\n/b/a%20b"), 403},
		{v2("soon", "GET\n\n\nsoon\n/b/a%20b"), 403},
		{strings.Replace(v2(soon, "GET\n\n\n"+soon+"\n/b/a%20b"), testKey, "AKIAOTHER", 1), 403},
	}
	for _, c := range cases {
		if resp, body := serve(s, httptest.NewRequest(http.MethodGet, "http://h/b/a%20b?"+c.query, nil)); resp.StatusCode != c.status {
			t.Errorf("%s: %d %s, want %d", c.query, resp.StatusCode, body, c.status)
		}
	}
}

func TestSignedBodiesOfObjects(t *testing.T) {
	t.Parallel()
	now := time.Now()
	s := wire.New(wire.Options{Realm: testRealm(), Now: func() time.Time { return now }})
	echoObject(s)
	long := strings.Repeat("x", 5<<20)
	for name, c := range map[string]struct{ signed, sent, want string }{
		"short":           {"abc", "abc", "PUT /b/k abc"},
		"short and wrong": {"abc", "abd", "XAmzContentSHA256Mismatch"},
		"long and wrong":  {long, long[1:] + "y", wire.ErrBodyHash.Error()},
		"cut off":         {"abc", "ab", "XAmzContentSHA256Mismatch"},
	} {
		r := httptest.NewRequest(http.MethodPut, "http://127.0.0.1/b/k", nil)
		sign(t, r, "s3", c.signed, now)
		r.Body = readCloser{strings.NewReader(c.sent)}
		if resp, body := serve(s, r); !strings.Contains(body, c.want) || strings.HasPrefix(c.want, "PUT") != (resp.StatusCode == 200) {
			t.Errorf("%s: %d %.200s, want %s", name, resp.StatusCode, body, c.want)
		}
	}
}
