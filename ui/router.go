package ui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/screen"
)

func (m *model) top() *entry {
	if len(m.stack) == 0 {
		return nil
	}
	return m.stack[len(m.stack)-1]
}

// find is the entry with a unique id, on the stack or parked.
func (m *model) find(id string) *entry {
	for _, e := range m.stack {
		if e.id == id {
			return e
		}
	}
	for _, e := range m.parked {
		if e.id == id {
			return e
		}
	}
	return nil
}

// open puts a screen on top: the one that was left with its runs, or a new one.
func (m *model) open(msg screen.GoMsg) tea.Cmd {
	if i := m.onStack(msg); i >= 0 {
		for len(m.stack) > i+1 {
			m.leaveTop()
		}
		return m.arrive()
	}
	if e := m.parked[msg.ID]; e != nil && m.comeBack(e, msg) {
		delete(m.parked, msg.ID)
		m.stack = append(m.stack, e)
		return m.arrive()
	}
	factory := m.factories[msg.ID]
	if factory == nil {
		return m.say(m.t("screen.missing", "ID", msg.ID), true)
	}
	m.serial++
	e := &entry{id: fmt.Sprintf("%s#%d", msg.ID, m.serial), name: msg.ID}
	deps := m.deps
	deps.Runs = m.reg.For(e.id)
	e.screen = factory(&deps, msg.Args)
	m.stack = append(m.stack, e)
	m.size(e)
	return tea.Batch(m.tag(e, e.screen.Init()), m.title())
}

// onStack is where on the stack a screen is that may be gone back to, -1 if it is not.
func (m *model) onStack(msg screen.GoMsg) int {
	if msg.Fresh || msg.Args != nil {
		return -1
	}
	return slices.IndexFunc(m.stack, func(e *entry) bool { return e.name == msg.ID })
}

// comeBack decides whether a parked screen is what was asked for: always while its work runs, and as long
// as nothing else is asked of it.
func (m *model) comeBack(e *entry, msg screen.GoMsg) bool {
	for _, r := range m.reg.For(e.id).Mine() {
		if r.Running() {
			return true
		}
	}
	return !msg.Fresh && msg.Args == nil
}

// back leaves the top screen; the home screen stays.
func (m *model) back() tea.Cmd {
	if len(m.stack) < 2 {
		return nil
	}
	m.leaveTop()
	return m.arrive()
}

// leaveTop takes the top screen off the stack and parks it if it has started runs.
func (m *model) leaveTop() {
	e := m.top()
	m.stack = m.stack[:len(m.stack)-1]
	if len(m.reg.For(e.id).Mine()) > 0 {
		m.parked[e.name] = e
	}
}

// arrive tells the screen now on top that it is.
func (m *model) arrive() tea.Cmd {
	e := m.top()
	m.size(e)
	cmd := m.title()
	if r, ok := e.screen.(screen.Resumer); ok {
		cmd = tea.Batch(cmd, m.tag(e, r.Resume()))
	}
	return cmd
}

func (m *model) title() tea.Cmd {
	e := m.top()
	if e == nil {
		return nil
	}
	return tea.SetWindowTitle("fleetlab - " + e.screen.Title())
}

// resize lays everything out again. Parked screens learn their size when they come back.
func (m *model) resize(w, h int) {
	m.w, m.h = w, h
	for _, e := range m.stack {
		m.size(e)
	}
}

// size tells a screen how much room it has: all between the top and the bottom line, less the frame.
func (m *model) size(e *entry) {
	w, h := max(m.w, minWidth), max(m.h, minHeight)-2
	if _, bare := e.screen.(screen.Unframed); !bare {
		w, h = panel.Inner(w, h)
	}
	e.screen.SetSize(w, h)
}
