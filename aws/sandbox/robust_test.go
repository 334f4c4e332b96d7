package sandbox_test

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

// raw is a request as it goes over the wire, however wrong.
type raw struct {
	service, method, target string
	header                  []string // names and values
	body                    string
	length                  string // of the body as it is declared; "" means the true one, "chunked" and "none" what they say
	fine                    bool   // it may as well succeed
}

// bytes signs the request as if all were well with it and writes it out.
func (q raw) bytes(t *testing.T, s *sandbox.Sandbox) []byte {
	t.Helper()
	sum := sha256.Sum256([]byte(q.body))
	hash := hex.EncodeToString(sum[:])
	r := &http.Request{Method: q.method, Host: "127.0.0.1", Header: http.Header{"X-Amz-Content-Sha256": {hash}}, ContentLength: -1, URL: &url.URL{Scheme: "http", Host: "127.0.0.1"}}
	path, query, _ := strings.Cut(q.target, "?")
	r.URL.Opaque, r.URL.RawQuery = "//127.0.0.1"+path, query
	for i := 0; i < len(q.header); i += 2 {
		r.Header.Add(q.header[i], q.header[i+1])
	}
	if q.service != "" {
		creds := aws.Credentials{AccessKeyID: s.AccessKey(), SecretAccessKey: s.SecretKey()}
		err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hash, q.service, s.Region(), time.Now(),
			func(o *v4.SignerOptions) { o.DisableURIPathEscaping = q.service == "s3" })
		if err != nil {
			t.Fatal(err)
		}
	}
	for i := 0; i < len(q.header); i += 2 { // what the test says counts, also where the signer knew better
		r.Header.Set(q.header[i], q.header[i+1])
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "%s %s HTTP/1.1\r\nHost: 127.0.0.1\r\n", q.method, q.target)
	for name, values := range r.Header {
		fmt.Fprintf(&b, "%s: %s\r\n", name, values[0])
	}
	switch q.length {
	case "none":
		b.WriteString("\r\n")
	case "chunked":
		fmt.Fprintf(&b, "Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(q.body), q.body)
		return b.Bytes()
	case "":
		q.length = fmt.Sprint(len(q.body))
		fallthrough
	default:
		fmt.Fprintf(&b, "Content-Length: %s\r\n\r\n", q.length)
	}
	b.WriteString(q.body)
	return b.Bytes()
}

// hung ends a test whose request is not answered at all.
const hung = 30 * time.Second

