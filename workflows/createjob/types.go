package createjob

import (
	"context"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"

	"fleetlab/aws/cloud"
)

// types warns of groups that hold things of another type than the package is for: an update meant for sedans would reach
// trucks as well. In a fleet of ours a package is for the thing type of the same name; other packages are not checked.
func (pr preparer) types(ctx context.Context, p *Plan) error {
	_, err := pr.cloud.IoT.DescribeThingType(ctx, &iot.DescribeThingTypeInput{ThingTypeName: &p.Package})
	if cloud.Is(err, cloud.NotFound) {
		return nil
	}
	others := make([]tally, len(p.Targets))
	if err == nil {
		err = each(ctx, pr.st.Workers(countAtOnce), len(p.Targets), func(ctx context.Context, i int) (err error) {
			others[i], err = pr.others(ctx, p.Targets[i].Name, p.Package, max(1, searchBudget/len(p.Targets)))
			return err
		})
	}
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err != nil { // the index is off, being built, or not ours to read: the job can be made all the same
		p.Warnings = append(p.Warnings, Warning{What: NotChecked, Type: p.Package})
		return nil
	}
	for i, n := range others {
		if n.count > 0 {
			p.Warnings = append(p.Warnings, Warning{What: OtherType, Group: p.Targets[i].Name, Type: p.Package, Count: n.count, More: n.more})
		}
	}
	return nil
}

// searchBudget is how many pages of search results a preparation reads in all: about five seconds at AWS's rate.
const searchBudget = 60

// searchPage is the largest page of a search (AWS IoT API reference, SearchIndex).
const searchPage = 100

// tally is a count, or the least that it can be when not all was read.
type tally struct {
	count int
	more  bool
}

// others counts the things of a group that are not of a type, as the index has them: some seconds old.
func (pr preparer) others(ctx context.Context, group, thingType string, pages int) (tally, error) {
	in := &iot.SearchIndexInput{MaxResults: aws.Int32(searchPage),
		QueryString: aws.String("thingGroupNames:" + term(group) + " AND NOT thingTypeName:" + term(thingType))}
	var n tally
	for range pages {
		out, err := pr.cloud.IoT.SearchIndex(ctx, in)
		if err != nil {
			return n, err
		}
		n.count += len(out.Things)
		if out.NextToken == nil {
			return n, nil
		}
		in.NextToken = out.NextToken
	}
	n.more = true
	return n, nil
}

// term makes a name one term of a query: of the characters that names may have, the colon has a meaning there.
func term(name string) string { return strings.ReplaceAll(name, ":", `\:`) }
