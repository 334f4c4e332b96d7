package ui

import (
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/run"
)

// toggleDebug switches debug mode, in which a run makes one call after the other. A run keeps to how it began.
func (m *model) toggleDebug() tea.Cmd {
	m.deps.Debug = !m.deps.Debug
	m.reg.SetSequential(m.deps.Debug)
	id := "debug.off"
	if m.deps.Debug {
		id = "debug.on"
	}
	if slices.ContainsFunc(m.reg.Running(), func(r *run.Run) bool { return !r.Looks }) {
		id += "-next"
	}
	return m.say(m.t(id), false)
}

// debugWords say in the top line that debug mode is on.
func (m *model) debugWords() string {
	if !m.deps.Debug {
		return ""
	}
	t := m.deps.Theme
	return t.Style.Warning.Render(t.Symbol.Warning+" "+m.t("debug.mark")) + " "
}
