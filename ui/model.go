package ui

import (
	"context"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/feed"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
)

// model is the whole program as bubbletea sees it.
type model struct {
	ctx       context.Context
	opts      Options
	deps      screen.Deps // what screens get, each with its own Runs
	factories map[string]screen.Factory
	reg       *run.Registry
	copy      func(text string) error
	english   *locale.Printer // finds actions by their English names; nil while the language is English

	w, h     int
	stack    []*entry          // the last is on top; the first is the home screen
	parked   map[string]*entry // left while their runs went on, by screen id
	overlays []overlay
	toast    toast
	said     []said // messages shown, oldest first
	mouse    bool
	forced   bool // left without waiting
	stopSaid int  // serial of the message that work is being stopped
	serial   int  // numbers entries and toasts

	connecting *connecting // the page before the home screen, nil once that is there
	watching   bool        // a command waits for what keeps calls back to change
	heldTold   string      // name of what was told to keep calls back, "" when nothing was
	ticking    bool        // the frame is drawn again within a second, since a call is under way
}

// entry is a screen at work.
type entry struct {
	id     string // unique: provision#3
	name   string // the screen's id
	screen screen.Screen
	unseen bool // a run of it has ended while it was not on top
}

// overlay is an overlay and the screen that gets what its commands return.
type overlay struct {
	screen.Overlay
	owner *entry
}

// ownedMsg is a message on its way back to the screen whose command returned it.
type ownedMsg struct {
	owner string
	msg   tea.Msg
}

// Init opens the home screen, and the one asked for over it; without a cloud it connects first.
func (m *model) Init() tea.Cmd {
	if m.opts.Connecting != nil {
		return m.connect()
	}
	return tea.Batch(m.openFirst(), m.listen())
}

// Update takes every message to where it belongs and listens to the runs that were started meanwhile.
func (m *model) Update(msg tea.Msg) (tea.Model, tea.Cmd) {
	cmd := m.dispatch(msg)
	return m, tea.Batch(cmd, m.listen(), m.watchAnswers())
}

func (m *model) dispatch(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case tea.WindowSizeMsg:
		m.resize(msg.Width, msg.Height)
	case tea.KeyMsg:
		return m.onKey(msg)
	case tea.MouseMsg:
		return m.onMouse(msg)
	case feed.BatchMsg:
		return m.onBatch(msg)
	case ownedMsg:
		return m.onOwned(msg)
	case chosenMsg:
		return msg.do()
	case toastDoneMsg:
		m.toast.expire(msg)
	case connectedMsg:
		return m.onConnected(msg)
	case slowMsg:
		m.onSlow()
	case heldMsg:
		return m.onHeld()
	case secondMsg:
		m.ticking = false
	case tea.ResumeMsg:
		return m.onResume()
	default:
		return m.ask(nil, msg)
	}
	return nil
}

// ask does what a screen asks the program for. Messages that ask for nothing go to the screen itself.
func (m *model) ask(from *entry, msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case screen.GoMsg:
		return m.open(msg)
	case screen.BackMsg:
		return m.back()
	case screen.QuitMsg:
		return m.askQuit()
	case screen.OpenMsg:
		m.overlays = append(m.overlays, overlay{Overlay: msg.Overlay, owner: from})
	case screen.ToastMsg:
		return m.say(msg.Text, msg.Error)
	case screen.CopyMsg:
		return m.onCopy(msg)
	default:
		if from != nil {
			return m.tag(from, from.screen.Update(msg))
		}
	}
	return nil
}

func (m *model) onOwned(msg ownedMsg) tea.Cmd {
	if e := m.find(msg.owner); e != nil {
		return m.ask(e, msg.msg)
	}
	return nil
}

// onBatch takes the events of a run to the screen that started it and listens on.
func (m *model) onBatch(b feed.BatchMsg) tea.Cmd {
	var cmds []tea.Cmd
	owner, _ := m.reg.Observe(b)
	e := m.find(owner)
	if e != nil {
		cmds = append(cmds, m.tag(e, e.screen.Update(b)))
	}
	if !b.Last {
		return tea.Batch(append(cmds, feed.Listen(m.ctx, b.Feed, feed.Frame))...)
	}
	m.stopped()
	if e != nil && e != m.top() {
		e.unseen = true
		cmds = append(cmds, m.sayEnded(b.Run))
	}
	return tea.Batch(cmds...)
}

// sayEnded says that a run whose screen is not on top has ended.
func (m *model) sayEnded(id string) tea.Cmd {
	r, ok := m.reg.Get(id)
	if !ok || r.Looks {
		return nil
	}
	status := r.Progress().Status
	_, err := r.Result()
	return m.say(m.t("work.ended", "Workflow", m.deps.Printer.Workflow(r.Name), "Status", string(status)), err != nil)
}

// listen starts to listen to the runs that screens have started since the last call.
func (m *model) listen() tea.Cmd {
	var cmds []tea.Cmd
	for _, f := range m.reg.Take() {
		cmds = append(cmds, feed.Listen(m.ctx, f, feed.Frame))
	}
	return tea.Batch(cmds...)
}

func (m *model) t(id string, kv ...any) string { return m.deps.Printer.T(id, kv...) }
