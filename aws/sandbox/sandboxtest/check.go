package sandboxtest

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"

	"fleetlab/aws/sandbox/model"
)

// Checked returns a client that sends requests with next and holds every answer of a modelled service against the
// model: members, types and limits of outputs, codes and statuses of errors. report gets a sentence for each deviation,
// from any goroutine.
func Checked(next aws.HTTPClient, report func(string)) aws.HTTPClient {
	return &checkedClient{next: next, report: report}
}

// checkedClient implements aws.HTTPClient.
type checkedClient struct {
	next   aws.HTTPClient
	report func(string)
}

// Do sends r. The SDK's context tells which operation it is.
func (c *checkedClient) Do(r *http.Request) (*http.Response, error) {
	resp, err := c.next.Do(r)
	if err != nil {
		return resp, err
	}
	svc := byServiceID[awsmiddleware.GetServiceID(r.Context())]
	if svc == "" {
		return resp, nil
	}
	op := model.All()[svc].Operations[awsmiddleware.GetOperationName(r.Context())]
	if op == nil {
		return resp, nil // the models hold what the sandbox plays, which need not be everything
	}
	body, err := io.ReadAll(resp.Body)
	_ = resp.Body.Close()
	resp.Body = io.NopCloser(bytes.NewReader(body))
	if err != nil {
		return resp, fmt.Errorf("read the answer of %s: %w", op.Name, err)
	}
	for _, problem := range Deviations(svc, op, resp, body) {
		c.report(fmt.Sprintf("%s %s answered %d %s: %s", svc, op.Name, resp.StatusCode, abridged(body), problem))
	}
	return resp, nil
}

// CloseIdleConnections lets a sandbox that stops not wait for them.
func (c *checkedClient) CloseIdleConnections() {
	if idle, ok := c.next.(interface{ CloseIdleConnections() }); ok {
		idle.CloseIdleConnections()
	}
}

// byServiceID names the models by the SDK's names of the services.
var byServiceID = map[string]string{
	"IoT": "iot", "IoT Data Plane": "iot-data", "IoT Jobs Data Plane": "iot-jobs-data", "IAM": "iam", "STS": "sts",
}

func abridged(body []byte) string {
	const enough = 600
	if len(body) > enough {
		return string(body[:enough]) + "..."
	}
	return string(body)
}

// Deviations says in which ways an answer to op is not as the model of the service has it.
func Deviations(service string, op *model.Operation, resp *http.Response, body []byte) []string {
	d := &deviations{service: model.All()[service], op: op}
	if resp.Header.Get("X-Amzn-Requestid") == "" {
		d.add("there is no request id")
	}
	kind := resp.Header.Get("Content-Type")
	switch d.service.Protocol {
	case model.Query:
		if kind != "text/xml" {
			d.add("the content type is %q", kind)
		}
		d.query(resp.StatusCode, body)
	default:
		// The documents of shadows are blobs and keep JSON's type.
		if !strings.HasSuffix(kind, "/json") && !strings.HasPrefix(kind, "application/x-amz-json") {
			d.add("the content type is %q", kind)
		}
		d.json(resp, body)
	}
	return d.found
}

// deviations collects what is wrong with one answer.
type deviations struct {
	service *model.Service
	op      *model.Operation
	path    []string
	found   []string
}

func (d *deviations) add(format string, args ...any) {
	text := fmt.Sprintf(format, args...)
	if len(d.path) > 0 {
		text = strings.Join(d.path, ".") + ": " + text
	}
	d.found = append(d.found, text)
}

// at checks something one level further down.
func (d *deviations) at(name string, fn func()) {
	d.path = append(d.path, name)
	fn()
	d.path = d.path[:len(d.path)-1]
}

// code checks an error's code and status and returns its shape; nil for one that no model declares.
func (d *deviations) code(code string, status int) *model.Shape {
	i := slices.IndexFunc(d.op.Errors, func(e *model.Shape) bool { return e.Error.Code == code })
	if i >= 0 {
		if want := d.op.Errors[i].Error.Status; status != want {
			d.add("%s has the status %d", code, want)
		}
		if status >= http.StatusInternalServerError {
			d.add("the sandbox failed")
		}
		return d.op.Errors[i]
	}
	if want := common(d.service)[code]; !slices.Contains(want, status) {
		d.add("the operation does not declare %s with the status %d", code, status)
	}
	return nil
}

// common are the errors that every operation of a service may answer, with their statuses (IAM API reference and AWS IoT
// API reference, common errors).
func common(svc *model.Service) map[string][]int {
	if svc.Protocol == model.Query {
		return commonQuery
	}
	return commonJSON
}

var commonJSON = map[string][]int{
	"AccessDeniedException": {403}, "ExpiredTokenException": {403}, "IncompleteSignatureException": {400},
	"InvalidSignatureException": {403}, "MissingAuthenticationTokenException": {403}, "UnrecognizedClientException": {403},
	"ThrottlingException": {400, 429}, "UnknownOperationException": {404}, "ValidationException": {400},
}

var commonQuery = map[string][]int{
	"AccessDenied": {403}, "ExpiredToken": {403}, "IncompleteSignature": {400}, "InvalidAction": {400},
	"InvalidClientTokenId": {403}, "MalformedQueryString": {400}, "MissingAction": {400}, "MissingAuthenticationToken": {403},
	"SignatureDoesNotMatch": {403}, "Throttling": {400}, "ValidationError": {400},
}

// failing returns a report function that fails t while it runs. What comes later, from goroutines that a test left
// behind, has no test to fail.
func failing(t testing.TB) func(string) {
	var mu sync.Mutex
	over := false
	t.Cleanup(func() {
		mu.Lock()
		defer mu.Unlock()
		over = true
	})
	return func(text string) {
		mu.Lock()
		defer mu.Unlock()
		if !over {
			t.Error(text)
		}
	}
}
