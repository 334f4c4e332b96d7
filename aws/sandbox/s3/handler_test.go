package s3

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"pgregory.net/rapid"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
	"fleetlab/aws/sandbox/wire"
)

func testRealm(t testing.TB) *realm.Realm {
	t.Helper()
	st, err := store.Open("")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
	return &realm.Realm{Store: st, Clock: clock.NewManual(time.Date(2024, 5, 1, 12, 0, 0, 0, time.UTC)), Account: realm.Account, Region: "us-east-1",
		AccessKey: "FLEETLABTEST", SecretKey: "secret"}
}

// call sends a request to the handler as if its signature had been verified.
func call(h http.Handler, method, target, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Length", fmt.Sprint(len(body)))
	for i := 0; i < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	h.ServeHTTP(w, r)
	return w
}

// errorOf reads an error answer and fails when it is not a well-formed one.
func errorOf(t testing.TB, w *httptest.ResponseRecorder) string {
	t.Helper()
	var e struct {
		XMLName       xml.Name `xml:"Error"`
		Code, Message string
	}
	if err := xml.Unmarshal(w.Body.Bytes(), &e); err != nil || e.Code == "" || e.Message == "" {
		t.Errorf("%d: not an S3 error: %q (%v)", w.Code, w.Body, err)
	}
	if got := w.Header().Get("Content-Type"); got != "application/xml" {
		t.Errorf("content type of an error is %q", got)
	}
	return fmt.Sprint(w.Code, " ", e.Code)
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	for _, tt := range []struct{ method, target, body, want string }{
		{"POST", "/", "", "405 MethodNotAllowed"},
		{"PATCH", "/fleet-a", "", "405 MethodNotAllowed"},
		{"PATCH", "/fleet-a/k", "", "405 MethodNotAllowed"},
		{"POST", "/fleet-a", "", "400 InvalidRequest"},
		{"POST", "/fleet-a/k?select&select-type=2", "", "400 InvalidRequest"},
		{"PUT", "/fleet-a?acl", "", "400 AccessControlListNotSupported"},
		{"PUT", "/fleet-a--x-s3", "", "400 InvalidBucketName"},
		{"PUT", "/fleet-b", "<x", "400 MalformedXML"},
		{"PUT", "/fleet-a?versioning", "<x/>", "400 MalformedXML"},
		{"PUT", "/fleet-a?versioning", "", "400 MalformedXML"},
		{"PUT", "/fleet-a?tagging", "<Other/>", "400 MalformedXML"},
		{"PATCH", "/fleet-a?tagging", "", "405 MethodNotAllowed"},
		{"POST", "/fleet-a?delete", "<Delete/>", "400 InvalidRequest"}, // no digest
		{"GET", "/fleet-a/k?versionId=", "", "400 InvalidArgument"},
		{"GET", "/fleet-a/%FF", "", "400 InvalidURI"},
		{"GET", "/fleet-a?encoding-type=x", "", "400 InvalidArgument"},
		{"GET", "/fleet-a?max-keys=x", "", "400 InvalidArgument"},
		{"GET", "/fleet-a/k?uploadId=x", "", "404 NoSuchUpload"},
		{"GET", "/fleet-a/k?uploadId=x&part-number-marker=9", "", "404 NoSuchUpload"},
		{"GET", "/fleet-a?uploads&max-uploads=x", "", "400 InvalidArgument"},
		{"POST", "/fleet-a/k?uploadId=x", "<", "400 MalformedXML"},
		{"PUT", "/fleet-a/k?uploadId=x&partNumber=0", "x", "400 InvalidArgument"},
		{"DELETE", "/fleet-z", "", "404 NoSuchBucket"},
		{"DELETE", "/fleet-a?location", "", "405 MethodNotAllowed"}, // and the bucket is still there
		{"DELETE", "/fleet-a?versioning", "", "405 MethodNotAllowed"},
		{"PUT", "/fleet-b?versions", "", "405 MethodNotAllowed"},
		{"GET", "/fleet-b?location", "", "404 NoSuchBucket"},
		{"GET", "/?max-buckets=x", "", "400 InvalidArgument"},
		{"PUT", "/fleet-a?publicAccessBlock", "<PublicAccessBlockConfiguration><BlockPublicAcls>x</BlockPublicAcls></PublicAccessBlockConfiguration>", "400 MalformedXML"},
	} {
		w := call(h, tt.method, tt.target, tt.body)
		if got := errorOf(t, w); got != tt.want {
			t.Errorf("%s %s %q answered %s, want %s", tt.method, tt.target, tt.body, got, tt.want)
		}
	}
}

