package cli

import (
	"context"
	"errors"
	"os"
	"slices"
	"strings"

	"fleetlab/aws/cloud"
	"fleetlab/lessons"
	"fleetlab/ui/plain"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// open runs the program without a command: full-screen, or as a conversation where that is asked for.
func (a *app) open(ctx context.Context) error {
	if a.wantsPlain() {
		return a.converse(ctx)
	}
	return a.full(ctx)
}

// wantsPlain tells whether the plain mode is asked for: by its flag, also in a pipe, or by the environment of a terminal.
func (a *app) wantsPlain() bool { return a.o.plain || a.interactive() && plainTerminal(os.Getenv) }

// plainTerminal tells whether an environment asks for lines: ACCESSIBLE is the variable of other programs with prompts, and a dumb
// terminal cannot move its cursor.
func plainTerminal(getenv func(string) string) bool {
	switch strings.ToLower(getenv("ACCESSIBLE")) {
	case "", "0", "false":
		return getenv("TERM") == "dumb"
	}
	return true
}

// talk is the conversation of the plain mode. It runs what the commands run and says what they say.
type talk struct {
	a        *app
	s        *session
	line     *plain.Prompt
	lessons  []lessons.Lesson
	learning *lessons.Progress

	again   string     // how to do what is done now once more
	gate    event.Gate // holds its run before each step; nil where none does
	details []string   // of the plan that is asked about, told on request
}

// converse leads the conversation until it is left.
func (a *app) converse(ctx context.Context) (err error) {
	a.Err = a.Out // everything is said in one order
	a.o.json = false
	all, err := lessons.All(a.p.Lang())
	if err != nil {
		return err
	}
	closeLog, err := a.logToFile()
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, closeLog()) }()
	s, err := a.connect(ctx)
	if err != nil {
		return err
	}
	t := &talk{a: a, s: s, line: a.prompt(), lessons: all, learning: a.learning()}
	a.talk = t
	return errors.Join(t.lead(ctx), s.Close())
}

// activity is what the menu offers.
type activity struct {
	id    string // of its screen, which is its word in the menu as well
	about string // id of a message
	do    func(*talk, context.Context, *output) error
}

// activities are in the order of the loop.
var activities = []activity{
	{screen.Provision, "plain.about-provision", (*talk).provision},
	{screen.CreateJob, "plain.about-job-create", (*talk).createJob},
	{screen.Simulate, "plain.about-simulate", (*talk).simulate},
	{screen.Cleanup, "plain.about-cleanup", (*talk).cleanup},
	{screen.Packages, "plain.about-packages", (*talk).packages},
	{wordRollback, "plain.about-rollback", (*talk).rollback},
	{screen.Lessons, "plain.about-lessons", (*talk).study},
}

const wordRollback = "rollback"

// lead shows the menu, does what is chosen, and shows it again.
func (t *talk) lead(ctx context.Context) error {
	t.line.Say(t.line.T("plain.welcome"))
	if t.s.Kind == cloud.AWS {
		t.line.Say(t.line.T("plain.real-account"))
	}
	choices := t.menu()
	for first := true; ; first = false {
		next := t.tellState(ctx)
		if first { // later ? tells it
			t.line.Say("", t.line.T("plain.menu"))
			t.line.List(choices)
		}
		chosen, err := t.choose(ctx, choices, next)
		switch {
		case ctx.Err() != nil:
			return &exit{code: exitInterrupted}
		case err != nil || chosen == string(plain.Quit):
			t.line.Say(t.line.T("plain.bye"))
			return nil
		}
		for _, act := range activities {
			if act.id == chosen && t.do(ctx, act) {
				t.line.Say(t.line.T("plain.bye"))
				return nil
			}
		}
	}
}

// insist runs what was asked for. Where the cloud speaks against one of the fields, that one is asked for again: nothing typed is
// lost.
func (t *talk) insist(ctx context.Context, workflow string, in fleet.Fields, fields []plain.Field, run func() error) error {
	for {
		err := run()
		refused, ok := fleet.AsFieldError(err)
		if !ok {
			return err
		}
		i := slices.IndexFunc(fields, func(f plain.Field) bool { return f.Name == refused.Field })
		if i < 0 {
			return err
		}
		t.line.Say(t.a.p.Field(refused))
		if err := t.line.Form(ctx, workflow, in, fields[i:i+1]); err != nil {
			return err
		}
	}
}

func (t *talk) menu() []plain.Choice {
	var choices []plain.Choice
	for _, act := range activities {
		choices = append(choices, plain.Choice{Value: act.id, Name: t.line.T("plain.menu." + act.id), About: t.line.T(act.about)})
	}
	return choices
}

// choose asks for a choice of the menu. ctrl+c asks whether to leave; once more leaves.
func (t *talk) choose(ctx context.Context, choices []plain.Choice, next string) (string, error) {
	question := t.line.T("plain.choose", "Next", t.line.T("plain.menu."+next), "Quit", t.line.Word(plain.Quit))
	for warned := false; ; {
		now, release := t.a.interruptible(ctx)
		chosen, err := t.line.Choose(now, question, choices, next, plain.Quit, plain.Help)
		release()
		switch {
		case errors.Is(err, plain.ErrStopped) && !warned && ctx.Err() == nil:
			warned = true
			t.line.Say(t.line.T("plain.leave", "Quit", t.line.Word(plain.Quit)))
		case err == nil && chosen == string(plain.Help):
			t.line.Say(t.line.T("plain.help"), t.line.T("plain.help-stop"), t.line.T("plain.help-words"))
			t.line.List(choices)
		default:
			return chosen, err
		}
	}
}

// do carries out what was chosen. ctrl+c ends it and not the program; what went wrong is told. It returns true when nobody answers any
// more.
func (t *talk) do(ctx context.Context, act activity) (over bool) {
	ctx, release := t.a.interruptible(ctx)
	defer release()
	out := newOutput(t.a.Out, t.a.p, false)
	out.speech = &plain.Speech{Printer: t.a.p}
	t.again, t.gate, t.details = t.line.T("plain.menu."+act.id), nil, nil
	err := act.do(t, ctx, out)
	out.Close()
	var told *exit
	switch {
	case err == nil:
	case errors.Is(err, plain.ErrEnd):
		return true
	case errors.Is(err, plain.ErrCanceled), errors.Is(err, plain.ErrStopped), ctx.Err() != nil && errors.Is(err, ctx.Err()):
		t.line.Say(t.line.T("plain.canceled"))
	case errors.As(err, &told) && told.cause == nil:
	default:
		t.a.complain(err)
	}
	return false
}
