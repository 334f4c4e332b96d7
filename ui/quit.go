package ui

import (
	"maps"
	"slices"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/dialog"
	"fleetlab/ui/run"
	"fleetlab/ui/text"
)

// leaving is the question whether to leave the program.
type leaving struct{ *dialog.Dialog }

// asked reports that the question whether to leave is on the screen.
func (m *model) asked() bool {
	n := len(m.overlays)
	if n == 0 {
		return false
	}
	_, is := m.overlays[n-1].Overlay.(leaving)
	return is
}

// onStop is ctrl+c: it leaves when nothing would be lost, stops the work when some runs, and leaves at once when the work was told to
// stop already, or when it has asked.
func (m *model) onStop() tea.Cmd {
	running := m.reg.Running()
	if len(running) == 0 {
		if m.asked() {
			return tea.Quit
		}
		return m.askQuit()
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
	return m.stopWork()
}

// stopWork tells all work to stop.
func (m *model) stopWork() tea.Cmd {
	count := len(m.reg.Running())
	m.reg.StopAll()
	cmd := m.say(m.t("stop.said", "Count", count), false)
	m.stopSaid = m.toast.serial
	return cmd
}

// stopped takes the message of onStop away once nothing is left to stop: ctrl+c means something else then.
func (m *model) stopped() {
	if m.toast.serial == m.stopSaid && len(m.reg.Running()) == 0 {
		m.toast = toast{}
	}
}

// askQuit leaves when nothing would be lost; otherwise it says what would be stopped, and what was typed for nothing, and asks first.
func (m *model) askQuit() tea.Cmd {
	running := slices.DeleteFunc(m.reg.Running(), func(r *run.Run) bool { return r.Looks })
	drafts := m.drafts()
	if len(running) == 0 && len(drafts) == 0 {
		return tea.Quit
	}
	var lines []string
	if len(running) > 0 {
		lines = append(lines, m.t("quit.body", "Count", len(running)), "")
		for _, r := range running {
			lines = append(lines, m.deps.Theme.Symbol.Running+" "+m.workPlace(r))
		}
		lines = append(lines, "", m.t("quit.after"))
	}
	if len(drafts) > 0 {
		if len(lines) > 0 {
			lines = append(lines, "")
		}
		lines = append(lines, m.t("quit.drafts"))
		for _, title := range drafts {
			lines = append(lines, m.deps.Theme.Symbol.Bullet+" "+title)
		}
	}
	d := dialog.New(m.deps.Theme, m.deps.Printer, dialog.Question{Title: m.t("quit.title"), Body: strings.Join(lines, "\n"), Yes: tea.Quit})
	m.overlays = append(m.overlays, overlay{Overlay: leaving{d}})
	return nil
}

// drafts are the titles of the screens that hold something typed that would be lost.
func (m *model) drafts() []string {
	var titles []string
	for _, e := range slices.Concat(m.stack, slices.Collect(maps.Values(m.parked))) {
		if unfinished(e) && !m.working(e) {
			titles = append(titles, text.Line(e.screen.Title()))
		}
	}
	slices.Sort(titles)
	return titles
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
