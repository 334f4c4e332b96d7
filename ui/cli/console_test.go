//go:build !windows

package cli

import (
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"
	"time"

	"fleetlab/ui/text"
)

// asProgram makes the test binary be the program itself, so that a test needs no build.
const asProgram = "FLEETLAB_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		os.Exit(Main(os.Args[1:]))
	}
	os.Exit(m.Run())
}

// patience is how long a test waits for something to show before it gives up; it is no measure of speed.
const patience = 60 * time.Second

// How often a screen is looked at while something is waited for: at first, and at last.
const (
	glance = 20 * time.Millisecond
	stare  = 100 * time.Millisecond
)

// tty is where the real program runs: tmux, or a pseudo-terminal where there is no tmux.
type tty interface {
	write(keys string) error
	resize(w, h int) error
	look() (sight, error)        // what there is to see now
	all() (string, error)        // with what has scrolled off at the top, long lines whole
	back() (bool, error)         // the program has given the terminal back: its main screen shows, and the cursor
	size() (w, h int, err error) // what resize or the beginning said
}

// sight is a terminal at a moment.
type sight struct {
	screen string // a line a row
	ended  bool   // the program has
	code   int    // its exit code then, -1 when it was killed
}

// console is the real program in a terminal.
type console struct {
	t   *testing.T
	tty tty
}

// begin opens a terminal of w columns and h rows with a program in it.
type begin func(t *testing.T, w, h int, env, args []string) tty

// terminals are those that there are on this machine, the best first.
func terminals() []begin {
	if _, err := exec.LookPath("tmux"); err == nil {
		return []begin{inTmux, inPTY}
	}
	return []begin{inPTY}
}

// start runs the program with a terminal of w columns and h rows, in a home directory of its own.
func start(t *testing.T, w, h int, home string, args ...string) *console {
	t.Helper()
	return startIn(t, terminals()[0], w, h, home, args...)
}

func startIn(t *testing.T, open begin, w, h int, home string, args ...string) *console {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	env := []string{asProgram + "=1", "HOME=" + home, "TERM=xterm-256color", "COLORTERM=truecolor", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	return &console{t: t, tty: open(t, w, h, env, append([]string{self}, args...))}
}

// must returns what a terminal was asked for; a terminal that does not answer fails the test.
func must[T any](c *console, fn func() (T, error)) T {
	c.t.Helper()
	v, err := fn()
	if err != nil {
		c.t.Fatal(err)
	}
	return v
}

func (c *console) look() sight { c.t.Helper(); return must(c, c.tty.look) }

// all is everything that was written, as far as it was not drawn over.
func (c *console) all() string { c.t.Helper(); return must(c, c.tty.all) }

// see waits until all the texts are on the screen, in this order.
func (c *console) see(texts ...string) {
	c.t.Helper()
	c.until("never showed", func(s string) string { return firstMissing(s, texts) })
}

// read waits until a headless program has written all the texts, in this order.
func (c *console) read(texts ...string) {
	c.t.Helper()
	c.until("was never written", func(string) string { return firstMissing(c.all(), texts) })
}

// until waits until what is missing on the screen is nothing any more.
func (c *console) until(failed string, missing func(screen string) string) {
	c.t.Helper()
	var what string
	c.wait(func(now sight) bool {
		if what = missing(now.screen); what != "" && now.ended {
			c.t.Fatalf("%q %s before the program ended; the screen:\n%s", what, failed, now.screen)
		}
		return what == ""
	}, func() string { return strconv.Quote(what) + " " + failed })
}

// wait looks at the terminal, first often and then less so, until done says so.
func (c *console) wait(done func(sight) bool, failed func() string) {
	c.t.Helper()
	pause := glance
	clock := time.NewTimer(0)
	defer clock.Stop()
	for end := time.Now().Add(patience); ; {
		<-clock.C
		now := c.look()
		if done(now) {
			return
		}
		if time.Now().After(end) {
			c.t.Fatalf("%s; the screen:\n%s", failed(), now.screen)
		}
		pause = min(pause*5/4, stare)
		clock.Reset(pause)
	}
}

// firstMissing is the first of the texts that does not come after the one before it, "" when all are there.
func firstMissing(s string, texts []string) string {
	for _, want := range texts {
		i := strings.Index(s, want)
		if i < 0 {
			return want
		}
		s = s[i+len(want):]
	}
	return ""
}

// keys sends keys as a terminal does, one after the other.
func (c *console) keys(keys ...string) {
	c.t.Helper()
	for _, k := range keys {
		if seq, ok := sequences[k]; ok {
			k = seq
		}
		if err := c.tty.write(k); err != nil {
			c.t.Fatal(err)
		}
	}
}

var sequences = map[string]string{
	"enter": "\r", "esc": "\x1b", "tab": "\t", "shift+tab": "\x1b[Z", "ctrl+c": "\x03", "ctrl+u": "\x15", "ctrl+k": "\x0b",
	"up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D", "pgup": "\x1b[5~",
}

// resize changes the terminal's size.
func (c *console) resize(w, h int) {
	c.t.Helper()
	if err := c.tty.resize(w, h); err != nil {
		c.t.Fatal(err)
	}
}

// whole fails the test unless every row of the screen fits in the terminal, and none is missing.
func (c *console) whole() {
	c.t.Helper()
	w, h, err := c.tty.size()
	if err != nil {
		c.t.Fatal(err)
	}
	rows := strings.Split(c.look().screen, "\n")
	if len(rows) != h {
		c.t.Errorf("%d rows, want %d", len(rows), h)
	}
	for i, r := range rows {
		if text.Width(r) > w {
			c.t.Errorf("row %d is %d columns, more than %d: %q", i, text.Width(r), w, r)
		}
	}
}

// end waits for the program to end and returns its exit code.
func (c *console) end() int {
	c.t.Helper()
	code := 0
	c.wait(func(now sight) bool {
		code = now.code
		return now.ended
	}, func() string { return "the program did not end" })
	return code
}
