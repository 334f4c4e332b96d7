package wire_test

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"

	"fleetlab/aws/sandbox/wire"
)

// wantCode fails unless err is the AWS error with that code and status.
func wantCode(t *testing.T, err error, code string, status int) {
	t.Helper()
	var api smithy.APIError
	var resp interface{ HTTPStatusCode() int }
	if !errors.As(err, &api) || !errors.As(err, &resp) {
		t.Fatalf("got %v, want %s", err, code)
	}
	if api.ErrorCode() != code || resp.HTTPStatusCode() != status {
		t.Errorf("got %s with status %d, want %s with %d: %v", api.ErrorCode(), resp.HTTPStatusCode(), code, status, err)
	}
}

// callEach calls one operation of each service family and returns the errors by service.
func callEach(t *testing.T, cfg aws.Config) map[string]error {
	t.Helper()
	errs := map[string]error{}
	_, errs["iot"] = iot.NewFromConfig(cfg).ListThings(t.Context(), &iot.ListThingsInput{AttributeName: aws.String("a/b@#:,")})
	_, errs["iot-jobs-data"] = iotjobsdataplane.NewFromConfig(cfg).StartNextPendingJobExecution(t.Context(),
		&iotjobsdataplane.StartNextPendingJobExecutionInput{ThingName: aws.String("a:b")})
	_, errs["sts"] = sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
	_, errs["iam"] = iam.NewFromConfig(cfg).DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String("r")})
	client := s3.NewFromConfig(cfg, func(o *s3.Options) { o.UsePathStyle = true })
	_, errs["s3"] = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: aws.String("bucket"), Key: aws.String("a b/ü+%20~"),
		Body: strings.NewReader("x"), Metadata: map[string]string{"k": "a  b"}})
	return errs
}

// registerEach registers the operations that callEach calls.
func registerEach(s *wire.Server) {
	wire.Handle(s, "iot", "ListThings", func(context.Context, *iot.ListThingsInput) (*iot.ListThingsOutput, error) { return nil, nil })
	wire.Handle(s, "iot-jobs-data", "StartNextPendingJobExecution", func(context.Context,
		*iotjobsdataplane.StartNextPendingJobExecutionInput) (*iotjobsdataplane.StartNextPendingJobExecutionOutput, error) {
		return nil, nil
	})
	wire.Handle(s, "sts", "GetCallerIdentity", func(context.Context, *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
		return nil, nil
	})
	wire.Handle(s, "iam", "DeleteRole", func(context.Context, *iam.DeleteRoleInput) (*iam.DeleteRoleOutput, error) { return nil, nil })
	s.Mount("s3", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusOK) }))
}

func TestGoodSignaturesOfEachService(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, registerEach)
	for service, err := range callEach(t, config(url)) {
		if err != nil {
			t.Errorf("%s: %v", service, err)
		}
	}
}

func TestBadSignaturesAreRefusedInEachServicesWords(t *testing.T) {
	t.Parallel()
	now := time.Now()
	wrongKey := func(c *aws.Config) {
		c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: "AKIAUNKNOWN", SecretAccessKey: testSecret}, nil
		})
	}
	wrongSecret := func(c *aws.Config) {
		c.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) {
			return aws.Credentials{AccessKeyID: testKey, SecretAccessKey: "other"}, nil
		})
	}
	cases := []struct {
		name   string
		change func(*aws.Config)
		late   time.Duration // how late the server's clock is
		codes  map[string]string
	}{
		{"unknown key", wrongKey, 0, map[string]string{"iot": "UnrecognizedClientException", "iot-jobs-data": "UnrecognizedClientException",
			"sts": "InvalidClientTokenId", "iam": "InvalidClientTokenId", "s3": "InvalidAccessKeyId"}},
		{"wrong secret", wrongSecret, 0, map[string]string{"iot": "InvalidSignatureException", "iot-jobs-data": "InvalidSignatureException",
			"sts": "SignatureDoesNotMatch", "iam": "SignatureDoesNotMatch", "s3": "SignatureDoesNotMatch"}},
		{"late clock", func(*aws.Config) {}, 16 * time.Minute, map[string]string{"iot": "InvalidSignatureException",
			"iot-jobs-data": "InvalidSignatureException", "sts": "SignatureDoesNotMatch", "iam": "SignatureDoesNotMatch", "s3": "RequestTimeTooSkewed"}},
		{"early clock", func(*aws.Config) {}, -16 * time.Minute, map[string]string{"iot": "InvalidSignatureException",
			"iot-jobs-data": "InvalidSignatureException", "sts": "SignatureDoesNotMatch", "iam": "SignatureDoesNotMatch", "s3": "RequestTimeTooSkewed"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, url := server(t, wire.Options{Now: func() time.Time { return now.Add(c.late) }}, registerEach)
			for service, err := range callEach(t, config(url, c.change)) {
				wantCode(t, err, c.codes[service], http.StatusForbidden)
			}
		})
	}
}

func TestRegionOfTheScope(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, registerEach)
	errs := callEach(t, config(url, func(c *aws.Config) { c.Region = "eu-west-1" }))
	if errs["iam"] != nil {
		t.Errorf("iam is global and yet: %v", errs["iam"])
	}
	wantCode(t, errs["iot"], "InvalidSignatureException", http.StatusForbidden)
	wantCode(t, errs["sts"], "SignatureDoesNotMatch", http.StatusForbidden)
	wantCode(t, errs["s3"], "AuthorizationHeaderMalformed", http.StatusBadRequest)
}

