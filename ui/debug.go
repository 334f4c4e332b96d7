package ui

import (
	tea "github.com/charmbracelet/bubbletea"
)

// toggleDebug switches debug mode, in which a run makes one call after the other. A run keeps to how it began.
func (m *model) toggleDebug() tea.Cmd {
	m.deps.Debug = !m.deps.Debug
	m.reg.SetSequential(m.deps.Debug)
	id := "debug.off"
	if m.deps.Debug {
		id = "debug.on"
	}
	if len(m.reg.Running()) > 0 {
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
