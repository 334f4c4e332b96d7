package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"fleetlab/aws/sandbox"
)

// sandboxFlags are the flags that only the served sandbox has.
type sandboxFlags struct {
	addr, accessKey, secretKey string
	allowRemote                bool
}

func (a *app) sandboxCommand() *cobra.Command {
	var f sandboxFlags
	cmd := &cobra.Command{
		Use: "sandbox", Short: a.p.T("cmd.sandbox"), Long: a.p.T("cmd.sandbox.long"), Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return a.serveSandbox(cmd.Context(), f) },
	}
	t := a.p.T
	cmd.Flags().StringVar(&f.addr, "addr", "127.0.0.1:4566", t("flag.addr"))
	cmd.Flags().StringVar(&f.accessKey, "access-key", "", t("flag.access-key"))
	cmd.Flags().StringVar(&f.secretKey, "secret-key", "", t("flag.secret-key"))
	cmd.Flags().BoolVar(&f.allowRemote, "allow-remote", false, t("flag.allow-remote"))
	cmd.AddCommand(
		&cobra.Command{Use: "env", Short: t("cmd.sandbox.env"), Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return a.sandboxEnv() }},
		&cobra.Command{Use: "quotas", Short: t("cmd.sandbox.quotas"), Args: cobra.NoArgs, RunE: func(*cobra.Command, []string) error { return a.showQuotas() }},
		&cobra.Command{Use: "reset", Short: t("cmd.sandbox.reset"), Args: cobra.NoArgs, RunE: func(cmd *cobra.Command, _ []string) error { return a.resetSandbox(cmd.Context()) }},
	)
	return cmd
}

func (a *app) serveSandbox(ctx context.Context, f sandboxFlags) error {
	o := a.sandboxOptions()
	o.Addr, o.AccessKey, o.SecretKey, o.AllowRemote = f.addr, f.accessKey, f.secretKey, f.allowRemote
	s, err := a.start(ctx, o)
	if err != nil {
		return err
	}
	if s.Joined() {
		return errors.New(a.p.T("cli.sandbox-runs", "Endpoint", s.Endpoint(), "State", a.o.state))
	}
	_, _ = fmt.Fprintln(a.Out, a.p.T("cli.sandbox-serves", "Endpoint", s.Endpoint(), "Region", s.Region()))
	if a.o.ephemeral {
		for _, line := range s.Exports() {
			_, _ = fmt.Fprintln(a.Out, line)
		}
	} else {
		_, _ = fmt.Fprintln(a.Out, a.p.T("cli.sandbox-use"))
	}
	<-ctx.Done()
	a.note(a.p.T("cli.sandbox-stops"))
	return s.Close()
}

func (a *app) sandboxEnv() error {
	s, err := sandbox.Find(a.o.state)
	if errors.Is(err, sandbox.ErrNotRunning) {
		return errors.New(a.p.T("cli.sandbox-not-running", "State", a.o.state))
	}
	if err != nil {
		return err
	}
	for _, line := range s.Exports() {
		_, _ = fmt.Fprintln(a.Out, line)
	}
	return nil
}

func (a *app) resetSandbox(ctx context.Context) error {
	if !a.o.yes {
		if !a.interactive() {
			return usage(errors.New(a.p.T("cli.reset-need-yes")))
		}
		if err := a.agree(ctx, a.p.T("cli.reset-question", "State", a.o.state)); err != nil {
			return err
		}
	}
	if err := sandbox.Reset(a.o.state); err != nil {
		return err
	}
	_, _ = fmt.Fprintln(a.Out, a.p.T("cli.reset-done", "State", a.o.state))
	return nil
}
