package simulate

import (
	"strconv"

	"fleetlab/ui/runview"
	"fleetlab/ui/text"
	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// ending is the headline of a run whose job was cancelled, or aborted, in its middle: that is what happened, and no fault of the run.
func (s *Screen) ending(o runview.Outcome) string {
	r, ok := o.Result.(simulate.Report)
	if !ok || o.Status == event.Interrupted {
		return ""
	}
	j, over := jobEnded(r)
	if !over {
		return ""
	}
	n, words := r.Superseded[canceled]+r.NotReached, "simulate.canceled"
	if n == 0 {
		words = "simulate.canceled-late" // devices that have begun go on
	}
	if why := text.Line(reasonOf(j)); why != "" {
		return s.d.T(words+"-why", "Job", text.Line(j.ID), "Count", n, "Reason", why)
	}
	return s.d.T(words, "Job", text.Line(j.ID), "Count", n)
}

// reasonOf is why a job was cancelled, as the cloud says it.
func reasonOf(j job) string {
	switch {
	case j.Reason != "" && j.Comment != "":
		return j.Reason + ": " + j.Comment
	case j.Reason != "":
		return j.Reason
	}
	return j.Comment
}

// facts is what the devices did: against the plan, why they failed, how much and how fast, and the job as the cloud holds it now.
func (s *Screen) facts(result any, w int) [][]string {
	r, ok := result.(simulate.Report)
	if !ok || len(r.Planned) == 0 {
		return nil
	}
	return [][]string{s.planFacts(r, w), s.speedFacts(r, w), s.jobsNow(r, w)}
}

// planFacts are the outcome against the plan, and what was not planned.
func (s *Screen) planFacts(r simulate.Report, w int) []string {
	t, p := s.d.Theme, s.d.Printer
	both := func(planned, came int) string {
		return s.d.T("simulate.planned", "Planned", planned, "Count", came)
	}
	succeeded := r.Counts[simulate.Execution][event.Succeeded]
	failed := 0
	for _, n := range r.Reasons {
		failed += n
	}
	rows := []string{
		s.d.Fact("simulate.fact.successes", both(r.Planned[string(event.Success)], succeeded), w),
		s.d.Fact("simulate.fact.failures", both(r.Planned[string(event.Failure)], failed), w),
	}
	rows = append(rows, s.reasonRows(r.Reasons, w)...)
	for _, x := range []struct {
		id string
		n  int
	}{{"simulate.fact.resumed", r.Resumed}, {"simulate.fact.late", r.Late}, {"simulate.fact.retried", r.Retried}} {
		if x.n > 0 {
			rows = append(rows, s.d.Fact(x.id, p.Number(x.n), w))
		}
	}
	warn := func(words string) {
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+words, w, t.Style.Warning)...)
	}
	if r.Unfinished > 0 {
		warn(s.d.T("simulate.unfinished", "Count", r.Unfinished))
	}
	if r.NotReached > 0 {
		warn(s.d.T("simulate.never-reached", "Count", r.NotReached))
	}
	for _, state := range byCount(r.Superseded) {
		id := "simulate.superseded"
		if state == canceled {
			id = "simulate.canceled-count"
		}
		warn(s.d.T(id, "Count", r.Superseded[state], "Status", state))
	}
	return rows
}

// speedFacts are how much and how fast.
func (s *Screen) speedFacts(r simulate.Report, w int) []string {
	if r.Updates == 0 {
		return nil
	}
	p := s.d.Printer
	rows := []string{
		s.d.Fact("simulate.fact.updates", s.d.T("simulate.at", "Count", r.Updates, "Rate", p.Rate(r.PerSecond)), w),
		s.d.Fact("simulate.fact.downloaded", s.d.T("simulate.bytes", "Count", r.Downloads, "Size", p.Size(r.Bytes)), w),
	}
	l := r.Latency
	if l.Max > 0 {
		rows = append(rows,
			s.d.Fact("simulate.fact.latency", "p50 "+s.took(l.P50)+"  p90 "+s.took(l.P90), w),
			text.Edges("", s.d.Theme.Style.Value.Render("p99 "+s.took(l.P99)+"  max "+s.took(l.Max)), w))
	}
	const slowest = 3
	for i, slow := range r.Slowest[:min(slowest, len(r.Slowest))] {
		label := ""
		if i == 0 {
			label = s.d.T("simulate.fact.slowest")
		}
		rows = append(rows, text.Edges(label, text.Line(slow.Thing)+"  "+s.took(slow.Seconds), w))
	}
	return rows
}

// took is a time to the tenth of a second where that makes a difference.
func (s *Screen) took(seconds float64) string {
	const short = 10
	if seconds < 1 || seconds >= short {
		return s.d.Printer.Seconds(seconds)
	}
	return strconv.FormatFloat(seconds, 'f', 1, 64) + "s"
}

// jobsNow are the jobs as the cloud holds them after the run, where it counts otherwise than the devices, and why one may still be
// active.
func (s *Screen) jobsNow(r simulate.Report, w int) []string {
	t := s.d.Theme
	if !r.Checked {
		return runview.Wrapped(s.d.T("simulate.not-checked"), w, t.Style.Muted)
	}
	var rows []string
	idle := false
	for _, j := range r.Jobs {
		if len(r.Jobs) > 1 {
			rows = append(rows, t.Style.Strong.Render(text.Cut(text.Line(j.ID), w)))
		}
		rows = append(rows, s.d.Fact("simulate.fact.job-now", j.Status, w), s.d.Fact("simulate.fact.pending", s.d.Printer.Number(j.Counts.Pending()), w))
		idle = idle || j.Idle() && j.Selection == continuous && j.Status == inProgress
	}
	for _, d := range r.Differences {
		words := s.d.T("simulate.difference", "Status", d.Status, "Devices", d.Devices, "Cloud", d.Cloud)
		if d.Reason != "" {
			words = s.d.T("simulate.difference", "Status", d.Status+" "+s.d.Printer.Reason(d.Reason), "Devices", d.Devices, "Cloud", d.Cloud)
		}
		rows = append(rows, runview.Wrapped(t.Symbol.Warning+" "+words, w, t.Style.Warning)...)
	}
	if len(r.Differences) == 0 {
		rows = append(rows, runview.Wrapped(t.Symbol.OK+" "+s.d.T("simulate.agree"), w, t.Style.OK)...)
	}
	if idle {
		rows = append(rows, runview.Wrapped(s.d.T("simulate.idle-continuous"), w, t.Style.Muted)...)
	}
	return rows
}

// The API's words for an active job, and for a job or an execution that was cancelled or aborted.
const (
	inProgress = "IN_PROGRESS"
	canceled   = "CANCELED"
)