// exchange sends bytes on a connection of their own, says that no more will come, and reads the answer.
func exchange(t *testing.T, s *sandbox.Sandbox, method string, b []byte) (*http.Response, []byte, error) {
	t.Helper()
	conn, err := net.Dial("tcp", strings.TrimPrefix(s.Endpoint(), "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(hung)); err != nil {
		t.Fatal(err)
	}
	go func() {
		_, _ = conn.Write(b) // the server may have had enough before the end
		_ = conn.(*net.TCPConn).CloseWrite()
	}()
	resp, err := http.ReadResponse(bufio.NewReader(conn), &http.Request{Method: method})
	if err != nil {
		return nil, nil, err
	}
	body, err := io.ReadAll(resp.Body)
	return resp, body, err
}

// wellFormed says what is wrong with the form of an answer.
func wellFormed(method string, resp *http.Response, body []byte) error {
	kind := resp.Header.Get("Content-Type")
	switch {
	case method == http.MethodHead || len(body) == 0:
		return nil
	case strings.HasSuffix(kind, "/json"):
		if !json.Valid(body) {
			return fmt.Errorf("not JSON: %.200q", body)
		}
	case strings.HasSuffix(kind, "/xml"):
		for d := xml.NewDecoder(bytes.NewReader(body)); ; {
			if _, err := d.Token(); errors.Is(err, io.EOF) {
				return nil
			} else if err != nil {
				return fmt.Errorf("not XML: %w: %.200q", err, body)
			}
		}
	case strings.HasPrefix(kind, "text/plain") && resp.Close && resp.StatusCode >= 400:
		return nil // net/http answers what is no HTTP
	default:
		return fmt.Errorf("content type %q: %.200q", kind, body)
	}
	return nil
}

// refuses sends each request and wants a well-formed refusal of it.
func refuses(t *testing.T, s *sandbox.Sandbox, requests map[string]raw) {
	t.Helper()
	for name, q := range requests {
		b := q.bytes(t, s)
		resp, body, err := exchange(t, s, q.method, b)
		if err != nil {
			t.Errorf("%s: no answer: %v", name, err)
			continue
		}
		if resp.StatusCode >= 500 || resp.StatusCode < 400 && !q.fine {
			t.Errorf("%s: %s %.300q", name, resp.Status, body)
		}
		if err := wellFormed(q.method, resp, body); err != nil {
			t.Errorf("%s: %s: %v", name, resp.Status, err)
		}
	}
}

const formType = "application/x-www-form-urlencoded"

func TestMalformedBodies(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	for name, body := range map[string]string{
		"half an object": `{`, "a list": `[]`, "a string": `"x"`, "half a word": `nul`, "two objects": `{}{}`, "a list for a map": `{"attributePayload":[]}`,
		"a number for a name": `{"thingTypeName":1}`, "an object for a name": `{"thingTypeName":{"a":1}}`, "a null in a map": `{"attributePayload":{"attributes":{"a":[null]}}}`,
		"a huge number": `{"attributePayload":{"merge":1e999999999}}`, "depth": strings.Repeat(`{"a":`, 100_000), "brackets": strings.Repeat(`[`, 500_000),
		"no UTF-8": "{\"thingTypeName\":\"\xff\xfe\"}", "a NUL": "{\"thingTypeName\":\"a\x00b\"}", "an escaped NUL": `{"thingTypeName":"a\u0000b"}`,
		"half a surrogate": `{"thingTypeName":"\ud800"}`, "a byte order mark": "\ufeff{}", "many keys": `{"attributePayload":{"attributes":{` + manyKeys(20_000) + `}}}`,
		"a form": "Action=ListThings", "XML": "<a/>", "spaces": strings.Repeat(" ", 900_000), "ten megabytes": `{"a":"` + strings.Repeat("x", 10<<20) + `"}`,
	} {
		requests["thing: "+name] = raw{service: "iot", method: "POST", target: "/things/a", body: body}
		requests["chunked thing: "+name] = raw{service: "iot", method: "POST", target: "/things/a", body: body, length: "chunked"}
		requests["search: "+name] = raw{service: "iot", method: "POST", target: "/indices/search", body: body}
		requests["shadow: "+name] = raw{service: "iotdata", method: "POST", target: "/things/a/shadow", body: body}
		requests["execution: "+name] = raw{service: "iot-jobs-data", method: "POST", target: "/things/a/jobs/j", body: body}
		requests["role: "+name] = raw{service: "iam", method: "POST", target: "/", header: []string{"Content-Type", formType}, body: body}
		requests["bucket: "+name] = raw{service: "s3", method: "PUT", target: "/bucket", body: body}
	}
	refuses(t, s, requests)
}

func manyKeys(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, `"k%d":"v",`, i)
	}
	return strings.TrimSuffix(b.String(), ",")
}

func TestLyingLengths(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	for _, length := range []string{"5", "3", "-1", "99999999999999999999", "1x", "0x2", "10485760", ""} {
		for service, target := range map[string]string{"iot": "/things/a", "iotdata": "/things/a/shadow", "s3": "/bucket/key", "sts": "/"} {
			requests[service+" of length "+length] = raw{service: service, method: "POST", target: target, body: `{"a"`, length: length}
			requests[service+" with a bad chunk "+length] = raw{service: service, method: "POST", target: target, header: []string{"Transfer-Encoding", "chunked"}, body: length + "\r\n{}\r\n", length: "none"}
			requests[service+" with both lengths "+length] = raw{service: service, method: "POST", target: target, header: []string{"Transfer-Encoding", "chunked"}, body: "0\r\n\r\n", length: "4", fine: true}
		}
	}
	refuses(t, s, requests)
}

