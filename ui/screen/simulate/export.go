package simulate

import (
	"bufio"
	"fmt"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/logview"
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
		err := logview.Save(path, func(out *bufio.Writer) error {
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
