package cli

import (
	"context"
	"errors"

	"github.com/spf13/cobra"

	"fleetlab/workflows/cleanup"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/provision"
	"fleetlab/workflows/simulate"
)

// tourSpeed is how fast the sandbox's clock runs in a tour: the five minutes that AWS makes one wait before a thing type is
// deleted pass in five seconds.
const tourSpeed = 60

// tour is what the four workflows are given.
type tour struct {
	provision provision.Input
	simulate  simulate.Input
}

func (a *app) tourCommand() *cobra.Command {
	t := tour{provision: provision.Defaults(), simulate: simulate.Defaults()}
	cmd := &cobra.Command{Use: "tour", Short: a.p.T("cmd.tour"), Args: cobra.NoArgs}
	fleet := a.bind(cmd.Flags(), provision.Workflow, &t.provision)
	devices := a.bindSome(cmd.Flags(), simulate.Workflow, &t.simulate, "success-rate")
	cmd.RunE = func(cmd *cobra.Command, _ []string) error {
		if err := errors.Join(fleet.read(), devices.read()); err != nil {
			return usage(err)
		}
		t.simulate.Seed = t.provision.Seed
		if !a.o.speedSet {
			a.o.speed = tourSpeed
		}
		return a.play(cmd.Context(), func(ctx context.Context, s *session, out *output) error { return a.tour(ctx, s, out, t) })
	}
	return cmd
}

// tour runs the four workflows one after the other. Clean-up comes in any case but a stop: a tour leaves nothing behind.
func (a *app) tour(ctx context.Context, s *session, out *output, t tour) error {
	question := a.p.T("cli.tour-question", "Count", t.provision.Devices, "Account", s.Account, "Region", s.Region)
	if err := a.confirm(ctx, s, question); err != nil {
		return err
	}
	err := a.tourFleet(ctx, s, out, t)
	if ctx.Err() != nil || code(err) == exitUsage {
		return err
	}
	a.part(out, 4, cleanup.Workflow)
	in := cleanup.Defaults()
	in.Prefix = t.provision.Prefix
	return worse(err, a.cleanup(ctx, s, out, in, false, false))
}

// tourFleet is the tour up to the clean-up. A part that could not go on ends it; one that was done in part does not.
func (a *app) tourFleet(ctx context.Context, s *session, out *output, t tour) error {
	a.part(out, 1, provision.Workflow)
	err := a.provision(ctx, s, out, t.provision, false, false)
	if code(err) != exitDone && code(err) != exitPartial {
		return err
	}
	a.part(out, 2, createjob.Workflow)
	job, jobErr := a.createJob(ctx, s, out, createjob.Defaults(), false, false)
	if err = worse(err, jobErr); code(jobErr) != exitDone {
		return err
	}
	a.part(out, 3, simulate.Workflow)
	t.simulate.Job = job
	_, simErr := a.simulate(ctx, s, out, t.simulate, false, false)
	return worse(err, simErr)
}

func (a *app) part(out *output, n int, workflow string) {
	out.line("")
	out.line(a.p.T("cli.tour-part", "Done", n, "Total", 4, "What", a.p.Workflow(workflow)))
}

// code is the exit code that an error stands for.
func code(err error) int {
	var e *exit
	switch {
	case err == nil:
		return exitDone
	case errors.As(err, &e):
		return e.code
	}
	return exitFailed
}

// worse joins the outcomes of two parts: what went wrong first is told first, and failing outweighs failing in part.
func worse(a, b error) error {
	switch {
	case a == nil:
		return b
	case b == nil:
		return a
	case code(a) == exitPartial:
		return b
	}
	return a
}
