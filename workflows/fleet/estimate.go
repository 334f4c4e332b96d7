package fleet

import (
	"maps"
	"math"
	"slices"
	"strings"

	"fleetlab/aws/pace"
)

// Calls is how often an operation is called.
type Calls struct {
	Operation string  `json:"operation"` // iot:CreateThing
	Count     int     `json:"count"`
	PerSecond float64 `json:"per_second,omitempty"` // 0: no limit
}

// Work is what a run takes: its calls, and how long they take at the pacer's rates. The answers' own time comes on top.
type Work struct {
	Calls      []Calls `json:"calls"` // by operation
	TotalCalls int     `json:"total_calls"`
	Seconds    float64 `json:"seconds"`
}

// WorkOf adds up the calls of steps that run one after the other; each step counts its calls by operation. It makes no call
// and is quick enough for every key typed.
func WorkOf(p *pace.Pacer, steps []map[string]int) Work {
	var w Work
	total := map[string]int{}
	for _, step := range steps {
		w.Seconds += seconds(step, p)
		for op, n := range step {
			total[op] += n
			w.TotalCalls += n
		}
	}
	for _, op := range slices.Sorted(maps.Keys(total)) {
		if total[op] > 0 {
			w.Calls = append(w.Calls, Calls{Operation: op, Count: total[op], PerSecond: limit(op, p)})
		}
	}
	return w
}

// Of is how often an operation is called.
func (w Work) Of(operation string) int {
	for _, c := range w.Calls {
		if c.Operation == operation {
			return c.Count
		}
	}
	return 0
}

// seconds is how long a step's calls take: the longest of its token buckets, since all of them drain at once.
func seconds(calls map[string]int, p *pace.Pacer) float64 {
	buckets, longest := map[string]float64{}, 0.0
	for op, n := range calls {
		rate := limit(op, p)
		if rate == 0 {
			continue
		}
		key := op
		if strings.HasPrefix(op, "iot-data:") {
			key = "shadows" // AWS counts all shadow operations together
		}
		buckets[key] += float64(n) / rate
		longest = max(longest, buckets[key])
	}
	return longest
}

// limit is an operation's rate in calls a second, 0 for none: JSON knows no infinity.
func limit(op string, p *pace.Pacer) float64 {
	service, operation, _ := strings.Cut(op, ":")
	if r := p.Rate(service, operation); !math.IsInf(r, 1) && r < math.MaxFloat64 {
		return r
	}
	return 0
}
