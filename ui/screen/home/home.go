// Package home is the first screen: the loop of a fleet as four doors, each with its state, the packages and the lessons.
package home

import (
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/keys"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
)

// doors are the screens that home leads to, in the order of the loop. The first four are workflows too, by
// the same names.
var doors = []string{screen.Provision, screen.CreateJob, screen.Simulate, screen.Cleanup, screen.Packages, screen.Lessons}

// The places of the doors that are no workflows.
const (
	packagesDoor = 4
	lessonsDoor  = 5
)

// Keys of this screen. Left and right are the arrows alone, because l opens the lessons.
var (
	keyDoors    = keys.New("1-4", "home.keys.doors", "1", "2", "3", "4").InBar()
	keyPackages = keys.New("p", "home.keys.packages", "p").InBar()
	keyLessons  = keys.New("l", "home.keys.lessons", "l").InBar()
	keyRefresh  = keys.New("r", "home.keys.refresh", "r").InBar()
	keyLeft     = keys.New("←", "keys.left", "left")
	keyRight    = keys.New("→", "keys.right", "right")
)

// Screen is the home screen.
type Screen struct {
	d      *screen.Deps
	w, h   int
	cursor int // in doors

	gen     int // of the newest reading
	known   bool
	reading bool
	slow    bool // it takes long enough to say so
	fleet   fleetState
	jobs    jobState
	watched map[string]bool // runs whose end leads to another reading
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
func (s *Screen) Resume() tea.Cmd { return s.refresh() }

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

// refresh reads the state, and again when a run that is under way has ended.
func (s *Screen) refresh() tea.Cmd {
	s.gen++
	s.reading, s.slow = true, false
	late := slowMsg{s.gen}
	return tea.Batch(read(s.d.Cloud, s.gen), s.watch(), tea.Tick(slowAfter, func(time.Time) tea.Msg { return late }))
}

// slowAfter is how long a reading may take before the screen says that it reads again.
const slowAfter = 300 * time.Millisecond

// slowMsg says that a reading takes longer than that, if it is still under way.
type slowMsg struct{ gen int }

// endedMsg says that a run has ended.
type endedMsg struct{}

func (s *Screen) watch() tea.Cmd {
	var cmds []tea.Cmd
	for _, r := range s.d.Runs.All() {
		if r.Running() && !s.watched[r.ID] {
			s.watched[r.ID] = true
			cmds = append(cmds, awaitEnd(r))
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
		s.take(msg)
	case endedMsg:
		return s.refresh()
	case slowMsg:
		s.slow = s.reading && msg.gen == s.gen
	case tea.KeyMsg:
		return s.key(msg)
	}
	return nil
}

func (s *Screen) take(m stateMsg) {
	if m.gen != s.gen {
		return
	}
	first := !s.known
	s.known, s.reading, s.slow, s.fleet, s.jobs = true, false, false, m.fleet, m.jobs
	if next, ok := s.next(); first && ok && s.cursor == 0 {
		s.cursor = next
	}
}

func (s *Screen) key(k tea.KeyMsg) tea.Cmd {
	across, down := 1, 1
	if s.grid() {
		down = 2
	}
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
		return s.refresh()
	case keys.Up.Matches(k):
		s.move(-down)
	case keys.Down.Matches(k):
		s.move(down)
	case keyLeft.Matches(k):
		s.move(-across)
	case keyRight.Matches(k):
		s.move(across)
	}
	return nil
}

func (s *Screen) open(i int) tea.Cmd {
	s.cursor = i
	return screen.Go(doors[i], nil)
}

func (s *Screen) move(by int) { s.cursor = max(0, min(s.cursor+by, len(doors)-1)) }

// next is the door that a learner should open now; false when that is not known.
func (s *Screen) next() (door int, ok bool) {
	for i, id := range doors {
		if _, running := s.running(id); running {
			return i, true
		}
	}
	switch {
	case !s.known || s.fleet.Err != nil || s.jobs.Err != nil:
		return 0, false
	case s.fleet.empty():
		return 0, true
	case s.jobs.Waiting > 0:
		return 2, true
	case s.jobs.Active.N == 0 && !s.jobs.Finished:
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
