package cli

import (
	"context"
	"strings"

	"github.com/spf13/cobra"

	"fleetlab/workflows/provision"
)

func (a *app) provisionCommand() *cobra.Command {
	in := provision.Defaults()
	cmd := &cobra.Command{Use: "provision", Short: a.p.T("cmd.provision"), Args: cobra.NoArgs}
	f := a.bind(cmd.Flags(), provision.Workflow, &in)
	dry := a.dryRun(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.read(); err != nil {
			return usage(err)
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			return a.provision(ctx, s, out, in, *dry, true)
		})
	}
	return cmd
}

func (a *app) provision(ctx context.Context, s *session, out *output, in provision.Input, dry, ask bool) error {
	plan, err := provision.Prepare(ctx, s.Cloud, in)
	if err != nil {
		return err
	}
	a.showProvision(s, out, plan)
	if dry {
		return nil
	}
	if ask {
		if err := a.confirm(ctx, s, a.p.T("cli.provision-question", "Count", in.Devices, "Account", s.Account, "Region", s.Region)); err != nil {
			return err
		}
	}
	r, err := provision.Run(ctx, s.Cloud, plan, a.stage(out))
	return a.verdict(out, r.Report, err, a.again("", ""))
}

// showProvision says before it starts how many calls it takes, how long at the limits, and what it costs on a real account.
func (a *app) showProvision(s *session, out *output, p provision.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	e := p.Estimate
	out.line(a.p.T("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	out.line(a.p.T("cli.provision-plan", "Count", p.Input.Devices, "Types", strings.Join(p.Input.ThingTypes, ", "),
		"Versions", strings.Join(p.Input.Versions, ", "), "Countries", strings.Join(p.Codes, ", ")))
	if a.talk != nil {
		a.talk.resources(out, e)
	}
	out.line(a.p.T("cli.estimate", "Count", e.TotalCalls, "Duration", a.p.Seconds(e.Seconds)))
	out.line(a.p.T("cli.cost", "Cost", a.p.Dollars(e.Cost.Total)))
}

func (a *app) cloudName(s *session) string { return a.p.T("cloud." + string(s.Kind)) }
