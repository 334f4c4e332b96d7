package cli

import (
	"context"
	"maps"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

func (a *app) simulateCommand() *cobra.Command {
	in := simulate.Defaults()
	cmd := &cobra.Command{Use: "simulate", Short: a.p.T("cmd.simulate"), Args: cobra.NoArgs}
	f := a.bind(cmd.Flags(), simulate.Workflow, &in)
	a.reportFlag(cmd)
	dry := a.dryRun(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		err := f.read()
		if err == nil && !*dry {
			err = a.checkReport()
		}
		if err != nil {
			return usage(err)
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			_, err := a.simulate(ctx, s, out, in, *dry, true)
			return err
		})
	}
	return cmd
}

// simulate returns what became of the run; its counts are those of the failures that were not planned.
func (a *app) simulate(ctx context.Context, s *session, out *output, in simulate.Input, dry, ask bool) (simulate.Report, error) {
	plan, err := simulate.Prepare(ctx, s.Cloud, in, a.stage(out))
	if err != nil {
		return simulate.Report{}, err
	}
	a.showSimulation(s, out, plan)
	if dry {
		return simulate.Report{}, nil
	}
	if ask {
		if err := a.confirm(ctx, s, a.p.T("cli.simulate-question", "Count", len(plan.Devices))); err != nil {
			return simulate.Report{}, err
		}
	}
	k, err := a.keep(ctx, s, out, plan)
	if err != nil {
		return simulate.Report{}, err
	}
	r, err := simulate.Run(ctx, s.Cloud, plan, k.stage(a.stage(out)))
	a.showReport(out, r)
	saved := k.save(out, r)
	// A planned failure is no fault of the run; the exit code speaks of the others.
	r.Report.Counts = nil
	if r.Unplanned > 0 {
		r.Report.Counts = event.Counts{simulate.Execution: {event.Failed: r.Unplanned}}
	}
	if err := a.verdict(out, r.Report, err, a.again(simulate.FieldJob, jobIDs(plan.Jobs))); err != nil {
		return r, err
	}
	if r.Unplanned > 0 || len(r.Differences) > 0 {
		return r, &exit{code: exitPartial}
	}
	return r, saved
}

// showSimulation prints the plan device by device, and what it takes.
func (a *app) showSimulation(s *session, out *output, p simulate.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	e := p.Estimate
	out.line(a.p.T("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	out.line(a.p.T("cli.simulate-plan", "Job", jobIDs(p.Jobs), "Successes", p.Successes, "Failures", p.Failures, "Duration", a.p.Seconds(e.Seconds)))
	for e := range p.Lines() {
		out.Emit(e)
	}
	a.countLine(out, "cli.simulate-not-reached", p.NotReached, "Duration", a.p.Seconds(e.Rollout))
	a.countLine(out, "cli.simulate-started", p.Started)
	a.countLine(out, "cli.simulate-offline", p.Offline)
	a.countLine(out, "cli.simulate-retries", p.Retries)
	out.line(a.p.T("cli.simulate-updates", "Count", e.Updates, "Most", e.PerDevice))
}

// countLine prints a line that is about n items; none where there are none.
func (a *app) countLine(out *output, id string, n int, kv ...any) {
	if n > 0 {
		out.line(a.p.T(id, append(kv, "Count", n)...))
	}
}

func jobIDs(jobs []simulate.JobSummary) string {
	var ids []string
	for _, j := range jobs {
		ids = append(ids, j.ID)
	}
	return strings.Join(ids, ",")
}

func (a *app) showReport(out *output, r simulate.Report) {
	if a.o.json {
		out.report(r)
		return
	}
	for _, reason := range slices.Sorted(maps.Keys(r.Reasons)) {
		out.line(a.p.T("cli.reason", "Reason", a.p.Reason(reason), "Count", r.Reasons[reason]))
	}
	for _, state := range slices.Sorted(maps.Keys(r.Superseded)) {
		out.line(a.p.T("simulate.superseded", "Count", r.Superseded[state], "Status", state))
	}
	a.countLine(out, "cli.simulate-late", r.Late)
	a.countLine(out, "cli.simulate-retried", r.Retried)
	out.line(a.p.T("cli.simulate-totals", "Updates", r.Updates, "Rate", a.p.Rate(r.PerSecond), "Downloads", r.Downloads, "Size", a.p.Size(r.Bytes)))
	if l := r.Latency; l.Max > 0 {
		out.line(a.p.T("cli.simulate-took", "P50", a.p.Seconds(l.P50), "P90", a.p.Seconds(l.P90), "P99", a.p.Seconds(l.P99), "Max", a.p.Seconds(l.Max)))
	}
	for _, j := range r.Jobs {
		out.line(a.p.T("cli.job-now", "Job", j.ID, "Status", j.Status))
		if j.Idle() && j.Selection == "CONTINUOUS" {
			out.line(a.p.T("simulate.idle-continuous"))
		}
	}
	a.countLine(out, "cli.unplanned", r.Unplanned)
	a.countLine(out, "cli.unfinished", r.Unfinished)
	a.countLine(out, "cli.simulate-never-reached", r.NotReached)
	for _, d := range r.Differences {
		status := d.Status
		if d.Reason != "" {
			status += " " + d.Reason
		}
		out.line(a.p.T("cli.difference", "Status", status, "Devices", d.Devices, "Cloud", d.Cloud))
	}
}
