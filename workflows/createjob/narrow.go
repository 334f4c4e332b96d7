package createjob

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
	"fleetlab/aws/trace"
	"fleetlab/workflows/fleet"
)

// types warns of targets that hold things of another type than a package is for: an update meant for sedans would reach
// trucks as well. In a fleet of ours a package is for the thing type of the same name; other packages are not checked.
func (pr preparer) types(ctx context.Context, p *Plan) error {
	for _, i := range p.Packages {
		if err := pr.checkType(ctx, p, i.Package); err != nil {
			return err
		}
	}
	return nil
}

func (pr preparer) checkType(ctx context.Context, p *Plan, thingType string) error {
	exists, err := pr.typeExists(ctx, thingType)
	others := make([]int, len(p.Targets))
	if err == nil && exists {
		err = each(ctx, pr.st.Workers(countAtOnce), len(p.Targets), func(ctx context.Context, i int) (err error) {
			t := p.Targets[i]
			if t.Thing {
				if t.Type != thingType {
					others[i] = 1
				}
				return nil
			}
			others[i], err = pr.search(ctx, groupTerm(t.Name)+" AND NOT "+typeTerm(thingType))
			return err
		})
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil { // the index is off, being built, or not ours to read: the job can be made all the same
		p.Warnings = append(p.Warnings, Warning{What: NotChecked, Type: thingType})
		return nil
	}
	for i, n := range others {
		if n > 0 {
			p.Warnings = append(p.Warnings, Warning{What: OtherType, Group: p.Targets[i].Name, Type: thingType, Count: n})
		}
	}
	return nil
}

func (pr preparer) typeExists(ctx context.Context, name string) (bool, error) {
	_, err := pr.cloud.IoT.DescribeThingType(ctx, &iot.DescribeThingTypeInput{ThingTypeName: &name})
	if cloud.Is(err, cloud.NotFound) {
		return false, nil
	}
	return err == nil, err
}

// search counts the things that a query matches, as the index has them: some seconds old.
func (pr preparer) search(ctx context.Context, query string) (int, error) {
	out, err := pr.cloud.IoT.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: &query})
	if err != nil {
		return 0, fmt.Errorf("count what matches %s: %w", query, err)
	}
	if out.Statistics == nil {
		return 0, nil
	}
	return int(out.Statistics.Count), nil
}

// term makes a name one term of a query: of the characters that names may have, the colon has a meaning there.
func term(name string) string { return strings.ReplaceAll(name, ":", `\:`) }

func groupTerm(name string) string { return "thingGroupNames:" + term(name) }
func typeTerm(name string) string  { return "thingTypeName:" + term(name) }

// groupsInQuery is how many groups the query of a dynamic group can name beside the type: it has room for five terms (AWS
// General Reference, fleet indexing quotas).
const groupsInQuery = 4

// narrow works out what would leave out the things of other types, and does so in the request if that is wanted.
func (pr preparer) narrow(ctx context.Context, p *Plan) error {
	wrong := slices.ContainsFunc(p.Warnings, func(w Warning) bool { return w.What == OtherType })
	if !pr.in.Narrow && (!wrong || len(p.Packages) != 1) {
		return nil
	}
	if pr.in.Narrow {
		if err := pr.canNarrow(ctx, p); err != nil || !wrong {
			return err
		}
	}
	n, err := pr.narrowing(ctx, p)
	if err != nil {
		return err
	}
	p.Narrow = n
	if pr.in.Narrow {
		pr.retarget(p)
	}
	return nil
}

// canNarrow says why there can be no dynamic group of the type.
func (pr preparer) canNarrow(ctx context.Context, p *Plan) error {
	if slices.ContainsFunc(p.Warnings, func(w Warning) bool { return w.What == NotChecked }) {
		return fleet.Refuse(FieldNarrow, Yes, fleet.NothingToDo, "step", stepProvision)
	}
	name := p.Packages[0].Package
	exists, err := pr.typeExists(ctx, name)
	if err != nil || exists {
		return err
	}
	out, err := pr.cloud.IoT.ListThingTypes(ctx, &iot.ListThingTypesInput{MaxResults: aws.Int32(few)})
	if err != nil {
		return fmt.Errorf("list thing types: %w", err)
	}
	var types []string
	for _, t := range out.ThingTypes {
		types = append(types, aws.ToString(t.ThingTypeName))
	}
	return notInCloud(FieldPackage, name, name, types)
}

