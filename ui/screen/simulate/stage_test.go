package simulate

import (
	"context"
	"testing"
	"time"

	tea "github.com/charmbracelet/bubbletea"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/simulate"
)

// at is in the zone of the machine, since times are shown in it.
var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.Local)

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg *run.Registry
}

func newStage(t testing.TB, p *locale.Printer, c *cloud.Cloud, args any) *stage {
	t.Helper()
	if c == nil {
		c = &cloud.Cloud{Kind: cloud.Sandbox, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}
	}
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Guided})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: c, Runs: reg.For("simulate#1"), Now: func() time.Time { return at }}
	s := &stage{Screen: New(d, args).(*Screen), reg: reg}
	s.SetSize(80, 22)
	return s
}

const newest = "fleetlab-ota-20261123-101530"

// jobs are one whose devices wait, a continuous one that is done with all it has, one that was not counted, one that waits for its
// time, and one that is still reaching its things.
func jobs() []simulate.JobSummary {
	return []simulate.JobSummary{
		{ID: newest, Status: "IN_PROGRESS", Selection: "CONTINUOUS", Created: at, Counted: true,
			Counts: fleet.JobCounts{Queued: 98, InProgress: 2}, Packages: []string{"SUVVehicle/1.1.0"}},
		{ID: "fleetlab-ota-20261122-090000", Status: "IN_PROGRESS", Selection: "CONTINUOUS", Created: at.AddDate(0, 0, -1), Counted: true,
			Counts: fleet.JobCounts{Succeeded: 1134, Failed: 100, TimedOut: 3}, Packages: []string{"SedanVehicle/1.1.0"}},
		{ID: "reboot", Status: "IN_PROGRESS", Selection: "SNAPSHOT", Created: at.AddDate(0, -1, 0)},
		{ID: "rotate-certificates", Status: "SCHEDULED", Selection: "SNAPSHOT", Created: at.AddDate(0, -1, -1), Starts: "2026-12-01T02:00", Counted: true},
		{ID: "collect-logs", Status: "IN_PROGRESS", Selection: "SNAPSHOT", Created: at.AddDate(0, -1, -2), Counted: true, Timeout: 5, PerMinute: 50,
			Reaching: simulate.AtItsOwnRate, Counts: fleet.JobCounts{Queued: 40, Succeeded: 10}},
	}
}

// offer brings jobs.
func (s *stage) offer(list []simulate.JobSummary) tea.Cmd {
	return s.takeJobs(list, nil)
}

// plan is a plan for n devices, of which every fourth fails.
func plan(n int) simulate.Plan {
	reasons := []string{simulate.ChecksumMismatch, simulate.LowBattery, simulate.NoSpace, simulate.DownloadInterrupted}
	p := simulate.Plan{Input: simulate.Input{Job: newest, SuccessRate: 75}, Account: "000000000000", Region: "us-east-1", Jobs: jobs()[:1], Download: true,
		Pending: n, Started: 2, Reasons: map[string]int{}, Estimate: simulate.Estimate{Calls: 2*n + 2, Downloads: n * 7 / 8, Seconds: float64(n) / 75}}
	for i := range n {
		d := simulate.Device{Thing: fleet.ThingName(fleet.DefaultPrefix, i+1), Job: newest, Number: 1, Started: i < 2}
		if i%4 == 3 {
			d.Reason = reasons[i/4%len(reasons)]
			p.Reasons[d.Reason]++
			p.Failures++
		} else {
			p.Successes++
		}
		p.Devices = append(p.Devices, d)
	}
	return p
}

// enterForm chooses the newest job.
func (s *stage) enterForm() {
	s.offer(jobs())
	s.Update(uitest.Key("enter"))
}

// planEnds runs the planning with a given end.
func (s *stage) planEnds(p simulate.Plan, err error) tea.Cmd {
	s.phase = planning
	s.prepare.Start(at.Add(-time.Second), s.d.Runs, planRun, func(context.Context, event.Stage) (simulate.Plan, error) { return p, err })
	r := s.reg.All()[0]
	<-r.Done()
	cmd := s.Update(feed.BatchMsg{Run: r.ID, Last: true})
	s.lines.settle()
	return cmd
}

// hold starts a planning that does not end before the test.
func (s *stage) hold(t *testing.T) {
	t.Helper()
	s.phase = planning
	s.prepare.Start(at.Add(-time.Second), s.d.Runs, planRun, func(ctx context.Context, _ event.Stage) (simulate.Plan, error) {
		<-ctx.Done()
		return simulate.Plan{}, context.Cause(ctx)
	})
	r := s.reg.All()[0]
	t.Cleanup(func() {
		r.Stop()
		<-r.Done()
	})
}

// started shows a run that does nothing but return what it is told to, once the test ends it.
func (s *stage) started(p simulate.Plan, result any, err error) (end func()) {
	stay := make(chan struct{})
	r := s.d.Runs.Start(simulate.Workflow, func(context.Context, event.Stage) (any, error) {
		<-stay
		return result, err
	})
	s.show(simulate.New(p), p, &record{ended: at}, r)
	return func() {
		close(stay)
		<-r.Done()
	}
}

// give hands events of the run on show to the registry and the screen, as the program does.
func (s *stage) give(last bool, events ...event.Event) {
	b := feed.BatchMsg{Run: s.watch.view.Run().ID, Events: events, Last: last}
	s.reg.Observe(b)
	s.Update(b)
}
