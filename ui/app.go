// Package ui is the full-screen program: one tea.Model that keeps a stack of screens, a stack of overlays
// and the runs, and draws the frame around them.
package ui

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"maps"
	"os"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/mattn/go-runewidth"

	"fleetlab/ui/component/learn"
	"fleetlab/ui/component/progress"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
)

// Options start the program.
type Options struct {
	// Deps is what screens are given. Runs is the program's own and left empty.
	Deps  screen.Deps
	Mode  learn.Mode // how runs and their learner keep pace at first
	Mouse bool       // the mouse is on from the start
	Open  string     // id of a screen to open over the home screen; "": none
	Args  any        // for that screen

	// Connecting gets Deps.Cloud once the program shows; nil: it is there.
	Connecting *Connecting

	Input  io.Reader // nil: the terminal
	Output io.Writer // nil: standard output
}

// frames are how often a second the screen is written where it has changed. bubbletea's clock goes on when nothing does: more of them cost a
// core's percent each time, fewer can be felt after a key (docs/performance.md).
const frames = 25

// grace is how long runs may take to finish their calls in flight once the screen is gone.
const grace = 5 * time.Second

// Summary is what became of the program.
type Summary struct {
	Runs       []*run.Run // all that were started, latest first
	Unfinished int        // runs that had not returned when the wait was over
}

// Run shows the program until the user leaves it or ctx ends, stops what still runs, waits for the calls
// in flight and says what became of each run. Signals are the caller's: it cancels ctx.
func Run(ctx context.Context, o Options) (Summary, error) { return runWith(ctx, o, screens) }

func runWith(ctx context.Context, o Options, factories map[string]screen.Factory) (Summary, error) {
	if o.Output == nil {
		o.Output = os.Stdout
	}
	// bubbles measures with go-runewidth, which counts box drawing twice under a Japanese locale.
	runewidth.DefaultCondition.EastAsianWidth = false
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	m, err := newModel(ctx, o, factories)
	if err != nil {
		return Summary{}, err
	}
	options := []tea.ProgramOption{
		tea.WithAltScreen(), tea.WithoutSignalHandler(), tea.WithFPS(frames), tea.WithFilter(dropMouseNoise), tea.WithOutput(o.Output),
	}
	if o.Input != nil {
		options = append(options, tea.WithInput(o.Input))
	}
	if o.Mouse {
		options = append(options, tea.WithMouseCellMotion())
	}
	p := tea.NewProgram(m, options...)
	stop := context.AfterFunc(ctx, p.Quit)
	_, err = p.Run()
	stop()
	summary := m.leave()
	switch {
	case errors.Is(err, tea.ErrProgramPanic): // bubbletea has written where
		err = errors.New(m.t("exit.panic"))
	case err != nil && !errors.Is(err, tea.ErrProgramKilled):
		err = fmt.Errorf("show the full-screen program: %w", err)
	}
	return summary, err
}

// leave stops all runs, waits for them and prints what became of them.
func (m *model) leave() Summary {
	m.connecting.leave()
	m.reg.StopAll()
	running := m.reg.Running()
	if len(running) > 0 {
		m.print(m.t("exit.waiting", "Count", len(running)))
	}
	wait := grace
	if m.forced {
		wait = 0
	}
	m.reg.Wait(wait)
	m.reg.Drain()
	all := m.reg.All()
	for i := len(all) - 1; i >= 0; i-- {
		if tellable(all[i]) {
			m.print(m.exitLine(all[i]))
		}
	}
	if m.deps.LogDir != "" && leftover(all) {
		m.print(m.t("exit.clean-up"))
	}
	return Summary{Runs: all, Unfinished: len(m.reg.Running())}
}

// pruneLogs deletes old logs of runs, once there is something to see.
func (m *model) pruneLogs() tea.Cmd {
	dir, now := m.deps.LogDir, m.deps.Now()
	if dir == "" {
		return nil
	}
	return func() tea.Msg {
		if err := run.Prune(dir, now); err != nil {
			slog.Warn("delete old logs", "error", err)
		}
		return nil
	}
}

func (m *model) print(line string) {
	if m.deps.Theme.ASCII {
		line = text.ASCII(line)
	}
	// Nothing can be done about an output that is gone.
	_, _ = fmt.Fprintln(m.opts.Output, line)
}

// tellable reports that there is something to say of a run: what it did, that it goes on, or why it failed. What only looked and
// was stopped, or was used for the next step, has said all on the screen.
func tellable(r *run.Run) bool {
	_, err := r.Result()
	if r.Looks {
		return err != nil && !errors.Is(err, run.ErrStopped) && !errors.Is(err, context.Canceled)
	}
	return r.Running() || err != nil || r.Progress().Status != ""
}

// leftover reports that runs, the latest first, have made something that no complete clean-up came after.
func leftover(all []*run.Run) bool {
	for _, r := range all {
		p := r.Progress()
		switch r.Name {
		case screen.Cleanup:
			if p.Status == event.Done {
				return false
			}
		case screen.Provision, screen.CreateJob:
			if len(p.Counts) > 0 {
				return true
			}
		}
	}
	return false
}

// exitLine is what became of a run: provision: DONE  thing CREATED 1,000, and below it where its log is.
func (m *model) exitLine(r *run.Run) string {
	p := r.Progress()
	_, err := r.Result()
	status := cmp.Or(string(p.Status), m.deps.Problem(err))
	if r.Running() {
		status = m.t("exit.unfinished")
	}
	line := strings.TrimRight(m.t("exit.run", "Workflow", m.deps.Printer.Workflow(r.Name), "Status", text.Line(status), "Counts", m.counts(p)), " ")
	if p.Status == event.RunFailed && err != nil {
		line += "\n  " + text.Line(m.deps.Problem(err))
	}
	if r.LogPath != "" {
		id := "exit.log"
		if r.LogError() != nil {
			id = "exit.log-part"
		}
		line += "\n  " + m.t(id, "Path", r.LogPath)
	}
	return line
}

// counts is what a run did, or how far it came.
func (m *model) counts(p run.Progress) string {
	switch {
	case len(p.Counts) > 0:
		return m.deps.Printer.Counts(p.Counts)
	case p.Total > 0:
		return progress.Line(m.deps.Theme, m.deps.Printer, progress.State{Done: p.Done, Total: p.Total})
	}
	return ""
}

// newModel checks the options and makes the model with the home screen on its stack.
func newModel(ctx context.Context, o Options, factories map[string]screen.Factory) (*model, error) {
	if o.Deps.Printer == nil || o.Deps.Theme == nil {
		return nil, errors.New("the full-screen program needs a printer and a theme")
	}
	if factories[screen.Home] == nil {
		return nil, fmt.Errorf("screen %s is not registered", screen.Home)
	}
	if o.Deps.Now == nil {
		o.Deps.Now = time.Now
	}
	m := &model{
		ctx: ctx, opts: o, deps: o.Deps, factories: maps.Clone(factories), mouse: o.Mouse, copy: copyBoth(o.Output),
		reg:    run.NewRegistry(ctx, run.Options{LogDir: o.Deps.LogDir, Mode: o.Mode, Sequential: o.Deps.Debug}),
		parked: map[string]*entry{},
	}
	return m, nil
}
