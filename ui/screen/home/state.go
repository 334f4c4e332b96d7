package home

import (
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
)

// state is a door's state in a few words.
func (s *Screen) state(i int) string {
	switch doors[i] {
	case screen.Provision:
		return s.fleetWords()
	case screen.CreateJob:
		return s.jobWords()
	case screen.Simulate:
		return s.executionWords()
	case screen.Cleanup:
		return s.cleanupWords()
	case screen.Packages:
		return s.packageWords()
	case screen.Lessons:
		return s.lessonWords()
	}
	return s.d.T("home.state.api-log")
}

// things is how many things there are: exactly where the index counts more than the list's first page.
func (s *Screen) things() count {
	if s.fleet.Things.More && s.shape != nil && s.shape.Total > s.fleet.Things.N {
		return count{N: s.shape.Total}
	}
	return s.fleet.Things
}

// loading stands for what is not known yet: nothing as long as it may come at once.
func (s *Screen) loading() string {
	if !s.wait.Slow(s.d.Now()) {
		return ""
	}
	return s.d.T("home.state.loading")
}

// making is the run that makes a fleet; nil when there is none.
func (s *Screen) making() *run.Run {
	r, _ := s.running(screen.Provision)
	return r
}

func (s *Screen) fleetWords() string {
	f := s.fleet
	switch {
	case f == nil:
		return s.loading()
	case f.Err != nil:
		return s.d.T("home.state.unknown")
	case s.making() != nil:
		return s.d.T("home.state.making")
	case f.empty():
		return s.d.T("home.state.no-fleet")
	}
	return s.d.T("home.state.fleet", "Things", s.counted("home.things", s.things()), "Groups", s.counted("home.groups", f.Groups))
}

func (s *Screen) jobWords() string {
	switch {
	case s.jobs == nil:
		return s.loading()
	case s.jobs.Err != nil:
		return s.d.T("home.state.unknown")
	case s.jobs.Active.N > 0:
		return s.counted("home.jobs", s.jobs.Active)
	case s.fleet != nil && s.fleet.Err == nil && s.fleet.empty():
		return s.d.T("home.state.needs-fleet")
	}
	return s.d.T("home.state.no-job")
}

func (s *Screen) executionWords() string {
	j := s.jobs
	switch {
	case j == nil:
		return s.loading()
	case j.Err != nil:
		return s.d.T("home.state.unknown")
	case j.Active.N == 0 || len(j.Newest) == 0:
		return s.d.T("home.state.needs-job")
	}
	n := j.Newest[0]
	if n.failed() > 0 {
		return s.d.T("home.state.executions-failed", "Job", n.ID, "Done", n.ended(), "Total", n.Total(), "Failed", n.failed())
	}
	return s.d.T("home.state.executions", "Job", n.ID, "Done", n.ended(), "Total", n.Total())
}

func (s *Screen) cleanupWords() string {
	f, j := s.fleet, s.jobs
	switch {
	case f == nil || j == nil:
		return s.loading()
	case f.Err != nil || j.Err != nil:
		return s.d.T("home.state.unknown")
	case f.empty() && f.Types.N == 0 && f.Groups.N == 0 && j.Active.N == 0 && j.Completed.N == 0:
		return s.d.T("home.state.nothing-to-clean")
	}
	return s.d.T("home.state.cleanup")
}

func (s *Screen) packageWords() string {
	f := s.firmware
	if f == nil || f.Err != nil || f.Packages.N == 0 {
		return s.d.T("home.state.packages")
	}
	return s.d.T("home.state.packages-counted", "Versions", s.counted("home.versions-n", f.Versions), "Packages", s.counted("home.packages-n", f.Packages))
}

func (s *Screen) lessonWords() string {
	done, minutes := s.d.Learning.Count(s.d.Lessons)
	if minutes == 0 {
		return s.d.T("home.state.lessons", "Done", done, "Total", len(s.d.Lessons))
	}
	return s.d.T("home.state.lessons-left", "Done", done, "Total", len(s.d.Lessons), "Minutes", minutes)
}

// counted is a number of items with their name: 12 groups, 250+ things.
func (s *Screen) counted(id string, c count) string { return s.d.T(id, "Count", c.N, "N", s.number(c)) }

// number is a count alone: 250+.
func (s *Screen) number(c count) string {
	n := s.d.Printer.Number(c.N)
	if c.More {
		n += "+"
	}
	return n
}
