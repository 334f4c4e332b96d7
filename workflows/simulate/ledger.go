package simulate

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"sync"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// keepFailures bounds how many failures a report carries; the events have all of them.
const keepFailures = 1000

// keepSlowest is how many of the slowest devices a report names.
const keepSlowest = 10

// ledger counts what becomes of the devices and tells it, in the order of its counts. It is safe for concurrent use.
type ledger struct {
	sink  event.Sink
	total int

	mu        sync.Mutex
	done      int
	counts    event.Counts
	told      map[event.Status]int // ends that the cloud accepted
	unplanned int
	reasons   map[string]int
	overtaken map[string]int
	faults    [2][]event.Event // not planned, planned
	times     []taken
	updates   int
	downloads int
	bytes     int64
	fatal     error
}

// taken is how long a device took.
type taken struct {
	index   int32
	seconds float32
}

func newLedger(sink event.Sink, total int) *ledger {
	return &ledger{sink: sink, total: total, counts: event.Counts{}, told: map[event.Status]int{}, reasons: map[string]int{},
		overtaken: map[string]int{}}
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

// fetched counts bytes of firmware that arrived, and downloads that came to their end.
func (l *ledger) fetched(bytes int64, downloads int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.downloads += downloads
	l.bytes += bytes
}

// finished counts a device whose end the cloud accepted.
func (l *ledger) finished(index int, d Device, end ending, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	e := event.Event{Subject: d.Thing, Status: event.Succeeded, Bytes: end.bytes, Seconds: time.Since(began).Seconds()}
	if end.reason != "" {
		e.Status, e.Fault = event.Failed, end.fault()
		e.Detail = map[string]string{"planned": string(d.Outcome()), "reason": end.reason}
		l.reasons[end.reason]++
	}
	l.told[e.Status]++
	l.times = append(l.times, taken{int32(index), float32(e.Seconds)})
	l.tell(e, end.err != nil)
}

// unreported counts a device whose end the cloud did not accept; it holds the execution in another state.
func (l *ledger) unreported(d Device, err error, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.reasons[NotReported]++
	l.tell(event.Event{Subject: d.Thing, Status: event.Failed, Seconds: time.Since(began).Seconds(), Fault: fleet.Fault(err),
		Detail: map[string]string{"planned": string(d.Outcome()), "reason": NotReported}}, true)
}

// superseded counts a device whose execution somebody else has ended or taken.
func (l *ledger) superseded(d Device, state string, began time.Time) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.overtaken[state]++
	l.tell(event.Event{Subject: d.Thing, Status: event.Superseded, Seconds: time.Since(began).Seconds(),
		Detail: map[string]string{"planned": string(d.Outcome()), "state": state}}, false)
}

// tell completes and emits e; the caller holds mu. Emit does not block.
func (l *ledger) tell(e event.Event, unplanned bool) {
	l.done++
	l.counts.Add(Execution, e.Status)
	e.Workflow, e.Kind, e.Step, e.Resource, e.Done, e.Total = Workflow, event.Item, StepExecutions, Execution, l.done, l.total
	kind := 1
	if unplanned {
		l.unplanned++
		kind = 0
	}
	if e.Status == event.Failed && len(l.faults[kind]) < keepFailures {
		l.faults[kind] = append(l.faults[kind], e)
	}
	l.sink.Emit(e)
}

// summarize fills in the report. worked is how many seconds the devices took together.
func (l *ledger) summarize(rep *Report, devices []Device, worked float64) {
	l.mu.Lock()
	defer l.mu.Unlock()
	rep.Counts = event.Counts{}
	rep.Counts.Merge(l.counts)
	rep.Failures = slices.Concat(l.faults[0], l.faults[1])
	rep.Failures = rep.Failures[:min(len(rep.Failures), keepFailures)]
	rep.Unplanned, rep.Unfinished = l.unplanned, l.total-l.done
	rep.Reasons, rep.Superseded = maps.Clone(l.reasons), maps.Clone(l.overtaken)
	rep.Updates, rep.Downloads, rep.Bytes = l.updates, l.downloads, l.bytes
	if worked > 0 {
		rep.PerSecond = float64(l.updates) / worked
	}
	times := slices.SortedFunc(slices.Values(l.times), func(a, b taken) int { return cmp.Compare(a.seconds, b.seconds) })
	rep.Latency = Percentiles{P50: percentile(times, 50), P90: percentile(times, 90), P99: percentile(times, 99), Max: percentile(times, 100)}
	for i := len(times) - 1; i >= 0 && len(rep.Slowest) < keepSlowest; i-- {
		rep.Slowest = append(rep.Slowest, Laggard{devices[times[i].index].Thing, devices[times[i].index].Job, float64(times[i].seconds)})
	}
}

// percentile is the smallest of sorted times that p per cent of them do not exceed; 0 when there are none.
func percentile(sorted []taken, p int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	i := int(math.Ceil(float64(len(sorted))*float64(p)/100)) - 1
	return float64(sorted[max(0, i)].seconds)
}
