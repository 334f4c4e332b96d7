package logview

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/locale"
	"fleetlab/workflows/event"
)

func (m *Model) copyLine() tea.Cmd {
	if m.Copy == nil || m.count() == 0 {
		return nil
	}
	return m.Copy(m.printer.Event(m.ring.at(m.cursor)), m.printer.T("log.line"))
}

// copyPage copies the rows in view.
func (m *Model) copyPage() tea.Cmd {
	if m.Copy == nil || m.count() == 0 {
		return nil
	}
	var b strings.Builder
	from := m.indexOf(m.top)
	for i := from; i < min(m.count(), from+m.body()); i++ {
		b.WriteString(m.printer.Event(m.ring.at(m.posAt(i))) + "\n")
	}
	return m.Copy(b.String(), m.printer.T("log.page"))
}

// write puts all lines kept into a text file beside the complete record and says where both are.
func (m *Model) write() tea.Cmd {
	if m.Toast == nil {
		return nil
	}
	path := m.textPath()
	if path == "" {
		return m.Toast(m.printer.T("log.no-file"))
	}
	events := make([]event.Event, 0, m.count())
	for i := range m.count() {
		events = append(events, m.ring.at(m.posAt(i)))
	}
	printer, toast := m.printer, m.Toast
	return func() tea.Msg {
		if err := writeLines(path, printer, events); err != nil {
			return toast(printer.T("log.not-written", "Reason", err.Error()))()
		}
		return toast(printer.T("log.written", "Count", len(events), "Path", path))()
	}
}

// textPath is the record's path with another ending.
func (m *Model) textPath() string {
	if m.path != "" {
		return strings.TrimSuffix(m.path, filepath.Ext(m.path)) + ".log"
	}
	if m.dir != "" {
		return filepath.Join(m.dir, "fleetlab.log")
	}
	return ""
}

func writeLines(path string, p *locale.Printer, events []event.Event) error {
	return Save(path, func(out *bufio.Writer) error {
		for _, e := range events {
			if _, err := fmt.Fprintf(out, "%s %s\n", e.Time.Format("15:04:05.000"), p.Event(e)); err != nil {
				return fmt.Errorf("write %s: %w", path, err)
			}
		}
		return nil
	})
}

// Save makes a file that only its owner can read, with its folder, and fills it. Errors name the path.
func Save(path string, fill func(*bufio.Writer) error) (err error) {
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