// What a header asks for is done or refused.
func TestHeadersThatWouldBeIgnored(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	for _, tt := range []struct{ name, value, want string }{
		{"x-amz-acl", "public-read", "400 AccessControlListNotSupported"},
		{"x-amz-grant-read", "id=x", "400 AccessControlListNotSupported"},
		{"x-amz-storage-class", "ATTIC", "400 InvalidStorageClass"},
		{"x-amz-object-lock-mode", "GOVERNANCE", "400 InvalidRequest"},
		{"x-amz-server-side-encryption", "aws:kms", "400 InvalidRequest"},
		{"x-amz-server-side-encryption-customer-algorithm", "AES256", "400 InvalidRequest"},
		{"x-amz-write-offset-bytes", "3", "400 InvalidRequest"},
		{"x-amz-copy-source-server-side-encryption-customer-algorithm", "AES256", "400 InvalidRequest"},
	} {
		if got := errorOf(t, call(h, "PUT", "/fleet-a/k", "x", tt.name, tt.value)); got != tt.want {
			t.Errorf("%s: %s answered %s, want %s", tt.name, tt.value, got, tt.want)
		}
	}
	for name, value := range map[string]string{"x-amz-acl": "bucket-owner-full-control", "x-amz-storage-class": "STANDARD_IA",
		"x-amz-server-side-encryption": "AES256"} {
		if w := call(h, "PUT", "/fleet-a/k", "x", name, value); w.Code != 200 {
			t.Errorf("%s: %s answered %d %s", name, value, w.Code, w.Body)
		}
	}
}

func TestForcedDeletionIsNoS3(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	call(h, "PUT", "/fleet-a/k", "x")
	if got := errorOf(t, call(h, "DELETE", "/fleet-a", "", "x-minio-force-delete", "true")); got != "409 BucketNotEmpty" {
		t.Error(got)
	}
}

func TestVirtualHostStyle(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "http://fleet-a.localhost:4566/", "")
	call(h, "PUT", "http://fleet-a.localhost:4566/dir/k", "hello")
	if w := call(h, "GET", "http://127.0.0.1:4566/fleet-a/dir/k", ""); w.Body.String() != "hello" {
		t.Errorf("got %d %q", w.Code, w.Body)
	}
}

func TestContentLengthOfEncodedObject(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	call(h, "PUT", "/fleet-a/k", "zipped", "Content-Encoding", "gzip")
	if w := call(h, "HEAD", "/fleet-a/k", ""); w.Header().Get("Content-Length") != "6" || w.Header().Get("Content-Encoding") != "gzip" {
		t.Errorf("headers %v", w.Header())
	}
	if w := call(h, "GET", "/fleet-a/k", "", "If-Match", `"x"`); w.Header().Get("Content-Encoding") != "" || errorOf(t, w) != "412 PreconditionFailed" {
		t.Errorf("an error says that it is zipped: %v", w.Header())
	}
}

// TestStreamedUpload puts over TLS, where the SDK frames the body and sends its checksum behind it.
func TestStreamedUpload(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	framed := ""
	srv := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method == http.MethodPut {
			framed = r.Header.Get("x-amz-content-sha256") + " " + r.Header.Get("x-amz-trailer")
		}
		h.ServeHTTP(w, r)
	}))
	defer srv.Close()
	c := s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &srv.URL, UsePathStyle: true, HTTPClient: srv.Client(),
		Credentials:                credentials.NewStaticCredentialsProvider("a", "b", ""),
		RequestChecksumCalculation: aws.RequestChecksumCalculationWhenSupported})
	call(h, "PUT", "/fleet-a", "")
	body := strings.Repeat("0123456789abcdef", 1<<15)
	_, err := c.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("fleet-a"), Key: aws.String("k"), Body: strings.NewReader(body)})
	if err != nil {
		t.Fatal(err)
	}
	if framed != "STREAMING-UNSIGNED-PAYLOAD-TRAILER x-amz-checksum-crc32" {
		t.Fatalf("the SDK sent %q, so that this test shows nothing", framed)
	}
	w := call(h, "GET", "/fleet-a/k", "")
	if w.Body.String() != body || w.Header().Get("Content-Encoding") != "" {
		t.Errorf("stored %d bytes, encoding %q; want %d and none", w.Body.Len(), w.Header().Get("Content-Encoding"), len(body))
	}
}

