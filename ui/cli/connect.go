package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/aws/sandbox"
	"fleetlab/aws/trace"
)

// session is a connection with what must be closed after it.
type session struct {
	*cloud.Cloud
	sandbox *sandbox.Sandbox // nil on a real account or a given endpoint
	notices []string         // in which way a sandbox that was joined is not the one that was asked for
	close   []func() error
}

// Close ends the sandbox, if this process serves it, and the log file.
func (s *session) Close() error {
	var errs []error
	for i := len(s.close) - 1; i >= 0; i-- {
		errs = append(errs, s.close[i]())
	}
	return errors.Join(errs...)
}

// connect is dial for those without the full screen: what is to be known goes to standard error.
func (a *app) connect(ctx context.Context) (*session, error) {
	starting, running := a.patience()
	hold := cloud.NewHold(starting)
	stop := a.tellHeld(ctx, hold)
	s, err := a.dial(ctx, hold)
	if err != nil {
		stop()
		return nil, err
	}
	hold.SetPatience(running)
	s.close = append(s.close, func() error { stop(); return nil })
	for _, n := range s.notices {
		a.note(n)
	}
	return s, nil
}

// dial starts or joins the sandbox where one is wanted and connects to it, or to the real account. hold keeps calls back while nobody
// answers or there are no credentials.
func (a *app) dial(ctx context.Context, hold *pace.Hold) (_ *session, err error) {
	s := &session{}
	defer func() {
		if err != nil {
			err = errors.Join(err, s.Close())
		}
	}()
	o := cloud.Options{Kind: cloud.AWS, Profile: a.o.profile, Region: a.o.region, Endpoint: a.o.endpoint, Pace: a.o.paceConfig, Hold: hold}
	if o.Trace, err = a.trace(s); err != nil {
		return nil, err
	}
	switch {
	case a.o.endpoint != "":
		o.Kind = cloud.Endpoint
	case a.o.cloud == string(cloud.Sandbox):
		if err := a.startSandbox(ctx, s, &o); err != nil {
			return nil, err
		}
	}
	if s.Cloud, err = cloud.Connect(ctx, o); err != nil {
		return nil, err
	}
	s.close = append(s.close, func() error { s.Cloud.Close(); return nil })
	return s, nil
}

func (a *app) startSandbox(ctx context.Context, s *session, o *cloud.Options) (err error) {
	if s.sandbox, err = a.start(ctx, a.sandboxOptions()); err != nil {
		return err
	}
	s.close = append(s.close, s.sandbox.Close)
	for _, n := range s.sandbox.Notices() {
		s.notices = append(s.notices, a.p.T("cli.notice-"+string(n), "Endpoint", s.sandbox.Endpoint()))
	}
	o.Kind, o.Endpoint, o.Region = cloud.Sandbox, s.sandbox.Endpoint(), s.sandbox.Region()
	o.AccessKey, o.SecretKey = s.sandbox.AccessKey(), s.sandbox.SecretKey()
	return nil
}

func (a *app) sandboxOptions() sandbox.Options {
	return sandbox.Options{Dir: a.o.state, Ephemeral: a.o.ephemeral, Quotas: a.o.quotas == "aws",
		Lag: a.o.consistency == "aws", Speed: a.o.speed, Region: a.o.region}
}

// trace opens the API log that the full-screen program, --log-file and --debug ask for; nil when nobody does.
func (a *app) trace(s *session) (*trace.Log, error) {
	var w io.Writer
	if a.o.logFile != "" {
		f, err := os.OpenFile(a.o.logFile, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
		if err != nil {
			return nil, usage(errors.New(a.p.T("cli.log-file", "File", a.o.logFile, "Cause", err.Error())))
		}
		log := &logWriter{to: f}
		s.close = append(s.close, func() error {
			if err := log.finish(); err != nil {
				a.note(a.p.T("connect.log-lost", "File", a.o.logFile, "Cause", err.Error()))
			}
			return nil
		})
		w = log
	}
	var on func(trace.Call)
	if a.o.debug && !a.fullScreen {
		on = a.showCall
	}
	if w == nil && on == nil && !a.fullScreen { // the full-screen program has a screen for the calls
		return nil, nil
	}
	return trace.New(w, on), nil
}

// showCall prints a call as it ends, for those who read along.
func (a *app) showCall(c trace.Call) {
	outcome := "ok"
	if c.Error != "" {
		outcome = c.Error
	}
	_, _ = fmt.Fprintf(a.Err, "  %s  # %s, %d ms\n", c.CLI(), outcome, c.Took.Milliseconds())
}

// note writes a line that is no result: it goes to standard error, so that a pipe gets results only.
func (a *app) note(line string) { _, _ = io.WriteString(a.Err, line+"\n") }
