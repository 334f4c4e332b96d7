package simulate

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/iot"
	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/sandbox"
	"fleetlab/workflows/event"
)

// tardy is a sandbox as late as AWS, on a quick clock.
func tardy(o *sandbox.Options) { o.Lag, o.Speed = true, 10 }

// TestPlanWaitsForTheRollout: right after CreateJob there are no executions; the plan has them all, and says once what it
// waits for.
func TestPlanWaitsForTheRollout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12, tardy)
	w.custom("late")
	st, rec := stage()
	p, err := Prepare(t.Context(), w.Cloud, Defaults(), st)
	w.must(err)
	notices := 0
	for _, e := range rec.Events() {
		if e.Kind == event.Waiting && e.Status == JobRollingOut && e.Subject == "late" {
			notices++
		}
	}
	if len(p.Devices) != 12 || p.Jobs[0].Reaching != "" || notices != 1 {
		t.Errorf("%d devices and %d notices, the job is %+v; want all 12 and one notice", len(p.Devices), notices, p.Jobs[0])
	}
}

// TestStagedRolloutIsNotWaitedFor: a job that is slow on purpose is played with the devices that it has reached.
func TestStagedRolloutIsNotWaitedFor(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 5, tardy)
	w.custom("staged", func(in *iot.CreateJobInput) {
		in.JobExecutionsRolloutConfig = &iottypes.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(1)}
	})
	if p := w.prepare(Defaults()); len(p.Devices) == 0 || len(p.Devices) == 5 || p.Jobs[0].Reaching != AtItsOwnRate {
		t.Errorf("%d devices, the job is %+v; want some of 5, reached at its own rate", len(p.Devices), p.Jobs[0])
	}
}
