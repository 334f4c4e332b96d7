package rollback

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
)

// plan sorts the things into moves and those that are left out.
func (pr *preparer) plan(ctx context.Context, p *Plan) error {
	moves, left := map[string]*Move{}, leftovers{}
	for _, thing := range pr.things {
		to, source, reason, item := pr.destination(thing)
		if reason != "" {
			left.add(reason, item, thing)
			continue
		}
		key := strings.Join(to, ",")
		if moves[key] == nil {
			moves[key] = &Move{To: to, Sources: map[Source]int{}}
		}
		m := moves[key]
		m.Things = append(m.Things, thing)
		m.Sources[source]++
	}
	for _, key := range slices.Sorted(maps.Keys(moves)) {
		m := moves[key]
		reason, item, err := pr.blocked(ctx, m.To)
		if err == nil && reason == "" {
			err = pr.existing(ctx, m, left)
		}
		switch {
		case err != nil:
			return err
		case reason != "":
			left.add(reason, item, m.Things...)
		case len(m.Things) > 0:
			p.Moves = append(p.Moves, *m)
		}
	}
	p.Left = left.list()
	slices.SortStableFunc(p.Moves, func(a, b Move) int { return cmp.Compare(len(b.Things), len(a.Things)) })
	return pr.jobs(ctx, p)
}

// destination is where a thing goes back to, or why it does not.
func (pr *preparer) destination(thing string) (to []string, source Source, reason Reason, item string) {
	rank := map[Source]int{FromReport: 1, FromHistory: 2, FromInput: 3}
	back := true
	for _, pkg := range pr.packages {
		f, known := pr.former[thing][pkg]
		now := pr.present[thing][pkg]
		// What was written before the update ended says nothing of it: the report of the new version is on its way.
		fresh := now.At.After(pr.updated[thing])
		switch {
		case fresh && now.Version != pr.installed[pkg] && (!known || now.Version != f.version):
			return nil, "", MovedOn, pkg + "/" + now.Version
		case !known:
			return nil, "", Unknown, pkg
		case f.version == pr.installed[pkg]:
			continue
		case f.version == report.Absent:
			return nil, "", HadNone, pkg
		}
		back = back && fresh && now.Version == f.version
		to = append(to, pkg+"/"+f.version)
		if rank[f.source] > rank[source] {
			source = f.source
		}
	}
	switch {
	case len(to) == 0:
		return nil, "", Unchanged, ""
	case back:
		return nil, "", AlreadyBack, ""
	}
	return to, source, "", ""
}

// blocked says why a job cannot install versions.
func (pr *preparer) blocked(ctx context.Context, to []string) (Reason, string, error) {
	for _, item := range to {
		pkg, version := createjob.PackageVersion(item)
		out, err := pr.cloud.IoT.GetPackageVersion(ctx, &iot.GetPackageVersionInput{PackageName: &pkg, VersionName: &version})
		switch {
		case cloud.Is(err, cloud.NotFound):
			return Missing, item, nil
		case err != nil:
			return "", "", fmt.Errorf("read version %s of package %s: %w", version, pkg, err)
		case out.Status == iottypes.PackageVersionStatusDraft:
			return Draft, item, nil
		case out.Artifact == nil || out.Artifact.S3Location == nil:
			return NoFile, item, nil
		}
	}
	return "", "", nil
}

// existing leaves out things that were deleted meanwhile, where they would be the job's targets. A group is made without them.
func (pr *preparer) existing(ctx context.Context, m *Move, left leftovers) error {
	if len(m.Things) > createjob.MaxTargets {
		return nil
	}
	var there []string
	for _, thing := range m.Things {
		_, err := pr.cloud.IoT.DescribeThing(ctx, &iot.DescribeThingInput{ThingName: &thing})
		switch {
		case cloud.Is(err, cloud.NotFound):
			left.add(Deleted, "", thing)
		case err != nil:
			return fmt.Errorf("describe thing %s: %w", thing, err)
		default:
			there = append(there, thing)
		}
	}
	m.Things = there
	return nil
}

// jobs makes the input of each move's job, and its plan where nothing has to be made for it first.
func (pr *preparer) jobs(ctx context.Context, p *Plan) error {
	n := 0
	for i := range p.Moves {
		m := &p.Moves[i]
		var id string
		var err error
		if id, n, err = pr.freeID(ctx, n+1); err != nil {
			return err
		}
		m.Input = createjob.Defaults()
		m.Input.Type, m.Input.Selection, m.Input.Packages, m.Input.ID = createjob.OTA, createjob.Snapshot, m.To, id
		m.Input.Description = "Rollback of job " + pr.in.Job + " to " + strings.Join(m.To, " and ")
		if len(m.Things) > createjob.MaxTargets {
			m.Group = id
			m.Input.Groups = []string{id}
			continue
		}
		m.Input.Things = m.Things
		st := pr.st
		st.Sink = relabel{pr.st.Sink, StepFind}
		job, err := createjob.Prepare(ctx, pr.cloud, m.Input, st)
		if err != nil {
			return err
		}
		m.Job = &job
	}
	return nil
}

// maxID is the longest id of a job (AWS IoT API model, JobId).
const maxID = 64

// freeID is the first id from the n-th on that neither a job nor a thing group has: rollback-JOB, rollback-JOB-2, ...
func (pr *preparer) freeID(ctx context.Context, n int) (string, int, error) {
	for ; ; n++ {
		suffix := ""
		if n > 1 {
			suffix = fmt.Sprintf("-%d", n)
		}
		id := "rollback-" + pr.in.Job
		id = id[:min(len(id), maxID-len(suffix))] + suffix
		_, err := fleet.DescribeJob(ctx, pr.cloud, id)
		if err == nil {
			continue
		}
		if cloud.Is(err, cloud.NotFound) {
			_, err = pr.cloud.IoT.DescribeThingGroup(ctx, &iot.DescribeThingGroupInput{ThingGroupName: &id})
		}
		switch {
		case cloud.Is(err, cloud.NotFound):
			return id, n, nil
		case err != nil:
			return "", n, fmt.Errorf("look whether %s is free: %w", id, err)
		}
	}
}

// leftovers are the things that are left out, by reason and item.
type leftovers map[[2]string][]string

func (l leftovers) add(reason Reason, item string, things ...string) {
	key := [2]string{string(reason), item}
	l[key] = append(l[key], things...)
}

// list puts those with the most things first.
func (l leftovers) list() []Left {
	var out []Left
	for key, things := range l {
		slices.Sort(things)
		out = append(out, Left{Reason: Reason(key[0]), Item: key[1], Things: things})
	}
	slices.SortFunc(out, func(a, b Left) int {
		return cmp.Or(cmp.Compare(len(b.Things), len(a.Things)), cmp.Compare(a.Reason, b.Reason), cmp.Compare(a.Item, b.Item))
	})
	return out
}
