package ui

import (
	"reflect"

	tea "github.com/charmbracelet/bubbletea"
)

// libraryPath is where bubbletea's own messages come from; they must reach it unchanged.
var libraryPath = reflect.TypeOf(tea.QuitMsg{}).PkgPath()

var commands = reflect.TypeOf([]tea.Cmd(nil))

// tag makes a command's message come back to the screen that returned the command, even when another one
// is on top by then. Batches and sequences are tagged one by one.
func (m *model) tag(e *entry, cmd tea.Cmd) tea.Cmd {
	if cmd == nil {
		return nil
	}
	return func() tea.Msg { return m.own(e, cmd()) }
}

func (m *model) own(e *entry, msg tea.Msg) tea.Msg {
	if msg == nil {
		return nil
	}
	t := reflect.TypeOf(msg)
	if t.PkgPath() != libraryPath {
		return ownedMsg{owner: e.id, msg: msg}
	}
	// A batch and a sequence are lists of commands; the type of the second is bubbletea's secret.
	if t.ConvertibleTo(commands) {
		list := reflect.ValueOf(msg).Convert(commands).Interface().([]tea.Cmd)
		tagged := make([]tea.Cmd, len(list))
		for i, c := range list {
			tagged[i] = m.tag(e, c)
		}
		return reflect.ValueOf(tagged).Convert(t).Interface()
	}
	return msg
}