func TestTrailingChecksumIsVerified(t *testing.T) {
	t.Parallel()
	h := newHandler(testRealm(t))
	call(h, "PUT", "/fleet-a", "")
	for _, tt := range []struct{ body, want string }{
		{"3\r\nabc\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n", "400 BadDigest"},
		{"3\r\nabc\r\n0\r\n\r\n", "400 InvalidRequest"}, // promised, not sent
		{"2\r\nab\r\n0\r\n\r\n", "400 InvalidRequest"},
		{"3\r\nabc\r\n", "400 IncompleteBody"},
		{"zz\r\nabc\r\n", "400 InvalidRequest"},
		{"", "400 IncompleteBody"},
	} {
		w := call(h, "PUT", "/fleet-a/k", tt.body, "x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
			"x-amz-decoded-content-length", "3", "x-amz-trailer", "x-amz-checksum-crc32", "Content-Encoding", "aws-chunked")
		if got := errorOf(t, w); got != tt.want {
			t.Errorf("%q answered %s, want %s", tt.body, got, tt.want)
		}
	}
	if w := call(h, "GET", "/fleet-a/k", ""); w.Code != 404 {
		t.Errorf("a refused upload was kept: %d", w.Code)
	}
}

func TestFailedUploadLeavesNoPieces(t *testing.T) {
	t.Parallel()
	r := testRealm(t)
	h := newHandler(r)
	call(h, "PUT", "/fleet-a", "")
	big := strings.Repeat("x", 3*chunkSize)
	if got := errorOf(t, call(h, "PUT", "/fleet-a/k", big, "Content-MD5", "AAAAAAAAAAAAAAAAAAAAAA==")); got != "400 BadDigest" {
		t.Error(got)
	}
	if got := errorOf(t, call(h, "PUT", "/fleet-z/k", big)); got != "404 NoSuchBucket" {
		t.Error(got)
	}
	call(h, "PUT", "/fleet-a/k", big)
	call(h, "PUT", "/fleet-a/k", "small") // takes the big one's place
	if n := pieces(t, r.Store); n != 1 {
		t.Errorf("%d pieces are stored, want the one of the small object", n)
	}
}

func TestSweep(t *testing.T) {
	t.Parallel()
	r := testRealm(t)
	h := newHandler(r)
	call(h, "PUT", "/fleet-a", "")
	call(h, "PUT", "/fleet-a/k", "kept")
	if err := r.Store.Update(func(tx *store.Tx) error { return putChunk(tx, 7, 0, []byte("cut off")) }); err != nil {
		t.Fatal(err)
	}
	if err := Sweep(r.Store); err != nil {
		t.Fatal(err)
	}
	if n := pieces(t, r.Store); n != 1 {
		t.Errorf("%d pieces are left, want 1", n)
	}
	if w := call(h, "GET", "/fleet-a/k", ""); w.Body.String() != "kept" {
		t.Errorf("got %q", w.Body)
	}
}

