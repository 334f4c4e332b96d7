package ui

import (
	"fmt"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
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

// open puts a screen on top. It comes back as it was while its work is under way or as long as nobody has seen how that ended,
// or something that was typed is not carried out;
// otherwise it starts anew, and what was opened over it is left.
func (m *model) open(msg screen.GoMsg) tea.Cmd {
	if m.factories[msg.ID] == nil {
		return m.say(m.t("screen.missing", "ID", msg.ID), true)
	}
	if e := m.parked[msg.ID]; e != nil {
		delete(m.parked, msg.ID)
		if m.keeps(e, msg) {
			m.stack = append(m.stack, e)
			return m.comeBack(e, msg)
		}
	}
	if i := slices.IndexFunc(m.stack, func(e *entry) bool { return e.name == msg.ID }); i >= 0 {
		e := m.stack[i]
		for len(m.stack) > i+1 {
			m.leaveTop()
		}
		if m.keeps(e, msg) {
			return m.comeBack(e, msg)
		}
		m.stack = m.stack[:i]
	}
	return m.add(msg)
}

// add puts a new screen on top.
func (m *model) add(msg screen.GoMsg) tea.Cmd {
	m.serial++
	e := &entry{id: fmt.Sprintf("%s#%d", msg.ID, m.serial), name: msg.ID}
	deps := m.deps
	deps.Runs = m.reg.For(e.id)
	e.screen = m.factories[msg.ID](&deps, msg.Args)
	m.stack = append(m.stack, e)
	m.size(e)
	return tea.Batch(m.tag(e, e.screen.Init()), m.title())
}

// keeps decides whether a screen that is there already is what was asked for.
func (m *model) keeps(e *entry, msg screen.GoMsg) bool {
	switch {
	case e.name == screen.Home, m.working(e):
		return true
	case msg.Args != nil:
		return false
	}
	return e.unseen || unfinished(e) || len(m.reg.For(e.id).Mine()) == 0
}

// working reports that a run of the screen is under way.
func (m *model) working(e *entry) bool {
	return slices.ContainsFunc(m.reg.For(e.id).Mine(), (*run.Run).Running)
}

// unfinished reports that a screen holds what the user typed and what is not carried out yet.
func unfinished(e *entry) bool {
	k, ok := e.screen.(screen.Keeper)
	return ok && k.Unfinished()
}

// comeBack shows a screen as it was, and says why when something else was asked of it.
func (m *model) comeBack(e *entry, msg screen.GoMsg) tea.Cmd {
	cmd := m.arrive()
	if msg.Args != nil {
		return tea.Batch(cmd, m.say(m.t("screen.busy", "Screen", text.Line(e.screen.Title())), false))
	}
	return cmd
}

// back leaves the top screen; the home screen stays.
func (m *model) back() tea.Cmd {
	if len(m.stack) < 2 {
		return nil
	}
	m.leaveTop()
	return m.arrive()
}

// leaveTop takes the top screen off the stack and parks it if there will be something to come back for.
func (m *model) leaveTop() {
	e := m.top()
	m.stack = m.stack[:len(m.stack)-1]
	if e.unseen || m.working(e) || unfinished(e) {
		m.parked[e.name] = e
	}
}

// arrive tells the screen now on top that it is.
func (m *model) arrive() tea.Cmd {
	e := m.top()
	e.unseen = false
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
