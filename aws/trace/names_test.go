package trace

import (
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"
	"github.com/aws/aws-sdk-go-v2/service/iotjobsdataplane"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"fleetlab/aws/sandbox/model"
)

// naming holds the names that the log writes against those of a service's model.
type naming struct {
	t       *testing.T
	service string
	seen    map[reflect.Type]bool
}

// What the log writes can be handed to the AWS CLI: members are called as in the models, at every depth and in every operation.
func TestNamesAreTheModels(t *testing.T) {
	t.Parallel()
	checked := 0
	for service, client := range map[string]any{"IoT": &iot.Client{}, "IoT Data Plane": &iotdataplane.Client{},
		"IoT Jobs Data Plane": &iotjobsdataplane.Client{}, "IAM": &iam.Client{}, "STS": &sts.Client{}} {
		n := naming{t: t, service: service, seen: map[reflect.Type]bool{}}
		for m := range reflect.TypeOf(client).Methods() {
			op := model.All()[commands[service]].Operations[m.Name]
			if op == nil || m.Type.NumIn() != 4 {
				continue
			}
			checked++
			n.structure(m.Type.In(2).Elem(), op.Input, m.Name)
			n.structure(m.Type.Out(0).Elem(), op.Output, m.Name)
		}
	}
	if checked < 150 {
		t.Errorf("%d operations were looked at, which cannot be all", checked)
	}
}

func (n naming) structure(v reflect.Type, s *model.Shape, path string) {
	if n.seen[v] || v == reflect.TypeFor[time.Time]() || s == nil {
		return
	}
	n.seen[v] = true
	for i := range v.NumField() {
		f := v.Field(i)
		if !f.IsExported() || f.Name == skipped {
			continue
		}
		name := memberName(n.service, v.Name(), f.Name)
		m := s.Member(name)
		if m != nil {
			n.value(f.Type, m.Shape, path+"."+f.Name)
			continue
		}
		for _, other := range s.Members { // the SDK may know members that the model has not yet
			if strings.EqualFold(other.Name, strings.TrimSuffix(f.Name, "_")) {
				n.t.Errorf("%s %s.%s is called %s, in the model %s", n.service, path, f.Name, name, other.Name)
			}
		}
	}
}

func (n naming) value(v reflect.Type, s *model.Shape, path string) {
	switch v.Kind() {
	case reflect.Pointer:
		n.value(v.Elem(), s, path)
	case reflect.Slice:
		if s.Element != nil {
			n.value(v.Elem(), s.Element, path)
		}
	case reflect.Map:
		if s.Value != nil {
			n.value(v.Elem(), s.Value, path)
		}
	case reflect.Struct:
		n.structure(v, s, path)
	}
}
