package wire_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/sandbox/wire"
)

// What the wire costs for one CreateThing, without the network and without a handler's work.
func BenchmarkCreateThing(b *testing.B) {
	now := time.Now()
	s := wire.New(wire.Options{Realm: testRealm(), Quotas: false, Now: func() time.Time { return now }})
	wire.Handle(s, "iot", "CreateThing", func(_ context.Context, in *iot.CreateThingInput) (*iot.CreateThingOutput, error) {
		return &iot.CreateThingOutput{ThingName: in.ThingName, ThingArn: aws.String("arn"), ThingId: aws.String("id")}, nil
	})
	body := `{"attributePayload":{"attributes":{"country":"US","color":"red"}},"thingTypeName":"SedanVehicle"}`
	r := signed(b, "iot", http.MethodPost, "http://127.0.0.1/things/Vehicle-VIN-001", body, now)
	b.ReportAllocs()
	for b.Loop() {
		r.Body = readCloser{strings.NewReader(body)}
		w := httptest.NewRecorder()
		s.ServeHTTP(w, r)
		if w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
}
