// Package simulate is the screen that plays the devices of a job: the active jobs, the form, the plan line by line, the run and its
// report.
package simulate

import (
	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/ui/component/form"
	"fleetlab/ui/component/table"
	"fleetlab/ui/feed"
	"fleetlab/ui/keys"
	"fleetlab/ui/lookup"
	"fleetlab/ui/rollbackview"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/workflows/simulate"
)

// jobExecutions is the id of the lesson that belongs to all of the screen.
const jobExecutions = "job-executions"

// phase is where the user is.
type phase int

const (
	loading   phase = iota // the active jobs are read
	failed                 // they could not be read
	empty                  // there are none
	choosing               // the jobs
	asking                 // the form
	planning               // the job's executions are listed
	stuck                  // that went wrong
	planned                // the plan
	playing                // the run and its report
	reversing              // taking the devices back that were updated
)

// Keys of the phases that have no component of their own.
var (
	keyRetry = keys.New("r", "simulate.keys.retry", "r").InBar()
	keyJob   = keys.New("c", "simulate.keys.job", "c")
	keyRun   = keys.New("enter", "simulate.keys.run", "enter").InBar()
)

// Screen is the screen that simulates.
type Screen struct {
	d      *screen.Deps
	w, h   int
	phase  phase
	before phase // shown while its successor has only just begun to read or to plan

	wanted  string // id of the job that the screen was opened for
	reading lookup.Reading[[]simulate.JobSummary]
	jobs    *table.Model[simulate.JobSummary]
	problem error // why there are no jobs, or no plan

	chosen []simulate.JobSummary // the jobs to play
	in     simulate.Input        // the last value of each field that could be used
	mix    string                // of the kinds of failure
	form   *form.Form

	prepare lookup.Planning[simulate.Plan] // lists the executions
	plan    simulate.Plan
	lines   *lines

	watch *watch
	back  *rollbackview.Reversal
}

var (
	_ screen.Screen   = (*Screen)(nil)
	_ screen.Backer   = (*Screen)(nil)
	_ screen.Resumer  = (*Screen)(nil)
	_ screen.Unframed = (*Screen)(nil)
	_ screen.Teacher  = (*Screen)(nil)
)

// New makes the screen; it is a screen.Factory. args may be the id of a job.
func New(d *screen.Deps, args any) screen.Screen {
	s := &Screen{d: d, in: simulate.Defaults(), mix: mixUsual, lines: newLines(d)}
	if d.Seed != 0 {
		s.in.Seed = d.Seed
	}
	s.wanted, _ = args.(string)
	s.jobs = s.newTable()
	return s
}

// Init reads the active jobs.
func (s *Screen) Init() tea.Cmd { return s.load() }

// Resume reads them again where there were none: meanwhile a job may have been created.
func (s *Screen) Resume() tea.Cmd {
	if s.phase == empty || s.phase == failed || s.phase == choosing {
		return s.load()
	}
	return nil
}

// Unframed says that the screen draws its own frames.
func (s *Screen) Unframed() {}

// Title is the screen's name, with the job once one is chosen where the top line has room for it beside the cloud.
func (s *Screen) Title() string {
	name := s.d.Printer.Workflow(simulate.Workflow)
	if s.phase < asking {
		return name
	}
	long := name + " " + s.d.Theme.Symbol.Crumb + " " + s.about()
	switch {
	case s.phase == playing && s.watch.title() != "":
		long = name + " " + s.d.Theme.Symbol.Crumb + " " + s.watch.title()
	case s.phase == reversing:
		long = name + " " + s.d.Theme.Symbol.Crumb + " " + text.Line(s.back.Job())
	}
	if text.Width(long) > s.w/2 {
		return name
	}
	return long
}

// about is the job chosen, or how many there are.
func (s *Screen) about() string {
	if len(s.chosen) == 1 {
		return text.Line(s.chosen[0].ID)
	}
	return s.d.T("simulate.jobs-chosen", "Count", len(s.chosen))
}

