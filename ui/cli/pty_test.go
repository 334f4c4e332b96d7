//go:build !windows

package cli

import (
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/creack/pty"

	"fleetlab/ui/internal/vt"
)

// ptyTerminal is a pseudo-terminal with a screen of ours on it.
type ptyTerminal struct {
	cmd *exec.Cmd
	tty *os.File

	mu     sync.Mutex
	shows  *vt.Screen
	exited chan struct{} // closed when the program has ended and everything it wrote is on the screen
}

func inPTY(t *testing.T, w, h int, env, args []string) tty {
	t.Helper()
	p := &ptyTerminal{cmd: exec.Command(args[0], args[1:]...), shows: vt.New(w, h), exited: make(chan struct{})}
	p.cmd.Env = env
	var err error
	if p.tty, err = pty.StartWithSize(p.cmd, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)}); err != nil {
		t.Fatal(err)
	}
	go p.listen()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill() // it has ended, unless the test failed
		<-p.exited
		_ = p.tty.Close()
	})
	return p
}

func (p *ptyTerminal) listen() {
	defer close(p.exited)
	buf := make([]byte, 32<<10)
	for {
		n, err := p.tty.Read(buf)
		p.mu.Lock()
		_, _ = p.shows.Write(buf[:n]) // it takes everything
		p.mu.Unlock()
		if err != nil { // a terminal that the program has left reads as EIO
			_ = p.cmd.Wait() // its exit code is what is asked for
			return
		}
	}
}

func (p *ptyTerminal) write(keys string) error {
	_, err := p.tty.WriteString(keys)
	return err
}

func (p *ptyTerminal) resize(w, h int) error {
	p.mu.Lock()
	p.shows.Resize(w, h)
	p.mu.Unlock()
	return pty.Setsize(p.tty, &pty.Winsize{Cols: uint16(w), Rows: uint16(h)})
}

func (p *ptyTerminal) size() (w, h int, err error) {
	h, w, err = pty.Getsize(p.tty)
	return w, h, err
}

func (p *ptyTerminal) look() (sight, error) {
	var now sight
	select {
	case <-p.exited:
		now.ended, now.code = true, p.cmd.ProcessState.ExitCode()
	default:
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	now.screen = p.shows.Text()
	return now, nil
}

func (p *ptyTerminal) all() (string, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.shows.All(), nil
}

func (p *ptyTerminal) back() (bool, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	return !p.shows.Alternate() && p.shows.CursorShown(), nil
}
