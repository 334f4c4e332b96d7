package simulate

import (
	"context"
	"slices"
	"strings"
	"time"

	tea "github.com/charmbracelet/bubbletea"
	"github.com/charmbracelet/lipgloss"

	"fleetlab/ui/component/table"
	"fleetlab/ui/keys"
	"fleetlab/ui/runview"
	"fleetlab/ui/screen"
	"fleetlab/ui/text"
	"fleetlab/ui/theme"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

// load reads the active jobs.
func (s *Screen) load() tea.Cmd {
	c := s.d.Cloud
	s.before, s.phase = s.phase, loading
	return s.reading.Start(s.d.Now(), func(ctx context.Context) ([]job, error) { return simulate.Jobs(ctx, c) })
}

// takeJobs shows the jobs. The one that the screen was opened for is chosen at once if its devices have something to do.
func (s *Screen) takeJobs(jobs []job, err error) tea.Cmd {
	s.problem = err
	switch {
	case err != nil:
		s.phase = failed
		return nil
	case len(jobs) == 0:
		s.phase = empty
		return nil
	}
	s.phase = choosing
	s.jobs.SetRows(jobs)
	for _, j := range jobs {
		if !choosable(j) {
			s.jobs.Mark(j.ID, false)
		}
	}
	wanted := s.wanted
	s.wanted = ""
	i := slices.IndexFunc(jobs, func(j job) bool { return j.ID == wanted })
	switch {
	case i >= 0:
		s.jobs.SetCursor(wanted)
		if choosable(jobs[i]) {
			s.ask(jobs[i])
		}
	case wanted != "":
		return screen.ToastError(s.d.T("simulate.not-active", "Job", wanted))
	default:
		s.toNewestWaiting(jobs)
	}
	return nil
}

// toNewestWaiting puts a cursor that was not moved yet on the newest job that has something to do.
func (s *Screen) toNewestWaiting(jobs []job) {
	if len(s.chosen) > 0 {
		s.jobs.SetCursor(s.chosen[0].ID)
		return
	}
	if i := slices.IndexFunc(jobs, choosable); i >= 0 {
		s.jobs.SetCursor(jobs[i].ID)
	}
}

// choosable reports that the devices of a job have something to do now, as far as that is known.
func choosable(j job) bool { return !j.Scheduled() && !j.Idle() }

// jobsKey takes the keys as long as no job is chosen.
func (s *Screen) jobsKey(msg tea.Msg) tea.Cmd {
	switch {
	case s.phase == choosing && s.jobs.Capturing():
		return s.jobs.Update(msg)
	case keyRetry.Matches(msg):
		return s.load()
	case keyJob.Matches(msg) && s.phase != failed:
		return newJob()
	case s.phase == choosing && keyBack.Matches(msg):
		return s.takeBackListed()
	case s.phase == choosing && keys.Mark.Matches(msg):
		return s.mark(msg)
	case s.phase == choosing:
		return s.jobs.Update(msg)
	}
	return nil
}

// mark marks the job under the cursor, if its devices have something to do and not too many jobs are marked.
func (s *Screen) mark(msg tea.Msg) tea.Cmd {
	j, ok := s.jobs.Selected()
	if !ok {
		return nil
	}
	if why := s.notChosen(j); why != "" {
		return screen.Toast(why)
	}
	s.jobs.Update(msg)
	if len(s.jobs.Marked()) > simulate.MaxJobs {
		s.jobs.Mark(j.ID, false)
		return screen.Toast(s.d.T("simulate.too-many", "Max", simulate.MaxJobs))
	}
	return nil
}

// enterJobs goes on with the jobs marked, or else with the one under the cursor.
func (s *Screen) enterJobs(j job) tea.Cmd {
	if marked := s.jobs.Marked(); len(marked) > 0 {
		s.ask(marked...)
		return nil
	}
	if why := s.notChosen(j); why != "" {
		return screen.Toast(why)
	}
	s.ask(j)
	return nil
}

// notChosen says why a job cannot be chosen; "" when it can.
func (s *Screen) notChosen(j job) string {
	switch {
	case j.Scheduled():
		return s.d.T("simulate.scheduled-chosen", "Time", text.Line(j.Starts))
	case j.Idle():
		return s.d.T("simulate.idle-chosen")
	}
	return ""
}

// newJob opens the screen that creates jobs.
func newJob() tea.Cmd { return screen.Go(screen.CreateJob, nil) }

type job = simulate.JobSummary

func (s *Screen) newTable() *table.Model[job] {
	number := func(title string, n func(fleet.JobCounts) int) table.Column[job] {
		return table.Column[job]{Title: title, Min: max(text.Width(title), 6), Right: true, Cell: func(j job) string {
			if !j.Counted {
				return "-"
			}
			return s.d.Printer.Number(n(j.Counts))
		}}
	}
	const idColumns, selectionColumns, packageColumns = 28, 10, 18
	m := table.New(s.d.Theme, s.d.Printer, func(j job) string { return j.ID },
		table.Column[job]{Min: 1, Cell: s.signOf, Style: s.styleOf},
		table.Column[job]{Title: s.d.T("simulate.column.job"), Min: idColumns, Flex: 2, Cell: func(j job) string { return j.ID }},
		number("QUEUED", func(n fleet.JobCounts) int { return n.Queued }),
		number("IN_PROGRESS", func(n fleet.JobCounts) int { return n.InProgress }),
		number("SUCCEEDED", func(n fleet.JobCounts) int { return n.Succeeded }),
		number("FAILED", func(n fleet.JobCounts) int { return n.Failed }),
		table.Column[job]{Title: s.d.T("simulate.column.state"), Min: s.stateColumns(), Cell: s.stateOf, Style: s.styleOf},
		table.Column[job]{Title: s.d.T("simulate.column.selection"), Min: selectionColumns, Cell: func(j job) string { return j.Selection }},
		table.Column[job]{Title: s.d.T("simulate.column.package"), Min: packageColumns, Flex: 1, Cell: packages},
	)
	m.Multi = true
	m.OnEnter = s.enterJobs
	return m
}

func packages(j job) string { return join(j.Packages) }

func join(list []string) string { return strings.Join(list, ", ") }

// stateOf says in a word whether a job's devices have something to do.
func (s *Screen) stateOf(j job) string {
	switch {
	case j.Scheduled():
		return s.d.T("simulate.state.scheduled")
	case !j.Counted:
		return "-"
	case j.Idle():
		return s.d.T("simulate.state.idle")
	}
	return s.d.T("simulate.state.waiting")
}

// signOf is stateOf for where there is no room for a word.
func (s *Screen) signOf(j job) string {
	switch {
	case j.Scheduled():
		return s.d.Theme.Symbol.Execution[theme.Waiting]
	case !j.Counted:
		return "-"
	case j.Idle():
		return s.d.Theme.Symbol.Pending
	}
	return s.d.Theme.Symbol.Running
}

func (s *Screen) stateColumns() int {
	n := text.Width(s.d.T("simulate.column.state"))
	for _, id := range []string{"simulate.state.idle", "simulate.state.waiting", "simulate.state.scheduled"} {
		n = max(n, text.Width(s.d.T(id)))
	}
	return n
}

func (s *Screen) styleOf(j job) lipgloss.Style {
	if !j.Counted || !choosable(j) {
		return s.d.Theme.Style.Muted
	}
	return s.d.Theme.Style.Running
}

// jobRows say of the job under the cursor what its row has no room for, and why an idle one stays.
func (s *Screen) jobRows(w int) []string {
	t := s.d.Theme
	j, ok := s.jobs.Selected()
	if !ok {
		return nil
	}
	facts := []string{j.Selection}
	if len(j.Packages) > 0 {
		facts = append(facts, packages(j))
	}
	facts = append(facts, s.d.T("simulate.created", "Time", j.Created.Local().Format(time.DateTime)))
	rows := []string{
		t.Style.Strong.Render(text.Cut(j.ID, w)),
		text.Cut(text.Line(strings.Join(facts, " "+t.Symbol.Dot+" ")), w),
	}
	switch {
	case j.Scheduled():
		return append(rows, runview.Wrapped(s.d.T("simulate.scheduled", "Time", text.Line(j.Starts)), w, t.Style.Warning)...)
	case !j.Counted:
		return append(rows, runview.Wrapped(s.d.T("simulate.uncounted"), w, t.Style.Muted)...)
	case !j.Idle():
		rows = append(rows, runview.Wrapped(s.d.T("simulate.waits", "Count", j.Counts.Pending()), w, t.Style.OK)...)
		if words := s.reaching(j); words != "" {
			rows = append(rows, runview.Wrapped(words, w, t.Style.Running)...)
		}
		return rows
	case j.Selection == continuous:
		return append(rows, runview.Wrapped(s.d.T("simulate.idle-continuous"), w, t.Style.Muted)...)
	}
	return append(rows, runview.Wrapped(s.d.T("simulate.idle-snapshot"), w, t.Style.Muted)...)
}

// reaching says how a job goes on to reach its things; "" when it has reached them all.
func (s *Screen) reaching(j job) string {
	switch j.Reaching {
	case simulate.AtItsOwnRate:
		return s.d.T("simulate.reaching-staged", "Count", j.PerMinute)
	case simulate.AtFullSpeed:
		return s.d.T("simulate.reaching")
	}
	return ""
}

// marked says how many jobs are marked, "" when none is.
func (s *Screen) marked() string {
	if n := len(s.jobs.Marked()); n > 0 {
		return s.d.T("simulate.marked", "Count", n)
	}
	return ""
}

// continuous is the API's word for a job that also reaches things that join later.
const continuous = "CONTINUOUS"
