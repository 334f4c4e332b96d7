// Package home is the first screen: the loop of a fleet and what belongs to it as doors, each with its state, and beside them the fleet as
// it is, the jobs that run and what is left to learn.
package home

import (
	"context"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
)

// doors are the screens that home leads to, in the order of the loop. The first four are workflows too, by
// the same names.
var doors = []string{screen.Provision, screen.CreateJob, screen.Simulate, screen.Cleanup, screen.Packages, screen.Lessons, screen.APILog}

// The places of the doors that have keys of their own.
const (
	packagesDoor = 4
	lessonsDoor  = 5
)

// Keys of this screen. Left and right are the arrows alone, because l opens the lessons.
var (
	keyDoors    = keys.New("1-4", "home.keys.doors", "1", "2", "3", "4").Moving().InBar()
	keyPackages = keys.New("p", "home.keys.packages", "p").InBar()
	keyLessons  = keys.New("l", "home.keys.lessons", "l").InBar()
	keyRefresh  = keys.New("r", "home.keys.refresh", "r").InBar()
	keyLeft     = keys.New("←", "keys.left", "left").Moving()
	keyRight    = keys.New("→", "keys.right", "right").Moving()
)

// parts is how many answers a reading brings: the registry, the jobs, the index and then the firmware.
const parts = 4

// Screen is the home screen.
type Screen struct {
	d      *screen.Deps
	w, h   int
	cursor int  // in doors
	moved  bool // by the user: until then the cursor is on what should be done next

	gen      int // of the newest reading
	pending  int // answers that are still to come
	wait     lookup.Wait
	indexed  int         // things in the index as of the last reading
	again    int         // readings since something was done, because the index is behind
	fresh    bool        // something was done that the index may not have yet, however many things it holds
	fleet    *fleetState // nil: not known yet, as the others
	jobs     *jobState
	shape    *shape
	firmware *firmware
	watched  map[string]bool // runs whose end leads, or has led, to another reading
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Resumer  = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
)

// New makes the home screen; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	return &Screen{d: d, watched: map[string]bool{}}
}

// Init reads the state.
func (s *Screen) Init() tea.Cmd { return s.refresh() }

// Resume reads the state again: what the user did elsewhere has changed it.
func (s *Screen) Resume() tea.Cmd {
	s.moved = false
	return s.anew()
}

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) { s.w, s.h = w, h }

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.T("home.title") }

// Capturing is never true: there is no text field.
func (s *Screen) Capturing() bool { return false }

// Keys is what the keys do.
func (s *Screen) Keys() []keys.Group {
	return []keys.Group{{Title: "keys.group.screen", Bindings: []keys.Binding{
		keyDoors, keyPackages, keyLessons, keys.Enter.InBar(), keys.Up, keys.Down, keyLeft, keyRight, keyRefresh,
	}}}
}

// refresh reads the state, and again when a run that is under way has ended. The parts are shown as they come.
func (s *Screen) refresh() tea.Cmd {
	s.gen++
	s.pending = parts
	c := s.d.Cloud
	return tea.Batch(
		reading(s.gen, readTimeout, func(ctx context.Context) stateMsg { return readFleet(ctx, c) }),
		reading(s.gen, readTimeout, func(ctx context.Context) stateMsg { return readJobs(ctx, c) }),
		reading(s.gen, readTimeout, func(ctx context.Context) stateMsg { return readShape(ctx, c) }),
		s.watch(), s.wait.Begin(s.d.Now()),
	)
}

// slow reports that a reading takes long.
func (s *Screen) slow() bool { return s.pending > 0 && s.wait.Slow(s.d.Now()) }

// endedMsg says that a run has ended.
type endedMsg struct{}

// watch waits for the ends of runs, and notes that some have ended elsewhere.
func (s *Screen) watch() tea.Cmd {
	var cmds []tea.Cmd
	for _, r := range s.d.Runs.All() {
		if r.Looks || s.watched[r.ID] {
			continue
		}
		s.watched[r.ID] = true
		if r.Running() {
			cmds = append(cmds, awaitEnd(r))
		} else {
			s.fresh = true
		}
	}
	return tea.Batch(cmds...)
}

func awaitEnd(r *run.Run) tea.Cmd {
	return func() tea.Msg {
		<-r.Done()
		return endedMsg{}
	}
}

// Update takes keys and what was read.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case stateMsg:
		return s.take(msg)
	case endedMsg:
		s.fresh = true
		return s.anew()
	case behindMsg:
		if msg.gen == s.gen {
			return s.refresh()
		}
	case tea.KeyMsg:
		return s.key(msg)
	}
	return nil
}

