package shadow_test

import (
	"encoding/json"
	"errors"
	"net/http"
	"testing"

	"fleetlab/aws/sandbox/sandboxtest"

	"github.com/aws/aws-sdk-go-v2/aws"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane/types"
)

// TestShadowsOverTheSDK writes and reads the reserved shadow of software packages as a device would.
func TestShadowsOverTheSDK(t *testing.T) {
	t.Parallel()
	c, ctx := iotdataplane.NewFromConfig(sandboxtest.Config(sandboxtest.Start(t))), t.Context()
	thing, shadow := aws.String("Vehicle:1"), aws.String("$package")
	body := []byte(`{"state":{"reported":{"Sedan":{"version":"1.0.0"}}},"clientToken":"t"}`)
	up, err := c.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: thing, ShadowName: shadow, Payload: body})
	if err != nil {
		t.Fatal(err)
	}
	var reply struct {
		Version     int
		ClientToken string
	}
	if err := json.Unmarshal(up.Payload, &reply); err != nil || reply.Version != 1 || reply.ClientToken != "t" {
		t.Errorf("reply %s, %v", up.Payload, err)
	}
	got, err := c.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: thing, ShadowName: shadow})
	if err != nil {
		t.Fatal(err)
	}
	var doc struct {
		State struct {
			Reported map[string]struct{ Version string }
		}
	}
	if err := json.Unmarshal(got.Payload, &doc); err != nil || doc.State.Reported["Sedan"].Version != "1.0.0" {
		t.Errorf("document %s, %v", got.Payload, err)
	}
	list, err := c.ListNamedShadowsForThing(ctx, &iotdataplane.ListNamedShadowsForThingInput{ThingName: thing})
	if err != nil || len(list.Results) != 1 || list.Results[0] != "$package" || list.Timestamp == 0 {
		t.Errorf("list %+v, %v", list, err)
	}
	if _, err := c.DeleteThingShadow(ctx, &iotdataplane.DeleteThingShadowInput{ThingName: thing, ShadowName: shadow}); err != nil {
		t.Error(err)
	}
}

// TestStatuses checks that refusals arrive as the exceptions and statuses of the service model.
func TestStatuses(t *testing.T) {
	t.Parallel()
	c, ctx := iotdataplane.NewFromConfig(sandboxtest.Config(sandboxtest.Start(t))), t.Context()
	send := func(body string) error {
		_, err := c.UpdateThingShadow(ctx, &iotdataplane.UpdateThingShadowInput{ThingName: aws.String("V1"), Payload: []byte(body)})
		return err
	}
	_, err := c.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: aws.String("V1")})
	expect[*types.ResourceNotFoundException](t, err, http.StatusNotFound)
	expect[*types.InvalidRequestException](t, send(`{}`), http.StatusBadRequest)
	expect[*types.ConflictException](t, send(`{"state":{},"version":3}`), http.StatusConflict)
	expect[*types.RequestEntityTooLargeException](t, send(string(make([]byte, 9000))), http.StatusRequestEntityTooLarge)
	expect[*types.UnsupportedDocumentEncodingException](t, send("\xff"), http.StatusUnsupportedMediaType)
}

func expect[E error](t *testing.T, err error, status int) {
	t.Helper()
	var want E
	var r *awshttp.ResponseError
	if !errors.As(err, &want) || !errors.As(err, &r) || r.HTTPStatusCode() != status {
		t.Errorf("got %v, want %T with status %d", err, want, status)
	}
}
