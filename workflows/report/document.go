package report

import (
	"maps"
	"slices"
	"strings"

	"fleetlab/workflows/simulate"
)

// document is a report in words, before it is Markdown or HTML: all text is plain, as it came.
type document struct {
	lang     string
	title    string
	lead     string   // how it went, in a sentence
	alarms   []string // what is wrong
	sections []section
}

// section is a part of a document under a heading. Any of its parts may be missing.
type section struct {
	title  string
	charts []chart // in HTML only: their numbers stand in the table or in the text below
	table  table
	notes  []string
	code   string // a command
}

// table is rows under a head. Columns from the numeric one on are numbers.
type table struct {
	head    []string
	rows    []row
	numeric int // the first column of numbers
}

type row struct {
	cells []string
	wrong bool // the row stands out as an error
}

func (t *table) add(cells ...string) { t.rows = append(t.rows, row{cells: cells}) }

// maxShown is how many failed devices Markdown and HTML list; JSON has all.
const maxShown = 1000

// writer puts a report into words.
type writer struct {
	Words
	r Report
}

// describe makes the document of a report.
func describe(words Words, r Report) document {
	w := writer{words, r}
	d := document{lang: words.Lang(), title: w.T("report.title", "Job", w.jobs()), lead: w.lead(), alarms: w.alarms()}
	for _, s := range []section{w.summary(), w.statuses(), w.reasons(), w.times(), w.updates(), w.jobTable(), w.failures(), w.versions(), w.repeat()} {
		if len(s.table.rows)+len(s.notes) > 0 || s.code != "" {
			d.sections = append(d.sections, s)
		}
	}
	return d
}

// jobs names the jobs, the first of them when there are many.
func (w writer) jobs() string {
	const most = 3
	var ids []string
	for i, j := range w.r.Jobs {
		if i == most {
			ids = append(ids, "...")
			break
		}
		ids = append(ids, j.ID)
	}
	return strings.Join(ids, ", ")
}

func (w writer) lead() string {
	switch w.r.Status {
	case "INTERRUPTED":
		return w.T("report.interrupted", "Count", w.r.Unfinished)
	case "RUN_FAILED":
		return w.T("report.failed")
	}
	if w.r.Unplanned > 0 {
		return w.T("report.unplanned", "Count", w.r.Unplanned)
	}
	return w.T("report.as-planned")
}

// alarms are the errors: what the cloud and the devices do not agree on.
func (w writer) alarms() []string {
	var out []string
	for _, d := range w.r.Differences {
		id, what := "report.difference", d.Status
		if d.Reason != "" {
			id, what = "report.difference-reason", w.Reason(d.Reason)
		}
		out = append(out, w.T(id, "What", what, "Devices", d.Devices, "Cloud", d.Cloud))
	}
	if !w.r.Checked {
		out = append(out, w.T("report.not-checked"))
	}
	return out
}

func (w writer) summary() section {
	s := section{title: w.T("report.summary"), table: table{head: []string{w.T("report.what"), w.T("report.value")}, numeric: 2}}
	r := w.r
	s.table.add(w.T("report.account"), r.Account)
	s.table.add(w.T("report.region"), r.Region)
	s.table.add(w.T("report.made"), r.Made.UTC().Format("2006-01-02 15:04:05")+" UTC")
	s.table.add(w.T("report.status"), string(r.Status))
	s.table.add(w.T("report.duration"), w.time(r.Seconds))
	s.table.add(w.T("report.planned"), w.T("report.planned-of", "Good", r.Planned["SUCCESS"], "Bad", r.Planned["FAILURE"]))
	s.table.add(w.T("report.unplanned-failures"), w.Number(r.Unplanned))
	for _, x := range []struct {
		id string
		n  int
	}{
		{w.T("report.unfinished"), r.Unfinished}, {w.T("report.not-reached"), r.NotReached}, {w.T("report.resumed"), r.Resumed},
		{w.T("report.late"), r.Late}, {w.T("report.retried"), r.Retried},
	} {
		if x.n > 0 {
			s.table.add(x.id, w.Number(x.n))
		}
	}
	for _, state := range slices.Sorted(maps.Keys(r.Superseded)) {
		s.table.add(w.T("report.superseded", "Status", state), w.Number(r.Superseded[state]))
	}
	s.table.add(w.T("report.updates"), w.T("report.at-rate", "Count", r.Updates, "Rate", w.Rate(r.PerSecond)))
	s.table.add(w.T("report.downloads"), w.T("report.of-bytes", "Count", r.Downloads, "Size", w.Size(r.Bytes)))
	return s
}

