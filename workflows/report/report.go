// Package report saves what became of a simulation: as Markdown, as JSON that can be read again, and as one HTML page that
// needs nothing else. The same report in the same language is the same file, byte for byte.
package report

import (
	"cmp"
	"slices"
	"strings"
	"sync"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/simulate"
)

// Report is what is saved of a run. Beside times it follows from the run's input and the fleet.
type Report struct {
	Made            time.Time `json:"made"`    // when the run ended, UTC
	Command         string    `json:"command"` // what repeats the run on the same fleet, for a POSIX shell
	simulate.Report           // its own failures, of which it keeps some, are not saved: Failures has all
	Failures        []Failure `json:"failures,omitempty"`
	Before          Versions  `json:"before,omitempty"` // the packages of the jobs as the things reported them before the run
}

// Failure is an execution that did not succeed, planned or not.
type Failure struct {
	Thing     string       `json:"thing"`
	Job       string       `json:"job,omitempty"`
	Status    string       `json:"status"` // FAILED, REJECTED or TIMED_OUT
	Reason    string       `json:"reason,omitempty"`
	Attempt   string       `json:"attempt,omitempty"` // how many retries went before
	Unplanned bool         `json:"unplanned,omitempty"`
	Fault     *event.Fault `json:"fault,omitempty"` // of one that was not planned
}

// New makes a report of a run that ended at a time. failed is the sink that heard the run, nil for the failures that the
// run itself has kept; before may be nil.
func New(r simulate.Report, failed *Failures, before Versions, at time.Time) Report {
	rep := Report{Made: at.UTC().Truncate(time.Second), Command: command(r), Report: r, Before: before}
	if failed != nil {
		rep.Failures = failed.list()
	} else {
		for _, e := range r.Failures {
			rep.Failures = append(rep.Failures, failureOf(e))
		}
		sortFailures(rep.Failures)
	}
	rep.Report.Failures = nil
	return rep
}

// command is what runs the same simulation again: every choice is named, so that later defaults do not matter.
func command(r simulate.Report) string {
	in := r.Input
	var ids []string
	for _, j := range r.Jobs {
		ids = append(ids, j.ID)
	}
	words := []string{"fleetlab", "simulate"}
	for _, name := range in.Names() {
		value := in.Get(name)
		if name == simulate.FieldJob && value == "" {
			value = strings.Join(ids, ",")
		}
		if value != "" {
			words = append(words, "--"+name, quote(value))
		}
	}
	return strings.Join(words, " ")
}

// quote makes s one word of a POSIX shell.
func quote(s string) string {
	plain := func(r rune) bool {
		return r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || strings.ContainsRune("-_./:=@%+,", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// Failures is a sink that keeps every execution that failed, however many: a run's own report keeps a thousand. It is safe
// for concurrent use.
type Failures struct {
	mu  sync.Mutex
	all []Failure
}

// Statuses of executions that did not succeed.
const (
	rejected event.Status = "REJECTED"
	timedOut event.Status = "TIMED_OUT"
)

// Emit implements event.Sink.
func (f *Failures) Emit(e event.Event) {
	if e.Kind != event.Item || e.Resource != simulate.Execution || e.Status != event.Failed && e.Status != rejected && e.Status != timedOut {
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.all = append(f.all, failureOf(e))
}

func (f *Failures) list() []Failure {
	f.mu.Lock()
	defer f.mu.Unlock()
	all := slices.Clone(f.all)
	sortFailures(all)
	return all
}

func failureOf(e event.Event) Failure {
	return Failure{Thing: e.Subject, Job: e.Detail["job"], Status: string(e.Status), Reason: e.Detail["reason"], Attempt: e.Detail["attempt"],
		Unplanned: e.Fault != nil || e.Detail["planned"] == string(event.Success), Fault: e.Fault}
}

// sortFailures puts those that were not planned first.
func sortFailures(all []Failure) {
	rank := func(f Failure) int {
		if f.Unplanned {
			return 0
		}
		return 1
	}
	slices.SortStableFunc(all, func(a, b Failure) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(a.Thing, b.Thing), cmp.Compare(a.Job, b.Job),
			cmp.Compare(len(a.Attempt), len(b.Attempt)), cmp.Compare(a.Attempt, b.Attempt))
	})
}

// Job is one of the jobs of the run.
func (r Report) Job(id string) (simulate.JobSummary, bool) {
	if i := slices.IndexFunc(r.Jobs, func(j simulate.JobSummary) bool { return j.ID == id }); i >= 0 {
		return r.Jobs[i], true
	}
	return simulate.JobSummary{}, false
}

// Words are what a report says in one language. The printers of ui/locale are such.
type Words interface {
	Lang() string // en, ja
	T(id string, kv ...any) string
	FieldName(field string) string
	Reason(id string) string
	Number(n int) string
	Size(bytes int64) string
	Seconds(s float64) string
	Rate(perSecond float64) string
}
