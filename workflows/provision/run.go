package provision

import (
	"context"
	"sync"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// Bounds on how many items are worked on at once. Rates are aws/pace's business.
const (
	fewWorkers  = 8
	thingWorker = 80
)

// runner is the state of one run.
type runner struct {
	c     *cloud.Cloud
	in    Input
	codes []string
	run   *fleet.Run
	poll  time.Duration // between two looks at something that AWS is still working on

	bucket    string // ours; "" until it is found or made
	bucketNew bool

	mu        sync.Mutex
	artifacts map[string]artifact // by key
	typeOurs  map[string]bool     // thing types looked at: made by us
	old       map[string]bool     // thing types and groups, by kind and name, that were there before
	usable    bool                // the package configuration's role
	indexed   bool
}

// Run makes what p plans, step by step. The error is set only if the run could not go on; one that was stopped through ctx
// answers INTERRUPTED and no error, one in which items failed PARTIAL or, if nothing went well, RUN_FAILED. The report is
// filled in any case. Running again completes what is missing.
func Run(ctx context.Context, c *cloud.Cloud, p Plan, st event.Stage) (Report, error) {
	total := 0
	for _, n := range p.Estimate.Resources {
		total += n
	}
	ctx, run := fleet.Begin(ctx, Workflow, st, total)
	r := &runner{c: c, in: p.Input, codes: p.Codes, run: run, poll: time.Second,
		artifacts: map[string]artifact{}, typeOurs: map[string]bool{}, old: map[string]bool{}}
	r.steps(ctx)
	rep, err := run.End(ctx)
	return Report{rep}, err
}

// step is one step: what it does and which steps it cannot do without.
type step struct {
	id    string
	do    func(context.Context, *fleet.Step)
	needs string
}

func (r *runner) steps(ctx context.Context) {
	failed := map[string]bool{}
	for _, s := range []step{
		{StepThingTypes, r.thingTypes, ""},
		{StepIndexing, r.indexing, ""},
		{StepStorage, r.storage, ""},
		{StepFirmware, r.firmware, StepStorage},
		{StepCatalog, r.catalog, StepFirmware},
		{StepRoles, r.roles, ""},
		{StepConfiguration, r.configuration, StepRoles},
		{StepThings, r.thingsAndGroups, StepThingTypes},
	} {
		if ctx.Err() != nil {
			return
		}
		if failed[s.needs] {
			failed[s.id] = true
			r.run.Skip(s.id, s.needs)
			continue
		}
		failed[s.id] = r.run.Step(ctx, s.id, s.id, s.do) != nil && !(s.id == StepRoles && r.usable)
	}
}
