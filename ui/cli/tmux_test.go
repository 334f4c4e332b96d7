//go:build !windows

package cli

import (
	"context"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// tmuxTerminal is the one window of a tmux server of its own, so that nobody else's is touched.
type tmuxTerminal struct{ socket string }

// stay runs the program in a shell that notes its exit code and keeps the window, so that the last screen can be looked at.
const stay = `trap : INT; "$@"; tmux -S "${TMUX%%,*}" set -g @code $?; exec sleep 600`

// inTmux starts the program in tmux.
func inTmux(t *testing.T, w, h int, env, args []string) tty {
	t.Helper()
	m := &tmuxTerminal{socket: filepath.Join(t.TempDir(), "s")}
	t.Cleanup(func() { _, _ = m.tmux("kill-server") })
	line := []string{
		"set", "-g", "status", "off", ";", "set", "-g", "history-limit", "10000", ";",
		"set", "-s", "escape-time", "0", ";",
		"new-session", "-d", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h), "env", "-i", "TMUX=" + m.socket + ",0,0",
	}
	shell := []string{"sh", "-c", stay, "sh"}
	if _, err := m.tmux(slices.Concat(line, env, shell, args)...); err != nil {
		t.Fatal(err)
	}
	return m
}

// tmux runs a command of this server and returns what it prints.
func (m *tmuxTerminal) tmux(args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, "tmux", append([]string{"-u", "-S", m.socket, "-f", "/dev/null"}, args...)...)
	cmd.WaitDelay = time.Second // the server keeps what it inherits
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("tmux %s: %w: %s", args[0], err, errs.String())
	}
	return strings.TrimSuffix(string(out), "\n"), nil
}

// write sends bytes as they are. A semicolon at the end of an argument would end tmux's command, so that ASCII goes as numbers.
func (m *tmuxTerminal) write(keys string) error {
	args := []string{"send-keys", "-H"}
	for _, b := range []byte(keys) {
		if b >= utf8.RuneSelf {
			_, err := m.tmux("send-keys", "-l", "--", keys)
			return err
		}
		args = append(args, fmt.Sprintf("%x", b))
	}
	_, err := m.tmux(args...)
	return err
}

func (m *tmuxTerminal) resize(w, h int) error {
	_, err := m.tmux("resize-window", "-x", strconv.Itoa(w), "-y", strconv.Itoa(h))
	return err
}

func (m *tmuxTerminal) size() (w, h int, err error) {
	var s string
	if s, err = m.tmux("display-message", "-p", "#{pane_width} #{pane_height}"); err == nil {
		_, err = fmt.Sscan(s, &w, &h)
	}
	return w, h, err
}

func (m *tmuxTerminal) look() (sight, error) {
	// The code is asked for first, so that the screen is the last one when there is a code.
	s, err := m.tmux("display-message", "-p", "#{@code}", ";", "capture-pane", "-p")
	code, screen, _ := strings.Cut(s, "\n")
	now := sight{screen: screen, ended: code != ""}
	if now.ended && err == nil {
		now.code, err = strconv.Atoi(code)
	}
	return now, err
}

// colours is the screen with its SGR sequences.
func (m *tmuxTerminal) colours() (string, error) { return m.tmux("capture-pane", "-p", "-e") }

func (m *tmuxTerminal) all() (string, error) { return m.tmux("capture-pane", "-p", "-J", "-S", "-") }

func (m *tmuxTerminal) back() (bool, error) {
	s, err := m.tmux("display-message", "-p", "#{alternate_on} #{cursor_flag}")
	return s == "0 1", err
}
