package simulate

import (
	"context"
	"maps"
	"slices"
	"strconv"
	"time"

	iottypes "github.com/aws/aws-sdk-go-v2/service/iot/types"

	"fleetlab/aws/cloud"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
)

// CountsDiffer is the warning that the cloud counts other outcomes than the devices.
const CountsDiffer event.Status = "COUNTS_DIFFER"

// compareWaits are the pauses between looks at the jobs: their listings may lag behind the last updates.
var compareWaits = []time.Duration{500 * time.Millisecond, time.Second, 2 * time.Second}

// compare puts the jobs as the cloud holds them now into the report, and which executions it holds in another state than
// the devices believe.
func (r *runner) compare(ctx context.Context, rep *Report) {
	for i := 0; ; i++ {
		err := r.compareOnce(ctx, rep)
		if err != nil {
			if !fleet.Stopped(ctx, err) {
				r.emit(event.Event{Kind: event.Warning, Step: StepExecutions, Resource: "job", Subject: rep.Jobs[0].ID,
					Status: CountsDiffer, Fault: fleet.Fault(err)})
			}
			return
		}
		if len(rep.Differences) == 0 || i == len(compareWaits) || fleet.Pause(ctx, compareWaits[i]) != nil {
			break
		}
	}
	for _, d := range rep.Differences {
		detail := map[string]string{"status": d.Status, "devices": strconv.Itoa(d.Devices), "cloud": strconv.Itoa(d.Cloud)}
		if d.Reason != "" {
			detail["reason"] = d.Reason
		}
		r.emit(event.Event{Kind: event.Warning, Step: StepExecutions, Resource: "job", Subject: rep.Jobs[0].ID, Status: CountsDiffer, Detail: detail})
	}
}

func (r *runner) compareOnce(ctx context.Context, rep *Report) error {
	held := map[string]map[numbered]iottypes.JobExecutionStatus{}
	for i, j := range r.plan.Jobs {
		after, err := readJob(ctx, r.cloud, j.ID)
		if cloud.Is(err, cloud.NotFound) {
			rep.Jobs[i].Status = Gone
			continue
		}
		if err != nil {
			return err
		}
		after.Download = j.Download
		rep.Jobs[i] = after
		if held[j.ID], err = listStates(ctx, r.cloud, j.ID); err != nil {
			return err
		}
	}
	rep.Checked = true
	r.ledger.mu.Lock()
	defer r.ledger.mu.Unlock()
	rep.CloudCounts, rep.Differences = hold(r.ledger.ends, held)
	rep.Differences = append(rep.Differences, reasonsDiffer(r.ledger.reasons, r.ledger.repeated)...)
	return nil
}

// hold counts in which states the cloud holds executions that have ended, and by which it differs. One that is gone with its
// thing or its job cannot be compared.
func hold(ends []end, held map[string]map[numbered]iottypes.JobExecutionStatus) (map[string]int, []Difference) {
	counts, said, agreed := map[string]int{}, map[string]int{}, map[string]int{}
	for _, e := range ends {
		status, ok := held[e.key.job][numbered{e.key.thing, e.number}]
		if !ok {
			counts[Gone]++
			continue
		}
		counts[string(status)]++
		said[string(e.status)]++
		if string(status) == string(e.status) {
			agreed[string(e.status)]++
		}
	}
	var out []Difference
	for _, status := range slices.Sorted(maps.Keys(said)) {
		if said[status] != agreed[status] {
			out = append(out, Difference{Status: status, Devices: said[status], Cloud: agreed[status]})
		}
	}
	return counts, out
}

// reasonsDiffer compares the reasons that the devices gave with those that the cloud answered. What was never accepted is
// left out.
func reasonsDiffer(said, repeated map[string]int) []Difference {
	var out []Difference
	for _, reason := range slices.Sorted(maps.Keys(said)) {
		if reason != NotReported && said[reason] != repeated[reason] {
			out = append(out, Difference{Status: statusOf(reason), Reason: reason, Devices: said[reason], Cloud: repeated[reason]})
		}
	}
	return out
}
