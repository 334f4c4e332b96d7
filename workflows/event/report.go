package event

// Report is what became of a run: the numbers are those of its events.
type Report struct {
	Workflow string  `json:"workflow"`
	Status   Status  `json:"status"`             // DONE, PARTIAL, RUN_FAILED or INTERRUPTED
	Counts   Counts  `json:"counts"`             // items by kind and outcome
	Failures []Event `json:"failures,omitempty"` // the first thousand items that failed, with their reasons
	Seconds  float64 `json:"seconds"`            // without the time in which the run waited for a person
}

// Failed is the number of items that failed.
func (r Report) Failed() int { return r.Counts.Of(Failed) }
