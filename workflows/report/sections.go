package report

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"fleetlab/workflows/simulate"
)

// times says how long the devices took.
func (w writer) times() section {
	s := section{title: w.T("report.times"), table: table{head: []string{w.T("report.percentile"), w.T("report.time")}, numeric: 1}}
	l := w.r.Latency
	if l.Max == 0 {
		return section{}
	}
	c := chart{title: w.T("report.times")}
	for _, x := range []struct {
		name    string
		seconds float64
	}{{"p50", l.P50}, {"p90", l.P90}, {"p99", l.P99}, {"max", l.Max}} {
		name := w.T("report.percentile-" + x.name)
		s.table.add(name, w.time(x.seconds))
		c.bars = append(c.bars, bar{label: name, class: "plain", value: x.seconds, text: w.time(x.seconds)})
	}
	s.charts = append(s.charts, c)
	var slow []string
	for _, x := range w.r.Slowest {
		slow = append(slow, x.Thing+" "+w.time(x.Seconds))
	}
	if len(slow) > 0 {
		s.notes = append(s.notes, w.T("report.slowest", "Devices", strings.Join(slow, ", ")))
	}
	return s
}

// time is a duration; those of some seconds have a decimal, so that quick devices can be told apart.
func (w writer) time(seconds float64) string {
	if seconds >= 1 && seconds < 60 {
		return strconv.FormatFloat(seconds, 'f', 1, 64) + "s"
	}
	return w.Seconds(seconds)
}

// maxSamples is how many samples the table of the updates has; the chart has all.
const maxSamples = 20

// updates says how many updates a second there were over time.
func (w writer) updates() section {
	all := w.r.Timeline
	if len(all) < 2 {
		return section{}
	}
	s := section{title: w.T("report.over-time"), table: table{head: []string{w.T("report.at"), w.T("report.per-second")}}}
	most := map[string]int{}
	for _, x := range all {
		for status, n := range x.Counts {
			most[status] = max(most[status], n)
		}
	}
	statuses := slices.DeleteFunc(ordered(most), func(status string) bool { return most[status] == 0 })
	s.table.head = append(s.table.head, statuses...)
	c := chart{title: w.T("report.over-time"), xText: w.time(all[len(all)-1].Seconds)}
	for _, x := range all {
		c.points = append(c.points, point{x.Seconds, x.Rate})
		if x.Rate > c.most {
			c.most, c.yText = x.Rate, w.Rate(x.Rate)
		}
	}
	for i := range min(len(all), maxSamples) {
		x := all[i*(len(all)-1)/(min(len(all), maxSamples)-1)]
		cells := []string{w.time(x.Seconds), w.Rate(x.Rate)}
		for _, status := range statuses {
			cells = append(cells, w.Number(x.Counts[status]))
		}
		s.table.add(cells...)
	}
	s.charts = append(s.charts, c)
	return s
}

// jobTable is the jobs as the cloud holds them after the run.
func (w writer) jobTable() section {
	s := section{title: w.T("report.jobs"), table: table{head: []string{w.T("report.job"), w.T("report.status"), w.T("report.selection"),
		w.T("report.packages"), w.T("report.executions")}, numeric: 5}}
	for _, j := range w.r.Jobs {
		counts := map[string]int{"QUEUED": j.Counts.Queued, "IN_PROGRESS": j.Counts.InProgress, "SUCCEEDED": j.Counts.Succeeded,
			"FAILED": j.Counts.Failed, "REJECTED": j.Counts.Rejected, "TIMED_OUT": j.Counts.TimedOut, "CANCELED": j.Counts.Canceled,
			"REMOVED": j.Counts.Removed}
		var parts []string
		for _, status := range order {
			if n := counts[status]; n > 0 {
				parts = append(parts, status+" "+w.Number(n))
			}
		}
		s.table.add(j.ID, j.Status, j.Selection, strings.Join(j.Packages, ", "), strings.Join(parts, ", "))
		if j.Reason+j.Comment != "" {
			s.notes = append(s.notes, w.T("report.ended-by", "Job", j.ID, "Reason", strings.TrimSpace(j.Reason+" "+j.Comment)))
		}
	}
	return s
}

// failures lists the devices that failed, those that were not planned to first.
func (w writer) failures() section {
	all := w.r.Failures
	s := section{title: w.T("report.failures"), table: table{numeric: 6, head: []string{w.T("report.device"), w.T("report.job"), w.T("report.status"),
		w.T("report.reason"), w.T("report.was-planned"), w.T("report.fault")}}}
	if len(all) == 0 {
		s.notes = append(s.notes, w.T("report.no-failures"))
		return s
	}
	for _, f := range all[:min(len(all), maxShown)] {
		planned, fault := w.T("report.yes"), ""
		if f.Unplanned {
			planned = w.T("report.no")
		}
		if f.Fault != nil {
			fault = strings.TrimSpace(f.Fault.Operation + " " + f.Fault.Code + " " + f.Fault.Message)
		}
		s.table.rows = append(s.table.rows, row{[]string{f.Thing, w.jobOf(f), f.Status, w.Reason(f.Reason), planned, fault}, f.Unplanned})
	}
	if len(all) > maxShown {
		s.notes = append(s.notes, w.T("report.more-failures", "Shown", maxShown, "Count", len(all)))
	}
	return s
}

// jobOf is a failure's job; with only one it goes without saying.
func (w writer) jobOf(f Failure) string {
	if f.Job == "" && len(w.r.Jobs) == 1 {
		return w.r.Jobs[0].ID
	}
	return f.Job
}

// versions counts the versions that the things reported before the run.
func (w writer) versions() section {
	s := section{title: w.T("report.before"), table: table{numeric: 2, head: []string{w.T("report.package"), w.T("report.version"), w.T("report.devices")}}}
	for _, pkg := range slices.Sorted(maps.Keys(w.r.Before)) {
		for _, version := range slices.Sorted(maps.Keys(w.r.Before[pkg])) {
			name := version
			if version == Absent {
				name = w.T("report.no-version")
			}
			s.table.add(pkg, name, w.Number(len(w.r.Before[pkg][version])))
		}
	}
	return s
}

// repeat is all that was chosen, and the command that chooses it again.
func (w writer) repeat() section {
	s := section{title: w.T("report.repeat"), code: w.r.Command, table: table{numeric: 3,
		head: []string{w.T("report.field"), w.T("report.flag"), w.T("report.value")}}}
	in := w.r.Input
	for _, name := range in.Names() {
		value := in.Get(name)
		if name == simulate.FieldSeed {
			value = strconv.FormatInt(in.Seed, 10)
		}
		s.table.add(w.FieldName(name), "--"+name, value)
	}
	s.notes = append(s.notes, w.T("report.repeat-note"))
	return s
}