// narrowing is what the plan's targets are without things of other types.
func (pr preparer) narrowing(ctx context.Context, p *Plan) (*Narrowing, error) {
	n := &Narrowing{Type: p.Packages[0].Package}
	for i, query := range queries(p.Targets, n.Type) {
		name := fmt.Sprintf("%s-only-%d", p.Request.JobID, i+1)
		n.Groups = append(n.Groups, NarrowGroup{Name: name, ARN: pr.cloud.ARN("thinggroup/" + name), Query: query})
	}
	for _, t := range p.Targets {
		if t.Thing && t.Type == n.Type {
			n.Things = append(n.Things, t.Name)
		}
	}
	err := pr.countNarrowed(ctx, n)
	n.LeftOut = max(0, p.Members-n.Members)
	return n, err
}

// countNarrowed counts what is in each group and, each thing once, in all of them. For a single group that takes one call.
func (pr preparer) countNarrowed(ctx context.Context, n *Narrowing) error {
	if len(n.Groups) == 1 && len(n.Things) == 0 {
		count, err := pr.search(ctx, n.Groups[0].Query)
		n.Groups[0].Members, n.Members = count, count
		return err
	}
	var all union
	all.add(n.Things)
	err := each(ctx, pr.st.Workers(countAtOnce), len(n.Groups), func(ctx context.Context, i int) error {
		g := &n.Groups[i]
		return pr.matches(ctx, g.Query, func(things []string) {
			g.Members += len(things)
			pr.counted(all.add(things))
		})
	})
	n.Members = len(all.seen)
	return err
}

// queries are those of dynamic groups that hold what is in the targets and of a type.
func queries(targets []Target, thingType string) []string {
	var static []string
	var out []string
	for _, t := range targets {
		switch {
		case t.Dynamic:
			out = append(out, "("+t.Query+") AND "+typeTerm(thingType))
		case !t.Thing:
			static = append(static, groupTerm(t.Name))
		}
	}
	for some := range slices.Chunk(static, groupsInQuery) {
		groups := strings.Join(some, " OR ")
		if len(some) > 1 {
			groups = "(" + groups + ")"
		}
		out = append(out, groups+" AND "+typeTerm(thingType))
	}
	return out
}

// searchPage is the largest page of a search (AWS IoT API reference, SearchIndex).
const searchPage = 100

// matches hands out the things that a query matches page by page.
func (pr preparer) matches(ctx context.Context, query string, page func(things []string)) error {
	in := &iot.SearchIndexInput{MaxResults: aws.Int32(searchPage), QueryString: &query}
	for {
		out, err := pr.cloud.IoT.SearchIndex(ctx, in)
		if err != nil {
			return fmt.Errorf("search for %s: %w", query, err)
		}
		var names []string
		for _, t := range out.Things {
			names = append(names, aws.ToString(t.ThingName))
		}
		page(names)
		if out.NextToken == nil {
			return nil
		}
		in.NextToken = out.NextToken
	}
}

// retarget makes the request one for the things of the type only.
func (pr preparer) retarget(p *Plan) {
	n, r := p.Narrow, &p.Request
	r.Targets = nil
	var before []string
	for _, g := range n.Groups {
		r.Targets = append(r.Targets, g.ARN)
		before = append(before, trace.Command("IoT", "CreateDynamicThingGroup", g.sdk()))
	}
	for _, t := range n.Things {
		r.Targets = append(r.Targets, pr.cloud.ARN("thing/"+t))
	}
	p.Before = append(before, p.Before...)
	p.Members = n.Members
	p.Warnings = slices.DeleteFunc(p.Warnings, func(w Warning) bool { return w.What == OtherType || w.What == NoMembers })
	if n.Members == 0 {
		p.Warnings = append(p.Warnings, Warning{What: NoMembers, Group: n.Type})
	}
}

// sdk is the group in the SDK's form, with our tags: clean-up finds it by them.
func (g NarrowGroup) sdk() *iot.CreateDynamicThingGroupInput {
	return &iot.CreateDynamicThingGroupInput{ThingGroupName: &g.Name, QueryString: &g.Query, Tags: fleet.IoTTags()}
}
