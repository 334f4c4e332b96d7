package cli

import (
	"bytes"
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"fleetlab/lessons"
	"fleetlab/ui/locale"
)

// ctrlC is an answer that is no line but the key.
const ctrlC = "\x03"

// person answers a conversation with the lines given, and then with ctrl+d.
type person struct {
	mu    sync.Mutex
	lines []string
	stop  context.CancelFunc // what ctrl+c ends now
}

func (p *person) Read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for len(p.lines) > 0 && p.lines[0] == ctrlC {
		p.stop()
		p.lines = p.lines[1:]
	}
	if len(p.lines) == 0 {
		return 0, io.EOF
	}
	n := copy(b, p.lines[0]+"\n")
	p.lines = p.lines[1:]
	return n, nil
}

func (p *person) interrupt(ctx context.Context) (context.Context, context.CancelFunc) {
	p.mu.Lock()
	defer p.mu.Unlock()
	ctx, p.stop = context.WithCancel(ctx)
	return ctx, p.stop
}

// conversation leads a conversation in plain mode on a quick sandbox.
func conversation(t *testing.T, lang, state string, answers ...string) string {
	t.Helper()
	p := &person{lines: answers}
	var out bytes.Buffer
	code := Run(t.Context(), []string{"--plain", "--lang=" + lang, "--state=" + state, "--pace=off", "--quotas=off", "--consistency=immediate", "--speed=600"},
		Streams{In: p, Out: &out, Err: &out, Interrupt: p.interrupt})
	if code != exitDone {
		t.Fatalf("exit code %d\n%s", code, &out)
	}
	return out.String()
}

// spoken fails for what a voice cannot read: escape sequences, frames, arrows, and messages that do not exist.
func spoken(t *testing.T, out string) {
	t.Helper()
	for line := range strings.Lines(out) {
		line = strings.TrimSuffix(line, "\n")
		if strings.ContainsFunc(line, func(r rune) bool { return r < ' ' || r >= 0x2190 && r <= 0x25FF }) || strings.Contains(line, "->") ||
			strings.Contains(line, "!plain.") || strings.Contains(line, "!cli.") || strings.Contains(line, "!about.") {
			t.Errorf("this cannot be listened to: %q", line)
		}
	}
}

// inOrder fails unless each of the texts comes after the one before.
func inOrder(t *testing.T, out string, texts ...string) {
	t.Helper()
	rest := out
	for _, want := range texts {
		_, after, found := strings.Cut(rest, want)
		if !found {
			t.Fatalf("%q does not come where it should in\n%s", want, out)
		}
		rest = after
	}
}

// The whole loop by lines: a lesson with its question, a bad value, a way back, a way out, failures, and the clean-up.
func TestPlainLoop(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string]struct{ yes, back, cancel, express, devices, prefix, quit string }{
		"en": {"yes", "back", "cancel", "express", "12", "prefix", "quit"},
		"ja": {"はい", "戻る", "中止", "高速", "１２", "prefix", "終了"},
	} {
		t.Run(lang, func(t *testing.T) {
			t.Parallel()
			p, err := locale.New(lang)
			if err != nil {
				t.Fatal(err)
			}
			l, _, err := lessons.Get(lang, "thing-types")
			if err != nil {
				t.Fatal(err)
			}
			state := t.TempDir()
			out := conversation(t, lang, state,
				"?", "simulate", "1", "", words.cancel, // nothing to simulate yet
				"", "", "", "", "", "ten", words.devices, words.back, "", "", "", "", "details", words.yes, // the fleet
				"", "1", "2", "", words.express, // its first lesson
				"job", "no", "", "", "nobody", "1", "", "no", "=", words.yes, // a thing that the cloud does not know is asked for again
				"", "no", "", "", "50", "", "instant", "", "", "no", words.yes, words.yes, words.yes, // failures, then back again
				"packages", "rollback", words.cancel,
				"lessons", l.Title, "2", words.back,
				"4", "no", "", "", "delete", "4", "no", "", "", "DELETE", words.quit)
			spoken(t, out)
			inOrder(t, out, p.T("plain.fleet-none"), p.T("plain.help-stop"), p.T("plain.no-job"), p.T("plain.canceled"),
				"ten", p.T("plain.ask", "Field", p.FieldName("devices"), "Value", "100"), p.T("plain.ask", "Field", p.FieldName("devices"), "Value", "12"),
				p.T("plain.calls", "Count", 12, "Operation", "iot:CreateThing"), l.Title, p.T("plain.question", "Question", ""), p.T("plain.right", "Why", ""), p.T("plain.fleet", "Count", 12),
				p.T("plain.ask", "Field", p.FieldName("things"), "Value", "nobody"), "CREATED: "+p.Resource("job"), "FAILED: "+p.Resource("execution"), "rollback-fleetlab-ota", "SUVVehicle/1.1.0", p.T("plain.canceled"),
				p.T("learning.done"), p.T("cli.nothing-done"), p.T("cli.left-nothing"), p.T("plain.bye"))
			if kept, err := lessons.OpenProgress(state + "/learning.json"); err != nil || !kept.Done(l.ID) {
				t.Errorf("%v: the lesson is not kept as done", err)
			}
		})
	}
}

// ctrl+c stops a run, and says what exists; at a question it comes back to the menu, and there it leaves the second time.
func TestPlainInterrupt(t *testing.T) {
	t.Parallel()
	out := conversation(t, "en", t.TempDir(),
		"1", "", "", "", "", "12", "", "", "guided", "yes", "skip", ctrlC,
		"1", "", ctrlC, "1", "", "", "", "", "12", "", "", "express", ctrlC, ctrlC, "?", ctrlC)
	spoken(t, out)
	inOrder(t, out, "Lesson 2 of", "Provision: INTERRUPTED", "CREATED: 3 of thing type", "What was made stays; to go on, run again: provision",
		"Canceled: back to the menu.", "Provision 12 devices in account", "Canceled: back to the menu.", "Type quit to leave", "Goodbye.")
}

func TestPlainTerminal(t *testing.T) {
	t.Parallel()
	for env, want := range map[string]bool{"": false, "TERM=dumb": true, "ACCESSIBLE=1": true, "ACCESSIBLE=0": false, "ACCESSIBLE=false": false, "ACCESSIBLE=yes": true} {
		name, value, _ := strings.Cut(env, "=")
		if got := plainTerminal(func(n string) string {
			if n == name {
				return value
			}
			return ""
		}); got != want {
			t.Errorf("%s: %v, want %v", env, got, want)
		}
	}
}
