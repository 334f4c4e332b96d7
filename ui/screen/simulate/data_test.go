package simulate

import (
	"context"
	"testing"
	"time"

	"fleetlab/ui/feed"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/rollback"
	"fleetlab/workflows/simulate"
)

// events are a run in its middle.
func events() []event.Event {
	const all = 100
	out := []event.Event{{Kind: event.RunStarted, Total: all}, {Kind: event.StepStarted, Step: simulate.StepExecutions, Total: all}}
	for i := range 12 {
		thing := fleet.ThingName(fleet.DefaultPrefix, i+1)
		out = append(out, event.Event{Kind: event.Item, Subject: thing, Status: event.Downloading},
			event.Event{Kind: event.Item, Subject: thing, Status: event.Downloaded, Bytes: 2150})
		end := event.Event{Kind: event.Item, Subject: thing, Status: event.Succeeded, Done: i + 1, Total: all}
		if i%4 == 3 {
			end.Status, end.Detail = event.Failed, map[string]string{"reason": simulate.ChecksumMismatch, "planned": "FAILURE"}
		}
		out = append(out, end)
	}
	for i := range out {
		e := &out[i]
		e.Workflow, e.Step, e.Time = simulate.Workflow, simulate.StepExecutions, at.Add(time.Duration(i)*20*time.Millisecond)
		if e.Kind == event.Item {
			e.Resource = simulate.Execution
		}
	}
	return out
}

// reported is the report of a run in which every kind of thing has happened.
func reported(status event.Status) simulate.Report {
	job := jobs()[0]
	job.Counts = fleet.JobCounts{Succeeded: 74, Failed: 25, Canceled: 1}
	r := simulate.Report{
		Report: event.Report{Workflow: simulate.Workflow, Status: status, Counts: event.Counts{simulate.Execution: {event.Succeeded: 74, event.Failed: 25, event.Superseded: 1}},
			Seconds: 1.4, Failures: events()[13:14]},
		Jobs: []simulate.JobSummary{job}, Planned: map[string]int{"SUCCESS": 75, "FAILURE": 25}, Resumed: 2, Checked: true, Updates: 199, PerSecond: 142.1, Downloads: 88, Bytes: 5 << 20,
		Reasons: map[string]int{simulate.ChecksumMismatch: 13, simulate.LowBattery: 12}, Superseded: map[string]int{"CANCELED": 1},
		Latency: simulate.Percentiles{P50: 0.012, P90: 0.041, P99: 0.21, Max: 0.34},
		Slowest: []simulate.Laggard{{Thing: "Vehicle-VIN-017", Seconds: 0.34}, {Thing: "Vehicle-VIN-003", Seconds: 0.21}, {Thing: "Vehicle-VIN-099", Seconds: 0.2}},
	}
	if status == event.Partial {
		r.Unplanned = 1
		r.Reasons[simulate.DownloadFailed] = 1
		r.Differences = []simulate.Difference{{Status: "SUCCEEDED", Devices: 74, Cloud: 73}}
	}
	return r
}

// interrupted is the report of a run that was stopped in its middle.
func interrupted() simulate.Report {
	return simulate.Report{Report: event.Report{Workflow: simulate.Workflow, Status: event.Interrupted, Seconds: 0.3,
		Counts: event.Counts{simulate.Execution: {event.Succeeded: 9, event.Failed: 3}}}, Jobs: jobs()[:1],
		Planned: map[string]int{"SUCCESS": 75, "FAILURE": 25}, Unfinished: 88, Updates: 24, PerSecond: 100, Downloads: 12, Bytes: 25800}
}

// aborted is the report of a run whose job was cancelled in its middle, as AWS does when too many devices fail.
func aborted() simulate.Report {
	r := reported(event.Done)
	r.Superseded = map[string]int{"CANCELED": 36}
	r.Counts = event.Counts{simulate.Execution: {event.Succeeded: 44, event.Failed: 20, event.Superseded: 36}}
	r.Reasons = map[string]int{simulate.ChecksumMismatch: 20}
	r.Jobs[0].Status, r.Jobs[0].Reason = "CANCELED", "ABORT_CRITERIA_MET"
	r.Jobs[0].Counts = fleet.JobCounts{Succeeded: 44, Failed: 20, Canceled: 36}
	return r
}

