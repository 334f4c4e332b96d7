package sandboxtest_test

import (
	"io"
	"net/http"
	"strings"
	"testing"

	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/sandbox/model"
	"fleetlab/aws/sandbox/sandboxtest"
)

// TestDeviationsAreFound spoils good answers in every way that the check is there for.
func TestDeviationsAreFound(t *testing.T) {
	t.Parallel()
	const role = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">%</GetCallerIdentityResponse>`
	const meta = `<ResponseMetadata><RequestId>r</RequestId></ResponseMetadata>`
	for _, c := range []struct {
		service, op  string
		status       int
		code, body   string
		found, other string // what must be said; "" for a good answer
	}{
		{"iot", "DescribeThing", 200, "", `{"thingName":"a","version":1,"attributes":{"k":"v"}}`, "", ""},
		{"iot", "DescribeThing", 200, "", `{"thingname":"a"}`, "has no member thingname", ""},
		{"iot", "DescribeThing", 200, "", `{"version":1.5}`, "no whole number", ""},
		{"iot", "DescribeThing", 200, "", `{"version":"1"}`, "must be a number", ""},
		{"iot", "DescribeThing", 200, "", `{"attributes":{"k":null}}`, "attributes.k: must be a string", ""},
		{"iot", "DescribeThing", 200, "", `{}{}`, "not one JSON object", ""},
		{"iot", "DescribeThing", 200, "", `{"thingName":"` + strings.Repeat("a", 129) + `"}`, "is above 128", ""},
		{"iot", "DescribeJob", 200, "", `{"job":{"status":"RUNNING","createdAt":"2024-01-01T00:00:00Z"}}`, "is none of", "must be a number"},
		{"iot", "DescribeJob", 200, "", `{"job":{"createdAt":1700000000123}}`, "no time in seconds", ""},
		{"iot", "DescribeThing", 404, "ResourceNotFoundException", `{"message":"x"}`, "", ""},
		{"iot", "DescribeThing", 400, "ResourceNotFoundException", `{"message":"x"}`, "has the status 404", ""},
		{"iot", "DescribeThing", 409, "VersionConflictException", `{"message":"x"}`, "does not declare", ""},
		{"iot", "DescribeThing", 404, "ResourceNotFoundException", `{"why":"x"}`, "no message", "no member why"},
		{"iot", "DescribeThing", 500, "InternalFailureException", `{"message":"x"}`, "the sandbox failed", ""},
		{"iot-data", "GetThingShadow", 200, "", `{"state":}`, "payload is not JSON", ""},
		{"sts", "GetCallerIdentity", 200, "", strings.Replace(role, "%", `<GetCallerIdentityResult><Account>0</Account></GetCallerIdentityResult>`+meta, 1), "", ""},
		{"sts", "GetCallerIdentity", 200, "", strings.Replace(role, "%", meta, 1), "GetCallerIdentityResult is missing", ""},
		{"sts", "GetCallerIdentity", 200, "", strings.Replace(role, "%", `<GetCallerIdentityResult><Name/></GetCallerIdentityResult>`, 1), "has no member Name", "form is wrong"},
		{"iam", "CreateRole", 200, "", `<CreateRoleResponse/>`, "the namespace", "CreateRoleResult is missing"},
	} {
		kind := "application/json"
		if strings.HasPrefix(c.body, "<") {
			kind = "text/xml"
		}
		resp := &http.Response{StatusCode: c.status, Header: http.Header{"X-Amzn-Requestid": {"r"}, "Content-Type": {kind}, "X-Amzn-Errortype": {c.code}}}
		got := strings.Join(sandboxtest.Deviations(c.service, model.All()[c.service].Operations[c.op], resp, []byte(c.body)), "\n")
		if c.found == "" && got != "" || !strings.Contains(got, c.found) || !strings.Contains(got, c.other) {
			t.Errorf("%s %s: found %q, want %q and %q", c.op, c.body, got, c.found, c.other)
		}
	}
}

// spoilt gives every answer another body.
type spoilt struct{ client *awshttp.BuildableClient }

func (c spoilt) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.client.Do(r)
	if err == nil {
		_ = resp.Body.Close()
		resp.Body = io.NopCloser(strings.NewReader(`{"spoilt":true}`))
	}
	return resp, err
}

// TestClientsAreChecked makes sure that the operation of a call is known to the check.
func TestClientsAreChecked(t *testing.T) {
	t.Parallel()
	cfg := sandboxtest.Config(sandboxtest.Start(t))
	var reports []string
	cfg.HTTPClient = sandboxtest.Checked(spoilt{awshttp.NewBuildableClient()}, func(text string) { reports = append(reports, text) })
	if _, err := iot.NewFromConfig(cfg).ListThings(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if _, err := sts.NewFromConfig(cfg).GetCallerIdentity(t.Context(), nil); err != nil {
		t.Error(err)
	}
	if len(reports) != 2 || !strings.Contains(reports[0], "iot ListThings") || !strings.Contains(reports[1], "sts GetCallerIdentity") {
		t.Errorf("reported %q", reports)
	}
}
