package cli

import (
	"context"

	"github.com/spf13/cobra"

	"fleetlab/workflows/createjob"
)

func (a *app) jobCreateCommand() *cobra.Command {
	in := createjob.Defaults()
	cmd := &cobra.Command{Use: "create", Short: a.p.T("cmd.job.create"), Args: cobra.NoArgs}
	f := a.bind(cmd.Flags(), createjob.Workflow, &in)
	dry := a.dryRun(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.read(); err != nil {
			return usage(err)
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			_, err := a.createJob(ctx, s, out, in, *dry, true)
			return err
		})
	}
	return cmd
}

// createJob returns the id of the job that was created.
func (a *app) createJob(ctx context.Context, s *session, out *output, in createjob.Input, dry, ask bool) (string, error) {
	plan, err := createjob.Prepare(ctx, s.Cloud, in, a.stage(out))
	if err != nil {
		return "", err
	}
	a.showJob(s, out, plan)
	if dry {
		return "", nil
	}
	if ask {
		if err := a.confirm(ctx, s, a.p.T("cli.job-question", "Job", plan.Request.JobID, "Account", s.Account, "Region", s.Region)); err != nil {
			return "", err
		}
	}
	r, err := createjob.Run(ctx, s.Cloud, plan, a.stage(out))
	return r.Job, a.verdict(out, r.Report, err, "fleetlab job create")
}

func (a *app) showJob(s *session, out *output, p createjob.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	out.line(a.p.T("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	out.line(a.p.T("cli.job-plan", "Job", p.Request.JobID, "Installs", p.Installs(), "Selection", p.Request.TargetSelection))
	for _, t := range p.Targets {
		out.line(a.p.T("cli.job-target", "Group", t.Name, "Count", t.Members))
	}
	out.line(a.p.T("cli.job-members", "Count", p.Members))
	for _, w := range p.Warnings {
		out.line(a.p.T("job.warning-"+w.What, "Group", w.Group, "Type", w.Type, "Count", w.Count, "Item", w.Item))
	}
	out.line(a.p.T("cli.job-command"))
	out.line("  " + p.Command)
}
