package report

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/iotdataplane"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/pool"
	"fleetlab/workflows/simulate"
)

// StepVersions is where the progress events of reading versions come from.
const StepVersions = "read-versions"

// Versions says which things reported which version of a package: package, version, things by name. Things that reported
// none of it stand under the version Absent. Things that were not asked are in none.
type Versions map[string]map[string][]string

// Absent stands for the version of a package that a thing does not report.
const Absent = ""

// readers is how many shadows are read at once; the pacer holds their rate.
const readers = 64

// Before reads the versions that the devices of a plan report of the packages that its jobs install. Call it before the
// run: the cloud keeps no version but the present one. It is nil when the jobs install no package.
func Before(ctx context.Context, c *cloud.Cloud, p simulate.Plan, st event.Stage) (Versions, error) {
	packages, things := map[string]bool{}, map[string]bool{}
	for _, j := range p.Jobs {
		for _, item := range j.Packages {
			name, _, _ := strings.Cut(item, "/")
			packages[name] = true
		}
	}
	if len(packages) == 0 {
		return nil, nil
	}
	for _, d := range p.Devices {
		things[d.Thing] = true
	}
	return ReadVersions(ctx, c, slices.Sorted(maps.Keys(packages)), slices.Sorted(maps.Keys(things)), st)
}

// ReadVersions reads which versions of packages things report; see ReadShadows.
func ReadVersions(ctx context.Context, c *cloud.Cloud, packages, things []string, st event.Stage) (Versions, error) {
	found, err := ReadShadows(ctx, c, things, st)
	if err != nil {
		return nil, err
	}
	v := Versions{}
	for i, thing := range things {
		for _, pkg := range packages {
			v.add(pkg, found[i][pkg].Version, thing)
		}
	}
	return v, nil
}

// Reported is a version as a thing reports it.
type Reported struct {
	Version string
	At      time.Time // when that was written, to the second; zero: not known
}

// ReadShadows reads the packages that things report in their $package shadows, by name; in the order of the things. The
// shadows themselves are read and not the index, which is seconds behind and may be off. While it reads it emits progress.
func ReadShadows(ctx context.Context, c *cloud.Cloud, things []string, st event.Stage) ([]map[string]Reported, error) {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var mu sync.Mutex
	done := 0
	found := make([]map[string]Reported, len(things))
	err := pool.Each(ctx, st.Workers(readers), slices.Values(indexes(len(things))), func(ctx context.Context, i int) {
		reported, err := packageShadow(ctx, c, things[i])
		if err != nil {
			stop(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		found[i] = reported
		done++
		st.Sink.Emit(event.Event{Workflow: simulate.Workflow, Kind: event.Progress, Step: StepVersions, Resource: "shadow", Done: done, Total: len(things)})
	})
	if err == nil {
		err = context.Cause(ctx)
	}
	return found, err
}

func indexes(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func (v Versions) add(pkg, version, thing string) {
	if v[pkg] == nil {
		v[pkg] = map[string][]string{}
	}
	v[pkg][version] = append(v[pkg][version], thing)
}

// Of is what each thing reported of a package.
func (v Versions) Of(pkg string) map[string]string {
	out := map[string]string{}
	for version, things := range v[pkg] {
		for _, t := range things {
			out[t] = version
		}
	}
	return out
}

// packageShadow is what a thing reports, by package; empty when it has no such shadow.
func packageShadow(ctx context.Context, c *cloud.Cloud, thing string) (map[string]Reported, error) {
	name := fleet.PackageShadow
	out, err := c.Data.GetThingShadow(ctx, &iotdataplane.GetThingShadowInput{ThingName: &thing, ShadowName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("read the versions that %s reports: %w", thing, err)
	}
	return parseShadow(out.Payload), nil
}

// parseShadow is lenient: a shadow that somebody wrote in another form tells no version.
func parseShadow(payload []byte) map[string]Reported {
	type parts struct {
		Reported map[string]json.RawMessage `json:"reported"`
	}
	var shadow struct {
		State    parts `json:"state"`
		Metadata parts `json:"metadata"`
	}
	if json.Unmarshal(payload, &shadow) != nil {
		return nil
	}
	found := map[string]Reported{}
	for pkg, raw := range shadow.State.Reported {
		var entry struct {
			Version string `json:"version"`
		}
		if json.Unmarshal(raw, &entry) != nil || entry.Version == "" {
			continue
		}
		found[pkg] = Reported{entry.Version, stamp(shadow.Metadata.Reported[pkg])}
	}
	return found
}

// stamp is when a version was written, from the metadata of its package.
func stamp(raw json.RawMessage) time.Time {
	var entry struct {
		Version struct {
			Timestamp int64 `json:"timestamp"`
		} `json:"version"`
	}
	if json.Unmarshal(raw, &entry) != nil || entry.Version.Timestamp == 0 {
		return time.Time{}
	}
	return time.Unix(entry.Version.Timestamp, 0).UTC()
}
