package wire

import (
	"reflect"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
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
	s := New(Options{Realm: &realm.Realm{Clock: clock.New(1, time.Time{}), Region: "us-east-1"}})
	clients := map[string]any{
		"iot": iot.New(iot.Options{}), "iot-data": iotdataplane.New(iotdataplane.Options{}),
		"iot-jobs-data": iotjobsdataplane.New(iotjobsdataplane.Options{}),
		"iam":           iam.New(iam.Options{}), "sts": sts.New(sts.Options{}),
	}
	for name, svc := range s.byName {
		client := reflect.ValueOf(clients[name])
		for _, op := range svc.operations {
			m := client.MethodByName(op.Name)
			if !m.IsValid() {
				t.Errorf("the SDK has no %s %s", name, op.Name)
				continue
			}
			in, out := m.Type().In(1).Elem(), m.Type().Out(0).Elem()
			if in.Name() != op.Name+"Input" || out.Name() != op.Name+"Output" {
				t.Fatalf("%s takes %s and returns %s", op.Name, in, out)
			}
			newInputPlan(op, in)
			plan := newOutputPlan(op, out)
			a := plan.encode(&request{}, reflect.New(out).Elem())
			if a.status != 200 {
				t.Errorf("%s without values answers %d", op.Name, a.status)
			}
		}
	}
}

var _ = aws.String
