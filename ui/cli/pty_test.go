//go:build !windows

package cli

import (
	"bytes"
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/charmbracelet/x/ansi"
	"github.com/creack/pty"
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

// console is the real program in a pseudo-terminal.
type console struct {
	t   *testing.T
	cmd *exec.Cmd
	tty *os.File

	mu   sync.Mutex
	more *sync.Cond
	out  bytes.Buffer  // everything written so far
	from int           // where the next wait begins
	over bool          // nothing more will come
	read chan struct{} // closed when everything has been read
}

// start runs the program with a terminal of w columns and h rows, in a home directory of its own.
func start(t *testing.T, w, h int, home string, args ...string) *console {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := &console{t: t, cmd: exec.Command(self, args...)}
	c.more = sync.NewCond(&c.mu)
	c.cmd.Env = []string{asProgram + "=1", "HOME=" + home, "TERM=xterm-256color", "LANG=C.UTF-8", "PATH=" + os.Getenv("PATH")}
	if c.tty, err = pty.StartWithSize(c.cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		t.Fatal(err)
	}
	c.read = make(chan struct{})
	go c.listen()
	t.Cleanup(func() {
		_ = c.cmd.Process.Kill() // it has ended, unless the test failed
		_ = c.tty.Close()
	})
	return c
}

func (c *console) listen() {
	defer close(c.read)
	buf := make([]byte, 32<<10)
	for {
		n, err := c.tty.Read(buf)
		c.mu.Lock()
		c.out.Write(buf[:n])
		c.over = c.over || err != nil // a closed terminal reads as EIO
		c.more.Broadcast()
		c.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// see waits until the program has written each of the texts, in this order, since the last see.
func (c *console) see(texts ...string) {
	c.t.Helper()
	timeout := time.AfterFunc(patience, func() {
		c.mu.Lock()
		c.over = true
		c.more.Broadcast()
		c.mu.Unlock()
	})
	defer timeout.Stop()
	c.mu.Lock()
	defer c.mu.Unlock()
	seen := 0 // in what was written since, without colours and movements
	for _, want := range texts {
		for {
			i := strings.Index(ansi.Strip(c.out.String()[c.from:])[seen:], want)
			if i >= 0 {
				seen += i
				break
			}
			if c.over {
				shown := ansi.Strip(c.out.String()[c.from:])
				c.t.Fatalf("%q never showed; since then came:\n%s", want, shown[max(0, len(shown)-6000):])
			}
			c.more.Wait()
		}
	}
	c.from = c.out.Len()
}

// keys sends keys as a terminal does, one after the other.
func (c *console) keys(keys ...string) {
	c.t.Helper()
	for _, k := range keys {
		if seq, ok := sequences[k]; ok {
			k = seq
		}
		if _, err := c.tty.WriteString(k); err != nil {
			c.t.Fatal(err)
		}
	}
}

var sequences = map[string]string{"enter": "\r", "esc": "\x1b", "tab": "\t", "ctrl+c": "\x03", "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "ctrl+u": "\x15"}

// end waits for the program to end and returns its exit code.
func (c *console) end() int {
	c.t.Helper()
	timeout := time.AfterFunc(patience, func() { _ = c.cmd.Process.Kill() })
	defer timeout.Stop()
	err := c.cmd.Wait()
	var exit *exec.ExitError
	if err != nil && !errors.As(err, &exit) {
		c.t.Fatal(err)
	}
	<-c.read
	if status, ok := c.cmd.ProcessState.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		c.t.Fatalf("the program was killed by %v; it wrote:\n%s", status.Signal(), c.all())
	}
	return c.cmd.ProcessState.ExitCode()
}

// raw is everything that was written.
func (c *console) raw() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.out.String()
}

// all is everything that was written, without colours and movements.
func (c *console) all() string { return ansi.Strip(c.raw()) }
