package packages

import (
	"context"
	"errors"
	"testing"
	"time"

	"fleetlab/aws/cloud"
	"fleetlab/aws/pace"
	"fleetlab/ui/component/learn"
	"fleetlab/ui/feed"
	"fleetlab/ui/internal/uitest"
	"fleetlab/ui/locale"
	"fleetlab/ui/run"
	"fleetlab/ui/screen"
	"fleetlab/ui/theme"
	"fleetlab/workflows/catalog"
	"fleetlab/workflows/createjob"
	"fleetlab/workflows/event"
	"fleetlab/workflows/fleet"
	"fleetlab/workflows/rollback"
)

// at is in the zone of the machine, since times are shown in it.
var at = time.Date(2026, 11, 23, 10, 15, 30, 0, time.Local)

var errRefused = errors.New("connect to 127.0.0.1: connection refused")

// stage is a screen and the registry of its runs.
type stage struct {
	*Screen
	reg *run.Registry
}

func newStage(t testing.TB, p *locale.Printer, c *cloud.Cloud) *stage {
	t.Helper()
	if c == nil {
		c = &cloud.Cloud{Kind: cloud.Sandbox, Account: "000000000000", Region: "us-east-1", Pace: pace.New(pace.Config{})}
	}
	reg := run.NewRegistry(t.Context(), run.Options{Mode: learn.Guided})
	d := &screen.Deps{Printer: p, Theme: uitest.Theme(), Cloud: c, Runs: reg.For("packages#1"), Now: func() time.Time { return at }}
	s := &stage{Screen: New(d, nil).(*Screen), reg: reg}
	s.SetSize(80, 22)
	return s
}

func themed(t *testing.T, p *locale.Printer, th *theme.Theme) *stage {
	s := newStage(t, p, nil)
	s.d.Theme = th
	s.list = s.newTable() // its cells keep the theme
	return s
}

const newest = "fleetlab-ota-20261123-101530"

// known is a catalog with a version in every state.
func known(index catalog.Index) catalog.Catalog {
	const bucket = "s3://iot-firmware-us-east-1-000000000000/"
	made := func(pkg, name, status string, things int, jobs ...catalog.Job) version {
		if index != catalog.Ready {
			things = -1
		}
		v := version{Version: createjob.Version{Name: name, Status: status, Created: at.AddDate(0, 0, -3)}, Package: pkg, Things: things, Jobs: jobs}
		if status != "DRAFT" {
			v.Artifact = bucket + pkg + "-" + name + ".zip"
		}
		return v
	}
	job := func(id, status string, counts fleet.JobCounts) catalog.Job {
		return catalog.Job{ID: id, Status: status, Created: at, Counts: counts}
	}
	c := catalog.Catalog{Index: index, Versions: []version{
		made("SUVVehicle", "1.1.0", "PUBLISHED", 1234, job(newest, "IN_PROGRESS", fleet.JobCounts{Queued: 100}),
			job("fleetlab-ota-20261122-090000", "COMPLETED", fleet.JobCounts{Succeeded: 1234, Failed: 66})),
		made("SUVVehicle", "1.0.0", "DEPRECATED", 66),
		made("SedanVehicle", "2.0.0", "DRAFT", 0),
		made("SedanVehicle", "1.0.0", "PUBLISHED", 500, job("waiting", "IN_PROGRESS", fleet.JobCounts{Queued: 10})),
	}}
	c.Versions[0].Default = true
	return c
}

// planning begins to plan a rollback as fn does.
func (s *stage) planning(fn func(context.Context, event.Stage) (rollback.Plan, error)) *run.Run {
	spec := s.reversal(newest)
	spec.Plan = fn
	s.reverse(spec)
	return s.reg.All()[0]
}

func untilStopped(ctx context.Context, _ event.Stage) (rollback.Plan, error) {
	<-ctx.Done()
	return rollback.Plan{}, context.Cause(ctx)
}

// reversed plans a rollback with a given end.
func (s *stage) reversed(p rollback.Plan, err error) {
	s.take(known(catalog.Ready), nil)
	r := s.planning(func(context.Context, event.Stage) (rollback.Plan, error) { return p, err })
	<-r.Done()
	s.Update(feed.BatchMsg{Run: r.ID, Last: true})
}

// plan takes some devices back, and leaves others.
func plan() rollback.Plan {
	p := rollback.Plan{Input: rollback.Input{Job: newest}, Status: "IN_PROGRESS", Packages: []string{"SUVVehicle/1.1.0"}, Updated: 74,
		Moves: []rollback.Move{{To: []string{"SUVVehicle/1.0.0"}, Sources: map[rollback.Source]int{rollback.FromReport: 3},
			Things: []string{"Vehicle-VIN-001", "Vehicle-VIN-002", "Vehicle-VIN-003"}, Input: createjob.Input{ID: "rollback-" + newest}}},
		Left: []rollback.Left{{Reason: rollback.Unknown, Item: "SUVVehicle", Things: make([]string, 71)}}}
	return p
}

// scenes bring a new screen into each of its states.
var scenes = uitest.Scenes[*stage]{
	"loading":  func(_ *testing.T, s *stage) { s.reading.Start(at.Add(-3*time.Second), nil) },
	"error":    func(_ *testing.T, s *stage) { s.take(catalog.Catalog{}, errRefused) },
	"empty":    func(_ *testing.T, s *stage) { s.take(catalog.Catalog{}, nil) },
	"listed":   func(_ *testing.T, s *stage) { s.take(known(catalog.Ready), nil) },
	"off":      func(_ *testing.T, s *stage) { s.take(known(catalog.Off), nil) },
	"building": func(_ *testing.T, s *stage) { s.take(known(catalog.Building), nil) },
	"details": func(_ *testing.T, s *stage) {
		s.take(known(catalog.Ready), nil)
		uitest.Press(s.Update, "enter")
	},
	"draft": func(_ *testing.T, s *stage) {
		s.take(known(catalog.Off), nil)
		uitest.Press(s.Update, "down", "down", "enter")
	},
	"planning": func(t *testing.T, s *stage) {
		s.take(known(catalog.Ready), nil)
		r := s.planning(untilStopped)
		s.d.Now = func() time.Time { return at.Add(time.Second) }
		t.Cleanup(func() {
			r.Stop()
			<-r.Done()
		})
	},
	"rollback": func(_ *testing.T, s *stage) { s.reversed(plan(), nil) },
	"stuck":    func(_ *testing.T, s *stage) { s.reversed(rollback.Plan{}, errRefused) },
}

func TestViews(t *testing.T) { scenes.Golden(t, themed) }

func TestExactAtEverySize(t *testing.T) {
	t.Parallel()
	scenes.Exact(t, themed)
}