// order is the order of statuses; others follow by name.
var order = []string{"QUEUED", "IN_PROGRESS", "SUCCEEDED", "FAILED", "REJECTED", "TIMED_OUT", "CANCELED", "REMOVED"}

func ordered(all ...map[string]int) []string {
	seen := map[string]bool{}
	var rest []string
	for _, m := range all {
		for k := range m {
			if !seen[k] && !slices.Contains(order, k) {
				rest = append(rest, k)
			}
			seen[k] = true
		}
	}
	slices.Sort(rest)
	return append(slices.DeleteFunc(slices.Clone(order), func(s string) bool { return !seen[s] }), rest...)
}

// believed counts the executions by status as the devices saw them end.
func (w writer) believed() map[string]int {
	out := map[string]int{}
	for status, n := range w.r.Counts[simulate.Execution] {
		out[string(status)] = n
	}
	return out
}

func (w writer) statuses() section {
	devices, cloud := w.believed(), w.r.CloudCounts
	s := section{title: w.T("report.by-status"), table: table{numeric: 1,
		head: []string{w.T("report.status"), w.T("report.devices"), w.T("report.cloud"), w.T("report.compared")}}}
	c := chart{title: w.T("report.by-status")}
	for _, status := range ordered(devices, cloud) {
		wrong := slices.ContainsFunc(w.r.Differences, func(d simulate.Difference) bool { return d.Status == status && d.Reason == "" })
		s.table.rows = append(s.table.rows, row{[]string{status, w.Number(devices[status]), w.cloudNumber(cloud, status), w.verdict(wrong)}, wrong})
		n := devices[status]
		if w.r.Checked {
			n = cloud[status]
		}
		c.bars = append(c.bars, bar{label: status, class: class(status), value: float64(n), text: w.Number(n)})
	}
	s.charts = append(s.charts, c)
	return s
}

// cloudNumber is a count of the cloud's, or a dash when it was not asked.
func (w writer) cloudNumber(counts map[string]int, key string) string {
	if !w.r.Checked {
		return "-"
	}
	return w.Number(counts[key])
}

func (w writer) verdict(wrong bool) string {
	switch {
	case wrong:
		return w.T("report.differs")
	case !w.r.Checked:
		return "-"
	}
	return w.T("report.agrees")
}

func (w writer) reasons() section {
	r := w.r
	s := section{title: w.T("report.by-reason"), table: table{numeric: 1,
		head: []string{w.T("report.reason"), w.T("report.expected"), w.T("report.devices"), w.T("report.cloud"), w.T("report.compared")}}}
	c := chart{title: w.T("report.by-reason")}
	for _, reason := range ordered(r.Expected, r.Reasons, r.CloudReasons) {
		wrong := slices.ContainsFunc(r.Differences, func(d simulate.Difference) bool { return d.Reason == reason })
		s.table.rows = append(s.table.rows, row{[]string{w.Reason(reason), w.Number(r.Expected[reason]), w.Number(r.Reasons[reason]),
			w.cloudNumber(r.CloudReasons, reason), w.verdict(wrong)}, wrong})
		c.bars = append(c.bars, bar{label: w.Reason(reason), class: "bad", value: float64(r.Reasons[reason]), text: w.Number(r.Reasons[reason])})
	}
	s.charts = append(s.charts, c)
	return s
}
