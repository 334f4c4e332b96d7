package createjob

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// stepProvision is the workflow that makes what is missing.
const stepProvision = "provision"

// Prepare checks the input against the cloud and makes the request. Nothing is changed. While it counts the members of the
// groups it emits progress. What a field is wrong about is a *fleet.FieldError.
func Prepare(ctx context.Context, c *cloud.Cloud, in Input, st event.Stage) (Plan, error) {
	if err := in.Validate(); err != nil {
		return Plan{}, err
	}
	p := Plan{Input: in, Account: c.Account, Region: c.Region}
	pr := preparer{cloud: c, in: in, st: st}
	for _, part := range []func(context.Context, *Plan) error{pr.targets, pr.version, pr.role, pr.request, pr.members, pr.types} {
		if err := part(ctx, &p); err != nil {
			return Plan{}, err
		}
	}
	if in.Selection == Continuous {
		p.Warnings = append(p.Warnings, Warning{What: LastsForever})
	}
	p.Cost = float64(p.Members) * perExecution
	return p, nil
}

// preparer fills in a plan part by part.
type preparer struct {
	cloud *cloud.Cloud
	in    Input
	st    event.Stage
}

// targets finds the groups.
func (pr preparer) targets(ctx context.Context, p *Plan) error {
	names := pr.in.Groups
	if len(names) == 0 {
		var err error
		if names, err = pr.countryGroups(ctx); err != nil {
			return err
		}
	}
	groups := make([]Group, len(names))
	if err := each(ctx, pr.st.Workers(lookups), len(names), func(ctx context.Context, i int) (err error) {
		groups[i], err = readGroup(ctx, pr.cloud, names[i])
		return err
	}); err != nil {
		return err
	}
	for i, g := range groups {
		if g.Name == "" {
			return pr.noGroup(ctx, names[i])
		}
		p.Targets = append(p.Targets, Target{Name: g.Name, ARN: g.ARN, Dynamic: g.Dynamic})
	}
	return nil
}

// countryGroups are the groups that provisioning made.
func (pr preparer) countryGroups(ctx context.Context) ([]string, error) {
	names, err := groupNames(ctx, pr.cloud)
	if err != nil {
		return nil, err
	}
	names = slices.DeleteFunc(names, func(name string) bool { return !countryGroup(name) })
	ours := make([]bool, len(names))
	if err := each(ctx, pr.st.Workers(lookups), len(names), func(ctx context.Context, i int) (err error) {
		ours[i], err = oursByTag(ctx, pr.cloud, pr.cloud.ARN("thinggroup/"+names[i]))
		return err
	}); err != nil {
		return nil, err
	}
	var out []string
	for i, name := range names {
		if ours[i] {
			out = append(out, name)
		}
	}
	switch {
	case len(out) == 0:
		return nil, fleet.Refuse(FieldGroups, "", fleet.NothingToDo, "step", stepProvision)
	case len(out) > MaxTargets:
		return nil, fleet.Refuse(FieldGroups, strings.Join(out, ","), fleet.TooMany, "max", MaxTargets)
	}
	return out, nil
}

func (pr preparer) noGroup(ctx context.Context, name string) error {
	names, err := groupNames(ctx, pr.cloud)
	if err != nil {
		return err
	}
	return notInCloud(FieldGroups, strings.Join(pr.in.Groups, ","), name, names)
}

// notInCloud names what there is instead, or what to do first when there is nothing.
func notInCloud(field, value, item string, choices []string) error {
	if len(choices) == 0 {
		return fleet.Refuse(field, value, fleet.NothingToDo, "step", stepProvision)
	}
	return fleet.Refuse(field, value, fleet.NotInCloud, "item", item, "choices", some(choices))
}

// some keeps an error one line.
func some(all []string) string {
	const few = 8
	if len(all) <= few {
		return strings.Join(all, ", ")
	}
	return fmt.Sprintf("%s, … (%d)", strings.Join(all[:few], ", "), len(all))
}

// version finds the package and the version.
func (pr preparer) version(ctx context.Context, p *Plan) error {
	packages, err := packageNames(ctx, pr.cloud)
	if err != nil {
		return err
	}
	var names []string
	for _, pkg := range packages {
		names = append(names, pkg.Name)
	}
	p.Package = pr.in.Package
	if p.Package == "" && len(names) > 0 {
		p.Package = names[0]
	}
	if !slices.Contains(names, p.Package) {
		return notInCloud(FieldPackage, pr.in.Package, p.Package, names)
	}
	versions, err := listVersions(ctx, pr.cloud, p.Package)
	if err != nil {
		return err
	}
	p.Version, err = choose(versions, pr.in.Version)
	return err
}