func TestPathTricks(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	for _, path := range []string{"/things/..", "/things/%2e%2e", "/things/a/../../b", "//things//a", "/things/a%2Fb", "/things/%00", "/things/%", "/things/%zz",
		"/%2Fthings", "/things/a/", "/things//", "/things/a\\b", "/things/%ff%fe", "/things/" + strings.Repeat("a", 30_000), "/things/a;b=c", "/things/%E2%80%AE",
		"/things/a/jobs/%24next/x", "/things/a/jobs/..", "/packages/../versions/1", "/thing-groups/%0d%0aX-Evil:%201", "/", "//", "/.", "/things/a?x=%zz", "/things/a?" + strings.Repeat("&", 9000),
		"/things/a?expectedVersion=1&expectedVersion=2", "/things/a?expectedVersion=%00"} {
		for service, method := range map[string]string{"iot": "DELETE", "iotdata": "GET", "iot-jobs-data": "GET", "s3": "GET", "iam": "GET"} {
			requests[service+" "+path] = raw{service: service, method: method, target: path, fine: true}
			requests["unsigned "+service+" "+path] = raw{method: method, target: path}
		}
	}
	for _, target := range []string{"*", "http://example.com/things", "things", "?", "http://", "/things\x7f"} {
		requests["target "+target] = raw{service: "iot", method: "GET", target: target, fine: true}
	}
	refuses(t, s, requests)
}

func TestWrongMethods(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	for _, method := range []string{"PATCH", "BREW", "HEAD", "OPTIONS", "TRACE", "CONNECT", "get", "G(T", "DELETE"} {
		for service, target := range map[string]string{"iot": "/things", "iotdata": "/topics/a", "iot-jobs-data": "/things/a/jobs/b/c", "iam": "/", "sts": "/", "s3": "/bucket/key"} {
			requests[method+" to "+service] = raw{service: service, method: method, target: target}
			requests[method+" to nobody "+target] = raw{method: method, target: target}
		}
	}
	refuses(t, s, requests)
}

