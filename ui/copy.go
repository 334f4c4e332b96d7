package ui

import (
	"context"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"

	"github.com/atotto/clipboard"
	"github.com/aymanbagabas/go-osc52/v2"
)

// copyTime is the most that tmux gets to take a text.
const copyTime = 2 * time.Second

// copyBoth copies by the terminal (OSC 52), which also works over SSH, and by the desktop's own clipboard
// where there is one. Only the first can be relied on, and it does not answer.
func copyBoth(out io.Writer) func(string) error {
	return func(s string) error {
		seq := osc52.New(s)
		if os.Getenv("TMUX") != "" {
			copyToTmux(s)
			seq = seq.Tmux()
		}
		_ = clipboard.WriteAll(s)
		_, err := seq.WriteTo(out)
		return err
	}
}

// copyToTmux gives a text to tmux, to be pasted there, and asks it to pass it on to the terminal around it (-w, since tmux 3.2). As tmux is
// set up at first it passes no sequence of a program on (allow-passthrough off) and takes none itself (set-clipboard external).
func copyToTmux(s string) {
	for _, args := range [][]string{{"load-buffer", "-w", "-"}, {"load-buffer", "-"}} {
		ctx, cancel := context.WithTimeout(context.Background(), copyTime)
		cmd := exec.CommandContext(ctx, "tmux", args...)
		cmd.Stdin = strings.NewReader(s)
		err := cmd.Run()
		cancel()
		if err == nil {
			return
		}
	}
}