// ends are the states of the devices at the end of a run as reported has it.
func ends() []simulate.State {
	states := make([]simulate.State, 100)
	for i := range states {
		states[i] = simulate.Succeeded
		if i%4 == 3 {
			states[i] = simulate.Failed
		}
	}
	states[50] = simulate.Canceled
	return states
}

// middle are the states of the devices in the middle of a run.
func middle(n int) []simulate.State {
	states := make([]simulate.State, n)
	at := []simulate.State{simulate.Downloading, simulate.Installing, simulate.Checking, simulate.Rebooting, simulate.Verifying, simulate.Quiet}
	for i := range states {
		switch {
		case i < n/8 && i%4 == 3:
			states[i] = simulate.Failed
		case i < n/8:
			states[i] = simulate.Succeeded
		case i < n/3:
			states[i] = at[i%len(at)]
		case i < n*3/4:
			states[i] = simulate.Queued
		}
	}
	return states
}

// samples are twenty seconds of a run.
func samples() []simulate.Sample {
	list := make([]simulate.Sample, 0, 20)
	for i := range cap(list) {
		list = append(list, simulate.Sample{Seconds: float64(i + 1), Rate: float64(i * 7 % 31 * 5), Counts: map[string]int{
			"QUEUED": 42, "IN_PROGRESS": 21, "SUCCEEDED": 9, "FAILED": 3}})
	}
	return list
}

// midway brings a run into its middle.
func (s *stage) midway(t *testing.T) {
	t.Cleanup(s.started(plan(100), nil, nil))
	s.give(false, events()...)
	s.watch.take(middle(100), samples())
}

// tell opens the story of a device with all that can be in it.
func (s *stage) tell(i int) {
	s.watch.open(i)
	o := s.watch.story
	o.reading.Stop()
	o.state = simulate.Failed
	o.marks = []simulate.Mark{{Seconds: 0.02, State: simulate.Queued}, {Seconds: 0.31, State: simulate.Checking}, {Seconds: 0.37, State: simulate.Downloading},
		{Seconds: 0.81, State: simulate.Downloading, Percent: 62}, {Seconds: 1.04, State: simulate.Verifying}, {Seconds: 1.2, State: simulate.Failed}}
	o.read, o.wait = true, false
	o.cloud = simulate.Story{Device: o.device, Status: "FAILED", Details: map[string]string{"reason": "checksum-mismatch", "step": "verifying"},
		Queued: at, Started: at.Add(time.Second), Updated: at.Add(3 * time.Second), Document: `{"operation":"install","url":"https://example.com/firmware"}`,
		Before: `{"SUVVehicle":"1.0.0"}`, Shadow: `{"SUVVehicle":"1.0.0"}`}
	o.page.Reload()
}

// ended brings a run to its end.
func (s *stage) ended(result any, err error) {
	end := s.started(plan(100), result, err)
	s.watch.take(middle(100), samples())
	end()
	s.give(true, events()...)
	s.watch.take(ends(), nil)
}

// reversed finds out what the devices had before, with a given end.
func (s *stage) reversed(p rollback.Plan, err error) {
	spec := s.reversal(newest, playing, nil)
	spec.Plan = func(context.Context, event.Stage) (rollback.Plan, error) { return p, err }
	s.reverse(spec)
	r := s.reg.All()[0]
	<-r.Done()
	s.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

// reversalPlan takes some devices back, and leaves others.
func reversalPlan() rollback.Plan {
	p := rollback.Plan{Input: rollback.Input{Job: newest}, Status: "IN_PROGRESS", Packages: []string{"SUVVehicle/1.1.0"}, Updated: 74,
		Moves: []rollback.Move{{To: []string{"SUVVehicle/1.0.0"}, Sources: map[rollback.Source]int{rollback.FromReport: 60, rollback.FromHistory: 4},
			Group: "rollback-SUVVehicle", Input: createjob.Input{ID: "rollback-" + newest}}},
		Left: []rollback.Left{{Reason: rollback.HadNone, Item: "SUVVehicle", Things: []string{"Vehicle-VIN-071"}},
			{Reason: rollback.Unknown, Item: "SUVVehicle", Things: make([]string, 9)}}}
	for i := range 64 {
		p.Moves[0].Things = append(p.Moves[0].Things, fleet.ThingName(fleet.DefaultPrefix, i+1))
	}
	return p
}
