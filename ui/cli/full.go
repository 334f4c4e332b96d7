package cli

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"fleetlab/lessons"
	"fleetlab/ui"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/fleet"
)

// full runs the full-screen program. Without a terminal it says so and names the commands that need none.
func (a *app) full(ctx context.Context) error {
	if !a.interactive() || os.Getenv("TERM") == "dumb" { // such a terminal cannot move its cursor
		return usage(errors.New(a.p.T("cli.no-terminal")))
	}
	a.fullScreen = true
	closeLog, err := a.logToFile()
	if err != nil {
		return err
	}
	s, err := a.connect(ctx)
	if err != nil {
		return errors.Join(err, closeLog())
	}
	all, err := lessons.All(a.p.Lang())
	if err == nil {
		_, err = ui.Run(ctx, ui.Options{Output: a.Out, Deps: screen.Deps{
			Printer: a.p, Theme: theme.New(theme.Detect(a.o.noColor)), Cloud: s.Cloud, Lessons: all, Learning: a.learning(),
			Seed: fleet.DefaultSeed, Debug: a.o.debug, LogDir: a.o.logDir(), Reports: a.o.reportDir(), Now: time.Now,
		}})
	}
	return errors.Join(err, s.Close(), closeLog())
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
