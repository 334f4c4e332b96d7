package cli

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"fleetlab/workflows/fleet"
	"fleetlab/workflows/report"
	"fleetlab/workflows/rollback"
)

func (a *app) jobRollbackCommand() *cobra.Command {
	var in rollback.Input
	cmd := &cobra.Command{Use: "rollback", Short: a.p.T("cmd.job.rollback"), Long: a.p.T("cmd.job.rollback.long"), Args: cobra.NoArgs}
	f := a.bind(cmd.Flags(), rollback.Workflow, &in)
	path := cmd.Flags().String(report.FieldReport, "", a.p.T("flag.rollback-report"))
	dry := a.dryRun(cmd)
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := f.read(); err != nil {
			return usage(err)
		}
		known, err := a.knownReports(*path, in.Job)
		if err != nil {
			return usage(err)
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error {
			return a.rollback(ctx, s, out, in, known, *dry)
		})
	}
	return cmd
}

// knownReports are the reports that tell what devices had: those of a file or a folder, or those that were saved.
func (a *app) knownReports(path, job string) (rollback.Sources, error) {
	if path == "" {
		return report.Find(a.o.reportDir(), job), nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if info.IsDir() {
		return report.Find(path, job), nil
	}
	r, err := report.ReadFile(path)
	switch {
	case errors.Is(err, report.ErrNoReport):
		return nil, fleet.Refuse(report.FieldReport, path, report.NoReport)
	case err != nil:
		return nil, unreadable(path, err)
	case !r.About(job):
		return nil, fleet.Refuse(report.FieldReport, path, report.OtherJob, "item", job)
	}
	return rollback.Sources{r}, nil
}

func unreadable(path string, err error) error {
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err
	}
	return fleet.Refuse(report.FieldReport, path, report.NotReadable, "cause", err.Error())
}

func (a *app) rollback(ctx context.Context, s *session, out *output, in rollback.Input, known rollback.Sources, dry bool) error {
	plan, err := rollback.Prepare(ctx, s.Cloud, in, known, a.stage(out))
	if err != nil {
		return err
	}
	a.showRollback(s, out, plan)
	switch {
	case len(plan.Moves) == 0 && !plan.Complete():
		return &exit{code: exitPartial}
	case len(plan.Moves) == 0 || dry:
		return nil
	}
	if err := a.confirm(ctx, s, a.p.T("rollback.question", "Count", plan.Things(), "Account", s.Account, "Region", s.Region)); err != nil {
		return err
	}
	r, err := rollback.Run(ctx, s.Cloud, plan, a.stage(out))
	if a.o.json {
		out.report(r)
	}
	return a.verdict(out, r.Report, err, a.again(rollback.FieldJob, in.Job))
}

// named is how many things a line names.
const named = 5

func (a *app) showRollback(s *session, out *output, p rollback.Plan) {
	if a.o.json {
		out.plan(p)
		return
	}
	t := a.p.T
	out.line(t("cli.where", "Kind", a.cloudName(s), "Account", p.Account, "Region", p.Region))
	out.line(t("rollback.job", "Job", p.Input.Job, "Status", p.Status, "Packages", strings.Join(p.Packages, ", "), "Count", p.Updated))
	for _, m := range p.Moves {
		out.line(t("rollback.move", "Count", len(m.Things), "To", strings.Join(m.To, ", "), "Job", m.Input.ID))
		for _, source := range slices.Sorted(maps.Keys(m.Sources)) {
			out.line("  " + t("rollback.source-"+string(source), "Count", m.Sources[source]))
		}
		if m.Group != "" {
			out.line("  " + t("rollback.group", "Group", m.Group))
		}
		if m.Job != nil {
			out.line("  " + m.Job.Command)
		}
	}
	for _, l := range p.Left {
		things := strings.Join(l.Things[:min(len(l.Things), named)], ", ")
		if len(l.Things) > named {
			things += ", ..."
		}
		out.line(t("rollback.left", "Count", len(l.Things), "Why", t("rollback.left-"+string(l.Reason), "Item", l.Item), "Things", things))
	}
	if len(p.Moves) == 0 {
		out.line(t("rollback.nothing"))
	}
}