func pieces(t *testing.T, st *store.Store) (n int) {
	t.Helper()
	if err := st.View(func(tx *store.Tx) error { return tx.Row("SELECT count(*) FROM chunks", nil, &n) }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestPresigner(t *testing.T) {
	t.Parallel()
	r := testRealm(t)
	server := wire.New(wire.Options{Realm: r})
	Register(server, r)
	srv := httptest.NewServer(server)
	defer srv.Close()
	r.Endpoint = srv.URL
	h, key := newHandler(r), "dir/ä b+c%2F?=~"
	call(h, "PUT", "/fleet-a", "")
	call(h, "PUT", "/fleet-a?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
	target := "/fleet-a/" + url.PathEscape(key)
	old := call(h, "PUT", target, "old").Header().Get("x-amz-version-id")
	call(h, "PUT", target, "new")
	presign := Presigner(r)
	fetch := func(u string) (int, string) {
		resp, err := srv.Client().Get(u)
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
	for version, want := range map[string]string{"": "new", old: "old"} {
		u, err := presign(http.MethodGet, "fleet-a", key, version, time.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if status, body := fetch(u); status != 200 || body != want {
			t.Errorf("version %q: %d %s, want %s", version, status, body, want)
		}
		if status, body := fetch(u + "0"); status != 403 {
			t.Errorf("a changed URL answered %d %s", status, body)
		}
	}
}

func FuzzChunkedReader(f *testing.F) {
	f.Add([]byte("3\r\nabc\r\n0\r\n\r\n"))
	f.Add([]byte("3;chunk-signature=ab\r\nabc\r\n0;chunk-signature=cd\r\nx-amz-checksum-crc32:AAAAAA==\r\n"))
	f.Add([]byte("ffffffffffffffff\r\n"))
	f.Add([]byte("-1\r\n"))
	f.Fuzz(func(t *testing.T, in []byte) {
		got, err := io.ReadAll(newChunkedReader(bytes.NewReader(in), http.Header{}))
		if len(got) > len(in) {
			t.Errorf("%d bytes of %d", len(got), len(in))
		}
		if coded := (*apiError)(nil); err != nil && !errors.As(err, &coded) {
			t.Errorf("%v is no S3 error", err)
		}
	})
}

func TestChunkedReaderRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		var framed, plain bytes.Buffer
		for _, chunk := range rapid.SliceOfN(rapid.SliceOfN(rapid.Byte(), 1, 9000), 0, 5).Draw(t, "chunks") {
			fmt.Fprintf(&framed, "%x;chunk-signature=00\r\n%s\r\n", len(chunk), chunk)
			plain.Write(chunk)
		}
		framed.WriteString("0\r\n\r\n")
		got, err := io.ReadAll(newChunkedReader(&framed, http.Header{}))
		if err != nil || !bytes.Equal(got, plain.Bytes()) {
			t.Fatalf("%d bytes, %v; want %d", len(got), err, plain.Len())
		}
	})
}

// FuzzHandler holds the handler to answering whatever it is sent, and never with a fault of its own.
func FuzzHandler(f *testing.F) {
	h := newHandler(testRealm(f))
	call(h, "PUT", "/fleet-a", "")
	call(h, "PUT", "/fleet-a?versioning", "<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>")
	f.Add("GET", "/fleet-a/k", "versionId=null", "", "")
	f.Add("GET", "/fleet-a", "list-type=2&prefix=a&delimiter=/&continuation-token=YQ==", "", "")
	f.Add("GET", "/fleet-a", "versions&key-marker=a&version-id-marker=null&max-keys=1&encoding-type=url", "", "")
	f.Add("PUT", "/fleet-a/k", "", "body", "bytes=0-1")
	f.Add("POST", "/fleet-a/k", "uploads", "", "")
	f.Add("GET", "/fleet-a/k", "uploadId=1&part-number-marker=99999", "", "")
	f.Add("POST", "/fleet-a", "delete", "<Delete><Object><Key>k</Key></Object></Delete>", "")
	f.Add("GET", "/fleet-a", "uploads&delimiter=/&key-marker=a/&max-uploads=1", "", "")
	f.Add("GET", "/fleet-a/k", "attributes", "", "ETag,ObjectParts")
	f.Add("GET", "/fleet-a/k", "partNumber=1", "", "")
	f.Add("GET", "/fleet-a", "acl", "", "")
	f.Add("PUT", "/fleet-a", "policy", `{"Statement":[]}`, "")
	f.Fuzz(func(t *testing.T, method, path, query, body, value string) {
		r := httptest.NewRequest(http.MethodGet, "/", strings.NewReader(body))
		r.Method, r.URL.Path, r.URL.RawQuery = method, path, query
		for _, name := range []string{"Range", "If-Match", "x-amz-copy-source", "x-amz-tagging", "Content-MD5", "x-amz-content-sha256",
			"x-amz-object-attributes", "x-amz-checksum-algorithm"} {
			if value != "" {
				r.Header.Set(name, value)
			}
		}
		r.Header.Set("Content-Length", fmt.Sprint(len(body)))
		w := httptest.NewRecorder()
		h.ServeHTTP(w, r)
		if w.Code >= 500 {
			t.Errorf("%s %s?%s answered %d %s", method, path, query, w.Code, w.Body)
		}
	})
}
