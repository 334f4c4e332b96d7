package simulate

import (
	"math"
	"slices"

	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/simulate"
)

// devices is how many would be played at most, as the jobs were counted; false when one was not.
func (s *Screen) devices() (int, bool) {
	n, known := 0, true
	for _, j := range s.chosen {
		n += j.Counts.Pending()
		known = known && j.Counted
	}
	if s.in.Scope > 0 && len(s.chosen) == 1 { // a scope is of things, and a thing may be in several jobs
		n = min(n, s.in.Scope)
	}
	return n, known
}

// outcome is how many of n devices succeed at the rate chosen.
func (s *Screen) outcome(n int) int {
	return int(math.Round(float64(n) * float64(s.in.SuccessRate) / 100))
}

// seconds is the least time that n devices take: each reports twice, at the rate of that call.
func (s *Screen) seconds(n int) float64 {
	const reports = 2
	return math.Ceil(reports * float64(n) / s.d.Cloud.Pace.Rate("iot-jobs-data", "UpdateJobExecution"))
}

// count is a number of devices that may turn out lower where a group narrows the run, and higher where a job is still reaching things.
func (s *Screen) count(n int) string {
	words := s.d.T("simulate.devices", "Count", n)
	switch {
	case s.in.Group != "":
		return s.d.T("simulate.at-most", "Devices", words)
	case slices.ContainsFunc(s.chosen, func(j job) bool { return j.Reaching != "" }):
		return s.d.T("simulate.so-far", "Devices", words)
	}
	return words
}

// forecastLine is what the values lead to, in one row.
func (s *Screen) forecastLine() string {
	n, known := s.devices()
	switch {
	case !s.form.OK():
		return s.d.T("simulate.wrong")
	case !known:
		return s.d.T("simulate.uncounted")
	}
	good := s.outcome(n)
	return s.d.T("simulate.forecast", "Devices", s.count(n), "Good", good, "Bad", n-good, "Time", s.d.Least(s.seconds(n)))
}

// forecast is what the values lead to, and the jobs it is about.
func (s *Screen) forecast(w int) []string {
	t := s.d.Theme
	rows := append(s.jobFacts(w), "", t.Style.Heading.Render(text.Cut(s.d.T("simulate.forecast-title"), w)))
	n, known := s.devices()
	switch {
	case !s.form.OK():
		return append(rows, runview.Wrapped(s.d.T("simulate.wrong"), w, t.Style.Muted)...)
	case !known:
		return append(rows, runview.Wrapped(s.d.T("simulate.uncounted"), w, t.Style.Muted)...)
	}
	good := s.outcome(n)
	rows = append(rows,
		s.d.Fact("simulate.fact.devices", s.count(n), w),
		s.d.Fact("simulate.fact.successes", s.d.Printer.Number(good), w),
		s.d.Fact("simulate.fact.failures", s.d.Printer.Number(n-good), w))
	rows = append(rows, s.kindRows(n-good, w)...)
	if s.in.Offline > 0 {
		rows = append(rows, s.d.Fact("simulate.fact.offline", s.roughly(float64(n)*float64(s.in.Offline)/100), w))
	}
	rows = append(rows, s.d.Fact("simulate.fact.duration", s.d.Least(s.seconds(n)), w),
		s.d.Fact("simulate.fact.each", s.d.T("simulate.speed-note."+string(s.in.DeviceSpeed)), w), "")
	return append(rows, runview.Wrapped(s.d.T("simulate.seed-note"), w, t.Style.Muted)...)
}

// kindRows are how bad devices are shared out among the kinds of failure on average: whom which meets is drawn.
func (s *Screen) kindRows(bad, w int) []string {
	total := 0
	for _, kind := range simulate.Kinds() {
		total += s.in.Failures.Of(kind)
	}
	var rows []string
	for _, kind := range simulate.Kinds() {
		if n := s.in.Failures.Of(kind); n > 0 && bad > 0 {
			rows = append(rows, text.Edges("  "+s.d.Printer.Reason(kind), s.roughly(float64(bad*n)/float64(total)), w))
		}
	}
	return rows
}

// roughly is a number that is only true on average.
func (s *Screen) roughly(n float64) string {
	return s.d.T("simulate.about", "Count", int(math.Round(n)))
}

// jobFacts are the jobs' states in rows.
func (s *Screen) jobFacts(w int) []string {
	if len(s.chosen) > 1 {
		var rows []string
		for _, j := range s.chosen {
			rows = append(rows, text.Edges(text.Line(j.ID), s.d.T("simulate.devices", "Count", j.Counts.Pending()), w))
		}
		return rows
	}
	j := s.chosen[0]
	rows := []string{s.d.Fact("simulate.column.job", j.ID, w), s.d.Fact("simulate.column.selection", j.Selection, w)}
	if len(j.Packages) > 0 {
		rows = append(rows, s.d.Fact("simulate.column.package", text.Line(packages(j)), w))
	}
	return append(rows, s.countRows(j, w)...)
}

// countRows are a job's executions by state; states that none is in are left out, but for those that a job begins with.
func (s *Screen) countRows(j job, w int) []string {
	if !j.Counted {
		return nil
	}
	n := j.Counts
	var rows []string
	for _, x := range []struct {
		status string
		n      int
		always bool
	}{
		{"QUEUED", n.Queued, true}, {"IN_PROGRESS", n.InProgress, true}, {"SUCCEEDED", n.Succeeded, true}, {"FAILED", n.Failed, true},
		{"REJECTED", n.Rejected, false}, {"TIMED_OUT", n.TimedOut, false}, {"CANCELED", n.Canceled, false}, {"REMOVED", n.Removed, false},
	} {
		if x.always || x.n > 0 {
			rows = append(rows, text.Edges("  "+x.status, s.d.Printer.Number(x.n), w))
		}
	}
	return rows
}
