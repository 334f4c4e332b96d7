package cli

import (
	"context"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"fleetlab/workflows/simulate"
)

func (a *app) simulateCommand() *cobra.Command {
	in := simulate.Defaults()
	cmd := &cobra.Command{Use: "simulate", Short: a.p.T("cmd.simulate"), Args: cobra.NoArgs}
	f := a.bind(cmd.Flags(), simulate.Workflow, &in)
	dry := a.dryRun(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.read(); err != nil {
			return usage(err)
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			return a.simulate(ctx, s, out, in, *dry, true)
		})
	}
	return cmd
}

func (a *app) simulate(ctx context.Context, s *session, out *output, in simulate.Input, dry, ask bool) error {
	plan, err := simulate.Prepare(ctx, s.Cloud, in, a.stage(out))
	if err != nil {
		return err
	}
	a.showSimulation(s, out, plan)
	if dry {
		return nil
	}
	if ask {
		if err := a.confirm(ctx, s, a.p.T("cli.simulate-question", "Count", len(plan.Devices))); err != nil {
			return err
		}
	}
	r, err := simulate.Run(ctx, s.Cloud, plan, a.stage(out))
	a.showReport(out, r)
	// A planned failure is no fault of the run; the exit code speaks of the others.
	r.Report.Counts = nil
	if err := a.verdict(out, r.Report, err, "fleetlab simulate --job "+plan.Jobs[0].ID); err != nil {
		return err
	}
	if r.Unplanned > 0 || len(r.Differences) > 0 {
		return &exit{code: exitPartial}
	}
	return nil
}

// showSimulation prints the plan device by device, and what it takes.
func (a *app) showSimulation(s *session, out *output, p simulate.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	out.line(a.p.T("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	out.line(a.p.T("cli.simulate-plan", "Job", p.Jobs[0].ID, "Successes", p.Successes, "Failures", p.Failures, "Duration", a.p.Seconds(p.Estimate.Seconds)))
	for e := range p.Lines() {
		out.Emit(e)
	}
}

func (a *app) showReport(out *output, r simulate.Report) {
	if a.o.json {
		return
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		out.line(a.p.T("cli.reason", "Reason", a.p.Reason(reason), "Count", r.Reasons[reason]))
	}
	out.line(a.p.T("cli.simulate-totals", "Updates", r.Updates, "Rate", a.p.Rate(r.PerSecond), "Downloads", r.Downloads, "Size", a.p.Size(r.Bytes)))
	out.line(a.p.T("cli.job-now", "Job", r.Jobs[0].ID, "Status", r.Jobs[0].Status))
	if r.Jobs[0].Idle() && r.Jobs[0].Selection == "CONTINUOUS" {
		out.line(a.p.T("simulate.idle-continuous"))
	}
	if r.Unplanned > 0 {
		out.line(a.p.T("cli.unplanned", "Count", r.Unplanned))
	}
	if r.Unfinished > 0 {
		out.line(a.p.T("cli.unfinished", "Count", r.Unfinished))
	}
	for _, d := range r.Differences {
		out.line(a.p.T("cli.difference", "Status", d.Status, "Devices", d.Devices, "Cloud", d.Cloud))
	}
}
