package simulate

import (
	"context"
	"strconv"
	"time"

	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// CountsDiffer is the warning that the cloud counts other outcomes than the devices.
const CountsDiffer event.Status = "COUNTS_DIFFER"

// compareWaits are the pauses between looks at the job: its counts may lag behind the last updates.
var compareWaits = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// compare puts the job as the cloud holds it now into the report, and what it counts differently from the devices.
func (r *runner) compare(ctx context.Context, before JobSummary, rep *Report) {
	for i := 0; ; i++ {
		after, err := readJob(ctx, r.cloud, r.plan.Jobs[0].ID)
		if err != nil {
			if !fleet.Stopped(ctx, err) {
				r.emit(event.Event{Kind: event.Warning, Step: StepExecutions, Resource: "job", Subject: r.plan.Jobs[0].ID,
					Status: CountsDiffer, Fault: fleet.Fault(err)})
			}
			return
		}
		rep.Jobs, rep.Checked = []JobSummary{after}, true
		rep.Differences = r.differences(before.Counts, after.Counts)
		if len(rep.Differences) == 0 || i == len(compareWaits) || fleet.Pause(ctx, compareWaits[i]) != nil {
			break
		}
	}
	for _, d := range rep.Differences {
		r.emit(event.Event{Kind: event.Warning, Step: StepExecutions, Resource: "job", Subject: r.plan.Jobs[0].ID, Status: CountsDiffer,
			Detail: map[string]string{"status": d.Status, "devices": strconv.Itoa(d.Devices), "cloud": strconv.Itoa(d.Cloud)}})
	}
}

// differences compares what the cloud added to its counts with what it told the devices it accepted. What others ended may
// have been counted before or during the run.
func (r *runner) differences(before, after fleet.JobCounts) []Difference {
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	var out []Difference
	for _, x := range []struct {
		status event.Status
		cloud  int
	}{
		{event.Succeeded, after.Succeeded - before.Succeeded},
		{event.Failed, after.Failed - before.Failed},
	} {
		if told := r.ledger.told[x.status]; x.cloud < told || x.cloud > told+r.ledger.overtaken[string(x.status)] {
			out = append(out, Difference{Status: string(x.status), Devices: told, Cloud: x.cloud})
		}
	}
	return out
}
