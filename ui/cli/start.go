package cli

import (
	"context"
	"errors"

	"fleetlab/aws/sandbox"
	"fleetlab/ui/text"
)

// start starts or joins the sandbox. Its errors are in words: what is in the way, where, and what to do about it.
func (a *app) start(ctx context.Context, o sandbox.Options) (*sandbox.Sandbox, error) {
	s, err := sandbox.Start(ctx, o)
	problem := sandbox.Explain(err)
	if err == nil || problem == "" || ctx.Err() != nil {
		return s, err
	}
	place := o.Dir
	if o.Ephemeral {
		place = "-"
	}
	return nil, errors.New(a.p.T("start."+string(problem), "State", place, "Addr", o.Addr, "Cause", text.Line(err.Error())))
}
