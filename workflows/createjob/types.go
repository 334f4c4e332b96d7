package createjob

import (
	"context"
	"strings"

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
	others := make([]int, len(p.Targets))
	if err == nil {
		err = each(ctx, pr.st.Workers(countAtOnce), len(p.Targets), func(ctx context.Context, i int) (err error) {
			others[i], err = pr.others(ctx, p.Targets[i].Name, p.Package)
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
		if n > 0 {
			p.Warnings = append(p.Warnings, Warning{What: OtherType, Group: p.Targets[i].Name, Type: p.Package, Count: n})
		}
	}
	return nil
}

// others counts the things of a group that are not of a type, as the index has them: some seconds old.
func (pr preparer) others(ctx context.Context, group, thingType string) (int, error) {
	query := "thingGroupNames:" + term(group) + " AND NOT thingTypeName:" + term(thingType)
	out, err := pr.cloud.IoT.GetStatistics(ctx, &iot.GetStatisticsInput{QueryString: &query})
	if err != nil {
		return 0, err
	}
	if out.Statistics == nil {
		return 0, nil
	}
	return int(out.Statistics.Count), nil
}

// term makes a name one term of a query: of the characters that names may have, the colon has a meaning there.
func term(name string) string { return strings.ReplaceAll(name, ":", `\:`) }
