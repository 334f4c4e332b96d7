package simulate

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/screen"
)

// write puts all lines of the plan into a file, whatever is shown of them, and says where it is.
func (l *lines) write() tea.Cmd {
	if l.d.LogDir == "" {
		return screen.ToastError(l.d.T("log.no-file"))
	}
	d, plan := l.d, l.plan
	path := filepath.Join(d.LogDir, "plan-"+d.Now().Format("20060102-150405")+".log")
	return func() tea.Msg {
		err := writeFile(path, func(out *bufio.Writer) error {
			for e := range plan.Lines() {
				if _, err := fmt.Fprintln(out, d.Printer.Event(e)); err != nil {
					return fmt.Errorf("write %s: %w", path, err)
				}
			}
			return nil
		})
		if err != nil {
			return screen.ToastError(d.T("log.not-written", "Reason", err.Error()))()
		}
		return screen.Toast(d.T("log.written", "Count", len(plan.Devices), "Path", path))()
	}
}

// writeFile makes a file that only its owner can read.
func writeFile(path string, fill func(*bufio.Writer) error) (err error) {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return fmt.Errorf("make the folder of %s: %w", path, err)
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return fmt.Errorf("open %s: %w", path, err)
	}
	defer func() {
		if closeErr := f.Close(); err == nil {
			err = closeErr
		}
	}()
	out := bufio.NewWriter(f)
	if err := fill(out); err != nil {
		return err
	}
	return out.Flush()
}
