package simulate

import "fleetlab/workflows/event"

// Report is what became of a run. The same seed and the same fleet make the same report apart from Seconds, PerSecond,
// Latency, Slowest and Timeline, and the times within Jobs.
type Report struct {
	event.Report                // Counts: executions by the end that the cloud accepted or set; Failures: those not planned first, then by thing
	Input        Input          `json:"input"`
	Account      string         `json:"account"`
	Region       string         `json:"region"`
	Jobs         []JobSummary   `json:"jobs"`                    // as the cloud holds them after the run
	Planned      map[string]int `json:"planned"`                 // SUCCESS and FAILURE
	Expected     map[string]int `json:"expected,omitempty"`      // planned failures by reason
	Unplanned    int            `json:"unplanned"`               // executions that failed otherwise than planned
	Unfinished   int            `json:"unfinished"`              // executions that the run did not come to, or was stopped in the middle of
	NotReached   int            `json:"not_reached,omitempty"`   // planned devices that the job never reached: it ended before
	Resumed      int            `json:"resumed"`                 // executions that an earlier run had left IN_PROGRESS
	Late         int            `json:"late,omitempty"`          // executions that were not in the plan: of things that joined
	Retried      int            `json:"retried,omitempty"`       // executions that the jobs' retries made
	Reasons      map[string]int `json:"reasons,omitempty"`       // of all that failed, as the devices say
	CloudReasons map[string]int `json:"cloud_reasons,omitempty"` // the same as the cloud repeats
	CloudCounts  map[string]int `json:"cloud_counts,omitempty"`  // of the executions of this run, by status, as the cloud lists them
	Superseded   map[string]int `json:"superseded,omitempty"`    // ended by somebody else, by the state that the cloud gave instead
	Checked      bool           `json:"checked"`                 // the cloud's counts were compared with ours
	Differences  []Difference   `json:"differences,omitempty"`
	Updates      int            `json:"updates"` // that the cloud accepted
	PerSecond    float64        `json:"updates_per_second"`
	Downloads    int            `json:"downloads"` // that came to their end
	Bytes        int64          `json:"bytes"`     // downloaded, also in parts
	Latency      Percentiles    `json:"latency"`
	Slowest      []Laggard      `json:"slowest,omitempty"`
	Timeline     []Sample       `json:"timeline,omitempty"`
}

// Failed is the number of executions that failed otherwise than planned: a planned failure is no fault of the run.
func (r Report) Failed() int { return r.Unplanned }

// Difference is a count that the devices and the cloud do not agree on.
type Difference struct {
	Status  string `json:"status"`           // SUCCEEDED, FAILED, REJECTED, TIMED_OUT or CANCELED
	Reason  string `json:"reason,omitempty"` // what the devices gave, where the counts of the reasons differ
	Devices int    `json:"devices"`          // executions as the devices saw them end
	Cloud   int    `json:"cloud"`            // the same executions as the cloud holds them
}

// Percentiles are seconds from a device's first call to its accepted report.
type Percentiles struct {
	P50 float64 `json:"p50"`
	P90 float64 `json:"p90"`
	P99 float64 `json:"p99"`
	Max float64 `json:"max"`
}

// Laggard is one of the devices that took longest.
type Laggard struct {
	Thing   string  `json:"thing"`
	Job     string  `json:"job"`
	Seconds float64 `json:"seconds"`
}

// Sample is the state of the run at one time.
type Sample struct {
	Seconds float64 `json:"seconds"` // since its start
	Rate    float64 `json:"rate"`    // updates a second since the sample before
	// Counts are the cloud's own, over all jobs of the run, by status: QUEUED, IN_PROGRESS, SUCCEEDED, ...
	Counts map[string]int `json:"counts"`
}