// Whatever part of a signed request is changed on the way, it is refused and no handler sees it.
func TestTamperedRequestsAreRefused(t *testing.T) {
	t.Parallel()
	now := time.Now()
	cases := map[string]func(*http.Request){
		"path":          func(r *http.Request) { *r.URL = *mustURL(t, "http://h/things/b"); r.RequestURI = "/things/b" },
		"query":         func(r *http.Request) { r.URL.RawQuery = "x=1" },
		"method":        func(r *http.Request) { r.Method = http.MethodPatch },
		"body":          func(r *http.Request) { r.Body = readCloser{strings.NewReader(`{"thingTypeName":"X"}`)} },
		"host":          func(r *http.Request) { r.Host = "elsewhere" },
		"signed header": func(r *http.Request) { r.Header.Set("X-Amz-Extra", "2") },
		"header list":   func(r *http.Request) { replaceAuth(r, ";x-amz-extra", "") },
		"list lacks":    func(r *http.Request) { r.Header.Del("X-Amz-Extra") },
		"signature":     func(r *http.Request) { replaceAuth(r, "Signature=", "Signature=0") },
		"no signature":  func(r *http.Request) { replaceAuth(r, "Signature=", "Sig=") },
		"scope":         func(r *http.Request) { replaceAuth(r, "/iot/", "/iot-jobs-data/") },
		"date": func(r *http.Request) {
			r.Header.Set("X-Amz-Date", now.Add(time.Second).UTC().Format("20060102T150405Z"))
		},
		"other day":      func(r *http.Request) { r.Header.Set("X-Amz-Date", "20200101T000000Z") },
		"declared hash":  func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", strings.Repeat("0", 64)) },
		"unsigned body":  func(r *http.Request) { r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD") },
		"other scheme":   func(r *http.Request) { replaceAuth(r, "AWS4-HMAC-SHA256", "AWS4-ECDSA-P256-SHA256") },
		"authorization":  func(r *http.Request) { r.Header.Set("Authorization", "Bearer x") },
		"no credentials": func(r *http.Request) { r.Header.Del("Authorization") },
		"short scope":    func(r *http.Request) { replaceAuth(r, "/aws4_request", "") },
	}
	s := wire.New(wire.Options{Realm: testRealm(), Now: func() time.Time { return now }})
	calls := 0
	wire.Handle(s, "iot", "CreateThing", func(context.Context, *iot.CreateThingInput) (*iot.CreateThingOutput, error) {
		calls++
		return nil, nil
	})
	build := func() *http.Request {
		r := signedWithHeader(t, "http://127.0.0.1/things/a", `{"thingTypeName":"T"}`, now)
		return r
	}
	if resp, body := serve(s, build()); resp.StatusCode != http.StatusOK || calls != 1 {
		t.Fatalf("the request is refused before it is tampered with: %s", body)
	}
	for name, tamper := range cases {
		r := build()
		tamper(r)
		resp, body := serve(s, r)
		if resp.StatusCode != http.StatusForbidden && resp.StatusCode != http.StatusBadRequest || !strings.Contains(body, "message") {
			t.Errorf("%s: %d %s", name, resp.StatusCode, body)
		}
	}
	if calls != 1 {
		t.Errorf("the handler was called %d times, want once", calls)
	}
}

func replaceAuth(r *http.Request, from, to string) {
	r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), from, to, 1))
}

// A request without a signature, or with one that cannot be read, is refused in the words of the service that it seems to
// be for. People follow links to objects without a signature; IoT is only ever called through an SDK.
func TestUnidentifiedCallers(t *testing.T) {
	t.Parallel()
	s := wire.New(wire.Options{Realm: testRealm()})
	registerEach(s)
	const form, scope = "application/x-www-form-urlencoded", "AWS4-HMAC-SHA256 Credential=a/20200101/us-east-1/s3/aws4_request"
	for _, c := range []struct{ method, target, kind, auth, want string }{
		{"GET", "/things", "", "", "403 MissingAuthenticationTokenException"},
		{"POST", "/things/a", "", "", "403 MissingAuthenticationTokenException"},
		{"POST", "/", form, "", "403 MissingAuthenticationToken"},
		{"GET", "/", "", "", "403 AccessDenied"},
		{"GET", "/bucket/key", "", "", "403 AccessDenied"},
		{"PUT", "/bucket", "", "", "403 AccessDenied"},
		{"GET", "/things", "", "Bearer x", "400 IncompleteSignatureException"},
		{"POST", "/", form, "Bearer x", "400 IncompleteSignature"},
		{"GET", "/bucket/key", "", scope, "400 AuthorizationHeaderMalformed"},
		{"GET", "/bucket/key?X-Amz-Credential=a%2F20200101%2Fus-east-1%2Fs3%2Faws4_request", "", "", "400 AuthorizationQueryParametersError"},
	} {
		r := httptest.NewRequest(c.method, c.target, http.NoBody)
		r.Header.Set("Content-Type", c.kind)
		r.Header.Set("Authorization", c.auth)
		resp, body := serve(s, r)
		code := resp.Header.Get("X-Amzn-Errortype")
		if strings.HasPrefix(body, "<") {
			_, rest, _ := strings.Cut(body, "<Code>")
			code, _, _ = strings.Cut(rest, "</Code>")
		}
		if got := fmt.Sprint(resp.StatusCode, " ", code); got != c.want {
			t.Errorf("%s %s %q is answered %s, want %s", c.method, c.target, c.auth, got, c.want)
		}
	}
}
