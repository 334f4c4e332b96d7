package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
)

// refusal is an answer of AWS to calls whose method and path, or whose body, hold a text.
type refusal struct {
	call   string
	status int
	code   string
	words  string
}

// denial is what AWS says of a call that no policy allows (IAM user guide, Troubleshoot access denied error messages).
func denial(action, resource string) string {
	return fmt.Sprintf("User: arn:aws:iam::000000000000:user/x is not authorized to perform: %s on resource: %s because no identity-based policy allows the %s action",
		action, resource, action)
}

// matches tells whether r is refused, and puts what was read of it back.
func (f refusal) matches(r *http.Request) bool {
	body, err := io.ReadAll(r.Body)
	r.Body = io.NopCloser(strings.NewReader(string(body)))
	return err == nil && (strings.Contains(r.Method+" "+r.URL.Path, f.call) || strings.Contains(string(body), f.call))
}

// answer refuses in the protocol of the service: JSON with the code in the header, or the XML of IAM or S3; HEAD has no body.
func (f refusal) answer(w http.ResponseWriter, r *http.Request) {
	form := `<?xml version="1.0"?><Error><Code>%[1]s</Code><Message>%[2]s</Message></Error>` // S3
	switch scope := r.Header.Get("Authorization"); {
	case strings.Contains(scope, "/iam/"):
		form = `<ErrorResponse><Error><Type>Sender</Type><Code>%[1]s</Code><Message>%[2]s</Message></Error></ErrorResponse>`
	case !strings.Contains(scope, "/s3/"):
		w.Header().Set("X-Amzn-Errortype", f.code)
		form = `{"message":%[2]q}`
	}
	w.WriteHeader(f.status)
	_, _ = fmt.Fprintf(w, form, f.code, f.words)
}

// refusing is a proxy before the sandbox that refuses calls while bad is set. Host, and so the signature, stays as it is.
func refusing(t *testing.T, sb *sandbox.Sandbox, bad *atomic.Bool, refusals []refusal) string {
	t.Helper()
	to, err := url.Parse(sb.Endpoint())
	if err != nil {
		t.Fatal(err)
	}
	on := &httputil.ReverseProxy{Rewrite: func(r *httputil.ProxyRequest) { r.SetURL(to); r.Out.Host = r.In.Host }}
	srv := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		for _, f := range refusals {
			if bad.Load() && f.matches(r) {
				f.answer(w, r)
				return
			}
		}
		on.ServeHTTP(w, r)
	}))
	t.Cleanup(srv.Close)
	return srv.URL
}

// TestRefusedCallsAreTold: of each call that AWS refuses a person reads which permission or quota it is about and what to do; nothing
// else is kept from being made, the exit code tells, and the command that is proposed makes the rest.
func TestRefusedCallsAreTold(t *testing.T) {
	sb := sandboxtest.Start(t)
	for name, value := range map[string]string{"AWS_ACCESS_KEY_ID": sb.AccessKey(), "AWS_SECRET_ACCESS_KEY": sb.SecretKey(), "AWS_SESSION_TOKEN": "",
		"AWS_PROFILE": "", "AWS_CONFIG_FILE": t.TempDir() + "/none", "AWS_EC2_METADATA_DISABLED": "true"} {
		t.Setenv(name, value)
	}
	var bad atomic.Bool
	bad.Store(true)
	endpoint := refusing(t, sb, &bad, []refusal{
		{"POST /things/Car-002", 403, "AccessDeniedException", denial("iot:CreateThing", "arn:aws:iot:us-east-1:000000000000:thing/Car-002")},
		{"HEAD /", 403, "", ""},
		{"Action=CreateRole", 409, "LimitExceeded", "Cannot exceed quota for RolesPerAccount: 1000"},
	})
	args := []string{"provision", "--devices=3", "--prefix=Car-", "--countries=US", "--thing-types=SUVVehicle", "--versions=1.0.0", "--pace=off", "--yes",
		"--lang=en", "--region=us-east-1", "--endpoint-url=" + endpoint}
	got := fleetlab(t, args...)
	if got.code != exitPartial {
		t.Errorf("exit code %d: %s", got.code, got.err)
	}
	for _, want := range []string{
		`have {"Effect":"Allow","Action":"iot:CreateThing","Resource":"arn:aws:iot:us-east-1:000000000000:thing/*"} added`,
		`have {"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"} added`,
		"the quota of RolesPerAccount (1000) is used up",
		"thing CREATED 2, FAILED 1", "Package settings: SKIPPED",
		"To try again: fleetlab " + strings.Join(args, " "),
	} {
		if !strings.Contains(got.out, want) {
			t.Errorf("it does not say %q:\n%s", want, got.out)
		}
	}
	bad.Store(false)
	if got := fleetlab(t, args...); got.code != exitDone || !strings.Contains(got.out, "thing CREATED 1, EXISTS 2") {
		t.Errorf("again: exit code %d: %s%s", got.code, got.out, got.err)
	}
}
