package sandbox_test

import (
	"crypto/sha256"
	"encoding/hex"
	"io"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	v4 "github.com/aws/aws-sdk-go-v2/aws/signer/v4"

	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/model"
	"fleetlab/aws/sandbox/sandboxtest"
)

var pathLabel = regexp.MustCompile(`\{[^}]+\}`)

// request is a signed request for an operation with nothing in it but what its path needs.
func request(t *testing.T, s *sandbox.Sandbox, svc *model.Service, op *model.Operation) *http.Request {
	t.Helper()
	body, kind := "", ""
	if svc.Protocol == model.Query {
		body, kind = url.Values{"Action": {op.Name}, "Version": {svc.APIVersion}}.Encode(), "application/x-www-form-urlencoded"
	}
	r, err := http.NewRequestWithContext(t.Context(), op.Method, s.Endpoint()+pathLabel.ReplaceAllString(op.Path, "a"), strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", kind)
	sum := sha256.Sum256([]byte(body))
	creds := aws.Credentials{AccessKeyID: s.AccessKey(), SecretAccessKey: s.SecretKey()}
	if err := v4.NewSigner().SignHTTP(t.Context(), creds, r, hex.EncodeToString(sum[:]), svc.SigningName, s.Region(), time.Now()); err != nil {
		t.Fatal(err)
	}
	return r
}

// Whatever operation a service has, offered here or not, it is answered: with success or with an error of the caller's, in
// the form in which the service's SDKs read it.
func TestEveryOperationIsAnswered(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t)
	client := &http.Client{Timeout: 20 * time.Second} // ends a hanging test; no operation comes near it
	asked := 0
	for _, svc := range model.All() {
		for _, op := range svc.Operations {
			resp, err := client.Do(request(t, s, svc, op))
			if err != nil {
				t.Errorf("%s %s: %v", svc.Name, op.Name, err)
				continue
			}
			b, err := io.ReadAll(resp.Body)
			_ = resp.Body.Close()
			coded := resp.Header.Get("X-Amzn-Errortype") != "" || strings.Contains(string(b), "<Code>")
			if err != nil || resp.StatusCode >= 500 || coded != (resp.StatusCode >= 400) {
				t.Errorf("%s %s: %d %s %v", svc.Name, op.Name, resp.StatusCode, b, err)
			}
			asked++
		}
	}
	if asked < 100 {
		t.Errorf("%d operations were tried; the models have more", asked)
	}
}

func TestUnknownOperationsAreRefused(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t)
	all := model.All()
	for service, op := range map[string]*model.Operation{
		"iot":           {Name: "ListAuditTasks", Method: http.MethodGet, Path: "/audit/tasks"},
		"iot-data":      {Name: "Publish", Method: http.MethodPost, Path: "/topics/x"},
		"iot-jobs-data": {Name: "Unknown", Method: http.MethodPut, Path: "/things/a/jobs/b/c"},
		"iam":           {Name: "ListAccountAliases", Method: http.MethodPost, Path: "/"},
		"sts":           {Name: "DecodeAuthorizationMessage", Method: http.MethodPost, Path: "/"},
	} {
		resp, err := http.DefaultClient.Do(request(t, s, all[service], op))
		if err != nil {
			t.Fatal(err)
		}
		_ = resp.Body.Close()
		if resp.StatusCode != http.StatusBadRequest && resp.StatusCode != http.StatusNotFound {
			t.Errorf("%s %s: %s", service, op.Name, resp.Status)
		}
	}
}
