package trace

import (
	"encoding/json"
	"time"

	"fleetlab/aws/pace"
)

// NoAnswer is the code of a call that no service has answered.
const NoAnswer = "no-answer"

// Call is one call of the API, from the first attempt to the last.
type Call struct {
	Seq       uint64    // numbered from 1
	Time      time.Time // when it started
	Service   string    // the SDK's service id: IoT, S3, ...
	Operation string
	Code      string        // the service's error code, NoAnswer, or "" when the call succeeded
	Error     string        // the error in full
	Took      time.Duration // from the start to the answer
	Latency   time.Duration // of it the time under way, without the waits for its turn and between attempts
	Attempts  int           // requests sent
	Throttles int           // how many of them were refused as too fast
	in, out   any           // put into words only when somebody reads them
	size      int           // about how many bytes in and out take
}

// Name is the operation with its service: iot:CreateThing.
func (c Call) Name() string { return pace.Name(c.Service, c.Operation) }

// Failed reports that the last attempt failed.
func (c Call) Failed() bool { return c.Code != "" }

// Request is the call's input as JSON with its model's names and without secrets.
func (c Call) Request() json.RawMessage { return clean(c.in, c.Service) }

// Answer is the call's output as JSON with its model's names and without secrets; nil for a failed call.
func (c Call) Answer() json.RawMessage {
	if c.Failed() {
		return nil
	}
	return clean(c.out, c.Service)
}

// CLI is the same call as an AWS CLI command for a POSIX shell.
func (c Call) CLI() string { return Command(c.Service, c.Operation, c.in) }

// MarshalJSON writes the whole call as one line of a log file.
func (c Call) MarshalJSON() ([]byte, error) {
	return json.Marshal(struct {
		Seq       uint64          `json:"seq"`
		Time      time.Time       `json:"time"`
		Service   string          `json:"service"`
		Operation string          `json:"operation"`
		Request   json.RawMessage `json:"request"`
		Answer    json.RawMessage `json:"answer,omitempty"`
		Code      string          `json:"code,omitempty"`
		Error     string          `json:"error,omitempty"`
		Seconds   float64         `json:"seconds"`
		Latency   float64         `json:"latency"`
		Attempts  int             `json:"attempts"`
		Throttles int             `json:"throttles,omitempty"`
		CLI       string          `json:"cli"`
	}{c.Seq, c.Time, c.Service, c.Operation, c.Request(), c.Answer(), c.Code, c.Error, c.Took.Seconds(), c.Latency.Seconds(), c.Attempts, c.Throttles, c.CLI()})
}
