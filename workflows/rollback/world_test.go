package rollback_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

const (
	pkg = "SedanVehicle"
)

// world is a provisioned fleet in a sandbox of its own. Its vehicles report version 1.0.0; there are 1.1.0 and 1.2.0.
type world struct {
	*cloud.Cloud
	t *testing.T
}

func newWorld(t *testing.T, devices int) *world {
	t.Helper()
	s := sandboxtest.Start(t)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(c.Download.CloseIdleConnections)
	w := &world{c, t}
	in := provision.Defaults()
	in.ThingTypes, in.Versions, in.Countries, in.Devices = []string{pkg}, []string{"1.0.0", "1.1.0", "1.2.0"}, "US", devices
	plan, err := provision.Prepare(t.Context(), c, in)
	w.must(err)
	rep, err := provision.Run(t.Context(), c, plan, stage())
	w.must(err)
	if rep.Status != event.Done {
		t.Fatalf("provisioning: %+v", rep)
	}
	return w
}

func (w *world) must(err error) {
	w.t.Helper()
	if err != nil {
		w.t.Fatal(err)
	}
}

func stage() event.Stage { return event.Stage{Sink: &event.Recorder{}} }

// update creates a job to a version, plays its devices, and reports the run.
func (w *world) update(id, version string, success int) report.Report {
	w.t.Helper()
	in := createjob.Defaults()
	in.ID, in.Packages, in.Selection, in.Groups = id, []string{pkg + "/" + version}, createjob.Snapshot, []string{"US_Fleet"}
	plan, err := createjob.Prepare(w.t.Context(), w.Cloud, in, stage())
	w.must(err)
	_, err = createjob.Run(w.t.Context(), w.Cloud, plan, stage())
	w.must(err)
	return w.play(id, success)
}

// play plays the devices of a job and reports the run.
func (w *world) play(id string, success int) report.Report {
	w.t.Helper()
	in := simulate.Defaults()
	in.Job, in.SuccessRate, in.DeviceSpeed = id, success, simulate.Instant
	p, err := simulate.Prepare(w.t.Context(), w.Cloud, in, stage())
	w.must(err)
	before, err := report.Before(w.t.Context(), w.Cloud, p, stage())
	w.must(err)
	var failed report.Failures
	r, err := simulate.Run(w.t.Context(), w.Cloud, p, event.Stage{Sink: &failed})
	w.must(err)
	return report.New(r, &failed, before, time.Now())
}

func (w *world) prepare(in rollback.Input, known ...report.Report) rollback.Plan {
	w.t.Helper()
	p, err := rollback.Prepare(w.t.Context(), w.Cloud, in, known, stage())
	w.must(err)
	return p
}

func (w *world) run(p rollback.Plan) rollback.Report {
	w.t.Helper()
	rep, err := rollback.Run(w.t.Context(), w.Cloud, p, stage())
	w.must(err)
	return rep
}

// reported is how many things report which version, as their shadows have it.
func (w *world) reported(devices int) string {
	w.t.Helper()
	var things []string
	for i := range devices {
		things = append(things, fleet.ThingName(fleet.DefaultPrefix, i+1))
	}
	v, err := report.ReadVersions(w.t.Context(), w.Cloud, []string{pkg}, things, stage())
	w.must(err)
	return counts(v[pkg])
}

func counts(versions map[string][]string) string {
	var parts []string
	for _, version := range []string{report.Absent, "1.0.0", "1.1.0", "1.2.0"} {
		if n := len(versions[version]); n > 0 {
			parts = append(parts, fmt.Sprintf("%s:%d", version, n))
		}
	}
	return strings.Join(parts, " ")
}

// indexed is how many things the index has with a version.
func (w *world) indexed(version string) int {
	w.t.Helper()
	out, err := w.IoT.SearchIndex(w.t.Context(), &iot.SearchIndexInput{MaxResults: aws.Int32(250),
		QueryString: aws.String("shadow.name.$package.reported." + pkg + ".version:" + version)})
	w.must(err)
	return len(out.Things)
}
