package simulate

import (
	"context"
	"time"

	"fleetlab/aws/cloud"
)

// Story is one device's whole story, as the cloud holds it now and as the run saw it.
type Story struct {
	Device   Device            `json:"device"`
	Steps    []Step            `json:"steps"`             // as planned
	Marks    []Mark            `json:"marks"`             // as it went
	Status   string            `json:"status,omitempty"`  // of the execution in the cloud; empty: the cloud has none yet
	Details  map[string]string `json:"details,omitempty"` // the status details
	Queued   time.Time         `json:"queued,omitzero"`
	Started  time.Time         `json:"started,omitzero"`
	Updated  time.Time         `json:"updated,omitzero"`
	Document string            `json:"document,omitempty"` // as delivered, with the signatures of its URLs left out; after the end as the job has it
	Shadow   string            `json:"shadow,omitempty"`   // package versions that the thing reports now, as JSON; empty: none
	Before   string            `json:"before,omitempty"`   // the same when the device started; empty: none, or it was not kept
}

// Step is one planned step of a device.
type Step struct {
	State   State   `json:"state"`
	Percent int     `json:"percent,omitempty"` // of the download at the end of the step
	Seconds float64 `json:"seconds"`           // that it takes by itself
	Told    bool    `json:"told"`              // the cloud is told at its start
}

// Steps are the planned steps of the i-th device.
func (p Plan) Steps(i int) []Step { return p.timeline(p.Devices[i]) }

// Story reads the i-th device's story from the cloud.
func (s *Simulation) Story(ctx context.Context, c *cloud.Cloud, i int) (Story, error) {
	d, _ := s.board.device(i)
	return Story{Device: d, Marks: s.Marks(i)}, ctx.Err()
}
