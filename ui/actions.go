package ui

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/finder"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
)

// order is the screens as the palette lists them.
var order = []string{
	screen.Home, screen.Provision, screen.CreateJob, screen.Simulate, screen.Cleanup, screen.Packages, screen.Lessons, screen.APILog,
}

// doors open the screens.
func (m *model) doors() []action {
	var out []action
	for _, id := range order {
		if m.factories[id] == nil {
			continue
		}
		a := m.offer("palette.screen."+id, "palette.group.screens", func() tea.Cmd { return m.open(screen.GoMsg{ID: id}) })
		if m.top().name == id {
			a.Off = m.t("palette.off.here")
		}
		if id == screen.APILog {
			a.Key = keys.APILog.Show
		}
		out = append(out, a)
	}
	return out
}

// offer is an action without a key.
func (m *model) offer(id, group string, do func() tea.Cmd) action {
	return action{finder.Item{Words: m.t(id), Group: m.t(group), Search: m.also(id)}, do}
}

// globalActions work on every screen, also where their keys would be text.
func (m *model) globalActions() []action {
	var out []action
	if _, held := m.held(); held {
		out = append(out, m.action(keys.Again, keys.Global.Title, func() tea.Cmd { m.tryNow(); return nil }))
	}
	for _, b := range []keys.Binding{keys.Help, keys.Debug, keys.Mouse} {
		press := b.Press()
		out = append(out, m.action(b, keys.Global.Title, func() tea.Cmd { return m.onGlobalKey(m.top(), press) }))
	}
	lesson := m.action(keys.Lesson, keys.Global.Title, func() tea.Cmd { return m.openLesson(m.top()) })
	suspend := m.action(keys.Suspend, keys.Global.Title, func() tea.Cmd { return tea.Suspend })
	back := m.action(keys.Back, keys.Global.Title, func() tea.Cmd { return m.onBack(m.top()) })
	if len(m.stack) == 1 {
		back.Off = m.t("palette.off.first")
	}
	messages := m.offer("palette.messages", keys.Global.Title, m.openMessages)
	if len(m.said) == 0 {
		messages.Off = m.t("palette.off.silent")
	}
	stop := m.offer("palette.stop", keys.Global.Title, m.stopWork)
	stop.Key = keys.Stop.Show
	if len(m.reg.Running()) == 0 {
		stop.Off = m.t("palette.off.idle")
	}
	quit := m.offer("palette.quit", keys.Global.Title, m.askQuit)
	out = append(out, lesson, back, messages, stop, suspend)
	out = append(out, m.paces()...)
	return append(append(out, m.themes()...), quit)
}

// paces are the modes of learning: for what runs and for what will be started.
func (m *model) paces() []action {
	var out []action
	for _, mode := range []learn.Mode{learn.Guided, learn.Presenter, learn.Express} {
		out = append(out, m.offer("palette.mode."+mode.String(), "palette.group.mode", func() tea.Cmd {
			m.reg.SetMode(mode)
			return m.say(m.t("palette.mode-set", "Mode", m.t("learn.mode."+mode.String())), false)
		}))
	}
	return out
}

// themes are the colours to choose from.
func (m *model) themes() []action {
	var out []action
	for _, name := range theme.Names {
		a := m.offer("theme."+string(name), "palette.group.theme", func() tea.Cmd {
			m.deps.Theme.Become(name)
			return nil
		})
		if m.deps.Theme.Name() == name {
			a.Off = m.t("palette.off.theme")
		}
		out = append(out, a)
	}
	return out
}