// Capturing reports that letters are text now.
func (s *Screen) Capturing() bool {
	switch s.phase {
	case choosing:
		return s.jobs.Capturing()
	case asking:
		return s.form.Capturing()
	case planned:
		return s.lines.typing
	case reversing:
		return s.back.Capturing()
	case playing:
		return s.watch.story == nil && s.watch.view.Capturing()
	}
	return false
}

// Lesson is the id of the lesson about what devices do with a job.
func (s *Screen) Lesson() string { return jobExecutions }

// Back goes one phase back; a run goes on when the screen is left.
func (s *Screen) Back() (tea.Cmd, bool) {
	switch s.phase {
	case loading:
		s.reading.Stop()
	case choosing:
		return nil, s.jobs.Back()
	case asking:
		return s.load(), true
	case planning:
		s.prepare.Leave()
		s.phase = asking
		return nil, true
	case stuck:
		s.phase = asking
		return nil, true
	case planned:
		if !s.lines.back() {
			s.phase = asking
		}
		return nil, true
	case reversing:
		return s.back.Back(), true
	case playing:
		return nil, s.watch.back()
	}
	return nil, false
}

// playMsg starts the run once the user has agreed.
type playMsg struct{ plan simulate.Plan }

// Update takes keys, what was read, agreed questions and the events of the runs.
func (s *Screen) Update(msg tea.Msg) tea.Cmd {
	switch msg := msg.(type) {
	case feed.BatchMsg:
		return s.takeBatch(msg)
	case playMsg:
		return s.play(msg.plan)
	}
	return s.input(msg)
}

// input takes what is meant for the phase: keys above all.
func (s *Screen) input(msg tea.Msg) tea.Cmd {
	switch s.phase {
	case loading:
		jobs, cmd := s.reading.Update(msg)
		if jobs != nil {
			return s.takeJobs(jobs.Value, jobs.Err)
		}
		return cmd
	case failed, empty, choosing:
		return s.jobsKey(msg)
	case asking:
		return s.form.Update(msg)
	case planning:
		if runview.Stop.Matches(msg) {
			s.prepare.Stop()
		}
	case stuck:
		if keyRetry.Matches(msg) {
			return s.makePlan()
		}
	case planned:
		if keyRun.Matches(msg) && !s.lines.typing {
			s.lines.settle()
			return s.confirm()
		}
		return s.lines.update(msg)
	case reversing:
		return s.back.Update(msg)
	case playing:
		return s.watch.update(msg)
	}
	return nil
}

// Keys is what the keys do now.
func (s *Screen) Keys() []keys.Group {
	own := keys.Group{Title: "keys.group.screen"}
	switch s.phase {
	case failed, stuck:
		own.Bindings = []keys.Binding{keyRetry}
	case empty:
		own.Bindings = []keys.Binding{keyJob.InBar(), keyRetry.Named("simulate.keys.look")}
	case choosing:
		own.Bindings = []keys.Binding{keys.Enter.Named("simulate.keys.choose").InBar(), keys.Mark.InBar(), keyBack.InBar().Because(s.notTakenBack()), keyRetry.Named("simulate.keys.look"), keyJob.InBar()}
		list := s.jobs.Keys()
		list.Bindings = without(list.Bindings, own.Bindings...)
		return []keys.Group{own, list}
	case asking:
		return []keys.Group{s.form.Keys()}
	case planning:
		own.Bindings = []keys.Binding{runview.Stop}
	case planned:
		own.Bindings = []keys.Binding{keyRun}
		return []keys.Group{own, s.lines.keys()}
	case reversing:
		return s.back.Keys()
	case playing:
		return s.watch.keys()
	}
	return []keys.Group{own}
}

// SetSize sets the size that View draws.
func (s *Screen) SetSize(w, h int) {
	s.w, s.h = w, h
	s.layout()
}
