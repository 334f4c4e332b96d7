package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/text"
)

// heldMsg says that what holds calls back has changed, or that its countdown has.
type heldMsg struct{}

// briefly is how long calls are held back without a word: most connections that break are there again at once.
const briefly = time.Second

// hold is what keeps calls back in bad times; nil when the program was handed a cloud that is there.
func (m *model) hold() *pace.Hold {
	if m.opts.Connecting == nil {
		return nil
	}
	return m.opts.Connecting.Hold
}

// held is what keeps calls back now, once that has lasted long enough to be told.
func (m *model) held() (pace.Held, bool) {
	h := m.hold()
	if h == nil {
		return pace.Held{}, false
	}
	s, is := h.State()
	return s, is && (m.deps.Now().Sub(s.Since) >= briefly || s.Tries > 1)
}

// watchHold waits for a change of what keeps calls back; while something does, a second at most.
func (m *model) watchHold() tea.Cmd {
	h := m.hold()
	if h == nil || m.watching {
		return nil
	}
	m.watching = true
	changed := h.Changed()
	ctx := m.ctx
	if _, is := h.State(); is {
		var cancel context.CancelFunc
		ctx, cancel = context.WithTimeout(ctx, time.Second)
		return func() tea.Msg { defer cancel(); return waitHold(ctx, m.ctx, changed) }
	}
	return func() tea.Msg { return waitHold(ctx, m.ctx, changed) }
}

func waitHold(ctx, program context.Context, changed <-chan struct{}) tea.Msg {
	select {
	case <-changed:
	case <-ctx.Done():
	}
	if program.Err() != nil {
		return nil
	}
	return heldMsg{}
}

// onHeld draws anew what holds calls back and watches on.
func (m *model) onHeld() tea.Cmd {
	m.watching = false
	return m.watchHold()
}

// tryNow has what holds calls back tried at once, if anything does.
func (m *model) tryNow() bool {
	if _, is := m.held(); !is {
		return false
	}
	m.hold().TryNow()
	return true
}

// heldNext is when it is tried again: next try in 4 s.
func (m *model) heldNext(s pace.Held) string {
	if left := s.Next.Sub(m.deps.Now()); !s.Next.IsZero() && left > 0 {
		return m.t("connect.next", "Seconds", int(left/time.Second)+1)
	}
	return m.t("connect.now")
}

// heldWords is what holds calls back, as the frame has it: no answer from 127.0.0.1:4566, next try in 4 s.
func (m *model) heldWords() string {
	s, is := m.held()
	if !is {
		return ""
	}
	words := m.t("connect.held-"+s.Name, "Host", text.Line(cloud.Host(s.Err)), "Next", m.heldNext(s), "Count", s.Waiting)
	return m.deps.Theme.Style.Warning.Render(m.deps.Theme.Symbol.Failed + " " + words)
}
