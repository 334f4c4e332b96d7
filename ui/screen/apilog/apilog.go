// Package apilog is the screen of the API log: every call that the program's runs and screens make, as it comes, with its request
// and answer, and the same call as an AWS CLI command.
package apilog

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/trace"
	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/table"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/screen"
)

// phase is what has the keys.
type phase int

const (
	listing phase = iota // the calls
	detail               // one of them
	summing              // the operations
)

// Keys of the screen.
var (
	keyOpen      = keys.Enter.Named("apilog.keys.open").InBar()
	keyFilter    = keys.Filter.InBar()
	keyFailures  = keys.Failures.InBar()
	keyThrottled = keys.New("t", "apilog.keys.throttled", "t")
	keyCommand   = keys.New("y", "apilog.keys.copy-command", "y").Briefly("apilog.keys.copy-command-brief").InBar()
	keyCall      = keys.New("Y", "apilog.keys.copy-call", "Y")
	keyWrite     = keys.New("w", "apilog.keys.write", "w")
	keySummary   = keys.New("tab", "apilog.keys.summary", "tab").InBar()
	keyCalls     = keys.New("tab", "apilog.keys.calls", "tab").InBar()
	keyOnly      = keys.Enter.Named("apilog.keys.only").InBar()
	keyEarlier   = keys.New("←/h", "apilog.keys.earlier", "left", "h").InBar()
	keyLater     = keys.New("→/l", "apilog.keys.later", "right", "l").InBar()
)

// Screen is the API log.
type Screen struct {
	d     *screen.Deps
	w, h  int
	phase phase

	list   *list
	brush  brushes
	page   *pager.Model // the details
	paged  uint64       // the call whose details they are
	counts *table.Model[count]
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
)

// New makes the API log; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	s := &Screen{d: d, list: newList(), page: pager.New(d.Printer)}
	s.counts = s.newCounts()
	return s
}

// callsMsg is calls that came, and how everything stands after them.
type callsMsg struct {
	calls []trace.Call
	first uint64 // the oldest call that is kept
	tally map[string]trace.Tally
}

// Init shows the calls so far and waits for the next.
func (s *Screen) Init() tea.Cmd {
	log := s.log()
	if log == nil {
		return nil
	}
	return s.take(read(log, 0))
}

// log is where the calls are; nil when none are recorded.
func (s *Screen) log() *trace.Log {
	if s.d.Cloud == nil {
		return nil
	}
	return s.d.Cloud.Trace
}

func read(log *trace.Log, after uint64) callsMsg {
	calls := log.Since(after)
	first, _ := log.Kept()
	return callsMsg{calls: calls, first: first, tally: log.Tally()}
}

// take shows calls that came and waits for the next.
func (s *Screen) take(msg callsMsg) tea.Cmd {
	s.list.add(msg.calls, msg.first)
	s.counts.SetRows(sorted(msg.tally))
	s.layout()
	return s.wait()
}

// wait is for the next call, and for those that come within a frame after it: the screen is drawn at most thirty times a second,
// however many calls there are.
func (s *Screen) wait() tea.Cmd {
	log, after := s.log(), s.list.newest()
	if log == nil {
		return nil
	}
	return func() tea.Msg {
		<-log.After(after)
		<-time.After(feed.Frame)
		return read(log, after)
	}
}

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.T("apilog.title") }

// Capturing reports that letters are text now.
func (s *Screen) Capturing() bool {
	return s.phase == listing && s.list.typing || s.phase == summing && s.counts.Capturing()
}

// Back goes one step back: from the details to the calls, from the summary to them, and out of a filter.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch {
	case s.phase == detail:
		s.phase = listing
	case s.phase == summing && !s.counts.Back():
		s.phase = listing
	case s.phase == listing && !s.list.back():
		return nil, false
	}
	s.layout()
	return nil, true
}

// Update takes keys and the calls that came.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if calls, ok := msg.(callsMsg); ok {
		return s.take(calls)
	}
	var cmd tea.Cmd
	mouse, pointed := msg.(tea.MouseMsg)
	switch {
	case pointed && s.w >= wide && s.phase != summing:
		cmd = s.point(mouse)
	case s.Capturing():
		cmd = s.move(msg)
	case keyWrite.Matches(msg):
		return s.write()
	case keySummary.Matches(msg) && s.phase != detail:
		s.swap()
	case s.phase == summing:
		return s.counts.Update(msg)
	case keyCommand.Matches(msg):
		return s.copyCommand()
	case keyCall.Matches(msg):
		return s.copyCall()
	case s.phase == detail:
		cmd = s.readOn(msg)
	default:
		cmd = s.listKey(msg)
	}
	s.layout()
	return cmd
}

// point scrolls what is under the pointer; a click gives it the keys.
func (s *Screen) point(m tea.MouseMsg) tea.Cmd {
	onDetails := m.X >= s.listWidth()
	switch _, there := s.list.selected(); {
	case m.Button == tea.MouseButtonLeft && onDetails && there:
		s.list.stay()
		s.phase = detail
	case m.Button == tea.MouseButtonLeft && !onDetails:
		s.phase = listing
	case onDetails:
		return s.page.Update(m)
	default:
		return s.move(m)
	}
	return nil
}

// move moves in what has the keys, or types into its filter.
func (s *Screen) move(msg tea.Msg) tea.Cmd {
	if s.phase == summing {
		return s.counts.Update(msg)
	}
	cmd, _ := s.list.update(msg)
	return cmd
}

// swap changes between the calls and the operations.
func (s *Screen) swap() {
	if s.phase == summing {
		s.phase = listing
		return
	}
	s.phase = summing
	if rows := s.counts.Rows(); len(rows) > 0 {
		s.counts.SetCursor(rows[0].name)
	}
}

func (s *Screen) listKey(msg tea.Msg) tea.Cmd {
	switch {
	case keyFailures.Matches(msg):
		s.list.show(failures)
	case keyThrottled.Matches(msg):
		s.list.show(throttled)
	case keyFilter.Matches(msg):
		s.list.typing = true
	case keyOpen.Matches(msg):
		if _, ok := s.list.selected(); ok {
			s.list.stay()
			s.phase = detail
		}
	default:
		return s.move(msg)
	}
	return nil
}

// readOn scrolls in the details, or goes to those of the call before or after.
func (s *Screen) readOn(msg tea.Msg) tea.Cmd {
	switch {
	case keyEarlier.Matches(msg):
		s.list.move(-1)
	case keyLater.Matches(msg):
		s.list.move(1)
		s.list.stay() // what is read must not change
	default:
		return s.page.Update(msg)
	}
	return nil
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	const title = "keys.group.screen"
	switch s.phase {
	case detail:
		return []keys.Group{{Title: title, Bindings: []keys.Binding{keyEarlier, keyLater, keyCommand, keyCall, keyWrite}}, s.page.Keys()}
	case summing:
		moves := s.counts.Keys()
		moves.Bindings = moves.Bindings[:len(moves.Bindings)-1] // enter is above
		return []keys.Group{{Title: title, Bindings: []keys.Binding{keyOnly, keyCalls, keyWrite}}, moves}
	}
	return []keys.Group{
		{Title: title, Bindings: []keys.Binding{keyOpen, keyFilter, keyFailures, keyCommand, keySummary, keyThrottled, keyCall, keyWrite}},
		{Title: keys.Log.Title, Bindings: []keys.Binding{keys.Up, keys.Down, keys.PageUp, keys.PageDown, keys.Top, keys.Follow}},
	}
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}
