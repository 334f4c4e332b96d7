package model

import "testing"

func TestAllModelsLink(t *testing.T) {
	want := map[string]int{"iot": 106, "iot-jobs-data": 5, "iot-data": 4, "iam": 20, "sts": 2}
	for name, n := range want {
		s := All()[name]
		if s == nil {
			t.Errorf("no model of %s", name)
			continue
		}
		if len(s.Operations) < n {
			t.Errorf("%s has %d operations, want at least %d", name, len(s.Operations), n)
		}
		for code, e := range s.Errors {
			if e.Error.Status < 400 || e.Error.Status > 599 {
				t.Errorf("%s %s has the status %d", name, code, e.Error.Status)
			}
		}
	}
}

func TestMembersCarryTheirPlaceAndLimits(t *testing.T) {
	op := All()["iot"].Operations["AttachThingPrincipal"]
	if op.Method != "PUT" || op.Path != "/things/{thingName}/principals" {
		t.Errorf("route = %s %s", op.Method, op.Path)
	}
	p := op.Input.Member("principal")
	if p == nil || p.Location != InHeader || p.Wire != "x-amzn-principal" || !p.Required {
		t.Errorf("principal = %+v", p)
	}
	name := op.Input.Member("thingName")
	if name == nil || name.Shape.Max == nil || *name.Shape.Max != 128 || name.Shape.Pattern == "" {
		t.Errorf("thingName = %+v", name)
	}
	if op.Input.Member("nobody") != nil {
		t.Error("found a member that is not there")
	}
	if e := All()["iam"].Errors["NoSuchEntity"]; e == nil || e.Error.Status != 404 || e.Name != "NoSuchEntityException" {
		t.Errorf("NoSuchEntity = %+v", e)
	}
}
