package cli

import (
	"context"
	"errors"
	"maps"
	"slices"

	"github.com/spf13/cobra"

	"fleetlab/workflows/cleanup"
)

func (a *app) cleanupCommand() *cobra.Command {
	in := cleanup.Defaults()
	cmd := &cobra.Command{Use: "cleanup", Short: a.p.T("cmd.cleanup"), Args: cobra.NoArgs}
	f := a.bind(cmd.Flags(), cleanup.Workflow, &in)
	dry := a.dryRun(cmd)
	word := cmd.Flags().String("confirm", "", a.p.T("flag.confirm", "Word", cleanup.ConfirmWord))
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.read(); err != nil {
			return usage(err)
		}
		if err := a.checkWord(cmd, *word, *dry); err != nil {
			return err
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			return a.cleanup(ctx, s, out, in, *dry, *word == "")
		})
	}
	return cmd
}

// checkWord refuses a wrong word before anything is looked at, and a missing one where nobody can be asked for it.
func (a *app) checkWord(cmd *cobra.Command, word string, dry bool) error {
	if cmd.Flags().Changed("confirm") {
		if err := cleanup.Confirm(word); err != nil {
			return usage(err)
		}
		return nil
	}
	if !dry && !a.asks() {
		return usage(errors.New(a.p.T("cli.need-confirm", "Word", cleanup.ConfirmWord)))
	}
	return nil
}

func (a *app) cleanup(ctx context.Context, s *session, out *output, in cleanup.Input, dry, ask bool) error {
	plan, err := cleanup.Prepare(ctx, s.Cloud, in, a.stage(out))
	if err != nil {
		return err
	}
	a.showCleanup(s, out, plan)
	if dry || plan.Total() == 0 && len(plan.Errors) == 0 {
		return nil
	}
	if ask {
		answer, err := a.ask(ctx, a.p.T("cli.cleanup-question", "Word", cleanup.ConfirmWord, "Account", s.Account, "Region", s.Region))
		if err != nil {
			return err
		}
		if err := cleanup.Confirm(answer); err != nil {
			a.note(a.p.T("cli.nothing-done"))
			return usage(err)
		}
	}
	r, err := cleanup.Run(ctx, s.Cloud, plan, a.stage(out))
	for _, l := range r.Left {
		out.line(a.p.T("cli.left", "What", a.p.Resource(l.Resource), "Name", l.Name, "Reason", a.p.Reason(l.Reason)))
	}
	if err == nil && r.Looked && len(r.Left) == 0 {
		out.line(a.p.T("cli.left-nothing"))
	}
	return a.verdict(out, r.Report, err, a.again("confirm", cleanup.ConfirmWord))
}

// showCleanup says what would go, by kind and by how it was recognised, what stays, and what could not be looked at.
func (a *app) showCleanup(s *session, out *output, p cleanup.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	out.line(a.p.T("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	for _, kind := range slices.Sorted(maps.Keys(p.Items)) {
		how := map[string]int{}
		for _, item := range p.Items[kind] {
			how[item.By]++
		}
		for _, by := range slices.Sorted(maps.Keys(how)) {
			out.line(a.p.T("cli.goes", "What", a.p.Resource(kind), "Count", how[by], "By", a.p.T("by."+by)))
		}
	}
	for _, set := range p.Settings {
		out.line(a.p.T("cli.restores", "What", a.p.Resource(set.Resource)))
	}
	for _, kind := range slices.Sorted(maps.Keys(p.Foreign)) {
		if n := p.Foreign[kind].Count; n > 0 {
			out.line(a.p.T("cli.stays", "What", a.p.Resource(kind), "Count", n))
		}
	}
	for _, e := range p.Errors {
		out.line(a.p.T("cli.unseen", "What", a.p.Resource(e.Resource), "Cause", a.p.Fault(e.Fault)))
	}
	if p.Total() == 0 {
		out.line(a.p.T("cli.nothing-ours"))
	}
}
