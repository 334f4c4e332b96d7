package ui

import (
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/run"
)

// onStop is ctrl+c: it leaves when nothing runs, stops the work when some does, and leaves at once when
// the work was told to stop already.
func (m *model) onStop() tea.Cmd {
	running := m.reg.Running()
	if len(running) == 0 {
		return tea.Quit
	}
	stopping := 0
	for _, r := range running {
		if r.Stopping() {
			stopping++
		}
	}
	if stopping == len(running) {
		m.forced = true
		return tea.Quit
	}
	m.reg.StopAll()
	cmd := m.say(m.t("stop.said", "Count", len(running)), false)
	m.stopSaid = m.toast.serial
	return cmd
}

// stopped takes the message of onStop away once nothing is left to stop: ctrl+c means something else then.
func (m *model) stopped() {
	if m.toast.serial == m.stopSaid && len(m.reg.Running()) == 0 {
		m.toast = toast{}
	}
}

// askQuit leaves when nothing runs that would be lost; otherwise it says what would be stopped and asks first.
func (m *model) askQuit() tea.Cmd {
	running := slices.DeleteFunc(m.reg.Running(), func(r *run.Run) bool { return r.Looks })
	if len(running) == 0 {
		return tea.Quit
	}
	lines := []string{m.t("quit.body", "Count", len(running)), ""}
	for _, r := range running {
		lines = append(lines, m.deps.Theme.Symbol.Running+" "+m.workPlace(r))
	}
	d := dialog.New(m.deps.Theme, m.deps.Printer, dialog.Question{
		Title: m.t("quit.title"),
		Body:  strings.Join(append(lines, "", m.t("quit.after")), "\n"),
		Yes:   tea.Quit,
	})
	m.overlays = append(m.overlays, overlay{Overlay: d})
	return nil
}

// workPlace is where a run is, without numbers that would be out of date before they are read: Provision: Things and groups.
func (m *model) workPlace(r *run.Run) string {
	name := m.deps.Printer.Workflow(r.Name)
	if step := r.Progress().Step; step != "" {
		return m.t("work.place", "Workflow", name, "Step", m.deps.Printer.Step(r.Name, step))
	}
	return name
}

// workLine is one run in the background: Provision 640/1000 · 79.8/s · 4s left.
func (m *model) workLine(r *run.Run) string {
	name := m.deps.Printer.Workflow(r.Name)
	if r.Stopping() {
		return m.t("work.stopping", "Workflow", name)
	}
	if step, _, waits := r.Gate.Waiting(); waits {
		return m.t("work.reading", "Workflow", name, "Step", m.deps.Printer.Step(r.Name, step))
	}
	if line := m.progressLine(r); line != "" {
		return name + " " + line
	}
	return m.t("work.running", "Workflow", name)
}
