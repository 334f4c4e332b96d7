package cli

import (
	"context"
	"errors"
	"strings"

	"github.com/spf13/cobra"

	"fleetlab/aws/trace"
	"fleetlab/workflows/event"
)

// root is the command tree. Without a command it is the full-screen program.
func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use: "fleetlab", Short: a.p.T("cmd.root"), Long: a.p.T("cmd.root.long"), Args: cobra.NoArgs,
		SilenceErrors: true, SilenceUsage: true, PersistentPreRunE: a.check,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.o.version {
				return a.version()
			}
			return a.open(cmd.Context())
		},
	}
	root.Flags().BoolVar(&a.o.mouse, "mouse", false, a.p.T("flag.mouse"))
	root.Flags().BoolVar(&a.o.version, "version", false, a.p.T("cmd.version"))
	root.Flags().BoolVar(&a.o.plain, "plain", false, a.p.T("flag.plain"))
	root.CompletionOptions.HiddenDefaultCmd = true
	a.globals(root.PersistentFlags())
	root.SetFlagErrorFunc(func(cmd *cobra.Command, err error) error {
		return usage(errors.New(a.p.T("cli.bad-usage", "Cause", err.Error(), "Help", cmd.CommandPath()+" --help")))
	})
	job := &cobra.Command{Use: "job", Short: a.p.T("cmd.job"), Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() }}
	job.AddCommand(a.jobCreateCommand(), a.jobRollbackCommand())
	root.AddCommand(a.provisionCommand(), job, a.simulateCommand(), a.cleanupCommand(), a.tourCommand(), a.sandboxCommand(), a.lessonsCommand(), a.versionCommand())
	for _, c := range append(append(root.Commands(), job.Commands()...), root) {
		a.strict(c)
	}
	return root
}

// strict turns a wrong number of arguments or an unknown command into a usage error in the user's language.
func (a *app) strict(c *cobra.Command) {
	check := c.Args
	if check == nil {
		return
	}
	c.Args = func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usage(errors.New(a.p.T("cli.bad-usage", "Cause", err.Error(), "Help", cmd.CommandPath()+" --help")))
		}
		return nil
	}
}

// play connects, hands fn a place for its events, and closes everything after it.
func (a *app) play(ctx context.Context, fn func(context.Context, *session, *output) error) (err error) {
	s, err := a.connect(ctx)
	if err != nil {
		return err
	}
	out := newOutput(a.Out, a.p, a.o.json)
	err = fn(ctx, s, out)
	out.Close()
	return errors.Join(err, s.Close())
}

func (a *app) stage(out *output) event.Stage {
	st := event.Stage{Sink: out, Sequential: a.o.debug}
	if a.talk != nil {
		st.Gate = a.talk.gate
	}
	return st
}

// verdict turns the end of a run into the exit code, and says how to go on where something is left to do. err is set when
// the run could not go on.
func (a *app) verdict(out *output, r event.Report, err error, again string) error {
	if a.talk != nil {
		again = a.talk.again
	}
	switch {
	case err != nil:
		return &exit{exitFailed, err}
	case r.Status == event.Interrupted:
		out.line(a.p.T("cli.interrupted", "Again", again))
		return &exit{code: exitInterrupted}
	case r.Status == event.RunFailed:
		out.line(a.p.T("cli.failed", "Again", again))
		return &exit{code: exitFailed}
	case r.Status == event.Partial || r.Failed() > 0:
		out.line(a.p.T("cli.partial", "Count", r.Failed(), "Again", again))
		return &exit{code: exitPartial}
	}
	return nil
}

// again is the command line that goes on where this one ended: the same, and a flag with what it stood for where it was left out.
func (a *app) again(flag, value string) string {
	words := []string{"fleetlab"}
	for _, arg := range a.args {
		words = append(words, trace.Quote(arg))
	}
	if f := a.cmd.Flags().Lookup(flag); f != nil && !f.Changed {
		words = append(words, "--"+flag, trace.Quote(value))
	}
	return strings.Join(words, " ")
}

// dryRun adds the flag that shows a plan and changes nothing.
func (a *app) dryRun(cmd *cobra.Command) *bool {
	return cmd.Flags().Bool("dry-run", false, a.p.T("flag.dry-run"))
}
