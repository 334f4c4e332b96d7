// Package cli is the command line: it reads flags, starts the sandbox, connects, and runs the full-screen program or a workflow
// without a screen. It is the only place that starts the sandbox.
package cli

import (
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/mattn/go-isatty"
	"github.com/spf13/cobra"

	"fleetlab/ui/locale"
	"fleetlab/ui/plain"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// Exit codes.
const (
	exitDone        = 0   // everything was done
	exitFailed      = 1   // the run could not go on
	exitUsage       = 2   // a flag or a value is wrong; nothing was done
	exitPartial     = 3   // done, but some devices or resources failed
	exitInterrupted = 130 // stopped by the user, as shells count SIGINT
)

// Main runs the program with the command line's arguments and returns its exit code.
func Main(args []string) int {
	ctx, stop := notify(context.Background(), syscall.SIGTERM, syscall.SIGHUP)
	defer stop()
	interrupt := func(ctx context.Context) (context.Context, context.CancelFunc) { return notify(ctx, os.Interrupt) }
	return Run(ctx, args, Streams{In: os.Stdin, Out: os.Stdout, Err: os.Stderr, Interrupt: interrupt})
}

// notify makes a context that ends with the first of the signals. A second one does what it does to any program: it ends it at
// once.
func notify(ctx context.Context, signals ...os.Signal) (context.Context, context.CancelFunc) {
	ctx, stop := signal.NotifyContext(ctx, signals...)
	context.AfterFunc(ctx, stop)
	return ctx, stop
}

// Streams are where a command reads and writes.
type Streams struct {
	In  io.Reader
	Out io.Writer
	Err io.Writer
	// Interrupt makes a context that ends with the next ctrl+c as well, until it is released. nil: there is no such key.
	Interrupt func(context.Context) (context.Context, context.CancelFunc)
}

func (s Streams) interruptible(ctx context.Context) (context.Context, context.CancelFunc) {
	if s.Interrupt == nil {
		return context.WithCancel(ctx)
	}
	return s.Interrupt(ctx)
}

// interactive tells whether a person can be asked: both ends must be a terminal.
func (s Streams) interactive() bool { return terminal(s.In) && terminal(s.Out) }

func terminal(v any) bool {
	f, ok := v.(*os.File)
	return ok && isatty.IsTerminal(f.Fd())
}

// Run is Main with its surroundings given. Stopping is ctx's end.
func Run(ctx context.Context, args []string, io Streams) int {
	a := &app{Streams: io, args: args}
	p, err := locale.New(langOf(args))
	if err != nil {
		p, _ = locale.New(locale.Languages[0]) // embedded, and tested to load
		a.p = p
		return a.finish(usage(err))
	}
	a.p = p
	root := a.root()
	root.SetArgs(args)
	root.SetIn(io.In)
	root.SetOut(io.Out)
	root.SetErr(io.Err)
	code := a.finish(root.ExecuteContext(ctx))
	if a.release != nil {
		a.release()
	}
	return code
}

// langOf finds --lang before flags are parsed, since the flags' own texts are in that language.
func langOf(args []string) string {
	for i, arg := range args {
		if v, ok := strings.CutPrefix(arg, "--lang="); ok {
			return v
		}
		if arg == "--lang" && i+1 < len(args) {
			return args[i+1]
		}
	}
	return ""
}

// app is one invocation of the program.
type app struct {
	Streams
	p          *locale.Printer
	o          options
	args       []string       // the command line without the program's name
	cmd        *cobra.Command // what runs
	report     string         // where a simulation's report goes, as --report says
	fullScreen bool           // the terminal belongs to the full-screen program: nothing else may write to it
	untold     []string       // what the full-screen program is to say once it shows
	talk       *talk          // the conversation of the plain mode; nil outside it
	lines      *plain.Prompt
	release    context.CancelFunc // gives ctrl+c back
}

// exit is an error with an exit code. An exit without a cause has told its story already.
type exit struct {
	code  int
	cause error
}

func (e *exit) Error() string {
	if e.cause == nil {
		return ""
	}
	return e.cause.Error()
}

func (e *exit) Unwrap() error { return e.cause }

// usage says that a flag or a value is wrong.
func usage(err error) error { return &exit{exitUsage, err} }

// finish tells what went wrong, if anything, and returns the exit code.
func (a *app) finish(err error) int {
	if err == nil {
		return exitDone
	}
	var e *exit
	if !errors.As(err, &e) {
		e = &exit{exitFailed, err}
		if errors.Is(err, context.Canceled) {
			e.code = exitInterrupted
		}
	}
	if _, refused := a.p.FlagRefusal(err); refused {
		e.code = exitUsage
	}
	if e.cause != nil {
		a.complain(e.cause)
	}
	return e.code
}

// complain writes an error for people: what happened, in which call, and what to do next.
func (a *app) complain(err error) {
	if words, refused := a.p.FlagRefusal(err); refused && a.talk == nil {
		a.note(a.p.T("cli.error", "What", text.Line(words)))
		return
	}
	a.note(a.p.T("cli.error", "What", text.Line(screen.Problem(a.p, err))))
}