// choose finds the version wanted, or the newest published one, among versions from the newest to the oldest.
func choose(versions []Version, wanted string) (string, error) {
	var names []string
	for _, v := range versions {
		names = append(names, v.Name)
		if v.Name == wanted && !v.Published() {
			return "", fleet.Refuse(FieldVersion, wanted, fleet.NotPublished, "item", wanted, "status", v.Status)
		}
		if v.Name == wanted || wanted == "" && v.Published() {
			return v.Name, nil
		}
	}
	if wanted == "" && len(versions) > 0 {
		return "", fleet.Refuse(FieldVersion, "", fleet.NotPublished, "item", names[0], "status", versions[0].Status)
	}
	return "", notInCloud(FieldVersion, wanted, wanted, names)
}

// role makes sure that URLs can be presigned.
func (pr preparer) role(ctx context.Context, p *Plan) error {
	role := fleet.JobsRole(pr.cloud.Region, pr.cloud.Account)
	ok, err := roleUsable(ctx, pr.cloud, role)
	if err != nil {
		return err
	}
	if !ok {
		return fleet.Refuse(FieldPackage, p.Package, fleet.NothingToDo, "step", stepProvision, "item", role)
	}
	return nil
}

func (pr preparer) request(ctx context.Context, p *Plan) error {
	id, err := pr.freeID(ctx)
	if err != nil {
		return err
	}
	p.Document = fleet.OTADocument(p.Package, p.Version)
	p.Request = Request{
		JobID: id, Document: p.Document, Description: describe(pr.in, p.Package, p.Version, p.Targets),
		TargetSelection: string(pr.in.selection()),
		PresignedURL:    Presign{RoleARN: pr.cloud.RoleARN(fleet.JobsRole(pr.cloud.Region, pr.cloud.Account)), Expires: int64(pr.in.Expires)},
		Packages:        []string{pr.cloud.ARN("package/" + p.Package + "/version/" + p.Version)},
	}
	for _, t := range p.Targets {
		p.Request.Targets = append(p.Request.Targets, t.ARN)
	}
	for k, v := range fleet.Tags() {
		p.Request.Tags = append(p.Request.Tags, Tag{Key: k, Value: v})
	}
	slices.SortFunc(p.Request.Tags, func(a, b Tag) int { return strings.Compare(a.Key, b.Key) })
	p.Command = p.Request.command()
	return nil
}

// freeID is the id chosen, or one made from the time that no job has yet.
func (pr preparer) freeID(ctx context.Context) (string, error) {
	if pr.in.ID != "" {
		taken, err := pr.taken(ctx, pr.in.ID)
		if taken {
			return "", fleet.Refuse(FieldID, pr.in.ID, fleet.Taken, "item", pr.in.ID)
		}
		return pr.in.ID, err
	}
	made := fleet.JobID("ota", time.Now())
	for n, id := 2, made; ; n++ { // two jobs in one second are rare, and each round is one more second gone
		taken, err := pr.taken(ctx, id)
		if !taken || err != nil {
			return id, err
		}
		id = fmt.Sprintf("%s-%d", made, n)
	}
}

func (pr preparer) taken(ctx context.Context, id string) (bool, error) {
	_, err := fleet.DescribeJob(ctx, pr.cloud, id)
	if cloud.Is(err, cloud.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// members counts the things of each group, and of all of them together.
func (pr preparer) members(ctx context.Context, p *Plan) error {
	var all union
	err := each(ctx, pr.st.Workers(countAtOnce), len(p.Targets), func(ctx context.Context, i int) error {
		return members(ctx, pr.cloud, p.Targets[i].Name, func(things []string) {
			p.Targets[i].Members += len(things)
			pr.st.Sink.Emit(event.Event{Workflow: Workflow, Kind: event.Progress, Step: StepTargets, Resource: "thing", Done: all.add(things)})
		})
	})
	if err != nil {
		return err
	}
	p.Members = len(all.seen)
	for _, t := range p.Targets {
		if t.Members == 0 {
			p.Warnings = append(p.Warnings, Warning{What: NoMembers, Group: t.Name})
		}
	}
	return nil
}
