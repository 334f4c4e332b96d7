package apilog

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"path/filepath"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/ui/component/logview"
	"fleetlab/ui/screen"
)

// copyCommand copies the AWS CLI command that makes the same call.
func (s *Screen) copyCommand() tea.Cmd {
	c, ok := s.list.selected()
	if !ok {
		return nil
	}
	what := "apilog.what-command"
	if s.inSandbox() {
		what = "apilog.what-command-sandbox"
	}
	return screen.Copy(c.CLI(), s.d.T(what, "Operation", c.Name()))
}

// inSandbox reports that commands reach the sandbox only from a shell that was pointed at it; from any other they would go to AWS.
func (s *Screen) inSandbox() bool { return s.d.Cloud != nil && s.d.Cloud.Kind == cloud.Sandbox }

// copyCall copies the whole call as JSON.
func (s *Screen) copyCall() tea.Cmd {
	c, ok := s.list.selected()
	if !ok {
		return nil
	}
	raw, err := json.Marshal(c)
	if err != nil {
		return screen.ToastError(err.Error())
	}
	var b bytes.Buffer
	if err := json.Indent(&b, raw, "", "  "); err != nil {
		return screen.ToastError(err.Error())
	}
	return screen.Copy(b.String(), s.d.T("apilog.what-call", "Operation", c.Name()))
}

// write puts all calls kept into a file, one JSON object a line as --log-file does.
func (s *Screen) write() tea.Cmd {
	log := s.log()
	switch {
	case log == nil || s.list.newest() == 0:
		return screen.Toast(s.d.T("apilog.empty"))
	case s.d.LogDir == "":
		return screen.Toast(s.d.T("log.no-file"))
	}
	path := filepath.Join(s.d.LogDir, s.d.Now().Format("20060102-150405")+"-api.jsonl")
	d := s.d
	return func() tea.Msg {
		calls := log.Since(0)
		err := logview.Save(path, func(out *bufio.Writer) error {
			enc := json.NewEncoder(out)
			for _, c := range calls {
				if err := enc.Encode(c); err != nil {
					return fmt.Errorf("write %s: %w", path, err)
				}
			}
			return nil
		})
		if err != nil {
			return screen.ToastMsg{Text: d.T("apilog.not-written", "Reason", err.Error()), Error: true}
		}
		return screen.ToastMsg{Text: d.T("apilog.written", "Count", len(calls), "Path", path)}
	}
}
