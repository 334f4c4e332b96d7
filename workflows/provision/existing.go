package provision

import (
	"context"
	"fmt"
	"maps"
	"regexp"
	"strconv"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/workflows/fleet"
)

// page is how many entries a list of the registry gives at once (AWS IoT API model).
const page = 250

// known is what the lists say about a vehicle that exists already. It is small, since there may be 100,000 of them.
type known struct {
	thingType string
	country   string   // its attribute
	groups    []string // those of the plan's groups that it is in
	same      bool     // type and attributes are as planned
}

// census finds the vehicles that exist. Lists give 250 things a call: that is what makes a second run cheap.
type census struct {
	r       *runner
	pattern *regexp.Regexp

	mu     sync.Mutex
	things map[string]*known
}

// census lists the plan's thing types and groups, but only those that were there before this run.
func (r *runner) census(ctx context.Context, s *fleet.Step) (map[string]*known, error) {
	c := &census{r: r, pattern: fleet.ThingPattern(r.in.Prefix), things: map[string]*known{}}
	var errs []error
	var mu sync.Mutex
	note := func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if err != nil {
			errs = append(errs, err)
		}
	}
	fleet.Each(ctx, s, fewWorkers, r.in.ThingTypes, func(ctx context.Context, name string) {
		if r.wasThere(ThingType, name) {
			note(c.listType(ctx, name))
		}
	})
	if len(c.things) > 0 {
		fleet.Each(ctx, s, fewWorkers, r.codes, func(ctx context.Context, country string) {
			if r.wasThere(Group, fleet.GroupName(country)) {
				note(c.listGroup(ctx, fleet.GroupName(country)))
			}
		})
	}
	if len(errs) > 0 {
		return nil, errs[0]
	}
	return c.things, nil
}

// number is a vehicle's number in the plan; false when the name is none of the plan's.
func (c *census) number(name string) (int, bool) {
	m := c.pattern.FindStringSubmatch(name)
	if m == nil {
		return 0, false
	}
	n, err := strconv.Atoi(m[1])
	return n, err == nil && n >= 1 && n <= c.r.in.Devices
}

func (c *census) listType(ctx context.Context, thingType string) error {
	pages := iot.NewListThingsPaginator(c.r.c.IoT, &iot.ListThingsInput{ThingTypeName: &thingType, MaxResults: aws.Int32(page)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the things of type %s: %w", thingType, err)
		}
		for _, t := range out.Things {
			c.add(t)
		}
	}
	return nil
}

func (c *census) add(t iottypes.ThingAttribute) {
	name := aws.ToString(t.ThingName)
	n, ok := c.number(name)
	if !ok {
		return
	}
	v := c.r.in.vehicle(n, c.r.codes)
	k := &known{thingType: aws.ToString(t.ThingTypeName), country: t.Attributes[fleet.Country]}
	k.same = k.thingType == v.Type && maps.Equal(t.Attributes, v.Attributes())
	c.mu.Lock()
	defer c.mu.Unlock()
	c.things[name] = k
}

func (c *census) listGroup(ctx context.Context, group string) error {
	pages := iot.NewListThingsInThingGroupPaginator(c.r.c.IoT, &iot.ListThingsInThingGroupInput{ThingGroupName: &group, MaxResults: aws.Int32(page)})
	for pages.HasMorePages() {
		out, err := pages.NextPage(ctx)
		if err != nil {
			return fmt.Errorf("list the things in group %s: %w", group, err)
		}
		c.mu.Lock()
		for _, name := range out.Things {
			if k := c.things[name]; k != nil {
				k.groups = append(k.groups, group)
			}
		}
		c.mu.Unlock()
	}
	return nil
}
