package cli

import (
	"context"
	"errors"

	"fleetlab/aws/cloud"
	"fleetlab/ui/plain"
)

// confirm asks whether to go on, with No as the default. --yes answers it. Without a terminal the sandbox may be changed
// without a question, a real account may not.
func (a *app) confirm(ctx context.Context, s *session, question string) error {
	if a.o.yes {
		return nil
	}
	if !a.asks() {
		if s.Kind == cloud.Sandbox {
			return nil
		}
		return usage(errors.New(a.p.T("cli.need-yes")))
	}
	if a.talk != nil && s.Kind == cloud.AWS {
		a.talk.line.Say(a.p.T("plain.real-account"))
	}
	return a.agree(ctx, question)
}

// asks tells whether there is somebody who can be asked.
func (a *app) asks() bool { return a.talk != nil || a.interactive() && !a.o.json }

// agree asks a question and returns an error unless the answer is Yes.
func (a *app) agree(ctx context.Context, question string) error {
	var details []string
	if a.talk != nil {
		details, a.talk.details = a.talk.details, nil
	}
	yes, err := a.prompt().Confirm(ctx, question, details...)
	switch {
	case errors.Is(err, plain.ErrStopped):
		return &exit{exitInterrupted, a.stopped()}
	case !yes: // the end of the input is the default
		a.note(a.p.T("cli.nothing-done"))
		return &exit{code: exitInterrupted}
	}
	return nil
}

// ask prints a question and reads one line; the end of the input is an empty one. It gives up when ctx ends.
func (a *app) ask(ctx context.Context, question string) (string, error) {
	answer, err := a.prompt().Ask(ctx, question)
	if errors.Is(err, plain.ErrStopped) {
		return "", &exit{exitInterrupted, a.stopped()}
	}
	return answer, nil
}

// stopped is what is still to be said when a question was interrupted: in a conversation that it goes on, otherwise nothing.
func (a *app) stopped() error {
	if a.talk == nil {
		return nil
	}
	return plain.ErrStopped
}

// prompt is the one place that reads the input.
func (a *app) prompt() *plain.Prompt {
	if a.lines == nil {
		a.lines = plain.New(a.p, a.In, a.Out)
		a.lines.Echo = !terminal(a.In)
	}
	return a.lines
}
