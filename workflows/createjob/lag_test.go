package createjob

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iam"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// A role that was made a moment ago cannot be assumed yet, on AWS as in a sandbox that lags as AWS does. The run waits for it.
func TestRunWaitsForANewRole(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t, func(o *sandbox.Options) { o.Lag, o.Speed = true, 4 })
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	w := &world{c, t}
	w.group("US_Fleet", fleet.IoTTags(), "v1")
	w.pkg("SedanVehicle", "1.0.0")
	w.role()
	p := w.prepare(with(func(in *Input) { in.Groups = []string{"US_Fleet"} }))
	_, err = w.IAM.DeleteRole(t.Context(), &iam.DeleteRoleInput{RoleName: aws.String(fleet.JobsRole(w.Region, w.Account))})
	w.must(err)
	w.role()
	rec := &event.Recorder{}
	rep, err := Run(t.Context(), w.Cloud, p, event.Stage{Sink: rec})
	w.must(err)
	expect(t, "status", rep.Status, event.Done)
	waited := 0
	for _, e := range rec.Events() {
		if e.Kind == event.Waiting && e.Status == RolePropagation {
			waited++
		}
	}
	if waited == 0 {
		t.Error("the role could be assumed at once")
	}
}
