package simulate

import (
	"encoding/json"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
)

// The whole loop: what provisioning makes is what a job can be created from, and what its devices can download and check.
func TestProvisionCreateJobSimulate(t *testing.T) {
	t.Parallel()
	s := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	w := &world{Cloud: c, t: t}
	w.must(err)
	st, _ := stage()
	in := provision.Defaults()
	in.Devices = 30
	fp, err := provision.Prepare(t.Context(), c, in)
	w.must(err)
	_, err = provision.Run(t.Context(), c, fp, st)
	w.must(err)

	ji := createjob.Defaults()
	ji.Packages = []string{"SedanVehicle"}
	jp, err := createjob.Prepare(t.Context(), c, ji, st)
	w.must(err)
	expect(t, "members", jp.Members, 30)
	expect(t, "version", jp.Installs(), "SedanVehicle 1.1.0")
	jr, err := createjob.Run(t.Context(), c, jp, st)
	w.must(err)
	expect(t, "executions", jr.Executions.Queued, 30)

	si := all("", 90)
	si.Failures = only(LowBattery)
	p := w.prepare(si)
	expect(t, "job", p.Jobs[0].ID, jr.Job)
	rep, _ := w.run(t.Context(), p)
	expect(t, "status", rep.Status, event.Done)
	expect(t, "cloud", w.counts(jr.Job), fleet.JobCounts{Succeeded: 27, Failed: 3})
	for _, d := range p.Devices {
		want := "1.0.0"
		if d.Reason == "" {
			want = "1.1.0"
		}
		if got, ours := w.sedanVersion(d.Thing); ours || d.Reason == "" {
			expect(t, d.Thing+" "+d.Reason, got, want)
		}
	}
}

// sedanVersion is the version of the sedans' package that a thing's $package shadow reports, and whether it is a sedan.
func (w *world) sedanVersion(thing string) (version string, sedan bool) {
	w.t.Helper()
	about, err := w.IoT.DescribeThing(w.t.Context(), &iot.DescribeThingInput{ThingName: &thing})
	out, err2 := w.Data.GetThingShadow(w.t.Context(), &iotdataplane.GetThingShadowInput{ThingName: &thing, ShadowName: aws.String(fleet.PackageShadow)})
	w.must(err, err2)
	var doc struct {
		State struct {
			Reported map[string]struct {
				Version string `json:"version"`
			} `json:"reported"`
		} `json:"state"`
	}
	w.must(json.Unmarshal(out.Payload, &doc))
	return doc.State.Reported[pkg].Version, aws.ToString(about.ThingTypeName) == pkg
}
