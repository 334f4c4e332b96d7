package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/lessons"
	"fleetlab/ui"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/fleet"
)

// full runs the full-screen program. Without a terminal it says so and names the commands that need none.
func (a *app) full(ctx context.Context) error {
	if !a.interactive() {
		return usage(errors.New(a.p.T("cli.no-terminal")))
	}
	a.fullScreen = true
	closeLog, err := a.logToFile()
	if err != nil {
		return err
	}
	all, err := lessons.All(a.p.Lang())
	if err != nil {
		return errors.Join(err, closeLog())
	}
	s := &session{}
	mode, _ := learn.ParseMode(a.o.mode)
	_, err = ui.Run(ctx, ui.Options{Output: a.Out, Mode: mode, Mouse: a.o.mouse, Connecting: a.connecting(&s), Deps: screen.Deps{
		Printer: a.p, Theme: theme.New(theme.Detect(a.o.wish())), Lessons: all, Learning: a.learning(),
		Seed: fleet.DefaultSeed, Debug: a.o.debug, LogDir: a.o.logDir(), Reports: a.o.reportDir(), Now: time.Now,
	}})
	return errors.Join(err, s.Close(), closeLog())
}

// connecting is how the program comes by its cloud once it shows; to becomes the session.
func (a *app) connecting(to **session) *ui.Connecting {
	hold := cloud.NewHold(forever)
	return &ui.Connecting{Doing: a.doing(), Profile: a.o.profile, Hold: hold, Connect: func(ctx context.Context) (*cloud.Cloud, []string, error) {
		s, err := a.dial(ctx, hold)
		if err != nil {
			return nil, nil, err
		}
		*to = s
		return s.Cloud, append(s.notices, a.untold...), nil
	}}
}

// doing says what is done to connect.
func (a *app) doing() string {
	switch {
	case a.o.endpoint != "":
		return a.p.T("connect.endpoint", "Endpoint", a.o.endpoint)
	case a.o.cloud == string(cloud.AWS):
		return a.p.T("connect.aws")
	case a.o.ephemeral:
		return a.p.T("connect.ephemeral")
	}
	return a.p.T("connect.sandbox", "State", a.o.state)
}

// logToFile sends the program's own log to a file: nothing may write to the terminal but the screen.
func (a *app) logToFile() (func() error, error) {
	dir := a.o.logDir()
	if dir == "" {
		slog.SetDefault(slog.New(slog.NewTextHandler(io.Discard, nil)))
		return func() error { return nil }, nil
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, errors.New(a.p.T("cli.state-unusable", "State", a.o.state, "Cause", err.Error()))
	}
	f, err := os.OpenFile(filepath.Join(dir, "fleetlab.log"), os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, errors.New(a.p.T("cli.state-unusable", "State", a.o.state, "Cause", err.Error()))
	}
	level := slog.LevelInfo
	if a.o.debug {
		level = slog.LevelDebug
	}
	slog.SetDefault(slog.New(slog.NewTextHandler(f, &slog.HandlerOptions{Level: level})))
	return f.Close, nil
}