func TestBadSignatures(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	day := time.Now().UTC().Format("20060102")
	scope := "AWS4-HMAC-SHA256 Credential=" + s.AccessKey() + "/" + day + "/" + s.Region() + "/"
	for service, target := range map[string]string{"iot": "/things", "iotdata": "/things/a/shadow", "iot-jobs-data": "/things/a/jobs", "iam": "/?Action=ListRoles", "sts": "/?Action=GetCallerIdentity", "s3": "/bucket/key"} {
		for name, header := range map[string][]string{
			"none":              {"Authorization", ""},
			"nonsense":          {"Authorization", "Bearer x"},
			"no end":            {"Authorization", "AWS4-HMAC-SHA256 Credential=" + s.AccessKey()},
			"slashes":           {"Authorization", "AWS4-HMAC-SHA256 Credential=/////, SignedHeaders=, Signature="},
			"no signature":      {"Authorization", scope + service + "/aws4_request, SignedHeaders=host, Signature="},
			"another signature": {"Authorization", scope + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64)},
			"absent headers":    {"Authorization", scope + service + "/aws4_request, SignedHeaders=host;x-amz-date;x-none, Signature=" + strings.Repeat("0", 64)},
			"many headers":      {"Authorization", scope + service + "/aws4_request, SignedHeaders=" + strings.Repeat("a;", 9000) + "host, Signature=" + strings.Repeat("0", 64)},
			"another key":       {"Authorization", "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/" + day + "/" + s.Region() + "/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64)},
			"another Region":    {"Authorization", "AWS4-HMAC-SHA256 Credential=" + s.AccessKey() + "/" + day + "/mars-1/" + service + "/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64)},
			"another service":   {"Authorization", scope + "ec2/aws4_request, SignedHeaders=host;x-amz-date, Signature=" + strings.Repeat("0", 64)},
			"an old date":       {"X-Amz-Date", "20200101T000000Z"},
			"no date":           {"X-Amz-Date", "yesterday"},
			"a stale token":     {"X-Amz-Security-Token", strings.Repeat("x", 2000)},
			"another hash":      {"X-Amz-Content-Sha256", strings.Repeat("0", 64)},
		} {
			fine := (name == "another hash" || name == "a stale token") && service != "s3" // what is not signed does not count
			requests[service+" with "+name] = raw{service: service, method: "GET", target: target, header: header, fine: fine}
		}
		requests["presigned "+service] = raw{method: "GET", target: "/things?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=a%2Fb%2Fc%2F" + service + "%2Faws4_request&X-Amz-Date=x&X-Amz-Expires=-5&X-Amz-SignedHeaders=&X-Amz-Signature=z"}
	}
	requests["older presigned"] = raw{method: "GET", target: "/bucket/key?AWSAccessKeyId=" + s.AccessKey() + "&Signature=%00&Expires=99999999999999999999"}
	refuses(t, s, requests)
}

func TestBadForms(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	for name, body := range map[string]string{
		"no action": "Version=2010-05-08", "an unknown action": "Action=LaunchRocket&Version=2010-05-08", "two actions": "Action=CreateRole&Action=ListRoles",
		"an index too high": "Action=TagRole&RoleName=r&Tags.member.99999999999.Key=a", "an index below one": "Action=TagRole&RoleName=r&Tags.member.-1.Key=a",
		"an index that is no number": "Action=TagRole&RoleName=r&Tags.member.x.Key=a", "a map and a value": "Action=TagRole&RoleName=r&Tags=a&Tags.member.1.Key=b&Tags.member=c",
		"many dots": "Action=TagRole&RoleName=r&" + strings.Repeat("a.", 200_000) + "=1", "bad escapes": "Action=%zz", "no UTF-8": "Action=CreateRole&RoleName=%ff", "a NUL": "Action=CreateRole&RoleName=%00&AssumeRolePolicyDocument=%00",
		"many parameters": "Action=CreateRole&" + strings.Repeat("a=b&", 150_000), "deep JSON in a document": "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=" + strings.Repeat("%7B%22a%22%3A", 30_000),
		"no number": "Action=ListRoles&MaxItems=x", "nothing": "",
	} {
		for _, kind := range []string{formType, "application/json", "multipart/form-data; boundary=x", ""} {
			requests[name+" as "+kind] = raw{service: "iam", method: "POST", target: "/", header: []string{"Content-Type", kind}, body: body, fine: name == "two actions"}
		}
	}
	refuses(t, s, requests)
}

func TestHeaderBombs(t *testing.T) {
	t.Parallel()
	s, requests := sandboxtest.Start(t), map[string]raw{}
	var many []string
	for i := range 5000 {
		many = append(many, fmt.Sprint("X-Bomb-", i), "0123456789")
	}
	requests["many headers"] = raw{method: "GET", target: "/things", header: many}
	requests["a long header"] = raw{method: "GET", target: "/things", header: []string{"X-Long", strings.Repeat("x", 1<<20)}}
	requests["a long Authorization"] = raw{method: "GET", target: "/things", header: []string{"Authorization", "AWS4-HMAC-SHA256 " + strings.Repeat("Credential=a,", 4000)}}
	requests["a header without a colon"] = raw{method: "GET", target: "/things", header: []string{"X\r\nNo colon\r\nX", "a"}}
	requests["a long type"] = raw{service: "iot", method: "POST", target: "/things/a%20b", header: []string{"Content-Type", strings.Repeat("a/", 9000)}}
	requests["an encoding"] = raw{service: "iot", method: "POST", target: "/things/a", header: []string{"Content-Encoding", "gzip"}, body: "\x1f\x8b\x08"}
	requests["an expectation"] = raw{service: "iot", method: "POST", target: "/things/a", header: []string{"Expect", "tea"}, body: "{"}
	requests["an upgrade"] = raw{service: "iot", method: "GET", target: "/things/a%20b", header: []string{"Connection", "Upgrade", "Upgrade", "websocket"}}
	refuses(t, s, requests)
	for name, text := range map[string]string{"noise": "\x16\x03\x01\x02\x00\x01\x00", "an old version": "GET /things\r\n\r\n", "a version to come": "GET /things HTTP/9.9\r\n\r\n",
		"HTTP/1.0": "GET /things HTTP/1.0\r\n\r\n", "two hosts": "GET /things HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", "no host": "GET /things HTTP/1.1\r\n\r\n", "two lengths": "POST /things/a HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"} {
		resp, body, err := exchange(t, s, http.MethodGet, []byte(text))
		if err != nil || resp.StatusCode < 400 || resp.StatusCode >= 500 && resp.StatusCode != http.StatusHTTPVersionNotSupported {
			t.Errorf("%s: %v %v", name, resp, err)
		} else if err := wellFormed(http.MethodGet, resp, body); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}
