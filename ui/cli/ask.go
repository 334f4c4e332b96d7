package cli

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"strings"

	"fleetlab/aws/cloud"
)

// confirm asks whether to go on, with No as the default. --yes answers it. Without a terminal the sandbox may be changed
// without a question, a real account may not.
func (a *app) confirm(ctx context.Context, s *session, question string) error {
	if a.o.yes {
		return nil
	}
	if !a.interactive() || a.o.json {
		if s.Kind == cloud.Sandbox {
			return nil
		}
		return usage(errors.New(a.p.T("cli.need-yes")))
	}
	answer, err := a.ask(ctx, question+" "+a.p.T("cli.yes-no")+" ")
	if err != nil {
		return err
	}
	switch strings.ToLower(answer) {
	case "y", "yes", "はい":
		return nil
	}
	a.note(a.p.T("cli.nothing-done"))
	return &exit{code: exitInterrupted}
}

// ask prints a question and reads one line. It gives up when ctx ends.
func (a *app) ask(ctx context.Context, question string) (string, error) {
	_, _ = fmt.Fprint(a.Out, question)
	type reply struct {
		text string
		err  error
	}
	got := make(chan reply, 1)
	go func() { // reading a terminal cannot be interrupted; the goroutine ends with the program
		text, err := bufio.NewReader(a.In).ReadString('\n')
		got <- reply{strings.TrimSpace(text), err}
	}()
	select {
	case r := <-got:
		if r.err != nil && r.text == "" {
			_, _ = fmt.Fprintln(a.Out)
			return "", nil // end of input: the default
		}
		return r.text, nil
	case <-ctx.Done():
		_, _ = fmt.Fprintln(a.Out)
		return "", &exit{code: exitInterrupted}
	}
}
