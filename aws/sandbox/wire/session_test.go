package wire_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/sandbox/session"
	"fleetlab/aws/sandbox/wire"
)

// temporary makes credentials of a session that ends at the given time.
func temporary(t *testing.T, ends time.Time) aws.Credentials {
	t.Helper()
	s := session.Session{KeyID: session.NewKeyID(), Expires: ends, Role: "R", Name: "n"}
	c, err := session.Issue(testSecret, s)
	if err != nil {
		t.Fatal(err)
	}
	return aws.Credentials{AccessKeyID: s.KeyID, SecretAccessKey: c.SecretKey, SessionToken: c.Token}
}

func with(c aws.Credentials) func(*aws.Config) {
	return func(cfg *aws.Config) {
		cfg.Credentials = aws.CredentialsProviderFunc(func(context.Context) (aws.Credentials, error) { return c, nil })
	}
}

func TestTemporaryCredentialsOfEachService(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, registerEach)
	for service, err := range callEach(t, config(url, with(temporary(t, time.Now().Add(time.Hour))))) {
		if err != nil {
			t.Errorf("%s: %v", service, err)
		}
	}
}

func TestTemporaryCredentialsThatDoNotCount(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, registerEach)
	good, over := temporary(t, time.Now().Add(time.Hour)), temporary(t, time.Now().Add(-time.Second))
	change := func(f func(*aws.Credentials)) aws.Credentials { c := good; f(&c); return c }
	other := temporary(t, time.Now().Add(time.Hour))
	for name, c := range map[string]struct {
		keys  aws.Credentials
		codes map[string]string
		s3    int
	}{
		"expired": {over, map[string]string{"iot": "ExpiredTokenException", "iam": "ExpiredToken", "s3": "ExpiredToken"}, 400},
		"secret": {change(func(c *aws.Credentials) { c.SecretAccessKey = testSecret }),
			map[string]string{"iot": "InvalidSignatureException", "iam": "SignatureDoesNotMatch", "s3": "SignatureDoesNotMatch"}, 403},
		"no token": {change(func(c *aws.Credentials) { c.SessionToken = "" }),
			map[string]string{"iot": "UnrecognizedClientException", "iam": "InvalidClientTokenId", "s3": "InvalidAccessKeyId"}, 403},
		"bad token": {change(func(c *aws.Credentials) { c.SessionToken = "AAAA" + c.SessionToken[4:] }),
			map[string]string{"iot": "UnrecognizedClientException", "iam": "InvalidClientTokenId", "s3": "InvalidToken"}, 400},
		"another's token": {change(func(c *aws.Credentials) { c.SessionToken = other.SessionToken }),
			map[string]string{"iot": "UnrecognizedClientException", "iam": "InvalidClientTokenId", "s3": "InvalidToken"}, 400},
		"token of the user": {aws.Credentials{AccessKeyID: testKey, SecretAccessKey: testSecret, SessionToken: good.SessionToken},
			map[string]string{"iot": "UnrecognizedClientException", "iam": "InvalidClientTokenId", "s3": "InvalidToken"}, 400},
	} {
		for service, err := range callEach(t, config(url, with(c.keys))) {
			status := http.StatusForbidden
			if service == "s3" {
				status = c.s3
			}
			if code := c.codes[service]; code != "" {
				t.Run(name+" "+service, func(t *testing.T) { wantCode(t, err, code, status) })
			}
		}
	}
}

func TestCallerOfATemporaryKey(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, func(s *wire.Server) {
		wire.Handle(s, "sts", "GetCallerIdentity", func(ctx context.Context, _ *sts.GetCallerIdentityInput) (*sts.GetCallerIdentityOutput, error) {
			who, ok := wire.Caller(ctx)
			if !ok {
				return &sts.GetCallerIdentityOutput{Arn: aws.String("user")}, nil
			}
			return &sts.GetCallerIdentityOutput{Arn: aws.String(who.Role + "/" + who.Name)}, nil
		})
	})
	for want, cfg := range map[string]aws.Config{"user": config(url), "R/n": config(url, with(temporary(t, time.Now().Add(time.Hour))))} {
		out, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil)
		if err != nil || *out.Arn != want {
			t.Errorf("got %+v, %v; want %s", out, err, want)
		}
	}
}

// A presigned URL lives no longer than the session that signed it.
func TestPresignedWithTemporaryCredentials(t *testing.T) {
	t.Parallel()
	_, url := server(t, wire.Options{}, echoObject)
	presign := func(c aws.Credentials) string {
		client := s3.NewPresignClient(s3.NewFromConfig(config(url, with(c)), func(o *s3.Options) { o.UsePathStyle = true }))
		out, err := client.PresignGetObject(t.Context(), &s3.GetObjectInput{Bucket: aws.String("b"), Key: aws.String("k")})
		if err != nil {
			t.Fatal(err)
		}
		return out.URL
	}
	good := presign(temporary(t, time.Now().Add(time.Hour)))
	if status, body := fetch(t, http.MethodGet, good, "", nil); status != 200 {
		t.Errorf("%d %s", status, body)
	}
	if status, body := fetch(t, http.MethodGet, strings.Replace(good, "X-Amz-Security-Token=", "X-Amz-Security-Token=A", 1), "", nil); status != 400 ||
		!strings.Contains(body, "InvalidToken") {
		t.Errorf("a spoilt token: %d %s", status, body)
	}
	if status, body := fetch(t, http.MethodGet, presign(temporary(t, time.Now().Add(-time.Second))), "", nil); status != 400 ||
		!strings.Contains(body, "ExpiredToken") {
		t.Errorf("an ended session: %d %s", status, body)
	}
}
