package simulate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"sync"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// keepFailures bounds how many failures a report carries; the events have all of them.
const keepFailures = 1000

// keepSlowest is how many of the slowest devices a report names.
const keepSlowest = 10

// ledger counts what becomes of the executions and tells it, in the order of its counts. It is safe for concurrent use.
type ledger struct {
	sink    event.Sink
	several bool // jobs: events name theirs

	mu        sync.Mutex
	total     int
	done      int
	counts    event.Counts
	ends      []end // that the cloud accepted
	unplanned int
	late      int
	retried   int
	reasons   map[string]int
	repeated  map[string]int
	overtaken map[string]int
	faults    []failure
	updates   int
	downloads int
	bytes     int64
	fatal     error
}

// end is an execution that ended, and how long the device took.
type end struct {
	key     execKey
	number  int64
	status  event.Status
	seconds float32
}

// failure is an execution that failed.
type failure struct {
	event   event.Event
	job     string
	number  int64
	planned bool
}

func newLedger(sink event.Sink, total int) *ledger {
	return &ledger{sink: sink, total: total, counts: event.Counts{}, reasons: map[string]int{}, repeated: map[string]int{}, overtaken: map[string]int{}}
}

// fail keeps the first error that ended the run.
func (l *ledger) fail(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.fatal == nil {
		l.fatal = err
	}
}

// accepted counts an update that the cloud accepted.
func (l *ledger) accepted() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.updates++
}

// updated is how many updates the cloud has accepted.
func (l *ledger) updated() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.updates
}

// progress is how many executions have ended, of how many.
func (l *ledger) progress() (done, total int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.done, l.total
}

// came counts an execution that the plan does not have.
func (l *ledger) came(retry bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.total++
	if retry {
		l.retried++
	} else {
		l.late++
	}
}

// fetched counts bytes of firmware that arrived, and downloads that came to their end.
func (l *ledger) fetched(bytes int64, downloads int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.downloads += downloads
	l.bytes += bytes
}

// finished counts an execution whose end the cloud accepted.
func (l *ledger) finished(s *session, e event.Event, how ending) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if how.reason != "" {
		l.reasons[how.reason]++
		l.repeated[s.repeated["reason"]]++
	}
	e.Seconds = time.Since(s.since).Seconds()
	l.ends = append(l.ends, end{execKey{s.device.Thing, s.device.Job}, s.device.Number, e.Status, float32(e.Seconds)})
	l.tell(s, e, how.err != nil)
}

// unreported counts a device whose end the cloud did not accept; it holds the execution in another state.
func (l *ledger) unreported(s *session, err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reasons[NotReported]++
	l.tell(s, event.Event{Subject: s.device.Thing, Status: event.Failed, Seconds: time.Since(s.since).Seconds(), Fault: fleet.Fault(err),
		Detail: map[string]string{"planned": string(s.device.Outcome()), "reason": NotReported}}, true)
}

// superseded counts a device whose execution somebody else has ended or taken.
func (l *ledger) superseded(s *session, state string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.overtaken[state]++
	l.tell(s, event.Event{Subject: s.device.Thing, Status: event.Superseded, Seconds: time.Since(s.since).Seconds(),
		Detail: map[string]string{"planned": string(s.device.Outcome()), "state": state}}, false)
}

// tell completes and emits e; the caller holds mu. Emit does not block.
func (l *ledger) tell(s *session, e event.Event, unplanned bool) {
	l.done++
	l.counts.Add(Execution, e.Status)
	e.Workflow, e.Kind, e.Step, e.Resource, e.Done, e.Total = Workflow, event.Item, StepExecutions, Execution, l.done, l.total
	if l.several {
		if e.Detail == nil {
			e.Detail = map[string]string{}
		}
		e.Detail["job"] = s.device.Job
	}
	if unplanned {
		l.unplanned++
	}
	if e.Status != event.Succeeded && e.Status != event.Superseded {
		l.keep(failure{e, s.device.Job, s.device.Number, !unplanned})
	}
	l.sink.Emit(e)
}

// keep remembers a failure for the report. Of too many the first in its order are kept, whichever came first.
func (l *ledger) keep(f failure) {
	if l.faults = append(l.faults, f); len(l.faults) >= 2*keepFailures {
		slices.SortFunc(l.faults, byImportance)
		l.faults = slices.Clone(l.faults[:keepFailures])
	}
}

func byImportance(a, b failure) int {
	if a.planned != b.planned {
		if b.planned {
			return -1
		}
		return 1
	}
	return cmp.Or(strings.Compare(a.event.Subject, b.event.Subject), strings.Compare(a.job, b.job), cmp.Compare(a.number, b.number))
}

// summarize fills in the report. worked is how many seconds the devices took together.
func (l *ledger) summarize(rep *Report, worked float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rep.Counts = event.Counts{}
	rep.Counts.Merge(l.counts)
	slices.SortFunc(l.faults, byImportance)
	for i, f := range l.faults[:min(len(l.faults), keepFailures)] {
		f.event.Done, f.event.Total = i+1, 0
		rep.Failures = append(rep.Failures, f.event)
	}
	rep.Unplanned, rep.Unfinished, rep.Late, rep.Retried = l.unplanned, l.total-l.done, l.late, l.retried
	rep.Reasons, rep.CloudReasons, rep.Superseded = maps.Clone(l.reasons), maps.Clone(l.repeated), maps.Clone(l.overtaken)
	rep.Updates, rep.Downloads, rep.Bytes = l.updates, l.downloads, l.bytes
	if worked > 0 {
		rep.PerSecond = float64(l.updates) / worked
	}
	slices.SortFunc(l.ends, func(a, b end) int {
		return cmp.Or(cmp.Compare(a.seconds, b.seconds), strings.Compare(a.key.thing, b.key.thing))
	})
	rep.Latency = Percentiles{P50: percentile(l.ends, 50), P90: percentile(l.ends, 90), P99: percentile(l.ends, 99), Max: percentile(l.ends, 100)}
	for i := len(l.ends) - 1; i >= 0 && len(rep.Slowest) < keepSlowest; i-- {
		rep.Slowest = append(rep.Slowest, Laggard{l.ends[i].key.thing, l.ends[i].key.job, float64(l.ends[i].seconds)})
	}
}

// percentile is the smallest of sorted times that p per cent of them do not exceed; 0 when there are none.
func percentile(sorted []end, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(float64(len(sorted))*float64(p)/100)) - 1
	return float64(sorted[max(0, i)].seconds)
}
