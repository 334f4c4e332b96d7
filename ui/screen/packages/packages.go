// Package packages is the screen of the software package catalog: the versions, how many things report each, the jobs that installed it,
// and the way back.
package packages

import (
	"context"
	"slices"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/pager"
	"fleetlab/ui/component/table"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/rollbackview"
	"fleetlab/ui/screen"
	"fleetlab/workflows/catalog"
	"fleetlab/workflows/createjob"
)

// phase is where the user is.
type phase int

const (
	loading   phase = iota // the catalog is read
	failed                 // it could not be read
	empty                  // there are no versions
	listing                // the versions
	detail                 // one of them
	reversing              // taking the devices back that a job has updated
)

// Keys of the screen.
var (
	keyReload    = keys.New("r", "packages.keys.reload", "r").InBar()
	keyBack      = keys.New("b", "packages.keys.back", "b").InBar()
	keyJob       = keys.New("c", "packages.keys.job", "c").InBar()
	keyProvision = keys.New("p", "packages.keys.provision", "p").InBar()
	keySimulate  = keys.New("n", "packages.keys.simulate", "n")
	keyCleanup   = keys.New("u", "packages.keys.cleanup", "u")
)

type version = catalog.Version

// Screen is the packages screen.
type Screen struct {
	d      *screen.Deps
	w, h   int
	phase  phase
	before phase // shown while its successor has only just begun to read

	reading lookup.Reading[catalog.Catalog]
	known   catalog.Catalog
	problem error // why there is no catalog
	list    *table.Model[version]
	page    *pager.Model // the details

	back *rollbackview.Reversal // nil until devices are to be taken back
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Resumer  = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
)

// New makes the packages screen; it is a screen.Factory.
func New(d *screen.Deps, _ any) screen.Screen {
	s := &Screen{d: d, page: pager.New(d.Printer)}
	s.list = s.newTable()
	s.page.SetContent(s.detailRows)
	return s
}

// Init reads the catalog.
func (s *Screen) Init() tea.Cmd { return s.load() }

// Resume reads it again: what the user did elsewhere may have changed it.
func (s *Screen) Resume() tea.Cmd {
	if s.phase == reversing {
		return nil
	}
	return s.load()
}

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name.
func (s *Screen) Title() string { return s.d.T("packages.title") }

// Capturing reports that letters are text now.
func (s *Screen) Capturing() bool {
	switch s.phase {
	case listing:
		return s.list.Capturing()
	case reversing:
		return s.back.Capturing()
	}
	return false
}

// Back goes one phase back; a run goes on when the screen is left.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch s.phase {
	case loading:
		s.reading.Stop()
	case listing:
		if s.list.Back() {
			return nil, true
		}
		s.reading.Stop()
	case detail:
		s.phase = listing
		return nil, true
	case reversing:
		return s.back.Back(), true
	}
	return nil, false
}

// load reads the catalog. What is shown stays until the answer is there.
func (s *Screen) load() tea.Cmd {
	if s.phase == failed || s.phase == empty {
		s.before, s.phase = s.phase, loading
	}
	c := s.d.Cloud
	return s.reading.Start(s.d.Now(), func(ctx context.Context) (catalog.Catalog, error) { return catalog.Read(ctx, c) })
}

// take shows what was read. What is shown already is not lost to a reading that has failed.
func (s *Screen) take(known catalog.Catalog, err error) tea.Cmd {
	shown := s.phase == listing || s.phase == detail
	switch {
	case err != nil && shown:
		return screen.ToastError(s.d.T("packages.stale", "Problem", s.d.Problem(err)))
	case err != nil:
		s.phase, s.problem = failed, err
		return nil
	}
	s.known = known
	s.list.SetRows(known.Versions)
	s.page.Reload()
	switch {
	case len(known.Versions) == 0 && s.phase != reversing:
		s.phase = empty
	case s.phase == loading:
		s.phase = listing
	}
	s.layout()
	return nil
}

// Update takes keys, what was read and the events of the runs.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	if batch, ok := msg.(feed.BatchMsg); ok {
		if s.back == nil {
			return nil
		}
		return s.back.Take(batch)
	}
	if _, ok := msg.(tea.KeyMsg); !ok {
		answer, cmd := s.reading.Update(msg)
		if answer != nil {
			return s.take(answer.Value, answer.Err)
		}
		if cmd != nil {
			return cmd
		}
	}
	return s.key(msg)
}

// key takes what is meant for the phase.
func (s *Screen) key(msg tea.Msg) tea.Cmd {
	switch {
	case s.phase == reversing:
		return s.back.Update(msg)
	case s.phase == listing && s.list.Capturing():
		return s.list.Update(msg)
	case keyReload.Matches(msg):
		return s.load()
	case s.phase == empty && keyProvision.Matches(msg):
		return screen.Go(screen.Provision, nil)
	}
	if s.phase != listing && s.phase != detail {
		return nil
	}
	v, ok := s.list.Selected()
	switch {
	case ok && keyBack.Matches(msg):
		return s.takeBack(v)
	case ok && keyJob.Matches(msg):
		return s.newJob(v)
	case s.phase == detail:
		return s.page.Update(msg)
	}
	return s.list.Update(msg)
}

// open shows the details of the version under the cursor.
func (s *Screen) open(version) tea.Cmd {
	s.phase = detail
	s.page.SetContent(s.detailRows)
	s.layout()
	return nil
}

// newJob goes to creating a job that installs a version. AWS refuses a draft.
func (s *Screen) newJob(v version) tea.Cmd {
	if !v.Installable() {
		return screen.Toast(s.d.T("packages.draft", "Item", v.Item()))
	}
	in := createjob.Defaults()
	in.Packages = []string{v.Item()}
	return screen.Go(screen.CreateJob, in)
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	own := keys.Group{Title: "keys.group.screen"}
	switch s.phase {
	case failed:
		own.Bindings = []keys.Binding{keyReload}
	case empty:
		own.Bindings = []keys.Binding{keyProvision, keyReload}
	case listing:
		own.Bindings = []keys.Binding{keys.Enter.Named("packages.keys.open").InBar(), keyBack, keyJob, keyReload}
		list := s.list.Keys()
		list.Bindings = slices.DeleteFunc(list.Bindings, func(b keys.Binding) bool { return b.Show == keys.Enter.Show })
		return []keys.Group{own, list}
	case detail:
		own.Bindings = []keys.Binding{keyBack, keyJob, keyReload}
		return []keys.Group{own, s.page.Keys()}
	case reversing:
		return s.back.Keys()
	}
	return []keys.Group{own}
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}
