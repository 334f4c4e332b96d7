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

// TestLateExecutionsArePlayed: right after CreateJob there are no executions; the plan has all things, and the run plays each
// as soon as the job reaches it.
func TestLateExecutionsArePlayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 12, tardy)
	w.custom("late")
	p := w.prepare(with(75, 1))
	expect(t, "devices", len(p.Devices), 12)
	if p.NotReached > 0 { // unless the machine was slower than the rollout
		expect(t, "reaching", p.Jobs[0].Reaching, AtFullSpeed)
	}
	rep, events := w.run(t.Context(), p)
	notices := 0
	for _, e := range events {
		if e.Kind == event.Waiting && e.Status == JobRollingOut && e.Subject == "late" {
			notices++
		}
	}
	if notices > 1 {
		t.Errorf("%d notices of one wait", notices)
	}
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 9)
	expect(t, "late", rep.Late+rep.Retried+rep.Unfinished+rep.NotReached, 0)
	expect(t, "unplanned", rep.Unplanned, 0)
	expect(t, "job", rep.Jobs[0].Status, "COMPLETED")
	expect(t, "differences", len(rep.Differences), 0)
}

// TestStagedRolloutIsFollowed: a job that is slow on purpose is played to its last thing, and the plan says how long that
// takes.
func TestStagedRolloutIsFollowed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 6, func(o *sandbox.Options) { o.Lag, o.Speed = true, 60 })
	w.custom("staged", func(in *iot.CreateJobInput) {
		in.JobExecutionsRolloutConfig = &iottypes.JobExecutionsRolloutConfig{MaximumPerMinute: aws.Int32(2)}
	})
	p := w.prepare(all("staged", 100))
	if p.NotReached > 0 {
		expect(t, "reaching", p.Jobs[0].Reaching, AtItsOwnRate)
	}
	expect(t, "devices", len(p.Devices), 6)
	expect(t, "rollout", p.Estimate.Rollout, float64(p.NotReached*30))
	rep, _ := w.run(t.Context(), p)
	expect(t, "succeeded", rep.Counts[Execution][event.Succeeded], 6)
	expect(t, "job", rep.Jobs[0].Status, "COMPLETED")
	if p.NotReached > 3 && len(rep.Timeline) < 2 {
		t.Errorf("the timeline is %v", rep.Timeline)
	}
}
