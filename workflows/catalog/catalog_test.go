package catalog_test

import (
	"slices"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/sandbox/sandboxtest"
	"fleetlab/workflows/catalog"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/simulate"
)

const pkg = "SedanVehicle"

func connect(t *testing.T, opts ...func(*sandbox.Options)) *cloud.Cloud {
	t.Helper()
	s := sandboxtest.Start(t, opts...)
	c, err := cloud.Connect(t.Context(), cloud.Options{Kind: cloud.Sandbox, Endpoint: s.Endpoint(), Region: s.Region(),
		AccessKey: s.AccessKey(), SecretKey: s.SecretKey(), Pace: pace.Config{Off: true}})
	must(t, err)
	t.Cleanup(c.Download.CloseIdleConnections)
	return c
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func stage() event.Stage { return event.Stage{Sink: &event.Recorder{}} }

// fleetOf provisions devices that report version 1.0.0; there is 1.1.0 as well.
func fleetOf(t *testing.T, devices int) *cloud.Cloud {
	t.Helper()
	c := connect(t)
	in := provision.Defaults()
	in.ThingTypes, in.Versions, in.Countries, in.Devices = []string{pkg}, []string{"1.0.0", "1.1.0"}, "US", devices
	plan, err := provision.Prepare(t.Context(), c, in)
	must(t, err)
	_, err = provision.Run(t.Context(), c, plan, stage())
	must(t, err)
	return c
}

// update creates a job to version 1.1.0 and plays its devices, unless success is negative.
func update(t *testing.T, c *cloud.Cloud, id string, success int) {
	t.Helper()
	in := createjob.Defaults()
	in.ID, in.Packages, in.Selection, in.Groups = id, []string{pkg + "/1.1.0"}, createjob.Snapshot, []string{"US_Fleet"}
	plan, err := createjob.Prepare(t.Context(), c, in, stage())
	must(t, err)
	_, err = createjob.Run(t.Context(), c, plan, stage())
	must(t, err)
	if success < 0 {
		return
	}
	play := simulate.Defaults()
	play.Job, play.SuccessRate, play.DeviceSpeed = id, success, simulate.Instant
	p, err := simulate.Prepare(t.Context(), c, play, stage())
	must(t, err)
	_, err = simulate.Run(t.Context(), c, p, stage())
	must(t, err)
}

func read(t *testing.T, c *cloud.Cloud) catalog.Catalog {
	t.Helper()
	got, err := catalog.Read(t.Context(), c)
	must(t, err)
	return got
}

func TestNothingYet(t *testing.T) {
	t.Parallel()
	if got := read(t, connect(t)); len(got.Versions) != 0 {
		t.Errorf("read %+v", got)
	}
}

// Every version comes with its file, its things and its jobs.
func TestVersions(t *testing.T) {
	t.Parallel()
	c := fleetOf(t, 10)
	update(t, c, "ota-1", 80)
	update(t, c, "ota-2", -1)
	_, err := c.IoT.UpdatePackage(t.Context(), &iot.UpdatePackageInput{PackageName: aws.String(pkg), DefaultVersionName: aws.String("1.0.0")})
	must(t, err)
	got := read(t, c)
	if got.Index != catalog.Ready || len(got.Versions) != 2 {
		t.Fatalf("read %+v", got)
	}
	newer, older := got.Versions[0], got.Versions[1]
	if newer.Item() != pkg+"/1.1.0" || newer.Things != 8 || newer.Status != "PUBLISHED" || newer.Artifact == "" {
		t.Errorf("the newer is %+v", newer)
	}
	if older.Item() != pkg+"/1.0.0" || older.Things != 2 || len(older.Jobs) != 0 {
		t.Errorf("the older is %+v", older)
	}
	if newer.Default || !older.Default {
		t.Errorf("the default is 1.0.0, not: newer %v, older %v", newer.Default, older.Default)
	}
	var ids []string
	for _, j := range newer.Jobs {
		ids = append(ids, j.ID)
	}
	slices.Sort(ids)
	if !slices.Equal(ids, []string{"ota-1", "ota-2"}) {
		t.Errorf("installed by %v", ids)
	}
	if j, ok := newer.Updated(); !ok || j.ID != "ota-1" || j.Counts.Succeeded != 8 {
		t.Errorf("updated by %+v", j)
	}
	if _, ok := older.Updated(); ok {
		t.Error("nothing was updated to the older")
	}
}

// Without the shadows in the index nobody knows how many things have a version; the rest is there all the same.
func TestIndexOff(t *testing.T) {
	t.Parallel()
	for name, cfg := range map[string]iottypes.ThingIndexingConfiguration{
		"off":         {ThingIndexingMode: iottypes.ThingIndexingModeOff},
		"things only": {ThingIndexingMode: iottypes.ThingIndexingModeRegistry},
		"no named shadows": {ThingIndexingMode: iottypes.ThingIndexingModeRegistryAndShadow,
			NamedShadowIndexingMode: iottypes.NamedShadowIndexingModeOff},
	} {
		c := fleetOf(t, 2)
		_, err := c.IoT.UpdateIndexingConfiguration(t.Context(), &iot.UpdateIndexingConfigurationInput{ThingIndexingConfiguration: &cfg})
		must(t, err)
		got := read(t, c)
		if got.Index != catalog.Off || len(got.Versions) != 2 || got.Versions[0].Things != -1 || got.Versions[0].Artifact == "" {
			t.Errorf("%s: read %+v", name, got)
		}
	}
}

// An index that was just switched on is waited for elsewhere, not here.
func TestIndexBuilding(t *testing.T) {
	t.Parallel()
	c := connect(t, func(o *sandbox.Options) { o.Lag, o.Speed = true, 0.001 }) // what takes AWS seconds outlasts the test
	_, err := c.IoT.CreatePackage(t.Context(), &iot.CreatePackageInput{PackageName: aws.String(pkg)})
	must(t, err)
	_, err = c.IoT.CreatePackageVersion(t.Context(), &iot.CreatePackageVersionInput{PackageName: aws.String(pkg), VersionName: aws.String("1.0.0")})
	must(t, err)
	now, err := c.IoT.GetIndexingConfiguration(t.Context(), &iot.GetIndexingConfigurationInput{})
	must(t, err)
	settings := fleet.IndexingNow(now)
	_, err = c.IoT.UpdateIndexingConfiguration(t.Context(), settings.Needed().Change(now))
	must(t, err)
	got := read(t, c)
	if got.Index != catalog.Building || len(got.Versions) != 1 || got.Versions[0].Things != -1 || got.Versions[0].Installable() {
		t.Errorf("read %+v", got)
	}
}
