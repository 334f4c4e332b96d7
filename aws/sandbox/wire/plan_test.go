package wire

import (
	"context"
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/sandbox/clock"
	"fleetlab/aws/sandbox/realm"
)

// Every modelled operation can be handled with the SDK's types: no member lacks a field and no field has
// another type than the model says.
func TestPlansFitTheSDK(t *testing.T) {
	t.Parallel()
	s := newNoopServer(t, time.Now)
	for _, svc := range s.byName {
		for _, op := range svc.operations {
			in, out := sdkTypes(t, svc.name, op.Name)
			if in.Name() != op.Name+"Input" || out.Name() != op.Name+"Output" {
				t.Fatalf("%s takes %s and returns %s", op.Name, in, out)
			}
			a := newOutputPlan(op, out).encode(&request{}, reflect.New(out).Elem())
			if a.status != 200 {
				t.Errorf("%s without values answers %d", op.Name, a.status)
			}
		}
	}
}

// sdkTypes finds the input and output types of an operation by the client's method.
func sdkTypes(t testing.TB, service, operation string) (in, out reflect.Type) {
	t.Helper()
	clients := map[string]any{
		"iot": iot.New(iot.Options{}), "iot-data": iotdataplane.New(iotdataplane.Options{}),
		"iot-jobs-data": iotjobsdataplane.New(iotjobsdataplane.Options{}),
		"iam":           iam.New(iam.Options{}), "sts": sts.New(sts.Options{}),
	}
	m := reflect.ValueOf(clients[service]).MethodByName(operation)
	if !m.IsValid() {
		t.Fatalf("the SDK has no %s %s", service, operation)
	}
	return m.Type().In(1).Elem(), m.Type().Out(0).Elem()
}

// newNoopServer handles every modelled operation with a function that does nothing.
func newNoopServer(t testing.TB, now func() time.Time) *Server {
	t.Helper()
	s := New(Options{Now: now, Realm: &realm.Realm{
		Clock: clock.New(1, time.Time{}), Region: "us-east-1", AccessKey: "AKIAFLEETLABTEST2345", SecretKey: "only for tests",
	}})
	for _, svc := range s.byName {
		for _, op := range svc.operations {
			in, out := sdkTypes(t, svc.name, op.Name)
			from, to := newInputPlan(op, in), newOutputPlan(op, out)
			op.run = func(_ context.Context, r *request) (*answer, error) {
				if err := from.decode(r, reflect.New(in).Elem()); err != nil {
					return nil, err
				}
				return to.encode(r, reflect.New(out).Elem()), nil
			}
		}
	}
	return s
}
