package sandbox

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

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
	"fleetlab/aws/sandbox/store"
)

// FuzzSandbox sends signed requests with anything in them to all handlers. No answer is a 5xx, and each is well-formed.
func FuzzSandbox(f *testing.F) {
	for _, seed := range [][4]string{
		{"iot", "POST", "/things/a", `{"attributePayload":{"attributes":{"a":"b"}}}`}, {"iot", "DELETE", "/things/a?expectedVersion=1", ""},
		{"iot", "POST", "/thing-groups/g", `{"parentGroupName":"g"}`}, {"iot", "POST", "/dynamic-thing-groups/d", `{"queryString":"thingName:*"}`},
		{"iot", "PUT", "/jobs/j", `{"targets":["arn:aws:iot:us-east-1:000000000000:thing/a"],"document":"{}","schedulingConfig":{"startTime":"2030-01-01 00:00"}}`},
		{"iot", "PUT", "/jobs/j", `{"targets":["arn:aws:iot:us-east-1:000000000000:thing/a"],"document":"${aws:iot:s3-presigned-url:https://s3.us-east-1.amazonaws.com/b/k}"}`},
		{"iot", "PATCH", "/jobs/j", `{"abortConfig":{"criteriaList":[{"failureType":"ALL","action":"CANCEL","thresholdPercentage":1e-9,"minNumberOfExecutedThings":1}]}}`},
		{"iot", "POST", "/indexing/config", `{"thingIndexingConfiguration":{"thingIndexingMode":"REGISTRY"}}`}, {"iot", "POST", "/indices/search", `{"queryString":"a:[1 TO \"b\"] NOT (c*"}`},
		{"iot", "POST", "/indices/percentiles", `{"queryString":"*","percents":[-1,101,1e300]}`}, {"iot", "PUT", "/packages/p/versions/v", `{"attributes":{"a":"b"}}`},
		{"iot", "POST", "/policies/p", `{"policyDocument":"{}"}`}, {"iot", "POST", "/certificate/register", `{"certificatePem":"-----BEGIN CERTIFICATE-----\nAA==\n-----END CERTIFICATE-----"}`},
		{"iot", "POST", "/certificates", `{"certificateSigningRequest":"-----BEGIN CERTIFICATE REQUEST-----\nAA==\n-----END CERTIFICATE REQUEST-----"}`}, {"iot", "POST", "/things", `{"templateBody":"{\"Resources\":{}}"}`},
		{"iot", "GET", "/things?nextToken=%00&maxResults=999", ""}, {"iot", "GET", "/tags?resourceArn=arn:aws:iot:::x", ""}, {"iot", "PUT", "/job-templates/t", `{"description":"d","document":"{}"}`},
		{"iot-jobs-data", "POST", "/things/a/jobs/j", `{"status":"SUCCEEDED","expectedVersion":-9223372036854775808}`}, {"iot-jobs-data", "PUT", "/things/a/jobs/$next", `{}`},
		{"iotdata", "POST", "/things/a/shadow?name=%24package", `{"state":{"reported":{"p":{"version":"1"}}}}`}, {"iotdata", "POST", "/things/a/shadow", `{"state":{"desired":{"a":[1,{"b":null}]}},"version":1e3}`},
		{"iam", "POST", "/", "Action=CreateRole&RoleName=r&AssumeRolePolicyDocument=%7B%22Statement%22%3A%5B%5D%7D"}, {"iam", "POST", "/", "Action=ListRoles&Marker=x&MaxItems=1"},
		{"sts", "POST", "/", "Action=AssumeRole&RoleArn=arn:aws:iam::000000000000:role/r&RoleSessionName=s"}, {"s3", "PUT", "/bucket", ""}, {"s3", "PUT", "/bucket/key", "text"},
		{"s3", "POST", "/bucket?delete", `<Delete><Object><Key>a</Key></Object></Delete>`}, {"s3", "GET", "/bucket?versions&max-keys=0&encoding-type=url", ""}, {"s3", "PUT", "/bucket?versioning", `<VersioningConfiguration/>`},
	} {
		f.Add(seed[0], seed[1], seed[2], []byte(seed[3]))
	}
	st, err := store.Open("")
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { _ = st.Close() })
	now := time.Now()
	r := &realm.Realm{Store: st, Clock: clock.NewManual(now), Account: realm.Account, Region: "us-east-1", Endpoint: "http://127.0.0.1:4566",
		AccessKey: "AKIAFLEETLABTEST2345", SecretKey: "only for tests"}
	h, ticks, err := newHandler(r, false)
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, service, method, target string, body []byte) {
		q := fuzzRequest(t, r, service, method, target, body)
		if q == nil {
			return
		}
		w := httptest.NewRecorder()
		h.ServeHTTP(w, q)
		if w.Code >= 500 || !readable(w.Header().Get("Content-Type"), w.Body.String(), service) {
			t.Fatalf("%s %s %s: %d %q", service, method, target, w.Code, w.Body)
		}
		for _, tick := range ticks {
			if err := tick(); err != nil {
				t.Fatalf("%s %s %s: the background work: %v", service, method, target, err)
			}
		}
	})
}

// fuzzRequest signs a request; nil when net/http or the signer would not take it.
func fuzzRequest(t *testing.T, r *realm.Realm, service, method, target string, body []byte) *http.Request {
	u, err := url.ParseRequestURI(target)
	if err != nil || u.Host != "" || !strings.HasPrefix(target, "/") || method == "" || strings.ContainsAny(method, " \r\n") {
		return nil
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	q := httptest.NewRequest(http.MethodGet, "http://127.0.0.1/", strings.NewReader(string(body)))
	q.Method, q.URL, q.RequestURI = method, u, target
	q.Header.Set("X-Amz-Content-Sha256", hash)
	if service == "iam" || service == "sts" {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	signed := q.Clone(t.Context())
	path, _, _ := strings.Cut(target, "?")
	signed.URL.Opaque = "//127.0.0.1" + path
	creds := aws.Credentials{AccessKeyID: r.AccessKey, SecretAccessKey: r.SecretKey}
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, signed, hash, service, r.Region, time.Now(), func(o *v4.SignerOptions) { o.DisableURIPathEscaping = service == "s3" }); err != nil {
		return nil
	}
	q.Header = signed.Header
	return q
}

// readable tells whether a body is what its type says; an object of S3's may be anything.
func readable(kind, body, service string) bool {
	switch {
	case body == "" || service == "s3" && !strings.HasSuffix(kind, "/xml"):
		return true
	case strings.HasSuffix(kind, "/json"):
		return json.Valid([]byte(body))
	case !strings.HasSuffix(kind, "/xml"):
		return false
	}
	for d := xml.NewDecoder(strings.NewReader(body)); ; {
		if _, err := d.Token(); err != nil {
			return errors.Is(err, io.EOF) || strings.HasPrefix(body, "<") && service == "s3"
		}
	}
}