// take shows a part of the state. The firmware is counted once it is known whether the index can tell.
func (s *Screen) take(m stateMsg) (cmd tea.Cmd) {
	if m.gen != s.gen {
		return nil
	}
	s.pending--
	switch {
	case m.fleet != nil:
		s.fleet = m.fleet
	case m.jobs != nil:
		s.jobs = m.jobs
	case m.shape != nil:
		s.shape = m.shape
		c, countable := s.d.Cloud, m.shape.Index == indexReady && m.shape.Shadows
		cmd = reading(s.gen, longTimeout, func(ctx context.Context) stateMsg { return readFirmware(ctx, c, countable) })
	case m.firmware != nil:
		s.firmware = m.firmware
	}
	if s.pending == 0 {
		cmd = s.catchUp()
	}
	if next, ok := s.next(); ok && !s.moved {
		s.cursor = next
	}
	return cmd
}

// anew reads the state after something may have changed it.
func (s *Screen) anew() tea.Cmd {
	s.again = 0
	return s.refresh()
}

// The index follows the registry some seconds late (AWS IoT developer guide, fleet indexing), so that what it counts is read again
// a few times when it is seen to be behind.
const (
	mostAgain = 4
	behindFor = 3 * time.Second
)

// behindMsg says that the index may have caught up since a reading.
type behindMsg struct{ gen int }

// catchUp reads again later if the index does not hold as many things as the registry, or, where that has more than were listed, not as many
// as at the last reading. After a run it does so once in any case: what devices report cannot be seen to be behind.
func (s *Screen) catchUp() tea.Cmd {
	if s.shape == nil || s.shape.Index != indexReady || s.fleet == nil || s.fleet.Err != nil {
		return nil
	}
	last, fresh := s.indexed, s.fresh
	s.indexed, s.fresh = s.shape.Total, false
	level := s.fleet.Things.More && s.shape.Total == last || s.shape.Total == s.fleet.Things.N
	if level && !fresh || s.again >= mostAgain {
		return nil
	}
	s.again++
	later := behindMsg{s.gen}
	return tea.Tick(behindFor, func(time.Time) tea.Msg { return later })
}

func (s *Screen) key(k tea.KeyMsg) tea.Cmd {
	switch {
	case keyDoors.Matches(k):
		return s.open(int(k.Runes[0] - '1'))
	case keyPackages.Matches(k):
		return s.open(packagesDoor)
	case keyLessons.Matches(k):
		return s.open(lessonsDoor)
	case keys.Enter.Matches(k):
		return s.open(s.cursor)
	case keyRefresh.Matches(k):
		return s.anew()
	case keys.Up.Matches(k), keyLeft.Matches(k):
		s.move(-1)
	case keys.Down.Matches(k), keyRight.Matches(k):
		s.move(1)
	}
	return nil
}

func (s *Screen) open(i int) tea.Cmd {
	s.cursor, s.moved = i, true
	return screen.Go(doors[i], nil)
}

func (s *Screen) move(by int) {
	s.cursor, s.moved = max(0, min(s.cursor+by, len(doors)-1)), true
}

// next is the door that a learner should open now; false when that is not known.
func (s *Screen) next() (door int, ok bool) {
	for i, id := range doors {
		if _, running := s.running(id); running {
			return i, true
		}
	}
	switch {
	case s.fleet == nil || s.jobs == nil || s.fleet.Err != nil || s.jobs.Err != nil:
		return 0, false
	case s.fleet.empty():
		return 0, true
	case s.jobs.waiting():
		return 2, true
	case s.jobs.Active.N == 0 && s.jobs.Completed.N == 0:
		return 1, true
	}
	return 3, true
}

// running is the latest run of a workflow that is under way.
func (s *Screen) running(workflow string) (*run.Run, bool) {
	for _, r := range s.d.Runs.All() {
		if r.Name == workflow && r.Running() {
			return r, true
		}
	}
	return nil, false
}

// trouble is why a part of the state is not known.
func (s *Screen) trouble() error {
	switch {
	case s.fleet != nil && s.fleet.Err != nil:
		return s.fleet.Err
	case s.jobs != nil && s.jobs.Err != nil:
		return s.jobs.Err
	case s.shape != nil && s.shape.Err != nil:
		return s.shape.Err
	case s.firmware != nil && s.firmware.Err != nil:
		return s.firmware.Err
	}
	return nil
}

// first reports that nothing was ever done here: no fleet, no job, no lesson.
func (s *Screen) first() bool {
	for _, l := range s.d.Lessons {
		if !s.d.Learning.State(l.ID).Read.IsZero() {
			return false
		}
	}
	return s.jobs != nil && s.jobs.Err == nil && s.jobs.Active.N == 0 && s.jobs.Completed.N == 0 && s.fleet.Types.N == 0 && s.fleet.Groups.N == 0
}
