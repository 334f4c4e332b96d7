package ui

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/screen"
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
	return tea.Batch(m.watchHold(), m.tellHeld())
}

// tellHeld says once what to do about what holds calls back, which is more than the frame has room for, and that it is over. The
// page before the home screen says it itself.
func (m *model) tellHeld() tea.Cmd {
	if m.connecting != nil {
		return nil
	}
	switch held, is := m.held(); {
	case is && m.heldTold != held.Name:
		m.heldTold = held.Name
		return m.say(screen.HeldHow(m.deps.Printer, held, m.opts.Connecting.Profile), true)
	case !is && m.heldTold != "":
		m.heldTold = ""
		return m.say(m.t("connect.over"), false)
	}
	return nil
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

// answerTime is within what services answer nearly always: after it a person is told that something is slow, long before a call
// is given up.
const answerTime = 5 * time.Second

// secondMsg has the frame drawn anew, since nothing else may come while a service does not answer.
type secondMsg struct{}

// watchAnswers has the frame drawn again in a second if a call is under way.
func (m *model) watchAnswers() tea.Cmd {
	if calls, _ := m.unanswered(0); calls == 0 || m.ticking {
		return nil
	}
	m.ticking = true
	return tea.Tick(time.Second, func(time.Time) tea.Msg { return secondMsg{} })
}

func (m *model) unanswered(atLeast time.Duration) (calls int, longest time.Duration) {
	if m.deps.Cloud == nil || m.deps.Cloud.Pace == nil {
		return 0, 0
	}
	return m.deps.Cloud.Pace.Unanswered(atLeast)
}

// slowWords tells of calls that are not answered for long: slow: 12 calls unanswered for 7 s.
func (m *model) slowWords() string {
	calls, longest := m.unanswered(answerTime)
	if calls == 0 {
		return ""
	}
	words := m.t("connect.slow", "Count", calls, "Seconds", int(longest/time.Second))
	return m.deps.Theme.Style.Warning.Render(m.deps.Theme.Symbol.Warning + " " + words)
}

// heldWords is what holds calls back, or up, as the frame has it: no answer from 127.0.0.1:4566, next try in 4 s.
func (m *model) heldWords() string {
	s, is := m.held()
	if !is {
		return m.slowWords()
	}
	words := m.t("connect.held-"+s.Name, "Host", text.Line(cloud.Host(s.Err)), "Next", m.heldNext(s), "Count", s.Waiting)
	return m.deps.Theme.Style.Warning.Render(m.deps.Theme.Symbol.Failed + " " + words)
}
