package ui

import (
	"context"
	"sync"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/component/panel"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
)

// Connecting is how the program comes by its cloud, once it shows: the first frame waits for nothing.
type Connecting struct {
	Doing   string // what is being done, in a sentence
	Profile string // of the AWS configuration that was asked for, "" when none was
	// Hold is what keeps calls back while credentials or the network are missing, before and after the cloud is there.
	Hold *pace.Hold
	// Connect returns the cloud and what else there is to say. It ends soon after its context, and is called again when the user
	// asks for it after an error.
	Connect func(context.Context) (*cloud.Cloud, []string, error)
}

// patience is how long nothing is said of what will most likely be done in a moment.
const patience = 200 * time.Millisecond

// connecting is the page before the home screen; nil once that is there.
type connecting struct {
	slow bool  // it takes long enough to say what is being done
	err  error // why there is no cloud; nil while it is tried
	stop context.CancelFunc
	once sync.Once // holds Connect: done before that has begun, it keeps it from beginning
}

// connectedMsg is the end of an attempt to connect.
type connectedMsg struct {
	cloud   *cloud.Cloud
	notices []string
	err     error
}

// slowMsg says that connecting takes its time.
type slowMsg struct{}

// connect starts to connect.
func (m *model) connect() tea.Cmd {
	get := m.opts.Connecting.Connect
	ctx, stop := context.WithCancel(m.ctx)
	page := &connecting{stop: stop}
	m.connecting = page
	return tea.Batch(m.watchHold(), tea.Tick(patience, func(time.Time) tea.Msg { return slowMsg{} }), func() (end tea.Msg) {
		defer stop()
		page.once.Do(func() {
			c, notices, err := get(ctx)
			end = connectedMsg{c, notices, err}
		})
		return end
	})
}

// leave ends what is not connected yet, and waits for it: what Connect opened is its caller's to close. A program that ends at once
// may never run the command that connects.
func (c *connecting) leave() {
	if c != nil {
		c.stop()
		c.once.Do(func() {})
	}
}

// onSlow has the page say what it does.
func (m *model) onSlow() {
	if m.connecting != nil {
		m.connecting.slow = true
	}
}

// onConnected opens the home screen, or shows why that cannot be.
func (m *model) onConnected(msg connectedMsg) tea.Cmd {
	if msg.err != nil {
		m.connecting.err, m.connecting.slow = msg.err, true
		return nil
	}
	m.connecting = nil
	m.deps.Cloud = msg.cloud
	cmds := []tea.Cmd{m.openFirst(), m.pruneLogs()}
	for _, n := range msg.notices {
		cmds = append(cmds, m.say(n, false))
	}
	return tea.Batch(cmds...)
}

// openFirst opens the home screen, and the one asked for over it.
func (m *model) openFirst() tea.Cmd {
	cmds := []tea.Cmd{m.open(screen.GoMsg{ID: screen.Home})}
	if m.opts.Open != "" && m.opts.Open != screen.Home {
		cmds = append(cmds, m.open(screen.GoMsg{ID: m.opts.Open, Args: m.opts.Args}))
	}
	return tea.Batch(cmds...)
}

// onConnectingKey is the few keys of the page.
func (m *model) onConnectingKey(k tea.KeyMsg) tea.Cmd {
	switch {
	case keys.Stop.Matches(k), keys.Back.Matches(k), keys.Quit.Matches(k):
		return tea.Quit
	case keys.Suspend.Matches(k):
		return tea.Suspend
	case keys.Again.Matches(k) && m.connecting.err != nil:
		return m.connect()
	case keys.Again.Matches(k):
		m.opts.Connecting.Hold.TryNow()
	}
	return nil
}

// connectView is the page: what is being done, or what is in the way and what to do about it.
func (m *model) connectView() string {
	w, h := panel.Inner(m.w, m.h-2)
	body := panel.Render(m.deps.Theme, panel.Frame{Body: text.Block(m.connectRows(w), w, h)}, m.w, m.h-2)
	bar := []keys.Binding{keys.Quit.Named("keys.leave")}
	if m.connectTrouble() {
		bar = append([]keys.Binding{keys.Again}, bar...)
	}
	return m.topLine() + "\n" + body + "\n" + text.Edges("", m.keyWords(bar, m.w), m.w)
}

// connectTrouble tells whether there is something to try again.
func (m *model) connectTrouble() bool {
	_, held := m.held()
	return held || m.connecting.err != nil
}

func (m *model) connectRows(w int) []string {
	t := m.deps.Theme
	rows := []string{"", " " + t.Style.Title.Render(m.t("connect.title")), ""}
	say := func(words string) {
		for _, l := range text.Wrap(words, max(2, w-2)) {
			rows = append(rows, " "+l)
		}
	}
	switch held, is := m.held(); {
	case m.connecting.err != nil:
		say(t.Symbol.Failed + " " + m.deps.Problem(m.connecting.err))
		rows = append(rows, "")
		say(m.t("connect.again"))
	case is:
		say(t.Symbol.Failed + " " + screen.Held(m.deps.Printer, held, m.opts.Connecting.Profile))
		rows = append(rows, "")
		say(m.heldNext(held))
	case m.connecting.slow:
		say(t.Symbol.Running + " " + m.opts.Connecting.Doing)
	}
	return rows
}
