package ui

import (
	"regexp"
	"strings"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
)

// onKey gives a key to the first that wants it: stopping and suspending work everywhere, then come the
// overlay, esc, a text field, the keys that work on every screen, and the screen.
func (m *model) onKey(k tea.KeyMsg) tea.Cmd {
	if k.Type == tea.KeyEsc && k.Alt { // two of them in one read
		k.Alt = false
		return tea.Batch(m.onKey(k), m.onKey(k))
	}
	m.toast.dismissError()
	if m.connecting != nil {
		return m.onConnectingKey(k)
	}
	top := m.top()
	if len(k.Runes) > 1 && !k.Paste && len(m.overlays) == 0 && top != nil && !top.screen.Capturing() {
		return m.onKeys(k.Runes)
	}
	switch {
	case keys.Stop.Matches(k):
		return m.onStop()
	case keys.Suspend.Matches(k):
		return tea.Suspend
	case top != nil && !m.tooSmall() && opensPalette(k):
		return m.openPalette()
	case len(m.overlays) > 0:
		return m.onOverlayKey(k)
	case top == nil || m.tooSmall():
		return nil
	case keys.Back.Matches(k):
		return m.onBack(top)
	case asksLesson(top, k):
		return m.openLesson(top)
	case top.screen.Capturing():
		return m.tag(top, top.screen.Update(k))
	}
	return m.onGlobalKey(top, k)
}

// onKeys takes letters one by one that were typed so fast that they came in one read.
func (m *model) onKeys(runes []rune) tea.Cmd {
	var cmds []tea.Cmd
	for _, r := range runes {
		cmds = append(cmds, m.onKey(tea.KeyMsg{Type: tea.KeyRunes, Runes: []rune{r}}))
	}
	return tea.Batch(cmds...)
}

func (m *model) onGlobalKey(top *entry, k tea.KeyMsg) tea.Cmd {
	switch {
	case keys.Help.Matches(k):
		groups := append(top.screen.Keys(), keys.Global)
		m.overlays = append(m.overlays, overlay{Overlay: newHelp(m.deps.Theme, m.deps.Printer, groups), owner: top})
		return nil
	case keys.Palette.Matches(k):
		return m.openPalette()
	case keys.Quit.Matches(k):
		if len(m.stack) > 1 {
			return m.onBack(top)
		}
		return m.askQuit()
	case keys.Mouse.Matches(k):
		return m.toggleMouse()
	case keys.APILog.Matches(k):
		return m.open(screen.GoMsg{ID: screen.APILog})
	case keys.Debug.Matches(k):
		return m.toggleDebug()
	case keys.Again.Matches(k) && m.tryNow():
		return nil
	}
	return m.tag(top, top.screen.Update(k))
}

// onOverlayKey gives a key to the overlay on top.
func (m *model) onOverlayKey(k tea.KeyMsg) tea.Cmd {
	last := len(m.overlays) - 1
	o := m.overlays[last]
	cmd, done := o.Update(k)
	if done {
		m.overlays = m.overlays[:last]
	}
	if o.owner == nil {
		return cmd
	}
	return m.tag(o.owner, cmd)
}

// onBack is esc: one step back inside the screen, or out of it.
func (m *model) onBack(top *entry) tea.Cmd {
	if b, ok := top.screen.(screen.Backer); ok {
		if cmd, taken := b.Back(); taken {
			return m.tag(top, cmd)
		}
	}
	return m.back()
}

// onMouse gives what the mouse does to the overlay, or to the screen, where it counts from the upper left of what that draws.
func (m *model) onMouse(msg tea.MouseMsg) tea.Cmd {
	if !m.mouse {
		return nil
	}
	if n := len(m.overlays); n > 0 {
		_, _ = m.overlays[n-1].Update(msg)
		return nil
	}
	top := m.top()
	if top == nil {
		return nil
	}
	if _, bare := top.screen.(screen.Unframed); !bare {
		w, h := panel.Inner(m.w, m.h)
		msg.X, msg.Y = msg.X-(m.w-w)/2, msg.Y-(m.h-h)/2
	}
	msg.Y-- // the top line
	return m.tag(top, top.screen.Update(msg))
}

func (m *model) toggleMouse() tea.Cmd {
	m.mouse = !m.mouse
	if m.mouse {
		return tea.Batch(tea.EnableMouseCellMotion, m.say(m.t("mouse.on"), false))
	}
	return tea.Batch(tea.DisableMouse, m.say(m.t("mouse.off"), false))
}

// onResume draws everything again after the program was suspended. bubbletea has switched the mouse off and does not switch it on again.
func (m *model) onResume() tea.Cmd {
	cmds := []tea.Cmd{tea.ClearScreen, m.title()}
	if m.mouse {
		cmds = append(cmds, tea.EnableMouseCellMotion)
	}
	return tea.Batch(cmds...)
}

var mouseTail = regexp.MustCompile(`^<?[0-9;]+[Mm]$`)

// dropMouseNoise hides what nobody wants of the mouse: that it moves and that buttons are let go, for each of which the screen would be drawn,
// and pieces of its reports. bubbletea v1 reads 256 bytes at a time and takes a report that is cut there for keys, so that one report in every
// 256 bytes would end up in a text field.
func dropMouseNoise(_ tea.Model, msg tea.Msg) tea.Msg {
	if mouse, ok := msg.(tea.MouseMsg); ok && mouse.Action != tea.MouseActionPress {
		return nil
	}
	k, ok := msg.(tea.KeyMsg)
	if !ok || k.Paste || k.Type != tea.KeyRunes {
		return msg
	}
	s := string(k.Runes)
	if k.Alt && s == "[" {
		return nil
	}
	if len(s) > 3 && strings.Contains(s, ";") && mouseTail.MatchString(s) {
		return nil
	}
	return msg
}
